"""What the backend costs: instructions of its methods, among one memory and among 1,000.

Each call is measured by its fee, on a replica where instructions are all that costs. With
`BENCH_MEMORIES=100000` in the environment it is measured among so many too, which take some minutes
to add.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import random
from collections.abc import Callable, Iterator
from typing import Any

from bench.measure import Result
from ic_factory.canisters import backend_interface, backend_wasm
from ic_factory.protocol.candid.did import parse_did
from ic_factory.replica import Replica, ReplicaConfig, Reply
from ic_factory.replica.cycles import FREE, FeeTable
from tests import surgery
from tests.backend.world import (
    CONTROLLER,
    FRIEND,
    MEBIBYTE,
    OWNER,
    Backend,
    gallery_update,
    install_backend,
    memory_filter,
    memory_update,
    new_asset,
    new_connection,
    new_gallery,
    new_memory,
    optional,
)

MANY = int(os.environ.get("BENCH_MEMORIES", "1000"))
COUNTS = sorted({1, min(MANY, 1000), MANY})
PAID_IN_INSTRUCTIONS = FeeTable(
    **{name: getattr(FREE, name) for name in FREE.__slots__} | {"per_billion_instructions": 10**9}
)
"""A cycle for each instruction, and nothing else."""


def measure() -> Iterator[Result]:
    """Measures each method among one memory, then among more and more."""
    yield Result("backend.wasm.gz", len(backend_wasm()) / 1000, "kB", 800)
    with Replica(ReplicaConfig(fees=PAID_IN_INSTRUCTIONS)) as replica:
        backend = install_backend(replica, parse_did(backend_interface()))
        surgery.canister(replica, backend.canister_id).cycles = 10**20
        owner = backend.registered(OWNER)
        owner.limit(max_memories_per_capsule=10**9, max_upload_size=100 * MEBIBYTE)
        capsule = owner.capsule()
        yield from bytes_of_blobs(owner)
        for before, count in itertools.pairwise((0, *COUNTS)):
            for number in range(before, count):
                add(owner, capsule, number)
            yield from methods(owner, capsule, "1 memory" if count == 1 else f"{count:,} memories")
        yield upgrade(owner)


def add(backend: Backend, capsule: str, number: int) -> str:
    """A memory like many others: a tag in ten, a word in a hundred, bytes of its own."""
    return backend.add(
        capsule,
        f"memory {number} word{number % 100}",
        memory_type="Image",
        tags=[f"tag{number % 10}"],
        assets=[new_asset(content(number), content_type="image/png")],
        visibility={"Public": None},
    )


def content(number: int) -> bytes:
    return number.to_bytes(8)


def bytes_of_blobs(backend: Backend) -> Iterator[Result]:
    """Methods whose cost is that of their bytes."""
    chunk = random.Random(0).randbytes(MEBIBYTE)
    upload_id = backend.update("create_upload")
    yield cost(backend, "put_chunk_at", "1 MiB", 30, upload_id, 0, chunk)
    backend.update("delete_upload", upload_id)
    inline = new_memory(assets=[new_asset(chunk[: 32 * 1024])])
    capsule = backend.capsule()
    yield cost(backend, "add_memory_to_capsule", "32 KiB inline", 10, capsule, inline)
    backend.update("delete_capsule", capsule)
    backend.settle()


def methods(backend: Backend, capsule: str, among: str) -> Iterator[Result]:
    """The main methods, and a state that is the same afterwards."""
    given = new_memory("a new word", tags=["tag1"], assets=[new_asset(b"new")])
    public = {**given, "visibility": [{"Public": None}]}
    measured: list[tuple[str, float, Callable[[str], tuple[Any, ...]]]] = [
        ("get_memory", 4, lambda memory: (memory,)),
        ("get_blob_chunk", 4, lambda memory: (memory, "original", 0, [])),
        ("update_memory_in_capsule", 8, lambda memory: (capsule, memory, memory_update(title="x"))),
        ("get_memory_from_capsule", 4, lambda memory: (capsule, memory)),
        ("grant_access", 3, lambda memory: (memory, FRIEND, {"Read": None})),
        ("get_access", 4, lambda memory: (memory,)),
        ("get_asset_token", 3, lambda memory: (memory, [])),
    ]
    yield cost(backend, "add_memory_to_capsule", f"{among}, public", 15, capsule, public)
    yield cost(backend, "add_memory_to_capsule", f"{among}, private", 8, capsule, given)
    memory = backend.pages("list_capsule_memories", "memories", capsule, word("new"))[0]
    for method, budget, values in measured:
        yield cost(backend, method, among, budget, *values(memory["memory_id"]))
    yield from shown(backend, memory["memory_id"], among)
    yield from galleries(backend, capsule, memory["memory_id"], among)
    yield from capsules(backend, capsule, among)
    yield from lists(backend, capsule, among)
    yield from served(backend, memory["memory_id"], among)
    [private] = backend.pages("list_capsule_memories", "memories", capsule, word("new"))
    for note, each in (("public", memory), ("private", private)):
        note = f"{among}, {note}"
        yield cost(backend, "delete_memory_from_capsule", note, 12, capsule, each["memory_id"])


def shown(backend: Backend, memory_id: str, among: str) -> Iterator[Result]:
    """Who may see a memory, up to where it began."""
    yield cost(backend.by(FRIEND), "list_shared_with_me", among, 3, [])
    yield cost(backend, "revoke_access", among, 3, memory_id, FRIEND)
    for visibility in ("Private", "Public"):
        note = f"{among}, {visibility.lower()} then"
        yield cost(backend, "set_visibility", note, 12, memory_id, {visibility: None})


def galleries(backend: Backend, capsule: str, memory_id: str, among: str) -> Iterator[Result]:
    """Methods of galleries, up to the deletion of one with a memory."""
    yield cost(backend, "store_gallery_forever", among, 4, new_gallery(capsule, memory_id))
    gallery = backend.pages("get_my_galleries", "galleries")[0]["gallery_id"]
    update = gallery_update(title="other")
    yield cost(backend, "update_gallery", among, 4, gallery, update)
    yield cost(backend, "get_gallery_by_id", among, 4, gallery)
    yield cost(backend, "get_my_galleries", among, 3, [])
    yield cost(backend, "delete_gallery", among, 4, gallery)


def capsules(backend: Backend, capsule: str, among: str) -> Iterator[Result]:
    """Methods of capsules and their connections, up to the deletion of one that is empty."""
    named = optional(("name", "description"), name="a name")
    yield cost(backend, "get_capsule", among, 4, [capsule])
    yield cost(backend, "update_capsule", among, 3, capsule, named)
    yield cost(backend, "list_my_capsules", among, 3, [])
    yield cost(backend, "add_connection", among, 3, capsule, new_connection(FRIEND))
    yield cost(backend, "list_connections", among, 3, capsule, [], [])
    yield cost(backend, "remove_connection", among, 3, capsule, FRIEND)
    yield cost(backend, "create_capsule", among, 3, [named])
    made = backend.pages("list_my_capsules", "capsules")[-1]["capsule_id"]
    yield cost(backend, "delete_capsule", among, 4, made)
    yield cost(backend, "whoami", among, 2)
    yield cost(backend, "get_backend_stats", among, 2)


def lists(backend: Backend, capsule: str, among: str) -> Iterator[Result]:
    """Pages of ten, by index."""
    page = [{"after": [], "limit": [10]}]
    for note, filters in (
        ("10 of all", {}),
        ("10 by tag", {"tag": "tag1"}),
        ("10 by text", {"text_prefix": "wo"}),
        ("the one with a hash", {"sha256_hex": hashlib.sha256(content(0)).hexdigest()}),
    ):
        chosen = [memory_filter(**filters)]
        note = f"{among}, {note}"
        yield cost(backend, "list_capsule_memories", note, 6, capsule, chosen, page)
        yield cost(backend, "search_my_memories", note, 6, chosen, page)


def served(backend: Backend, memory_id: str, among: str) -> Iterator[Result]:
    """An asset over HTTP, with a proof that no certificate goes with: this is an update call."""
    request = {
        "method": "GET",
        "url": f"/asset/{memory_id}/original",
        "headers": [],
        "body": b"",
        "certificate_version": [2],
    }
    yield cost(backend, "http_request", f"{among}, an asset", 25, request)


def word(prefix: str) -> list[Any]:
    return [memory_filter(text_prefix=prefix)]


def upgrade(backend: Backend) -> Result:
    """The backend's own upgrade, with all that it holds."""
    before = backend.cycles
    argument = backend.interface.encode_init_args([[]])
    backend.replica.install_code(
        backend.canister_id, backend_wasm(), argument, mode="upgrade", sender=CONTROLLER
    )
    return Result("upgrade of the backend", (before - backend.cycles) / 1e6, "M", 10)


def cost(backend: Backend, method: str, note: str, budget: float, *values: Any) -> Result:
    """One call, a query as an update, with what the backend does by itself because of it."""
    argument = backend.encoded(method, *values)
    backend.settle()
    before = backend.cycles
    payload = backend.replica.update(backend.canister_id, method, argument, backend.caller)
    assert isinstance(payload, Reply), payload
    backend.result(method, payload)
    backend.settle()
    return Result(f"`{method}`", (before - backend.cycles) / 1e6, "M", budget, note=note)
