"""What a canister's balance means for it: freezing, what may be spent, memory that is paid for.

Specification: "Canister cycles"; formulas: `freezing_limit`, `liquid_balance`, `memory_usage`.
"""

from __future__ import annotations

from ic_factory.protocol.principal import Principal
from ic_factory.replica.cycles import SECONDS_PER_DAY, FeeTable
from ic_factory.replica.rejects import ErrorCode, Reject
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.consumption import CyclesUse, note_consumed
from ic_factory.replica.state.subnet import Subnet

HISTORY_ENTRY_BYTES = 512
"""What a change in the history counts as: about the largest one, with ten controllers."""


def memory_usage(canister: Canister) -> int:
    """Bytes of all that the canister keeps: code, memories, chunks, snapshots, history, logs."""
    code = canister.code
    code_bytes = 0
    if code is not None:
        code_bytes = (
            code.heap_bytes
            + code.stable_bytes
            + code.globals_bytes
            + len(code.module_bytes)
            + sum(len(name) + len(content) for name, (_, content) in code.custom_sections.items())
        )
    return (
        code_bytes
        + chunk_store_bytes(canister)
        + snapshots_bytes(canister)
        + history_bytes(canister)
        + canister.log.content_bytes
    )


def held_bytes(canister: Canister) -> int:
    """What a canister takes of the subnet's memory: its allocation, or more where it uses more."""
    return max(memory_usage(canister), canister.settings.memory_allocation)


def chunk_store_bytes(canister: Canister) -> int:
    """Bytes of the chunk store; each chunk counts as a whole MiB, as it is charged."""
    return len(canister.chunk_store) * 1024**2


def snapshots_bytes(canister: Canister) -> int:
    """Bytes of all snapshots of the canister."""
    return sum(snapshot.total_size for snapshot in canister.snapshots.values())


def history_bytes(canister: Canister) -> int:
    """Bytes of the changes that the canister's history tells."""
    return len(canister.history) * HISTORY_ENTRY_BYTES


def idle_cycles_burned_per_day(canister: Canister, fees: FeeTable) -> int:
    """What the canister costs in a day without being called."""
    return fees.storage(held_bytes(canister), SECONDS_PER_DAY) + fees.compute_allocation(
        canister.settings.compute_allocation, SECONDS_PER_DAY
    )


def freezing_limit(canister: Canister, fees: FeeTable) -> int:
    """The balance below which the canister is frozen."""
    idle = idle_cycles_burned_per_day(canister, fees)
    needed = idle * canister.settings.freezing_threshold // SECONDS_PER_DAY
    return max(0, needed - canister.reserved_cycles)


def out_of_cycles(
    canister: Canister, fees: FeeTable, needed: int, caller: Principal
) -> Reject | None:
    """The reject for a canister that can't pay `needed` cycles and stay unfrozen.

    How much is missing is for its controllers alone to know.
    """
    missing = freezing_limit(canister, fees) + needed - canister.cycles
    if missing <= 0:
        return None
    message = f"Canister {canister.canister_id} is out of cycles"
    if caller in canister.controllers:
        message += f": please top up the canister with at least {missing} additional cycles"
    return Reject.of(ErrorCode.CANISTER_OUT_OF_CYCLES, message)


def execution_fees(canister: Canister, fees: FeeTable) -> FeeTable:
    """The fees for what the canister's code does: instructions on a 64-bit memory cost more."""
    code = canister.code
    return fees.for_64_bit() if code is not None and code.is_64_bit else fees


def consume(subnet: Subnet, canister: Canister, use: CyclesUse, fee: int) -> None:
    """Takes `fee` cycles from the canister's balance, or what it has of them."""
    paid = min(fee, canister.cycles)
    canister.cycles -= paid
    note_use(subnet, canister, use, paid)


def note_use(subnet: Subnet, canister: Canister, use: CyclesUse, cycles: int) -> None:
    """Notes that cycles which were the canister's are gone for a use."""
    note_consumed(canister.consumed, use, cycles)
    note_consumed(subnet.consumed, use, cycles)


def burn_remains(subnet: Subnet, canister: Canister) -> None:
    """Takes all that is left of a canister that could not pay for what it holds."""
    rest = canister.cycles + canister.reserved_cycles
    canister.cycles = canister.reserved_cycles = 0
    note_use(subnet, canister, CyclesUse.UNINSTALL, rest)
