"""Canisters out of uploads: what they get, who controls them, what it costs."""

from __future__ import annotations

import hashlib

from tests.canisters.universal import Program
from tests.factory.world import (
    TRILLION,
    USER,
    Factory,
    install_request,
    variant,
)

CREATION_FEE = 500_000_000_000


def test_a_canister_is_made_from_an_upload(factory: Factory, upload_id: int, module: bytes) -> None:
    response = factory.update("create_and_install_with", install_request(upload_id))
    digest = hashlib.sha256(module).digest()
    assert response["module_hash"] == digest
    assert response["cycles_used"] == TRILLION
    canister = factory.describe(response["canister_id"])
    assert canister is not None
    assert canister.module_hash == digest
    assert canister.controllers == (factory.canister_id,)
    info = factory.query("get_canister_info", response["canister_id"])[0]
    assert (info["owner"], info["created_by"]) == (USER, USER)
    assert variant(info["status"]) == "Active"
    assert info["module_hash"] == [digest]
    assert info["upload_id"] == [upload_id]


def test_the_argument_reaches_init(factory: Factory, upload_id: int) -> None:
    program = Program().store_global(b"kept").code
    canister_id = factory.create(upload_id, init_arg=program)
    reply = factory.replica.update(
        canister_id, "update", Program().reply(Program().load_global()).code
    )
    assert getattr(reply, "data", None) == b"kept"
