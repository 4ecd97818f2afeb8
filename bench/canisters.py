"""What the shipped canisters cost: instructions of the main methods, by `performance_counter`.

The factory counts the instructions of each update method, its callbacks included, and tells them
at `/metrics`. A query and the factory's own upgrade are measured by their fee, on a replica where
instructions are all that costs. The counts are the embedded replica's, and the same in each run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from bench import backend, creation
from bench.measure import Result
from ic_factory.canisters import factory_interface, factory_wasm
from ic_factory.protocol.candid.did import parse_did
from ic_factory.replica import Replica, ReplicaConfig, Reply
from ic_factory.replica.cycles import FREE, FeeTable
from ic_factory.replica.rejects import Payload
from tests import surgery
from tests.canisters.universal import cdk_wasm
from tests.conformance.custom_sections import with_custom_sections
from tests.factory.world import (
    ADMIN,
    CONTROLLER,
    NO_ARGUMENTS,
    Factory,
    install_factory,
    install_request,
    upgrade_request,
)

MEBIBYTE = 1024 * 1024
EMPTY = b"\0asm\1\0\0\0"
CANISTERS = 1000
UPLOADS = 20
PAID_IN_INSTRUCTIONS = FeeTable(
    **{name: getattr(FREE, name) for name in FREE.__slots__} | {"per_billion_instructions": 10**9}
)
"""A cycle for each instruction, and nothing else."""


def measure() -> Iterator[Result]:
    """Measures each method in turn."""
    yield Result("factory.wasm.gz", len(factory_wasm()) / 1000, "kB", 600)
    with Replica(ReplicaConfig(fees=PAID_IN_INSTRUCTIONS)) as replica:
        factory = install_factory(replica, parse_did(factory_interface()))
        limits = {"max_canisters_per_caller": CANISTERS + 9, "max_upload_size": 100 * MEBIBYTE}
        factory.limit(**limits, max_uploads_per_caller=CANISTERS)
        yield from uploads(factory)
        yield from canisters(factory)
        fill(factory)
        yield from among_many(factory)
    yield from backend.measure()
    yield from creation.measure()


def uploads(factory: Factory) -> Iterator[Result]:
    """Methods of uploads."""
    chunk = random.Random(0).randbytes(MEBIBYTE)
    factory.begin_upload(expected_len=2 * MEBIBYTE)
    upload_id = factory.update("create_upload")
    factory.update("put_chunk_at", upload_id, 0, chunk)
    yield by_metrics(factory, "put_chunk_at", "1 MiB", 30)
    factory.update("put_chunk_at", upload_id, 0, chunk)
    yield by_metrics(factory, "put_chunk_at", "the same 1 MiB again", 30)
    factory.update("put_chunk", upload_id, chunk)
    yield by_metrics(factory, "put_chunk", "1 MiB", 30)
    yield by_metrics(factory, "create_upload_with", "", 1)
    large = with_custom_sections(EMPTY, {"padding": random.Random(1).randbytes(99 * MEBIBYTE)})
    factory.update("delete_upload", factory.upload(large))
    yield by_metrics(factory, "commit_upload", "99 MiB, of 40,000", 10_000)
    yield by_metrics(factory, "delete_upload", "99 MiB", 20)


def canisters(factory: Factory) -> Iterator[Result]:
    """The flows of a canister's life."""
    upload_id = factory.upload(cdk_wasm())
    size = f"{len(cdk_wasm()) // 1000} kB"
    canister_id = factory.create(upload_id, init_arg=NO_ARGUMENTS, handoff=False)
    yield by_metrics(factory, "create_and_install_with", f"{size}, five messages", 30)
    request = upgrade_request(canister_id, upload_id=upload_id, arg=NO_ARGUMENTS)
    factory.update("upgrade_canister_with", request)
    yield by_metrics(factory, "upgrade_canister_with", f"{size}, nine messages", 30)
    factory.update("refresh_canister_info", canister_id)
    yield by_metrics(factory, "refresh_canister_info", "two messages", 3)
    factory.update("delete_canister", canister_id)
    yield by_metrics(factory, "delete_canister", "nine messages", 15)


def fill(factory: Factory) -> None:
    """1,000 canisters, and 100 MB in uploads that are all different."""
    noise = random.Random(2)
    for _ in range(UPLOADS):
        padding = noise.randbytes(100_000_000 // UPLOADS)
        factory.upload(with_custom_sections(EMPTY, {"padding": padding}))
    upload_id = factory.upload(EMPTY)
    surgery.canister(factory.replica, factory.canister_id).cycles = 10**18
    request = install_request(upload_id)
    for _ in range(CANISTERS):
        factory.update("create_and_install_with", request)


def among_many(factory: Factory) -> Iterator[Result]:
    """Look-ups, lists and the factory's own upgrade with 1,000 canisters and 100 MB of uploads."""
    page = [{"after": [], "limit": [100]}]
    canister_id = factory.query("list_canisters", [], page)["canisters"][50]["canister_id"]
    yield by_fee(factory, "get_canister_info", "of 1,000", 1, canister_id)
    yield by_fee(factory, "list_canisters", "100 of 1,000", 30, [], page)
    yield by_fee(factory, "list_uploads", "all 21", 20, [], [], [])
    yield by_fee(factory, "get_factory_stats", "", 2)
    before = factory.cycles
    argument = factory.interface.encode_init_args([[]])
    factory.replica.install_code(
        factory.canister_id, factory_wasm(), argument, mode="upgrade", sender=CONTROLLER
    )
    yield millions("upgrade of the factory", before - factory.cycles, 10, "of 300,000")


def by_metrics(factory: Factory, method: str, note: str, budget: float) -> Result:
    """The latest call of an update method, by the canister's own count."""
    return millions(f"`{method}`", most_instructions(factory, method), budget, note)


def most_instructions(factory: Factory, method: str) -> int:
    """The most instructions that one call of a method has taken."""
    request = {"method": "GET", "url": "/metrics", "headers": [], "body": b""}
    text = factory.query("http_request", request)["body"].decode()
    name = f'factory_method_instructions_max{{method="{method}"}} '
    line = next(line for line in text.splitlines() if line.startswith(name))
    return int(line.removeprefix(name))


def by_fee(factory: Factory, method: str, note: str, budget: float, *values: Any) -> Result:
    """A query, by what it costs to call it as an update."""
    admin = factory.by(ADMIN)
    argument = admin.encoded(method, *values)
    before = factory.cycles
    payload: Payload = factory.replica.update(factory.canister_id, method, argument, ADMIN)
    assert isinstance(payload, Reply), payload
    return millions(f"`{method}`", before - factory.cycles, budget, note)


def millions(what: str, instructions: int, budget: float, note: str) -> Result:
    """A result in millions of instructions."""
    return Result(what, instructions / 1e6, "M", budget, note=note)
