"""The agent beside stock ic-py 1.0.1, in one run on one replica.

Stock ic-py polls for the answer at once and then each second. The embedded replica has answered by
the time that it has signed its first poll, so it never waits that second here, as it does where
rounds take longer.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import ic.agent
import ic.candid
import ic.client
from ic.candid import Types

from bench.client import Client as BenchClient
from bench.installed_canisters import NO_INIT_ARGUMENT, remote_canister
from bench.measure import Result, median_ms, once_ms
from bench.replica import daemon, root_key_of
from ic_factory.agent import Agent, Client, Identity
from ic_factory.agent import decode as our_decode
from ic_factory.agent import encode as our_encode
from ic_factory.canisters import factory_wasm
from ic_factory.drivers.factory import Factory
from ic_factory.operations.upload import upload
from ic_factory.operations.wasm_source import WasmSource
from ic_factory.protocol.principal import Principal
from tests.canisters.universal import cdk_wasm

NO_ARGUMENT = b"DIDL\0\0"
MEGABYTE = 1024 * 1024
UPLOAD_BYTES = 20 * MEGABYTE
STOCK_UPDATES = 5
"""Each takes stock ic-py over a second."""


def measure() -> Iterator[Result]:
    """Measures each budget in turn."""
    with daemon() as (url, _):
        root_key = root_key_of(url)
        setup = BenchClient(url, root_key)
        canister_id = remote_canister(setup, cdk_wasm(), NO_INIT_ARGUMENT)
        factory_id = remote_canister(setup, factory_wasm(), NO_INIT_ARGUMENT)
        identity = Identity.generate("ed25519")
        stock = ic.agent.Agent(ic.identity.Identity(identity.privkey), ic.client.Client(url))
        with Agent(identity, Client(url), root_key=root_key) as ours:
            yield updates(ours, stock, canister_id)
            yield queries(ours, stock, canister_id)
            yield blob_decoding()
            yield blob_decoding_time()
            yield blob_encoding()
            yield from uploads(ours, stock, factory_id)
    yield help_text()


def updates(ours: Agent, stock: ic.agent.Agent, canister_id: Principal) -> Result:
    """Updates, one after another, a certificate verified each time."""
    our_ms = median_ms(lambda: ours.update(canister_id, "increment", NO_ARGUMENT), runs=100)
    stock_ms = statistics.median(
        once_ms(lambda: stock.update_raw(str(canister_id), "increment", NO_ARGUMENT))
        for _ in range(STOCK_UPDATES)
    )
    return _ratio("100 updates, one after another", our_ms, stock_ms, 5)


def queries(ours: Agent, stock: ic.agent.Agent, canister_id: Principal) -> Result:
    """Queries; ours verify the node's signature, stock ic-py verifies nothing."""
    types = [Types.Nat64]

    def ask(agent: ic.agent.Agent) -> Callable[[], object]:
        return lambda: agent.query_raw(str(canister_id), "counter", NO_ARGUMENT, types)

    stock_ms = median_ms(ask(stock), runs=100)
    our_ms = median_ms(ask(ours), runs=100)
    return _ratio("100 queries, signatures verified", our_ms, stock_ms, 1.5)


def blob_decoding() -> Result:
    """A blob of 1 MB out of a message."""
    blob = os.urandom(MEGABYTE)
    types = [Types.Vec(Types.Nat8)]
    message = _message(blob)
    our_ms = median_ms(lambda: our_decode(message, types), runs=50)
    assert our_decode(message, types)[0]["value"] == blob
    stock_ms = once_ms(lambda: ic.candid.decode(message, types))
    return _ratio("decode a 1 MB blob", our_ms, stock_ms, 1000)


def blob_decoding_time() -> Result:
    """The same, ours alone, in milliseconds."""
    message = _message(os.urandom(MEGABYTE))
    types = [Types.Vec(Types.Nat8)]
    return Result(
        "decode a 1 MB blob", median_ms(lambda: our_decode(message, types), runs=50), "ms", 5
    )


def blob_encoding() -> Result:
    """A blob of 1 MB into a message."""
    params = [{"type": Types.Vec(Types.Nat8), "value": os.urandom(MEGABYTE)}]
    return Result("encode a 1 MB blob", median_ms(lambda: our_encode(params), runs=50), "ms", 2)


def uploads(ours: Agent, stock: ic.agent.Agent, factory_id: Principal) -> Iterator[Result]:
    """20 MB of module: begun, sent in chunks, committed, the hash checked."""
    seconds = statistics.median(_upload_seconds(ours, factory_id) for _ in range(5))
    yield Result("upload 20 MB", UPLOAD_BYTES / 1e6 / seconds, "MB/s", 25, at_least=True)
    per_chunk = _stock_chunk_seconds(stock, factory_id)
    chunks = UPLOAD_BYTES // MEGABYTE
    note = f"{seconds:.2f} s beside {chunks} x {per_chunk:.1f} s, its chunks alone"
    ratio = chunks * per_chunk / seconds
    yield Result("upload 20 MB", ratio, "x faster", 10, at_least=True, note=note)


def help_text() -> Result:
    """`ic-factory --help`, the whole process."""
    command = [sys.executable, "-m", "ic_factory", "--help"]
    value = median_ms(lambda: subprocess.run(command, check=True, capture_output=True), runs=15)
    return Result("`ic-factory --help`", value / 1000, "s", 0.25)


def _upload_seconds(agent: Agent, factory_id: Principal) -> float:
    # Other bytes each time, or nothing would be sent.
    module = b"\0asm" + os.urandom(UPLOAD_BYTES - 4)
    begun = time.perf_counter()
    result = upload(Factory(agent, factory_id), WasmSource.from_bytes(module))
    seconds = time.perf_counter() - begun
    assert result.bytes_sent == UPLOAD_BYTES
    Factory(agent, factory_id).delete_upload(result.upload_id)
    return seconds


def _stock_chunk_seconds(stock: ic.agent.Agent, factory_id: Principal) -> float:
    """One chunk of 1 MiB by stock ic-py: encoded by it, sent, polled for."""
    [reply] = stock.update_raw(str(factory_id), "create_upload", NO_ARGUMENT, [Types.Nat64])
    chunk = os.urandom(MEGABYTE)

    def send() -> None:
        params = [
            {"type": Types.Nat64, "value": reply["value"]},
            {"type": Types.Vec(Types.Nat8), "value": chunk},
        ]
        message = ic.candid.encode(params)
        [stored] = stock.update_raw(str(factory_id), "put_chunk", message, [Types.Bool])
        assert stored["value"]

    return once_ms(send) / 1000


def _message(blob: bytes) -> bytes:
    return our_encode([{"type": Types.Vec(Types.Nat8), "value": blob}])


def _ratio(what: str, our_ms: float, stock_ms: float, budget: float) -> Result:
    note = f"{our_ms:.2f} ms beside {stock_ms:.1f} ms of stock ic-py"
    return Result(what, stock_ms / our_ms, "x faster", budget, at_least=True, note=note)
