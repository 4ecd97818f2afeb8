"""What tests of the execution layer have in common: a stage for canisters written in WAT."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import wasmtime

from ic_factory.protocol.principal import Principal
from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.execution.invocation import Context, Invocation, Surroundings
from ic_factory.replica.execution.outcome import Completed, Failed, Outcome
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.rejects import Reply

ENGINE = Engine()
CANISTER_ID = Principal.from_str("rrkah-fqaaa-aaaaa-aaaaq-cai").bytes
USER = b"\x04"

SURROUNDINGS = Surroundings(
    canister_id=CANISTER_ID,
    subnet_id=b"\x11" * 29,
    node_count=13,
    time=1_700_000_000_000_000_000,
    canister_version=7,
    status=1,
    controllers=frozenset({USER}),
    cycles_balance=10**13,
    spendable_cycles=10**12,
    global_timer=0,
    environment_variables=(("NAME", "value"), ("OTHER", "")),
    root_key=b"k" * 133,
    data_certificate=None,
    fees=FeeTable(),
    call_queue_capacity=500,
    open_calls={},
    heap_bytes_limit=0,
    memory_bytes_available=10**11,
)


def wasm(text: str) -> bytes:
    """A module in binary format."""
    return bytes(wasmtime.wat2wasm(text))


def installed(text: str) -> ResidentCode:
    """Fresh code of a module in WAT."""
    return ResidentCode.fresh(ENGINE, ENGINE.load(wasm(text)))


def invocation(entry_point: Any = "canister_update go", **fields: Any) -> Invocation:
    """An update call, where not told otherwise."""
    defaults = {"context": Context.UPDATE, "caller": USER, "instruction_limit": 1_000_000_000}
    return Invocation(entry_point=entry_point, **{**defaults, **fields})


def surroundings(**fields: Any) -> Surroundings:
    """The usual surroundings with some fields changed."""
    return replace(SURROUNDINGS, **fields)


def completed(outcome: Outcome) -> Completed:
    """The outcome, which must be a completed one."""
    assert isinstance(outcome, Completed), outcome
    return outcome


def failed(outcome: Outcome) -> Failed:
    """The outcome, which must be a failed one."""
    assert isinstance(outcome, Failed), outcome
    return outcome


def reply_of(outcome: Outcome) -> bytes:
    """The bytes that the canister replied with."""
    response = completed(outcome).effects.response
    assert isinstance(response, Reply), outcome
    return response.data
