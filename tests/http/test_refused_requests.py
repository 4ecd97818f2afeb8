"""What is wrong with a request is said in plain text, with the right HTTP status."""

import logging

import cbor2
import httpx
import pytest

from ic_factory.replica.http.bodies import MAX_BODY_BYTES
from ic_factory.replica.http.refusals import Refusing
from tests.http.wire import CBOR, content, envelope, message


def is_plain(response):
    return (
        response.headers["content-type"].startswith("text/plain")
        and "Traceback" not in response.text
        and response.text
    )


@pytest.mark.parametrize("end", ["call", "query", "read_state"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        cbor2.dumps(3),
        cbor2.dumps({}),
        cbor2.dumps({"content": {}}),
        envelope({"request_type": "call"}),
        envelope(content("nothing")),
        b"\xd9\xd9\xf7" + b"\x9f" * 10_000,
    ],
)
def test_bodies_that_are_no_request(served, end, body):
    response = served.client.post(served.path("v2", end), content=body, headers=CBOR)
    assert response.status_code == 400
    assert is_plain(response)


def test_a_request_past_its_expiry(served):
    fields = content(
        "call",
        canister_id=served.canister_id.bytes,
        method_name="count",
        arg=b"",
        ingress_expiry=1,
    )
    response = served.client.post(served.path("v4", "call"), content=envelope(fields), headers=CBOR)
    assert response.status_code == 400
    assert "ingress_expiry" in response.text


@pytest.mark.parametrize("text", ["not-a-principal", "aaaaa-ab", "%00", "é", "x" * 500])
def test_ids_in_the_path_that_are_no_principal(served, text):
    response = served.client.post(f"/api/v2/canister/{text}/query", content=b"x", headers=CBOR)
    assert response.status_code == 400
    assert "principal" in response.text
    assert is_plain(response)


def test_a_path_for_another_canister_than_the_body(served):
    path = f"/api/v2/canister/{served.replica.default_effective_canister_id}/query"
    other = served.replica.create_canister()
    response = served.client.post(path, content=message("query", other, "read"), headers=CBOR)
    assert response.status_code == 400


@pytest.mark.parametrize("headers", [{}, {"content-type": "application/json"}])
def test_content_types_other_than_cbor(served, headers):
    body = message("query", served.canister_id, "read")
    response = served.client.post(served.path("v2", "query"), content=body, headers=headers)
    assert response.status_code == 400
    assert response.text == "Unexpected content-type, expected application/cbor."


def test_content_types_may_have_parameters_and_capitals(served):
    body = message("query", served.canister_id, "read")
    headers = {"content-type": "Application/CBOR; charset=binary"}
    response = served.client.post(served.path("v2", "query"), content=body, headers=headers)
    assert response.status_code == 200


def test_bodies_too_large_by_their_own_word(served):
    body = bytes(MAX_BODY_BYTES + 1)
    response = served.client.post(served.path("v2", "call"), content=body, headers=CBOR)
    assert response.status_code == 413
    assert is_plain(response)


def test_bodies_too_large_that_do_not_say_so(served):
    def chunks():
        for _ in range(6):
            yield bytes(MAX_BODY_BYTES // 5)

    response = served.client.post(served.path("v2", "call"), content=chunks(), headers=CBOR)
    assert response.status_code == 413


def test_bodies_between_the_two_limits_are_refused_by_the_replica(served):
    body = bytes(4 * 1024**2)
    response = served.client.post(served.path("v2", "call"), content=body, headers=CBOR)
    assert response.status_code == 400
    assert "bytes" in response.text


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/status", "/api/v2/canister/aaaaa-aa", "/api/v4/canister/aaaaa-aa/query"]
)
def test_unknown_paths(served, path):
    assert served.client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v2/status"),
        ("GET", "/api/v2/canister/aaaaa-aa/call"),
        ("DELETE", "/api/v3/canister/aaaaa-aa/query"),
        ("POST", "/_/topology"),
    ],
)
def test_wrong_methods(served, method, path):
    response = served.client.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"]


def test_the_server_lives_on_after_bytes_that_are_no_http(served):
    import socket

    with socket.create_connection(
        (served.client.base_url.host, served.client.base_url.port)
    ) as raw:
        raw.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        raw.recv(1000)
    assert served.client.get("/api/v2/status").status_code == 200


def test_an_error_of_the_replicas_own_is_500_and_logged(caplog):
    async def broken(scope, receive, send):
        raise RuntimeError("the secret inside")

    transport = httpx.ASGITransport(Refusing(broken))

    async def ask():
        async with httpx.AsyncClient(transport=transport, base_url="http://replica") as client:
            return await client.get("/api/v2/status")

    import asyncio

    with caplog.at_level(logging.ERROR):
        response = asyncio.run(ask())
    assert response.status_code == 500
    assert "secret" not in response.text
    assert is_plain(response)
    assert "the secret inside" in caplog.text
