"""The guide for operators has the costs, errors and limits that there are."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from ic_factory.drivers.generated import backend
from ic_factory.drivers.generated.backend import (
    CreationStatus,
    PersonalCanisterCreationConfig,
)
from tests.creation.costs import rows

GUIDE = (Path(__file__).parents[2] / "docs" / "personal-canisters.md").read_text("utf-8")


def test_its_table_of_costs_is_the_formulas() -> None:
    assert [row for row in rows() if row not in GUIDE.splitlines()] == []


def test_it_says_what_to_do_for_each_error() -> None:
    cases = [
        case.__name__.removeprefix("CreationError") for case in get_args(backend.CreationError)
    ]
    assert len(cases) > 10
    assert [case for case in cases if f"\n| `{case}` |" not in GUIDE] == []


def test_it_has_each_stage() -> None:
    stages = [stage.name.lower().replace("_", " ") for stage in CreationStatus]
    stages.remove("not started")
    assert [stage for stage in stages if f"\n| {stage} |" not in GUIDE] == []


def test_it_has_each_limit() -> None:
    limits = PersonalCanisterCreationConfig.__dataclass_fields__
    assert [limit for limit in limits if f"\n| `{limit}` |" not in GUIDE] == []
