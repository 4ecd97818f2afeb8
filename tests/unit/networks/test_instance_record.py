"""What a running replica says of itself survives the file; anything else is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.networks.instance_record import InstanceRecord

records = st.builds(
    InstanceRecord,
    process_id=st.integers(min_value=1),
    url=st.text(),
    token=st.text(),
    version=st.text(),
)


@given(records)
def test_a_record_comes_back_as_it_was(record):
    assert InstanceRecord.from_json(record.to_json()) == record


@given(st.text() | st.recursive(st.none() | st.integers(), st.lists).map(json.dumps))
def test_other_text_is_no_record(text):
    with pytest.raises(ValueError):
        InstanceRecord.from_json(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [("process_id", 0), ("process_id", True), ("process_id", "1"), ("url", 1), ("token", None)],
)
def test_fields_of_another_type_are_refused(field, value):
    fields = json.loads(InstanceRecord(1, "http://x", "secret", "0").to_json())
    with pytest.raises(ValueError, match=field):
        InstanceRecord.from_json(json.dumps({**fields, field: value}))
