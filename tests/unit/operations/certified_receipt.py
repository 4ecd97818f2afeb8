"""Receipts with proofs, by a hub and a network of the test's own."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from typing import Any

from ic_factory.canisters import backend_interface
from ic_factory.drivers.generated.backend import Manifest, Receipt, SignedReceipt
from ic_factory.protocol import hash_tree
from ic_factory.protocol.candid import encode
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.certificate import Certificate, state_root_signing_bytes
from ic_factory.protocol.crypto.bls import BlsSecretKey
from ic_factory.protocol.hash_tree import from_mapping, witness
from ic_factory.protocol.leb128 import encode_unsigned
from ic_factory.protocol.principal import Principal

NETWORK = BlsSecretKey.from_seed(b"\x07" * 32)
HUB = Principal(b"\0\0\0\0\0\0\0\x05\x01\x01")
PERSONAL = Principal(b"\0\0\0\0\0\0\0\x06\x01\x01")
USER = Principal.self_authenticating(b"a key")
CAPSULE = "c00000000000000000000000000000001"
NOW = 1_700_000_000 * 10**9

MANIFEST = Manifest(
    api_version=1,
    capsule_id=CAPSULE,
    memories=3,
    galleries=1,
    connections=2,
    blobs=3,
    total_bytes=1_000,
    root_hash_hex="ab" * 32,
)
RECEIPT = Receipt(
    api_version=1,
    capsule_id=CAPSULE,
    completed_at_time_ns=NOW,
    controllers=[USER],
    cycles_attached=2 * 10**12,
    cycles_consumed=10**12,
    hub=HUB,
    hub_manifest=MANIFEST,
    module_hash=b"\x11" * 32,
    personal_canister_id=PERSONAL,
    personal_manifest=MANIFEST,
    started_at_time_ns=NOW - 10**9,
    user=USER,
)
TYPE = parse_did(backend_interface()).types["Receipt"]


def content_of(receipt: Receipt) -> bytes:
    """The receipt in Candid, as a hub encodes it."""
    return encode([TYPE], [_plain(receipt)])


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, Principal):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return value


def certified(
    receipt: Receipt = RECEIPT, *, content: bytes | None = None, key: BlsSecretKey = NETWORK
) -> SignedReceipt:
    """A receipt with the proof that the hub which it names gives."""
    encoded = content_of(receipt) if content is None else content
    digest = hashlib.sha256(encoded).digest()
    tree = from_mapping(
        {
            b"http_expr": {b"<$>": b"pages"},
            b"receipts": {receipt.capsule_id.encode(): digest, b"c9": b"another's"},
        }
    )
    state = from_mapping(
        {
            b"canister": {receipt.hub.bytes: {b"certified_data": tree.digest}},
            b"time": encode_unsigned(NOW),
        }
    )
    certificate = Certificate(state, key.sign(state_root_signing_bytes(state.digest)))
    shown = witness(tree, [(b"receipts", receipt.capsule_id.encode())])
    return SignedReceipt(
        receipt=receipt,
        content=encoded,
        certificate=certificate.encode(),
        witness=hash_tree.encode(shown),
    )
