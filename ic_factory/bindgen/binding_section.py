"""The part of a generated module that says what its types are on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ic_factory.bindgen.declarations import (
    Alias,
    Argument,
    Attribute,
    CaseClass,
    ClientMethod,
    Declaration,
    EnumClass,
    ModuleModel,
    RecordClass,
    TypeUse,
    UnionType,
)
from ic_factory.bindgen.layout import (
    INDENT,
    MAX_WIDTH,
    Expression,
    call,
    dict_of,
    lay_out,
    list_of,
    prefixed,
    quoted,
    width,
)


def binding_lines(model: ModuleModel) -> list[str]:
    """Returns the lines that bind types and methods; none where there is nothing to bind."""
    types = [line for each in model.declarations for line in _type_lines(each)]
    methods = [line for each in model.methods for line in _method_lines(each)]
    initial = [] if model.init_arguments is None else _init_lines(model.init_arguments)
    if not (types or methods or initial):
        return []
    blocks = (block for block in (types, [*methods, *initial]) if block)
    head = ["# What all of this is in Candid.", "_TYPES = TypeBindings()"]
    return [*head, *(line for block in blocks for line in ("", *block))]


def _type_lines(declaration: Declaration) -> Iterator[str]:
    match declaration:
        case RecordClass(name, _, attributes):
            yield from lay_out(call("_TYPES.record", name, _fields(attributes)))
        case EnumClass():
            yield from lay_out(_enum(declaration))
        case UnionType(name, _, cases):
            yield from lay_out(call("_TYPES.variant", quoted(name), *map(_case, cases)))
        case Alias(name, _, _, wire) if wire is not None:
            yield from lay_out(call("_TYPES.alias", quoted(name), wire))


def _fields(attributes: Sequence[Attribute]) -> Expression:
    return dict_of((each.name, _field(each)) for each in attributes)


def _field(attribute: Attribute) -> Expression:
    """Returns a field's type; with its label where that is not the attribute's name."""
    label, wire = attribute.label, attribute.type.wire
    if label == attribute.name:
        return wire
    if isinstance(label, int):
        return call("t.Field", str(label), wire)
    return call("t.Field.named", quoted(label), wire)


def _enum(declaration: EnumClass) -> Expression:
    reserved = [f"{declaration.name}.{m.name}" for m in declaration.members if m.is_reserved]
    extra = [prefixed("reserved=", list_of(reserved))] if reserved else []
    return call("_TYPES.enum", declaration.name, *extra)


def _case(case: CaseClass) -> Expression:
    label = quoted(case.label) if isinstance(case.label, str) else str(case.label)
    match case.payload:
        case None:
            return call("CaseBinding", case.name, label)
        case TypeUse(_, wire):
            return call("CaseBinding", case.name, label, wire)
        case attributes:
            return call("CaseBinding", case.name, label, _fields(attributes))


def _method_lines(method: ClientMethod) -> list[str]:
    arguments = (each.type.wire for each in method.arguments)
    results = (each.wire for each in method.results)
    return _bound(method.constant, method.annotation, method.wire_name, arguments, results)


def _init_lines(arguments: Sequence[Argument]) -> list[str]:
    return _bound("_INIT_ARGS", "None", "init", (each.type.wire for each in arguments), ())


def _bound(
    constant: str,
    result: str,
    name: str,
    arguments: Iterable[Expression],
    results: Iterable[Expression],
) -> list[str]:
    bound = call("_TYPES.method", quoted(name), list_of(arguments), list_of(results))
    lines = lay_out(prefixed(f"{constant}: MethodBinding[{result}] = ", bound))
    if width(lines[0]) <= MAX_WIDTH:
        return lines
    opening = f"{constant}: MethodBinding[{result}] = ("
    if width(opening) <= MAX_WIDTH:
        return [opening, *lay_out(bound, INDENT), ")"]
    head = [f"{constant}: MethodBinding[", INDENT + result]
    return [*head, *lay_out(prefixed("] = ", bound))]
