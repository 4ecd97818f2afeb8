"""What became of users' calls (specification, "Request status")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ic_factory.protocol.principal import Principal
from ic_factory.replica.rejects import Payload, Reject, Reply


class RequestPhase(Enum):
    """Where a call is before it is answered, or after the answer has been forgotten."""

    RECEIVED = "received"
    PROCESSING = "processing"
    DONE = "done"


RequestStatus = RequestPhase | Payload


@dataclass(frozen=True, slots=True)
class IngressRecord:
    """What is known of one request."""

    status: RequestStatus
    sender: Principal
    canister_id: Principal
    """The canister that was called."""
    effective_id: Principal
    """The canister or subnet in the URL that the call came by."""
    forget_at: int
    """When it may be forgotten: past its `ingress_expiry` and 5 minutes after the answer."""

    @property
    def is_answered(self) -> bool:
        """Whether the call has ended in a reply or a reject."""
        return isinstance(self.status, Reply | Reject)
