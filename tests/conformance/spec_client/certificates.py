"""Certificates, and their signatures under two BLS implementations.

Specification, "Certification". `verify_with_py_ecc` is pure Python and takes about a second;
`verify_quickly` is for the tests that are about something else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import cbor2
from py_arkworks_bls12381 import GT, G1Point, G2Point
from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import decompress_G1, decompress_G2
from py_ecc.optimized_bls12_381 import FQ12, G2, final_exponentiate, neg, pairing

from tests.conformance.spec_client.hash_trees import (
    Missing,
    Tree,
    find,
    labels,
    lookup,
    root_hash,
    values,
)
from tests.conformance.spec_client.representation import from_leb128

STATE_ROOT_DOMAIN = b"\x0dic-state-root"
BLS_DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
SELF_DESCRIBED = bytes.fromhex("d9d9f7")

DER_PREFIX = bytes.fromhex(
    "308182301d060d2b0601040182dc7c0503010201060c2b0601040182dc7c05030201036100"
)
"""SEQUENCE of the algorithm 1.3.6.1.4.1.44668.5.3.1.2.1 with the curve 1.3.6.1.4.1.44668.5.3.2.1,
and a BIT STRING of 96 bytes."""

Verify = Callable[[bytes, bytes, bytes], bool]
"""Public key (96 bytes), signature (48 bytes), message."""


@dataclass(frozen=True)
class Certificate:
    """A decoded certificate."""

    tree: Tree
    signature: bytes
    delegation: dict[str, bytes] | None

    @property
    def root_hash(self) -> bytes:
        return root_hash(self.tree)

    @property
    def time(self) -> int:
        found = self[b"time",]
        assert isinstance(found, bytes)
        return from_leb128(found)

    def __getitem__(self, path: tuple[bytes, ...]) -> bytes | Missing:
        return lookup(self.tree, path)

    def labels(self, *path: bytes) -> list[bytes]:
        """The labels below a path."""
        subtree = find(self.tree, path)
        return [] if isinstance(subtree, Missing) else labels(subtree)

    def values(self) -> dict[tuple[bytes, ...], bytes]:
        """Every value that is revealed."""
        return values(self.tree)

    def is_signed_by(self, root_key: bytes, verify: Verify) -> bool:
        """Whether the root key's subnet signed the tree."""
        message = STATE_ROOT_DOMAIN + self.root_hash
        return verify(raw_public_key(root_key), self.signature, message)


def decode_self_described(encoded: bytes) -> Any:
    """Reads CBOR that must begin with the self-describing tag."""
    assert encoded.startswith(SELF_DESCRIBED)
    return cbor2.loads(encoded[len(SELF_DESCRIBED) :])


def decode_certificate(encoded: bytes) -> Certificate:
    """Reads a certificate of the fields that are known."""
    fields = decode_self_described(encoded)
    assert set(fields) <= {"tree", "signature", "delegation"}
    return Certificate(fields["tree"], fields["signature"], fields.get("delegation"))


def raw_public_key(der: bytes) -> bytes:
    """The 96 bytes of a BLS key in DER."""
    assert der.startswith(DER_PREFIX)
    assert len(der) == len(DER_PREFIX) + 96
    return der[len(DER_PREFIX) :]


def verify_with_py_ecc(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """The pairing check by py_ecc, which shares no code with the replica's BLS."""
    key = decompress_G2(
        (
            int.from_bytes(public_key[:48], "big"),  # type: ignore[arg-type] # py_ecc's own ints
            int.from_bytes(public_key[48:], "big"),
        )
    )
    point = decompress_G1(int.from_bytes(signature, "big"))  # type: ignore[arg-type] # likewise
    hashed = hash_to_G1(message, BLS_DOMAIN, sha256)
    product = pairing(neg(G2), point, final_exponentiate=False) * pairing(
        key, hashed, final_exponentiate=False
    )
    return bool(final_exponentiate(product) == FQ12.one())


def verify_quickly(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """The pairing check by arkworks."""
    key = G2Point.from_compressed_bytes(public_key)
    point = G1Point.from_compressed_bytes(signature)
    hashed = G1Point.hash_to_curve(message, BLS_DOMAIN)
    return bool(GT.pairing_check([hashed, -point], [key, G2Point()]))
