import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.protocol.candid import (
    CandidCoercionError,
    CandidTypeError,
    DidSyntaxError,
    check_upgrade,
)
from ic_factory.protocol.candid.did import parse_did, parse_types
from ic_factory.protocol.candid.text import format_interface
from ic_factory.protocol.candid.text_writer import format_type
from ic_factory.protocol.candid.types import (
    NAT,
    TEXT,
    FuncMode,
    Named,
    Opt,
    Record,
    Service,
    TypeEnvironment,
    resolve,
)
from ic_factory.protocol.principal import Principal
from tests.unit.candid.candid_strategies import all_types, refusal

COUNTER = """
// How a counter is named.
// It never changes.
type name = text;

type entry = record {
  // Who counts.
  owner : principal;
  count : nat;  // not documentation of the next field
  last : opt entry;
};

// Counts.
service counter : (initial : nat, opt name) -> {
  // Adds some.
  add : (name, amount : nat) -> (total : nat);
  get : (name) -> (opt entry) query;
  "record" : () -> () oneway;
  scan : scanner;
};

"""
SCANNER = "type scanner = func (nat) -> (vec entry) composite_query;\n"


@pytest.fixture
def counter():
    return parse_did(SCANNER + COUNTER)


def test_methods_have_signatures_modes_and_docs(counter):
    assert list(counter.methods) == ["add", "get", "record", "scan"]
    add = counter.methods["add"]
    assert add.mode is None
    assert add.docs == "Adds some."
    assert add.signature.arg_names == (None, "amount")
    assert add.signature.result_names == ("total",)
    assert counter.methods["get"].mode is FuncMode.QUERY
    assert counter.methods["record"].mode is FuncMode.ONEWAY
    assert counter.methods["scan"].mode is FuncMode.COMPOSITE_QUERY


def test_comments_are_kept_as_docs(counter):
    assert counter.type_docs == {"name": "How a counter is named.\nIt never changes."}
    assert counter.service_docs == "Counts."
    entry = counter.types["entry"]
    assert {field.name: field.docs for field in entry.fields} == {
        "owner": "Who counts.",
        "count": "",
        "last": "",
    }


def test_constructors_have_init_args(counter):
    assert counter.init_args == (NAT, Opt(Named("name", counter.environment)))
    assert counter.init_arg_names == ("initial", None)
    assert counter.decode_init_args(counter.encode_init_args([1, ["x"]])) == [1, ["x"]]


def test_a_service_without_constructor_has_no_init_args():
    assert parse_did("service : {}").init_args is None
    assert parse_did("service : () -> {}").init_args == ()
    assert parse_did("type a = nat").service is None


def test_methods_encode_and_decode(counter):
    get = counter.methods["get"]
    assert get.decode_args(get.encode_args(["a"])) == ["a"]
    entry = {"owner": Principal(b"\x04"), "count": 1, "last": []}
    assert get.decode_results(get.encode_results([[entry]])) == [[entry]]
    with pytest.raises(CandidTypeError, match=r"\[1\]: a nat is not negative"):
        counter.methods["add"].encode_args(["a", -1])
    with pytest.raises(CandidCoercionError, match="1 arguments, 2 expected"):
        counter.methods["add"].decode_args(get.encode_args(["a"]))


def test_what_is_printed_parses_to_the_same(counter):
    printed = format_interface(counter)
    again = parse_did(printed)
    assert format_interface(again) == printed
    assert again.type_docs == counter.type_docs
    assert again.service_docs == counter.service_docs
    assert again.methods["add"].docs == "Adds some."
    check_upgrade(again.service, counter.service)
    check_upgrade(counter.service, again.service)


@given(all_types)
def test_types_round_trip_through_their_text(candid_type):
    environment = TypeEnvironment()
    for named in ("List", "Tree"):
        environment.define(named, TEXT)
    printed = format_type(candid_type)
    (again,) = parse_types(f"({printed})", environment)
    assert format_type(again) == printed


@given(st.text())
def test_any_text_is_parsed_or_refused_with_the_error_of_this_package(text):
    for source in (text, f"type a = {text};", f"service : {{ {text} }}"):
        error = refusal(parse_did, source)
        assert error is None or (isinstance(error, DidSyntaxError) and error.line >= 1)


SNIPPETS = ["type", "a", "b", "=", "record", "{", "}", ";", ":", "nat", "opt", "service", "func"]
SNIPPETS += ["(", ")", "->", "query", "oneway", ",", '"x"', "1", "variant", "import", "// c\n"]


