"""The budgets of the embedded replica."""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import httpx

from bench.client import Client
from bench.installed_canisters import (
    BLOB,
    NAT32,
    NO_INIT_ARGUMENT,
    TEXT,
    cdk_canister,
    megabyte_module,
    remote_canister,
    tiny_canister,
)
from bench.measure import Result, median_ms, resident_mb
from ic_factory.protocol import cbor
from ic_factory.protocol.candid import encode
from ic_factory.protocol.certificate_verification import verify_for_canister
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, Reply
from tests.canisters.universal import cdk_wasm, reply

CHUNK = os.urandom(1024 * 1024)
CLIENTS = 16
IDLE_CANISTERS = 1000


def measure() -> Iterator[Result]:
    """Measures each budget in turn."""
    yield start_to_healthy()
    with daemon() as (url, process):
        time.sleep(0.5)
        yield Result("memory at rest, no canister", resident_mb(process.pid), "MB", 90)
        client = Client(url, root_key_of(url))
        canister_id = remote_canister(client, tiny_canister())
        yield update_call(client, canister_id, "update call, on disk before it is answered", 6)
        yield query_call(client, canister_id)
        yield chunk_to_stable_memory(client)
        yield throughput(client, canister_id)
        client.close()
    with daemon("--ephemeral") as (url, _):
        client = Client(url, root_key_of(url))
        canister_id = remote_canister(client, tiny_canister())
        yield update_call(client, canister_id, "update call, in memory alone", 4)
        client.close()
    yield small_put()
    yield create_and_install()
    yield snapshot_and_rewind()
    yield idle_canisters()


@contextlib.contextmanager
def daemon(*options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A replica in a process of its own, on a free port, from when it is healthy."""
    port = _free_port()
    with tempfile.TemporaryDirectory() as directory:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "ic_factory", "replica", "start"),
                *("--port", str(port), "--state-dir", directory, *options),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_until_healthy(port)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.terminate()
            process.wait()


def root_key_of(url: str) -> bytes:
    """The replica's root key, as its status tells it."""
    key: bytes = cbor.decode(httpx.get(f"{url}/api/v2/status").content)["root_key"]
    return key


def start_to_healthy() -> Result:
    """From the command to the first healthy status, median of 5."""

    def start() -> float:
        begun = time.perf_counter()
        with daemon():
            return time.perf_counter() - begun

    seconds = statistics.median(start() for _ in range(5))
    return Result("`replica start` to first healthy status", seconds, "s", 0.6)


def _wait_until_healthy(port: int) -> None:
    while True:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/api/v2/status").status_code == 200:
                return
        time.sleep(0.005)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def update_call(client: Client, canister_id: Principal, what: str, budget: float) -> Result:
    """A tiny update, certificate verified."""
    code = reply(b"hello").code
    value = median_ms(lambda: client.update(canister_id, "update", code), runs=200)
    certificate, _ = client.unverified_update(canister_id, canister_id, "update", code)
    verifying = median_ms(
        lambda: verify_for_canister(certificate, client.root_key, canister_id), runs=50
    )
    note = f"of which {verifying:.1f} ms for the client to verify the certificate"
    return Result(what, value, "ms", budget, note=note)


def query_call(client: Client, canister_id: Principal) -> Result:
    """A tiny query, signature checked."""
    code = reply(b"hello").code
    value = median_ms(lambda: client.query(canister_id, "query", code), runs=200)
    return Result("query call, signature checked", value, "ms", 3)


def chunk_to_stable_memory(client: Client) -> Result:
    """1 MiB of argument, decoded and written to stable memory by a Rust canister."""
    canister_id = remote_canister(client, cdk_wasm(), NO_INIT_ARGUMENT)
    argument = encode([NAT32, BLOB], [0, CHUNK])
    value = median_ms(lambda: client.update(canister_id, "store_chunk", argument), runs=30)
    return Result("1 MiB chunk into stable memory, end to end", value, "ms", 15)


def throughput(client: Client, canister_id: Principal) -> Result:
    """16 clients in a process of their own, updates a second on one canister."""
    command = [
        sys.executable,
        "-m",
        "bench.load",
        client.url,
        client.root_key.hex(),
        str(canister_id),
    ]
    load = subprocess.run([*command, str(CLIENTS)], check=True, capture_output=True)
    what = f"throughput, {CLIENTS} clients on one canister"
    return Result(what, float(load.stdout), "updates/s", 500, at_least=True)


def small_put() -> Result:
    """A put of a small value in a `StableBTreeMap`: in a query, so that no round is timed."""
    with Replica() as replica:
        canister_id = cdk_canister(replica)
        keys = iter(range(10**6))

        def put() -> None:
            argument = encode([TEXT, BLOB], [f"key {next(keys)}", b"a small value"])
            assert isinstance(replica.query_call(canister_id, "measure_put", argument), Reply)

        value = median_ms(put, runs=300)
    return Result("small put in a `StableBTreeMap`, execution alone", value, "ms", 0.3)


def create_and_install() -> Result:
    """Creating a canister and installing a 1 MB module that has been compiled before."""
    with Replica() as replica:
        wasm = megabyte_module()
        cdk_canister(replica, wasm)
        value = median_ms(lambda: cdk_canister(replica, wasm), runs=20)
    return Result("create + install of a 1 MB module already compiled", value, "ms", 15)


def snapshot_and_rewind() -> Result:
    """A replica with 10 canisters and 20 MB in them, kept and brought back."""
    with Replica() as replica:
        for _ in range(10):
            canister_id = cdk_canister(replica)
            for index in range(2):
                argument = encode([NAT32, BLOB], [index, CHUNK])
                assert isinstance(replica.update(canister_id, "store_chunk", argument), Reply)

        def there_and_back() -> None:
            replica.rewind(replica.snapshot())

        value = median_ms(there_and_back, runs=20)
    return Result("snapshot + rewind, 10 canisters, 20 MB", value, "ms", 10)


def idle_canisters() -> Result:
    """Resident memory of a process with 1,000 idle canisters of one 1 MB module."""
    command = [sys.executable, "-m", "bench.idle", str(IDLE_CANISTERS)]
    value = float(subprocess.run(command, check=True, capture_output=True).stdout)
    return Result("1,000 idle canisters of one 1 MB module", value, "MB", 300)
