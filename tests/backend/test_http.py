"""What browsers and monitors see, verified as a gateway does."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import pytest

from ic_factory.protocol.response_verification import (
    HttpRequest,
    HttpResponse,
    ResponseVerificationError,
    Trust,
    Verified,
    verify_response,
)
from tests.backend.world import (
    FRIEND,
    MEBIBYTE,
    Backend,
    Response,
    memory_update,
    new_asset,
)

PUBLIC = {"Public": None}
PRIVATE = {"Private": None}


def verified(backend: Backend, url: str, response: Response, method: str = "GET") -> Verified:
    """The response as a gateway verifies it.

    Raises:
        ResponseVerificationError: it does not serve it.
    """
    trust = Trust(backend.replica.root_key, backend.canister_id, backend.replica.now)
    headers = tuple((name, value) for name, value in response.raw["headers"])
    answer = HttpResponse(response.status, headers, whole_body(backend, response))
    return verify_response(HttpRequest(method, url, (), b""), answer, trust, lambda: "1,2")


def whole_body(backend: Backend, response: Response) -> bytes:
    """The body with all that is streamed behind it."""
    body = response.body
    strategy = response.raw["streaming_strategy"]
    token = strategy[0]["Callback"]["token"] if strategy else None
    while token is not None:
        (piece,) = backend.query("http_streaming_callback", token)
        body += piece["body"]
        token = next(iter(piece["token"]), None)
    return body


def is_certified(backend: Backend, url: str, **headers: str) -> bool:
    response = backend.get(url, **headers)
    return verified(backend, url, response).is_certified


def publish(backend: Backend, capsule: str, content: Any, **fields: Any) -> str:
    """Adds a public memory of one asset; returns the asset's URL."""
    asset = new_asset(content, **{"content_type": "image/png", **fields})
    memory_id = backend.add(capsule, assets=[asset], visibility=PUBLIC)
    backend.settle()
    return f"/asset/{memory_id}/original"


@pytest.mark.parametrize("size", [0, 1, 30_000, MEBIBYTE, MEBIBYTE + 1])
def test_a_public_asset_is_served_certified(backend: Backend, capsule: str, size: int) -> None:
    content = random.Random(size).randbytes(size)
    url = publish(backend, capsule, backend.upload(content))
    response = backend.get(url)
    assert verified(backend, url, response).is_certified
    if size <= MEBIBYTE:
        assert (response.status, response.body) == (200, content)
        assert response.headers["content-length"] == str(size)
    assert response.headers["content-type"] == "image/png"
    assert response.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'


@pytest.mark.parametrize("place", [0, 10, -1])
def test_a_tampered_body_is_refused(backend: Backend, capsule: str, place: int) -> None:
    url = publish(backend, capsule, b"an image, more or less")
    response = backend.get(url)
    body = bytearray(response.body)
    body[place] ^= 1
    forged = Response(response.status, response.headers, bytes(body), response.raw)
    with pytest.raises(ResponseVerificationError):
        verified(backend, url, forged)


def test_a_certified_asset_can_be_denied_by_nobody(backend: Backend, capsule: str) -> None:
    url = publish(backend, capsule, b"here")
    elsewhere = backend.get("/asset/m00/original")
    with pytest.raises(ResponseVerificationError):
        verified(backend, url, elsewhere)


def test_a_large_asset_comes_in_parts_that_are_certified_one_by_one(
    backend: Backend, capsule: str
) -> None:
    content = random.Random(1).randbytes(5 * MEBIBYTE + 7)
    url = publish(backend, capsule, backend.upload(content), content_type="video/mp4")
    found = b""
    response = backend.get(url)
    while True:
        assert response.status == 206
        assert verified(backend, url, response).is_certified
        found += response.body
        if len(found) == len(content):
            break
        response = backend.get(url, range=f"bytes={len(found)}-")
    assert found == content
    response = backend.get(url, range="bytes=5-")
    assert response.status == 200
    assert verified(backend, url, response).is_certified
    assert whole_body(backend, response) == content


