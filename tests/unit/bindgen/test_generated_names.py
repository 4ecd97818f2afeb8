"""Names that Python has trouble with are mapped by rule, and never lost."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path

import pytest

from ic_factory.bindgen.generation import generate_module_from_file
from ic_factory.bindgen.names import cap_words, snake_case, upper_case
from ic_factory.protocol.candid.did import parse_did
from tests.unit.bindgen.generated_modules import Recorder, bindings_of, client_of, load

NASTY = Path(__file__).with_name("nasty.did")


@pytest.fixture(scope="module")
def nasty():
    return load(generate_module_from_file(NASTY))


def attributes(cls):
    return [field.name for field in dataclasses.fields(cls)]


@pytest.mark.parametrize(
    ("name", "small"),
    [
        ("put_chunk_at", "put_chunk_at"),
        ("createdAt", "created_at"),
        ("HTTPRequest", "http_request"),
        ("sha256Hex", "sha256_hex"),
        ("bip340secp256k1", "bip340secp256k1"),
        ("__init__", "init"),
        ("my field", "my_field"),
        ("5x", "field_5x"),
        ("☃", "field"),
        ("日本", "日本"),
        ("ﬁeld", "field"),
    ],
)
def test_fields_methods_and_arguments_are_small_letters(name, small):
    assert snake_case(name, "field") == small
    assert upper_case(name, "field") == small.upper()


@pytest.mark.parametrize(
    ("name", "capitals"),
    [
        ("Result_1", "Result1"),
        ("canister_settings", "CanisterSettings"),
        ("HTTPRequest", "HTTPRequest"),
        ("_1", "Type1"),
        ("_", "Type"),
        ("日本", "Type日本"),
    ],
)
def test_types_are_words_in_capitals(name, capitals):
    assert cap_words(name) == capitals


def test_what_python_reserves_is_told_by_an_underscore_or_the_number_of_the_field(nasty):
    assert set(attributes(nasty.Quoted)) == {
        *("my_field", "class_", "self_", "list_", "none", "private", "init", "日本"),
        *("field", "field_2", "field_77"),
    }


def test_of_two_names_that_clash_the_one_that_is_python_already_stays(nasty):
    reply = (
        parse_did(NASTY.read_text())
        .methods["class"]
        .encode_results([{"a_b": 1, "a-b": 2, "a b": ["three"], "aB": 4}])
    )
    value = bindings_of(nasty)["class"].decode_results(reply)
    assert value.a_b == 1
    assert {value.a_b_2, value.a_b_3, value.a_b_4} == {2, "three", 4}


def test_types_that_would_hide_an_import_or_each_other_get_a_number(nasty):
    assert nasty.Principal2 is nasty.Principal
    assert {"Result1", "Result12", "Result13", "Some2"} <= set(vars(nasty))


def test_members_of_an_enumeration_are_capitals_with_the_name_in_candid_as_value(nasty):
    assert {member.name: member.value for member in nasty.Colour} == {
        "RED": "red",
        "DARK_RED": "dark red",
        "DARK_RED_2": "darkRed",
        "FFF": "#fff",
        "CASE_5": 5,
        "RESERVED_ONE": "reserved_one",
    }


def test_methods_keep_clear_of_what_each_client_has(nasty):
    client = client_of(nasty, Recorder(), "NastyClient")
    methods = {name for name, _ in inspect.getmembers(type(client), inspect.isfunction)}
    assert {"caller_", "canister_id_", "class_", "update_it", "update_it_2", "日本"} <= methods
    client.canister_id_()
    assert client.caller.calls[0][2] == "canister_id"


def test_arguments_have_the_names_of_the_description_or_count(nasty):
    signature = inspect.signature(nasty.NastyClient.update_it)
    assert list(signature.parameters) == ["self", "self_", "arg", "in_"]
    signature = inspect.signature(nasty.NastyClient.nested)
    assert list(signature.parameters) == ["self", "arg", "arg1", "arg2"]


def test_anonymous_types_are_named_after_where_they_stand(nasty):
    expected = {"UpdateIt2Arg", "UpdateIt2ArgInline", "UpdateIt2ArgInlineDeepB", "ManyArg22"}
    assert expected <= set(vars(nasty))
