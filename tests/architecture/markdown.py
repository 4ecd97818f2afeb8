"""The parts of a document that can be held against the code."""

from __future__ import annotations

import re
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def blocks(document: Path, language: str) -> list[str]:
    """The fenced blocks that name this language."""
    text = document.read_text(encoding="utf-8")
    return [match[2] for match in _BLOCK.finditer(text) if match[1] == language]


def spans(document: Path) -> list[str]:
    """What stands between backticks outside the blocks."""
    return _SPAN.findall(_BLOCK.sub("", document.read_text(encoding="utf-8")))


def local_links(document: Path) -> list[str]:
    """Targets of links to other files of the checkout."""
    links = _LINK.findall(document.read_text(encoding="utf-8"))
    return [link.split("#")[0] for link in links if "://" not in link and link.split("#")[0]]
