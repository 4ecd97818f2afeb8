"""How small the values of a type on the wire can be, and how much they hold all the same.

A message of ten bytes can announce a billion nulls. Both numbers together say, before anything is
read, whether the bytes at hand can contain what is announced and what it costs to build it.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import calcsize

from ic_factory.protocol.candid.types import (
    CandidType,
    Func,
    Future,
    Primitive,
    Record,
    ResolvedType,
    Service,
    resolve,
)
from ic_factory.protocol.candid.wire_primitives import FIXED_WIDTH

_CEILING = 1 << 40
_FREE = ("null", "reserved")


@dataclass(frozen=True, slots=True)
class WireSize:
    """The least that a value of a type takes.

    Attributes:
        bytes: The fewest bytes of the message that a value has.
        free_values: The values inside each value that are read without reading a byte.
    """

    bytes: int
    free_values: int


class WireSizes:
    """The sizes of the types of one message, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[int, WireSize] = {}

    def of(self, type_: CandidType) -> WireSize:
        """Returns the size of a type, which must live as long as this object."""
        resolved = resolve(type_)
        size = self._known.get(id(resolved))
        if size is None:
            # A record that contains itself has no values; nothing is ever read of it.
            self._known[id(resolved)] = WireSize(0, 0)
            size = self._known[id(resolved)] = self._measure(resolved)
        return size

    def _measure(self, type_: ResolvedType) -> WireSize:
        match type_:
            case Primitive(name):
                if name in _FREE:
                    return WireSize(0, 1)
                code = FIXED_WIDTH.get(name)
                return WireSize(1 if code is None else calcsize(f"<{code}"), 0)
            case Record(fields):
                parts = [self.of(field.type) for field in fields]
                least = min(sum(part.bytes for part in parts), _CEILING)
                free = min(sum(part.free_values for part in parts), _CEILING)
                return WireSize(least, free if least else free + 1)
            case Service() | Future():
                return WireSize(2, 0)
            case Func():
                return WireSize(4, 0)
        return WireSize(1, 0)
