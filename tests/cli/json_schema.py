"""As much of JSON Schema as docs/schemas uses; a keyword that is not known here is an error."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"

TYPES: dict[str, Callable[[Any], bool]] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}
ABOUT = ("$schema", "$defs", "title", "description", "properties", "required")
"""Keywords that say nothing here, or are checked with another one."""


def schema_of(path: str) -> dict[str, Any]:
    """The schema of what a command writes with --json."""
    return read(f"{path.replace(' ', '-')}.json")


@cache
def read(name: str) -> dict[str, Any]:
    """A schema by the name of its file."""
    schema: dict[str, Any] = json.loads((SCHEMAS / name).read_text("utf-8"))
    return schema


def faults(value: Any, schema: dict[str, Any], at: str = "$") -> list[str]:
    """What a value has that its schema does not allow, and where."""
    found: list[str] = []
    for keyword, rule in schema.items():
        if keyword not in ABOUT:
            found += CHECKS[keyword](value, rule, schema, at)
    return found


def _type(value: Any, rule: str, _: dict[str, Any], at: str) -> list[str]:
    return [] if TYPES[rule](value) else [f"{at}: {value!r} is no {rule}"]


def _additional(value: Any, rule: bool, schema: dict[str, Any], at: str) -> list[str]:
    assert rule is False
    if not isinstance(value, dict):
        return []
    properties = schema["properties"]
    found = [f"{at}: unknown field {name!r}" for name in value.keys() - properties.keys()]
    found += [f"{at}: no field {name!r}" for name in schema["required"] if name not in value]
    for name in value.keys() & properties.keys():
        found += faults(value[name], properties[name], f"{at}.{name}")
    return found


def _items(value: Any, rule: dict[str, Any], _: dict[str, Any], at: str) -> list[str]:
    each = enumerate(value if isinstance(value, list) else ())
    return [fault for index, item in each for fault in faults(item, rule, f"{at}[{index}]")]


def _any_of(value: Any, rule: list[dict[str, Any]], _: dict[str, Any], at: str) -> list[str]:
    tried = [faults(value, each, at) for each in rule]
    return [] if any(not each for each in tried) else min(tried, key=len)


def _ref(value: Any, rule: str, _: dict[str, Any], at: str) -> list[str]:
    file, _, name = rule.partition("#/$defs/")
    return faults(value, read(file)["$defs"][name], at)


def _enum(value: Any, rule: list[Any], _: dict[str, Any], at: str) -> list[str]:
    return [] if value in rule else [f"{at}: {value!r} is none of {rule}"]


def _pattern(value: Any, rule: str, _: dict[str, Any], at: str) -> list[str]:
    fits = not isinstance(value, str) or re.search(rule, value)
    return [] if fits else [f"{at}: {value!r} does not match {rule}"]


def _minimum(value: Any, rule: int, _: dict[str, Any], at: str) -> list[str]:
    return [f"{at}: {value} is less than {rule}"] if isinstance(value, int) and value < rule else []


CHECKS: dict[str, Callable[[Any, Any, dict[str, Any], str], list[str]]] = {
    "$ref": _ref,
    "additionalProperties": _additional,
    "anyOf": _any_of,
    "enum": _enum,
    "items": _items,
    "minimum": _minimum,
    "pattern": _pattern,
    "type": _type,
}
