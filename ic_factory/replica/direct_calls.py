"""Creating and installing canisters with no envelope, for tests and tools in process."""

from __future__ import annotations

from collections.abc import Callable

from ic_factory.protocol.principal import Principal
from ic_factory.replica.errors import CallRejected
from ic_factory.replica.management.interface import decode_reply, encode_arguments
from ic_factory.replica.rejects import Payload, Reject
from ic_factory.replica.scheduling.delivery import MANAGEMENT_CANISTER

Update = Callable[[Principal, str, bytes, Principal | None], Payload]
"""Calls a canister's update method: canister, method, argument, sender."""


def create_canister(
    update: Update,
    controller: Principal | None,
    cycles: int | None,
    canister_id: Principal | None,
) -> Principal:
    """Creates a canister by `provisional_create_canister_with_cycles`."""
    method = "provisional_create_canister_with_cycles"
    argument = encode_arguments(
        method,
        {
            "amount": [] if cycles is None else [cycles],
            "specified_id": [] if canister_id is None else [canister_id],
            "settings": [],
            "sender_canister_version": [],
        },
    )
    reply = _replied(method, update(MANAGEMENT_CANISTER, method, argument, controller))
    created = decode_reply(method, reply)["canister_id"]
    assert isinstance(created, Principal)
    return created


def install_code(
    update: Update,
    canister_id: Principal,
    wasm_module: bytes,
    argument: bytes,
    mode: str,
    sender: Principal | None,
) -> None:
    """Installs a module by `install_code`."""
    variant: dict[str, object] = {mode: [] if mode == "upgrade" else None}
    arguments = encode_arguments(
        "install_code",
        {
            "mode": variant,
            "canister_id": canister_id,
            "wasm_module": wasm_module,
            "arg": argument,
            "sender_canister_version": [],
        },
    )
    what = f"install_code of {canister_id}"
    _replied(what, update(MANAGEMENT_CANISTER, "install_code", arguments, sender))


def _replied(what: str, payload: Payload) -> bytes:
    if isinstance(payload, Reject):
        raise CallRejected(what, payload)
    return payload.data
