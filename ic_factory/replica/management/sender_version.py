"""The version that a canister states of itself when it calls the management canister.

Specification: `validate_sender_canister_version`; "sender_canister_version" of each method.
"""

from __future__ import annotations

from ic_factory.errors import CandidError
from ic_factory.protocol.candid.types import NAT64, Opt, Record
from ic_factory.replica.management.interface import SIGNATURES, Signature

_FIELD = "sender_canister_version"

_STATED = Signature((Record.of({_FIELD: Opt(NAT64)}),))
"""Of a method's argument this field alone is read; the others are passed over."""


def _takes_version(signature: Signature) -> bool:
    return any(
        isinstance(argument, Record) and any(field.name == _FIELD for field in argument.fields)
        for argument in signature.arguments
    )


METHODS_WITH_VERSION = frozenset(
    name for name, signature in SIGNATURES.items() if _takes_version(signature)
)


def stated_version(method_name: str, argument: bytes) -> int | None:
    """The version in the argument of a call to the management canister.

    None where the caller states none, and where the argument can't be decoded: the management
    canister rejects that by itself.
    """
    if method_name not in METHODS_WITH_VERSION:
        return None
    try:
        stated: list[int] = _STATED.decode(argument)[_FIELD]
    except CandidError:
        return None
    return stated[0] if stated else None
