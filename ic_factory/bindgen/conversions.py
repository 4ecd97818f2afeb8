"""Typed Python values to plain Candid values and back, compiled once for each type.

Plain values are those of `ic_factory.protocol.candid.wire`. Scalars, blobs, principals and lists
of them are the same on both sides and pass through untouched.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from threading import RLock
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from ic_factory.bindgen.errors import BindingError
from ic_factory.protocol.candid.types import (
    NULL,
    RESERVED,
    CandidType,
    Func,
    Named,
    Opt,
    Record,
    ResolvedType,
    Variant,
    Vec,
    accepts_absence,
    is_blob,
    resolve,
)
from ic_factory.protocol.principal import Principal

_Value = TypeVar("_Value")

Convert: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Some(Generic[_Value]):
    """An `opt` that is there, where its value may itself be None."""

    value: _Value


class FuncReference(NamedTuple):
    """A value of a function type: a method of a canister."""

    canister_id: Principal
    method_name: str


class Conversion(NamedTuple):
    """Both ways of a type; None where values are the same on both sides."""

    to_plain: Convert | None = None
    from_plain: Convert | None = None


UNCHANGED = Conversion()


@dataclass(frozen=True, slots=True)
class RecordShape:
    """The dataclass of a record, and the attribute that stands for each label."""

    cls: type[Any]
    attributes: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class CaseShape:
    """The dataclass of a variant's case.

    Attributes:
        cls: The dataclass.
        attributes: The attribute for each label of its record; None where a payload is `value`.
    """

    cls: type[Any]
    attributes: Mapping[int, str] | None


@dataclass(frozen=True, slots=True)
class EnumShape:
    """The enumeration of a variant without payloads, and the member for each label."""

    cls: type[enum.Enum]
    members: Mapping[int, enum.Enum]


@dataclass(frozen=True, slots=True)
class VariantShape:
    """The dataclasses of a variant's cases by label."""

    cases: Mapping[int, CaseShape]


Shape: TypeAlias = RecordShape | EnumShape | VariantShape


class ConversionCompiler:
    """Compiles the conversions of types whose names have shapes."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        """Keeps the shapes; more may be added until the first type that needs them."""
        self._shapes = shapes
        self._known: dict[str, Conversion] = {}
        self._underway: set[str] = set()
        self._lock = RLock()

    def compile(self, type_: CandidType) -> Conversion:
        """Returns the conversion of a type.

        Raises:
            CandidTypeError: A name in the type has no definition.
        """
        with self._lock:
            return self._named(type_) if isinstance(type_, Named) else self._built(type_, None)

    def _named(self, type_: Named) -> Conversion:
        name = type_.name
        if name in self._underway:
            return self._knot(name)
        conversion = self._known.get(name)
        if conversion is None:
            self._underway.add(name)
            try:
                conversion = self._known[name] = self._defined(type_)
            finally:
                self._underway.discard(name)
        return conversion

    def _defined(self, type_: Named) -> Conversion:
        definition = type_.environment.definitions.get(type_.name)
        if isinstance(definition, Named):
            return self._named(definition)
        return self._built(resolve(type_), self._shapes.get(type_.name))

    def _knot(self, name: str) -> Conversion:
        """Returns a conversion that is looked up when a value comes."""

        def to_plain(value: Any) -> Any:
            convert = self._known[name].to_plain
            return convert(value) if convert else value

        def from_plain(plain: Any) -> Any:
            convert = self._known[name].from_plain
            return convert(plain) if convert else plain

        return Conversion(to_plain, from_plain)

    def _built(self, type_: ResolvedType, shape: Shape | None) -> Conversion:
        match type_, shape:
            case Opt(inner), _:
                return self._opt(inner)
            case Vec(inner), _ if not is_blob(type_):
                return _sequence(self.compile(inner))
            case Record(), RecordShape(cls, attributes):
                return self._record(cls, attributes, type_)
            case Record(), _ if type_.is_tuple:
                return _tuple([self.compile(field.type) for field in type_.fields])
            case Variant(), EnumShape():
                return _enumeration(type_, shape)
            case Variant(), VariantShape(cases):
                return self._variant(type_, cases)
            case Func(), _:
                return Conversion(None, FuncReference._make)
        return UNCHANGED

    def _opt(self, inner: CandidType) -> Conversion:
        conversion = self.compile(inner)
        make = _wrapping_opt if accepts_absence(inner) else _opt
        return make(conversion)

    def _record(self, cls: type[Any], attributes: Mapping[int, str], record: Record) -> Conversion:
        names = tuple(attributes[field.label] for field in record.fields)
        conversions = [self.compile(field.type) for field in record.fields]
        return Conversion(
            _record_to_plain(cls, names, record.keys, [each.to_plain for each in conversions]),
            _record_from_plain(cls, names, record.keys, [each.from_plain for each in conversions]),
        )

    def _variant(self, variant: Variant, cases: Mapping[int, CaseShape]) -> Conversion:
        to_plain: dict[type, tuple[str, Convert]] = {}
        from_plain: dict[str, Convert] = {}
        for field, key in zip(variant.fields, variant.keys, strict=True):
            shape = cases[field.label]
            conversion = self._case(shape, field.type)
            assert conversion.to_plain, "cases have classes"
            assert conversion.from_plain, "cases have classes"
            to_plain[shape.cls] = (key, conversion.to_plain)
            from_plain[key] = conversion.from_plain
        return Conversion(_variant_to_plain(to_plain), _variant_from_plain(from_plain))

    def _case(self, shape: CaseShape, payload: CandidType) -> Conversion:
        cls = shape.cls
        resolved = resolve(payload)
        if resolved in (NULL, RESERVED):
            return Conversion(lambda _: None, lambda _: cls())
        if shape.attributes is not None:
            assert isinstance(resolved, Record), "only records have attributes"
            return self._record(cls, shape.attributes, resolved)
        to_plain, from_plain = self.compile(payload)

        def write(value: Any) -> Any:
            try:
                return to_plain(value.value) if to_plain else value.value
            except BindingError as error:
                raise error.within(".value") from None

        def read(plain: Any) -> Any:
            return cls(from_plain(plain) if from_plain else plain)

        return Conversion(write, read)


def mistyped(expected: str, value: object) -> BindingError:
    """Returns the error for a value that is not what was expected."""
    shown = repr(value) if isinstance(value, bool | int | float | str | bytes | None) else ""
    shown = f" {shown[:40]}" if shown and value is not None else ""
    return BindingError(f"expected {expected}, got {type(value).__name__}{shown}")


def _opt(conversion: Conversion) -> Conversion:
    to_plain, from_plain = conversion

    def write(value: Any) -> Any:
        if value is None:
            return []
        return [to_plain(value) if to_plain else value]

    def read(plain: Any) -> Any:
        if not plain:
            return None
        return from_plain(plain[0]) if from_plain else plain[0]

    return Conversion(write, read)


def _wrapping_opt(conversion: Conversion) -> Conversion:
    to_plain, from_plain = conversion

    def write(value: Any) -> Any:
        if value is None:
            return []
        if not isinstance(value, Some):
            raise mistyped("Some(…) or None", value)
        return [to_plain(value.value) if to_plain else value.value]

    def read(plain: Any) -> Any:
        if not plain:
            return None
        return Some(from_plain(plain[0]) if from_plain else plain[0])

    return Conversion(write, read)


def _sequence(conversion: Conversion) -> Conversion:
    to_plain, from_plain = conversion
    return Conversion(
        to_plain and _each_to_plain(to_plain),
        from_plain and (lambda plain: [from_plain(each) for each in plain]),
    )


def _each_to_plain(convert: Convert) -> Convert:
    def write(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise mistyped("a list", value)
        plain: list[Any] = []
        try:
            for each in value:
                plain.append(convert(each))  # noqa: PERF401 - its length tells the failing one
        except BindingError as error:
            raise error.within(f"[{len(plain)}]") from None
        return plain

    return write


def _tuple(conversions: Sequence[Conversion]) -> Conversion:
    if all(each == UNCHANGED for each in conversions):
        return UNCHANGED

    def write(value: Any) -> Any:
        if not isinstance(value, list | tuple) or len(value) != len(conversions):
            raise mistyped(f"a tuple of {len(conversions)}", value)
        plain: list[Any] = []
        try:
            for (to_plain, _), each in zip(conversions, value, strict=True):
                plain.append(to_plain(each) if to_plain else each)
        except BindingError as error:
            raise error.within(f"[{len(plain)}]") from None
        return tuple(plain)

    def read(plain: Any) -> Any:
        pairs = zip(conversions, plain, strict=True)
        return tuple(from_plain(each) if from_plain else each for (_, from_plain), each in pairs)

    return Conversion(write, read)


def _values_of(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Returns the function that reads these attributes; attrgetter alone unpacks one, not none."""
    if not names:
        return lambda _: ()
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda value: (get(value),)


