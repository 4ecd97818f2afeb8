"""What a canister sees of the system, put together for one invocation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ic_factory.replica.canister_cycles import execution_fees, freezing_limit, memory_usage
from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.execution.invocation import Surroundings
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.subnet import Subnet

OUTPUT_QUEUE_CAPACITY = 500
"""How many calls a canister may have open to one and the same callee."""


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """What is the same for all canisters of the replica."""

    root_key: bytes
    fees: FeeTable
    subnet_memory_bytes: int
    storage_reservation_threshold: int = 450 * 1024**3
    """Bytes; storage beyond, all canisters taken together, is paid ahead."""
    node_count: int = 1


def surroundings_of(
    canister: Canister,
    subnet: Subnet,
    facts: SystemFacts,
    *,
    cycles_balance: int | None = None,
    data_certificate: bytes | None = None,
    heap_is_limited: bool = True,
) -> Surroundings:
    """The canister's view of the system now.

    `cycles_balance` is the balance that is shown where it is not the canister's: without what is
    set aside for the execution itself, or with a refund that comes with it.
    `heap_is_limited` says whether `wasm_memory_limit` holds for what is run.
    """
    balance = canister.cycles if cycles_balance is None else cycles_balance
    allocation = canister.settings.memory_allocation
    free = max(0, facts.subnet_memory_bytes - subnet.held_in_all)
    return Surroundings(
        canister_id=canister.canister_id.bytes,
        subnet_id=subnet.subnet_id.bytes,
        node_count=facts.node_count,
        time=subnet.time,
        canister_version=canister.canister_version,
        status=canister.status,
        controllers=frozenset(controller.bytes for controller in canister.controllers),
        cycles_balance=balance,
        spendable_cycles=max(0, balance - freezing_limit(canister, facts.fees)),
        global_timer=canister.global_timer,
        environment_variables=canister.settings.environment_variables,
        root_key=facts.root_key,
        data_certificate=data_certificate,
        fees=execution_fees(canister, facts.fees),
        call_queue_capacity=OUTPUT_QUEUE_CAPACITY,
        open_calls=Counter(callback.callee.bytes for callback in canister.callbacks.values()),
        heap_bytes_limit=canister.settings.wasm_memory_limit if heap_is_limited else 0,
        memory_bytes_available=free + max(0, allocation - memory_usage(canister)),
    )
