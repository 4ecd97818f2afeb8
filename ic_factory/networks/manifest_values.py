"""Values of a project's files, read with the place where they stand.

A place is what a person would look for: `canisters.backend.build`, `networks[2].url`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ic_factory.networks.errors import ProjectFileError

_NAMES: dict[type, str] = {
    dict: "a mapping",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "nothing",
}


@dataclass(frozen=True, slots=True)
class Value:
    """Something in a file, and where it stands there."""

    file: Path
    place: str
    content: Any

    def wrong(self, problem: str) -> ProjectFileError:
        """The error that tells what is wrong with it."""
        where = f", {self.place}" if self.place else ""
        return ProjectFileError(f"{self.file}{where}: {problem}")

    def member(self, name: str) -> Value | None:
        """A member of a mapping; None where it is not there, or null."""
        content = self._mapping().get(name)
        return None if content is None else self._below(name, content)

    def required(self, name: str) -> Value:
        """A member of a mapping that must be there."""
        found = self.member(name)
        if found is None:
            raise self.wrong(f"{name!r} is missing; add it")
        return found

    def members(self) -> Iterator[tuple[str, Value]]:
        """The members of a mapping, in their order."""
        for name, content in self._mapping().items():
            if not isinstance(name, str):
                raise self.wrong(f"the name {name!r} must be a text; put it in quotes")
            yield name, self._below(name, content)

    def items(self) -> Iterator[Value]:
        """The items of a list, in their order."""
        if not isinstance(self.content, list):
            raise self._expected("a list")
        for index, content in enumerate(self.content):
            yield Value(self.file, f"{self.place}[{index}]", content)

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.content, str):
            raise self._expected("a text")
        if not self.content:
            raise self.wrong("the text is empty; fill it in or remove it")
        return self.content

    def texts(self) -> tuple[str, ...]:
        """A list of texts, or a single one."""
        if isinstance(self.content, str):
            return (self.content,) if self.content else ()
        return tuple(item.text() for item in self.items())

    def one_of(self, *words: str) -> str:
        """One of these words."""
        text = self.text()
        if text not in words:
            raise self.wrong(f"{text!r} is not known; use {' or '.join(map(repr, words))}")
        return text

    def number(self) -> int:
        """A number that is not negative."""
        if type(self.content) is not int or self.content < 0:
            raise self._expected("a number of 0 or more")
        return self.content

    def _mapping(self) -> dict[Any, Any]:
        if not isinstance(self.content, dict):
            raise self._expected("a mapping")
        return self.content

    def _below(self, name: str, content: Any) -> Value:
        return Value(self.file, f"{self.place}.{name}" if self.place else name, content)

    def _expected(self, what: str) -> ProjectFileError:
        found = _NAMES.get(type(self.content), type(self.content).__name__)
        return self.wrong(f"{what} is expected here, not {found}")


def text_of(value: Value | None) -> str | None:
    """The text where there is one."""
    return None if value is None else value.text()


def texts_of(value: Value | None) -> tuple[str, ...]:
    """The texts where there are some."""
    return () if value is None else value.texts()
