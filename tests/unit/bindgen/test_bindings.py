"""What generated classes and clients do with values, right and wrong."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ic_factory.bindgen.errors import BindingError
from ic_factory.bindgen.generation import generate_module, generate_module_from_file
from ic_factory.bindgen.runtime import FuncReference, Some
from ic_factory.protocol.candid import InterfaceDescription, decode, encode
from ic_factory.protocol.candid.did import parse_did, parse_types
from ic_factory.protocol.principal import Principal
from tests.unit.bindgen.generated_modules import (
    CANISTER,
    Recorder,
    bindings_of,
    client_of,
    load,
    module_of,
)

SHOP = """
type Colour = variant { red; green };
type Item = record { name : text; colour : opt Colour; price : opt nat; tags : vec text };
type Answer = variant { Ok : vec Item; Err : record { code : nat32; message : text }; Busy };
type Page = record { items : vec Item; hook : func (text) -> () query };
service : (opt Item, owner : principal) -> {
  // Looks an item up.
  find : (name : text, colour : opt Colour) -> (Answer) query;
  store : (Item) -> (nat, opt text);
  forget : (text) -> ();
  page : () -> (Page) composite_query;
  ping : (nat) -> () oneway;
  maybe : (opt opt nat, opt null) -> (opt opt nat, opt null);
  put : (nat64, blob) -> (bool);
};
"""


@pytest.fixture(scope="module")
def shop():
    return module_of(SHOP)


def types(text):
    return parse_types(f"({text})")


def answered(shop, reply_types, *values):
    """A client whose calls are answered by these values."""
    return client_of(shop, Recorder(encode(types(reply_types), values)))


def test_a_query_goes_by_query_and_an_update_by_update(shop):
    client = answered(shop, "variant { Busy }", {"Busy": None})
    assert client.find("hat") == shop.AnswerBusy()
    client.caller.reply = encode(types("nat, opt text"), [7, []])
    assert client.store(shop.Item(name="hat", tags=[])) == (7, None)
    client.caller.reply = encode([], [])
    assert client.forget("hat") is None
    kinds = [(kind, method) for kind, _, method, _, _ in client.caller.calls]
    assert kinds == [("query", "find"), ("update", "store"), ("update", "forget")]
    assert {canister for _, canister, _, _, _ in client.caller.calls} == {CANISTER}


def test_a_oneway_method_is_sent_and_its_reply_not_read(shop):
    client = client_of(shop, Recorder(b""))
    assert client.ping(5) is None
    assert decode(client.caller.calls[0][3]) == [5]


def test_arguments_at_the_end_that_are_optional_may_be_left_out(shop):
    client = answered(shop, "variant { Busy }", {"Busy": None})
    client.find("hat")
    client.find("hat", shop.Colour.GREEN)
    sent = [
        decode(arg, types("text, opt variant { red; green }")) for *_, arg, _ in client.caller.calls
    ]
    assert sent == [["hat", []], ["hat", [{"green": None}]]]


def test_a_result_comes_as_the_class_of_its_case(shop):
    ok = "variant { Ok : vec record { name : text; tags : vec text } }"
    client = answered(shop, ok, {"Ok": [{"name": "hat", "tags": ["new"]}]})
    assert client.find("hat") == shop.AnswerOk([shop.Item(name="hat", tags=["new"])])
    err = "variant { Err : record { code : nat32; message : text } }"
    client = answered(shop, err, {"Err": {"code": 4, "message": "no"}})
    assert client.find("hat") == shop.AnswerErr(code=4, message="no")


def test_functions_are_references_by_canister_and_method(shop):
    page = "record { items : vec empty; hook : func (text) -> () query }"
    client = answered(shop, page, {"items": [], "hook": (CANISTER, "ring")})
    hook = client.page().hook
    assert hook == FuncReference(CANISTER, "ring")
    assert hook.method_name == "ring"


def test_an_opt_of_what_may_be_none_itself_is_wrapped(shop):
    reply_types = "opt opt nat, opt null"
    for values, typed in (
        ([[], []], (None, None)),
        ([[[]], [None]], (Some(None), Some(None))),
        ([[[3]], []], (Some(3), None)),
    ):
        client = answered(shop, reply_types, *values)
        assert client.maybe(*typed) == typed
        assert client.caller.calls[0][3] == encode(types(reply_types), values)


def test_unknown_fields_and_missing_opts_are_no_errors(shop):
    newer = "variant { Ok : vec record { name : text; tags : vec text; weight : nat } }"
    client = answered(shop, newer, {"Ok": [{"name": "hat", "tags": [], "weight": 2}]})
    assert client.find("hat").value == [shop.Item(name="hat", tags=[])]


def test_an_unknown_case_in_an_opt_is_none(shop):
    item = "record { name : text; tags : vec text; colour : opt variant { blue } }"
    value = {"name": "hat", "tags": [], "colour": [{"blue": None}]}
    client = answered(shop, f"variant {{ Ok : vec {item} }}", {"Ok": [value]})
    assert client.find("hat").value[0].colour is None


@pytest.mark.parametrize(
    ("reply_types", "values"),
    [
        ("nat", [1]),
        ("variant { Unheard }", [{"Unheard": None}]),
        ("variant { Ok : text }", [{"Ok": "x"}]),
    ],
)
def test_a_reply_of_another_type_is_refused_with_the_method(shop, reply_types, values):
    client = answered(shop, reply_types, *values)
    with pytest.raises(BindingError, match=r"^find: the reply does not fit: "):
        client.find("hat")


def test_a_reply_that_is_no_candid_is_refused(shop):
    with pytest.raises(BindingError, match=r"^find: the reply does not fit: "):
        client_of(shop, Recorder(b"junk")).find("hat")


@pytest.mark.parametrize(
    ("item", "path"),
    [
        (lambda shop: {"name": "hat"}, "store[0]: expected Item, got dict"),
        (lambda shop: shop.Item(name=5, tags=[]), "store[0].name: expected text"),
        (lambda shop: shop.Item(name="hat", tags=[1]), "store[0].tags[0]: expected text"),
        (lambda shop: shop.Item(name="hat", tags=[], price=-1), "store[0].price: a nat is not"),
        (
            lambda shop: shop.Item(name="hat", tags=[], colour="red"),
            "store[0].colour: expected Colour, got str 'red'",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_the_path_to_it(shop, item, path):
    client = client_of(shop, Recorder(encode(types("nat, opt text"), [1, []])))
    with pytest.raises(BindingError) as caught:
        client.store(item(shop))
    assert str(caught.value).startswith(path)
    assert client.caller.calls == []


def test_a_wrong_value_deep_in_lists_and_tuples_is_found():
    tree = module_of(
        "type V = variant { a : record { vec V; nat }; b }; service : { f : (V) -> () }"
    )
    value = tree.VA(([tree.VB(), tree.VA((["no"], 1))], 2))
    with pytest.raises(BindingError) as caught:
        client_of(tree, Recorder()).f(value)
    assert caught.value.path == ("f", "[0]", ".value", "[0]", "[1]", ".value", "[0]", "[0]")
    assert caught.value.reason == "expected one of VA, VB, got str 'no'"


def test_values_that_nest_too_deeply_are_refused():
    module = module_of("type L = opt record { next : L }; service : { f : (L) -> (L) }")
    chain = None
    for _ in range(20_000):
        chain = module.LValue(next=chain)
    with pytest.raises(BindingError, match="f: values nest too deeply"):
        client_of(module, Recorder()).f(chain)


def test_the_argument_of_the_installation_is_encoded_as_the_constructor_takes_it(shop):
    interface = parse_did(SHOP)
    encoded = shop.encode_init_args(shop.Item(name="hat", tags=[]), owner=CANISTER)
    item = {"name": "hat", "tags": [], "colour": [], "price": []}
    assert interface.decode_init_args(encoded) == [[item], CANISTER]


def test_the_canister_may_be_given_as_text(shop):
    assert shop.TestClient(Recorder(), str(CANISTER)).canister_id == CANISTER


def test_a_client_may_say_which_canister_a_call_is_about(shop):
    class Elsewhere(shop.TestClient):
        def effective_canister_id(self, values):
            return Principal.from_str(values[0])

    client = Elsewhere(Recorder(encode([], [])), "aaaaa-aa")
    client.forget(str(CANISTER))
    assert client.caller.calls[0][4] == CANISTER


def test_a_large_blob_costs_little_more_than_the_plain_codec_takes(shop):
    chunk = bytes(1024 * 1024)
    typed, plain = bindings_of(shop)["put"], parse_did(SHOP).methods["put"]

    def fastest(encode_args):
        def once():
            start = time.perf_counter()
            encode_args([1, chunk])
            return time.perf_counter() - start

        return min(once() for _ in range(20))

    assert fastest(typed.encode_args) < 3 * fastest(plain.encode_args)


def test_a_long_list_of_records_goes_there_and_back(shop):
    items = [shop.Item(name=f"item {n}", tags=["a", "b"], price=n) for n in range(10_000)]
    module = module_of("type I = record { n : text }; service : { f : (vec I) -> (vec I) }")
    many = [module.I(n=item.name) for item in items]
    assert client_of(module, Recorder()).f(many) == many


def test_imports_are_found_relative_to_the_file(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "ids.did").write_text("type Id = nat32;")
    (tmp_path / "parts" / "all.did").write_text('import "ids.did"; service : { a : (Id) -> () }')
    main = tmp_path / "main.did"
    main.write_text('import service "parts/all.did"; service : { b : (Id) -> () query }')
    text = generate_module_from_file(main)
    assert text.startswith("# Generated from main.did; changes here are lost.\n")
    assert set(bindings_of(load(text))) == {"a", "b"}


def test_a_description_without_a_service_has_types_only():
    module = module_of("type A = record { x : nat };")
    assert module.A(x=1).x == 1
    assert not hasattr(module, "TestClient")


def test_an_empty_description_is_an_empty_module():
    load(generate_module(parse_did(""), source_name="empty.did"))


def test_the_class_of_the_client_may_be_named():
    interface: InterfaceDescription = parse_did("service : {}")
    text = generate_module(interface, source_name="a b.did", service_class="Chosen")
    assert load(text).Chosen(Recorder(), "aaaaa-aa")
    assert load(generate_module(interface, source_name="a b.did")).ABClient


def test_comments_become_docstrings(shop):
    assert shop.TestClient.find.__doc__ == "Looks an item up."
    nasty = load(generate_module_from_file(Path(__file__).with_name("nasty.did")))
    assert nasty.NastyClient.class_.__doc__.startswith("Returns one thing.\n\n")
    assert "\\ and '''three quotes'''" in nasty.Quoted.__doc__
