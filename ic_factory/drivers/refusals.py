"""What a canister says where it says no: the one shape that the factory and the backend have."""

from __future__ import annotations

from typing import ClassVar, Protocol

from ic_factory.errors import IcFactoryError
from ic_factory.protocol.principal import Principal

_UPLOAD_ERROR = "UploadError"
"""How the generated names of what can be wrong with an upload begin, in each driver."""


class Refusal(Protocol):
    """What stands in the `Err` of a result."""

    @property
    def message(self) -> str:
        """For people."""
        ...

    @property
    def reason(self) -> object:
        """For programs: a case with its fields."""
        ...


class CanisterRefused(IcFactoryError):
    """A canister refused a request, and nothing was changed by it.

    Attributes:
        kind: What the canister is, in a word.
        canister_id: The canister.
        message: What it said.
    """

    kind: ClassVar[str] = "canister"
    _reason: object = None

    def __init__(self, canister_id: Principal, refusal: Refusal) -> None:
        """Keeps what the canister said."""
        super().__init__(f"{self.kind} {canister_id} refused: {refusal.message}")
        self.canister_id = canister_id
        self.message = refusal.message
        self._reason = refusal.reason

    @property
    def reason(self) -> object:
        """The typed reason, with fields."""
        return self._reason

    @property
    def upload_error(self) -> object | None:
        """What is wrong with an upload, where that is the reason."""
        return None

    @property
    def upload_case(self) -> str | None:
        """The name of that: `HashMismatch`; the same for all canisters that take uploads."""
        error = self.upload_error
        return None if error is None else type(error).__name__.removeprefix(_UPLOAD_ERROR)
