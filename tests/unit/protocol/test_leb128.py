import leb128
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.errors import ProtocolError
from ic_factory.protocol.leb128 import (
    decode_signed,
    decode_unsigned,
    encode_signed,
    encode_unsigned,
    read_signed,
    read_unsigned,
)

naturals = st.integers(min_value=0, max_value=2**400)
integers = st.integers(min_value=-(2**400), max_value=2**400)


def test_the_specifications_examples():
    assert encode_unsigned(0) == b"\x00"
    assert encode_unsigned(624485) == bytes.fromhex("e58e26")
    assert encode_signed(0) == b"\x00"
    assert encode_signed(-123456) == bytes.fromhex("c0bb78")


@given(naturals)
def test_naturals_round_trip_in_the_form_of_another_library(number):
    assert encode_unsigned(number) == bytes(leb128.u.encode(number))
    assert decode_unsigned(encode_unsigned(number)) == number


@given(integers)
def test_integers_round_trip_in_the_form_of_another_library(number):
    assert encode_signed(number) == bytes(leb128.i.encode(number))
    assert decode_signed(encode_signed(number)) == number


@given(naturals, integers, st.binary(max_size=5))
def test_numbers_are_read_from_the_middle(natural, integer, before):
    data = before + encode_unsigned(natural) + encode_signed(integer)
    number, offset = read_unsigned(data, len(before))
    assert number == natural
    assert read_signed(data, offset) == (integer, len(data))


def test_padding_is_read():
    assert decode_unsigned(b"\x81\x80\x00") == 1
    assert decode_signed(b"\xff\xff\x7f") == -1


def test_negative_numbers_have_no_unsigned_form():
    with pytest.raises(ProtocolError, match="natural"):
        encode_unsigned(-1)


@pytest.mark.parametrize("decode", [decode_unsigned, decode_signed])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cut off"),
        (b"\x80", "cut off"),
        (b"\x00\x00", "1 bytes follow"),
        (b"\x80" * 64 + b"\x01", "longer than 64"),
    ],
)
def test_bad_bytes_are_refused(decode, data, reason):
    with pytest.raises(ProtocolError, match=reason):
        decode(data)


def test_the_bound_on_the_length_is_exact():
    number = 2**63
    assert decode_unsigned(encode_unsigned(number), max_bytes=10) == number
    with pytest.raises(ProtocolError, match="longer than 9"):
        decode_unsigned(encode_unsigned(number), max_bytes=9)
