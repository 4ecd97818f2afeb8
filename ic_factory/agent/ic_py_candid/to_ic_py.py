"""From our types to ic-py's."""

from __future__ import annotations

from typing import SupportsIndex

from ic.candid import RecClass, Type, Types

from ic_factory.protocol.candid.types import (
    CandidType,
    Func,
    Future,
    Named,
    Opt,
    Primitive,
    Record,
    ResolvedType,
    Service,
    Variant,
    Vec,
    label_hash,
    resolve,
)

_LARGEST_INLINED = 100
"""How many nodes a named type may have to stand in place of its name."""


class FieldName(str):
    """A name that ic-py would give another label than its own, for it begins with `_`.

    ic-py takes what follows a first `_` for the label: here, that is the label.
    """

    __slots__ = ("_digits",)

    _digits: str

    @classmethod
    def labelled(cls, name: str, label: int) -> FieldName:
        """Returns the name with its label."""
        field_name = cls(name)
        field_name._digits = f"_{label}"
        return field_name

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        """Returns characters of `_<label>`: see above."""
        return self._digits[key]


class IcPyTypes:
    """Converts types; what is named is converted once.

    A name that stands for a recursive type, or for a large one, becomes a `Rec`; others are
    replaced by what they stand for, as ic-py itself does.
    """

    def __init__(self, *, nothing_is_a_tuple: bool = False) -> None:
        """Starts afresh.

        Args:
            nothing_is_a_tuple: Whether `record {}` is a tuple, as ic-py has it for a message that
                it reads without types.
        """
        self._nothing = Types.Tuple() if nothing_is_a_tuple else Types.Record({})
        self._named: dict[Named, tuple[Type, int]] = {}
        self._underway: dict[Named, RecClass | None] = {}
        self._weight = 0

    def convert(self, type_: CandidType) -> Type:
        """Returns ic-py's type for one of ours.

        Raises:
            CandidTypeError: A name is not defined.
        """
        self._weight += 1
        if isinstance(type_, Named):
            return self._reference(type_)
        return self._build(type_)

    def _reference(self, reference: Named) -> Type:
        if reference in self._named:
            converted, weight = self._named[reference]
            self._weight += weight
            return converted
        if reference in self._underway:
            return self._knot(reference)
        before = self._weight
        converted = self._definition(reference)
        if isinstance(converted, RecClass):
            self._weight = before
        self._named[reference] = converted, self._weight - before
        return converted

    def _knot(self, reference: Named) -> RecClass:
        """Returns the `Rec` for a type that contains itself, to be filled when it is whole."""
        knot = self._underway[reference] or Types.Rec()
        self._underway[reference] = knot
        return knot

    def _definition(self, reference: Named) -> Type:
        before = self._weight
        self._underway[reference] = None
        converted = self._build(resolve(reference))
        knot = self._underway.pop(reference)
        if knot is None:
            if self._weight - before <= _LARGEST_INLINED:
                return converted
            knot = Types.Rec()
        knot.fill(converted)
        return knot

    def _build(self, type_: ResolvedType) -> Type:
        match type_:
            case Primitive(name):
                return getattr(Types, name.capitalize())
            case Opt(inner):
                return Types.Opt(self.convert(inner))
            case Vec(inner):
                return Types.Vec(self.convert(inner))
            case Record():
                return self._record(type_)
            case Variant():
                return Types.Variant(self._fields(type_))
            case Func():
                return self.function(type_)
            case Service(methods):
                types = {_key(m.name, label_hash(m.name)): self.convert(m.type) for m in methods}
                return Types.Service(types)
            case Future():
                # Its values are read over, as those of reserved are.
                return Types.Reserved

    def function(self, func: Func) -> Type:
        """Returns ic-py's type for a function."""
        args = [self.convert(type_) for type_ in func.args]
        results = [self.convert(type_) for type_ in func.results]
        return Types.Func(args, results, [str(mode) for mode in func.modes])

    def _record(self, record: Record) -> Type:
        if not record.fields:
            return self._nothing
        if record.is_tuple:
            return Types.Tuple(*(self.convert(each.type) for each in record.fields))
        return Types.Record(self._fields(record))

    def _fields(self, type_: Record | Variant) -> dict[str, Type]:
        return {
            _key(name, field.label): self.convert(field.type)
            for name, field in zip(type_.keys, type_.fields, strict=True)
        }


def _key(name: str, label: int) -> str:
    """Returns a name for which ic-py has this label."""
    is_plain = name == f"_{label}" if name.startswith("_") else name != ""
    return name if is_plain else FieldName.labelled(name, label)
