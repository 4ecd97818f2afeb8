"""The written-out Candid types against the interface description."""

from __future__ import annotations

from pathlib import Path

import pytest

import ic_factory.replica.management as management
from ic_factory.protocol.candid import encode
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.candid.types import (
    BLOB,
    NAT,
    NULL,
    PRINCIPAL,
    CandidType,
    FuncMode,
    Opt,
    Record,
    Variant,
    Vec,
    resolve,
)
from ic_factory.replica.management.interface import (
    SIGNATURES,
    decode_reply,
    encode_arguments,
)
from ic_factory.replica.management.methods import METHODS
from tests.unit.management.world import ADMIN

assert management.__file__
DESCRIPTION = parse_did((Path(management.__file__).parent / "management.did").read_text())


def shape(type_: CandidType) -> object:
    """A type with its names resolved, to compare: subtyping would let an `opt` be missing."""
    match resolve(type_):
        case Opt(inner):
            return ("opt", shape(inner))
        case Vec(inner):
            return ("vec", shape(inner))
        case Record(fields):
            return ("record", [(field.name, shape(field.type)) for field in fields])
        case Variant(fields):
            return ("variant", [(field.name, shape(field.type)) for field in fields])
        case other:
            return other


def test_the_description_has_the_methods_that_are_served() -> None:
    assert DESCRIPTION.methods.keys() == SIGNATURES.keys()


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_types_are_those_of_the_description(name: str) -> None:
    method, signature = DESCRIPTION.methods[name], SIGNATURES[name]
    assert [*map(shape, method.signature.args)] == [*map(shape, signature.arguments)]
    assert [*map(shape, method.signature.results)] == [*map(shape, signature.results)]
    assert (method.mode is FuncMode.QUERY) is METHODS[name].is_query


def test_arguments_and_replies_are_written_and_read() -> None:
    argument = encode_arguments("provisional_create_canister_with_cycles", {"amount": [5]})
    (fields,) = DESCRIPTION.methods["provisional_create_canister_with_cycles"].decode_args(argument)
    assert fields["amount"] == [5]
    assert decode_reply("start_canister", b"DIDL\x00\x00") is None


def test_clients_that_know_an_older_interface_are_understood() -> None:
    # Before upgrades had options, the mode was a plain case; there were fewer settings, too.
    older_install = Record.of(
        {
            "mode": Variant.of({"install": NULL, "reinstall": NULL, "upgrade": NULL}),
            "canister_id": PRINCIPAL,
            "wasm_module": BLOB,
            "arg": BLOB,
        }
    )
    fields = {"canister_id": ADMIN, "wasm_module": b"", "arg": b"", "mode": {"upgrade": None}}
    understood = SIGNATURES["install_code"].decode(encode([older_install], [fields]))
    assert understood == fields | {"mode": {"upgrade": []}, "sender_canister_version": []}
    older_settings = Record.of({"controllers": Opt(Vec(PRINCIPAL))})
    older_creation = Record.of({"amount": Opt(NAT), "settings": Opt(older_settings)})
    message = encode([older_creation], [{"settings": [{"controllers": [[ADMIN]]}]}])
    understood = SIGNATURES["provisional_create_canister_with_cycles"].decode(message)
    assert understood["settings"][0]["controllers"] == [[ADMIN]]
    assert understood["settings"][0]["log_memory_limit"] == []
