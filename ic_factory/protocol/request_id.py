"""Representation-independent hashes of maps, request ids, and what gets signed.

Specification, "Representation-independent hashing of structured data", "Request ids",
"Authentication", "Request: Query call".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from ic_factory.errors import EnvelopeError
from ic_factory.protocol.leb128 import encode_signed, encode_unsigned
from ic_factory.protocol.principal import Principal

REQUEST_DOMAIN = b"\x0aic-request"
DELEGATION_DOMAIN = b"\x1aic-request-auth-delegation"
SENDER_INFO_DOMAIN = b"\x0eic-sender-info"
QUERY_RESPONSE_DOMAIN = b"\x0bic-response"

_MAX_DEPTH = 64

_HASHES_OF_NAMES = {
    name: sha256(name.encode()).digest()
    for name in (
        *("request_type", "canister_id", "method_name", "arg", "sender", "ingress_expiry"),
        *("nonce", "paths", "sender_info", "info", "signer", "sig"),
        *("pubkey", "expiration", "targets", "permissions"),
        *("status", "reply", "reject_code", "reject_message", "error_code"),
        *("timestamp", "request_id"),
    )
}


def hash_of_map(fields: Mapping[str, Any]) -> bytes:
    """The representation-independent hash, 32 bytes.

    Args:
        fields: Text, bytes, principals, integers, lists and maps by name. Fields that are None
            count as omitted.

    Raises:
        EnvelopeError: A name or a value is of a type that has no such hash, or nested too deep.
    """
    return _hash_of_map(fields, _MAX_DEPTH)


def request_signing_bytes(request_id: bytes) -> bytes:
    """What the sender of a request signs."""
    return REQUEST_DOMAIN + request_id


def delegation_signing_bytes(delegation_hash: bytes) -> bytes:
    """What the key that delegates signs: the hash of the delegation's map, domain-separated."""
    return DELEGATION_DOMAIN + delegation_hash


def sender_info_signing_bytes(info: bytes) -> bytes:
    """What the signing canister signs to vouch for a sender's information."""
    return SENDER_INFO_DOMAIN + info


def query_response_signing_bytes(
    response: Mapping[str, Any], timestamp: int, request_id: bytes
) -> bytes:
    """What a node signs of its answer to a query.

    Args:
        response: The answer's fields: `status` with `reply`, or with `reject_code`,
            `reject_message` and maybe `error_code`. `signatures` is left out.
        timestamp: The signature's time, in nanoseconds since 1970.
        request_id: The query's request id.
    """
    signed = {name: value for name, value in response.items() if name != "signatures"}
    signed["timestamp"] = timestamp
    signed["request_id"] = request_id
    return QUERY_RESPONSE_DOMAIN + hash_of_map(signed)


def _hash_of_map(fields: Mapping[str, Any], depth: int) -> bytes:
    hashes = []
    for name, value in fields.items():
        if value is None:
            continue
        if type(name) is not str:
            raise EnvelopeError(f"a field's name is text, got {type(name).__name__}")
        name_hash = _HASHES_OF_NAMES.get(name) or sha256(name.encode()).digest()
        hashes.append(name_hash + _hash_of_value(value, depth))
    hashes.sort()
    return sha256(b"".join(hashes)).digest()


def _hash_of_value(value: Any, depth: int) -> bytes:
    kind = type(value)
    if kind is bytes:
        return sha256(value).digest()
    if kind is Principal:
        return sha256(value.bytes).digest()
    if kind is str:
        return sha256(value.encode()).digest()
    if kind is int:
        encoded = encode_unsigned(value) if value >= 0 else encode_signed(value)
        return sha256(encoded).digest()
    if depth == 0:
        raise EnvelopeError(f"a field is nested deeper than {_MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        return _hash_of_map(value, depth - 1)
    if isinstance(value, list | tuple):
        return _hash_of_array(value, depth - 1)
    raise EnvelopeError(f"a value of type {kind.__name__} can't be part of a request id")


def _hash_of_array(values: Iterable[Any], depth: int) -> bytes:
    return sha256(b"".join([_hash_of_value(value, depth) for value in values])).digest()
