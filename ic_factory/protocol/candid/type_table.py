"""The head of a message: `DIDL`, the type table, the types of the arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from ic_factory.protocol.candid.errors import CandidTypeError, CandidWireError
from ic_factory.protocol.candid.reader import Reader
from ic_factory.protocol.candid.types import (
    PRIMITIVES,
    PRINCIPAL,
    CandidType,
    Field,
    Func,
    FuncMode,
    Future,
    Named,
    Opt,
    Primitive,
    Record,
    ResolvedType,
    Service,
    ServiceMethod,
    TypeEnvironment,
    Variant,
    Vec,
    resolve,
)
from ic_factory.protocol.leb128 import encode_signed, encode_unsigned

MAGIC = b"DIDL"
MAXIMUM_TABLE_LENGTH = 10_000
"""How many entries a type table may have; the limit of the canisters' own library."""

MAXIMUM_HEADER_LENGTH = 64 * 1024
"""How many bytes the type table and the argument types may have, by the same library."""

_LOWEST_KNOWN = PRINCIPAL.opcode
_PRIMITIVE_OF = {primitive.opcode: primitive for primitive in PRIMITIVES.values()}
_MODE_CODES = {FuncMode.QUERY: 1, FuncMode.ONEWAY: 2, FuncMode.COMPOSITE_QUERY: 3}
_MODE_OF = {code: mode for mode, code in _MODE_CODES.items()}


_Item = TypeVar("_Item")


class TypeCode(IntEnum):
    """What an entry of a type table begins with."""

    OPT = -18
    VEC = -19
    RECORD = -20
    VARIANT = -21
    FUNC = -22
    SERVICE = -23


@dataclass(frozen=True, slots=True)
class Header:
    """What a message says about its arguments.

    Attributes:
        types: The type of each argument; fields have labels, but no names.
        end: The byte at which the values begin.
    """

    types: tuple[CandidType, ...]
    end: int


def encode_header(types: Sequence[CandidType]) -> bytes:
    """Returns the bytes of a message up to its first value.

    Raises:
        CandidTypeError: A type has no form on the wire.
    """
    table = _TableWriter()
    references = [table.reference(type_) for type_ in types]
    return b"".join(
        (
            MAGIC,
            encode_unsigned(len(table.entries)),
            *table.entries,
            encode_unsigned(len(types)),
            *references,
        )
    )


