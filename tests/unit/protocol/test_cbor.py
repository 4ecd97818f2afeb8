from enum import IntEnum, StrEnum

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.errors import CborError
from ic_factory.protocol import cbor
from ic_factory.protocol.principal import Principal

scalars = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**500), max_value=2**500)
    | st.binary(max_size=300)
    | st.text(max_size=300)
)
keys = st.text(max_size=10) | st.binary(max_size=10) | st.integers()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=20,
)


@given(values)
def test_values_round_trip(value):
    assert cbor.decode(cbor.encode(value)) == value
    assert cbor.decode(cbor.encode_self_described(value)) == value


@given(values)
def test_another_library_reads_and_writes_the_same(value):
    assert cbor.encode(value) == cbor2.dumps(value)
    assert cbor2.dumps(cbor2.loads(cbor.encode(value))) == cbor.encode(value)


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused_by_the_typed_error(data):
    try:
        cbor.decode(data)
    except CborError:
        return
    cbor2.loads(data)


@given(values, st.data())
def test_a_changed_byte_never_raises_another_error(value, data):
    encoded = bytearray(cbor.encode(value))
    index = data.draw(st.integers(min_value=0, max_value=len(encoded) - 1))
    encoded[index] = data.draw(st.integers(min_value=0, max_value=255))
    try:
        cbor.decode(bytes(encoded))
    except CborError:
        return


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        # RFC 8949, appendix A
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (1000, "1903e8"),
        (1000000, "1a000f4240"),
        (1000000000000, "1b000000e8d4a51000"),
        (18446744073709551615, "1bffffffffffffffff"),
        (18446744073709551616, "c249010000000000000000"),
        (-18446744073709551616, "3bffffffffffffffff"),
        (-18446744073709551617, "c349010000000000000000"),
        (-1, "20"),
        (-1000, "3903e7"),
        (False, "f4"),
        (True, "f5"),
        (None, "f6"),
        (b"", "40"),
        (b"\x01\x02\x03\x04", "4401020304"),
        ("", "60"),
        ("ü", "62c3bc"),
        ([1, [2, 3], [4, 5]], "8301820203820405"),
        ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
    ],
)
def test_examples_of_the_rfc(value, encoded):
    assert cbor.encode(value).hex() == encoded
    assert cbor.decode(bytes.fromhex(encoded)) == value


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        ("f7", None),
        ("1817", 23),
        ("5f42010243030405ff", b"\x01\x02\x03\x04\x05"),
        ("7f657374726561646d696e67ff", "streaming"),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
        ("d9d9f780", []),
    ],
)
def test_other_forms_of_the_rfc_are_read(encoded, value):
    assert cbor.decode(bytes.fromhex(encoded)) == value


@pytest.mark.parametrize(
    ("encoded", "reason"),
    [
        ("", "cut off"),
        ("18", "cut off"),
        ("4401", "cut off"),
        ("61", "cut off"),
        ("8201", "cut off"),
        ("a161", "cut off"),
        ("5f4101", "cut off"),
        ("9f01", "cut off"),
        ("5bffffffffffffffff", "cut off"),
        ("7bffffffffffffffff", "cut off"),
        ("9bffffffffffffffff", "cut off"),
        ("bbffffffffffffffff", "cut off"),
        ("0000", "1 bytes follow"),
        ("d9d9f7", "cut off"),
        ("d9d9f7d9d9f700", "tag 55799"),
        ("c074323031332d30332d32315432303a30343a30305a", "tag 0"),
        ("d81c80", "tag 28"),
        ("f90000", "float"),
        ("fb3ff199999999999a", "float"),
        ("f0", "simple"),
        ("f818", "simple"),
        ("f815", "simple"),
        ("1c", "starts no CBOR item"),
        ("ff", "starts no CBOR item"),
        ("1f", "starts no CBOR item"),
        ("62c328", "UTF-8"),
        ("a2616100616101", "twice"),
        ("bf616100616101ff", "twice"),
        ("a18000", "key"),
        ("a1f500", "key"),
        ("c200", "bignum"),
        ("c2c24101", "bignum"),
        ("c2", "bignum"),
        ("c25841" + "00" * 65, "bignum"),
        ("5f6161ff", "chunk"),
        ("5f5f4101ffff", "chunk"),
    ],
)
def test_bad_bytes_are_refused(encoded, reason):
    with pytest.raises(CborError, match=reason):
        cbor.decode(bytes.fromhex(encoded))


@pytest.mark.parametrize("opening", [b"\x81", b"\x9f", b"\xa1\x00", b"\xbf\x00", b"\xc2"])
def test_nesting_is_bounded(opening):
    with pytest.raises(CborError):
        cbor.decode(opening * 100_000)


def test_the_bound_on_nesting_is_exact():
    deepest = b"\x81" * cbor.MAX_DEPTH + b"\x00"
    assert cbor.encode(cbor.decode(deepest)) == deepest
    with pytest.raises(CborError, match="deep"):
        cbor.decode(b"\x81" + deepest)
    with pytest.raises(CborError, match="deep"):
        cbor.encode([cbor.decode(deepest)])


def test_principals_are_byte_strings():
    assert cbor.encode([Principal.anonymous()]) == b"\x81\x41\x04"


def test_encoded_items_are_taken_over():
    inner = cbor.encode({"x": 1})
    assert cbor.decode(cbor.encode([cbor.Encoded(inner), 2])) == [{"x": 1}, 2]


def test_enums_and_buffers_are_encoded_as_what_they_extend():
    class Status(StrEnum):
        REPLIED = "replied"

    class Code(IntEnum):
        FATAL = 1

    value = [Status.REPLIED, Code.FATAL, bytearray(b"x"), memoryview(b"y"), (1,)]
    assert cbor.decode(cbor.encode(value)) == ["replied", 1, b"x", b"y", [1]]


@pytest.mark.parametrize("value", [1.5, {1, 2}, object(), "\ud800", [{"a": 0.0}]])
def test_values_that_the_ic_has_no_place_for_are_refused(value):
    with pytest.raises(CborError):
        cbor.encode(value)
