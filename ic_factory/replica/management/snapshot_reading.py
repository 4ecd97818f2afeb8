"""Reads snapshots out.

Specification: "IC method read_canister_snapshot_metadata", "read_canister_snapshot_data".
"""

from __future__ import annotations

from typing import Any

from ic_factory.replica.management.calls import Call, Done, require_access
from ic_factory.replica.management.capacity import grant
from ic_factory.replica.management.chunk_store import MAX_CHUNK_BYTES
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.management.settings import may_view
from ic_factory.replica.management.snapshot_globals import globals_value
from ic_factory.replica.management.snapshots import require_payable, snapshot_of
from ic_factory.replica.management.uploaded_code import UploadedCode
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.state.canister import CanisterSnapshot
from ic_factory.replica.state.memory_image import MemoryImage

MAX_SLICE_BYTES = 2_000_000


def read_canister_snapshot_metadata(call: Call) -> Done:
    """All of a snapshot but its memories, module and chunks."""
    snapshot = _viewed(call)
    code = snapshot.code
    timer, hook = snapshot.global_timer, snapshot.low_wasm_memory_hook
    value = {
        "source": {snapshot.source.value: None},
        "taken_at_timestamp": snapshot.taken_at,
        "wasm_module_size": code.module_size
        if isinstance(code, UploadedCode)
        else len(code.module_bytes),
        "globals": _globals(snapshot),
        "wasm_memory_size": code.heap_bytes,
        "stable_memory_size": code.stable_bytes,
        "wasm_chunk_store": [{"hash": chunk_hash} for chunk_hash in sorted(snapshot.chunks)],
        "canister_version": snapshot.canister_version,
        "certified_data": snapshot.certified_data,
        "global_timer": (
            [] if timer is None else [{"active": timer} if timer else {"inactive": None}]
        ),
        "on_low_wasm_memory_hook_status": [] if hook is None else [{hook.value: None}],
    }
    return Done(results=(value,))


def read_canister_snapshot_data(call: Call) -> Done:
    """A part of a snapshot's module or memories, or one of its chunks; the canister pays."""
    snapshot = _viewed(call)
    ((kind, place),) = call.arguments["kind"].items()
    done = Done(results=({"chunk": _part(snapshot, kind, place)},))
    fees = call.facts.fees
    size = MAX_CHUNK_BYTES if kind == "wasm_chunk" else place["size"]
    fee = fees.instructions(fees.snapshot_read_instructions + size)
    require_payable(call, call.canister(), fee)
    grant(call.subnet, call.canister(), fee, reserved=0)
    return done


def _part(snapshot: CanisterSnapshot, kind: str, place: dict[str, Any]) -> bytes:
    if kind == "wasm_chunk":
        chunk = snapshot.chunks.get(place["hash"])
        if chunk is None:
            raise Refused(
                ErrorCode.CANISTER_CONTRACT_VIOLATION,
                f"Error from Wasm chunk store: Chunk hash {place['hash'].hex()} was not found.",
            )
        return chunk
    offset, size = place["offset"], place["size"]
    if size > MAX_SLICE_BYTES:
        raise Refused(
            ErrorCode.INVALID_MANAGEMENT_PAYLOAD,
            f"Requested slice too large: {size} > {MAX_SLICE_BYTES}",
        )
    return _slice(snapshot, kind, offset, size)


def _viewed(call: Call) -> CanisterSnapshot:
    canister = call.canister()
    if not may_view(canister.settings.snapshot_visibility, canister, call.caller):
        require_access(canister, call.caller, canister.controllers)
    return snapshot_of(canister, call.arguments["snapshot_id"])


def _globals(snapshot: CanisterSnapshot) -> list[dict[str, Any]]:
    code = snapshot.code
    if isinstance(code, UploadedCode):
        return list(code.globals)
    return globals_value(code.module_bytes, code.freeze().exported_globals)


def _slice(snapshot: CanisterSnapshot, kind: str, offset: int, size: int) -> bytes:
    code = snapshot.code
    if kind == "wasm_module":
        module = code.module_bytes
        require_within(offset, size, len(module))
        return module[offset : offset + size]
    memories = code.freeze()
    memory: MemoryImage = memories.heap if kind == "wasm_memory" else memories.stable
    require_within(offset, size, memory.size)
    return memory.read(offset, size)


def require_within(offset: int, size: int, total: int) -> None:
    """Checks that a slice is inside what it is a slice of.

    Raises:
        Refused: It isn't (IC0408).
    """
    if offset + size > total:
        raise Refused(
            ErrorCode.INVALID_MANAGEMENT_PAYLOAD,
            "Invalid subslice into wasm module / main memory / stable memory: "
            f"offset: {offset}, size: {size}",
        )
