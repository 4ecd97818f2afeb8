"""Types that two interfaces have in common, so that one module takes them from the other.

Two canisters that speak of the same things can then be handled by the same code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from ic_factory.bindgen.declarations import (
    Alias,
    Declaration,
    EnumClass,
    ModuleModel,
    RecordClass,
    TypeUse,
    UnionType,
)
from ic_factory.protocol.candid import InterfaceDescription

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Source:
    """A generated module that another one may take types from.

    Attributes:
        module: Its full name.
        interface: What it is generated from.
    """

    module: str
    interface: InterfaceDescription


def common_names(model: ModuleModel, other: ModuleModel) -> frozenset[str]:
    """The names of the declarations that mean the same in both, all the way down."""
    known = {each.name: each for each in other.declarations}
    common = {
        each.name: set(_names_in(each)) - {each.name}
        for each in model.declarations
        if each.name in known and _bare(each) == _bare(known[each.name])
    }
    own = {each.name for each in model.declarations} - common.keys()
    while different := {name for name, used in common.items() if used & own}:
        own |= different
        common = {name: used for name, used in common.items() if name not in different}
    return frozenset(common)


def taken_names(model: ModuleModel) -> list[str]:
    """What a module uses of the one that it takes types from, in order."""
    shared = (each for each in model.declarations if each.name in model.shared)
    bound = {name for each in shared for name in _classes_of(each)}
    used = model.shared.intersection(used_names(model))
    return sorted(bound | used, key=str.casefold)


def used_names(model: ModuleModel) -> Iterator[str]:
    """The names in the annotations that stand in a module itself."""
    for annotation in _annotations((model.own_declarations, model.methods, model.init_arguments)):
        yield from _NAME.findall(annotation)


def _classes_of(declaration: Declaration) -> tuple[str, ...]:
    """The classes that are bound to a type."""
    match declaration:
        case UnionType(_, _, cases):
            return tuple(each.name for each in cases)
        case RecordClass(name) | EnumClass(name):
            return (name,)
    return ()


def _annotations(value: Any) -> Iterator[str]:
    if isinstance(value, TypeUse | Alias):
        yield value.annotation
    elif isinstance(value, tuple):
        for each in value:
            yield from _annotations(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _annotations(getattr(value, each.name))


def _bare(value: Any) -> Any:
    """The same without what is said of it."""
    if is_dataclass(value) and not isinstance(value, type):
        inner = {each.name: _bare(getattr(value, each.name)) for each in fields(value)}
        return replace(value, **inner | ({"docs": ""} if "docs" in inner else {}))
    return tuple(map(_bare, value)) if isinstance(value, tuple) else value


def _names_in(value: Any) -> Iterator[str]:
    """All names that a declaration may refer to."""
    if isinstance(value, str):
        yield from _NAME.findall(value)
    elif isinstance(value, tuple):
        for each in value:
            yield from _names_in(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _names_in(getattr(value, each.name))
