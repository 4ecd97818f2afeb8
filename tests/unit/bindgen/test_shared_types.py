"""A module takes the types from another one that are the same there, all the way down."""

from __future__ import annotations

import sys
import types

import pytest

from ic_factory.bindgen.generation import generate_module
from ic_factory.bindgen.sharing import Source
from ic_factory.protocol.candid.did import parse_did
from tests.unit.bindgen.generated_modules import Recorder, client_of, load

HUB = """
type Kind = variant { Text; Image };
type Item = record { id : nat64; kind : Kind };
type Error = variant { Moved : record { to : principal }; NotFound };
type Reason = variant { Item : Error; NotAdmin };
type Result = variant { Ok : Item; Err : Reason };
service : { get : (nat64) -> (Result) query; put : (Item) -> () }
"""
OTHER = HUB.replace("NotAdmin", "NotOwner")


@pytest.fixture
def hub():
    """The module that types are taken from, where it can be imported."""
    module = load(generate_module(parse_did(HUB), source_name="hub.did"))
    module.__name__ = "hub_types"
    sys.modules["hub_types"] = module
    yield module
    del sys.modules["hub_types"]


def shared(description: str, hub: types.ModuleType) -> types.ModuleType:
    source = Source(hub.__name__, parse_did(HUB))
    return load(generate_module(parse_did(description), source_name="test.did", shared=source))


def test_what_is_the_same_is_the_same_class(hub):
    module = shared(OTHER, hub)
    for name in ("Kind", "Item", "ErrorMoved", "ErrorNotFound"):
        assert getattr(module, name) is getattr(hub, name)
    for name in ("ReasonItem", "ResultOk", "ResultErr"):
        assert getattr(module, name) is not getattr(hub, name)


def test_what_is_taken_goes_over_the_wire(hub):
    module = shared(OTHER, hub)
    item = hub.Item(id=7, kind=hub.Kind.IMAGE)
    recorder = Recorder()
    client_of(module, recorder).put(item)
    [(_, _, _, message, _)] = recorder.calls
    theirs = Recorder()
    client_of(hub, theirs, "HubClient").put(item)
    assert message == theirs.calls[0][3]


def test_a_type_whose_parts_differ_is_the_modules_own(hub):
    module = shared(OTHER.replace("Text; Image", "Text; Image; Video"), hub)
    assert module.Kind is not hub.Kind
    assert module.Item is not hub.Item
    assert module.ErrorMoved is hub.ErrorMoved


def test_comments_make_no_difference(hub):
    module = shared(OTHER.replace("type Item", "// What is kept.\ntype Item"), hub)
    assert module.Item is hub.Item


def test_nothing_is_imported_where_nothing_is_the_same(hub):
    source = Source(hub.__name__, parse_did(HUB))
    text = generate_module(
        parse_did("service : { ping : () -> () }"), source_name="test.did", shared=source
    )
    assert "hub_types" not in text
