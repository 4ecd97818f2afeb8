"""`encode` and `decode` do what ic-py's do, but for bytes, speed and what ic-py cannot do."""

from __future__ import annotations

import gc
import re
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ic import candid as stock
from ic.candid import Type, Types
from ic.principal import Principal as IcPyPrincipal

from ic_factory.agent.ic_py_candid import (
    IcPyTypes,
    UnfitMessage,
    UnreadableMessage,
    UnwritableValue,
    decode,
    encode,
    translate,
)
from ic_factory.errors import CandidError
from ic_factory.protocol.candid import types as candid
from ic_factory.protocol.candid import wire
from ic_factory.protocol.principal import Principal
from tests.unit.agent.ic_py_values import arguments, without_bytes
from tests.unit.candid.candid_strategies import all_types, values

CANISTER = Principal(b"\0\0\0\0\0\0\0\x01\x01\x01")
MEGABYTE = 1 << 20


def params(types: list[Any], content: list[Any]) -> list[dict[str, Any]]:
    return [{"type": t, "value": v} for t, v in zip(types, content, strict=True)]


def one(type_: Any, value: Any) -> bytes:
    return encode([{"type": type_, "value": value}])


def read(data: bytes, type_: Any) -> Any:
    (found,) = decode(data, [type_])
    return found["value"]


def round_trip(type_: Any, value: Any) -> Any:
    return read(one(type_, value), type_)


@given(arguments())
def test_ic_py_reads_from_our_messages_what_we_read(drawn: tuple[Any, Any]) -> None:
    types, content = drawn
    theirs = [IcPyTypes().convert(each) for each in types]
    message = encode(params(theirs, content))
    assert without_bytes(decode(message, theirs)) == stock.decode(message, theirs)


@given(arguments())
def test_we_read_from_ic_pys_messages_what_it_reads(drawn: tuple[Any, Any]) -> None:
    types, content = drawn
    theirs = [IcPyTypes().convert(each) for each in types]
    message = stock.encode(params(theirs, content))
    assert without_bytes(decode(message, theirs)) == stock.decode(message, theirs)


@given(arguments())
def test_without_types_the_values_are_those_of_ic_py(drawn: tuple[Any, Any]) -> None:
    types, content = drawn
    message = encode(params([IcPyTypes().convert(each) for each in types], content))
    ours, theirs = decode(message), stock.decode(message)
    assert [without_bytes(each["value"]) for each in ours] == [each["value"] for each in theirs]


@given(st.lists(all_types, max_size=3))
def test_types_go_to_ic_py_and_back(types: list[candid.CandidType]) -> None:
    for type_ in types:
        theirs = IcPyTypes().convert(type_)
        again = IcPyTypes().convert(translate(theirs))
        assert numberless(again.name) == numberless(theirs.name)


def numberless(name: str) -> str:
    return re.sub(r"rec_\d+", "rec", name)


@given(st.data())
def test_values_of_all_types_go_around(data: st.DataObject) -> None:
    type_ = data.draw(all_types)
    theirs = IcPyTypes().convert(type_)
    value = data.draw(values(type_))
    once = round_trip(theirs, value)
    assert round_trip(theirs, once) == once
    assert one(theirs, once) == one(theirs, value)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (Types.Nat, True),
        (Types.Int, True),
        (Types.Nat8, True),
        (Types.Vec(Types.Nat8), [True, False]),
        (Types.Vec(Types.Nat8), (1, 2)),
        (Types.Vec(Types.Nat8), bytearray(b"ab")),
        (Types.Vec(Types.Nat8), range(5)),
        (Types.Vec(Types.Nat64), range(5)),
        (Types.Vec(Types.Nat), {7: "key"}),
        (Types.Vec(Types.Text), "abc"),
        (Types.Record({"a": Types.Nat}), {"a": 1, "surplus": 2}),
        (Types.Record({"_0": Types.Nat, "_1": Types.Text}), {"_0": 1, "_1": ""}),
        (Types.Tuple(), ()),
        (Types.Opt(Types.Opt(Types.Null)), [[None]]),
        (Types.Opt(Types.Opt(Types.Null)), [[]]),
        (Types.Principal, b"\x04"),
        (Types.Principal, "2vxsx-fae"),
        (Types.Float32, 0.1),
        (Types.Float64, float("-inf")),
        (Types.Variant({"ok": Types.Null, "err": Types.Text}), {"ok": None}),
        (Types.Service({}), "aaaaa-aa"),
    ],
    ids=lambda each: each.name if isinstance(each, Type) else repr(each),
)
def test_what_ic_py_takes_is_taken_alike(type_: Any, value: Any) -> None:
    written = stock.encode([{"type": type_, "value": value}])
    assert without_bytes(decode(one(type_, value), [type_])) == stock.decode(written, [type_])


def test_integers_of_an_enumeration_go_in() -> None:
    class Level(IntEnum):
        HIGH = 3

    assert round_trip(Types.Vec(Types.Nat8), [Level.HIGH]) == b"\x03"


