"""Canister snapshots (specification, "IC method take_canister_snapshot" and those after it)."""

from __future__ import annotations

from dataclasses import replace

from ic_factory.protocol.principal import MAX_LENGTH, Principal
from ic_factory.replica.canister_cycles import chunk_store_bytes, out_of_cycles
from ic_factory.replica.management.calls import (
    Answer,
    Call,
    Done,
    canister_of,
    require_access,
)
from ic_factory.replica.management.capacity import grant, require_growth
from ic_factory.replica.management.history import record_change
from ic_factory.replica.management.lifecycle import uninstall_code
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.management.settings import may_view
from ic_factory.replica.management.uploaded_code import UploadedCode
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.state.canister import Canister, CanisterSnapshot
from ic_factory.replica.state.history import LoadSnapshot, SnapshotSource

MAX_SNAPSHOTS = 10
_NUMBER_BYTES = 8


def take_canister_snapshot(call: Call) -> Done:
    """Keeps code, memories, chunks and certified data as they are now."""
    canister = call.controlled_canister()
    replaced = replaced_snapshot(canister, call.optional("replace_snapshot"))
    snapshot = _taken(call, canister)
    snapshots = {key: value for key, value in canister.snapshots.items() if key != replaced}
    snapshots[snapshot.snapshot_id] = snapshot
    uninstalls = bool(call.optional("uninstall_code"))
    fee = snapshot_fee(call, snapshot)
    after = replace(canister, snapshots=snapshots, cycles=canister.cycles - fee)
    if uninstalls:
        after = replace(after, code=None, chunk_store={})
    reserved = room_for(call, canister, after, fee)
    canister.snapshots = snapshots
    canister.snapshots_taken += 1
    grant(call.subnet, canister, fee, reserved)
    also: tuple[Answer, ...] = ()
    if uninstalls:
        also = tuple(uninstall_code(call.subnet, canister, call.change_origin))
    return Done(results=(_description(snapshot),), also=also, touched=(canister.canister_id,))


def load_canister_snapshot(call: Call) -> Done:
    """Puts a canister back to a snapshot, of its own or of another of the caller's canisters."""
    canister = call.controlled_canister()
    snapshot_id: bytes = call.arguments["snapshot_id"]
    snapshot = _loadable(call, canister, snapshot_id)
    fee = snapshot_fee(call, snapshot)
    code = snapshot.code
    code = code.loaded(call.engine) if isinstance(code, UploadedCode) else code.copy()
    after = replace(
        canister,
        code=code,
        chunk_store=dict(snapshot.chunks),
        cycles=canister.cycles - fee,
    )
    reserved = room_for(call, canister, after, fee)
    grant(call.subnet, canister, fee, reserved)
    canister.code = code
    canister.chunk_store = dict(snapshot.chunks)
    canister.certified_data = snapshot.certified_data
    canister.last_install_timestamp = call.subnet.time
    canister.canister_version += 1
    if snapshot.source is SnapshotSource.UPLOADED:
        _set_timer_and_hook(canister, snapshot)
    is_own = snapshot.canister_id == canister.canister_id
    record_change(
        canister,
        call.subnet.time,
        call.change_origin,
        LoadSnapshot(
            from_canister_id=None if is_own else snapshot.canister_id,
            snapshot_id=snapshot_id,
            canister_version=snapshot.canister_version,
            taken_at=snapshot.taken_at,
            source=snapshot.source,
        ),
    )
    return Done(touched=(canister.canister_id,))


def _set_timer_and_hook(canister: Canister, snapshot: CanisterSnapshot) -> None:
    """Takes over what an upload said of them; a snapshot that was taken leaves them be."""
    if snapshot.global_timer is not None:
        canister.global_timer = snapshot.global_timer
    if snapshot.low_wasm_memory_hook is not None:
        canister.low_wasm_memory_hook = snapshot.low_wasm_memory_hook


def list_canister_snapshots(call: Call) -> Done:
    """All snapshots of a canister in the order in which they were taken."""
    canister = call.canister()
    if not may_view(canister.settings.snapshot_visibility, canister, call.caller):
        require_access(canister, call.caller, canister.controllers)
    return Done(results=([_description(snapshot) for snapshot in canister.snapshots.values()],))


def delete_canister_snapshot(call: Call) -> Done:
    """Forgets a snapshot."""
    canister = call.controlled_canister()
    snapshot = snapshot_of(canister, call.arguments["snapshot_id"])
    del canister.snapshots[snapshot.snapshot_id]
    return Done(touched=(canister.canister_id,))


