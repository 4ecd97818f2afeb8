"""Agents in browsers may use the IC's endpoints from any origin, and nothing else."""

import pytest

from ic_factory.replica.http.cors import preflight_headers
from tests.http.wire import CBOR, message

ORIGIN = {"origin": "https://app.example"}


@pytest.mark.parametrize("path", ["/api/v2/status", "/api/v4/canister/aaaaa-aa/call", "/anything"])
def test_a_preflight_is_granted(served, path):
    asked = {
        **ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-custom",
        "access-control-request-private-network": "true",
    }
    response = served.client.options(path, headers=asked)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert "POST" in response.headers["access-control-allow-methods"]
    assert response.headers["access-control-allow-headers"] == "content-type,x-custom"
    assert response.headers["access-control-allow-private-network"] == "true"


def test_a_preflight_that_asks_for_nothing_is_granted_any_header():
    headers = dict(preflight_headers([]))
    assert headers[b"access-control-allow-headers"] == b"*"
    assert b"access-control-allow-private-network" not in headers


def test_answers_and_refusals_can_be_read_by_any_origin(served):
    body = message("query", served.canister_id, "read")
    good = served.client.post(served.path("v3", "query"), content=body, headers={**CBOR, **ORIGIN})
    bad = served.client.post(served.path("v3", "query"), content=b"", headers={**CBOR, **ORIGIN})
    missing = served.client.get("/nothing", headers=ORIGIN)
    for response, status in ((good, 200), (bad, 400), (missing, 404)):
        assert response.status_code == status
        assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/_/status", "/_/logs", "/_/topology"])
def test_the_admin_endpoints_cannot_be_read_by_other_origins(served, path):
    response = served.client.get(path, headers=ORIGIN)
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers
    assert served.client.options(path, headers=ORIGIN).status_code == 405
