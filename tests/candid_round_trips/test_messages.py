"""What our codec writes, the Rust crate reads and writes again, and the other way round."""

from __future__ import annotations

import math
from struct import pack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ic_factory.protocol.candid import CandidError, decode, encode
from ic_factory.protocol.candid.type_table import decode_header
from ic_factory.protocol.candid.types import (
    BLOB,
    EMPTY,
    FLOAT32,
    FLOAT64,
    INT,
    NAT,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    CandidType,
    Opt,
    Record,
    Variant,
    recursive,
)
from ic_factory.protocol.principal import Principal
from tests.candid_round_trips.candid_programs import (
    Typed,
    damaged,
    did_of,
    relatives,
    typed_values,
)
from tests.candid_round_trips.rust_candid import RustCandid, RustRefused
from tests.unit.candid.candid_strategies import FIXED, SCALAR_TYPES, all_types, fields, names

few = settings(max_examples=60)
many = settings(max_examples=150)


def values_part(message: bytes) -> bytes:
    return message[decode_header(message).end :]


def test_a_message_comes_back_as_it_is(rust: RustCandid) -> None:
    for message in (b"", b"no Candid", encode([NAT], [5])):
        assert rust.raw(message) == message


@pytest.mark.slow
@many
@given(drawn=typed_values(st.lists(all_types, max_size=3)))
def test_both_write_the_same_bytes(rust: RustCandid, drawn: Typed) -> None:
    assert rust.typed(drawn.did, drawn.message)[0] == drawn.message


@pytest.mark.slow
@many
@given(drawn=typed_values())
def test_both_write_the_same_values_of_types_that_contain_themselves(
    rust: RustCandid, drawn: Typed
) -> None:
    """Their type tables may differ, where two names stand for the same type."""
    written, _ = rust.typed(drawn.did, drawn.message)
    assert values_part(written) == values_part(drawn.message)
    assert decode(written, drawn.types) == drawn.values


@pytest.mark.slow
@many
@given(data=st.data())
def test_both_read_a_message_as_other_types_alike(rust: RustCandid, data: st.DataObject) -> None:
    drawn = data.draw(typed_values())
    expected = [data.draw(relatives(each)) for each in drawn.types]
    assert read_by_us(drawn.message, expected) == read_by_rust(rust, drawn.message, expected)


@pytest.mark.slow
@many
@given(data=st.data())
def test_both_refuse_the_same_damaged_messages(rust: RustCandid, data: st.DataObject) -> None:
    drawn = data.draw(typed_values())
    message = data.draw(damaged(drawn.message))
    assert read_by_us(message, drawn.types) == read_by_rust(rust, message, drawn.types)


def read_by_us(message: bytes, types: list[CandidType]) -> bytes | None:
    """The values as bytes; None if the message is refused."""
    try:
        return values_part(encode(types, decode(message, types)))
    except CandidError:
        return None


def read_by_rust(rust: RustCandid, message: bytes, types: list[CandidType]) -> bytes | None:
    """The same."""
    try:
        return values_part(rust.typed(did_of(types), message)[0])
    except RustRefused:
        return None


@st.composite
def plain_types(draw: st.DrawFn) -> list[CandidType]:
    """Types that the crate can work out from values alone: no vec and no reference among them."""
    leaves = st.sampled_from([*SCALAR_TYPES, RESERVED, BLOB, LIST])
    labels = st.one_of(names, st.integers(0, 2**32 - 1))
    types = st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Opt, inner),
            st.builds(Record, fields(inner, labels)),
            st.builds(Variant, fields(inner, labels, min_size=1)),
        ),
        max_leaves=8,
    )
    return draw(st.lists(types, max_size=3))


LIST = recursive("List", lambda self: Opt(Record.of({"head": INT, "tail": self})))


@pytest.mark.slow
@many
@given(drawn=typed_values(plain_types()))
def test_both_read_the_same_without_types(rust: RustCandid, drawn: Typed) -> None:
    assert decode(rust.untyped(drawn.message)) == decode(drawn.message)


def extremes() -> list[Any]:
    """A type and a value at each end of it."""
    ends = {
        kind: (-(1 << bits - 1) if signed else 0, (1 << bits - signed) - 1)
        for kind, (signed, bits) in FIXED.items()
    }
    whole = [(NAT, 1 << power) for power in (0, 6, 7, 31, 32, 63, 64, 128, 4096)]
    whole += [(INT, sign * number) for _, number in whole for sign in (1, -1)]
    return [
        *((kind, end) for kind, pair in ends.items() for end in pair),
        *((kind, number - off) for kind, number in whole for off in (0, 1) if number > 0),
        (TEXT, "\0\x7f\u0080\uffff\U0010ffff"),
        (Record(), {}),
        (BLOB, b""),
        (Opt(Opt(Opt(NULL))), [[[]]]),
        (Opt(Opt(EMPTY)), [[]]),
        (Variant.of({f"c{n}": NULL for n in range(300)}), {"c299": None}),
    ]


def test_the_ends_of_each_type_go_around(rust: RustCandid) -> None:
    for type_, value in extremes():
        message = encode([type_], [value])
        assert rust.typed(did_of([type_]), message)[0] == message, (type_, value)
        assert decode(message, [type_]) == [value]


def test_a_principal_of_any_length_goes_around(rust: RustCandid) -> None:
    for length in range(30):
        message = encode([PRINCIPAL], [Principal(bytes(length))])
        assert rust.typed(did_of([PRINCIPAL]), message)[0] == message


QUIET = {FLOAT32: 1 << 22, FLOAT64: 1 << 51}


@few
@given(kind=st.sampled_from([FLOAT32, FLOAT64]), data=st.data())
def test_each_bit_of_a_float_goes_around(
    rust: RustCandid, kind: CandidType, data: st.DataObject
) -> None:
    """But for the quiet bit of a NaN, which a computer sets when it widens a number."""
    width = 4 if kind == FLOAT32 else 8
    bits = data.draw(st.integers(0, (1 << 8 * width) - 1) | nan_bits(width))
    message = encode([kind], [0.0])[:-width] + bits.to_bytes(width, "little")
    assert rust.typed(did_of([kind]), message)[0] == message
    (value,) = decode(message, [kind])
    quiet = bits | QUIET[kind] if math.isnan(value) else bits
    written = int.from_bytes(encode([kind], [value])[-width:], "little")
    assert written in (bits, quiet)


def nan_bits(width: int) -> st.SearchStrategy[int]:
    """NaNs of both signs with any payload."""
    exponent, fraction = (0xFF << 23, 23) if width == 4 else (0x7FF << 52, 52)
    payloads = st.integers(1, (1 << fraction) - 1)
    signs = st.sampled_from([0, 1 << 8 * width - 1])
    return st.builds(lambda sign, payload: sign | exponent | payload, signs, payloads)


def test_special_floats_are_written_as_ieee_754_has_them() -> None:
    for value in (0.0, -0.0, math.inf, -math.inf, math.nan):
        assert encode([FLOAT64], [value]).endswith(pack("<d", value))
        assert encode([FLOAT32], [value]).endswith(pack("<f", value))
