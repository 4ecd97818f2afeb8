"""What an agent in a browser needs: leave to call from any origin (Fetch standard, CORS)."""

from __future__ import annotations

import pytest

from tests.conformance.https_interface.world import COUNT_UP, World
from tests.conformance.spec_client.connection import encode, envelope

ORIGIN = {"origin": "https://app.example"}


def paths(world: World) -> dict[str, str]:
    canister = world.connection.principal_text(world.canister_id)
    subnet = world.connection.principal_text(world.subnet_id)
    return {
        "status": "/api/v2/status",
        **{f"call {v}": f"/api/{v}/canister/{canister}/call" for v in ("v2", "v3", "v4")},
        **{f"query {v}": f"/api/{v}/canister/{canister}/query" for v in ("v2", "v3")},
        **{f"read_state {v}": f"/api/{v}/canister/{canister}/read_state" for v in ("v2", "v3")},
        **{f"subnet {v}": f"/api/{v}/subnet/{subnet}/read_state" for v in ("v2", "v3")},
        "subnet call": f"/api/v4/subnet/{subnet}/call",
        "subnet query": f"/api/v3/subnet/{subnet}/query",
    }


def is_granted(headers: str, asked: str) -> bool:
    granted = [each.strip().lower() for each in headers.split(",")]
    return "*" in granted or asked in granted


@pytest.mark.parametrize("name", ["status", "call v4", "query v3", "read_state v3", "subnet call"])
def test_the_preflight_lets_any_origin_post_cbor(world: World, name: str):
    response = world.connection.http.options(
        paths(world)[name],
        headers=ORIGIN
        | {
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
        },
    )
    assert response.status_code in (200, 204)
    assert response.headers["access-control-allow-origin"] in ("*", ORIGIN["origin"])
    assert is_granted(response.headers["access-control-allow-methods"], "post")
    assert is_granted(response.headers["access-control-allow-headers"], "content-type")


def test_the_preflight_of_a_public_page_is_let_onto_the_private_network(world: World):
    response = world.connection.http.options(
        "/api/v2/status",
        headers=ORIGIN
        | {
            "access-control-request-method": "GET",
            "access-control-request-private-network": "true",
        },
    )
    assert response.headers["access-control-allow-private-network"] == "true"


def test_every_endpoint_answers_to_any_origin(world: World):
    for name, path in paths(world).items():
        response = world.connection.http.request(
            "GET" if name == "status" else "POST", path, headers=ORIGIN
        )
        assert response.headers["access-control-allow-origin"] == "*", name


def test_refusals_can_be_read_by_the_page_too(world: World):
    body = encode(envelope(world.connection.call_content(world.other_id, "update", COUNT_UP)))
    response = world.connection.http.post(
        paths(world)["call v4"],
        content=body,
        headers={"content-type": "application/cbor", **ORIGIN},
    )
    assert response.status_code == 400
    assert response.headers["access-control-allow-origin"] == "*"
    assert world.connection.http.get("/nowhere", headers=ORIGIN).headers[
        "access-control-allow-origin"
    ]


@pytest.mark.parametrize("path", ["/_/topology", "/_/status", "/_/logs"])
def test_pages_are_not_let_into_the_administration(world: World, path: str):
    response = world.connection.http.get(path, headers=ORIGIN)
    assert "access-control-allow-origin" not in response.headers