def _record_to_plain(
    cls: type[Any], names: Sequence[str], keys: Sequence[str], converts: Sequence[Convert | None]
) -> Convert:
    values_of = _values_of(names)
    steps = [
        (key, name, convert)
        for key, name, convert in zip(keys, names, converts, strict=True)
        if convert
    ]

    def write(value: Any) -> Any:
        if not isinstance(value, cls):
            raise mistyped(cls.__name__, value)
        plain = dict(zip(keys, values_of(value), strict=True))
        name = ""
        try:
            for key, name, convert in steps:  # noqa: B007 - names the attribute that fails
                plain[key] = convert(plain[key])
        except BindingError as error:
            raise error.within(f".{name}") from None
        return plain

    return write


def _record_from_plain(
    cls: type[Any], names: Sequence[str], keys: Sequence[str], converts: Sequence[Convert | None]
) -> Convert:
    steps = list(zip(names, keys, converts, strict=True))

    def read(plain: Any) -> Any:
        return cls(
            **{name: convert(plain[key]) if convert else plain[key] for name, key, convert in steps}
        )

    return read


def _enumeration(variant: Variant, shape: EnumShape) -> Conversion:
    members = {
        key: shape.members[field.label]
        for field, key in zip(variant.fields, variant.keys, strict=True)
    }
    plain_of = {member: {key: None} for key, member in members.items()}
    cls = shape.cls

    def write(value: Any) -> Any:
        if not isinstance(value, cls):
            raise mistyped(cls.__name__, value)
        return plain_of[value]

    def read(plain: Any) -> Any:
        (key,) = plain
        return members[key]

    return Conversion(write, read)


def _variant_to_plain(cases: Mapping[type, tuple[str, Convert]]) -> Convert:
    names = ", ".join(cls.__name__ for cls in cases)

    def write(value: Any) -> Any:
        case = cases.get(type(value))
        if case is None:
            raise mistyped(f"one of {names}", value)
        key, convert = case
        return {key: convert(value)}

    return write


def _variant_from_plain(cases: Mapping[str, Convert]) -> Convert:
    def read(plain: Any) -> Any:
        ((key, payload),) = plain.items()
        return cases[key](payload)

    return read
