"""The HTTP endpoints of a live replica: whatever comes, they take it or refuse it with 4xx."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import cbor2
import httpx

from ic_factory.protocol.candid import encode
from ic_factory.protocol.candid.types import BOOL
from ic_factory.protocol.crypto.keys import SigningKey
from ic_factory.protocol.envelope import Envelope
from ic_factory.replica import FrozenClock, InstructionLimits, Replica, ReplicaConfig
from ic_factory.replica.http import serve
from ic_factory.replica.management.interface import encode_arguments
from ic_factory.replica.state.subnet import FIRST_FRESH_NUMBER, canister_id_of
from tests.canisters.universal import universal_wasm_without
from tests.conformance.spec_client.identities import self_authenticating
from tests.conformance.spec_client.representation import hash_of_map
from tests.fuzz import seeds
from tests.fuzz.campaign import Target
from tests.fuzz.mutation import with_changed_bytes
from tests.fuzz.structure import (
    SELF_DESCRIBED,
    changed_item,
    decoded,
    mixed,
    with_changed_cbor,
    with_changed_tokens,
)

NOW = 1_750_000_000 * 10**9
EXPIRY = NOW + 240 * 10**9

REWIND_AFTER = 300
"""Inputs after which the replica is what it was: they may do anything to its canisters."""

LIMITS = InstructionLimits(
    update=20_000_000, query=50_000_000, install=2_000_000_000, inspect_message=20_000_000
)
"""Changed programs may run for ever."""

SOCKET_SECONDS = 10.0
PATIENCE_SECONDS = 0.15
"""How long an answer may take; the connection stays open after it, unless the request said so."""

PAGES = Path(__file__).parents[1] / "canisters" / "assets_certified.wasm.gz"
"""A canister with pages, certified and not."""

PAGES_ID = canister_id_of(FIRST_FRESH_NUMBER + 1)


@dataclass
class ServedReplica:
    """A live replica with a universal canister, and how many inputs it has had."""

    replica: Replica
    http: httpx.Client
    address: tuple[str, int]
    inputs: int = field(default=0)

    def __post_init__(self) -> None:
        self._beginning = self.replica.snapshot()

    def _count(self) -> None:
        self.inputs += 1
        if self.inputs % REWIND_AFTER == 0:
            self.replica.rewind(self._beginning)

    def post(self, path: str, body: bytes) -> str:
        """Sends a body; the status. Anything but an answer or a refusal is an error."""
        self._count()
        headers = {"content-type": "application/cbor"}
        response = self.http.post(path, content=body, headers=headers)
        if response.status_code == 200:
            cbor2.loads(response.content)
        elif response.status_code != 202:
            assert 400 <= response.status_code < 500, (response.status_code, response.text)
            assert response.headers["content-type"].startswith("text/plain")
            assert response.text
            assert "Traceback" not in response.text
        return str(response.status_code)

    def send(self, data: bytes) -> str:
        """Sends bytes that may be HTTP; the status, or that the connection was closed.

        A canister's pages may have any status, its own faults included.
        """
        self._count()
        with socket.create_connection(self.address, timeout=SOCKET_SECONDS) as connection:
            # The server may answer and close before it has read everything.
            with contextlib.suppress(ConnectionError):
                connection.sendall(data)
            answer = _received(connection)
        if not answer:
            return "closed"
        assert answer.startswith(b"HTTP/1.1 "), answer[:80]
        for sign_of_a_fault in (b"Traceback", b"internal error of the replica"):
            assert sign_of_a_fault not in answer
        return answer[9:12].decode()

    def send_http(self, data: bytes) -> str:
        """Sends bytes that are for the replica's own endpoints."""
        status = self.send(data)
        assert not status.startswith("5"), status
        return status


def _received(connection: socket.socket) -> bytes:
    """All that comes; a server that waits for the rest of a request learns that there is none."""
    parts = []
    with contextlib.suppress(ConnectionError):
        connection.settimeout(PATIENCE_SECONDS)
        try:
            while part := connection.recv(65_536):
                parts.append(part)
        except TimeoutError:
            connection.settimeout(SOCKET_SECONDS)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65_536):
                parts.append(part)
    return b"".join(parts)


@contextlib.contextmanager
def served_replica() -> Iterator[ServedReplica]:
    """Serves a replica while fuzzing."""
    config = ReplicaConfig(seed=bytes(range(32)), limits=LIMITS)
    with Replica(config, FrozenClock(NOW)) as replica:
        canister_id = replica.create_canister()
        assert canister_id == seeds.CANISTER
        replica.install_code(canister_id, universal_wasm_without("canister_heartbeat"))
        pages_id = replica.create_canister()
        replica.install_code(pages_id, PAGES.read_bytes(), encode([BOOL], [False]))
        replica.start()
        with serve(replica) as server, httpx.Client(base_url=server.url, timeout=30) as http:
            yield ServedReplica(replica, http, (server.host, server.port))


