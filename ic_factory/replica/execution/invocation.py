"""What is run, and what it sees of the system around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Flag, auto

from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.state.messages import CallerInfo, TableEntry


class Context(Flag):
    """From where code runs; each ic0 function lists those that it may be called in.

    The letters are those of the specification, "Overview of imports".
    """

    START = auto()  # s
    INIT = auto()  # I: canister_init and canister_post_upgrade
    PRE_UPGRADE = auto()  # G
    UPDATE = auto()  # U
    REPLICATED_QUERY = auto()  # RQ
    NON_REPLICATED_QUERY = auto()  # NRQ
    TRANSFORM = auto()  # TQ
    COMPOSITE_QUERY = auto()  # CQ
    REPLY = auto()  # Ry
    REJECT = auto()  # Rt
    COMPOSITE_REPLY = auto()  # CRy
    COMPOSITE_REJECT = auto()  # CRt
    CLEANUP = auto()  # C
    COMPOSITE_CLEANUP = auto()  # CC
    INSPECT_MESSAGE = auto()  # F
    SYSTEM_TASK = auto()  # T


NON_REPLICATED = (
    Context.NON_REPLICATED_QUERY
    | Context.TRANSFORM
    | Context.COMPOSITE_QUERY
    | Context.COMPOSITE_REPLY
    | Context.COMPOSITE_REJECT
    | Context.COMPOSITE_CLEANUP
    | Context.INSPECT_MESSAGE
)


@dataclass(frozen=True, slots=True)
class Invocation:
    """One entry into a canister's code."""

    context: Context
    entry_point: str | TableEntry
    """An exported function's name, or an entry of the table with its environment."""
    caller: bytes
    instruction_limit: int
    argument: bytes = b""
    method_name: str = ""
    """The method that `canister_inspect_message` is asked about."""
    reject_code: int = 0
    reject_message: str = ""
    deadline: int = 0
    cycles_available: int = 0
    cycles_refunded: int = 0
    responded: bool = False
    """True where the call has been answered already or needs no answer."""
    call_context_instructions: int = 0
    """Instructions that the call context used before, for `performance_counter(1)`."""
    caller_info: CallerInfo | None = None
    """What is vouched for of the user who made the call that is worked on."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the canister can ask the system about while it runs."""

    canister_id: bytes
    subnet_id: bytes
    node_count: int
    time: int
    canister_version: int
    status: int
    controllers: frozenset[bytes]
    cycles_balance: int
    spendable_cycles: int
    """The liquid balance: what may be spent without freezing the canister."""
    global_timer: int
    environment_variables: tuple[tuple[str, str], ...]
    root_key: bytes
    data_certificate: bytes | None
    fees: FeeTable
    call_queue_capacity: int
    """How many calls to one callee may be open before `call_perform` answers 2."""
    open_calls: Mapping[bytes, int]
    """Callee → calls to it that are open."""
    heap_bytes_limit: int
    """`wasm_memory_limit` of the settings where it applies to this invocation; 0 for none."""
    memory_bytes_available: int
    """How much heap and stable memory together may still grow."""
