"""A query's answer with the node's signature on it (specification, "Request: Query call")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ic_factory.protocol.crypto.ed25519 import Ed25519SigningKey
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.request_id import query_response_signing_bytes
from ic_factory.replica.rejects import Payload, Reply


@dataclass(frozen=True, slots=True)
class SignedResponse:
    """The map that answers a query over HTTP."""

    fields: Mapping[str, object]


def sign_response(
    node_key: Ed25519SigningKey, request_id: bytes, payload: Payload, timestamp: int
) -> SignedResponse:
    """The answer to the query `request_id`, signed at `timestamp` (nanoseconds since 1970)."""
    fields = _fields_of(payload)
    signing_bytes = query_response_signing_bytes(fields, timestamp, request_id)
    signature = {
        "timestamp": timestamp,
        "signature": node_key.sign(signing_bytes),
        "identity": Principal.self_authenticating(node_key.public_key_der).bytes,
    }
    return SignedResponse({**fields, "signatures": [signature]})


def _fields_of(payload: Payload) -> dict[str, object]:
    if isinstance(payload, Reply):
        return {"status": "replied", "reply": {"arg": payload.data}}
    return {
        "status": "rejected",
        "reject_code": int(payload.reject_code),
        "reject_message": payload.message,
        "error_code": str(payload.error_code),
    }
