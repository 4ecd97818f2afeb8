"""Arguments as people write them: text, JSON and files, read by their types."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from ic_factory.operations.arguments import (
    argument_from_file,
    argument_from_json,
    argument_from_text,
    init_types,
)
from ic_factory.operations.candid_json import from_json, to_json
from ic_factory.operations.errors import ArgumentError
from ic_factory.protocol.candid.did import parse_types
from ic_factory.protocol.candid.types import CandidType
from ic_factory.protocol.candid.wire import decode, encode
from ic_factory.protocol.principal import Principal
from tests.unit.candid.candid_strategies import arguments

ID = "bnz7o-iuaaa-aaaaa-qaaaa-cai"


def type_of(text: str) -> CandidType:
    [type_] = parse_types(f"({text})")
    return type_


@pytest.mark.parametrize(
    ("type_text", "document", "value"),
    [
        ("nat64", 2**64 - 1, 2**64 - 1),
        ("float64", "NaN", math.nan),
        ("float32", 3, 3.0),
        ("bool", True, True),
        ("text", "é", "é"),
        ("null", None, None),
        ("blob", "0x00ff", b"\0\xff"),
        ("blob", [0, 255], b"\0\xff"),
        ("principal", ID, Principal.from_str(ID)),
        ("service {}", ID, Principal.from_str(ID)),
        ("func () -> ()", [ID, "go"], (Principal.from_str(ID), "go")),
        ("opt nat", None, []),
        ("opt nat", 3, [3]),
        ("opt opt nat", [], []),
        ("opt opt nat", [None], [[]]),
        ("opt opt nat", [4], [[4]]),
        ("vec nat16", [1, 2], [1, 2]),
        ("record { nat; text }", [1, "a"], (1, "a")),
        ("record { a : nat; b : opt text }", {"a": 1}, {"a": 1}),
        ("variant { A; B : nat }", "A", {"A": None}),
        ("variant { A; B : nat }", {"B": 1}, {"B": 1}),
    ],
)
def test_json_is_read_by_the_type(type_text: str, document: Any, value: Any) -> None:
    read = from_json(document, type_of(type_text))
    assert read == value or (isinstance(value, float) and math.isnan(read))


@pytest.mark.parametrize(
    ("type_text", "document", "told"),
    [
        ("blob", "00ff", "0x"),
        ("blob", "0xfg", "hexadecimal"),
        ("blob", [256], "0 to 255"),
        ("record { a : nat }", {"b": 1}, "no field 'b'"),
        ("record { a : vec nat }", {"a": 1}, "an array"),
        ("record { nat; nat }", [1], "expected 2"),
        ("variant { A; B }", "C", "A, B"),
        ("variant { A; B }", {"A": None, "B": None}, "A, B"),
        ("opt null", [None, None], "2 values"),
        ("func () -> ()", "go", "a function"),
        ("nat", "1", "nat"),
        ("bool", 1, "bool"),
    ],
)
def test_json_that_does_not_fit_is_told(type_text: str, document: Any, told: str) -> None:
    with pytest.raises(ArgumentError, match=told):
        argument_from_json(json.dumps([document]), [type_of(type_text)], "--arg-json")


def test_json_is_an_array_of_arguments_or_the_only_one() -> None:
    types = parse_types("(nat, text)")
    assert decode(argument_from_json('[1, "a"]', types, "x"), types) == [1, "a"]
    assert decode(argument_from_json("1", types[:1], "x"), types[:1]) == [1]
    with pytest.raises(ArgumentError, match="1 values for 2"):
        argument_from_json("[1]", types, "x")
    with pytest.raises(ArgumentError, match="--did"):
        argument_from_json("[1]", None, "x")


def test_text_is_read_by_the_types_or_by_itself() -> None:
    types = parse_types("(nat8, opt text)")
    assert decode(argument_from_text("(7)", types, "x"), types) == [7, []]
    assert decode(argument_from_text("(7 : nat8)", None, "x"), types) == [7, []]
    with pytest.raises(ArgumentError, match=r"expected: .*nat8"):
        argument_from_text("(300)", types, "x")


def test_files_are_read_by_their_endings(tmp_path: Path) -> None:
    types = parse_types("(nat8)")
    message = encode(types, [7])
    for name, content in {"a.json": b"[7]", "a.bin": message, "a.txt": b"(7)"}.items():
        (tmp_path / name).write_bytes(content)
        assert argument_from_file(tmp_path / name, types) == message
    with pytest.raises(ArgumentError, match=r"a\.missing"):
        argument_from_file(tmp_path / "a.missing", types)


def test_init_types_are_those_of_the_service(tmp_path: Path) -> None:
    did = tmp_path / "a.did"
    did.write_text("service : (nat, opt text) -> {}")
    assert init_types(did) == tuple(parse_types("(nat, opt text)"))
    assert init_types(None) is None
    with pytest.raises(ArgumentError, match=r"b\.did"):
        init_types(tmp_path / "b.did")


@settings(max_examples=300, deadline=None)
@given(arguments())
def test_values_come_back_from_json(given_arguments: tuple[list[CandidType], list[Any]]) -> None:
    types, values = given_arguments
    documents = [to_json(value, type_) for value, type_ in zip(values, types, strict=True)]
    documents = json.loads(json.dumps(documents))
    read = [from_json(each, type_) for each, type_ in zip(documents, types, strict=True)]
    assert encode(types, read) == encode(types, values)
