"""Reading and writing the WASM binary format: LEB128 numbers, names, vectors, sections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from ic_factory.protocol.leb128 import encode_unsigned
from ic_factory.replica.execution.prepare.invalid_module import InvalidModule

HEADER = b"\x00asm\x01\x00\x00\x00"
MAX_SECTIONS = 10_000


class SectionId(IntEnum):
    """The sections' numbers in the binary format."""

    CUSTOM = 0
    TYPE = 1
    IMPORT = 2
    FUNCTION = 3
    TABLE = 4
    MEMORY = 5
    GLOBAL = 6
    EXPORT = 7
    START = 8
    ELEMENT = 9
    CODE = 10
    DATA = 11
    DATA_COUNT = 12
    TAG = 13


@dataclass(frozen=True, slots=True)
class Section:
    """A section as it stands in the module."""

    section_id: SectionId
    content: bytes


class Reader:
    """Reads a module's bytes from front to back; every fault is an `InvalidModule`."""

    __slots__ = ("data", "end", "position")

    def __init__(self, data: bytes, start: int = 0, end: int | None = None) -> None:
        self.data = data
        self.position = start
        self.end = len(data) if end is None else end

    @property
    def at_end(self) -> bool:
        """Whether everything has been read."""
        return self.position >= self.end

    def byte(self) -> int:
        """The next byte."""
        if self.position >= self.end:
            raise InvalidModule.undecodable(f"unexpected end at offset {self.position}")
        value = self.data[self.position]
        self.position += 1
        return value

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        start = self.position
        if size > self.end - start:
            raise InvalidModule.undecodable(
                f"{size} bytes expected at offset {start}, {self.end - start} are left"
            )
        self.position = start + size
        return self.data[start : self.position]

    def skip(self, size: int) -> None:
        """Goes past the next `size` bytes."""
        if size > self.end - self.position:
            raise InvalidModule.undecodable(f"unexpected end at offset {self.end}")
        self.position += size

    def unsigned(self, bits: int = 32) -> int:
        """An unsigned LEB128 number of at most `bits` bits."""
        start = self.position
        value = 0
        for shift in range(0, bits + 6, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value >> bits:
                    break
                return value
        raise InvalidModule.undecodable(f"no unsigned number of {bits} bits at offset {start}")

    def signed(self, bits: int) -> int:
        """A signed LEB128 number of at most `bits` bits."""
        start = self.position
        value = 0
        for shift in range(0, bits + 6, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if byte & 0x40:
                    value -= 1 << (shift + 7)
                if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
                    break
                return value
        raise InvalidModule.undecodable(f"no signed number of {bits} bits at offset {start}")

    def sized(self) -> bytes:
        """Bytes led by their number."""
        return self.take(self.unsigned())

    def name(self) -> str:
        """A name: UTF-8 led by its length."""
        start = self.position
        try:
            return self.sized().decode()
        except UnicodeDecodeError as error:
            raise InvalidModule.undecodable(f"no UTF-8 name at offset {start}") from error


def read_sections(module: bytes) -> list[Section]:
    """The module's sections in their order.

    Raises:
        InvalidModule: the bytes are no WASM module in binary format, version 1.
    """
    if not module.startswith(HEADER):
        raise InvalidModule.undecodable(
            f"a module starts with {HEADER.hex()}, these bytes with {module[:8].hex() or 'nothing'}"
        )
    reader = Reader(module, len(HEADER))
    sections: list[Section] = []
    while not reader.at_end:
        if len(sections) == MAX_SECTIONS:
            raise InvalidModule.undecodable(f"a module has at most {MAX_SECTIONS} sections")
        number = reader.byte()
        if number not in SectionId.__members__.values():
            raise InvalidModule.undecodable(f"section {number} is not known")
        sections.append(Section(SectionId(number), reader.sized()))
    return sections


def write_sections(sections: Iterable[Section]) -> bytes:
    """The module that has these sections."""
    parts = [HEADER]
    for section in sections:
        parts += (
            bytes([section.section_id]),
            encode_unsigned(len(section.content)),
            section.content,
        )
    return b"".join(parts)


def name(text: str) -> bytes:
    """A name: UTF-8 led by its length."""
    encoded = text.encode()
    return encode_unsigned(len(encoded)) + encoded
