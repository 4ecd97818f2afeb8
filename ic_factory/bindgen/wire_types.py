"""Candid types as Python expressions, with `t` for the module of the type algebra."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ic_factory.bindgen.layout import Expression, call, dict_of, quoted, tuple_of
from ic_factory.protocol.candid.types import (
    CandidType,
    Field,
    Func,
    Named,
    Opt,
    Primitive,
    Record,
    Service,
    ServiceMethod,
    Variant,
    Vec,
    is_blob,
)


class WireTypes:
    """Writes the expressions, and notes which imports they need."""

    def __init__(self, names: Mapping[str, str], imports: set[str]) -> None:
        """Keeps the Python name of each definition, and where imports are noted."""
        self._names = names
        self._imports = imports

    def reference(self, name: str) -> str:
        """Returns the reference to a type by its name in Python."""
        return f'_TYPES["{name}"]'

    def name(self, name: str) -> str:
        """Returns a name of the type algebra."""
        self._imports.add("t")
        return f"t.{name}"

    def call(self, function: str, *arguments: Expression) -> Expression:
        """Returns a call to the type algebra."""
        return call(self.name(function), *arguments)

    def inline(self, type_: CandidType) -> Expression:
        """Returns a type as it stands, without classes for what is anonymous in it."""
        match type_:
            case Named(name):
                return self.reference(self._names[name])
            case Primitive(name):
                return self.name(name.upper())
            case Opt(inner):
                return self.call("Opt", self.inline(inner))
            case Vec() if is_blob(type_):
                return self.name("BLOB")
            case Vec(inner):
                return self.call("Vec", self.inline(inner))
            case Record(fields) if type_.is_tuple:
                parts = (self.inline(each.type) for each in fields)
                return self.call("Record.tuple_of", *parts)
            case Record(fields):
                return self._fields("Record", fields)
            case Variant(fields):
                return self._fields("Variant", fields)
            case Func():
                return self._func(type_)
            case Service(methods):
                described = [tuple_of(map(self._method, methods))] if methods else []
                return self.call("Service", *described)
        raise AssertionError(f"no description has the type {type_}")

    def field(self, label: str | int, type_: Expression) -> Expression:
        """Returns a field with a name, or with a number."""
        if isinstance(label, int):
            return self.call("Field", str(label), type_)
        return self.call("Field.named", quoted(label), type_)

    def _fields(self, kind: str, fields: Sequence[Field]) -> Expression:
        if not fields:
            return self.call(kind)
        named = [(each.name, self.inline(each.type)) for each in fields if each.name is not None]
        if len(named) == len(fields):
            return self.call(f"{kind}.of", dict_of(named))
        parts = [
            self.field(each.label if each.name is None else each.name, self.inline(each.type))
            for each in fields
        ]
        return self.call(kind, tuple_of(parts))

    def _func(self, func: Func) -> Expression:
        modes = [self.name(f"FuncMode.{mode.name}") for mode in func.modes]
        parts = [
            tuple_of(map(self.inline, func.args)),
            tuple_of(map(self.inline, func.results)),
            tuple_of(modes),
        ]
        while parts and not parts[-1].items:
            parts.pop()
        return self.call("Func", *parts)

    def _method(self, method: ServiceMethod) -> Expression:
        return self.call("ServiceMethod", quoted(method.name), self.inline(method.type))
