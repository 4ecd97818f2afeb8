import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.protocol.candid import CandidTextError, CandidTypeError, decode, encode, types_of
from ic_factory.protocol.candid.did import parse_did, parse_types
from ic_factory.protocol.candid.text import format_args, infer_args, parse_args
from ic_factory.protocol.candid.text_writer import format_type
from ic_factory.protocol.candid.types import (
    BLOB,
    BOOL,
    FLOAT32,
    FLOAT64,
    INT,
    NAT,
    NAT8,
    NAT64,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    Func,
    Opt,
    Record,
    Service,
    Variant,
    Vec,
    label_hash,
    recursive,
)
from ic_factory.protocol.principal import Principal
from tests.unit.candid.candid_strategies import LIST, arguments, refusal


@given(arguments())
def test_what_is_printed_parses_to_the_same(typed):
    types, values = typed
    assert parse_args(format_args(values, types), types) == values


@given(arguments())
def test_what_is_printed_parses_without_types_to_values_that_encode_the_same_way(typed):
    types, values = typed
    text = format_args(values, types)
    error = refusal(infer_args, text)
    assert error is None or "elements of the vec differ" in error.reason
    if error is None and "service" not in text and "func" not in text:
        assert decode(encode(*infer_args(text)), types) == values


@given(st.text())
def test_any_text_is_parsed_or_refused_with_the_error_of_this_package(text):
    for source in (text, f"({text})", f'("{text}")'):
        error = refusal(parse_args, source)
        assert error is None or (isinstance(error, CandidTextError) and error.line >= 1)


SNIPPETS = ["(", ")", "{", "}", ";", ",", "=", ":", "vec", "opt", "record", "variant", "1", "-2"]
SNIPPETS += ['"a"', "blob", "null", "principal", "func", "service", ".", "nat", "x", "1.5", "true"]


@given(st.lists(st.sampled_from(SNIPPETS)).map(" ".join))
def test_any_sequence_of_tokens_is_parsed_or_refused(text):
    for types in (None, [NAT, Opt(TEXT)]):
        error = refusal(parse_args, f"({text})", types)
        assert error is None or (isinstance(error, CandidTextError) and error.line == 1)


@pytest.mark.parametrize(
    ("text", "candid_type", "value"),
    [
        ("1_000_000", NAT, 1_000_000),
        ("0xDEAD_BEEF", NAT, 0xDEADBEEF),
        ("-0xff", INT, -255),
        ("+5", INT, 5),
        ("255", NAT8, 255),
        ("(42 : nat64)", NAT64, 42),
        ("42 : nat", INT, 42),
        ("1245.678", FLOAT64, 1245.678),
        ("-1_000_000.000_001", FLOAT64, -1000000.000001),
        ("34e10", FLOAT64, 34e10),
        ("34E-10", FLOAT64, 34e-10),
        ("0xDEAD.BEEFp-10", FLOAT64, float.fromhex("0xDEAD.BEEFp-10")),
        ("1.", FLOAT32, 1.0),
        ("3", FLOAT64, 3.0),
        ("1e999", FLOAT64, math.inf),
        ("true", BOOL, True),
        ('"\\u{2603} \\E2\\98\\83 \\n\\r\\t\\\\\\"\\\'"', TEXT, "☃ ☃ \n\r\t\\\"'"),
        ('blob "\\CA\\FF\\FEx"', BLOB, b"\xca\xff\xfex"),
        ('blob "☃"', BLOB, "☃".encode()),
        ("vec { 1; 2; 255 }", BLOB, b"\x01\x02\xff"),
        ("vec {}", Vec(TEXT), []),
        ('vec { "a"; "b"; }', Vec(TEXT), ["a", "b"]),
        ("opt opt null", Opt(Opt(Opt(NAT))), [[[]]]),
        ("7", Opt(NAT), [7]),
        ("null", Opt(NAT), []),
        ('record { "a"; 2 }', Record.tuple_of(TEXT, NAT), ("a", 2)),
        ('record { a = 1; "b c" = 2 }', Record.of({"a": NAT, "b c": NAT}), {"a": 1, "b c": 2}),
        ("record { 97 = 1 }", Record.of({"a": NAT}), {"a": 1}),
        ("record { extra = 1 }", Record.of({"a": Opt(NAT), "b": NULL}), {"a": [], "b": None}),
        ("variant { a }", Variant.of({"a": NULL, "b": NAT}), {"a": None}),
        ("variant { b = 3 }", Variant.of({"a": NULL, "b": NAT}), {"b": 3}),
        ('principal "aaaaa-aa"', PRINCIPAL, Principal(b"")),
        ('service "aaaaa-aa"', Service(), Principal(b"")),
        ('service : "aaaaa-aa"', Service(), Principal(b"")),
        ('func "aaaaa-aa".raw_rand', Func(), (Principal(b""), "raw_rand")),
        ('func "aaaaa-aa"."☃"', Func(), (Principal(b""), "☃")),
        ("record { whatever = 1 }", RESERVED, None),
        ("/* a /* nested */ comment */ 1 // the end\n", NAT, 1),
    ],
)
def test_each_form_of_value(text, candid_type, value):
    assert parse_args(f"({text})", [candid_type]) == [value]


