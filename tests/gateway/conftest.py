"""A live replica behind HTTP whose canisters serve pages."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from ic_factory.protocol.candid import encode
from ic_factory.protocol.candid.types import BOOL
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.config import user_compile_cache
from ic_factory.replica.http import Server, serve
from tests.http.wire import counter_module

MODULE = Path(__file__).parents[1] / "canisters" / "assets_certified.wasm.gz"
CONTROLLER = Principal.self_authenticating(b"the controller's key")
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@dataclass(frozen=True)
class Site:
    """One canister as clients of the gateway reach it."""

    server: Server
    client: httpx.Client
    canister_id: Principal

    def host(self, *, is_raw: bool = False) -> str:
        raw = ".raw" if is_raw else ""
        return f"{self.canister_id}{raw}.localhost:{self.server.port}"

    def get(self, path: str, *, is_raw: bool = False, **options: Any) -> httpx.Response:
        return self.request("GET", path, is_raw=is_raw, **options)

    def request(
        self, method: str, path: str, *, is_raw: bool = False, **options: Any
    ) -> httpx.Response:
        """Asks by the loopback address, since not every machine knows names under localhost."""
        headers = {"host": self.host(is_raw=is_raw), **options.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **options)


def install(replica: Replica, *, is_legacy: bool, section: bytes = b"") -> Principal:
    """A new canister that serves pages; `section` is put at the end of its module."""
    canister_id = replica.create_canister(CONTROLLER)
    module = gzip.decompress(MODULE.read_bytes()) + section
    replica.install_code(canister_id, module, encode([BOOL], [is_legacy]), sender=CONTROLLER)
    return canister_id


@pytest.fixture(scope="session")
def replica() -> Iterator[Replica]:
    with Replica(ReplicaConfig(compile_cache=user_compile_cache())) as replica:
        replica.start()
        yield replica


@pytest.fixture(scope="session")
def names() -> dict[str, Principal]:
    """The canisters that have a name; tests may add some."""
    return {}


@pytest.fixture(scope="session")
def server(replica: Replica, names: dict[str, Principal]) -> Iterator[Server]:
    with serve(replica, resolve_name=names.get) as server:
        yield server


@pytest.fixture(scope="session")
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def site(replica: Replica, server: Server, client: httpx.Client) -> Site:
    """Pages certified by version 2."""
    return Site(server, client, install(replica, is_legacy=False))


@pytest.fixture(scope="session")
def legacy_site(replica: Replica, server: Server, client: httpx.Client) -> Site:
    """Pages certified by version 1."""
    return Site(server, client, install(replica, is_legacy=True))


@pytest.fixture(scope="session")
def no_site(replica: Replica, server: Server, client: httpx.Client) -> Site:
    """A canister that serves no pages."""
    canister_id = replica.create_canister()
    replica.install_code(canister_id, counter_module())
    return Site(server, client, canister_id)
