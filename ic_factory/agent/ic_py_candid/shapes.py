"""Values in ic-py's shape and in ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary, ref

from ic.candid import (
    FixedIntClass,
    FixedNatClass,
    FuncClass,
    IntClass,
    NatClass,
    OptClass,
    RecClass,
    RecordClass,
    TupleClass,
    Type,
    VariantClass,
    VecClass,
)

from ic_factory.agent.ic_py_candid.from_ic_py import components_of, fields_of, part_of

Shape: TypeAlias = Callable[[Any], Any]

_readers: WeakKeyDictionary[Type, Shape] = WeakKeyDictionary()


def reader_of(type_: Type) -> Shape:
    """Returns what brings a decoded value of a type into ic-py's shape, in place where it can."""
    reader = _readers.get(type_)
    if reader is None:
        reader = _readers[type_] = _reader(type_) or _as_it_is
    return reader


def _as_it_is(value: Any) -> Any:
    return value


def _reader(type_: Type) -> Shape | None:
    """Returns the same; None where nothing is to be done."""
    match type_:
        case FuncClass():
            return list
        case OptClass() | VecClass():
            return _list_reader(_reader(part_of(type_)))
        case TupleClass():
            return _tuple_reader([_reader(part) for part in components_of(type_)])
        case RecordClass() | VariantClass():
            parts = {name: _reader(part) for name, part in fields_of(type_).items()}
            return _dict_reader({str(name): part for name, part in parts.items() if part})
        case RecClass():
            return _knot_reader(type_)
    return None


def _list_reader(part: Shape | None) -> Shape | None:
    return part and (lambda value: [part(each) for each in value])


def _tuple_reader(parts: list[Shape | None]) -> Shape:
    shapes = [part or _as_it_is for part in parts]
    return lambda value: [shape(each) for shape, each in zip(shapes, value, strict=True)]


def _dict_reader(parts: dict[str, Shape]) -> Shape | None:
    if not parts:
        return None

    def read(value: dict[str, Any]) -> dict[str, Any]:
        for key in parts.keys() & value.keys():
            value[key] = parts[key](value[key])
        return value

    return read


def _knot_reader(rec: RecClass) -> Shape:
    # A strong reference would keep the type for ever: its reader is kept as long as it lives.
    knot = ref(rec)

    def read(value: Any) -> Any:
        whole = knot()
        assert whole is not None, "the type that is read keeps its parts"
        return reader_of(whole.getType())(value)

    return read


def loosened(value: Any, type_: Type) -> Any:
    """Returns a value that ic-py takes in the shape that our codec takes.

    Any iterable with a length is a vec, what is an index is an integer, and keys that a record's
    type does not have are left away where it has all of its own. What fits nothing stays as it is.
    """
    match type_:
        case NatClass() | IntClass() | FixedNatClass() | FixedIntClass():
            return value.__index__() if hasattr(value, "__index__") else value
        case VecClass():
            return _vec(value, part_of(type_))
        case OptClass() if isinstance(value, list):
            return [loosened(each, part_of(type_)) for each in value]
        case TupleClass():
            return _tuple(value, components_of(type_))
        case RecordClass() if isinstance(value, Mapping):
            return _record(value, fields_of(type_))
        case VariantClass() if isinstance(value, Mapping):
            cases = fields_of(type_)
            return {k: loosened(v, cases[k]) if k in cases else v for k, v in value.items()}
        case RecClass():
            return loosened(value, type_.getType())
    return value


def _vec(value: Any, part: Type) -> Any:
    if isinstance(value, bytes | bytearray | memoryview) or not isinstance(value, Iterable):
        return value
    return [loosened(each, part) for each in value]


def _tuple(value: Any, components: tuple[Type, ...]) -> Any:
    if not isinstance(value, tuple | list) or len(value) != len(components):
        return value
    # A tuple of nothing is a record of nothing.
    return tuple(map(loosened, value, components)) or {}


def _record(value: Mapping[Any, Any], fields: dict[str, Type]) -> Mapping[Any, Any]:
    present = {key: loosened(value[key], part) for key, part in fields.items() if key in value}
    # With a key missing, a surplus one is more likely a misspelt one; then the codec names it.
    return present if len(present) == len(fields) else {**value, **present}
