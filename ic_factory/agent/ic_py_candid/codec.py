"""ic-py's `encode` and `decode`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ic.candid import Type

from ic_factory.agent.ic_py_candid.errors import (
    UnfitMessage,
    UnreadableMessage,
    UnwritableValue,
)
from ic_factory.agent.ic_py_candid.from_ic_py import translate
from ic_factory.agent.ic_py_candid.shapes import loosened, reader_of
from ic_factory.agent.ic_py_candid.to_ic_py import IcPyTypes
from ic_factory.protocol.candid import (
    CandidCoercionError,
    CandidTypeError,
    CandidWireError,
    wire,
)


def encode(params: Sequence[Mapping[str, Any]]) -> bytes:
    """Returns the message that holds the values.

    Args:
        params: `{"type": <ic-py type>, "value": value}` a value.

    Raises:
        UnwritableValue: A value is not of its type, or a type has no form on the wire. It is a
            ValueError and a TypeError too, as ic-py raises now one, now the other.
    """
    types = [each["type"] for each in params]
    values = [each["value"] for each in params]
    try:
        translated = [translate(type_) for type_ in types]
        try:
            return wire.encode(translated, values)
        except CandidTypeError:
            # What ic-py takes and our codec does not is rare: only then it is brought into shape.
            shaped = [loosened(value, type_) for value, type_ in zip(values, types, strict=True)]
            return wire.encode(translated, shaped)
    except CandidTypeError as error:
        raise UnwritableValue(error.reason, error.path) from error
    except RecursionError:
        raise UnwritableValue("values or types nest too deeply") from None


def decode(
    data: bytes | bytearray | memoryview, return_types: Sequence[Type] | Type | None = None
) -> list[dict[str, Any]]:
    """Returns the values of a message, each as `{"type": <ic-py's name>, "value": value}`.

    Args:
        data: The message.
        return_types: ic-py types to read it as, or one; what the message holds beyond them is
            read over. None reads it as what it says it is, without the names of fields.

    Raises:
        UnreadableMessage: The bytes are not a Candid message. It is a ValueError too.
        UnfitMessage: They are, but not of these types; a branch of UnreadableMessage.
        UnwritableValue: A type is not well formed.
    """
    try:
        types = _types(data, return_types)
        expected = None if return_types is None else [translate(type_) for type_ in types]
        values = wire.decode(data, expected)
        return [
            {"type": type_.name, "value": reader_of(type_)(value)}
            for type_, value in zip(types, values, strict=True)
        ]
    except CandidCoercionError as error:
        raise UnfitMessage(error.reason, error.offset, error.path) from error
    except CandidWireError as error:
        raise UnreadableMessage(error.reason, error.offset, error.path) from error
    except CandidTypeError as error:
        raise UnwritableValue(error.reason, error.path) from error
    except RecursionError:
        raise UnreadableMessage("values or types nest too deeply", 0) from None


def _types(
    data: bytes | bytearray | memoryview, return_types: Sequence[Type] | Type | None
) -> list[Type]:
    if return_types is None:
        on_the_wire = IcPyTypes(nothing_is_a_tuple=True)
        return [on_the_wire.convert(type_) for type_ in wire.types_of(data)]
    return list(return_types) if isinstance(return_types, list | tuple) else [return_types]