def test_a_blob_is_bytes_wherever_it_stands() -> None:
    blob = Types.Vec(Types.Nat8)
    nested = Types.Record({"parts": Types.Vec(Types.Opt(blob)), "pair": Types.Tuple(blob, blob)})
    value = {"parts": [[b"a"], []], "pair": (b"", b"b")}
    assert round_trip(nested, value) == {"parts": [[b"a"], []], "pair": [b"", b"b"]}


def test_principals_go_in_as_objects_and_come_out_equal_to_ic_pys() -> None:
    theirs = IcPyPrincipal(CANISTER.bytes)
    for given_form in (CANISTER, theirs, str(CANISTER), CANISTER.bytes):
        found = round_trip(Types.Principal, given_form)
        assert found == theirs
        assert theirs == found
        assert (found.to_str(), found.bytes, found.hex) == (
            theirs.to_str(),
            theirs.bytes,
            theirs.hex,
        )


def test_a_function_is_a_list_of_principal_and_name() -> None:
    func = Types.Func([Types.Nat], [Types.Text], ["query"])
    assert round_trip(func, [str(CANISTER), "greet"]) == [CANISTER, "greet"]
    assert round_trip(func, (CANISTER, "greet")) == [CANISTER, "greet"]


def test_optional_fields_may_be_left_out() -> None:
    record = Types.Record({"a": Types.Nat, "b": Types.Opt(Types.Text)})
    assert round_trip(record, {"a": 1}) == {"a": 1, "b": []}


def test_a_misspelt_optional_field_is_refused() -> None:
    record = Types.Record({"a": Types.Nat, "note": Types.Opt(Types.Text)})
    with pytest.raises(UnwritableValue, match="no field 'noet'"):
        one(record, {"a": 1, "noet": ["x"]})


def test_one_type_may_stand_without_a_list() -> None:
    assert decode(one(Types.Nat, 7), Types.Nat) == [{"type": "nat", "value": 7}]


def test_values_beyond_the_expected_types_are_read_over() -> None:
    message = encode(params([Types.Nat, Types.Text], [1, "x"]))
    assert decode(message, [Types.Nat]) == [{"type": "nat", "value": 1}]
    assert decode(message, []) == []


def test_types_are_named_as_ic_py_names_them() -> None:
    type_ = Types.Record({"a": Types.Vec(Types.Nat8), "b": Types.Opt(Types.Tuple(Types.Bool))})
    ((found),) = decode(one(type_, {"a": b"", "b": []}), [type_])
    assert found["type"] == type_.name


def test_without_types_fields_have_numbers_and_types_their_structure() -> None:
    type_ = Types.Record({"a": Types.Vec(Types.Nat8)})
    assert decode(one(type_, {"a": b"x"})) == [
        {"type": "record {_97:vec (nat8)}", "value": {"_97": b"x"}}
    ]
    assert decode(one(Types.Record({}), {})) == [{"type": "record {}", "value": []}]


def linked_list() -> Any:
    knot = Types.Rec()
    knot.fill(Types.Opt(Types.Tuple(Types.Int, knot)))
    return knot


def test_recursive_types_go_in_and_come_out() -> None:
    value = [(1, [(2, [])])]
    assert round_trip(linked_list(), value) == [[1, [[2, []]]]]
    (untyped,) = decode(one(linked_list(), value))
    assert untyped["value"] == [[1, [[2, []]]]]
    assert re.fullmatch(r"rec_\d+", untyped["type"])


@pytest.mark.parametrize("name", ["", "_", "_a", "_5", "__x", "_4294967296", "_0_1"])
def test_a_name_with_an_underscore_is_a_name_to_ic_py_too(name: str) -> None:
    ours = candid.Record.of({name: candid.NAT, "other": candid.BOOL})
    theirs = IcPyTypes().convert(ours)
    assert translate(theirs) == ours
    value = {name: 5, "other": True}
    message = one(theirs, value)
    assert message == wire.encode([ours], [value])
    assert stock.encode([{"type": theirs, "value": value}]) == message
    assert read(message, theirs) == value
    assert stock.decode(message, [theirs])[0]["value"] == value


def test_a_number_and_a_name_that_looks_like_it_are_two_fields() -> None:
    ours = candid.Record((candid.Field(5, candid.NAT), candid.Field.named("_5", candid.BOOL)))
    theirs = IcPyTypes().convert(ours)
    assert round_trip(theirs, {"_5_": 1, "_5": True}) == {"_5_": 1, "_5": True}


def test_a_large_type_stands_behind_a_knot() -> None:
    """Written out, this one would have 2**60 parts."""
    names = candid.TypeEnvironment()
    last: candid.CandidType = candid.NAT
    for level in range(60):
        last = names.define(f"T{level}", candid.Record.of({"a": last, "b": candid.Opt(last)}))
    theirs = IcPyTypes().convert(last)
    message = one(Types.Opt(theirs), [])
    assert decode(message, [Types.Opt(theirs)])[0]["value"] == []
    assert decode(message)[0]["value"] == []


