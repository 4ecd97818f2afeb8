"""A personal canister that has been handed off: it does for its owner what the hub did."""

from __future__ import annotations

from typing import Any

import pytest

from ic_factory.canisters import personal_wasm
from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.replica import Replica
from ic_factory.replica.errors import CallRejected
from tests.backend.world import gallery_update, new_asset, new_connection, new_memory, optional
from tests.personal.bundle import Bundle, new_bundle
from tests.personal.world import (
    ANONYMOUS,
    CONFIG_FIELDS,
    HUB,
    MANAGEMENT,
    OWNER,
    STRANGER,
    Personal,
    init_argument,
    install_personal,
)


def test_the_owner_goes_on_as_on_the_hub(personal: Personal, bundle: Bundle) -> None:
    capsule = bundle.capsule_id
    blob = personal.upload(b"x" * 100_000)
    memory = personal.add(capsule, "new words", assets=[new_asset(blob)], tags=["later"])
    gallery = bundle.galleries[0]["gallery_id"]
    items = personal.update("update_gallery", gallery, gallery_update(add_items=[memory]))["items"]
    assert items == [*bundle.galleries[0]["items"], memory]
    assert personal.memories(capsule) == ["a beach", "words", "new words"]
    assert personal.memories(capsule, tag="sea") == ["a beach"]
    assert personal.memories(capsule, text_prefix="word") == ["words", "new words"]
    personal.upgrade()
    assert personal.content(memory) == b"x" * 100_000
    personal.update("delete_memory_from_capsule", capsule, bundle.memories[0]["memory_id"])
    assert personal.query("get_gallery_by_id", gallery)["items"] == items[1:]
    found = personal.query("get_capsule", [])
    assert (found["memories"], found["bytes"]) == (2, 100_000)


def test_whom_the_owner_invites_may_write_and_nobody_else(
    personal: Personal, bundle: Bundle
) -> None:
    stranger, capsule = personal.by(STRANGER), bundle.capsule_id
    assert "'Caller not invited" in stranger.refused("create_upload").message
    personal.update("grant_access", capsule, STRANGER, {"Write": None})
    memory = stranger.add(capsule, assets=[new_asset(stranger.upload(b"mine" * 10_000))])
    assert personal.query("get_memory", memory)["created_by"] == STRANGER
    assert stranger.query("list_shared_with_me", [])["ids"] == [capsule]
    personal.update("revoke_access", capsule, STRANGER)
    assert "'Caller not invited" in stranger.refused("create_upload").message
    assert stranger.query_refusal("get_memory", memory) == "MemoryNotFound"


def test_limits_hold_and_are_told(personal: Personal, bundle: Bundle) -> None:
    capsule = bundle.capsule_id
    limits = {"max_memories_per_capsule": 2, "max_connections_per_capsule": 2, "max_upload_size": 4}
    personal.limit(**limits)
    told = personal.query("get_config")
    assert {name: told[name] for name in limits} == limits
    for method, *values in (
        ("add_memory_to_capsule", capsule, new_memory()),
        ("add_connection", capsule, new_connection(HUB)),
    ):
        assert personal.refusal(method, *values)[0] == "TooMany"
    upload_id = personal.update("create_upload")
    assert personal.wording("put_chunk", upload_id, b"12345") == "Upload too large"
    for name, value in {"max_upload_size": 2**40, "import_ttl_seconds": 0}.items():
        update = optional(CONFIG_FIELDS, **{name: value, "max_token_seconds": 1})
        assert personal.wording("update_config", update) == "Invalid argument"
    assert personal.query("get_config") == told
    assert personal.events("ConfigUpdated") == [None]


def test_the_hub_gives_limits_at_the_installation(
    replica: Replica, interface: InterfaceDescription
) -> None:
    moment = replica.snapshot()
    bundle = new_bundle(OWNER)
    personal = install_personal(replica, interface, bundle, max_stored_bytes=10, max_upload_size=5)
    assert personal.query("get_config")["max_upload_size"] == 5
    bundle.add("too large", b"eleven byte")
    request = {"manifest": bundle.manifest, "capsule": bundle.capsule}
    refused = personal.by(HUB).refused("begin_import", request)
    assert refused.fields == {"ImportTooLarge": {"size": 11, "limit": 10}}
    replica.rewind(moment)


@pytest.mark.parametrize(
    "fields",
    [
        {"owner": ANONYMOUS},
        {"owner": MANAGEMENT},
        {"owner": HUB},
        {"hub": ANONYMOUS},
        {"hub": MANAGEMENT},
        {"capsule_id": "c1"},
        {"capsule_id": "m" + "0" * 31 + "1"},
        {"limits": [optional(CONFIG_FIELDS, max_upload_size=2**50)]},
    ],
)
def test_a_canister_of_nobody_is_not_installed(
    replica: Replica, interface: InterfaceDescription, fields: dict[str, Any]
) -> None:
    moment = replica.snapshot()
    bundle = new_bundle(OWNER)
    plain = {"owner": OWNER, "hub": HUB, "capsule_id": bundle.capsule_id, "limits": []}
    good, bad = init_argument(interface, bundle), interface.encode_init_args([{**plain, **fields}])
    canister_id = replica.create_canister(HUB)
    module = personal_wasm()
    with pytest.raises(CallRejected, match="Invalid argument"):
        replica.install_code(canister_id, module, bad, sender=HUB)
    replica.install_code(canister_id, module, good, sender=HUB)
    replica.rewind(moment)


def test_it_tells_whose_it_is_and_how_it_is(personal: Personal, bundle: Bundle) -> None:
    info = personal.by(ANONYMOUS).query("get_canister_info")
    assert (info["owner"], info["hub"], info["capsule_id"]) == (OWNER, HUB, bundle.capsule_id)
    assert (info["stage"], info["is_handed_off"]) == ({"Finalized": None}, True)
    assert info["version"]["api_version"] == personal.query("api_version") == 1
    assert personal.by(ANONYMOUS).query("get_owner") == OWNER
    assert personal.query("whoami")["is_owner"]
    assert not personal.by(STRANGER).query("whoami")["is_invited"]
    cycles = personal.query("cycles_status")
    assert 0 < cycles["spendable"] <= cycles["balance"]
    assert not cycles["is_low"]
    assert personal.query("health_check")["problems"] == []
    kinds = [next(iter(event["event"])) for event in personal.events()]
    assert kinds == ["CanisterInstalled", "ImportBegun", "ImportFinalized"]
