"""The canisters that the benchmarks install."""

from __future__ import annotations

import gzip

from bench.client import Client
from ic_factory.protocol.candid import encode
from ic_factory.protocol.candid.types import NAT8, NAT32, NULL, TEXT, Opt, Vec
from ic_factory.protocol.leb128 import encode_unsigned
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.state.subnet import FIRST_FRESH_NUMBER, canister_id_of
from tests.canisters.universal import cdk_wasm, universal_wasm_without

BLOB = Vec(NAT8)
MEGABYTE = 1_000_000
NO_INIT_ARGUMENT = encode([Opt(NULL)], [[]])

__all__ = [
    "BLOB",
    "NAT32",
    "NO_INIT_ARGUMENT",
    "TEXT",
    "cdk_canister",
    "megabyte_module",
    "remote_canister",
]


def cdk_canister(replica: Replica, wasm: bytes | None = None) -> Principal:
    """A new canister with the Rust test canister on it."""
    canister_id = replica.create_canister()
    replica.install_code(canister_id, wasm or cdk_wasm(), NO_INIT_ARGUMENT)
    return canister_id


def remote_canister(client: Client, wasm: bytes, argument: bytes = b"") -> Principal:
    """A new canister with this module, made over HTTP."""
    anywhere = canister_id_of(FIRST_FRESH_NUMBER)
    create = "provisional_create_canister_with_cycles"
    canister_id: Principal = client.manage(anywhere, create, {})["canister_id"]
    fields = {
        "mode": {"install": None},
        "canister_id": canister_id,
        "wasm_module": wasm,
        "arg": argument,
    }
    client.manage(canister_id, "install_code", fields)
    return canister_id


def tiny_canister() -> bytes:
    """A module that answers calls and does nothing by itself."""
    return universal_wasm_without("canister_heartbeat", "canister_inspect_message")


def megabyte_module() -> bytes:
    """The Rust test canister, filled up to 1 MB by a custom section."""
    module = gzip.decompress(cdk_wasm())
    name = b"\x07padding"
    content = name + bytes(MEGABYTE - len(module) - len(name))
    return module + b"\x00" + encode_unsigned(len(content)) + content