@pytest.mark.parametrize(
    ("text", "types", "line", "column", "words"),
    [
        ("(1, \n  -1)", [NAT, NAT], 2, 3, "out of the range of nat"),
        ("(256)", [NAT8], 1, 2, "out of the range of nat8"),
        ('("a")', [NAT], 1, 2, "text .* where nat is expected"),
        ("(1 : nat8)", [NAT], 1, 2, "nat8 where nat is expected"),
        ("(record { a = 1 })", [Record.of({"b": NAT})], 1, 2, "no field b"),
        ("(record { 1; 0 = 2 })", None, 1, 2, "two fields"),
        ("(record { 4294967296 = 2 })", None, 1, 11, "32-bit"),
        ("(variant { a })", [Variant.of({"b": NAT})], 1, 2, "no case a; its cases: b"),
        ('("\\u{d800}")', None, 1, 2, "escape"),
        ('("\\ff")', None, 1, 2, "UTF-8"),
        ('("\\q")', None, 1, 2, "escape"),
        ('(principal "aaaaa-ab")', None, 1, 12, "principal"),
        ("(1 : foo)", None, 1, 6, "type foo is not defined"),
        ("(1", None, 1, 3, "the text ends"),
        ("(opt)", None, 1, 5, "found"),
        ('("abc)', None, 1, 2, "no such sign"),
        ("(/* )", None, 1, 2, "no end"),
        ("(1, 2)", [NAT], 1, 5, "2 values where 1"),
        ("()", [NAT], 1, 1, "0 values where 1"),
        ('(vec { 1; "a" })', None, 1, 2, "differ: int and text"),
        (f"({'9' * 5000})", None, 1, 2, "hexadecimal"),
        ("(record { record = 1 })", None, 1, 18, "found"),
    ],
)
def test_errors_have_a_place_and_a_reason(text, types, line, column, words):
    with pytest.raises(CandidTextError, match=words) as caught:
        parse_args(text, types)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_types_are_worked_out_from_values():
    types, values = infer_args(
        '(1, 2.5, "x", 3 : nat8, vec { null; opt 1 }, record { a = true }, blob "")'
    )
    record = Record.of({"a": BOOL})
    assert types == [INT, FLOAT64, TEXT, NAT8, Vec(Opt(INT)), record, BLOB]
    assert values == [1, 2.5, "x", 3, [[], [1]], {"a": True}, b""]


def test_the_cases_of_a_vec_of_variants_add_up():
    types, values = infer_args("(vec { variant { a }; variant { b = 1 } })")
    assert types == [Vec(Variant.of({"a": NULL, "b": INT}))]
    assert values == [[{"a": None}, {"b": 1}]]


