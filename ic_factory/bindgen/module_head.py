"""The beginning of a generated module: what it exempts itself from, and what it imports."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ic_factory.bindgen.declarations import Alias, EnumClass, ModuleModel, RecordClass, UnionType
from ic_factory.bindgen.layout import INDENT, MAX_WIDTH, width
from ic_factory.bindgen.sharing import taken_names, used_names


def exemption_lines(lines: Sequence[str], rules: set[str]) -> list[str]:
    """Returns what keeps linter and formatter from what a description brings with it."""
    overlong = [line for line in lines if width(line) > MAX_WIDTH and " " in line.strip()]
    found = rules | ({"E501"} if overlong else set())
    noqa = [f"# ruff: noqa: {', '.join(sorted(found))}"] if found else []
    return [*noqa, *(["# fmt: off"] if overlong else [])]


def import_lines(model: ModuleModel) -> list[str]:
    """Returns the import lines, sorted as the linter wants them."""
    declared = {type(each) for each in model.own_declarations}
    has_methods = bool(model.methods) or model.init_arguments is not None
    standard = [
        *_import("enum", [""] if EnumClass in declared else []),
        *_import("dataclasses", ["dataclass"] if declared & {RecordClass, UnionType} else []),
        *_import(
            "typing",
            [
                *(["Never"] if "Never" in model.imports else []),
                *(["TypeAlias"] if declared & {Alias, UnionType} else []),
            ],
        ),
    ]
    runtime = [
        *(["CanisterClient"] if model.client else []),
        *(["CaseBinding"] if UnionType in map(type, model.declarations) else []),
        *(["FuncReference"] if _needs_func_reference(model) else []),
        *(["MethodBinding"] if has_methods else []),
        *(["Some"] if "Some" in model.imports else []),
        *(["TypeBindings"] if has_methods or model.declarations else []),
    ]
    own = [
        *_import("ic_factory.bindgen.runtime", runtime),
        *_import(model.shared_module, taken_names(model)),
        *_import("ic_factory.protocol.candid", ["types as t"] if "t" in model.imports else []),
        *_import("ic_factory.protocol.principal", {"Principal"} & model.imports),
    ]
    blocks = [["from __future__ import annotations"], standard, own]
    return [line for block in blocks if block for line in ("", *block)][1:]


def _needs_func_reference(model: ModuleModel) -> bool:
    return "FuncReference" in model.imports and "FuncReference" in used_names(model)


def _import(module: str, names: Collection[str]) -> list[str]:
    """Returns the import of names from a module: none where there are none, `""` for itself."""
    if not names:
        return []
    if "" in names:
        return [f"import {module}"]
    line = f"from {module} import {', '.join(names)}"
    if width(line) <= MAX_WIDTH:
        return [line]
    return [f"from {module} import (", *(f"{INDENT}{name}," for name in names), ")"]
