"""Readers of the types without parts."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any, TypeAlias

from ic_factory.protocol.candid.reader import Reader
from ic_factory.protocol.candid.types import Primitive

Decoder: TypeAlias = Callable[[Reader], Any]

_NAMES = (
    *("nat8", "nat16", "nat32", "nat64", "int8", "int16", "int32", "int64"),
    *("float32", "float64"),
)

FIXED_WIDTH = dict(zip(_NAMES, "BHIQbhiqfd", strict=True))
"""The `struct` codes of the types whose values all have the same number of bytes."""


def read_nothing(_: Reader) -> None:
    """Reads a value that has no bytes."""


def read_bool(reader: Reader) -> bool:
    """Reads a truth value."""
    byte = reader.byte()
    if byte > 1:
        reader.fail(f"a bool is 00 or 01, not {byte:02x}")
    return byte == 1


def read_empty(reader: Reader) -> None:
    """Refuses: there is nothing to read."""
    reader.fail("there are no values of type empty")


def read_future(reader: Reader) -> None:
    """Reads over a value of a type of a later version: its bytes, and no references of its own."""
    size = reader.length()
    reader.length()
    reader.take(size)


def read_blob(reader: Reader) -> bytes:
    """Reads a `vec nat8` in one slice."""
    return reader.take(reader.length())


def _read_fixed(code: str) -> Decoder:
    form = Struct(f"<{code}")
    width, unpack = form.size, form.unpack_from

    def read(reader: Reader) -> Any:
        position = reader.position
        if position + width > reader.end:
            reader.fail(f"the message ends within a number of {width} bytes")
        reader.position = position + width
        return unpack(reader.data, position)[0]

    return read


_READERS: dict[str, Decoder] = {
    "null": read_nothing,
    "reserved": read_nothing,
    "bool": read_bool,
    "nat": Reader.unsigned,
    "int": Reader.signed,
    "text": Reader.text,
    "empty": read_empty,
    "principal": Reader.principal,
    **{name: _read_fixed(code) for name, code in FIXED_WIDTH.items()},
}


def primitive_reader(type_: Primitive) -> Decoder:
    """Returns the function that reads values of a primitive type."""
    return _READERS[type_.name]