def replaced_snapshot(canister: Canister, snapshot_id: bytes | None) -> bytes | None:
    """The snapshot that a new one takes the place of, None for none.

    Raises:
        Refused: It isn't there (IC0305), or there is none and no room for one more (IC0406).
    """
    if snapshot_id is not None:
        return snapshot_of(canister, snapshot_id).snapshot_id
    if len(canister.snapshots) >= MAX_SNAPSHOTS:
        raise Refused(
            ErrorCode.CANISTER_REJECTED_MESSAGE,
            f"Canister {canister.canister_id} has reached the maximum number of snapshots "
            f"allowed: {MAX_SNAPSHOTS}.",
        )
    return None


def new_snapshot_id(canister: Canister) -> bytes:
    """An id that no snapshot has had: a number and the canister's id."""
    return canister.snapshots_taken.to_bytes(_NUMBER_BYTES, "big") + canister.canister_id.bytes


def _taken(call: Call, canister: Canister) -> CanisterSnapshot:
    code = canister.code
    if code is None:
        raise Refused(
            ErrorCode.CANISTER_REJECTED_MESSAGE,
            f"Failed to create snapshot for empty canister {canister.canister_id}:",
        )
    return CanisterSnapshot(
        snapshot_id=new_snapshot_id(canister),
        canister_id=canister.canister_id,
        taken_at=call.subnet.time,
        canister_version=canister.canister_version,
        code=code.copy(),
        certified_data=canister.certified_data,
        chunks=dict(canister.chunk_store),
        global_timer=canister.global_timer,
        total_size=(
            code.heap_bytes
            + code.stable_bytes
            + code.globals_bytes
            + len(code.module_bytes)
            + len(canister.certified_data)
            + chunk_store_bytes(canister)
        ),
        low_wasm_memory_hook=canister.low_wasm_memory_hook,
    )


def _loadable(call: Call, canister: Canister, snapshot_id: bytes) -> CanisterSnapshot:
    """The snapshot with this id, from whichever canister the id names."""
    if snapshot_id in canister.snapshots:
        return canister.snapshots[snapshot_id]
    owner_id = Principal(snapshot_id[_NUMBER_BYTES:][:MAX_LENGTH])
    if owner_id == canister.canister_id or owner_id not in call.subnet.canisters:
        raise _not_found(canister, snapshot_id)
    owner = canister_of(call.subnet, owner_id)
    if call.caller not in owner.controllers:
        raise Refused(
            ErrorCode.CANISTER_REJECTED_MESSAGE,
            f"Only a controller of the canister that snapshot {snapshot_id.hex()} belongs to can "
            f"load it on canister {canister.canister_id}. Sender: {call.caller}.",
        )
    return snapshot_of(owner, snapshot_id)


def snapshot_of(canister: Canister, snapshot_id: bytes) -> CanisterSnapshot:
    """The canister's snapshot with this id.

    Raises:
        Refused: There is none (IC0305).
    """
    snapshot = canister.snapshots.get(snapshot_id)
    if snapshot is None:
        raise _not_found(canister, snapshot_id)
    return snapshot


def _not_found(canister: Canister, snapshot_id: bytes) -> Refused:
    return Refused(
        ErrorCode.CANISTER_SNAPSHOT_NOT_FOUND,
        f"Could not find the snapshot ID {snapshot_id.hex()} for canister {canister.canister_id}.",
    )


def snapshot_fee(call: Call, snapshot: CanisterSnapshot) -> int:
    """What making or loading a snapshot costs."""
    fees = call.facts.fees
    return fees.instructions(fees.snapshot_instructions + snapshot.total_size)


def require_payable(call: Call, canister: Canister, fee: int) -> None:
    """Checks that the canister can pay for work on its snapshots.

    Raises:
        Refused: It can't, or would be frozen (IC0207).
    """
    unpayable = out_of_cycles(canister, call.facts.fees, fee, call.caller)
    if unpayable is not None:
        raise Refused(
            ErrorCode.CANISTER_OUT_OF_CYCLES,
            f"Canister snapshotting failed with: `{unpayable.message}`",
        )


def room_for(call: Call, canister: Canister, after: Canister, fee: int) -> int:
    """Checks that the work can be paid, and the memory that it takes.

    `after` is the canister as it is going to be, the fee paid.

    Returns:
        The cycles that are to be set aside for its storage.

    Raises:
        Refused: It can't (IC0101, IC0207, IC0532, IC0534).
    """
    require_payable(call, canister, fee)
    return require_growth(call.subnet, call.facts, canister, after)


def _description(snapshot: CanisterSnapshot) -> dict[str, object]:
    return {
        "id": snapshot.snapshot_id,
        "taken_at_timestamp": snapshot.taken_at,
        "total_size": snapshot.total_size,
    }
