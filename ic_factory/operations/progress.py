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


SILENT: Progress = Silent()
