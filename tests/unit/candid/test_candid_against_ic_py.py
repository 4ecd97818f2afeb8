"""Messages of ours read by ic-py, and the other way round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.protocol.candid import decode, encode
from ic_factory.protocol.candid.types import (
    BLOB,
    BOOL,
    FLOAT32,
    FLOAT64,
    INT,
    NAT,
    NULL,
    PRINCIPAL,
    TEXT,
    Opt,
    Primitive,
    Record,
    Variant,
    Vec,
    is_blob,
)
from ic_factory.protocol.principal import Principal
from tests.unit.candid.candid_strategies import FIXED, values

ic_candid = pytest.importorskip("ic.candid")

names = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)
members = st.sampled_from([NULL, BOOL, NAT, INT, *FIXED, FLOAT32, FLOAT64, TEXT, PRINCIPAL, BLOB])
shared_types = st.recursive(
    members,
    lambda types: st.one_of(
        st.builds(Opt, types),
        st.builds(Vec, types),
        st.builds(Record.of, st.dictionaries(names, types, min_size=1, max_size=4)),
        st.builds(Variant.of, st.dictionaries(names, types, min_size=1, max_size=4)),
        st.builds(lambda parts: Record.tuple_of(*parts), st.lists(types, min_size=1, max_size=3)),
    ),
    max_leaves=8,
)


def theirs(candid_type):
    """Returns ic-py's own type."""
    types = ic_candid.Types
    match candid_type:
        case Primitive(name):
            return getattr(types, name.capitalize())
        case Opt(inner):
            return types.Opt(theirs(inner))
        case Vec(inner):
            return types.Vec(theirs(inner))
        case Variant(fields):
            return types.Variant({field.name: theirs(field.type) for field in fields})
        case Record(fields) if candid_type.is_tuple:
            return types.Tuple(*(theirs(field.type) for field in fields))
        case Record(fields):
            return types.Record({field.name: theirs(field.type) for field in fields})


def as_theirs(value, candid_type, convert):
    """Returns a value with what ic-py has otherwise put by `convert`."""
    if is_blob(candid_type) or isinstance(candid_type, Primitive):
        return convert(value)
    match candid_type:
        case Opt(inner) | Vec(inner):
            return [as_theirs(each, inner, convert) for each in value]
        case Record(fields) if candid_type.is_tuple:
            parts = [
                as_theirs(each, field.type, convert)
                for each, field in zip(value, fields, strict=True)
            ]
            return convert(tuple(parts))
        case Record(fields) | Variant(fields):
            present = {field.name: field.type for field in fields}
            return {name: as_theirs(each, present[name], convert) for name, each in value.items()}


def to_encode(value):
    return value.bytes if isinstance(value, Principal) else value


def decoded(value):
    return list(value) if isinstance(value, bytes | tuple) else value


@st.composite
def typed(draw):
    candid_type = draw(shared_types)
    return candid_type, draw(values(candid_type))


@given(typed())
def test_ic_py_reads_what_we_write(pair):
    candid_type, value = pair
    (found,) = ic_candid.decode(encode([candid_type], [value]), [theirs(candid_type)])
    assert found["value"] == as_theirs(value, candid_type, decoded)


@given(typed())
def test_we_read_what_ic_py_writes(pair):
    candid_type, value = pair
    message = ic_candid.encode(
        [{"type": theirs(candid_type), "value": as_theirs(value, candid_type, to_encode)}]
    )
    assert decode(message, [candid_type]) == [value]
