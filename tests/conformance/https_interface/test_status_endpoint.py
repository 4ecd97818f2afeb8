"""Specification: "Status endpoint"."""

from __future__ import annotations

import pytest

from tests.conformance.https_interface.world import World
from tests.conformance.spec_client.certificates import raw_public_key
from tests.conformance.spec_client.connection import decode


def test_status_is_self_described_cbor_with_the_root_key(world: World):
    status = decode(world.connection.http.get("/api/v2/status"))
    assert status["root_key"] == world.replica.root_key
    assert len(raw_public_key(status["root_key"])) == 96


def test_status_has_what_clients_look_at(world: World):
    status = decode(world.connection.http.get("/api/v2/status"))
    assert status["replica_health_status"] == "healthy"
    assert isinstance(status["impl_version"], str)
    assert isinstance(status["ic_api_version"], str)
    assert status["certified_height"] == world.replica.height


def test_certified_height_grows_with_the_rounds(world: World):
    before = decode(world.connection.http.get("/api/v2/status"))["certified_height"]
    world.replica.tick()
    after = decode(world.connection.http.get("/api/v2/status"))["certified_height"]
    assert after == before + 1


def test_head_gets_no_body(world: World):
    response = world.connection.http.head("/api/v2/status")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_allowed(world: World, method: str):
    assert world.connection.http.request(method, "/api/v2/status").status_code == 405


@pytest.mark.parametrize("path", ["/", "/api/v2/status/", "/api/v1/status", "/api", "/api/v2"])
def test_unknown_paths_are_not_found(world: World, path: str):
    response = world.connection.http.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/plain")
    assert "Traceback" not in response.text
