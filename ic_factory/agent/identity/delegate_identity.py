"""ic-py's `DelegateIdentity`, with its chain whole and checked, and making delegations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, get_args

import ic.identity

from ic_factory.agent.identity.delegation_chain import DelegationChain, append
from ic_factory.agent.identity.errors import DelegationInvalid, NoKey, UnusableKey
from ic_factory.agent.identity.identity import Identity
from ic_factory.agent.identity.keys import KeyType
from ic_factory.protocol.delegation import MAX_TARGETS, Delegation, SignedDelegation
from ic_factory.protocol.principal import Principal

_SECRET_DIGITS = 64


class DelegateIdentity(ic.identity.DelegateIdentity):  # type: ignore[misc]  # ic-py has no types
    """A session key that signs for another key's principal.

    Stock ic-py's `Agent` looks for its own class and sends no delegations of a subclass; use ours.

    Attributes:
        identity: The session key's identity.
        chain: Who lets it sign.
    """

    identity: Identity
    chain: DelegationChain

    def __init__(
        self, identity: Any, delegation: dict[str, Any] | DelegationChain, *, now: int | None = None
    ) -> None:
        """Takes a session key and the chain that ends at it, and checks the chain.

        Args:
            identity: The session key's identity, ours or ic-py's.
            delegation: The chain, as such or as its JSON was parsed.
            now: In nanoseconds since 1970; whether the chain is over is not checked where it is
                None.

        Raises:
            DelegationInvalid: The chain is not of the right form, a signature in it does not hold,
                or it ends at another key.
            DelegationExpired: It is over.
            NoKey: The identity is anonymous.
        """
        chain = delegation
        if not isinstance(chain, DelegationChain):
            chain = DelegationChain.from_dict(chain)
        if identity.anonymous:
            raise NoKey("the anonymous identity has no key that could be delegated to")
        if chain.session_key != identity.der_pubkey:
            raise DelegationInvalid(
                "the chain of delegations ends at another key than the identity's"
            )
        chain.check_signatures()
        if now is not None:
            chain.check_time(now)
        self.identity = identity
        self.chain = chain

    @staticmethod
    def from_json(
        ic_identity: str, ic_delegation: str, *, now: int | None = None
    ) -> DelegateIdentity:
        """Reads what the JavaScript agent keeps in a browser's storage.

        Args:
            ic_identity: The session key: an array of public and secret key in hexadecimal digits.
            ic_delegation: The chain, see `DelegationChain`.
            now: In nanoseconds since 1970; see the constructor.

        Raises:
            UnusableKey: The first text is no such key.
            DelegationInvalid: The chain does not hold.
            DelegationExpired: It is over.
        """
        return DelegateIdentity(
            _session_identity(ic_identity), DelegationChain.from_json(ic_delegation), now=now
        )

    def to_json(self) -> str:
        """The chain as the JavaScript agent has it; the session key is not part of it."""
        return self.chain.to_json()

    def sign(self, msg: bytes) -> tuple[bytes, bytes]:
        """The session key in DER, and its signature."""
        public_key, signature = self.identity.sign(msg)
        return bytes(public_key or b""), bytes(signature or b"")

    def sender(self) -> Principal:
        """The principal that requests are from: that of the chain's first key."""
        return self.chain.sender

    @property
    def der_pubkey(self) -> bytes:
        """The chain's first key, in DER."""
        return self.chain.public_key

    @property
    def signed_delegations(self) -> tuple[SignedDelegation, ...]:
        """The delegations, in order."""
        return self.chain.delegations

    @property
    def delegations(self) -> list[dict[str, Any]]:
        """The delegations as ic-py has them: maps that are ready for CBOR."""
        maps = [signed.to_map() for signed in self.chain.delegations]
        for signed in maps:
            targets = signed["delegation"].get("targets")
            if targets is not None:
                signed["delegation"]["targets"] = [target.bytes for target in targets]
        return maps

    def __repr__(self) -> str:
        return f"DelegateIdentity{self}"

    def __str__(self) -> str:
        return f"({self.sender()}, by {self.identity})"


def delegate(
    identity: Identity | DelegateIdentity,
    to_public_key_der: bytes,
    expiration: int,
    targets: Iterable[Principal | str | bytes] | None = None,
) -> DelegationChain:
    """Lets another key sign for an identity.

    Args:
        identity: Who delegates. Where it was itself delegated to, its own chain goes before.
        to_public_key_der: The key that may sign, in DER.
        expiration: Until when, in nanoseconds since 1970.
        targets: The canisters that it may sign requests to, at most 1000; all where None.

    Returns:
        The chain, for `DelegateIdentity` or `DelegationChain.to_json`.

    Raises:
        NoKey: The identity is anonymous.
        DelegationInvalid: There are too many targets, or the chain would have more than 20.
        PrincipalError: A target is no principal.
    """
    canisters = None if targets is None else tuple(Principal.of(target) for target in targets)
    if canisters is not None and len(canisters) > MAX_TARGETS:
        raise DelegationInvalid(f"a delegation has at most {MAX_TARGETS} targets")
    delegation = Delegation(to_public_key_der, expiration, canisters)
    signature = identity.sign(delegation.signing_bytes)[1]
    if signature is None:
        raise NoKey("the anonymous identity has no key to delegate with")
    return append(_chain_of(identity), SignedDelegation(delegation, signature))


def _chain_of(identity: Identity | DelegateIdentity) -> DelegationChain:
    if isinstance(identity, DelegateIdentity):
        return identity.chain
    return DelegationChain(identity.der_pubkey, ())


def _session_identity(text: str) -> Identity:
    try:
        public_key, secret_key, *_ = json.loads(text)
        return _matching(public_key, secret_key[:_SECRET_DIGITS])
    except (ValueError, TypeError, KeyError, RecursionError, UnusableKey):
        # No cause: the parser keeps the text, in which the key stands.
        raise UnusableKey(
            "a session key was expected as JSON: an array of public and secret key in hexadecimal"
            " digits"
        ) from None


def _matching(public_key: str, secret_key: str) -> Identity:
    """The identity of the type whose public key it is; of Ed25519, as ic-py has it, if of none."""
    for key_type in get_args(KeyType):
        identity = Identity(secret_key, key_type)
        if public_key in (identity.pubkey, identity.der_pubkey.hex()):
            return identity
    return Identity(secret_key)
