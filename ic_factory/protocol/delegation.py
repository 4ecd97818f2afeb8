"""Delegations: one key lets another sign for it (specification, "Authentication")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ic_factory.errors import EnvelopeError
from ic_factory.protocol import fields
from ic_factory.protocol.fields import Fields, Other
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.request_id import delegation_signing_bytes, hash_of_map

MAX_DELEGATIONS = 20
MAX_TARGETS = 1000

PERMISSIONS = ("queries", "all")


@dataclass(frozen=True, slots=True)
class Delegation:
    """What the signer of a delegation grants.

    Attributes:
        pubkey: The public key that may sign, in DER.
        expiration: Until when, in nanoseconds since 1970.
        targets: The canisters that it may sign requests to; all where None.
        permissions: `queries` or `all`; None is the same as `all`.
        other_fields: Fields that are not known here; they are signed as well.
    """

    pubkey: bytes
    expiration: int
    targets: tuple[Principal, ...] | None = None
    permissions: str | None = None
    other_fields: Other = ()

    @property
    def hash(self) -> bytes:
        """The representation-independent hash of its map."""
        return hash_of_map(self.to_map())

    @property
    def signing_bytes(self) -> bytes:
        """What the key that delegates signs."""
        return delegation_signing_bytes(self.hash)

    def to_map(self) -> dict[str, Any]:
        """The map, ready for CBOR."""
        content: dict[str, Any] = {"pubkey": self.pubkey, "expiration": self.expiration}
        if self.targets is not None:
            content["targets"] = self.targets
        if self.permissions is not None:
            content["permissions"] = self.permissions
        content.update(self.other_fields)
        return content

    @staticmethod
    def from_map(content: Fields, where: str) -> Delegation:
        """Reads a decoded map, which is used up.

        Raises:
            EnvelopeError: A field is missing, of another type or out of bounds.
        """
        targets = fields.take_optional(content, "targets", list, where)
        return Delegation(
            pubkey=fields.take(content, "pubkey", bytes, where),
            expiration=fields.take_timestamp(content, "expiration", where),
            targets=None if targets is None else _targets(targets, where),
            permissions=_permissions(content, where),
            other_fields=fields.rest(content, where),
        )


@dataclass(frozen=True, slots=True)
class SignedDelegation:
    """A delegation and its signature by the key that delegates."""

    delegation: Delegation
    signature: bytes

    def to_map(self) -> dict[str, Any]:
        """The map, ready for CBOR."""
        return {"delegation": self.delegation.to_map(), "signature": self.signature}


def signed_delegations(values: list[Any], where: str) -> tuple[SignedDelegation, ...]:
    """Reads a decoded chain of delegations, which is used up.

    Raises:
        EnvelopeError: There are more than 20, or one is not shaped as the specification says.
    """
    if len(values) > MAX_DELEGATIONS:
        raise EnvelopeError(f"{where} has {len(values)} delegations, at most {MAX_DELEGATIONS}")
    return tuple(
        _signed_delegation(value, f"{where}[{index}]") for index, value in enumerate(values)
    )


def _signed_delegation(value: Any, where: str) -> SignedDelegation:
    if type(value) is not dict:
        raise EnvelopeError(f"{where} is not a map")
    content = fields.take(value, "delegation", dict, f"{where}.")
    return SignedDelegation(
        Delegation.from_map(content, f"{where}.delegation."),
        fields.take(value, "signature", bytes, f"{where}."),
    )


def _targets(values: list[Any], where: str) -> tuple[Principal, ...]:
    if len(values) > MAX_TARGETS:
        raise EnvelopeError(f"{where}targets has {len(values)} canisters, at most {MAX_TARGETS}")
    return tuple(
        fields.principal(value, f"{where}targets[{index}]") for index, value in enumerate(values)
    )


def _permissions(content: Fields, where: str) -> str | None:
    permissions = fields.take_optional(content, "permissions", str, where)
    if permissions is not None and permissions not in PERMISSIONS:
        raise EnvelopeError(f"{where}permissions is {permissions!r}, not 'queries' or 'all'")
    return permissions
