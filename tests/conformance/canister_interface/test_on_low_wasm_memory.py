"""Specification: "On Low Wasm Memory", "Scheduling on low wasm memory hook"."""

from __future__ import annotations

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.canisters import (
    PAGE,
    Universal,
    change_settings,
    full_universal,
    install,
    make_universal,
    manage,
    rejected,
    replied,
)

SPARE = 8
THRESHOLD = 4


@pytest.fixture
def canister(replica: Replica) -> Universal:
    """A canister that counts in its hook, with some pages to spare before it is due."""
    canister = make_universal(replica, full_universal())
    canister.set_hook(Hook.ON_LOW_WASM_MEMORY, Program().add_counter().drop())
    limit_memory(canister, SPARE, THRESHOLD)
    replica.tick()
    return canister


def limit_memory(canister: Universal, spare: int, threshold: int) -> None:
    """Leaves so many pages, and sets the threshold in pages."""
    change_settings(
        canister.replica,
        canister.canister_id,
        wasm_memory_limit=memory_size(canister) + spare * PAGE,
        wasm_memory_threshold=threshold * PAGE,
    )


def memory_size(canister: Universal) -> int:
    return canister.ask_int(Program().memory_size()) * PAGE


def grow(canister: Universal, pages: int) -> None:
    canister.do(Program().memory_grow(pages).drop())
    canister.replica.tick()


def counted(canister: Universal) -> int:
    return canister.ask_int(Program().add_counter(0))


def test_it_runs_once_when_memory_falls_below_the_threshold(canister: Universal) -> None:
    grow(canister, SPARE - THRESHOLD)
    assert counted(canister) == 0
    grow(canister, 1)
    assert counted(canister) == 1
    grow(canister, 1)
    assert counted(canister) == 1


def test_it_does_not_run_without_a_threshold(canister: Universal) -> None:
    limit_memory(canister, SPARE, 0)
    grow(canister, SPARE)
    assert counted(canister) == 0


def test_it_runs_when_a_setting_makes_memory_low(canister: Universal) -> None:
    limit_memory(canister, SPARE, SPARE + 1)
    canister.replica.tick()
    assert counted(canister) == 1


def test_it_runs_again_when_memory_has_been_enough_in_between(canister: Universal) -> None:
    grow(canister, SPARE - THRESHOLD + 1)
    assert counted(canister) == 1
    limit_memory(canister, SPARE, THRESHOLD)
    canister.replica.tick()
    assert counted(canister) == 1
    grow(canister, SPARE - THRESHOLD + 1)
    assert counted(canister) == 2


def test_growth_that_is_undone_does_not_count(canister: Universal) -> None:
    grown = Program().memory_grow(SPARE - 1).drop()
    rejected(canister.update(grown.trap()), ErrorCode.CANISTER_CALLED_TRAP)
    replied(canister.query(grown.reply()))
    canister.replica.tick()
    assert counted(canister) == 0


def test_it_runs_before_other_messages(canister: Universal) -> None:
    program = Program().memory_grow(SPARE - 1).drop().reply()
    growing = canister.submit(program)
    asking = canister.submit(Program().reply_int(Program().add_counter(0), 1))
    for _ in range(3):
        canister.replica.tick()
    replied(canister.replica.answer_of(growing))
    assert replied(canister.replica.answer_of(asking)) == b"\x01"


def test_a_callback_that_grows_memory_makes_it_due(canister: Universal, bob: Universal) -> None:
    program = Program().call(
        bob.bytes,
        "query",
        Program().reply().code,
        on_reply=Program().memory_grow(SPARE - 1).drop().reply(),
    )
    replied(canister.update(program))
    canister.replica.tick()
    assert counted(canister) == 1


def test_an_upgrade_may_make_it_due(replica: Replica, canister: Universal) -> None:
    hook = Program().set_hook(Hook.ON_LOW_WASM_MEMORY, Program().add_counter().drop())
    program = hook.memory_grow(SPARE - 1).drop()
    payload = install(replica, canister.canister_id, full_universal(), program.code, "upgrade")
    replied(payload)
    replica.tick()
    assert counted(canister) == 1


def test_it_waits_for_a_stopped_canister(replica: Replica, canister: Universal) -> None:
    manage(replica, "stop_canister", canister.canister_id)
    limit_memory_of_stopped(canister)
    replica.tick()
    manage(replica, "start_canister", canister.canister_id)
    replica.tick()
    assert counted(canister) == 1


def limit_memory_of_stopped(canister: Universal) -> None:
    size = canister.status()["memory_metrics"]["wasm_memory_size"]
    change_settings(
        canister.replica,
        canister.canister_id,
        wasm_memory_limit=size + PAGE,
        wasm_memory_threshold=2 * PAGE,
    )


@pytest.mark.parametrize("mode", ["reinstall", "upgrade"])
def test_the_limit_binds_installations(canister: Universal, mode: str) -> None:
    grown = Program().memory_grow(SPARE + 1).drop()
    payload = install(canister.replica, canister.canister_id, full_universal(), grown.code, mode)
    rejected(payload, ErrorCode.CANISTER_WASM_MEMORY_LIMIT_EXCEEDED, canister.canister_id)
    assert counted(canister) == 0


def test_the_limit_does_not_bind_queries_and_tasks(replica: Replica, canister: Universal) -> None:
    grown = Program().memory_grow(SPARE + 1).drop()
    replied(canister.query(grown.reply()))
    replied(canister.update(grown.reply(), "query"))
    canister.set_hook(Hook.GLOBAL_TIMER, grown.store_global(b"grown"))
    canister.do(Program().set_global_timer(1).drop())
    replica.tick()
    assert canister.heap() == b"grown"


def test_the_limit_binds_updates_and_not_callbacks(canister: Universal, bob: Universal) -> None:
    grown = Program().memory_grow(SPARE + 1).drop().reply()
    rejected(canister.update(grown), ErrorCode.CANISTER_WASM_MEMORY_LIMIT_EXCEEDED)
    program = Program().call(bob.bytes, "query", Program().reply().code, on_reply=grown)
    replied(canister.update(program))
