"""Requests, signed by an identity (specification, "Authentication")."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ic_factory.protocol.content import Content
from ic_factory.protocol.delegation import SignedDelegation, signed_delegations
from ic_factory.protocol.envelope import Envelope
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.request_id import request_signing_bytes

NONCE_BYTES = 16


class SigningIdentity(Protocol):
    """What the agent asks of an identity; ic-py's own identities fulfil it."""

    def sender(self) -> Any:
        """The principal, ours or ic-py's."""
        ...

    def sign(self, message: bytes) -> tuple[bytes | None, bytes | None]:
        """The public key in DER and the signature; None twice for the anonymous caller."""
        ...


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes envelopes for one identity.

    Attributes:
        identity: Who signs.
        nonce: Makes at most 32 bytes that tell equal calls apart.
    """

    identity: SigningIdentity
    nonce: Callable[[], bytes]

    @property
    def sender(self) -> Principal:
        """Who calls."""
        return Principal.of(self.identity.sender())

    def seal(self, content: Content) -> bytes:
        """The envelope around a content, encoded."""
        public_key, signature = self.identity.sign(request_signing_bytes(content.request_id))
        delegations = _delegations_of(self.identity)
        if delegations:
            public_key = getattr(self.identity, "der_pubkey", None)
        return Envelope(content, public_key, signature, delegations or None).encode()


def random_nonce() -> bytes:
    """Bytes that no other call has."""
    return secrets.token_bytes(NONCE_BYTES)


def _delegations_of(identity: SigningIdentity) -> tuple[SignedDelegation, ...]:
    signed = getattr(identity, "signed_delegations", None)
    if signed is not None:
        return tuple(signed)
    # ic-py's own class has them as maps, which reading uses up.
    maps: Sequence[dict[str, Any]] = getattr(identity, "delegations", ())
    return signed_delegations(copy.deepcopy(list(maps)), "delegations")
