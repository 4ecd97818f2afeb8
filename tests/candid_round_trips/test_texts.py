"""Candid text that we write is read by the Rust crate, and the other way round."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ic_factory.protocol.candid import encode
from ic_factory.protocol.candid.text import format_args, parse_args
from ic_factory.protocol.candid.type_table import decode_header
from ic_factory.protocol.candid.types import (
    FLOAT32,
    FLOAT64,
    INT,
    NAT,
    NULL,
    TEXT,
    Func,
    Record,
    Variant,
)
from ic_factory.protocol.principal import Principal
from tests.candid_round_trips.candid_programs import Typed, did_of, typed_values
from tests.candid_round_trips.rust_candid import RustCandid

few = settings(max_examples=60)
many = settings(max_examples=150)
CANISTER = Principal(b"\0\0\0\0\0\0\0\x01\x01\x01")


def values_part(message: bytes) -> bytes:
    return message[decode_header(message).end :]


@pytest.mark.slow
@many
@given(drawn=typed_values())
def test_our_text_is_read_to_equal_bytes(rust: RustCandid, drawn: Typed) -> None:
    text = format_args(drawn.values, drawn.types)
    assert values_part(rust.parsed(drawn.did, text)) == values_part(drawn.message)


@pytest.mark.slow
@many
@given(drawn=typed_values())
def test_rusts_text_is_read_to_equal_values(rust: RustCandid, drawn: Typed) -> None:
    """But for `inf` and `\\0`, which the crate writes and does not read: they are no Candid."""
    _, text = rust.typed(drawn.did, drawn.message)
    assume("inf : float" not in text and "\\0" not in text)
    assert parse_args(text, drawn.types) == drawn.values


# The crate writes NUL as `\\0`, which is no Candid, and panics at a comma in a variant's name.
any_text = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))
any_name = st.text(st.characters(exclude_characters="\0,", exclude_categories=("Cs",)))


@few
@given(name=any_name, value=any_text)
def test_names_and_texts_in_any_script(rust: RustCandid, name: str, value: str) -> None:
    types = [Record.of({name: TEXT}), Variant.of({name: TEXT})]
    values: list[Any] = [{name: value}, {name: value}]
    did, message = did_of(types), encode(types, values)
    written, text = rust.typed(did, message)
    assert written == message
    assert parse_args(text, types) == values
    assert rust.parsed(did, format_args(values, types)) == message


@few
@given(method=any_text)
def test_method_names_in_any_script(rust: RustCandid, method: str) -> None:
    types, values = [Func()], [(CANISTER, method)]
    did, message = did_of(types), encode(types, values)
    written, text = rust.typed(did, message)
    assert written == message
    assert parse_args(text, types) == values
    assert rust.parsed(did, format_args(values, types)) == message


@few
@given(value=st.floats(allow_nan=False) | st.floats(width=32, allow_nan=False))
def test_floats_lose_nothing(rust: RustCandid, value: float) -> None:
    assert_float_goes_around(rust, FLOAT64, value)


@few
@given(value=st.floats(width=32, allow_nan=False))
def test_short_floats_lose_nothing(rust: RustCandid, value: float) -> None:
    assert_float_goes_around(rust, FLOAT32, value)


def assert_float_goes_around(rust: RustCandid, kind: Any, value: float) -> None:
    text = format_args([value], [kind])
    message = encode([kind], [value])
    assert rust.parsed(did_of([kind]), text) == message
    assert encode([kind], parse_args(text, [kind])) == message


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("(42, 4_2 : nat, 0xf_F)", [INT, NAT, NAT]),
        ("(+1, -1, -0x10)", [INT, INT, INT]),
        ("(1., 1.5e3, -2E-3)", [FLOAT64] * 3),
        (r'("\n\t\"\\\u{263a}\e2\98\83")', [TEXT]),
        ("(record { 1; 5 = 2; 3 } : record { nat; 5 : nat; 6 : nat })", [Record()]),
        ("(variant { a }, variant { b = 1 })", [Variant.of({"a": NULL, "b": NAT})] * 2),
        ('(/* a /* nested */ comment */ "x" // and another\n,)', [TEXT]),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_both_read_what_people_write(rust: RustCandid, text: str, types: list[Any]) -> None:
    assert rust.parsed(did_of(types), text) == encode(types, parse_args(text, types))
