"""The type algebra of Candid.

Types are finite trees of frozen dataclasses. Recursion goes through `Named`, a reference into a
`TypeEnvironment`; nothing else is needed to tie a knot, and no tree contains itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias

from ic_factory.protocol.candid.errors import CandidTypeError

_LABEL_LIMIT = 1 << 32


def _utf8(name: str) -> bytes:
    try:
        return name.encode()
    except UnicodeEncodeError:
        raise CandidTypeError(f"the name {name!r} has half of a surrogate pair in it") from None


def label_hash(name: str) -> int:
    """Returns the 32-bit field id that stands for a field name on the wire.

    Raises:
        CandidTypeError: The name has no form in UTF-8.
    """
    label = 0
    for byte in _utf8(name):
        label = (label * 223 + byte) & 0xFFFFFFFF
    return label


class FuncMode(StrEnum):
    """How a method may be called, if not as an update with a reply."""

    QUERY = "query"
    ONEWAY = "oneway"
    COMPOSITE_QUERY = "composite_query"


@dataclass(frozen=True, slots=True)
class Primitive:
    """A type without parts, `principal` among them; `opcode` is its code on the wire."""

    name: str
    opcode: int


@dataclass(frozen=True, slots=True)
class Opt:
    """`opt inner`; values are `[]` and `[value]`."""

    inner: CandidType


@dataclass(frozen=True, slots=True)
class Vec:
    """`vec inner`; values are lists, but `bytes` for `vec nat8`."""

    inner: CandidType


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record or a case of a variant.

    Attributes:
        label: The 32-bit id.
        type: The type of the field.
        name: The name whose hash the label is, where it is known.
        docs: The comment above the field; does not count in comparisons.
    """

    label: int
    type: CandidType
    name: str | None = None
    docs: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Checks the label."""
        if not 0 <= self.label < _LABEL_LIMIT:
            raise CandidTypeError(f"field id {self.label} is out of the 32-bit range")

    @classmethod
    def named(cls, name: str, type_: CandidType, docs: str = "") -> Field:
        """Returns the field with the label that `name` hashes to."""
        return cls(label_hash(name), type_, name, docs)


def _sorted_fields(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Returns the fields by label; two of one label are refused."""
    ordered = tuple(sorted(fields, key=lambda each: each.label))
    for left, right in pairwise(ordered):
        if left.label == right.label:
            names = f"{left.name or left.label!r} and {right.name or right.label!r}"
            raise CandidTypeError(f"fields {names} have the same id {left.label}")
    return ordered


def _keys(fields: tuple[Field, ...]) -> tuple[str, ...]:
    names = {each.name for each in fields}
    keys = []
    for each in fields:
        key = each.name
        if key is None:
            key = f"_{each.label}"
            while key in names:
                key += "_"
        keys.append(key)
    return tuple(keys)


