"""Compiles a pair of types, on the wire and expected, into a function that reads such values.

Reading follows the coercion relation of the Candid specification: what is wrong with the bytes
raises CandidWireError and is final; what is merely of another type raises CandidCoercionError,
which the next `opt` around it turns into null.
"""

from __future__ import annotations

from struct import Struct
from threading import Lock
from typing import Any

from ic_factory.protocol.candid.errors import CandidCoercionError
from ic_factory.protocol.candid.reader import Reader
from ic_factory.protocol.candid.subtype import is_subtype
from ic_factory.protocol.candid.types import (
    EMPTY,
    INT,
    NAT,
    NULL,
    PRINCIPAL,
    RESERVED,
    CandidType,
    Field,
    Func,
    Future,
    Opt,
    Primitive,
    Record,
    ResolvedType,
    Service,
    Variant,
    Vec,
    accepts_absence,
    constructor,
    is_blob,
    resolve,
)
from ic_factory.protocol.candid.wire_primitives import (
    FIXED_WIDTH,
    Decoder,
    primitive_reader,
    read_blob,
    read_empty,
    read_future,
    read_nothing,
)
from ic_factory.protocol.candid.wire_sizes import WireSizes

_EAGER_DEPTH = 24
_SMALL = 16


class DecoderCompiler:
    """Compiles decoders for the types of one message; each pair of types once."""

    def __init__(self) -> None:
        self._sizes = WireSizes()
        self._decoders: dict[tuple[int, int], Decoder] = {}
        self._underway: set[tuple[int, int]] = set()
        # Readers in several threads share a compiler; what is compiled late is compiled alone.
        self._lock = Lock()

    def compile(self, wire: CandidType, expected: CandidType) -> Decoder:
        """Returns the function that reads values of type `wire` as values of type `expected`.

        Both types must live as long as the compiler and the function.
        """
        actual, wanted = resolve(wire), resolve(expected)
        pair = (id(actual), id(wanted))
        decoder = self._decoders.get(pair)
        if decoder is not None:
            return decoder
        if pair in self._underway or len(self._underway) >= _EAGER_DEPTH:
            return self._knot(actual, wanted)
        self._underway.add(pair)
        try:
            decoder = self._decoders[pair] = self._build(actual, wanted)
        finally:
            self._underway.discard(pair)
        return decoder

    def skipper(self, wire: CandidType) -> Decoder:
        """Returns the function that reads over a value and checks that it is well formed."""
        return self.compile(wire, wire)

    def charge_of(self, wire: CandidType) -> int:
        """Returns how many values a value of this type holds that take no bytes."""
        return self._sizes.of(wire).free_values

    def _knot(self, wire: ResolvedType, expected: ResolvedType) -> Decoder:
        """Returns a decoder that is looked up, or compiled, when it is first needed."""
        pair = (id(wire), id(expected))

        def read(reader: Reader) -> Any:
            reader.descend()
            decoder = self._decoders.get(pair)
            if decoder is None:
                with self._lock:
                    decoder = self.compile(wire, expected)
            value = decoder(reader)
            reader.depth -= 1
            return value

        return read

    def _build(self, wire: ResolvedType, expected: ResolvedType) -> Decoder:
        if wire == EMPTY:
            return read_empty
        if expected == RESERVED:
            return self._discarding(wire)
        match wire, expected:
            case _, Opt(inner):
                return self._opt(wire, inner)
            case Vec(), Vec():
                return self._vec(wire, expected)
            case Record(), Record():
                return self._record(wire, expected)
            case Variant(), Variant():
                return self._variant(wire, expected)
            case Func(), Func() if is_subtype(wire, expected):
                return Reader.function
            case Service(), Service() if is_subtype(wire, expected):
                return Reader.principal
            case Service(), Primitive() if expected == PRINCIPAL:
                return Reader.principal
            case Primitive(), Primitive() if wire == expected or (wire, expected) == (NAT, INT):
                return primitive_reader(wire)
            case Future(), Future():
                return read_future
        return _mismatch(f"{constructor(wire)} where {constructor(expected)} is expected")

    def _discarding(self, wire: ResolvedType) -> Decoder:
        if wire in (RESERVED, NULL):
            return read_nothing
        skip = self.skipper(wire)

        def read(reader: Reader) -> None:
            skip(reader)

        return read

    def _opt(self, wire: ResolvedType, expected: CandidType) -> Decoder:
        if wire in (NULL, RESERVED):
            return lambda _: []
        if not isinstance(wire, Opt):
            return self._forgiving(wire, expected)
        present = self._forgiving(wire.inner, expected)
        charge = self.charge_of(wire.inner)

        def read(reader: Reader) -> Any:
            tag = reader.byte()
            if tag == 0:
                return []
            if tag != 1:
                reader.fail(f"an opt begins with 00 or 01, not {tag:02x}")
            if charge > _SMALL:
                reader.charge(charge)
            return present(reader)

        return read

    def _forgiving(self, wire: CandidType, expected: CandidType) -> Decoder:
        """Returns what reads `[value]`, or `[]` where the value is not of the expected type."""
        decode, skip = self.compile(wire, expected), self.skipper(wire)

        def read(reader: Reader) -> list[Any]:
            start, depth = reader.position, reader.depth
            try:
                return [decode(reader)]
            except CandidCoercionError:
                reader.position, reader.depth = start, depth
            skip(reader)
            reader.charge(1 + reader.position - start)
            return []

        return read

    def _vec(self, wire: Vec, expected: Vec) -> Decoder:
        if is_blob(expected):
            if is_blob(wire):
                return read_blob
            elements = self._elements(wire.inner, expected.inner)
            return lambda reader: bytes(elements(reader))
        element = resolve(wire.inner)
        is_fixed = isinstance(element, Primitive) and element.name in FIXED_WIDTH
        if is_fixed and element == resolve(expected.inner):
            return self._packed(element)
        return self._elements(wire.inner, expected.inner)

    def _count_of(self, wire: CandidType) -> Decoder:
        """Returns what reads the length of a vec, and refuses one that cannot be meant."""
        size = self._sizes.of(wire)
        unit = size.free_values if size.bytes == 0 or size.free_values > _SMALL else 0

        def read(reader: Reader) -> int:
            count = reader.length()
            left = reader.end - reader.position
            if count * size.bytes > left:
                reader.fail(f"a vec of {count} elements is announced, {left} bytes are left")
            if unit:
                reader.charge(count * unit)
            return count

        return read

    def _elements(self, wire: CandidType, expected: CandidType) -> Decoder:
        count_of, decode = self._count_of(wire), self.compile(wire, expected)

        def read(reader: Reader) -> list[Any]:
            count = count_of(reader)
            return [decode(reader) for _ in range(count)]

        return read

    def _packed(self, element: ResolvedType) -> Decoder:
        count_of, code = self._count_of(element), FIXED_WIDTH[constructor(element)]

        def read(reader: Reader) -> list[Any]:
            form = Struct(f"<{count_of(reader)}{code}")
            return list(form.unpack(reader.take(form.size)))

        return read

    def _record(self, wire: Record, expected: Record) -> Decoder:
        keys = dict(zip((field.label for field in expected.fields), expected.keys, strict=True))
        wanted = {field.label: field for field in expected.fields}
        steps: list[tuple[str | None, Decoder]] = []
        for field in wire.fields:
            match = wanted.pop(field.label, None)
            if match is None:
                steps.append((None, self.skipper(field.type)))
            else:
                steps.append((keys[field.label], self.compile(field.type, match.type)))
        for field in wanted.values():
            if not accepts_absence(field.type):
                return _mismatch(f"the record has no field {keys[field.label]}")
            steps.append((keys[field.label], _absent(field.type)))
        read = _record_reader(tuple(steps))
        return _as_tuple(read, expected.keys) if expected.is_tuple else read

    def _variant(self, wire: Variant, expected: Variant) -> Decoder:
        keys = dict(zip((field.label for field in expected.fields), expected.keys, strict=True))
        known = {field.label: field for field in expected.fields}
        cases = tuple(
            self._case(field, known.get(field.label), keys.get(field.label, ""))
            for field in wire.fields
        )
        count = len(cases)

        def read(reader: Reader) -> dict[str, Any]:
            index = reader.length()
            if index >= count:
                reader.fail(f"case {index} of a variant that has {count}")
            key, decode, charge = cases[index]
            if charge > _SMALL:
                reader.charge(charge)
            try:
                return {key: decode(reader)}
            except CandidCoercionError as error:
                raise error.within(f".{key}") from None

        return read

    def _case(self, wire: Field, expected: Field | None, key: str) -> tuple[str, Decoder, int]:
        charge = self.charge_of(wire.type)
        if expected is None:
            return f"_{wire.label}", _mismatch("the variant has a case that is not expected"), 0
        return key, self.compile(wire.type, expected.type), charge


def _mismatch(reason: str) -> Decoder:
    return lambda reader: reader.mismatch(reason)


def _absent(type_: CandidType) -> Decoder:
    """Returns what makes the value of a field that the message leaves out."""
    return (lambda _: []) if isinstance(resolve(type_), Opt) else read_nothing


def _record_reader(steps: tuple[tuple[str | None, Decoder], ...]) -> Decoder:
    def read(reader: Reader) -> dict[str, Any]:
        value: dict[str, Any] = {}
        key: str | None = None
        try:
            for key, decode in steps:
                if key is None:
                    decode(reader)
                else:
                    value[key] = decode(reader)
        except CandidCoercionError as error:
            raise error.within(f".{key}") from None
        return value

    return read


def _as_tuple(read: Decoder, keys: tuple[str, ...]) -> Decoder:
    def read_tuple(reader: Reader) -> tuple[Any, ...]:
        value = read(reader)
        return tuple([value[key] for key in keys])

    return read_tuple
