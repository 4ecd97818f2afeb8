"""Records come back from JSON as they were, and what is no record is refused by its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.drivers.generated.backend import ExportedCapsule, ExportedMemory, SignedReceipt
from ic_factory.operations.capsule_records import CapsuleRecords
from ic_factory.operations.record_json import NotOfType, from_json, to_json
from tests.unit.operations.capsule_strategies import CAPSULES, MEMORIES, RECORDS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(RECORDS)
def test_what_is_written_is_read(records: CapsuleRecords) -> None:
    assert from_json(CapsuleRecords, json.loads(json.dumps(to_json(records)))) == records


@given(JSON)
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(NotOfType):
        from_json(SignedReceipt, value)


@given(CAPSULES, st.data())
def test_a_field_that_is_missing_or_of_another_type_is_named(
    capsule: ExportedCapsule, data: st.DataObject
) -> None:
    document = to_json(capsule)
    name = data.draw(st.sampled_from(sorted(document)))
    with pytest.raises(NotOfType, match=f"no field '{name}'"):
        from_json(ExportedCapsule, {key: each for key, each in document.items() if key != name})
    with pytest.raises(NotOfType, match=f"\\$\\.{name}"):
        from_json(ExportedCapsule, document | {name: True})


@given(MEMORIES)
def test_an_optional_field_may_be_left_out(memory: ExportedMemory) -> None:
    document = to_json(memory)
    del document["date_ns"]
    assert from_json(ExportedMemory, document).date_ns is None


@given(CAPSULES)
def test_a_field_of_a_later_version_is_passed_over(capsule: ExportedCapsule) -> None:
    assert from_json(ExportedCapsule, to_json(capsule) | {"colour": "red"}) == capsule