def test_what_is_remembered_of_a_type_goes_with_it() -> None:
    type_ = linked_list()
    round_trip(type_, [(1, [])])
    alive = weakref.ref(type_)
    del type_
    gc.collect()
    assert alive() is None


def test_a_knot_that_is_filled_later_works_then() -> None:
    knot = Types.Rec()
    vec = Types.Vec(knot)
    with pytest.raises(UnwritableValue, match="was not filled"):
        one(vec, [])
    knot.fill(Types.Opt(vec))
    assert round_trip(vec, [[], [[[]]]]) == [[], [[[]]]]


def knot_of_a_number() -> Any:
    knot = Types.Rec()
    knot.fill(Types.Nat)
    return knot


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (Types.Reserved, None),
        (Types.Func([], [], ["composite_query"]), [CANISTER, "m"]),
        (knot_of_a_number(), 5),
    ],
    ids=["reserved", "composite_query", "a number behind a knot"],
)
def test_what_ic_py_fails_on_works(type_: Any, value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        stock.decode(stock.encode([{"type": type_, "value": value}]), [type_])
    assert round_trip(type_, value) == value


def test_methods_are_in_the_order_of_their_names() -> None:
    method = Types.Func([], [], [])
    service = Types.Service({"b": method, "aa": method})
    with pytest.raises(UnreadableMessage, match="is not after"):
        decode(stock.encode([{"type": service, "value": "aaaaa-aa"}]), [service])
    assert round_trip(service, "aaaaa-aa") == Principal.management_canister()


@pytest.mark.parametrize(
    ("written", "value", "expected", "found"),
    [
        (Types.Nat, 5, Types.Int, 5),
        (Types.Nat, 5, Types.Opt(Types.Nat), [5]),
        (Types.Opt(Types.Text), ["x"], Types.Opt(Types.Nat), []),
        (Types.Record({}), {}, Types.Record({"a": Types.Opt(Types.Nat)}), {"a": []}),
        (Types.Tuple(Types.Nat, Types.Text), (1, ""), Types.Tuple(Types.Nat), [1]),
        (Types.Text, "x", Types.Reserved, None),
    ],
    ids=lambda each: each.name if isinstance(each, Type) else repr(each),
)
def test_messages_are_read_by_subtyping(
    written: Any, value: Any, expected: Any, found: Any
) -> None:
    assert read(one(written, value), expected) == found


def test_an_optional_result_may_be_missing() -> None:
    assert decode(encode([]), [Types.Opt(Types.Nat)]) == [{"type": "opt (nat)", "value": []}]


@pytest.mark.parametrize(
    ("attempt", "error", "message"),
    [
        (lambda: decode(b"", [Types.Nat]), UnreadableMessage, "begins with DIDL"),
        (lambda: decode(b"DIDL\0\1", None), UnreadableMessage, "at byte"),
        (lambda: decode(one(Types.Text, "x"), [Types.Nat]), UnfitMessage, r"\[0\]: text where nat"),
        (lambda: decode(encode([]), [Types.Nat]), UnfitMessage, "0 arguments, 1 expected"),
        (lambda: one(Types.Nat, -1), UnwritableValue, "a nat is not negative"),
        (lambda: one(Types.Tuple(Types.Nat), (1, 2)), UnwritableValue, "a tuple of 1"),
        (lambda: one(Types.Record({"a": Types.Nat}), {}), UnwritableValue, "the field is missing"),
        (lambda: one(Types.Vec(Types.Nat16), [1, 70000]), UnwritableValue, r"\[0\]\[1\]"),
        (lambda: one(Types.Empty, None), UnwritableValue, "type empty"),
        (lambda: one("nat", 1), UnwritableValue, "expected a type of ic.candid.Types, got 'nat'"),
        (lambda: one(Types.Func([], [], ["fast"]), []), UnwritableValue, "'fast'"),
        (lambda: decode(encode([]), [Types.Rec()]), UnwritableValue, "was not filled"),
    ],
)
def test_errors_say_what_and_where(
    attempt: Callable[[], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        attempt()
    assert isinstance(caught.value, CandidError)
    assert isinstance(caught.value, ValueError), "ic-py's users catch that"


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(UnreadableMessage):
        decode(b"DIDL" + data)


def test_values_that_nest_too_deeply_are_refused() -> None:
    value: Any = []
    for _ in range(50_000):
        value = [(0, value)]
    with pytest.raises(UnwritableValue, match="too deeply"):
        one(linked_list(), value)


def best_seconds(action: Callable[[], object]) -> float:
    def seconds() -> float:
        start = time.perf_counter()
        action()
        return time.perf_counter() - start

    return min(seconds() for _ in range(5))


def test_a_megabyte_is_read_in_5_ms_and_written_in_2() -> None:
    blob = Types.Vec(Types.Nat8)
    message = one(blob, bytes(MEGABYTE))
    assert best_seconds(lambda: decode(message, [blob])) < 0.005
    assert best_seconds(lambda: decode(message)) < 0.005
    assert best_seconds(lambda: one(blob, bytes(MEGABYTE))) < 0.002
