"""Candid errors that code written for ic-py catches too.

ic-py raises a bare ValueError for messages, and ValueError or TypeError for values.
"""

from __future__ import annotations

from ic_factory.protocol.candid import CandidCoercionError, CandidTypeError, CandidWireError


class UnreadableMessage(CandidWireError, ValueError):
    """Bytes that are not a Candid message."""


class UnfitMessage(UnreadableMessage, CandidCoercionError):
    """A Candid message that is not of the types it was read as."""


class UnwritableValue(CandidTypeError, ValueError, TypeError):
    """A value that is not of its type, or a type that is not well formed."""
