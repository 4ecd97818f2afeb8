"""What the factory says where it says no."""

from __future__ import annotations

from typing import TypeAlias, TypeVar

from ic_factory.drivers.generated.factory import (
    FactoryError,
    Reason,
    ReasonUpload,
    Result1Err,
    Result2Err,
    Result3Err,
    Result4Err,
    Result5Err,
    Result6Err,
    ResultErr,
    UploadError,
)
from ic_factory.errors import IcFactoryError
from ic_factory.protocol.principal import Principal

Refused: TypeAlias = (
    ResultErr | Result1Err | Result2Err | Result3Err | Result4Err | Result5Err | Result6Err
)

Accepted = TypeVar("Accepted")


class FactoryRefused(IcFactoryError):
    """The factory refused a request, and nothing was changed by it.

    Attributes:
        factory: The factory.
        message: What it said.
        reason: Its typed reason, with fields.
    """

    def __init__(self, factory: Principal, error: FactoryError) -> None:
        """Keeps what the factory said."""
        super().__init__(f"factory {factory} refused: {error.message}")
        self.factory = factory
        self.message = error.message
        self.reason: Reason = error.reason

    @property
    def upload_error(self) -> UploadError | None:
        """What is wrong with an upload, where that is the reason."""
        return self.reason.value if isinstance(self.reason, ReasonUpload) else None


def accepted(factory: Principal, result: Accepted | Refused) -> Accepted:
    """The result of a request that was not refused.

    Raises:
        FactoryRefused: It was.
    """
    if isinstance(result, Refused):
        raise FactoryRefused(factory, result.value)
    return result
