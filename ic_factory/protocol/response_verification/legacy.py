"""Version 1: a path and the hash of a body (HTTP Gateway Protocol, "Legacy Response Verification").

Status and headers are not certified by it, so a redirect is not served, and the header that would
let a browser keep a forgery is left out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from hashlib import sha256

from ic_factory.protocol.hash_tree import Found, HashTree, lookup_path
from ic_factory.protocol.response_verification.errors import WrongContent
from ic_factory.protocol.response_verification.messages import (
    Header,
    HttpRequest,
    HttpResponse,
    values_of,
)

MAX_DECODED_BYTES = 64 * 1024**2
"""How large a compressed body may become."""

_ASSETS = b"http_assets"
_FALLBACK = b"/index.html"
_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "deflate": -zlib.MAX_WBITS}


def check_legacy(request: HttpRequest, response: HttpResponse, tree: HashTree) -> None:
    """Checks the body of a response by version 1.

    Args:
        request: The request.
        response: Its response, whose body may be compressed.
        tree: The canister's hash tree, as far as it is shown.

    Raises:
        WrongContent: It is not certified for the path.
    """
    if 300 <= response.status < 400:
        raise WrongContent("a redirect can't be certified by version 1 of response verification")
    certified = _certified_hash(request.path, tree)
    if certified is None:
        raise WrongContent(f"neither {request.path!r} nor '/index.html' is in the tree")
    body = response.body
    encodings = [each.strip().lower() for each in values_of(response.headers, "content-encoding")]
    if sha256(body).digest() == certified:
        return
    if len(encodings) != 1 or sha256(_decoded(body, encodings[0])).digest() != certified:
        raise WrongContent(f"the body is not the one that is certified for {request.path!r}")


def served_headers(headers: Iterable[Header]) -> tuple[Header, ...]:
    """Those headers that are served along with a body that version 1 certifies."""
    return tuple((name, value) for name, value in headers if name.lower() != "cache-control")


def _certified_hash(path: str, tree: HashTree) -> bytes | None:
    for label in (path.encode(), _FALLBACK):
        found = lookup_path(tree, (_ASSETS, label))
        if isinstance(found, Found):
            return found.value
    return None


def _decoded(body: bytes, encoding: str) -> bytes:
    window = _WINDOWS.get(encoding)
    if window is None:
        return body
    reader = zlib.decompressobj(window)
    try:
        decoded = reader.decompress(body, MAX_DECODED_BYTES)
    except zlib.error as error:
        raise WrongContent(f"the body is not {encoding}: {error}") from error
    if not reader.eof:
        raise WrongContent(
            f"the body breaks off, or is larger than {MAX_DECODED_BYTES} bytes when decoded"
        )
    return decoded
