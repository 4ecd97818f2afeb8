"""Compiles a type into a function that checks values of it and writes them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from ic_factory.errors import PrincipalError
from ic_factory.protocol.candid.errors import CandidTypeError
from ic_factory.protocol.candid.types import (
    CandidType,
    Field,
    Func,
    Opt,
    Primitive,
    Record,
    ResolvedType,
    Service,
    Variant,
    Vec,
    accepts_absence,
    is_blob,
    resolve,
)
from ic_factory.protocol.candid.wire_primitives import FIXED_WIDTH
from ic_factory.protocol.leb128 import encode_signed, encode_unsigned
from ic_factory.protocol.principal import Principal

Encoder: TypeAlias = Callable[[Any, bytearray], None]

_ABSENT = object()


class EncoderCompiler:
    """Compiles encoders, each type once."""

    def __init__(self) -> None:
        self._encoders: dict[int, Encoder] = {}
        self._underway: set[int] = set()

    def compile(self, type_: CandidType) -> Encoder:
        """Returns the function that writes values of a type.

        The type must live as long as the compiler and the function.
        """
        resolved = resolve(type_)
        key = id(resolved)
        encoder = self._encoders.get(key)
        if encoder is not None:
            return encoder
        if key in self._underway:
            return lambda value, out: self._encoders[key](value, out)
        self._underway.add(key)
        try:
            encoder = self._encoders[key] = self._build(resolved)
        finally:
            self._underway.discard(key)
        return encoder

    def _build(self, type_: ResolvedType) -> Encoder:
        match type_:
            case Primitive(name):
                return _PRIMITIVES[name]
            case Opt(inner):
                return self._opt(inner)
            case Vec(inner):
                return _write_blob if is_blob(type_) else self._vec(inner)
            case Record():
                return self._record(type_)
            case Variant():
                return self._variant(type_)
            case Func():
                return _write_func
            case Service():
                return _write_principal
        raise CandidTypeError("values of a type of a later version of Candid cannot be written")

    def _opt(self, inner: CandidType) -> Encoder:
        encode = self.compile(inner)

        def write(value: Any, out: bytearray) -> None:
            if value is None or (isinstance(value, list | tuple) and not value):
                out.append(0)
            elif isinstance(value, list | tuple) and len(value) == 1:
                out.append(1)
                encode(value[0], out)
            else:
                raise _mistyped("an opt, that is [] or [value]", value)

        return write

    def _vec(self, inner: CandidType) -> Encoder:
        encode = self.compile(inner)
        element = resolve(inner)
        code = FIXED_WIDTH.get(element.name) if isinstance(element, Primitive) else None

        def write(value: Any, out: bytearray) -> None:
            if not isinstance(value, list | tuple):
                raise _mistyped("a vec, that is a list", value)
            out += encode_unsigned(len(value))
            if code is not None and set(map(type, value)) <= {int}:
                # Numbers out of range are left to the loop below, which says which one it is.
                with suppress(struct.error, OverflowError):
                    out += struct.pack(f"<{len(value)}{code}", *value)
                    return
            index = -1
            try:
                for index, each in enumerate(value):  # noqa: B007 - names the element that fails
                    encode(each, out)
            except CandidTypeError as error:
                raise error.within(f"[{index}]") from None

        return write

    def _record(self, record: Record) -> Encoder:
        steps = tuple(
            (key, field.label, accepts_absence(field.type), self.compile(field.type))
            for field, key in zip(record.fields, record.keys, strict=True)
        )
        positional = record.is_tuple
        known = frozenset(_spellings(record.fields, record.keys))

        def write(value: Any, out: bytearray) -> None:
            if positional and isinstance(value, tuple | list):
                if len(value) != len(steps):
                    raise _mistyped(f"a tuple of {len(steps)}", value)
                value = dict(enumerate(value))
            elif not isinstance(value, Mapping):
                raise _mistyped("a record, that is a dict", value)
            if not known.issuperset(value):
                surplus = ", ".join(repr(key) for key in value if key not in known)
                names = ", ".join(key for key, *_ in steps) or "none"
                raise CandidTypeError(f"the record has no field {surplus}; its fields: {names}")
            key = ""
            try:
                for key, label, optional, encode in steps:
                    part = value.get(key, _ABSENT)
                    if part is _ABSENT:
                        part = _numbered(value, label, optional)
                    encode(part, out)
            except CandidTypeError as error:
                raise error.within(f".{key}") from None

        return write

    def _variant(self, variant: Variant) -> Encoder:
        cases: dict[str | int, tuple[bytes, Encoder]] = {}
        for index, (field, key) in enumerate(zip(variant.fields, variant.keys, strict=True)):
            case = (encode_unsigned(index), self.compile(field.type))
            cases |= dict.fromkeys((f"_{field.label}", field.label), case)
            cases[key] = case
        names = ", ".join(variant.keys) or "none"

        def write(value: Any, out: bytearray) -> None:
            if not isinstance(value, Mapping) or len(value) != 1:
                raise _mistyped("a variant, that is a dict of one case", value)
            ((key, content),) = value.items()
            case = cases.get(key)
            if case is None:
                raise CandidTypeError(f"the variant has no case {key!r}; its cases: {names}")
            index, encode = case
            out += index
            try:
                encode(content, out)
            except CandidTypeError as error:
                raise error.within(f".{key}") from None

        return write


def _spellings(fields: tuple[Field, ...], keys: tuple[str, ...]) -> list[str | int]:
    """Returns each way to name a field: its key, its label, `_<label>`."""
    labels = [field.label for field in fields]
    return [*keys, *labels, *(f"_{label}" for label in labels)]


def _numbered(value: Mapping[Any, Any], label: int, optional: bool) -> Any:
    """Returns a field that is not under its own key: under its label, or left out."""
    for spelling in (label, f"_{label}"):
        if spelling in value:
            return value[spelling]
    if not optional:
        raise CandidTypeError("the field is missing, and it is not an opt")
    return None


def _mistyped(expected: str, value: Any) -> CandidTypeError:
    shown = repr(value) if isinstance(value, bool | float | str | bytes | None) else ""
    shown = f" {shown[:40]}" if shown else ""
    return CandidTypeError(f"expected {expected}, got {type(value).__name__}{shown}")


def _write_null(value: Any, _: bytearray) -> None:
    if value is not None:
        raise _mistyped("null, that is None", value)


def _write_reserved(_value: Any, _out: bytearray) -> None:
    """Takes any value: none of it is written."""


def _write_empty(_value: Any, _out: bytearray) -> None:
    raise CandidTypeError("there are no values of type empty")


def _write_bool(value: Any, out: bytearray) -> None:
    if not isinstance(value, bool):
        raise _mistyped("a bool", value)
    out.append(value)


def _integer(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _mistyped(f"{name}, that is an int", value)
    return value


def _write_nat(value: Any, out: bytearray) -> None:
    if _integer(value, "nat") < 0:
        raise CandidTypeError("a nat is not negative")
    out += encode_unsigned(value)


def _write_int(value: Any, out: bytearray) -> None:
    out += encode_signed(_integer(value, "int"))


def _fixed_integer(name: str, code: str) -> Encoder:
    form = struct.Struct(f"<{code}")
    bits = form.size * 8
    lowest, limit = (0, 1 << bits) if code.isupper() else (-1 << bits - 1, 1 << bits - 1)

    def write(value: Any, out: bytearray) -> None:
        if not lowest <= _integer(value, name) < limit:
            raise CandidTypeError(f"the number is out of the range of {name}")
        out += form.pack(value)

    return write


def _float(name: str, code: str) -> Encoder:
    form = struct.Struct(f"<{code}")

    def write(value: Any, out: bytearray) -> None:
        if not isinstance(value, float | int) or isinstance(value, bool):
            raise _mistyped(f"{name}, that is a float", value)
        try:
            out += form.pack(value)
        except OverflowError:
            raise CandidTypeError(f"the number is out of the range of {name}") from None

    return write


def _write_text(value: Any, out: bytearray) -> None:
    if not isinstance(value, str):
        raise _mistyped("text, that is a str", value)
    try:
        content = value.encode()
    except UnicodeEncodeError:
        raise CandidTypeError("the text has half of a surrogate pair in it") from None
    out += encode_unsigned(len(content))
    out += content


def _write_blob(value: Any, out: bytearray) -> None:
    if isinstance(value, list | tuple):
        value = _bytes_of(value)
    if not isinstance(value, bytes | bytearray | memoryview):
        raise _mistyped("vec nat8, that is bytes", value)
    out += encode_unsigned(value.nbytes if isinstance(value, memoryview) else len(value))
    out += value


def _bytes_of(numbers: Sequence[Any]) -> bytes:
    if set(map(type, numbers)) <= {int}:
        # Numbers out of range are left to the loop below, which says which one it is.
        with suppress(ValueError):
            return bytes(numbers)
    for index, each in enumerate(numbers):
        if not isinstance(each, int) or isinstance(each, bool) or not 0 <= each < 256:
            raise _mistyped("nat8", each).within(f"[{index}]")
    return bytes(numbers)


def _principal_bytes(value: Any) -> bytes:
    """Returns the bytes of a principal: ours, that of ic-py, its text or its bytes."""
    try:
        return Principal.of(value).bytes
    except PrincipalError as error:
        raise CandidTypeError(f"expected a principal: {error}") from None


def _write_principal(value: Any, out: bytearray) -> None:
    raw = _principal_bytes(value)
    out.append(1)
    out.append(len(raw))
    out += raw


def _write_func(value: Any, out: bytearray) -> None:
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise _mistyped("a function, that is (principal, method)", value)
    out.append(1)
    _write_principal(value[0], out)
    _write_text(value[1], out)


_PRIMITIVES: dict[str, Encoder] = {
    "null": _write_null,
    "reserved": _write_reserved,
    "empty": _write_empty,
    "bool": _write_bool,
    "nat": _write_nat,
    "int": _write_int,
    "text": _write_text,
    "principal": _write_principal,
    **{
        name: (_float if code in "fd" else _fixed_integer)(name, code)
        for name, code in FIXED_WIDTH.items()
    },
}
