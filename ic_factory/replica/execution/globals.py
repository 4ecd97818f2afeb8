"""Mutable globals as 16 bytes each, and as values."""

from __future__ import annotations

from ic_factory.replica.execution.layout import GLOBAL_BYTES
from ic_factory.replica.execution.prepare.module import ValueType
from ic_factory.replica.state.memory_image import GlobalValue

_SIZES = {ValueType.I32: 4, ValueType.F32: 4, ValueType.I64: 8, ValueType.F64: 8}


def unpack_globals(types: tuple[ValueType, ...], packed: bytes) -> tuple[GlobalValue, ...]:
    """Numbers as unsigned integers of their bits, a v128 as 16 bytes."""
    values: list[GlobalValue] = []
    for order, value_type in enumerate(types):
        raw = packed[order * GLOBAL_BYTES : (order + 1) * GLOBAL_BYTES]
        size = _SIZES.get(value_type)
        values.append(raw if size is None else int.from_bytes(raw[:size], "little"))
    return tuple(values)


def pack_globals(types: tuple[ValueType, ...], values: tuple[GlobalValue, ...]) -> bytes:
    """The reverse of `unpack_globals`.

    Raises:
        ValueError: the values are not of these types.
    """
    if len(types) != len(values):
        raise ValueError(f"{len(types)} globals expected, got {len(values)}")
    packed = bytearray()
    for value_type, value in zip(types, values, strict=True):
        size = _SIZES.get(value_type, GLOBAL_BYTES)
        if isinstance(value, bytes) != (value_type is ValueType.V128):
            raise ValueError(f"a {value_type.name.lower()} expected, got {value!r}")
        if isinstance(value, bytes):
            raw = value
        elif 0 <= value < 1 << (8 * size):
            raw = value.to_bytes(size, "little")
        else:
            raise ValueError(f"{value} is no {value_type.name.lower()} as unsigned bits")
        if len(raw) != size:
            raise ValueError(f"{size} bytes expected for a {value_type.name.lower()}")
        packed += raw.ljust(GLOBAL_BYTES, b"\0")
    return bytes(packed)
