"""Envelopes: a request's content with what authenticates its sender.

Specification, "Authentication", "CBOR encoding of requests and responses".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ic_factory.errors import CborError, EnvelopeError
from ic_factory.protocol import cbor, fields
from ic_factory.protocol.content import (
    CallContent,
    Content,
    QueryContent,
    ReadStateContent,
    SenderInfo,
    content_from_map,
)
from ic_factory.protocol.delegation import Delegation, SignedDelegation, signed_delegations
from ic_factory.protocol.request_id import (
    query_response_signing_bytes,
    request_signing_bytes,
    sender_info_signing_bytes,
)

__all__ = [
    "CallContent",
    "Content",
    "Delegation",
    "Envelope",
    "QueryContent",
    "ReadStateContent",
    "SenderInfo",
    "SignedDelegation",
    "query_response_signing_bytes",
    "request_signing_bytes",
    "sender_info_signing_bytes",
]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request as it travels.

    Attributes:
        content: What is asked for.
        sender_pubkey: The key that the sender's id is derived from, in DER.
        sender_sig: The signature, by that key or the last one in the chain of delegations.
        sender_delegation: The chain of delegations, from `sender_pubkey` on.
    """

    content: Content
    sender_pubkey: bytes | None = None
    sender_sig: bytes | None = None
    sender_delegation: tuple[SignedDelegation, ...] | None = None

    @property
    def signing_bytes(self) -> bytes:
        """What `sender_sig` signs."""
        return request_signing_bytes(self.content.request_id)

    def encode(self) -> bytes:
        """Encodes the envelope as self-described CBOR, without what is absent."""
        envelope: dict[str, Any] = {"content": self.content.to_map()}
        if self.sender_pubkey is not None:
            envelope["sender_pubkey"] = self.sender_pubkey
        if self.sender_sig is not None:
            envelope["sender_sig"] = self.sender_sig
        if self.sender_delegation is not None:
            envelope["sender_delegation"] = [one.to_map() for one in self.sender_delegation]
        return cbor.encode_self_described(envelope)

    @staticmethod
    def decode(data: bytes) -> Envelope:
        """Decodes a request's body. It checks the shape and no signature.

        Fields that are null count as absent.

        Raises:
            EnvelopeError: The bytes are not CBOR, or a field is missing, of another type or out
                of bounds; the message names it.
        """
        try:
            envelope = cbor.decode(data)
        except CborError as error:
            raise EnvelopeError(f"request body: {error}") from error
        if type(envelope) is not dict:
            raise EnvelopeError("request body: the envelope is not a map")
        delegations = fields.take_optional(envelope, "sender_delegation", list, "")
        return Envelope(
            content=content_from_map(fields.take(envelope, "content", dict, "")),
            sender_pubkey=fields.take_optional(envelope, "sender_pubkey", bytes, ""),
            sender_sig=fields.take_optional(envelope, "sender_sig", bytes, ""),
            sender_delegation=(
                None
                if delegations is None
                else signed_delegations(delegations, "sender_delegation")
            ),
        )
