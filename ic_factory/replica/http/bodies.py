"""Request bodies: CBOR by their header, within a bound of bytes."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request

from ic_factory.replica.http.refusals import Refusal

CBOR = "application/cbor"

MAX_BODY_BYTES = 5 * 1024**2
"""What the IC's own replica reads of a body; the limit on requests themselves is lower."""


async def read_cbor_body(request: Request) -> bytes:
    """The whole body of a request.

    Raises:
        Refusal: the body isn't said to be CBOR, is too large, or breaks off.
    """
    _check_content_type(request)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MAX_BODY_BYTES:
        raise _too_large()
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > MAX_BODY_BYTES:
                raise _too_large()
            parts.append(part)
    except ClientDisconnect as error:
        raise Refusal(400, "the request broke off before its end") from error
    return b"".join(parts)


def _check_content_type(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != CBOR:
        raise Refusal(400, f"Unexpected content-type, expected {CBOR}.")


def _too_large() -> Refusal:
    return Refusal(413, f"the request body is larger than {MAX_BODY_BYTES} bytes")