@given(st.lists(st.sampled_from(SNIPPETS)).map(" ".join))
def test_any_sequence_of_tokens_is_parsed_or_refused(text):
    error = refusal(parse_did, text)
    assert error is None or (isinstance(error, DidSyntaxError) and error.line >= 1)


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("type a = b;", 1, 10, "type b is not defined"),
        ("type a = nat;\ntype a = text;", 2, 6, "type a is defined twice"),
        ("type a = b; type b = a;", 1, 6, "by itself alone"),
        ("type a = record { b : nat; b : text };", 1, 28, "field b has the same id 98 as b"),
        ("type a = record { nat; 0 : text };", 1, 24, "same id 0"),
        ("type a = record { 1 : nat; 0 : nat; text };", 1, 37, "same id 1"),
        ("type a = variant { b; b };", 1, 23, "same id 98"),
        ("type a = variant { nat; 4294967296 };", 1, 25, "32-bit range"),
        ("type a = func () -> () query oneway;", 1, 10, "one mode at most"),
        ("type a = func () -> (nat) oneway;", 1, 10, "oneway function has no results"),
        ("service : { f : () -> (nat) oneway }", 1, 13, "oneway function has no results"),
        ("service : { f : (a : nat, a : text) -> () }", 1, 27, "two arguments are named a"),
        ("service : { f : () -> (); f : () -> () }", 1, 27, "two methods are named f"),
        ("type t = nat; service : { f : t }", 1, 31, "t is not a function type"),
        ("type t = nat; type s = service { f : t }", 1, 38, "t is not a function type"),
        ("type t = nat; service : t", 1, 25, "t is not a service type"),
        ("service : { query : () -> () }", 1, 13, "found 'query'"),
        ("service : { f : () }", 1, 20, "where '->' may stand"),
        ("type nat8x = nat8; service : {", 1, 31, "the text ends"),
        ("type opt = nat;", 1, 6, "found 'opt'"),
        ('import "x.did";', 1, 8, "cannot import 'x.did'"),
        ("/* /* */", 1, 1, "no end"),
    ],
)
def test_errors_have_a_place_and_a_reason(text, line, column, words):
    with pytest.raises(DidSyntaxError) as caught:
        parse_did(text)
    assert words in str(caught.value)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_imports_bring_types_and_services_bring_methods():
    texts = {
        "lib/types.did": 'import "more.did"; type pair = record { item; item }; service : {}',
        "lib/more.did": "type item = nat;",
        "base.did": 'import "lib/types.did"; service : { base : (pair) -> () }',
    }
    interface = parse_did(
        'import "lib/types.did"; import service "base.did"; service : { own : () -> (item) }',
        texts.__getitem__,
    )
    assert set(interface.types) == {"item", "pair"}
    assert set(interface.methods) == {"base", "own"}
    (pair,) = interface.methods["base"].signature.args
    assert isinstance(resolve(pair), Record)


def test_imports_may_be_circular():
    texts = {"a.did": 'import "b.did"; type a = opt b;', "b.did": 'import "a.did"; type b = opt a;'}
    assert set(parse_did('import "a.did";', texts.__getitem__).types) == {"a", "b"}


@pytest.mark.parametrize(
    ("text", "words", "source"),
    [
        ("type a = ;", "a.did: found ';'", "a.did"),
        ("type a = b;", "a.did: type b is not defined", "a.did"),
        ("type a = nat;", "the import has no service", None),
        ("service : (nat) -> {}", "service constructor", None),
        ("service : { own : () -> () }", "imported twice", None),
        ("type mine = nat; service : {}", "type mine is defined twice", None),
    ],
)
def test_errors_in_imports_say_where_they_are(text, words, source):
    main = 'import service "a.did"; type mine = nat; service : { own : () -> () }'
    with pytest.raises(DidSyntaxError) as caught:
        parse_did(main, {"a.did": text}.__getitem__)
    assert words in str(caught.value)
    assert caught.value.source == source


def test_a_service_may_be_given_by_name_and_contain_itself():
    interface = parse_did("type s = service { next : () -> (s) }; service : s")
    assert isinstance(interface.service, Service)
    next_ = interface.methods["next"]
    assert next_.decode_results(next_.encode_results(["aaaaa-aa"])) == [Principal(b"")]
