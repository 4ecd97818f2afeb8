"""What a scenario expects of an answer, and what it says where that is not so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ic_factory.agent import CanisterReject
from ic_factory.drivers.generated.backend import ReasonCapsule, ReasonUpload
from ic_factory.drivers.refusals import CanisterRefused
from ic_factory.errors import IcFactoryError

LONGEST_VALUE = 200
"""Characters of a value that are shown."""


class Unexpected(IcFactoryError):
    """An answer is not what the scenario expects."""


def expect(is_so: bool, what: str) -> None:
    """Goes on where something is so.

    Args:
        is_so: Whether it is.
        what: What is, in words.

    Raises:
        Unexpected: It is not.
    """
    if not is_so:
        raise Unexpected(f"expected: {what}")


def expect_equal(what: str, found: object, wanted: object) -> None:
    """Goes on where two values are equal.

    Args:
        what: What they are, in words.
        found: The one that came back.
        wanted: The one that is right.

    Raises:
        Unexpected: They differ.
    """
    if found != wanted:
        raise Unexpected(f"{what}: expected {_shown(wanted)}, found {_shown(found)}")


@contextmanager
def expect_refusal(reason: type) -> Iterator[None]:
    """Goes on where the canister refuses what is done inside, for the right reason.

    Args:
        reason: The class of the reason: one of `Reason…`, `CapsuleError…` or `UploadError…`.

    Raises:
        Unexpected: The canister does it, or refuses for another reason.
    """
    try:
        yield
    except CanisterRefused as refused:
        found = _innermost(refused.reason)
        if not isinstance(found, reason):
            raise Unexpected(
                f"expected a refusal by {reason.__name__}, found {_shown(found)}"
            ) from refused
    else:
        raise Unexpected(f"expected a refusal by {reason.__name__}, and it was done")


@contextmanager
def expect_reject(words: str) -> Iterator[None]:
    """Goes on where a call is rejected with a message that has these words.

    Callers who may not call a method at all are turned away before it runs, with no typed reason.

    Raises:
        Unexpected: The call is answered, or rejected with another message.
    """
    try:
        yield
    except CanisterReject as reject:
        if words not in reject.message:
            raise Unexpected(
                f"expected a reject that says {words!r}, found {_shown(reject.message)}"
            ) from reject
    else:
        raise Unexpected(f"expected a reject that says {words!r}, and it was done")


def _innermost(reason: object) -> object:
    """What is wrong with a capsule or an upload, where that is the reason."""
    return reason.value if isinstance(reason, ReasonCapsule | ReasonUpload) else reason


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text):,} long)"
