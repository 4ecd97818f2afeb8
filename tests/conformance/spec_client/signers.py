"""Signers other than plain keys: authenticators of browsers, and canisters.

Specification, "Web Authentication" and "Canister signatures".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from tests.conformance.spec_client.certificates import SELF_DESCRIBED
from tests.conformance.spec_client.hash_trees import Tree, root_hash

COSE_OID = bytes.fromhex("060a2b0601040183b8430101")
CANISTER_OID = bytes.fromhex("060a2b0601040183b8430102")

RELYING_PARTY = sha256(b"example.org").digest()


def der_wrapped(oid: bytes, key: bytes) -> bytes:
    """A `SubjectPublicKeyInfo` whose algorithm has no parameter."""
    return _element(0x30, _element(0x30, oid) + _element(0x03, b"\0" + key))


def _element(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    width = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | width]) + size.to_bytes(width, "big") + content


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass(frozen=True)
class Authenticator:
    """A security key, with the browser that it is used in.

    Attributes:
        secret: Its key.
        client_data: More fields of the browser's JSON, or others in place of its own.
        as_text: Whether the JSON travels as text, as the specification has it, or as bytes.
    """

    secret: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    client_data: dict[str, object] = field(default_factory=dict)
    as_text: bool = True

    @property
    def cose(self) -> bytes:
        if isinstance(self.secret, rsa.RSAPrivateKey):
            numbers = self.secret.public_key().public_numbers()
            modulus = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
            return cbor2.dumps({1: 3, 3: -257, -1: modulus, -2: numbers.e.to_bytes(3, "big")})
        point = self.secret.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    @property
    def public_key(self) -> bytes:
        return der_wrapped(COSE_OID, self.cose)

    def sign(self, payload: bytes) -> bytes:
        client_data = json.dumps(
            {
                "type": "webauthn.get",
                "challenge": base64url(payload),
                "origin": "https://example.org",
                **self.client_data,
            }
        )
        user_was_present, counter = b"\x01", bytes(4)
        authenticator_data = RELYING_PARTY + user_was_present + counter
        signed = authenticator_data + sha256(client_data.encode()).digest()
        return SELF_DESCRIBED + cbor2.dumps(
            {
                "authenticator_data": authenticator_data,
                "client_data_json": client_data if self.as_text else client_data.encode(),
                "signature": self._raw_signature(signed),
            }
        )

    def _raw_signature(self, data: bytes) -> bytes:
        if isinstance(self.secret, rsa.RSAPrivateKey):
            return self.secret.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.secret.sign(data, ec.ECDSA(hashes.SHA256()))


Certify = Callable[[bytes], bytes]
"""Makes a canister certify data, and gives its certificate."""


@dataclass(frozen=True)
class SigningCanister:
    """A canister that signs by its certified data, with one of its keys.

    Attributes:
        canister_id: The canister.
        seed: Which of its keys.
        certify: Makes it certify.
    """

    canister_id: bytes
    seed: bytes
    certify: Certify

    @property
    def public_key(self) -> bytes:
        content = bytes([len(self.canister_id)]) + self.canister_id + self.seed
        return der_wrapped(CANISTER_OID, content)

    def sign(self, payload: bytes) -> bytes:
        tree = signature_tree(self.seed, payload)
        return canister_signature(self.certify(root_hash(tree)), tree)


def signature_tree(seed: bytes, payload: bytes, value: bytes = b"") -> Tree:
    """What a canister that signed one payload certifies."""
    hashes_of = sha256(seed).digest(), sha256(payload).digest()
    return [2, b"sig", [2, hashes_of[0], [2, hashes_of[1], [3, value]]]]


def canister_signature(certificate: bytes, tree: Tree) -> bytes:
    """The signature that shows this certificate and this tree."""
    return SELF_DESCRIBED + cbor2.dumps({"certificate": certificate, "tree": tree})