def test_what_is_not_asked_for_in_full_is_certified_too(backend: Backend, capsule: str) -> None:
    url = publish(backend, capsule, b"0123456789")
    etag = backend.get(url).headers["etag"]
    known = backend.get(url, if_none_match=f'"other", W/{etag}')
    assert (known.status, known.body) == (304, b"")
    assert verified(backend, url, known).is_certified
    beyond = backend.get(url, range="bytes=10-")
    assert (beyond.status, beyond.headers["content-range"]) == (416, "bytes */10")
    assert verified(backend, url, beyond).is_certified
    head = backend.get(url, method="HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "10")
    assert verified(backend, url, head, "HEAD").is_certified
    with pytest.raises(ResponseVerificationError):
        verified(backend, url, head, "GET")


def test_any_range_is_served_where_nothing_is_verified(backend: Backend, capsule: str) -> None:
    content = random.Random(2).randbytes(3 * MEBIBYTE)
    url = publish(backend, capsule, backend.upload(content))
    host = f"{backend.canister_id}.raw.icp0.io"
    for asked, first, end in [
        ("bytes=5-9", 5, 10),
        ("bytes=-3", len(content) - 3, len(content)),
        ("bytes=1000000-", 1_000_000, 1_000_000 + MEBIBYTE),
    ]:
        response = backend.get(url, range=asked, host=host)
        assert (response.status, response.body) == (206, content[first:end])
        assert response.headers["content-range"] == f"bytes {first}-{end - 1}/{len(content)}"
    changed = backend.get(url, range="bytes=5-9", if_range='"other"', host=host)
    assert changed.status == 200
    assert whole_body(backend, changed) == content


def test_a_private_asset_is_served_to_holders_of_a_token_only(
    backend: Backend, capsule: str
) -> None:
    memory_id = backend.add(capsule, assets=[new_asset(b"private")])
    url = f"/asset/{memory_id}/original"
    for asked in (url, f"{url}?token=00", f"{url}?token={'0' * 60}"):
        assert backend.get(asked).status == 404
    token = backend.query("get_asset_token", memory_id, [60])["token"]
    response = backend.get(f"{url}?token={token}")
    assert (response.status, response.body) == (200, b"private")
    assert response.headers["cache-control"] == "private, no-cache"
    assert not verified(backend, f"{url}?token={token}", response).is_certified
    other = backend.add(capsule, assets=[new_asset(b"other")])
    assert backend.get(f"/asset/{other}/original?token={token}").status == 404
    backend.pass_seconds(61)
    assert backend.get(f"{url}?token={token}").status == 404


def test_a_token_opens_nothing_when_its_holder_may_see_it_no_more(
    backend: Backend, capsule: str
) -> None:
    memory_id = backend.add(capsule, assets=[new_asset(b"private")])
    friend = backend.registered(FRIEND)
    assert friend.query_refusal("get_asset_token", memory_id, []) == "MemoryNotFound"
    backend.update("grant_access", memory_id, FRIEND, {"Read": None})
    token = friend.query("get_asset_token", memory_id, [])["token"]
    assert backend.get(f"/asset/{memory_id}/original?token={token}").body == b"private"
    backend.update("revoke_access", memory_id, FRIEND)
    assert backend.get(f"/asset/{memory_id}/original?token={token}").status == 404


def test_a_large_private_asset_is_streamed(backend: Backend, capsule: str) -> None:
    content = random.Random(3).randbytes(2 * MEBIBYTE + 5)
    memory_id = backend.add(capsule, assets=[new_asset(backend.upload(content))])
    token = backend.query("get_asset_token", memory_id, [])["token"]
    response = backend.get(f"/asset/{memory_id}/original?token={token}")
    assert whole_body(backend, response) == content
    strategy = response.raw["streaming_strategy"][0]["Callback"]
    assert strategy["callback"] == (backend.canister_id, "http_streaming_callback")
    backend.update("delete_memory_from_capsule", capsule, memory_id)
    assert backend.query("http_streaming_callback", strategy["token"]) == []


ABSENT = [
    "/",
    "/asset",
    "/asset/",
    "/asset/a/original",
    "/asset/m/original",
    "/asset/m0/original",
    "/asset/mg/original",
    f"/asset/m{'f' * 40}/original",
    "/asset/zz/original",
    "/asset/%3C*%3E/original",
    "/asset/%3C%24%3E",
    "/%3C*%3E",
    "/other/path/",
    "/health",
    "/metrics",
]


@pytest.mark.parametrize("count", [0, 1, 5])
def test_what_is_not_there_is_proven_not_to_be_certified(
    backend: Backend, capsule: str, count: int
) -> None:
    urls = [publish(backend, capsule, bytes([number])) for number in range(count)]
    private = backend.add(capsule, assets=[new_asset(b"private")])
    paths = [*ABSENT, f"/asset/{private}/original", f"/asset/{private}"]
    for url in urls:
        paths += [f"{url}/more", f"{url}/", url[:-9], f"{url}s", f"{url[:-10]}0/original"]
        paths += [url.replace("original", "a"), url.replace("original", "z")]
    for path in paths:
        response = backend.get(path)
        assert response.status in (200, 404), path
        assert not verified(backend, path, response).is_certified, path
    for url in urls:
        assert is_certified(backend, url)


def test_an_unknown_memory_and_a_private_one_are_answered_alike(
    backend: Backend, capsule: str
) -> None:
    private = backend.add(capsule, assets=[new_asset(b"private")])
    unknown = private[:-4] + ("0001" if private[-4:] != "0001" else "0005")
    answers = [backend.get(f"/asset/{memory}/original") for memory in (private, unknown)]
    assert answers[0].raw == answers[1].raw


def test_certification_follows_what_is_public(backend: Backend, capsule: str) -> None:
    memory_id = backend.add(capsule, assets=[new_asset(b"one")])
    url = f"/asset/{memory_id}/original"
    assert backend.get(url).status == 404
    backend.update("set_visibility", capsule, PUBLIC)
    backend.settle()
    assert is_certified(backend, url)
    update = memory_update(set_assets=[new_asset(b"two")])
    backend.update("update_memory_in_capsule", capsule, memory_id, update)
    assert is_certified(backend, url)
    assert backend.get(url).body == b"two"
    backend.upgrade()
    assert is_certified(backend, url)
    backend.update("set_visibility", capsule, PRIVATE)
    backend.settle()
    assert backend.get(url).status == 404
    assert not is_certified(backend, url)
    backend.update("set_visibility", memory_id, PUBLIC)
    assert is_certified(backend, url)
    backend.update("delete_memory_from_capsule", capsule, memory_id)
    assert not is_certified(backend, url)
    assert backend.query("get_backend_stats")["certified_memories"] == 0


def test_a_capsule_of_many_memories_becomes_public_and_private_again(
    backend: Backend, capsule: str
) -> None:
    memories = [backend.add(capsule, assets=[new_asset(bytes([n]))]) for n in range(30)]
    for visibility, count in ((PUBLIC, 30), (PRIVATE, 0), (PUBLIC, 30)):
        backend.update("set_visibility", capsule, visibility)
        backend.settle()
        assert backend.query("get_backend_stats")["certified_memories"] == count
    assert all(is_certified(backend, f"/asset/{memory}/original") for memory in memories)
    backend.update("delete_capsule", capsule)
    backend.settle()
    assert backend.query("get_backend_stats")["certified_memories"] == 0


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("image/png", "inline"),
        ("video/mp4", "inline"),
        ("text/plain", "inline"),
        ("text/html", "attachment"),
        ("image/svg+xml", "attachment"),
        ("application/xhtml+xml", "attachment"),
        ("application/pdf", "attachment"),
        ("text/xml", "attachment"),
    ],
)
def test_a_browser_is_kept_from_running_what_somebody_uploaded(
    backend: Backend, capsule: str, content_type: str, kind: str
) -> None:
    script = b"<script>alert(1)</script>"
    url = publish(backend, capsule, script, content_type=content_type, file_name='<b>"ж.html')
    headers = backend.get(url).headers
    encoded = "%3Cb%3E%22%D0%B6.html"
    assert headers["content-disposition"] == f"{kind}; filename*=UTF-8''{encoded}"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert is_certified(backend, url)


def test_metrics_and_health_are_told_over_http(backend: Backend, capsule: str) -> None:
    backend.add(capsule)
    metrics = backend.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert b"\nbackend_memories 1\n" in metrics.body
    assert b'backend_method_calls_total{method="add_memory_to_capsule"} 1' in metrics.body
    assert b"backend_stored_bytes" not in metrics.body
    assert backend.get("/health").body == b"ok\n"
    backend.limit(min_cycles=10**30)
    sick = backend.get("/health")
    assert (sick.status, sick.body[:13]) == (503, b"Low on cycles")
    assert backend.get("/health", method="POST").status == 405
    assert backend.get("/health", method="HEAD").body == b""
