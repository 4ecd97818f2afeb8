"""The binary format of Candid: argument lists to messages and back.

How values look in Python: records are dicts by field name (`_<id>` where the name is not known),
tuples where the fields are 0 to n-1; variants are dicts of one case; `opt` is `[]` or `[value]`;
`vec` is a list, `vec nat8` is bytes; `null` and `reserved` are None; principals and services are
`Principal`s, functions are pairs of a `Principal` and a method name.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ic_factory.protocol.candid.decoder import DecoderCompiler
from ic_factory.protocol.candid.encoder import EncoderCompiler
from ic_factory.protocol.candid.errors import (
    CandidCoercionError,
    CandidTypeError,
    CandidWireError,
)
from ic_factory.protocol.candid.reader import Reader
from ic_factory.protocol.candid.type_table import Header, decode_header, encode_header
from ic_factory.protocol.candid.types import CandidType, Opt, accepts_absence, resolve

_REMEMBERED_HEADERS = 8
_REMEMBERED_HEADER_LENGTH = 4096
_TOO_DEEP = "values or types nest too deeply"


class ArgumentEncoder:
    """Writes argument lists of given types; the types are compiled once."""

    def __init__(self, types: Sequence[CandidType]) -> None:
        """Compiles the types.

        Raises:
            CandidTypeError: A type is undefined or cannot be written.
        """
        try:
            self._header = encode_header(types)
            compiler = EncoderCompiler()
            self._types = tuple(types)
            self._encoders = tuple(compiler.compile(type_) for type_ in types)
        except RecursionError:
            raise CandidTypeError(_TOO_DEEP) from None

    def encode(self, values: Sequence[Any]) -> bytes:
        """Returns the message that holds the values.

        Raises:
            CandidTypeError: A value is not of its type, or there are too few or too many.
        """
        if len(values) != len(self._encoders):
            raise CandidTypeError(f"expected {len(self._encoders)} values, got {len(values)}")
        out = bytearray(self._header)
        index = 0
        try:
            for index, encode in enumerate(self._encoders):
                encode(values[index], out)
        except CandidTypeError as error:
            raise error.within(f"[{index}]") from None
        except RecursionError:
            raise CandidTypeError(_TOO_DEEP, (f"[{index}]",)) from None
        return bytes(out)


class _Plan:
    """How to read the messages that begin with one header."""

    def __init__(self, header: Header, expected: Sequence[CandidType]) -> None:
        self._types = header.types
        self._expected = tuple(expected)
        self._start = header.end
        compiler = DecoderCompiler()
        self._charge = sum(compiler.charge_of(type_) for type_ in header.types)
        count = len(expected)
        self._decoders = tuple(map(compiler.compile, header.types, expected))
        self._skippers = tuple(map(compiler.skipper, header.types[count:]))
        self._missing = tuple(expected[len(header.types) :])

    def run(self, data: bytes) -> list[Any]:
        reader = Reader(data, self._start)
        reader.charge(self._charge)
        values: list[Any] = []
        try:
            for decode in self._decoders:
                values.append(decode(reader))  # noqa: PERF401 - its length tells the failing one
        except CandidCoercionError as error:
            raise error.within(f"[{len(values)}]") from None
        for skip in self._skippers:
            skip(reader)
        if reader.position != reader.end:
            reader.fail(f"{reader.end - reader.position} bytes are left after the last value")
        for type_ in self._missing:
            if not accepts_absence(type_):
                reader.mismatch(f"{len(self._types)} arguments, {len(self._expected)} expected")
            values.append([] if isinstance(resolve(type_), Opt) else None)
        return values


class ArgumentDecoder:
    """Reads argument lists; remembers how for the headers that it met last."""

    def __init__(self, types: Sequence[CandidType] | None = None) -> None:
        """Keeps the types to read messages as; None reads each message as what it says it is."""
        self._types = None if types is None else tuple(types)
        self._plans: list[tuple[bytes, _Plan]] = []

    def decode(self, data: bytes | bytearray | memoryview) -> list[Any]:
        """Returns the values of a message.

        Values that the message has beyond the expected ones are read over; values that it lacks
        are null, if their types allow it.

        Raises:
            CandidWireError: The bytes are not a Candid message.
            CandidCoercionError: The message is not of the expected types.
        """
        message = bytes(data)
        try:
            return self._plan_for(message).run(message)
        except RecursionError:
            raise CandidWireError(_TOO_DEEP, 0) from None

    def _plan_for(self, message: bytes) -> _Plan:
        # Where a header ends follows from its own bytes: no other one can begin with it.
        for start, plan in self._plans:
            if message.startswith(start):
                return plan
        header = decode_header(message)
        plan = _Plan(header, header.types if self._types is None else self._types)
        if header.end <= _REMEMBERED_HEADER_LENGTH:
            self._plans = [(message[: header.end], plan), *self._plans[: _REMEMBERED_HEADERS - 1]]
        return plan


def encode(types: Sequence[CandidType], values: Sequence[Any]) -> bytes:
    """Returns the message that holds `values`, one a type.

    Records may leave out fields whose types allow null. Principals may be given as text.

    Raises:
        CandidTypeError: A value is not of its type; the error has the path to it.
    """
    try:
        encoder = _encoder_of(tuple(types))
    except RecursionError:
        raise CandidTypeError(_TOO_DEEP) from None
    return encoder.encode(values)


def decode(
    data: bytes | bytearray | memoryview, expected_types: Sequence[CandidType] | None = None
) -> list[Any]:
    """Returns the values of a message.

    Args:
        data: The message.
        expected_types: What to read it as, by the rules of subtyping; None reads it as what it
            says it is, without the names of fields, which are not on the wire.

    Raises:
        CandidWireError: The bytes are not a Candid message.
        CandidCoercionError: The message is not of the expected types.
        CandidTypeError: A name in the expected types is not defined.
    """
    try:
        decoder = _decoder_of(None if expected_types is None else tuple(expected_types))
    except RecursionError:
        raise CandidTypeError(_TOO_DEEP) from None
    return decoder.decode(data)


def types_of(data: bytes | bytearray | memoryview) -> tuple[CandidType, ...]:
    """Returns the types that a message says its values have; fields have labels, but no names.

    Raises:
        CandidWireError: The bytes are not the head of a Candid message.
    """
    try:
        return decode_header(bytes(data)).types
    except RecursionError:
        raise CandidWireError(_TOO_DEEP, 0) from None


@lru_cache(maxsize=256)
def _encoder_of(types: tuple[CandidType, ...]) -> ArgumentEncoder:
    return ArgumentEncoder(types)


@lru_cache(maxsize=256)
def _decoder_of(types: tuple[CandidType, ...] | None) -> ArgumentDecoder:
    return ArgumentDecoder(types)
