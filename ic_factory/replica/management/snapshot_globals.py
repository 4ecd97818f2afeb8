"""The globals of a snapshot: those of a module that are exported or mutable.

Specification: "IC method read_canister_snapshot_metadata". The code keeps mutable ones alone;
exported constants follow from the module.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ic_factory.replica.execution.prepare.binary import Reader, SectionId
from ic_factory.replica.execution.prepare.inflate import inflate
from ic_factory.replica.execution.prepare.invalid_module import InvalidModule
from ic_factory.replica.execution.prepare.module import ExternalKind, ValueType, read_module
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.state.memory_image import GlobalValue

_BITS = {"i32": 32, "i64": 64, "f32": 32, "f64": 64}
_FLOAT_FORMS = {"f32": ("<f", "<I"), "f64": ("<d", "<Q")}
_V128_BYTES = 16


@dataclass(frozen=True, slots=True)
class _Declaration:
    value_type: ValueType
    is_mutable: bool
    is_exported: bool
    initial: GlobalValue

    @property
    def is_visible(self) -> bool:
        """Whether a snapshot tells it; references are never told."""
        return self.value_type.is_number and (self.is_mutable or self.is_exported)


def globals_value(
    module_bytes: bytes, mutable_values: tuple[GlobalValue, ...]
) -> list[dict[str, Any]]:
    """The exported or mutable globals as Candid, given the values of the mutable ones."""
    left = iter(mutable_values)
    values = []
    for declared in _declarations(module_bytes):
        stored = next(left) if declared.is_mutable else declared.initial
        if declared.is_visible:
            values.append(_candid_value(declared.value_type.name.lower(), stored))
    return values


def mutable_globals(module_bytes: bytes, given: list[dict[str, Any]]) -> tuple[GlobalValue, ...]:
    """The values of a module's mutable globals, from its exported or mutable ones as Candid.

    Raises:
        Refused: They are not of the module's types (IC0408).
    """
    declarations = list(_declarations(module_bytes))
    kinds = [next(iter(value)) for value in given]
    expected = [each.value_type.name.lower() for each in declarations if each.is_visible]
    if kinds != expected:
        raise Refused(
            ErrorCode.INVALID_MANAGEMENT_PAYLOAD,
            f"The snapshot's globals ({', '.join(kinds) or 'none'}) are not those that its module "
            f"exports or can change ({', '.join(expected) or 'none'})",
        )
    left = iter(given)
    values: list[GlobalValue] = []
    for declared in declarations:
        stored = _stored_value(next(left)) if declared.is_visible else bytes(_V128_BYTES)
        if declared.is_mutable:
            values.append(stored)
    return tuple(values)


def _candid_value(value_type: str, stored: GlobalValue) -> dict[str, Any]:
    if isinstance(stored, bytes):
        return {value_type: int.from_bytes(stored, "little")}
    if value_type in _FLOAT_FORMS:
        form, bits_form = _FLOAT_FORMS[value_type]
        return {value_type: struct.unpack(form, struct.pack(bits_form, stored))[0]}
    bits = _BITS[value_type]
    return {value_type: stored - (1 << bits) if stored >> (bits - 1) else stored}


def _stored_value(value: dict[str, Any]) -> GlobalValue:
    ((value_type, content),) = value.items()
    if value_type == "v128":
        if content >> (8 * _V128_BYTES):
            raise Refused(
                ErrorCode.INVALID_MANAGEMENT_PAYLOAD, f"{content} is no v128: it has over 128 bits"
            )
        return int(content).to_bytes(_V128_BYTES, "little")
    if value_type in _FLOAT_FORMS:
        form, bits_form = _FLOAT_FORMS[value_type]
        return int(struct.unpack(bits_form, struct.pack(form, content))[0])
    return int(content) % (1 << _BITS[value_type])


def _declarations(module_bytes: bytes) -> Iterator[_Declaration]:
    shape = read_module(inflate(module_bytes))
    exported = {export.index for export in shape.exports if export.kind is ExternalKind.GLOBAL}
    initial: list[GlobalValue] = []
    for section in shape.sections:
        if section.section_id is not SectionId.GLOBAL:
            continue
        reader = Reader(section.content)
        for index in range(reader.unsigned()):
            value_type, is_mutable = ValueType(reader.byte()), bool(reader.byte())
            initial.append(_constant(reader, initial))
            yield _Declaration(value_type, is_mutable, index in exported, initial[-1])


def _constant(reader: Reader, earlier: list[GlobalValue]) -> GlobalValue:
    """The value of a constant expression; references count as 0."""
    stack: list[GlobalValue] = []
    while (opcode := reader.byte()) != _END:
        if opcode in _ARITHMETIC:
            right, left = stack.pop(), stack.pop()
            assert isinstance(left, int)
            assert isinstance(right, int)
            stack.append(_computed(opcode, left, right))
        else:
            stack.append(_operand(opcode, reader, earlier))
    return stack.pop()


_END = 0x0B
_ARITHMETIC = {0x6A: 32, 0x6B: 32, 0x6C: 32, 0x7C: 64, 0x7D: 64, 0x7E: 64}
"""Opcodes of add, sub and mul → bits."""


def _computed(opcode: int, left: int, right: int) -> int:
    bits = _ARITHMETIC[opcode]
    operation = opcode - (0x6A if bits == _BITS["i32"] else 0x7C)
    return (left + right, left - right, left * right)[operation] % (1 << bits)


def _operand(opcode: int, reader: Reader, earlier: list[GlobalValue]) -> GlobalValue:
    match opcode:
        case 0x41:
            return reader.signed(32) % (1 << 32)
        case 0x42:
            return reader.signed(64) % (1 << 64)
        case 0x43:
            return int.from_bytes(reader.take(4), "little")
        case 0x44:
            return int.from_bytes(reader.take(8), "little")
        case 0x23:
            return earlier[reader.unsigned()]
        case 0xD0:
            reader.signed(33)
            return 0
        case 0xD2:
            reader.unsigned()
            return 0
        case 0xFD if reader.unsigned() == 0x0C:
            return reader.take(_V128_BYTES)
    raise InvalidModule.undecodable(f"opcode {opcode:#x} in a constant expression")
