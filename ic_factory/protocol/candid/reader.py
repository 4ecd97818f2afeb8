"""A position in a message, with what keeps hostile messages cheap: a budget and a depth."""

from __future__ import annotations

import re
from typing import NoReturn

from ic_factory.protocol.candid.errors import CandidCoercionError, CandidWireError
from ic_factory.protocol.leb128 import signed_of, unsigned_of
from ic_factory.protocol.principal import Principal

FREE_VALUES = 200_000
"""How many values may be decoded that take no byte of the message, such as `null`."""

REPEATED_READS = 4
"""How often the bytes of a message may be read again, where an `opt` falls back to null."""

MAXIMUM_DEPTH = 160
"""How deep values of recursive types may nest; well within what Python's own stack allows."""

MAXIMUM_PRINCIPAL_LENGTH = 29

_LEB128 = re.compile(rb"[\x80-\xff]*[\x00-\x7f]", re.DOTALL)


class Reader:
    """Reads one message from front to back.

    Attributes:
        data: The whole message.
        position: The byte to read next.
        budget: Work that may still be done for which no new byte is read.
        depth: Values of recursive types that are being read.
    """

    __slots__ = ("budget", "data", "depth", "end", "position")

    def __init__(self, data: bytes, position: int) -> None:
        self.data = data
        self.end = len(data)
        self.position = position
        self.budget = FREE_VALUES + REPEATED_READS * len(data)
        self.depth = 0

    def fail(self, reason: str) -> NoReturn:
        """Raises a CandidWireError at the current position."""
        raise CandidWireError(reason, self.position)

    def mismatch(self, reason: str) -> NoReturn:
        """Raises a CandidCoercionError at the current position."""
        raise CandidCoercionError(reason, self.position)

    def charge(self, work: int) -> None:
        """Takes work off the budget.

        Raises:
            CandidWireError: The budget is used up.
        """
        self.budget -= work
        if self.budget < 0:
            self.fail("the message asks for far more values than it has bytes")

    def descend(self) -> None:
        """Enters a value of a recursive type; `depth` is to be lowered on the way out.

        Raises:
            CandidWireError: The values nest too deeply.
        """
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            self.fail(f"values nest deeper than {MAXIMUM_DEPTH} levels")

    def byte(self) -> int:
        """Returns the next byte."""
        position = self.position
        if position >= self.end:
            self.fail("the message ends where a byte is expected")
        self.position = position + 1
        return self.data[position]

    def take(self, length: int) -> bytes:
        """Returns the next `length` bytes."""
        start = self.position
        stop = start + length
        if stop > self.end:
            self.fail(f"{length} bytes are announced, {self.end - start} are left")
        self.position = stop
        return self.data[start:stop]

    def unsigned(self) -> int:
        """Reads a natural number of any size in LEB128."""
        position = self.position
        if position < self.end and self.data[position] < 0x80:
            self.position = position + 1
            return self.data[position]
        return unsigned_of(self._groups())

    def length(self) -> int:
        """Reads a length, an id or an index: a natural number of 64 bits at most."""
        value = self.unsigned()
        if value >> 64:
            self.fail("a length or index is out of the 64-bit range")
        return value

    def code(self) -> int:
        """Reads the code of a type: an integer of 64 bits at most."""
        value = self.signed()
        if not -(1 << 63) <= value < 1 << 63:
            self.fail("the code of a type is out of the 64-bit range")
        return value

    def signed(self) -> int:
        """Reads an integer of any size in signed LEB128."""
        return signed_of(self._groups())

    def _groups(self) -> bytes:
        found = _LEB128.match(self.data, self.position)
        if found is None:
            self.fail("the message ends within a LEB128 number")
        self.position = found.end()
        return found.group()

    def text(self) -> str:
        """Reads a length and that many bytes of UTF-8."""
        start = self.position
        content = self.take(self.length())
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            raise CandidWireError(f"text is not UTF-8: {error.reason}", start) from None

    def principal(self) -> Principal:
        """Reads a principal, which is also what a service reference looks like."""
        if self.byte() != 1:
            self.fail("a reference is opaque: its first byte is not 01")
        length = self.length()
        if length > MAXIMUM_PRINCIPAL_LENGTH:
            self.fail(f"a principal of {length} bytes; it has {MAXIMUM_PRINCIPAL_LENGTH} at most")
        return Principal(self.take(length))

    def function(self) -> tuple[Principal, str]:
        """Reads a function reference."""
        if self.byte() != 1:
            self.fail("a function reference is opaque: its first byte is not 01")
        return self.principal(), self.text()
