"""A module that was validated, rewritten and compiled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ic_factory.replica.execution.prepare.module import ValueType
from ic_factory.replica.state.memory_image import MemoryImage

if TYPE_CHECKING:
    from ic_factory.replica.execution.engine.compiler import CompiledModule


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class PreparedModule:
    """All that canisters of one module share. Made by `Engine.load`."""

    module_bytes: bytes
    """The module as it was given, compressed or not."""
    module_hash: bytes
    """SHA-256 of the bytes as they were given."""
    custom_sections: dict[str, tuple[bool, bytes]]
    """Name of each `icp:` section → (is public, content)."""
    exported_functions: frozenset[str]
    is_64_bit: bool
    minimum_pages: int
    maximum_pages: int
    mutable_globals: tuple[ValueType, ...]
    has_start: bool
    initial_heap: MemoryImage
    """The heap before the start function."""
    initial_globals: bytes
    """The mutable globals before the start function, 16 bytes each."""
    compiled: CompiledModule = field(repr=False)
