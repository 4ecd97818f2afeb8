"""The hashes of a request and a response that the tree has.

HTTP Gateway Protocol, "Request Hash Calculation" and "Response Hash Calculation"; the status is
certified as `:ic-cert-status`, and of query parameters the whole `name=value` parts, joined by
`&`, as canisters' libraries have it.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from ic_factory.protocol.leb128 import encode_unsigned
from ic_factory.protocol.response_verification.certificate_header import CERTIFICATE
from ic_factory.protocol.response_verification.expression import (
    EXPRESSION,
    CertifiedHeaders,
    CertifiedRequest,
)
from ic_factory.protocol.response_verification.messages import Header, HttpRequest, HttpResponse


def request_hash(request: HttpRequest, certified: CertifiedRequest) -> bytes:
    """The hash of what is certified of a request, 32 bytes."""
    fields = [
        (name.lower(), value.encode())
        for name, value in request.headers
        if name.lower() in certified.headers
    ]
    fields.append((":ic-cert-method", request.method.encode()))
    query = _certified_query(request.query, certified)
    if query is not None:
        fields.append((":ic-cert-query", query.encode()))
    return _pair_hash(fields, request.body)


def response_hash(response: HttpResponse, certified: CertifiedHeaders) -> bytes:
    """The hash of what is certified of a response, 32 bytes."""
    fields = [
        (name.lower(), value.encode())
        for name, value in certified_headers(response.headers, certified)
    ]
    fields.append((":ic-cert-status", encode_unsigned(response.status)))
    return _pair_hash(fields, response.body)


def certified_headers(headers: Iterable[Header], certified: CertifiedHeaders) -> tuple[Header, ...]:
    """Those of a response's headers that are certified, in their order."""
    return tuple(
        (name, value)
        for name, value in headers
        if (lowered := name.lower()) != CERTIFICATE
        and (lowered == EXPRESSION or certified.include(lowered))
    )


def _certified_query(query: str | None, certified: CertifiedRequest) -> str | None:
    if query is None:
        return None
    parts = [
        part
        for part in query.split("&")
        if part.partition("=")[0].lower() in certified.query_parameters
    ]
    return "&".join(parts) if parts else None


def _pair_hash(fields: Iterable[tuple[str, bytes]], body: bytes) -> bytes:
    """As a map is hashed, but that names may be repeated; then the body beside it."""
    hashes = sorted(
        sha256(name.encode()).digest() + sha256(value).digest() for name, value in fields
    )
    headers_hash = sha256(b"".join(hashes)).digest()
    return sha256(headers_hash + sha256(body).digest()).digest()
