"""Candid arguments of the management canister's methods, with all that is optional left out."""

from __future__ import annotations

from typing import Any

from ic_factory.protocol.candid.types import CandidType, Opt, Record, Variant
from ic_factory.replica.management.interface import SIGNATURES, encode_arguments

NO_ARGUMENTS = b"DIDL\0\0"


def argument(method: str, **fields: Any) -> bytes:
    """The argument of a method; fields of type `opt` are given plain, or not at all."""
    types = SIGNATURES[method].arguments
    if not types:
        assert not fields
        return NO_ARGUMENTS
    return encode_arguments(method, _filled(types[0], fields))


def _filled(of: CandidType, given: dict[str, Any]) -> dict[str, Any]:
    assert isinstance(of, Record)
    names = {str(field.name) for field in of.fields}
    assert set(given) <= names, f"no such fields: {set(given) - names}"
    return {str(field.name): _value(field.type, given.get(str(field.name))) for field in of.fields}


def _value(of: CandidType, given: Any) -> Any:
    if isinstance(of, Opt):
        return [] if given is None else [_value(of.inner, given)]
    if isinstance(of, Record) and isinstance(given, dict):
        return _filled(of, given)
    if isinstance(of, Variant) and isinstance(given, dict):
        types = {str(field.name): field.type for field in of.fields}
        return {case: _value(types[case], content) for case, content in given.items()}
    return given
