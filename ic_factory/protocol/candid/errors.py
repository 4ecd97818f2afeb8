"""What can be wrong with Candid.

CandidError                    (ic_factory/errors.py)
├── CandidTypeError            a type that is not well formed, or a Python value that is not of it
├── CandidWireError            bytes that are not a Candid message
│   └── CandidCoercionError    a Candid message, but not of the type that was expected
├── CandidTextError            text that is not a Candid value
├── CandidSubtypeError         a type that is no subtype of another
└── DidSyntaxError             a service description that does not parse or makes no sense
"""

from __future__ import annotations

from typing import Self

from ic_factory.errors import CandidError

__all__ = [
    "CandidCoercionError",
    "CandidError",
    "CandidSubtypeError",
    "CandidTextError",
    "CandidTypeError",
    "CandidWireError",
    "DidSyntaxError",
]


def _path_text(path: tuple[str, ...]) -> str:
    return "".join(path).removeprefix(".")


class CandidTypeError(CandidError):
    """A type that is not well formed, or a Python value that does not fit its type.

    Attributes:
        reason: What is wrong, without the place.
        path: Segments from the argument list down to the value, such as `[0]`, `.settings`.
    """

    def __init__(self, reason: str, path: tuple[str, ...] = ()) -> None:
        self.reason = reason
        self.path = path
        super().__init__(f"{_path_text(path)}: {reason}" if path else reason)

    def within(self, segment: str) -> Self:
        """Returns the same error, seen from one level further out."""
        return type(self)(self.reason, (segment, *self.path))


class CandidWireError(CandidError):
    """Bytes that are not a Candid message.

    Attributes:
        reason: What is wrong, without the place.
        offset: The byte of the message at which it was noticed.
        path: Segments from the argument list down to the value, as far as known.
    """

    def __init__(self, reason: str, offset: int, path: tuple[str, ...] = ()) -> None:
        self.reason = reason
        self.offset = offset
        self.path = path
        place = f"{_path_text(path)}: " if path else ""
        super().__init__(f"{place}{reason} (at byte {offset})")

    def within(self, segment: str) -> Self:
        """Returns the same error, seen from one level further out."""
        return type(self)(self.reason, self.offset, (segment, *self.path))


class CandidCoercionError(CandidWireError):
    """A well-formed message whose value is not of the type that was expected."""


class _PlacedError(CandidError):
    """An error in a text.

    Attributes:
        reason: What is wrong, without the place.
        line: The line, from 1.
        column: The column in code points, from 1.
    """

    def __init__(self, reason: str, line: int, column: int) -> None:
        self.reason = reason
        self.line = line
        self.column = column
        super().__init__(f"line {line}, column {column}: {reason}")


class CandidTextError(_PlacedError):
    """Text that is not a Candid value, or not one of the type that was expected."""


class DidSyntaxError(_PlacedError):
    """A service description that does not parse or makes no sense.

    Attributes:
        source: The import in which the error is; None for the main text.
    """

    def __init__(self, reason: str, line: int, column: int, source: str | None = None) -> None:
        super().__init__(reason if source is None else f"{source}: {reason}", line, column)
        self.source = source


class CandidSubtypeError(CandidError):
    """A type that is no subtype of another.

    Attributes:
        reason: Which two types do not fit, without the place.
        path: Where in the types, from the outside in, in words.
    """

    def __init__(self, reason: str, path: tuple[str, ...] = ()) -> None:
        self.reason = reason
        self.path = path
        super().__init__(f"{', '.join(path)}: {reason}" if path else reason)
