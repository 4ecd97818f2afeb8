"""Adds custom sections, such as canister metadata, to a WebAssembly module."""

from __future__ import annotations

from collections.abc import Mapping

from tests.conformance.spec_client.representation import leb128


def with_custom_sections(module: bytes, sections: Mapping[str, bytes]) -> bytes:
    """The module with these sections, by name, at its end."""
    return module + b"".join(_section(name.encode(), content) for name, content in sections.items())


def _section(name: bytes, content: bytes) -> bytes:
    body = leb128(len(name)) + name + content
    return b"\x00" + leb128(len(body)) + body
