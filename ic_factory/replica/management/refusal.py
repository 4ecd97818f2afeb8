"""How a method's handler says no: the router turns this into the caller's reject."""

from __future__ import annotations

from ic_factory.errors import ReplicaError
from ic_factory.replica.rejects import ErrorCode, Reject


class Refused(ReplicaError):
    """A check failed before anything was changed.

    Attributes:
        reject: What the caller is told.
    """

    def __init__(self, error_code: ErrorCode, message: str) -> None:
        self.reject = Reject.of(error_code, message)
        super().__init__(message)

    @classmethod
    def with_reject(cls, reject: Reject) -> Refused:
        """The refusal that tells the caller `reject`."""
        return cls(reject.error_code, reject.message)
