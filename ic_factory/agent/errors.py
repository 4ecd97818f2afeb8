"""Why an agent brings no answer, or one that is not to be trusted.

AgentError                      (its base, IcFactoryError, is in ic_factory/errors.py)
├── TransportError              nothing, or nothing but "later", came back until patience ended
├── RequestRefused              the replica or the gateway before it refused the request (HTTP)
├── MalformedAnswer             what came back is not what the specification says
├── UntrustedAnswer             what came back is not proven
│   ├── UntrustedCertificate    a certificate that does not verify; `reason` tells why
│   ├── ForeignCertificate      one that verifies, and is silent about what was asked
│   └── UntrustedQueryAnswer    a query's answer without the signature of a node of the subnet
├── CanisterReject              the canister or the IC rejected the call
│   └── UncertifiedReject       one node says so, and no certificate
└── NoAnswer                    an update was sent and its answer is not known
    ├── CallExpired             it is certain that it was not executed and never will be
    ├── AnswerForgotten         it was executed, and the IC has forgotten the answer
    └── DeadlineExceeded        it may still be executed; the request id serves to ask again
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ic_factory.errors import IcFactoryError, ProtocolError
from ic_factory.protocol.principal import Principal


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried.

    Attributes:
        what: The request, for people: `update put_chunk`, `read of the state`.
        canister_id: Whom it was for.
        url: The address of the network.
        request_id: The request's id, 32 bytes.
    """

    what: str
    canister_id: Principal
    url: str
    request_id: bytes

    def __str__(self) -> str:
        return f"{self.what} of canister {self.canister_id} at {self.url}"


class AgentError(IcFactoryError):
    """A request that brought no answer, or none to be trusted."""

    def __init__(self, attempt: Attempt, problem: str) -> None:
        """Keeps what was tried."""
        super().__init__(f"{attempt}: {problem}")
        self.attempt = attempt
        self.problem = problem


class TransportError(AgentError):
    """Nothing came back until patience ended.

    Attributes:
        may_have_arrived: Whether the request may have reached the replica all the same, so that an
            update may have been executed, or may still be.
    """

    def __init__(self, attempt: Attempt, problem: str, *, may_have_arrived: bool = False) -> None:
        """Keeps what is known of the request's fate."""
        super().__init__(attempt, problem)
        self.may_have_arrived = may_have_arrived


class RequestRefused(AgentError):
    """The replica, or the gateway before it, refused the request. Nothing proves what it says.

    Attributes:
        status: The HTTP status.
        may_have_arrived: Whether it failed inside, or an earlier attempt got lost on its way, so
            that an update may have been executed, or may still be.
    """

    def __init__(
        self, attempt: Attempt, status: int, text: str, *, may_have_arrived: bool = False
    ) -> None:
        """Keeps the status and cites what the other side said."""
        super().__init__(attempt, f"refused with HTTP {status}: {text or 'no reason given'}")
        self.status = status
        self.may_have_arrived = may_have_arrived


class MalformedAnswer(AgentError):
    """What came back is not what the specification says."""


class UntrustedAnswer(AgentError):
    """What came back is not proven; something between here and the replica may have changed it."""


class UntrustedCertificate(UntrustedAnswer):
    """A certificate that does not verify.

    Attributes:
        reason: Why; a branch of CertificateError, or of another ProtocolError.
    """

    def __init__(self, attempt: Attempt, reason: ProtocolError) -> None:
        """Keeps the reason."""
        super().__init__(attempt, f"its certificate is not to be trusted: {reason}")
        self.reason = reason


class ForeignCertificate(UntrustedAnswer):
    """A certificate that verifies, and is silent about what was asked."""


class UntrustedQueryAnswer(UntrustedAnswer):
    """A query's answer without the valid signature of a node of the subnet."""


class CanisterReject(AgentError):
    """The canister or the IC rejected the call (specification, "Reject codes").

    Attributes:
        code: The reject code, 1 to 6.
        error_code: The replica's own code, such as `IC0503`, where it tells one.
        message: What the canister or the IC said.
        canister: Whom the call was for.
        method: Its method.
        request_id: The call's id, 32 bytes.
    """

    how: ClassVar[str] = "rejected"

    def __init__(
        self, attempt: Attempt, method: str, code: int, message: str, error_code: str | None
    ) -> None:
        """Keeps all that the reject says."""
        codes = f"code {code}" if error_code is None else f"code {code}, {error_code}"
        super().__init__(attempt, f"{self.how} ({codes}): {message}")
        self.code = code
        self.error_code = error_code
        self.message = message
        self.canister = attempt.canister_id
        self.method = method
        self.request_id = attempt.request_id


class UncertifiedReject(CanisterReject):
    """One node says that it rejects the call; no certificate does.

    Attributes:
        may_have_arrived: Whether an earlier attempt got lost on its way, so that an update may have
            been executed, or may still be.
    """

    how = "rejected by one node, without a certificate"

    def __init__(
        self,
        attempt: Attempt,
        method: str,
        code: int,
        message: str,
        error_code: str | None,
        *,
        may_have_arrived: bool = False,
    ) -> None:
        """Keeps all that the reject says."""
        super().__init__(attempt, method, code, message, error_code)
        self.may_have_arrived = may_have_arrived


class NoAnswer(AgentError):
    """An update was sent and its answer is not known."""


class CallExpired(NoAnswer):
    """It was not executed and never will be: its expiry has passed without a trace of it."""


class AnswerForgotten(NoAnswer):
    """It was executed, and the IC has forgotten the answer."""


class DeadlineExceeded(NoAnswer):
    """It may still be executed; its request id serves to ask for the answer later."""