class _TableWriter:
    """Collects the entries of a type table; a type comes before its parts."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self._indices: dict[ResolvedType, int] = {}

    def reference(self, type_: CandidType) -> bytes:
        resolved = resolve(type_)
        if isinstance(resolved, Primitive):
            return encode_signed(resolved.opcode)
        index = self._indices.get(resolved)
        if index is None:
            index = self._indices[resolved] = len(self.entries)
            self.entries.append(b"")
            self.entries[index] = self._entry(resolved)
        return encode_signed(index)

    def _entry(self, type_: ResolvedType) -> bytes:
        match type_:
            case Opt(inner):
                return encode_signed(TypeCode.OPT) + self.reference(inner)
            case Vec(inner):
                return encode_signed(TypeCode.VEC) + self.reference(inner)
            case Record(fields):
                return encode_signed(TypeCode.RECORD) + self._fields(fields)
            case Variant(fields):
                return encode_signed(TypeCode.VARIANT) + self._fields(fields)
            case Func(args, results, modes):
                codes = bytes(_MODE_CODES[mode] for mode in modes)
                head = encode_signed(TypeCode.FUNC) + self._sequence(args) + self._sequence(results)
                return head + encode_unsigned(len(codes)) + codes
            case Service(methods):
                return encode_signed(TypeCode.SERVICE) + self._methods(methods)
        raise CandidTypeError(f"{type_} cannot be written to a message")

    def _sequence(self, types: tuple[CandidType, ...]) -> bytes:
        return encode_unsigned(len(types)) + b"".join(map(self.reference, types))

    def _fields(self, fields: tuple[Field, ...]) -> bytes:
        parts = [encode_unsigned(len(fields))]
        for each in fields:
            parts += (encode_unsigned(each.label), self.reference(each.type))
        return b"".join(parts)

    def _methods(self, methods: tuple[ServiceMethod, ...]) -> bytes:
        parts = [encode_unsigned(len(methods))]
        for method in methods:
            if not isinstance(resolve(method.type), Func):
                raise CandidTypeError(f"method {method.name!r} is not of a function type")
            name = method.name.encode()
            parts += (encode_unsigned(len(name)), name, self.reference(method.type))
        return b"".join(parts)


def decode_header(data: bytes) -> Header:
    """Reads and checks the head of a message.

    Raises:
        CandidWireError: The bytes are not the head of a Candid message.
    """
    reader = Reader(data, len(MAGIC))
    if not data.startswith(MAGIC):
        raise CandidWireError("a message begins with DIDL", 0)
    return _TableReader(reader).header()


class _TableReader:
    """Reads a type table into an environment, an entry a definition."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._environment = TypeEnvironment()
        self._length = 0

    def header(self) -> Header:
        reader = self._reader
        self._length = reader.length()
        if self._length > MAXIMUM_TABLE_LENGTH:
            reader.fail(f"a type table of {self._length} entries; {MAXIMUM_TABLE_LENGTH} may be")
        for index in range(self._length):
            self._environment.define(f"table{index}", self._entry())
            self._check_length()
        self._check_methods()
        types = self._sequence(self._type, "arguments")
        self._check_length()
        return Header(tuple(types), reader.position)

    def _check_length(self) -> None:
        if self._reader.position > MAXIMUM_HEADER_LENGTH:
            self._reader.fail(f"the types take more than {MAXIMUM_HEADER_LENGTH} bytes")

    def _check_methods(self) -> None:
        for type_ in self._environment.definitions.values():
            if isinstance(type_, Service):
                for method in type_.methods:
                    if not isinstance(resolve(method.type), Func):
                        self._reader.fail(f"method {method.name!r} is not of a function type")

    def _sequence(self, item: Callable[[], _Item], what: str) -> list[_Item]:
        reader = self._reader
        count = reader.length()
        if count > reader.end - reader.position:
            reader.fail(f"{count} {what} are announced, {reader.end - reader.position} bytes left")
        return [item() for _ in range(count)]

    def _type(self) -> CandidType:
        code = self._reader.code()
        if code >= 0:
            if code >= self._length:
                self._reader.fail(f"type {code} is not in the table of {self._length}")
            return Named(f"table{code}", self._environment)
        primitive = _PRIMITIVE_OF.get(code)
        if primitive is None:
            self._reader.fail(f"{code} is no primitive type and no place in the type table")
        return primitive

    def _entry(self) -> CandidType:
        code = self._reader.code()
        match code:
            case TypeCode.OPT:
                return Opt(self._type())
            case TypeCode.VEC:
                return Vec(self._type())
            case TypeCode.RECORD:
                return Record(self._fields())
            case TypeCode.VARIANT:
                return Variant(self._fields())
            case TypeCode.FUNC:
                return self._func()
            case TypeCode.SERVICE:
                return self._service()
        if code >= _LOWEST_KNOWN:
            self._reader.fail(f"{code} is no type that stands in a type table")
        self._reader.take(self._reader.length())
        return Future(code)

    def _fields(self) -> tuple[Field, ...]:
        previous = -1

        def field() -> Field:
            nonlocal previous
            label = self._reader.length()
            if label >> 32:
                self._reader.fail(f"field id {label} is out of the 32-bit range")
            if label <= previous:
                self._reader.fail(f"field id {label} after {previous}: ids must ascend")
            previous = label
            return Field(label, self._type())

        return tuple(self._sequence(field, "fields"))

    def _func(self) -> Func:
        args = self._sequence(self._type, "function arguments")
        results = self._sequence(self._type, "function results")
        codes = self._sequence(self._reader.byte, "function modes")
        if len(codes) > 1:
            self._reader.fail(f"a function of {len(codes)} modes; it has one at most")
        if codes and codes[0] not in _MODE_OF:
            self._reader.fail(f"function mode {codes[0]} is not known")
        modes = tuple(_MODE_OF[code] for code in codes)
        try:
            return Func(tuple(args), tuple(results), modes)
        except CandidTypeError as error:
            self._reader.fail(error.reason)

    def _service(self) -> Service:
        previous: bytes | None = None

        def method() -> ServiceMethod:
            nonlocal previous
            name = self._reader.text()
            if previous is not None and name.encode() <= previous:
                self._reader.fail(f"method {name!r} is not after the one before it")
            previous = name.encode()
            return ServiceMethod(name, self._type())

        return Service(tuple(self._sequence(method, "methods")))