def endpoint_targets(served: ServedReplica) -> tuple[Target, ...]:
    """A target for each endpoint, and one for HTTP itself."""
    canister, subnet = f"canister/{seeds.CANISTER}", f"subnet/{served.replica.subnet_id}"
    paths = {
        "v2_call": (f"/api/v2/{canister}/call", 4),
        "v3_call": (f"/api/v3/{canister}/call", 2),
        "v4_call": (f"/api/v4/{canister}/call", 6),
        "management_call": (f"/api/v4/{canister}/call", 6),
        "v2_query": (f"/api/v2/{canister}/query", 2),
        "v3_query": (f"/api/v3/{canister}/query", 4),
        "v2_read_state": (f"/api/v2/{canister}/read_state", 2),
        "v3_read_state": (f"/api/v3/{canister}/read_state", 3),
        "subnet_call": (f"/api/v4/{subnet}/call", 1),
        "subnet_query": (f"/api/v3/{subnet}/query", 1),
        "subnet_read_state": (f"/api/v3/{subnet}/read_state", 2),
    }
    mutate = mixed(
        with_changed_cbor, with_changed_content, with_changed_content, with_changed_bytes
    )
    targets = [
        Target(
            name,
            management_bodies() if name == "management_call" else bodies_for(path),
            mutate,
            partial(served.post, path),
            weight=weight,
        )
        for name, (path, weight) in paths.items()
    ]
    raw = mixed(with_changed_tokens, with_changed_bytes)
    pages = page_requests()
    return (
        *targets,
        Target("http", raw_requests(), raw, served.send_http, weight=8),
        Target("gateway", pages, raw, served.send, weight=6),
    )


def bodies_for(path: str) -> tuple[bytes, ...]:
    """Requests of each type; mostly those that belong at this path."""
    kind = path.rpartition("/")[2]
    envelopes = list(seeds.signed_envelopes(EXPIRY))
    fitting = [one.encode() for one in envelopes if one.content.request_type == kind]
    return (*fitting * 5, *(one.encode() for one in envelopes))


def with_changed_content(random: Random, seed: bytes, all_seeds: Sequence[bytes]) -> bytes:
    """A request whose content is changed, from nobody, or signed after that."""
    try:
        content = decoded(seed)["content"]
        if "arg" in content and random.random() < 0.6:
            content["arg"] = with_changed_bytes(random, content["arg"], (content["arg"],))
        else:
            content = changed_item(random, content)
        if random.random() < 0.5:
            return SELF_DESCRIBED + cbor2.dumps({"content": {**content, "sender": b"\x04"}})
        return _signed(random.choice(seeds.SIGNERS), content)
    except (TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return with_changed_cbor(random, seed, all_seeds)


def _signed(signer: SigningKey, content: dict[str, Any]) -> bytes:
    content = {**content, "sender": self_authenticating(signer.public_key_der)}
    known = {name: value for name, value in content.items() if value is not None}
    signature = signer.sign(b"\x0aic-request" + hash_of_map(known))
    authentication = {"sender_pubkey": signer.public_key_der, "sender_sig": signature}
    return SELF_DESCRIBED + cbor2.dumps({"content": content, **authentication})


def management_bodies() -> tuple[bytes, ...]:
    """Calls to the management canister by the canister's controller, who is anonymous."""
    canister = {"canister_id": seeds.CANISTER}
    module = seeds.small_modules()[0]
    settings: dict[str, Any] = {"controllers": [[]], "freezing_threshold": [100]}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("canister_status", canister),
        ("canister_info", {**canister, "num_requested_changes": [5]}),
        ("update_settings", {**canister, "settings": settings}),
        (
            "install_code",
            {**canister, "mode": {"upgrade": []}, "wasm_module": module, "arg": b"DIDL\0\0"},
        ),
        ("upload_chunk", {**canister, "chunk": b"a chunk"}),
        ("clear_chunk_store", canister),
        ("stop_canister", canister),
        ("take_canister_snapshot", canister),
        ("list_canister_snapshots", canister),
        ("uninstall_code", canister),
        ("provisional_create_canister_with_cycles", {"amount": [10**13], "settings": []}),
        ("provisional_top_up_canister", {**canister, "amount": 7}),
    ]
    contents = [
        {
            "request_type": "call",
            "canister_id": b"",
            "method_name": method,
            "arg": encode_arguments(method, fields),
            "sender": b"\x04",
            "ingress_expiry": EXPIRY,
        }
        for method, fields in calls
    ]
    return tuple(SELF_DESCRIBED + cbor2.dumps({"content": content}) for content in contents)


def raw_requests() -> tuple[bytes, ...]:
    """HTTP requests as they travel."""
    body = Envelope.encode(next(seeds.signed_envelopes(EXPIRY)))
    post = (
        b"POST /api/v2/canister/%s/call HTTP/1.1\r\nHost: localhost\r\n"
        b"Connection: close\r\nContent-Type: application/cbor\r\n"
    ) % str(seeds.CANISTER).encode()
    chunked = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    paths = (
        *("/api/v2/status", "/_/status", "/_/topology", "/_/metrics", "/_/dashboard?page=1"),
        *("/_/logs", f"/_/logs?canister={seeds.CANISTER}", "/", "/index.html?x=1"),
    )
    gets = (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        for path in paths
    )
    preflight = (
        b"OPTIONS /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        b"Access-Control-Request-Headers: b\r\n\r\n"
    )
    whole = post + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    return (*gets, whole, post + chunked, preflight)


def page_requests() -> tuple[bytes, ...]:
    """What browsers ask a canister for."""
    host = f"{PAGES_ID}.localhost"
    targets = (
        *(f"/ {host}", f"/logo.png {host}", f"/streamed?x=%20 {host}", f"/upgrade {host}"),
        *(f"/uncertified {PAGES_ID}.raw.localhost", f"/trap {host}", f"/skipped {host}"),
        *(f"/words.txt?canisterId={PAGES_ID} localhost", f"/a {seeds.CANISTER}.localhost"),
    )
    gets = []
    for target in targets:
        path, name = target.split(" ")
        head = f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\nRange: bytes=0-9\r\n"
        gets.append(f'{head}Accept-Encoding: gzip\r\nIf-None-Match: "x"\r\n\r\n'.encode())
    head = f"POST /form HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
    return (*gets, f"{head}Content-Length: 3\r\n\r\na=b".encode())
