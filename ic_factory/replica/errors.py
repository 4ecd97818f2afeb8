"""What the replica refuses before it becomes a message, and what it cannot do.

ReplicaError
├── BadRequest           a request that no replica would take: HTTP 400
├── UnknownSnapshot      `rewind` to a token that this replica did not give
├── NoAnswer             a direct call that no round can bring to an end
├── CallRejected         a direct call to the management canister that was refused
└── ReplicaClosed        used after `close`
"""

from __future__ import annotations

from ic_factory.errors import ReplicaError
from ic_factory.replica.rejects import Reject


class BadRequest(ReplicaError):
    """The request breaks a rule of the HTTPS interface; the text says which."""


class UnknownSnapshot(ReplicaError):
    """The token names no snapshot of this replica."""


class NoAnswer(ReplicaError):
    """The call is still open and there is nothing left to run."""


class CallRejected(ReplicaError):
    """A call was refused; `reject` has the codes."""

    def __init__(self, what: str, reject: Reject) -> None:
        super().__init__(f"{what}: {reject.message} ({reject.error_code})")
        self.reject = reject


class ReplicaClosed(ReplicaError):
    """The replica has been closed."""
