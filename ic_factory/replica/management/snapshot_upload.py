"""Makes snapshots out of what the caller uploads.

Specification: "IC method upload_canister_snapshot_metadata", "upload_canister_snapshot_data".
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from ic_factory.replica.execution.prepare.inflate import MAX_MODULE_BYTES
from ic_factory.replica.management.calls import Call, Done
from ic_factory.replica.management.capacity import grant
from ic_factory.replica.management.chunk_store import (
    CHUNK_STORE_SIZE,
    MAX_CHUNK_BYTES,
    chunk_store_error,
)
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.management.snapshot_reading import require_within
from ic_factory.replica.management.snapshots import (
    new_snapshot_id,
    replaced_snapshot,
    room_for,
    snapshot_fee,
    snapshot_of,
)
from ic_factory.replica.management.uploaded_code import UploadedCode
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.state.canister import Canister, CanisterSnapshot, HookStatus
from ic_factory.replica.state.history import SnapshotSource
from ic_factory.replica.state.memory_image import WASM_PAGE_BYTES, MemoryImage

MAX_HEAP_BYTES = 6 * 1024**3
MAX_STABLE_BYTES = 500 * 1024**3
MAX_CERTIFIED_DATA_BYTES = 32


def upload_canister_snapshot_metadata(call: Call) -> Done:
    """A snapshot of zeros, of the sizes that are given."""
    canister = call.controlled_canister()
    replaced = replaced_snapshot(canister, call.optional("replace_snapshot"))
    snapshot = _described(call, canister)
    snapshots = {key: value for key, value in canister.snapshots.items() if key != replaced}
    snapshots[snapshot.snapshot_id] = snapshot
    fee = snapshot_fee(call, snapshot)
    reserved = _room_for(call, canister, snapshots, fee)
    canister.snapshots = snapshots
    canister.snapshots_taken += 1
    grant(call.subnet, canister, fee, reserved)
    results = ({"snapshot_id": snapshot.snapshot_id},)
    return Done(results, touched=(canister.canister_id,))


def upload_canister_snapshot_data(call: Call) -> Done:
    """A part of an uploaded snapshot's module or memories, or a chunk for its chunk store."""
    canister = call.controlled_canister()
    snapshot = snapshot_of(canister, call.arguments["snapshot_id"])
    code = snapshot.code
    if not isinstance(code, UploadedCode):
        raise Refused(
            ErrorCode.CANISTER_SNAPSHOT_IMMUTABLE,
            "Only canister snapshots created by metadata upload can be mutated.",
        )
    ((kind, place),) = call.arguments["kind"].items()
    chunk: bytes = call.arguments["chunk"]
    if kind == "wasm_chunk":
        changed = _with_chunk(snapshot, chunk)
        written = MAX_CHUNK_BYTES
    else:
        written = len(chunk)
        require_within(place["offset"], len(chunk), _size_of(code, kind))
        changed = replace(snapshot, code=code.written(kind, place["offset"], chunk))
    snapshots = canister.snapshots | {snapshot.snapshot_id: changed}
    fee = call.facts.fees.instructions(written)
    reserved = _room_for(call, canister, snapshots, fee)
    canister.snapshots = snapshots
    grant(call.subnet, canister, fee, reserved)
    return Done(touched=(canister.canister_id,))


def _described(call: Call, canister: Canister) -> CanisterSnapshot:
    """The snapshot that the arguments describe."""
    given = call.arguments
    module_size: int = given["wasm_module_size"]
    certified_data: bytes = given["certified_data"]
    _require_size("wasm_module_size", module_size, MAX_MODULE_BYTES)
    _require_size("certified_data", len(certified_data), MAX_CERTIFIED_DATA_BYTES)
    heap = _zeros("wasm_memory_size", given["wasm_memory_size"], MAX_HEAP_BYTES)
    stable = _zeros("stable_memory_size", given["stable_memory_size"], MAX_STABLE_BYTES)
    code = UploadedCode(
        module_size=module_size,
        module_image=MemoryImage(-(-module_size // WASM_PAGE_BYTES)),
        heap=heap,
        stable=stable,
        globals=tuple(given["globals"]),
    )
    hook = call.optional("on_low_wasm_memory_hook_status")
    return CanisterSnapshot(
        snapshot_id=new_snapshot_id(canister),
        canister_id=canister.canister_id,
        taken_at=call.subnet.time,
        canister_version=canister.canister_version,
        code=code,
        certified_data=certified_data,
        chunks={},
        global_timer=_timer(call.optional("global_timer")),
        total_size=(
            module_size + heap.size + stable.size + code.globals_bytes + len(certified_data)
        ),
        source=SnapshotSource.UPLOADED,
        low_wasm_memory_hook=None if hook is None else HookStatus(next(iter(hook))),
    )


def _timer(given: dict[str, Any] | None) -> int | None:
    if given is None:
        return None
    return given.get("active") or 0


def _require_size(name: str, size: int, most: int) -> None:
    if size > most:
        raise _bad_metadata(f"{name} is {size} bytes, and must be at most {most}")


def _zeros(name: str, size: int, most: int) -> MemoryImage:
    _require_size(name, size, most)
    if size % WASM_PAGE_BYTES:
        raise _bad_metadata(f"{name} is {size}, and must be a multiple of {WASM_PAGE_BYTES}")
    return MemoryImage(size // WASM_PAGE_BYTES)


def _bad_metadata(reason: str) -> Refused:
    return Refused(
        ErrorCode.CANISTER_CONTRACT_VIOLATION, f"Could not validate the settings: {reason}"
    )


def _size_of(code: UploadedCode, kind: str) -> int:
    match kind:
        case "wasm_module":
            return code.module_size
        case "wasm_memory":
            return code.heap_bytes
        case _:
            return code.stable_bytes


def _with_chunk(snapshot: CanisterSnapshot, chunk: bytes) -> CanisterSnapshot:
    chunk_hash = hashlib.sha256(chunk).digest()
    if chunk_hash in snapshot.chunks:
        return snapshot
    if len(chunk) > MAX_CHUNK_BYTES:
        raise chunk_store_error(
            f"Wasm chunk size {len(chunk)} exceeds the maximum chunk size of {MAX_CHUNK_BYTES}"
        )
    if len(snapshot.chunks) >= CHUNK_STORE_SIZE:
        raise chunk_store_error(
            f"Wasm chunk store has already reached the maximum number of entries, "
            f"{CHUNK_STORE_SIZE}"
        )
    return replace(
        snapshot,
        chunks=snapshot.chunks | {chunk_hash: chunk},
        total_size=snapshot.total_size + MAX_CHUNK_BYTES,
    )


def _room_for(
    call: Call, canister: Canister, snapshots: dict[bytes, CanisterSnapshot], fee: int
) -> int:
    after = replace(canister, snapshots=snapshots, cycles=canister.cycles - fee)
    return room_for(call, canister, after, fee)
