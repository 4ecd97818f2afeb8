"""Candid values as JSON, by their types, both ways.

Numbers are numbers, whatever their size; floats that JSON lacks are `"NaN"`, `"Infinity"` and
`"-Infinity"`. A blob is `"0x…"`, a principal or service its text, a function `["<id>", "method"]`.
`opt` is null or the value, but `[]` or `[value]` where the value may be null itself. A variant is
`{"Case": value}`, or `"Case"` where it has none. Records are objects, tuples and vecs arrays.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ic_factory.protocol.candid.errors import CandidTypeError
from ic_factory.protocol.candid.types import (
    EMPTY,
    FLOAT32,
    FLOAT64,
    NULL,
    PRINCIPAL,
    RESERVED,
    CandidType,
    Func,
    Opt,
    Record,
    Service,
    Variant,
    Vec,
    accepts_absence,
    is_blob,
    resolve,
)
from ic_factory.protocol.principal import Principal

_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def from_json(document: Any, type_: CandidType) -> Any:
    """A plain Candid value, as `ic_factory.protocol.candid` has them.

    Raises:
        CandidTypeError: The document is not of the type; the error has the path to it.
    """
    match resolve(type_):
        case Opt(inner):
            return _opt_from_json(document, inner)
        case Vec() as vec if is_blob(vec):
            return _blob_from_json(document)
        case Vec(inner):
            values = _expect(document, list, "an array")
            return [_within(f"[{i}]", from_json, each, inner) for i, each in enumerate(values)]
        case Record() as record:
            return _record_from_json(document, record)
        case Variant() as variant:
            return _variant_from_json(document, variant)
        case Func():
            principal, method = _pair(document)
            return Principal.from_str(principal), method
        case Service():
            return Principal.from_str(_expect(document, str, "a principal's text"))
        case primitive:
            return _primitive_from_json(document, primitive)


def to_json(value: Any, type_: CandidType) -> Any:
    """The JSON document of a plain Candid value of a type."""
    match resolve(type_):
        case Opt(inner):
            if accepts_absence(inner):
                return [to_json(each, inner) for each in value]
            return to_json(value[0], inner) if value else None
        case Vec() as vec if is_blob(vec):
            return f"0x{bytes(value).hex()}"
        case Vec(inner):
            return [to_json(each, inner) for each in value]
        case Record() as record if record.is_tuple:
            pairs = zip(value, record.fields, strict=True)
            return [to_json(each, field.type) for each, field in pairs]
        case Record() as record:
            named = zip(record.keys, record.fields, strict=True)
            return {key: to_json(value[key], field.type) for key, field in named}
        case Variant() as variant:
            return _variant_to_json(value, variant)
        case Func():
            return [str(value[0]), value[1]]
        case _:
            return _scalar_to_json(value)


def _opt_from_json(document: Any, inner: CandidType) -> list[Any]:
    if accepts_absence(inner):
        values = _expect(document, list, "[] or [value]")
        if len(values) > 1:
            raise CandidTypeError(f"expected [] or [value], got {len(values)} values")
        return [from_json(each, inner) for each in values]
    return [] if document is None else [from_json(document, inner)]


def _blob_from_json(document: Any) -> bytes:
    if isinstance(document, list):
        try:
            return bytes(document)
        except (TypeError, ValueError) as error:
            raise CandidTypeError(f"expected numbers from 0 to 255: {error}") from error
    text = _expect(document, str, '"0x…" or an array of numbers')
    try:
        if not text.startswith("0x"):
            raise ValueError("it does not begin with 0x")
        return bytes.fromhex(text[2:])
    except ValueError as error:
        raise CandidTypeError(f'expected hexadecimal digits, "0x…": {error}') from error


def _record_from_json(document: Any, record: Record) -> Any:
    if record.is_tuple:
        values = _expect(document, list, "an array")
        if len(values) != len(record.fields):
            raise CandidTypeError(f"expected {len(record.fields)} values, got {len(values)}")
        pairs = zip(values, record.fields, strict=True)
        return tuple(
            _within(f"[{i}]", from_json, value, field.type)
            for i, (value, field) in enumerate(pairs)
        )
    given = _expect(document, dict, "an object")
    unknown = sorted(given.keys() - set(record.keys))
    if unknown:
        raise CandidTypeError(
            f"no field {unknown[0]!r}; there are {', '.join(record.keys) or 'none'}"
        )
    return {
        key: _within(f".{key}", from_json, given[key], field.type)
        for key, field in zip(record.keys, record.fields, strict=True)
        if key in given
    }


def _variant_from_json(document: Any, variant: Variant) -> dict[str, Any]:
    given = {document: None} if isinstance(document, str) else document
    cases = dict(zip(variant.keys, variant.fields, strict=True))
    if not isinstance(given, dict) or len(given) != 1 or not given.keys() <= cases.keys():
        raise CandidTypeError(f"expected one of the cases {', '.join(cases)}")
    [(name, value)] = given.items()
    return {name: _within(f".{name}", from_json, value, cases[name].type)}


def _variant_to_json(value: dict[str, Any], variant: Variant) -> Any:
    [(name, payload)] = value.items()
    type_ = dict(zip(variant.keys, variant.fields, strict=True))[name].type
    return name if resolve(type_) == NULL else {name: to_json(payload, type_)}


def _primitive_from_json(document: Any, primitive: Any) -> Any:
    if primitive in (NULL, RESERVED, EMPTY):
        return None
    if primitive == PRINCIPAL:
        return Principal.from_str(_expect(document, str, "a principal's text"))
    if primitive in (FLOAT32, FLOAT64):
        if isinstance(document, str) and document in _FLOATS:
            return _FLOATS[document]
        if isinstance(document, int) and not isinstance(document, bool):
            return float(document)
    # The encoder checks what is left: numbers, texts, truth values.
    return document


def _scalar_to_json(value: Any) -> Any:
    if isinstance(value, Principal):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _pair(document: Any) -> tuple[str, str]:
    match document:
        case [str(principal), str(method)]:
            return principal, method
    raise CandidTypeError('expected a function, ["<principal>", "method"]')


def _expect(document: Any, kind: type, what: str) -> Any:
    if not isinstance(document, kind):
        raise CandidTypeError(f"expected {what}, got {type(document).__name__}")
    return document


def _within(
    step: str, convert: Callable[[Any, CandidType], Any], document: Any, type_: CandidType
) -> Any:
    try:
        return convert(document, type_)
    except CandidTypeError as error:
        raise error.within(step) from None
