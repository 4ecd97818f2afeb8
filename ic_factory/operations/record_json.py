"""Generated records as JSON and back, by their types; what is read is what was written."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from ic_factory.errors import IcFactoryError
from ic_factory.operations.errors import OperationError
from ic_factory.protocol.principal import Principal

Record = TypeVar("Record")


class NotOfType(OperationError):
    """A JSON value is not what a type asks for; the message has the path to it."""


def to_json(value: Any) -> Any:
    """A value as JSON has it: records as objects, principals as text, bytes in hexadecimal."""
    match value:
        case Enum():
            return value.value
        case bytes():
            return value.hex()
        case list() | tuple():
            return [to_json(each) for each in value]
        case Principal():
            return str(value)
    if is_dataclass(value):
        return {each.name: to_json(getattr(value, each.name)) for each in fields(value)}
    return value


def from_json(record: type[Record], value: Any) -> Record:
    """The record that a JSON object was written of; fields that it does not know are left out.

    Raises:
        NotOfType: It was written of something else.
    """
    read: Record = _read(record, value, "$")
    return read


def _read(kind: Any, value: Any, path: str) -> Any:
    if get_origin(kind) is types.UnionType:
        return None if value is None else _read(_present(kind), value, path)
    if get_origin(kind) is list:
        [item] = get_args(kind)
        entries = enumerate(_checked(list, value, path))
        return [_read(item, each, f"{path}[{index}]") for index, each in entries]
    if is_dataclass(kind) and kind is not Principal:
        return _record(kind, _checked(dict, value, path), path)
    return _scalar(kind, value, path)


def _present(kind: Any) -> Any:
    [present] = (each for each in get_args(kind) if each is not types.NoneType)
    return present


def _record(kind: Any, value: Mapping[str, Any], path: str) -> Any:
    hints = _hints(kind)
    missing = [
        each.name for each in fields(kind) if each.name not in value and each.default is MISSING
    ]
    if missing:
        raise NotOfType(f"{path}: no field {missing[0]!r}")
    given = {name: value[name] for name in hints.keys() & value.keys()}
    return kind(
        **{name: _read(hints[name], each, f"{path}.{name}") for name, each in given.items()}
    )


def _scalar(kind: Any, value: Any, path: str) -> Any:
    try:
        if kind is bytes:
            return bytes.fromhex(_checked(str, value, path))
        if kind is Principal:
            return Principal.from_str(_checked(str, value, path))
        if issubclass(kind, Enum):
            return kind(_checked(str, value, path))
    except (ValueError, IcFactoryError) as error:
        raise NotOfType(f"{path}: {value!r} is no {kind.__name__}: {error}") from error
    return _checked(kind, value, path)


def _checked(kind: Any, value: Any, path: str) -> Any:
    # JSON's truth values are integers to Python.
    if type(value) is not kind:
        raise NotOfType(f"{path}: {value!r:.80} is no {kind.__name__}")
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
