"""Signatures by authenticators: security keys, phones, passkeys.

Specification, "Web Authentication"; W3C, "Web Authentication", section "Verifying an
Authentication Assertion", as far as it is about the signature.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from ic_factory.errors import CborError, KeyFormatError, SignatureError
from ic_factory.protocol import cbor
from ic_factory.protocol.crypto.cose import CoseKey, key_from_cose
from ic_factory.protocol.crypto.der import COSE, SubjectPublicKeyInfo

ASSERTION = "webauthn.get"
"""The type of what an authenticator signs where it is asked for a proof of its key."""

_CLIENT_DATA_TEXTS = ("type", "challenge", "origin")


def challenge_of(message: bytes) -> str:
    """The challenge by which a message is signed: its base64url, without padding."""
    return base64.urlsafe_b64encode(message).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class WebAuthnSignature:
    """What an authenticator and its browser give back for a challenge.

    Attributes:
        authenticator_data: The authenticator's part of what is signed.
        client_data_json: The browser's part: JSON with type, challenge and origin.
        signature: The signature on both, in the form of the key's scheme.
    """

    authenticator_data: bytes
    client_data_json: bytes
    signature: bytes

    @property
    def signed_bytes(self) -> bytes:
        """What `signature` signs."""
        return self.authenticator_data + sha256(self.client_data_json).digest()

    def encode(self) -> bytes:
        """Encodes as self-described CBOR.

        Raises:
            SignatureError: The client data are not UTF-8.
        """
        try:
            client_data = self.client_data_json.decode()
        except UnicodeDecodeError as error:
            raise SignatureError("a WebAuthn signature: client_data_json is not UTF-8") from error
        return cbor.encode_self_described(
            {
                "authenticator_data": self.authenticator_data,
                "client_data_json": client_data,
                "signature": self.signature,
            }
        )

    @staticmethod
    def decode(data: bytes) -> WebAuthnSignature:
        """Decodes CBOR. `client_data_json` may be text or bytes: clients send both.

        Raises:
            SignatureError: The bytes are not the CBOR of such a signature.
        """
        try:
            value = cbor.decode(data)
        except CborError as error:
            raise SignatureError(f"a WebAuthn signature: {error}") from error
        if type(value) is not dict:
            raise SignatureError("a WebAuthn signature is a map")
        client_data = value.get("client_data_json")
        return WebAuthnSignature(
            _bytes(value, "authenticator_data"),
            client_data.encode() if type(client_data) is str else _bytes(value, "client_data_json"),
            _bytes(value, "signature"),
        )


@dataclass(frozen=True, slots=True)
class WebAuthnPublicKey:
    """An authenticator's public key.

    Attributes:
        cose: The key in COSE.

    Raises:
        KeyFormatError: `cose` is no key of a scheme that the IC knows.
    """

    cose: bytes
    _key: CoseKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_key", key_from_cose(self.cose))

    @property
    def der(self) -> bytes:
        """The key in DER."""
        return SubjectPublicKeyInfo(COSE, None, self.cose).encode()

    def verify(self, message: bytes, signature: bytes) -> None:
        """Checks that the authenticator signed a message as its challenge.

        Args:
            message: What was to be signed.
            signature: The CBOR of a `WebAuthnSignature`.

        Raises:
            SignatureError: It is not this key's signature on the message.
        """
        given = WebAuthnSignature.decode(signature)
        self._key.verify(given.signed_bytes, given.signature)
        client_data = _client_data(given.client_data_json)
        if client_data["type"] != ASSERTION:
            raise SignatureError(
                f"a WebAuthn signature of type {client_data['type'][:40]!r}, not {ASSERTION!r}"
            )
        if client_data["challenge"] != challenge_of(message):
            raise SignatureError("a WebAuthn signature on another challenge than the signed bytes")


def webauthn_key_from_info(info: SubjectPublicKeyInfo) -> WebAuthnPublicKey:
    """The key in a DER structure whose algorithm is `COSE`.

    Raises:
        KeyFormatError: It has a parameter, or is no key of a scheme that the IC knows.
    """
    if info.parameter is not None:
        raise KeyFormatError("a WebAuthn key's algorithm has no parameter")
    return WebAuthnPublicKey(info.public_key)


def _client_data(text: bytes) -> dict[str, str]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SignatureError("a WebAuthn signature: client_data_json is not JSON") from error
    if type(value) is not dict:
        raise SignatureError("a WebAuthn signature: client_data_json is not an object")
    for name in _CLIENT_DATA_TEXTS:
        if type(value.get(name)) is not str:
            raise SignatureError(f"a WebAuthn signature: client_data_json has no text {name!r}")
    return value


def _bytes(value: dict[Any, Any], name: str) -> bytes:
    found = value.get(name)
    if type(found) is not bytes:
        raise SignatureError(f"a WebAuthn signature: {name} is missing or no byte string")
    return found
