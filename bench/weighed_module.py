"""Adds to a module a counter of its instructions by the mainnet's weights.

The counter is a mutable global, the module's last one. Each run of instructions that is executed as
a whole adds its weight at once; what counts by the byte adds its size before it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bench.mainnet_weights import (
    BULK,
    COUNTED_BY_BYTE,
    DEFAULT_OVERHEAD,
    OVERHEADS,
    PREFIXED,
    WEIGHTS,
)
from ic_factory.protocol.leb128 import encode_unsigned
from ic_factory.replica.execution.prepare.binary import (
    Reader,
    Section,
    SectionId,
    write_sections,
)
from ic_factory.replica.execution.prepare.module import ModuleShape, ValueType, read_module

I32, I64 = 0x7F, 0x7E
ENDS_A_RUN = frozenset({0x00, 0x02, 0x03, 0x04, 0x05, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F})
"""unreachable, block, loop, if, else, end, br, br_if, br_table, return"""

_NUMBERS = {0x0C: 1, 0x0D: 1, 0x10: 1, 0x11: 2, 0x3F: 1, 0x40: 1, 0xD0: 1, 0xD2: 1}
_PREFIXED_NUMBERS = {8: 2, 9: 1, 10: 2, 11: 1, 12: 2, 13: 1, 14: 2, 15: 1, 16: 1, 17: 1}


@dataclass(frozen=True, slots=True)
class Weighed:
    """A module with its counter, and how many instructions it has."""

    module: bytes
    instructions: int


def weighed(module: bytes) -> Weighed:
    """The module, not compressed, with a counter as its last mutable global."""
    shape = read_module(module)
    counter = len(shape.globals)
    instructions = 0
    sections = []
    for section in shape.sections:
        content = section.content
        if section.section_id is SectionId.GLOBAL:
            content = _with_counter(content)
        elif section.section_id is SectionId.CODE:
            content, instructions = _weighed_code(content, shape, counter)
        sections.append(Section(section.section_id, content))
    return Weighed(write_sections(sections), instructions)


def _with_counter(content: bytes) -> bytes:
    reader = Reader(content)
    count = reader.unsigned()
    zero = bytes([I64, 1, 0x42, 0, 0x0B])
    return encode_unsigned(count + 1) + content[reader.position :] + zero


def _weighed_code(content: bytes, shape: ModuleShape, counter: int) -> tuple[bytes, int]:
    reader = Reader(content)
    bodies = [reader.sized() for _ in range(reader.unsigned())]
    out = bytearray(encode_unsigned(len(bodies)))
    instructions = 0
    for body, type_index in zip(bodies, shape.functions, strict=True):
        function = _Function(shape, counter, len(shape.types[type_index].parameters))
        written = function.weighed(body)
        instructions += function.instructions
        out += encode_unsigned(len(written)) + written
    return bytes(out), instructions


@dataclass(slots=True)
class _Function:
    """One function as it is rewritten."""

    shape: ModuleShape
    counter: int
    parameters: int
    instructions: int = 0
    _out: bytearray = field(default_factory=bytearray)
    _run: bytearray = field(default_factory=bytearray)
    _weight: int = 0
    _spare: int = 0
    """The first of two locals of ours: an i32 and an i64."""

    def weighed(self, body: bytes) -> bytes:
        reader = Reader(body)
        groups = [(reader.unsigned(), reader.byte()) for _ in range(reader.unsigned())]
        self._spare = self.parameters + sum(count for count, _ in groups)
        groups += [(1, I32), (1, I64)]
        while not reader.at_end:
            self._take(reader)
        self._finish_run()
        declared = b"".join(encode_unsigned(count) + bytes([kind]) for count, kind in groups)
        return encode_unsigned(len(groups)) + declared + bytes(self._out)

    def _take(self, reader: Reader) -> None:
        start = reader.position
        opcode = reader.byte()
        self.instructions += 1
        if opcode == 0xFC:
            number = reader.unsigned()
            for _ in range(_PREFIXED_NUMBERS.get(number, 0)):
                reader.unsigned()
            self._weight += PREFIXED.get(number, 1)
            if number in BULK:
                self._count_topmost(is_64_bit=False)
        else:
            self._weight += WEIGHTS.get(opcode, 1)
            _skip_immediates(reader, opcode)
        if opcode == 0x10:
            self._count_system_call(Reader(reader.data, start + 1).unsigned())
        self._run += reader.data[start : reader.position]
        if opcode in ENDS_A_RUN:
            self._finish_run()

    def _count_system_call(self, function: int) -> None:
        if function >= len(self.shape.function_imports):
            return
        imported = self.shape.function_imports[function]
        self._weight += OVERHEADS.get(imported.name, DEFAULT_OVERHEAD)
        if imported.name in COUNTED_BY_BYTE:
            topmost = self.shape.types[imported.type_index].parameters[-1]
            self._count_topmost(is_64_bit=topmost is ValueType.I64)

    def _count_topmost(self, *, is_64_bit: bool) -> None:
        """Adds the topmost operand to the counter, and leaves it where it is."""
        local = encode_unsigned(self._spare + is_64_bit)
        widened = b"" if is_64_bit else b"\xad"
        counter = encode_unsigned(self.counter)
        self._run += b"\x22" + local + b"\x23" + counter + b"\x20" + local + widened
        self._run += b"\x7c\x24" + counter

    def _finish_run(self) -> None:
        if self._weight:
            counter = encode_unsigned(self.counter)
            amount = _signed(self._weight)
            self._out += b"\x23" + counter + b"\x42" + amount + b"\x7c\x24" + counter
        self._out += self._run
        self._run = bytearray()
        self._weight = 0


def _skip_immediates(reader: Reader, opcode: int) -> None:
    skip = _SKIPS.get(opcode)
    if skip is not None:
        skip(reader)
    elif opcode == 0xFD:
        raise ValueError("this module has SIMD instructions, which are not weighed here")


def _numbers(count: int) -> Callable[[Reader], None]:
    def skip(reader: Reader) -> None:
        for _ in range(count):
            reader.unsigned()

    return skip


def _block_type(reader: Reader) -> None:
    reader.signed(33)


def _branch_table(reader: Reader) -> None:
    for _ in range(reader.unsigned() + 1):
        reader.unsigned()


def _memory_place(reader: Reader) -> None:
    reader.unsigned()
    reader.unsigned(64)


def _select_types(reader: Reader) -> None:
    reader.skip(reader.unsigned())


_SKIPS: dict[int, Callable[[Reader], None]] = (
    dict.fromkeys((0x02, 0x03, 0x04), _block_type)
    | {opcode: _numbers(count) for opcode, count in _NUMBERS.items()}
    | {0x0E: _branch_table, 0x1C: _select_types}
    | {opcode: _numbers(1) for opcode in range(0x20, 0x27)}
    | dict.fromkeys(range(0x28, 0x3F), _memory_place)
    | {
        0x41: lambda reader: _ignore(reader.signed(32)),
        0x42: lambda reader: _ignore(reader.signed(64)),
        0x43: lambda reader: reader.skip(4),
        0x44: lambda reader: reader.skip(8),
    }
)


def _ignore(_: int) -> None:
    """Of a constant, its length alone matters here."""


def _signed(value: int) -> bytes:
    """A signed LEB128 number that is not negative."""
    out = bytearray()
    while value > 0x3F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
