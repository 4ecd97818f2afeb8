"""ic-py, the Rust crate and ours: what ic-py can write, all three read alike."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ic import candid as stock

from ic_factory.agent.ic_py_candid import IcPyTypes, decode, encode
from ic_factory.protocol.candid.type_table import decode_header
from tests.candid_round_trips.candid_programs import Typed, typed_values
from tests.candid_round_trips.rust_candid import RustCandid
from tests.unit.agent.ic_py_values import as_argument, types_of_ic_py, without_bytes

many = settings(max_examples=200)
ic_py_values = typed_values(st.lists(types_of_ic_py, max_size=3))


def values_part(message: bytes) -> bytes:
    return message[decode_header(message).end :]


@pytest.mark.slow
@many
@given(drawn=ic_py_values)
def test_a_message_of_ic_py_is_read_alike(rust: RustCandid, drawn: Typed) -> None:
    ic_py = IcPyTypes()
    types = [ic_py.convert(each) for each in drawn.types]
    params = [
        {"type": type_, "value": as_argument(value, ours)}
        for type_, value, ours in zip(types, drawn.values, drawn.types, strict=True)
    ]
    message = stock.encode(params)
    by_rust, _ = rust.typed(drawn.did, message)
    assert values_part(encode(params)) == values_part(drawn.message)
    assert values_part(by_rust) == values_part(drawn.message)
    assert decode(message, types) == decode(by_rust, types)


@pytest.mark.slow
@many
@given(drawn=ic_py_values)
def test_a_message_of_rust_is_read_alike(rust: RustCandid, drawn: Typed) -> None:
    ic_py = IcPyTypes()
    types = [ic_py.convert(each) for each in drawn.types]
    message, _ = rust.typed(drawn.did, drawn.message)
    assert without_bytes(decode(message, types)) == stock.decode(message, types)
    untyped = zip(decode(message), stock.decode(message), strict=True)
    assert all(without_bytes(ours["value"]) == theirs["value"] for ours, theirs in untyped)
