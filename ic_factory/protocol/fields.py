"""Reading typed fields from the decoded maps of requests.

Each function takes a field out of the map, so that what is left are the fields unknown here. A
field that is null counts as absent, as the clients that send one expect.
"""

from __future__ import annotations

from typing import Any, TypeVar

from ic_factory.errors import EnvelopeError, PrincipalError
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.request_id import hash_of_map

Fields = dict[str, Any]
"""A decoded map, with what is still to be read."""

Other = tuple[tuple[str, Any], ...]
"""Fields that are not known here, as received; they count for request ids."""

Wanted = TypeVar("Wanted")

_KIND_NAMES = {
    bytes: "a byte string",
    str: "text",
    int: "a natural number",
    list: "an array",
    dict: "a map",
}


def take_optional(fields: Fields, name: str, kind: type[Wanted], where: str) -> Wanted | None:
    """Takes a field of this type, or None where it is absent.

    Args:
        fields: The map.
        name: The field's name.
        kind: bytes, str, int, list or dict.
        where: The path to the map, such as `content.`, for error messages.

    Raises:
        EnvelopeError: The field is of another type.
    """
    value = fields.pop(name, None)
    if value is None or type(value) is kind:
        return value
    raise EnvelopeError(f"{where}{name} is {_kind_name(type(value))}, not {_kind_name(kind)}")


def take(fields: Fields, name: str, kind: type[Wanted], where: str) -> Wanted:
    """Takes a field that must be there; otherwise as `take_optional`.

    Raises:
        EnvelopeError: The field is absent or of another type.
    """
    value = take_optional(fields, name, kind, where)
    if value is None:
        raise EnvelopeError(f"{where}{name} is missing")
    return value


def take_principal(fields: Fields, name: str, where: str) -> Principal:
    """Takes a principal that must be there.

    Raises:
        EnvelopeError: The field is absent, of another type or too long.
    """
    return principal(take(fields, name, bytes, where), where + name)


def take_timestamp(fields: Fields, name: str, where: str) -> int:
    """Takes nanoseconds since 1970 that must be there.

    Raises:
        EnvelopeError: The field is absent, of another type, negative, or takes over 64 bits.
    """
    value = take(fields, name, int, where)
    if not 0 <= value < 2**64:
        raise EnvelopeError(f"{where}{name} is not in the range of 64 bits: {value}")
    return value


def principal(value: object, where: str) -> Principal:
    """Makes a principal of a decoded byte string.

    Raises:
        EnvelopeError: The value is of another type or too long.
    """
    if type(value) is not bytes:
        raise EnvelopeError(f"{where} is {_kind_name(type(value))}, not a byte string")
    try:
        return Principal(value)
    except PrincipalError as error:
        raise EnvelopeError(f"{where}: {error}") from error


def rest(fields: Fields, where: str) -> Other:
    """The fields that nobody has taken, without those that are null.

    Raises:
        EnvelopeError: A field has no representation-independent hash.
    """
    if not fields:
        return ()
    try:
        hash_of_map(fields)
    except EnvelopeError as error:
        raise EnvelopeError(f"{where.removesuffix('.')}, unknown field: {error}") from error
    return tuple((name, value) for name, value in fields.items() if value is not None)


def _kind_name(kind: type) -> str:
    return _KIND_NAMES.get(kind, kind.__name__)
