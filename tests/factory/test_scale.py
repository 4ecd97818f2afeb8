"""Large modules, many canisters, and an upgrade of the factory that holds them."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import pytest

from ic_factory.canisters import factory_wasm
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Reply
from ic_factory.replica.cycles import MAX_INSTRUCTIONS_PER_INSTALL
from tests import surgery
from tests.canisters.universal import Program
from tests.conformance.custom_sections import with_custom_sections
from tests.factory.world import ADMIN, CONTROLLER, TRILLION, Factory

MEBIBYTE = 1024 * 1024
EMPTY = b"\0asm\1\0\0\0"
CANISTERS = 1000
UPLOADED = 100_000_000
PLENTY = 10**18


def padded(module: bytes, size: int) -> bytes:
    """The module with bytes that do not compress."""
    noise = random.Random(size).randbytes(size - len(module))
    return with_custom_sections(module, {"padding": noise})


@pytest.mark.slow
@pytest.mark.parametrize("mebibytes", [21, 99])
def test_a_large_module_is_uploaded_and_installed(
    factory: Factory, module: bytes, mebibytes: int
) -> None:
    factory.limit(max_upload_size=100 * MEBIBYTE)
    large = padded(module, mebibytes * MEBIBYTE)
    before = factory.by(ADMIN).query("get_factory_stats")["stored_bytes"]
    upload_id = factory.upload(large)
    canister_id = factory.create(upload_id, cycles=3 * TRILLION)
    canister = factory.describe(canister_id)
    assert canister is not None
    assert canister.module_hash == hashlib.sha256(large).digest()
    reply = factory.replica.update(canister_id, "update", Program().reply(b"here").code)
    assert reply == Reply(b"here")
    assert surgery.canister(factory.replica, canister_id).chunk_store == {}
    factory.update("delete_canister", canister_id)
    factory.update("delete_upload", upload_id)
    assert factory.by(ADMIN).query("get_factory_stats")["stored_bytes"] == before


def fill(factory: Factory) -> list[Principal]:
    """1,000 canisters and 100 MB of uploads, of which each is another."""
    factory.limit(max_canisters_per_caller=CANISTERS + 1, max_uploads_per_caller=CANISTERS)
    surgery.canister(factory.replica, factory.canister_id).cycles = PLENTY
    size = UPLOADED // 20
    for number in range(20):
        factory.upload(padded(EMPTY, size + number))
    upload_id = factory.upload(EMPTY)
    return [factory.create(upload_id) for _ in range(CANISTERS)]


def pages(factory: Factory) -> list[Any]:
    """All canisters of the registry, page by page."""
    listed: list[Any] = []
    after: list[Principal] = []
    while True:
        page = factory.query("list_canisters", [], [{"after": after, "limit": []}])
        listed += page["canisters"]
        after = page["next"]
        if not after:
            return listed


@pytest.mark.slow
def test_a_full_factory_is_upgraded_far_inside_the_limit(factory: Factory) -> None:
    canister_ids = fill(factory)
    known = pages(factory)
    assert [info["canister_id"] for info in known] == sorted(canister_ids)
    stats = factory.query("get_factory_stats")
    assert stats["stored_bytes"] > UPLOADED

    before = factory.cycles
    argument = factory.interface.encode_init_args([[]])
    factory.replica.install_code(
        factory.canister_id, factory_wasm(), argument, mode="upgrade", sender=CONTROLLER
    )
    # Its instructions and the bytes of the module: all of it is what one instruction in 150 costs.
    assert before - factory.cycles < MAX_INSTRUCTIONS_PER_INSTALL // 150

    assert pages(factory) == known
    after = factory.query("get_factory_stats")
    same = ("stored_bytes", "active_canisters", "committed_uploads", "stored_modules")
    assert {name: after[name] for name in same} == {name: stats[name] for name in same}
    factory.create(factory.upload(EMPTY + b"\0\2\1x"))
