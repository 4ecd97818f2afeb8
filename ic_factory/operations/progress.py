"""How an operation tells how far it is. Operations know no terminal; who shows it is not theirs."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is told of the progress of one operation; called by one thread at a time."""

    def start(self, total: int) -> None:
        """Work of this size begins: bytes or steps, as the operation says."""
        ...

    def advance(self, amount: int) -> None:
        """So much more is done."""
        ...

    def message(self, text: str) -> None:
        """What is being done now, in a few words."""
        ...

    def done(self) -> None:
        """All is done."""
        ...


class Silent:
    """Shows nothing."""

    def start(self, total: int) -> None:
        """Shows nothing."""

    def advance(self, amount: int) -> None:
        """Shows nothing."""

    def message(self, text: str) -> None:
        """Shows nothing."""

    def done(self) -> None:
        """Shows nothing."""


class Part:
    """The progress of a part of a work that has begun and is not done with it."""

    def __init__(self, whole: Progress) -> None:
        """Tells what is done of the part as done of the whole."""
        self._whole = whole

    def start(self, total: int) -> None:
        """All has begun before."""

    def advance(self, amount: int) -> None:
        """So much more is done."""
        self._whole.advance(amount)

    def message(self, text: str) -> None:
        """What is being done now, in a few words."""
        self._whole.message(text)

    def done(self) -> None:
        """All is not done with it."""


SILENT: Progress = Silent()