def test_annotations_may_use_names_of_an_interface():
    environment = parse_did("type small = nat8;").environment
    assert parse_args("(7 : small)", [NAT8], environment) == [7]
    assert parse_types("(small, opt small)", environment)[1] == Opt(
        parse_types("(small)", environment)[0]
    )


def test_numbers_are_printed_with_what_a_reader_could_not_guess():
    assert format_args([1, 1_000_000, 5, 0.5, [3]], [NAT8, INT, NAT, FLOAT32, Opt(NAT)]) == (
        "(1 : nat8, 1_000_000, 5 : nat, 0.5 : float32, opt (3 : nat))"
    )


def test_long_values_take_a_line_a_part():
    record = Record.of({"name": TEXT, "tags": Vec(TEXT)})
    assert format_args([{"name": "x" * 70, "tags": ["a", "b"]}], [record]) == (
        '(\n  record {\n    name = "' + "x" * 70 + '";\n    tags = vec { "a"; "b" };\n  },\n)'
    )


def test_blobs_and_texts_are_escaped():
    assert format_args([b'a"\\\x00\xff', 'a"\\\n\x00☃'], [BLOB, TEXT]) == (
        '(blob "a\\22\\5c\\00\\ff", "a\\"\\\\\\n\\u{0}☃")'
    )


def test_messages_of_unknown_types_print_with_the_ids_of_fields():
    types = [Record.of({"a": NAT8, "next": LIST}), Record.tuple_of(TEXT, BOOL)]
    message = encode(types, [{"a": 1, "next": []}, ("x", True)])
    printed = format_args(decode(message), types_of(message))
    assert printed == (
        f'(record {{ 97 = 1 : nat8; {label_hash("next")} = null }}, record {{ "x"; true }})'
    )


def test_quotes_without_end_take_no_quadratic_time():
    started = time.perf_counter()
    with pytest.raises(CandidTextError):
        parse_args('(/**/ "' + '\\"' * 200_000)
    assert time.perf_counter() - started < 2


def test_numbers_of_any_length_print_and_parse():
    number = 10**6000
    assert parse_args(format_args([number, -number], [NAT, INT]), [NAT, INT]) == [number, -number]


def test_values_that_are_not_of_their_type_are_not_printed():
    with pytest.raises(CandidTypeError, match=r"\[0\]"):
        format_args([{"a": 1}], [Record.of({"b": NAT})])
    with pytest.raises(CandidTypeError, match="expected 1 values, got 0"):
        format_args([], [NAT])


@pytest.mark.parametrize(
    "text", ["(" * 50_000, f"({'opt ' * 50_000}null)", f"({'vec {' * 50_000}{'}' * 50_000})"]
)
def test_deep_text_is_refused(text):
    for types in (None, [LIST]):
        with pytest.raises(CandidTextError):
            parse_args(text, types)


def test_a_text_read_at_a_type_without_end_is_refused():
    endless = recursive("Endless", Opt)
    with pytest.raises(CandidTextError, match="deep"):
        parse_args("(true)", [endless])


def test_deep_types_are_refused():
    with pytest.raises(CandidTextError, match="nests deeper"):
        parse_types(f"({'opt ' * 50_000}nat)")


def test_a_megabyte_of_blob_is_read_in_no_time():
    blob = bytes(range(256)) * 1400
    text = format_args([blob], [BLOB])
    started = time.perf_counter()
    assert parse_args(text, [BLOB]) == [blob]
    assert time.perf_counter() - started < 2


def test_types_print_as_they_are_written():
    for text in (
        "record { a : nat; b : opt vec text }",
        "record { nat; blob }",
        'variant { "a b" : nat; c; 7 : null }',
        "func (a : nat, text) -> (opt principal) query",
        "service {}",
    ):
        printed = format_type(parse_types(f"({text})")[0])
        assert parse_types(f"({printed})") == parse_types(f"({text})")
