"""How a run of WASM code ends, in our own terms."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from wasmtime import Trap, TrapCode

COMPANION_MODULE = "ic_factory_companion"

Frames = tuple[tuple[int, str | None], ...]
"""Function index and name, from the innermost frame out."""


class Ending(Enum):
    """How a run ended that is not a plain trap."""

    RETURNED = auto()
    OUT_OF_FUEL = auto()
    TRAPPED = auto()


@dataclass(frozen=True, slots=True)
class RunEnd:
    """The end of a run; `trap` says in the IC's words what a trap was about."""

    ending: Ending
    trap: str = ""
    frames: Frames = ()


RETURNED = RunEnd(Ending.RETURNED)

_TEXTS = {
    TrapCode.STACK_OVERFLOW: "stack overflow",
    TrapCode.MEMORY_OUT_OF_BOUNDS: "heap out of bounds",
    TrapCode.TABLE_OUT_OF_BOUNDS: "table out of bounds",
    TrapCode.INDIRECT_CALL_TO_NULL: "indirect call to null",
    TrapCode.BAD_SIGNATURE: "indirect call type mismatch",
    TrapCode.INTEGER_OVERFLOW: "integer overflow",
    TrapCode.INTEGER_DIVISION_BY_ZERO: "integer division by 0",
    TrapCode.BAD_CONVERSION_TO_INTEGER: "invalid conversion to integer",
    TrapCode.UNREACHABLE: "unreachable",
}


def end_of(trap: Trap) -> RunEnd:
    """What a wasmtime trap means."""
    code = trap.trap_code
    if code is TrapCode.OUT_OF_FUEL:
        return RunEnd(Ending.OUT_OF_FUEL)
    text = "unknown" if code is None else _TEXTS.get(code, "unknown")
    frames = tuple(
        (frame.func_index, frame.func_name)
        for frame in trap.frames
        if frame.module_name != COMPANION_MODULE
    )
    return RunEnd(Ending.TRAPPED, text, frames)
