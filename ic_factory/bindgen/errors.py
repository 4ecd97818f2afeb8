"""What can go wrong between typed Python and a canister's interface.

IcFactoryError
└── BindingError      a value that does not fit its type, or a reply that does not fit its method
"""

from __future__ import annotations

from typing import Self

from ic_factory.errors import IcFactoryError

__all__ = ["BindingError"]


class BindingError(IcFactoryError):
    """A value that does not fit the typed binding that it is given to.

    Attributes:
        reason: What is wrong, without the place.
        path: Segments from the method down to the value, such as `create`, `[0]`, `.settings`.
    """

    def __init__(self, reason: str, path: tuple[str, ...] = ()) -> None:
        self.reason = reason
        self.path = path
        place = "".join(path).removeprefix(".")
        super().__init__(f"{place}: {reason}" if place else reason)

    def within(self, segment: str) -> Self:
        """Returns the same error, seen from one level further out."""
        return type(self)(self.reason, (segment, *self.path))