@dataclass(frozen=True, slots=True)
class Record:
    """`record { … }`; fields are kept by ascending label."""

    fields: tuple[Field, ...] = ()

    def __post_init__(self) -> None:
        """Sorts the fields and refuses two of one label."""
        object.__setattr__(self, "fields", _sorted_fields(self.fields))

    @classmethod
    def of(cls, fields: Mapping[str, CandidType]) -> Record:
        """Returns the record with these named fields."""
        return cls(tuple(Field.named(name, type_) for name, type_ in fields.items()))

    @classmethod
    def tuple_of(cls, *types: CandidType) -> Record:
        """Returns the record with the fields 0 to n-1."""
        return cls(tuple(Field(index, type_) for index, type_ in enumerate(types)))

    @property
    def is_tuple(self) -> bool:
        """Whether the fields are 0 to n-1 without names, and there is one at least."""
        return bool(self.fields) and all(
            each.label == index and each.name is None for index, each in enumerate(self.fields)
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of each field in a Python value: its name, or `_<label>` without one."""
        return _keys(self.fields)


@dataclass(frozen=True, slots=True)
class Variant:
    """`variant { … }`; cases are kept by ascending label."""

    fields: tuple[Field, ...] = ()

    def __post_init__(self) -> None:
        """Sorts the cases and refuses two of one label."""
        object.__setattr__(self, "fields", _sorted_fields(self.fields))

    @classmethod
    def of(cls, cases: Mapping[str, CandidType]) -> Variant:
        """Returns the variant with these named cases."""
        return cls(tuple(Field.named(name, type_) for name, type_ in cases.items()))

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of each case in a Python value: its name, or `_<label>` without one."""
        return _keys(self.fields)


@dataclass(frozen=True, slots=True)
class Func:
    """`func (…) -> (…) modes`; values are pairs of a principal and a method name.

    Attributes:
        args: The types of the arguments.
        results: The types of the results.
        modes: At most one mode.
        arg_names: A name or None an argument, for documentation only; may be empty.
        result_names: The same for the results.
    """

    args: tuple[CandidType, ...] = ()
    results: tuple[CandidType, ...] = ()
    modes: tuple[FuncMode, ...] = ()
    arg_names: tuple[str | None, ...] = field(default=(), compare=False)
    result_names: tuple[str | None, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        """Checks the modes."""
        if len(self.modes) > 1:
            raise CandidTypeError(f"a function has one mode at most, not {', '.join(self.modes)}")
        if FuncMode.ONEWAY in self.modes and self.results:
            raise CandidTypeError("a oneway function has no results")


@dataclass(frozen=True, slots=True)
class ServiceMethod:
    """A method of a service type.

    Attributes:
        name: The name of the method.
        type: A function type, or a reference to one.
        docs: The comment above the method; does not count in comparisons.
    """

    name: str
    type: CandidType
    docs: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Service:
    """`service { … }`; methods are kept by the bytes of their names, values are principals."""

    methods: tuple[ServiceMethod, ...] = ()

    def __post_init__(self) -> None:
        """Sorts the methods and refuses two of one name."""
        ordered = tuple(sorted(self.methods, key=lambda method: _utf8(method.name)))
        for left, right in pairwise(ordered):
            if left.name == right.name:
                raise CandidTypeError(f"two methods are named {left.name!r}")
        object.__setattr__(self, "methods", ordered)


@dataclass(frozen=True, slots=True)
class Future:
    """A type of a later version of Candid, seen on the wire; its values are skipped."""

    opcode: int


class TypeEnvironment:
    """Definitions that `Named` types refer to; two environments are never equal."""

    __slots__ = ("definitions",)

    def __init__(self) -> None:
        self.definitions: dict[str, CandidType] = {}

    def define(self, name: str, type_: CandidType) -> Named:
        """Gives `type_` a name.

        Raises:
            CandidTypeError: The name has a definition already.
        """
        if name in self.definitions:
            raise CandidTypeError(f"type {name} is defined twice")
        self.definitions[name] = type_
        return Named(name, self)

    def __repr__(self) -> str:
        return f"<TypeEnvironment: {len(self.definitions)} types>"


@dataclass(frozen=True, slots=True)
class Named:
    """A reference to a definition, which need not exist yet."""

    name: str
    environment: TypeEnvironment = field(repr=False)


CandidType: TypeAlias = Primitive | Opt | Vec | Record | Variant | Func | Service | Future | Named
ResolvedType: TypeAlias = Primitive | Opt | Vec | Record | Variant | Func | Service | Future


def resolve(type_: CandidType) -> ResolvedType:
    """Returns the type that a chain of references ends in.

    Raises:
        CandidTypeError: A name has no definition, or only refers back to itself.
    """
    steps = 0
    while isinstance(type_, Named):
        definitions = type_.environment.definitions
        following = definitions.get(type_.name)
        if following is None:
            raise CandidTypeError(f"type {type_.name} is not defined")
        if steps > len(definitions):
            raise CandidTypeError(f"type {type_.name} is defined by itself alone")
        steps += 1
        type_ = following
    return type_


def recursive(name: str, body: Callable[[Named], CandidType]) -> Named:
    """Returns a type that may contain itself.

    Args:
        name: What the type is called when it is printed.
        body: Gets the reference to the type, returns its definition.
    """
    knot = Named(name, TypeEnvironment())
    knot.environment.define(name, body(knot))
    return knot


NULL = Primitive("null", -1)
BOOL = Primitive("bool", -2)
NAT = Primitive("nat", -3)
INT = Primitive("int", -4)
NAT8 = Primitive("nat8", -5)
NAT16 = Primitive("nat16", -6)
NAT32 = Primitive("nat32", -7)
NAT64 = Primitive("nat64", -8)
INT8 = Primitive("int8", -9)
INT16 = Primitive("int16", -10)
INT32 = Primitive("int32", -11)
INT64 = Primitive("int64", -12)
FLOAT32 = Primitive("float32", -13)
FLOAT64 = Primitive("float64", -14)
TEXT = Primitive("text", -15)
RESERVED = Primitive("reserved", -16)
EMPTY = Primitive("empty", -17)
PRINCIPAL = Primitive("principal", -24)
BLOB = Vec(NAT8)

PRIMITIVES: Mapping[str, Primitive] = {
    each.name: each
    for each in (
        *(NULL, BOOL, NAT, INT, NAT8, NAT16, NAT32, NAT64, INT8, INT16, INT32, INT64),
        *(FLOAT32, FLOAT64, TEXT, RESERVED, EMPTY, PRINCIPAL),
    )
}


def accepts_absence(type_: CandidType) -> bool:
    """Whether a field or argument of this type may be left out: `opt`, `null` and `reserved`."""
    resolved = resolve(type_)
    return isinstance(resolved, Opt) or resolved in (NULL, RESERVED)


def is_blob(type_: CandidType) -> bool:
    """Whether the type is `vec nat8`, whose values are bytes."""
    return isinstance(type_, Vec) and resolve(type_.inner) == NAT8


def constructor(type_: CandidType) -> str:
    """Returns the outermost word of a type: `record`, `vec`, `nat8` and so on."""
    resolved = resolve(type_)
    return resolved.name if isinstance(resolved, Primitive) else type(resolved).__name__.lower()
