"""The scenarios that come with the package pass, on any backend, again and again."""

from __future__ import annotations

import pytest

from ic_factory.testing.running import run
from ic_factory.testing.scenarios import SCENARIOS
from tests.testing.places import Silence

NAMES = [
    "memory-upload",
    "memory-crud",
    "gallery-upload",
    "gallery-crud",
    "capsule-creation",
    "personal-canister",
]


def test_they_have_the_names_and_the_order_of_the_requirements():
    assert [each.name for each in SCENARIOS] == NAMES
    assert all(each.about.endswith(".") and "\n" not in each.about for each in SCENARIOS)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_a_scenario_passes(scenario, place):
    (result,) = run([scenario], place, Silence()).scenarios
    assert [each.lines for each in result.failures] == []
    assert all(each.calls > 0 for each in result.steps)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_it_passes_again_where_it_was_played_before(scenario, place):
    assert run([scenario, scenario], place, Silence()).has_passed
