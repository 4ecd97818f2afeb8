"""Programs for the stack machine inside the universal test canister.

The encoding is that of ``canisters/test_canisters/universal/src/program.rs``: an opcode byte, then
its immediates, integers little-endian. A program is a value; every method returns a longer one.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Self

MAX_INTEGER = 2**64 - 1


class Opcode(enum.IntEnum):
    """The first byte of each instruction."""

    PUSH_INTEGER = 0x01
    PUSH_BLOB = 0x02
    DROP = 0x03
    DUPLICATE = 0x04
    SWAP = 0x05
    NEW_BUFFER = 0x10
    ADDRESS_OF = 0x11
    LENGTH_OF = 0x12
    CONCATENATE = 0x13
    SLICE = 0x14
    ENCODE_INTEGER = 0x15
    DECODE_INTEGER = 0x16
    ADD = 0x20
    SUBTRACT = 0x21
    MULTIPLY = 0x22
    EQUAL = 0x23
    LESS = 0x24
    RUN = 0x30
    RUN_IF = 0x31
    REPEAT = 0x32
    SYSTEM_CALL = 0x40
    STORE_CALLBACKS = 0x41
    CALLBACK_FUNCTION = 0x42
    SET_HOOK = 0x50
    STORE_GLOBAL = 0x51
    LOAD_GLOBAL = 0x52
    APPEND_GLOBAL = 0x53
    ADD_COUNTER = 0x54
    BUSY_LOOP = 0x60
    LOOP_FOREVER = 0x61
    RECURSE = 0x62
    UNREACHABLE = 0x63
    MEMORY_SIZE = 0x64
    MEMORY_GROW = 0x65
    FILL_MEMORY = 0x66
    READ_MEMORY = 0x67


class Callback(enum.IntEnum):
    """Which answer to a call a program is for."""

    REPLY = 0
    REJECT = 1
    CLEANUP = 2


class Hook(enum.IntEnum):
    """An entry point that runs the program stored for it; none is stored at first."""

    HEARTBEAT = 0
    GLOBAL_TIMER = 1
    PRE_UPGRADE = 2
    INSPECT_MESSAGE = 3
    ON_LOW_WASM_MEMORY = 4
    TRANSFORM = 5
    """The query method ``transform``."""
    STORED = 6
    """The update method ``stored``."""


@dataclass(frozen=True, slots=True)
class StackProgram:
    """Instructions of the stack machine, which does not know what a system call means.

    An operand is a value to push, or a program that leaves one on the stack.
    """

    code: bytes = b""

    def then(self, *programs: StackProgram) -> Self:
        """This program, then the others."""
        return self._append(b"".join(program.code for program in programs))

    def push(self, operand: Operand) -> Self:
        """Push an integer, a blob, or what another program leaves."""
        if isinstance(operand, StackProgram):
            return self.then(operand)
        if isinstance(operand, bytes):
            return self.push_blob(operand)
        return self.push_int(operand)

    def push_int(self, value: int) -> Self:
        """Push an integer of 64 bits; a negative one as its two's complement."""
        if not -(2**63) <= value <= MAX_INTEGER:
            raise ValueError(f"expected an integer of 64 bits, got {value}")
        return self._emit(Opcode.PUSH_INTEGER, (value & MAX_INTEGER).to_bytes(8, "little"))

    def push_blob(self, blob: bytes) -> Self:
        """Push bytes."""
        return self._emit(Opcode.PUSH_BLOB, len(blob).to_bytes(4, "little") + blob)

    def push_program(self, program: StackProgram) -> Self:
        """Push a program as bytes, for what runs it later."""
        return self.push_blob(program.code)

    def drop(self) -> Self:
        """Drop the top."""
        return self._emit(Opcode.DROP)

    def duplicate(self, depth: int = 0) -> Self:
        """Push a copy of the value that lies this deep."""
        return self._emit(Opcode.DUPLICATE, bytes([depth]))

    def swap(self) -> Self:
        """Swap the two topmost values."""
        return self._emit(Opcode.SWAP)

    def new_buffer(self, size: Integer) -> Self:
        """Push a blob of this many zeros."""
        return self.push(size)._emit(Opcode.NEW_BUFFER)

    def address_of(self, depth: int = 0) -> Self:
        """Push the address in memory of the blob that lies this deep, and leave the blob."""
        return self._emit(Opcode.ADDRESS_OF, bytes([depth]))

    def length_of(self, depth: int = 0) -> Self:
        """Push the length of the blob that lies this deep, and leave the blob."""
        return self._emit(Opcode.LENGTH_OF, bytes([depth]))

    def concat(self, *blobs: Blob) -> Self:
        """Push the blobs joined."""
        program = self.push_blob(b"")
        for blob in blobs:
            program = program.push(blob)._emit(Opcode.CONCATENATE)
        return program

    def slice(self, blob: Blob, offset: Integer, length: Integer) -> Self:
        """Push a part of a blob; outside of it, trap."""
        return self.push(blob).push(offset).push(length)._emit(Opcode.SLICE)

    def encode_int(self, value: Integer, width: int = 8) -> Self:
        """Push an integer as a blob of ``width`` bytes, little-endian."""
        return self.push(value)._emit(Opcode.ENCODE_INTEGER, bytes([width]))

    def decode_int(self, blob: Blob) -> Self:
        """Push the integer in a blob of at most eight bytes, little-endian."""
        return self.push(blob)._emit(Opcode.DECODE_INTEGER)

    def add(self, left: Integer, right: Integer) -> Self:
        """Push the sum, modulo 2^64."""
        return self.push(left).push(right)._emit(Opcode.ADD)

    def subtract(self, left: Integer, right: Integer) -> Self:
        """Push the difference, modulo 2^64."""
        return self.push(left).push(right)._emit(Opcode.SUBTRACT)

    def multiply(self, left: Integer, right: Integer) -> Self:
        """Push the product, modulo 2^64."""
        return self.push(left).push(right)._emit(Opcode.MULTIPLY)

    def equal(self, left: Operand, right: Operand) -> Self:
        """Push 1 where both are the same integer or blob, else 0."""
        return self.push(left).push(right)._emit(Opcode.EQUAL)

    def less(self, left: Integer, right: Integer) -> Self:
        """Push 1 where the left one is smaller, unsigned, else 0."""
        return self.push(left).push(right)._emit(Opcode.LESS)

    def run(self, program: Blob) -> Self:
        """Run the program in a blob, on the same stack."""
        return self.push(program)._emit(Opcode.RUN)

    def run_if(self, condition: Integer, program: StackProgram) -> Self:
        """Run a program unless the condition is 0."""
        return self.push(condition).push_program(program)._emit(Opcode.RUN_IF)

    def repeat(self, count: Integer, program: StackProgram) -> Self:
        """Run a program ``count`` times."""
        return self.push(count).push_program(program)._emit(Opcode.REPEAT)

    def system_call(self, name: str, *arguments: Integer) -> Self:
        """Call an ``ic0`` function with arguments as they are; push what it returns, if anything.

        Arguments that lie on the stack already may be left out, from the first one on.
        """
        encoded = name.encode()
        program = self
        for argument in arguments:
            program = program.push(argument)
        return program._emit(Opcode.SYSTEM_CALL, bytes([len(encoded)]) + encoded)

    def store_callbacks(
        self, on_reply: StackProgram, on_reject: StackProgram, on_cleanup: StackProgram
    ) -> Self:
        """Keep the programs for one call; push the environment for its callbacks."""
        pushed = self.push_program(on_reply).push_program(on_reject).push_program(on_cleanup)
        return pushed._emit(Opcode.STORE_CALLBACKS)

    def callback_function(self, callback: Callback) -> Self:
        """Push the table index of the function that runs such a program."""
        return self._emit(Opcode.CALLBACK_FUNCTION, bytes([callback]))

    def set_hook(self, hook: Hook, program: StackProgram) -> Self:
        """Store the program that an entry point runs from now on, until an upgrade."""
        return self.push_program(program)._emit(Opcode.SET_HOOK, bytes([hook]))

    def store_global(self, blob: Blob, slot: int = 0) -> Self:
        """Keep a blob on the heap, for later messages."""
        return self.push(blob)._emit(Opcode.STORE_GLOBAL, bytes([slot]))

    def load_global(self, slot: int = 0) -> Self:
        """Push the blob kept there, empty where there is none."""
        return self._emit(Opcode.LOAD_GLOBAL, bytes([slot]))

    def append_global(self, blob: Blob, slot: int = 0) -> Self:
        """Add bytes to the end of the blob kept there."""
        return self.push(blob)._emit(Opcode.APPEND_GLOBAL, bytes([slot]))

    def add_counter(self, amount: Integer = 1, slot: int = 0) -> Self:
        """Add to a counter on the heap; push its new value."""
        return self.push(amount)._emit(Opcode.ADD_COUNTER, bytes([slot]))

    def busy_loop(self, iterations: Integer) -> Self:
        """Use instructions, some for each iteration."""
        return self.push(iterations)._emit(Opcode.BUSY_LOOP)

    def loop_forever(self) -> Self:
        """Use all instructions that there are."""
        return self._emit(Opcode.LOOP_FOREVER)

    def recurse(self, depth: Integer) -> Self:
        """Nest this many WebAssembly frames, then drop what they return."""
        return self.push(depth)._emit(Opcode.RECURSE).drop()

    def overflow_stack(self) -> Self:
        """Nest frames until the stack is exhausted."""
        return self.recurse(MAX_INTEGER)

    def unreachable(self) -> Self:
        """Trap by the WebAssembly instruction."""
        return self._emit(Opcode.UNREACHABLE)

    def memory_size(self) -> Self:
        """Push the size of the WebAssembly memory in pages of 64 KiB."""
        return self._emit(Opcode.MEMORY_SIZE)

    def memory_grow(self, pages: Integer) -> Self:
        """Grow the WebAssembly memory; push its former size in pages, or 2^32 - 1."""
        return self.push(pages)._emit(Opcode.MEMORY_GROW)

    def fill_memory(self, address: Integer, length: Integer, byte: Integer) -> Self:
        """Write to the WebAssembly memory, whoever owns it; past its end, trap."""
        return self.push(address).push(length).push(byte)._emit(Opcode.FILL_MEMORY)

    def read_memory(self, address: Integer, length: Integer) -> Self:
        """Push bytes of the WebAssembly memory; past its end, trap."""
        return self.push(address).push(length)._emit(Opcode.READ_MEMORY)

    def _emit(self, opcode: Opcode, immediates: bytes = b"") -> Self:
        return self._append(bytes([opcode]) + immediates)

    def _append(self, code: bytes) -> Self:
        return type(self)(self.code + code)


Integer = int | StackProgram
Blob = bytes | StackProgram
Operand = int | bytes | StackProgram
