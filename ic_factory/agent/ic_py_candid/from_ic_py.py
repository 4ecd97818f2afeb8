"""From ic-py's types to ours, each type object once."""

from __future__ import annotations

from threading import RLock
from weakref import WeakKeyDictionary

from ic.candid import (
    FuncClass,
    OptClass,
    PrimitiveType,
    RecClass,
    RecordClass,
    ServiceClass,
    TupleClass,
    Type,
    VariantClass,
    VecClass,
)
from ic.utils import labelHash

from ic_factory.protocol.candid.errors import CandidTypeError
from ic_factory.protocol.candid.types import (
    PRIMITIVES,
    CandidType,
    Field,
    Func,
    FuncMode,
    Named,
    Opt,
    Record,
    Service,
    ServiceMethod,
    TypeEnvironment,
    Variant,
    Vec,
)

_known: WeakKeyDictionary[Type, CandidType] = WeakKeyDictionary()
_lock = RLock()


def translate(type_: Type) -> CandidType:
    """Returns our type for one of ic-py's.

    Equal objects give equal types. A type must not be changed after it was first used, `Rec.fill`
    included.

    Raises:
        CandidTypeError: It is no ic-py type, a `Rec` was not filled, or two fields have one id.
    """
    if not isinstance(type_, Type):
        raise CandidTypeError(f"expected a type of ic.candid.Types, got {type_!r:.60}")
    known = _known.get(type_)
    if known is not None:
        return known
    with _lock:
        # Only whole types are remembered: one with an unfilled knot may be filled and tried again.
        translation = _Translation()
        translated = translation.of(type_)
        _known.update(translation.done)
    return translated


class _Translation:
    """One type with all its parts."""

    def __init__(self) -> None:
        self.done: dict[Type, CandidType] = {}

    def of(self, type_: Type) -> CandidType:
        known = self.done.get(type_) or _known.get(type_)
        if known is None:
            known = self._knot(type_) if isinstance(type_, RecClass) else self._build(type_)
            self.done[type_] = known
        return known

    def _knot(self, rec: RecClass) -> Named:
        body = rec.getType()
        if body is None:
            raise CandidTypeError(f"the recursive type {rec.name} was not filled")
        environment = TypeEnvironment()
        knot = Named(rec.name, environment)
        self.done[rec] = knot
        environment.define(rec.name, self.of(body))
        return knot

    def _build(self, type_: Type) -> CandidType:
        match type_:
            case PrimitiveType():
                return PRIMITIVES[type_.name]
            case OptClass():
                return Opt(self.of(part_of(type_)))
            case VecClass():
                return Vec(self.of(part_of(type_)))
            case TupleClass():
                return Record.tuple_of(*map(self.of, components_of(type_)))
            case RecordClass():
                return Record(self._fields(type_))
            case VariantClass():
                return Variant(self._fields(type_))
            case FuncClass():
                return self._func(type_)
            case ServiceClass():
                methods = fields_of(type_).items()
                return Service(tuple(ServiceMethod(str(n), self.of(m)) for n, m in methods))
        raise CandidTypeError(f"{type(type_).__name__} is no type of Candid")

    def _fields(self, type_: RecordClass | VariantClass) -> tuple[Field, ...]:
        return tuple(
            # ic-py's label: the number in `_<number>`, otherwise the hash of the name.
            Field(labelHash(name), self.of(part), str(name))
            for name, part in fields_of(type_).items()
        )

    def _func(self, func: FuncClass) -> Func:
        try:
            modes = tuple(map(FuncMode, func.annotations))
        except ValueError as error:
            raise CandidTypeError(f"no mode of a function: {error}") from None
        return Func(tuple(map(self.of, func.argTypes)), tuple(map(self.of, func.retTypes)), modes)


# ic-py keeps the parts of its types in attributes that it calls private, and offers no others.


def part_of(type_: OptClass | VecClass) -> Type:
    """Returns the type of an `opt`'s or `vec`'s content."""
    return type_._type  # noqa: SLF001


def components_of(type_: TupleClass) -> tuple[Type, ...]:
    """Returns the types of a tuple's parts."""
    components: tuple[Type, ...] = type_._components  # noqa: SLF001
    return components


def fields_of(type_: RecordClass | VariantClass | ServiceClass) -> dict[str, Type]:
    """Returns the types of fields, cases or methods by name."""
    fields: dict[str, Type] = type_._fields
    return fields
