"""Certificates: a part of the state tree, signed by its subnet (specification, "Certification")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ic_factory.errors import CborError, HashTreeError, PrincipalError
from ic_factory.protocol import cbor, hash_tree
from ic_factory.protocol.certificate_errors import MalformedCertificateError
from ic_factory.protocol.hash_tree import MAX_TREE_DEPTH, HashTree
from ic_factory.protocol.principal import Principal

_STATE_ROOT_DOMAIN = b"\x0dic-state-root"

# The map and the tag around the tree take levels of their own.
MAX_CBOR_DEPTH = MAX_TREE_DEPTH + 2


def state_root_signing_bytes(root_hash: bytes) -> bytes:
    """What a subnet signs of its state tree."""
    return _STATE_ROOT_DOMAIN + root_hash


@dataclass(frozen=True, slots=True)
class CertificateDelegation:
    """How the root key vouches for a subnet's key.

    Attributes:
        subnet_id: The subnet.
        certificate: The root subnet's certificate for that subnet's key and canister ranges,
            encoded.
    """

    subnet_id: Principal
    certificate: bytes


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate; nothing about it has been checked but its shape.

    Attributes:
        tree: The part of the state tree that is revealed.
        signature: The subnet's signature on the tree's root hash.
        delegation: What links the subnet to the root key; none where the root key signed.
    """

    tree: HashTree
    signature: bytes
    delegation: CertificateDelegation | None = None

    def encode(self) -> bytes:
        """Encodes as self-described CBOR."""
        certificate: dict[str, Any] = {
            "tree": cbor.Encoded(hash_tree.encode(self.tree)),
            "signature": self.signature,
        }
        if self.delegation is not None:
            certificate["delegation"] = {
                "subnet_id": self.delegation.subnet_id,
                "certificate": self.delegation.certificate,
            }
        return cbor.encode_self_described(certificate)

    @staticmethod
    def decode(data: bytes) -> Certificate:
        """Decodes a certificate.

        Raises:
            MalformedCertificateError: The bytes are not the CBOR of one.
        """
        try:
            value = cbor.decode(data, max_depth=MAX_CBOR_DEPTH)
            if type(value) is not dict:
                raise MalformedCertificateError("certificate: not a map")
            return Certificate(
                hash_tree.from_cbor_value(value.get("tree")),
                _bytes_field(value, "signature"),
                _delegation(value.get("delegation")),
            )
        except (CborError, HashTreeError, PrincipalError) as error:
            raise MalformedCertificateError(f"certificate: {error}") from error


def _delegation(value: Any) -> CertificateDelegation | None:
    if value is None:
        return None
    if type(value) is not dict:
        raise MalformedCertificateError("certificate: the delegation is not a map")
    return CertificateDelegation(
        Principal(_bytes_field(value, "subnet_id")), _bytes_field(value, "certificate")
    )


def _bytes_field(fields: dict[str, Any], name: str) -> bytes:
    value = fields.get(name)
    if type(value) is not bytes:
        raise MalformedCertificateError(f"certificate: {name} is missing or not a byte string")
    return value
