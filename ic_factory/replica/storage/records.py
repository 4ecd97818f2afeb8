"""Plain data to CBOR and back, led by the types that the classes declare.

A dataclass becomes a map of its fields' names, so that fields with a default can come later; a
value of a union is tagged with its type's name. Nothing is ever made but what a type says: bytes
from elsewhere can be refused, and can do nothing else.
"""

from __future__ import annotations

import collections
import struct
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

from ic_factory.errors import CborError, PrincipalError
from ic_factory.protocol import cbor
from ic_factory.protocol.principal import Principal
from ic_factory.replica.storage.errors import DamagedState

Convert = Callable[[Any], Any]
_PLAIN = (bool, int, bytes, str)
_UNREADABLE = (CborError, PrincipalError, TypeError, ValueError, KeyError, struct.error)
_SEQUENCES: dict[Any, Callable[[Any], Any]] = {
    list: list,
    set: set,
    frozenset: frozenset,
    collections.deque: collections.deque,
}


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one type are written and read."""

    encode: Convert
    decode: Convert
    """Raises DamagedState, or a TypeError, ValueError or KeyError where the value is of no use."""


class RecordCodec:
    """Writes and reads values of declared types."""

    def __init__(
        self,
        special: Mapping[Any, Form] | None = None,
        special_fields: Mapping[tuple[type, str], Form] | None = None,
    ) -> None:
        """Makes a codec.

        Args:
            special: types with a form of their own.
            special_fields: fields with a form of their own, by class and name.
        """
        self._forms: dict[Any, Form] = dict(special or {})
        self._special_fields = dict(special_fields or {})

    def encode(self, declared: Any, value: Any) -> bytes:
        """A value of a declared type as CBOR."""
        return cbor.encode(self.form(declared).encode(value))

    def decode(self, declared: Any, data: bytes) -> Any:
        """The value of a declared type in CBOR.

        Raises:
            DamagedState: the bytes hold no such value.
        """
        try:
            return self.form(declared).decode(cbor.decode(data))
        except _UNREADABLE as error:
            name = getattr(declared, "__name__", declared)
            raise DamagedState(f"a record of type {name} can't be read: {error}") from error

    def form(self, declared: Any) -> Form:
        """How values of a declared type are written and read."""
        form = self._forms.get(declared)
        if form is None:
            # Entered before its parts are looked at, as a type may hold itself.
            made: list[Form] = []
            self._forms[declared] = Form(
                lambda value: made[0].encode(value), lambda raw: made[0].decode(raw)
            )
            made.append(self._made(declared))
            form = self._forms[declared] = made[0]
        return form

    def _made(self, declared: Any) -> Form:
        origin = typing.get_origin(declared)
        arguments = typing.get_args(declared)
        if declared in _PLAIN:
            return _plain(declared)
        if declared is Principal:
            return Form(lambda principal: principal.bytes, Principal)
        if declared is Any:
            return Form(_encode_number, _decode_number)
        if origin in (typing.Union, types.UnionType):
            return self._union(arguments)
        if origin is tuple:
            return self._tuple(arguments)
        if origin in _SEQUENCES:
            return _sequence(_SEQUENCES[origin], self.form(arguments[0]))
        if origin in (dict, collections.abc.Mapping):
            return _mapping(self.form(arguments[0]), self.form(arguments[1]))
        if isinstance(declared, type) and issubclass(declared, Enum):
            return Form(lambda member: member.value, declared)
        if is_dataclass(declared):
            return self._record(declared)
        raise TypeError(f"{declared} has no form on disk")

    def _union(self, members: tuple[Any, ...]) -> Form:
        forms = {
            member.__name__: self.form(member) for member in members if member is not type(None)
        }
        if len(forms) == 1 and len(members) == 2:
            (form,) = forms.values()
            return Form(
                lambda value: None if value is None else form.encode(value),
                lambda raw: None if raw is None else form.decode(raw),
            )

        def encode(value: Any) -> Any:
            name = type(value).__name__
            return None if value is None else [name, forms[name].encode(value)]

        def decode(raw: Any) -> Any:
            if raw is None and type(None) in members:
                return None
            name, body = raw
            return forms[name].decode(body)

        return Form(encode, decode)

    def _tuple(self, arguments: tuple[Any, ...]) -> Form:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return _sequence(tuple, self.form(arguments[0]))
        forms = tuple(map(self.form, arguments))

        def encode(value: tuple[Any, ...]) -> list[Any]:
            return [form.encode(item) for form, item in zip(forms, value, strict=True)]

        def decode(raw: Any) -> tuple[Any, ...]:
            return tuple(form.decode(item) for form, item in zip(forms, raw, strict=True))

        return Form(encode, decode)

    def _record(self, declared: Any) -> Form:
        hints = typing.get_type_hints(declared)
        forms = {
            field.name: self._special_fields.get((declared, field.name))
            or self.form(hints[field.name])
            for field in fields(declared)
            if field.init
        }
        optional = {
            field.name
            for field in fields(declared)
            if field.default is not MISSING or field.default_factory is not MISSING
        }

        def encode(record: Any) -> dict[str, Any]:
            return {name: form.encode(getattr(record, name)) for name, form in forms.items()}

        def decode(raw: Any) -> Any:
            _check(dict, raw)
            unknown = raw.keys() - forms.keys()
            missing = forms.keys() - raw.keys() - optional
            if unknown or missing:
                names = ", ".join(sorted(unknown or missing))
                what = "unknown" if unknown else "missing"
                raise DamagedState(f"a {declared.__name__} has {what} fields: {names}")
            return declared(**{name: forms[name].decode(value) for name, value in raw.items()})

        return Form(encode, decode)


def _plain(declared: type) -> Form:
    return Form(lambda value: value, lambda raw: _check(declared, raw))


def _check(expected: type, raw: Any) -> Any:
    """The value, which must be of just this type."""
    if type(raw) is not expected:
        raise TypeError(f"expected {expected.__name__}, found {type(raw).__name__}")
    return raw


def _sequence(made: Callable[[Any], Any], item: Form) -> Form:
    return Form(
        lambda values: [item.encode(value) for value in values],
        lambda raw: made([item.decode(value) for value in _check(list, raw)]),
    )


def _mapping(key: Form, value: Form) -> Form:
    return Form(
        lambda entries: {key.encode(one): value.encode(other) for one, other in entries.items()},
        lambda raw: {
            key.decode(one): value.decode(other) for one, other in _check(dict, raw).items()
        },
    )


def _encode_number(value: Any) -> Any:
    """An integer or a float, which CBOR as it is here lacks."""
    return [struct.pack(">d", value)] if isinstance(value, float) else int(value)


def _decode_number(raw: Any) -> Any:
    if isinstance(raw, list):
        return struct.unpack(">d", raw[0])[0]
    return _check(int, raw)
