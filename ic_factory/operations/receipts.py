"""The hub's receipt of a move, verified by nothing but the network's root key.

What is certified is the receipt's Candid (specification, "Certification"): the hub's certified data
is the root of a hash tree where `receipts`, the capsule's id, leads to its SHA-256. A receipt that
was kept proves as much in ten years as today, so its age does not matter.

ReceiptInvalid              (operations/errors.py)
├── ReceiptUncertified      the network did not sign it, or signed something else
├── ReceiptNotIncluded      the hub's certified tree does not have it
└── ReceiptContradicts      it says two things, or that the two sides differ
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from ic_factory.canisters import backend_interface
from ic_factory.drivers.generated.backend import Manifest, Receipt, SignedReceipt
from ic_factory.errors import CandidError, ProtocolError
from ic_factory.operations.capsule_manifest import ManifestFields
from ic_factory.operations.errors import ReceiptInvalid
from ic_factory.protocol import hash_tree
from ic_factory.protocol.candid import decode
from ic_factory.protocol.candid.types import CandidType
from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.certificate_verification import (
    certified_data,
    certified_time,
    verify_for_canister,
)
from ic_factory.protocol.hash_tree import Found, HashTree, lookup_path
from ic_factory.protocol.principal import Principal

LABEL = b"receipts"


class ReceiptUncertified(ReceiptInvalid):
    """The network did not sign a receipt, or signed something else."""


class ReceiptNotIncluded(ReceiptInvalid):
    """The hub's certified tree does not have a receipt."""


class ReceiptContradicts(ReceiptInvalid):
    """A receipt says two things, or that the two sides differ."""


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """A receipt that the hub has certified.

    Attributes:
        receipt: What it says.
        certified_at_ns: When the network signed it, in nanoseconds since 1970.
    """

    receipt: Receipt
    certified_at_ns: int


def verify_receipt(
    signed: SignedReceipt, root_key: bytes, *, hub: Principal | None = None
) -> VerifiedReceipt:
    """Verifies a receipt, offline.

    Args:
        signed: The receipt with its proof.
        root_key: The key of the network, in DER.
        hub: Who must have issued it. Without it the receipt says who has, and any canister can
            issue receipts about itself.

    Raises:
        ReceiptInvalid: It proves nothing; the branch tells why.
    """
    receipt = decoded(signed.content)
    if receipt != signed.receipt:
        raise ReceiptContradicts(
            "the receipt is not what its certified content says: "
            + "; ".join(_differences(receipt, signed.receipt))
        )
    if hub is not None and receipt.hub != hub:
        raise ReceiptContradicts(f"the receipt is by hub {receipt.hub}, and not by {hub}")
    certificate = _certificate(signed.certificate, root_key, receipt.hub)
    _check_included(signed, receipt, _witness(signed.witness, certificate, receipt.hub))
    _check_manifests(receipt)
    return VerifiedReceipt(receipt, certified_time(certificate))


def decoded(content: bytes) -> Receipt:
    """The receipt that certified bytes are.

    Raises:
        ReceiptContradicts: They are none.
    """
    try:
        [value] = decode(content, [_receipt_type()])
    except CandidError as error:
        raise ReceiptContradicts(f"the certified content is no receipt: {error}") from error
    manifests = {name: Manifest(**value[name]) for name in ("hub_manifest", "personal_manifest")}
    return Receipt(**{**value, **manifests})


@cache
def _receipt_type() -> CandidType:
    # Loads a parser.
    from ic_factory.protocol.candid.did import parse_did

    return parse_did(backend_interface()).types["Receipt"]


def _certificate(encoded: bytes, root_key: bytes, hub: Principal) -> Certificate:
    if not encoded:
        raise ReceiptUncertified("the receipt has no certificate; ask for it by a query")
    try:
        certificate = Certificate.decode(encoded)
        verify_for_canister(certificate, root_key, hub)
        certified_time(certificate)
        hash_tree.check_well_formed(certificate.tree)
    except ProtocolError as error:
        raise ReceiptUncertified(f"the receipt's certificate does not verify: {error}") from error
    return certificate


def _witness(encoded: bytes, certificate: Certificate, hub: Principal) -> HashTree:
    """The hub's tree, as far as it is shown; its root is what the certificate says."""
    try:
        witness = hash_tree.decode(encoded)
        hash_tree.check_well_formed(witness)
    except ProtocolError as error:
        raise ReceiptNotIncluded(f"the receipt's witness is no hash tree: {error}") from error
    if certified_data(certificate, hub) != witness.digest:
        raise ReceiptUncertified(
            f"the certificate is not of this receipt: what hub {hub} had certified is not the root"
            " of its witness"
        )
    return witness


def _check_included(signed: SignedReceipt, receipt: Receipt, witness: HashTree) -> None:
    found = lookup_path(witness, (LABEL, receipt.capsule_id.encode()))
    if found != Found(hashlib.sha256(signed.content).digest()):
        raise ReceiptNotIncluded(
            f"hub {receipt.hub} has certified no receipt with this content for capsule"
            f" {receipt.capsule_id}"
        )


def _check_manifests(receipt: Receipt) -> None:
    """The hub issues no receipt where the sides differ; whoever reads it checks that once more."""
    hub, personal = map(ManifestFields.of, (receipt.hub_manifest, receipt.personal_manifest))
    if hub != personal:
        raise ReceiptContradicts(
            "hub and personal canister had not the same: " + "; ".join(_differences(hub, personal))
        )
    if hub.capsule_id != receipt.capsule_id:
        raise ReceiptContradicts(
            f"the receipt is of capsule {receipt.capsule_id}, and its manifests of {hub.capsule_id}"
        )


def _differences(one: Any, other: Any) -> list[str]:
    return [
        f"{each.name} is {getattr(one, each.name)} and {getattr(other, each.name)}"
        for each in fields(one)
        if getattr(one, each.name) != getattr(other, each.name)
    ]
