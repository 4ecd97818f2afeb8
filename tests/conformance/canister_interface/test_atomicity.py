"""Specification: "Message execution".

A message that traps leaves nothing behind but what it cost. A call tree is made of several: what
those before and after the trap did stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.canisters import (
    OWNER,
    PAGE,
    SECOND,
    START_TIME,
    Universal,
    amount,
    certified_data,
    full_universal,
    install,
    make_universal,
    manage,
    rejected,
    replied,
)

NOTHING = Program().reply().code
FAR_FUTURE = START_TIME + 10**18

WAYS_TO_FAIL = {
    "trap": (Program().trap(b"the end"), ErrorCode.CANISTER_CALLED_TRAP),
    "unreachable": (Program().unreachable(), ErrorCode.CANISTER_TRAPPED),
    "heap out of bounds": (Program().fill_memory(2**32 - 1, 1, 0), ErrorCode.CANISTER_TRAPPED),
    "stack overflow": (Program().overflow_stack(), ErrorCode.CANISTER_TRAPPED),
    "stable memory out of bounds": (
        Program().stable_write(2**40, b"x"),
        ErrorCode.CANISTER_TRAPPED,
    ),
    "contract violation": (Program().reply().reply(), ErrorCode.CANISTER_CONTRACT_VIOLATION),
    "wrong context": (
        Program().accept_message(),
        ErrorCode.CANISTER_CONTRACT_VIOLATION,
    ),
}


@dataclass(frozen=True)
class Traces:
    """Everything that a message can change in its canister."""

    heap: bytes
    counter: int
    memory_pages: int
    stable_pages: int
    stable: bytes
    certified_data: bytes
    timer: int
    callees_heap: bytes


WHOLE_STABLE_MEMORY = Program().stable_read(0, Program().multiply(Program().stable_size(), PAGE))


def traces(alice: Universal, bob: Universal) -> Traces:
    """What there is now."""
    alice.replica.tick()
    timer = replied(alice.update(Program().reply_int(Program().set_global_timer(0))))
    return Traces(
        heap=alice.heap(),
        counter=alice.ask_int(Program().add_counter(0)),
        memory_pages=alice.ask_int(Program().memory_size()),
        stable_pages=alice.ask_int(Program().stable_size()),
        stable=alice.ask(WHOLE_STABLE_MEMORY).rstrip(b"\0"),
        certified_data=certified_data(alice),
        timer=int.from_bytes(timer, "little"),
        callees_heap=bob.heap(),
    )


def changing_everything(bob: Universal) -> Program:
    """A program that leaves every trace there is."""
    return (
        Program()
        .store_global(b"changed")
        .add_counter(5)
        .drop()
        .memory_grow(3)
        .drop()
        .stable_grow(2)
        .drop()
        .stable_write(0, b"changed!")
        .set_certified_data(b"changed")
        .set_global_timer(FAR_FUTURE)
        .drop()
        .call(
            bob.bytes,
            "update",
            Program().store_global(b"called").reply().code,
            on_reply=Program(),
            on_reject=Program(),
        )
    )


@pytest.fixture
def before(alice: Universal, bob: Universal) -> Traces:
    """What there is at first, which is not nothing."""
    alice.do(
        Program()
        .store_global(b"before")
        .add_counter(1)
        .drop()
        .stable_grow(1)
        .drop()
        .stable_write(0, b"before!!")
        .set_certified_data(b"before")
    )
    return traces(alice, bob)


def test_a_message_that_goes_well_leaves_all_its_traces(
    alice: Universal, bob: Universal, before: Traces
) -> None:
    alice.do(changing_everything(bob))
    assert traces(alice, bob) == Traces(
        heap=b"changed",
        counter=6,
        memory_pages=before.memory_pages + 3,
        stable_pages=3,
        stable=b"changed!",
        certified_data=b"changed",
        timer=FAR_FUTURE,
        callees_heap=b"called",
    )


@pytest.mark.parametrize("way", WAYS_TO_FAIL)
def test_an_update_that_traps_leaves_no_trace(
    alice: Universal, bob: Universal, before: Traces, way: str
) -> None:
    failing, code = WAYS_TO_FAIL[way]
    rejected(alice.update(changing_everything(bob).then(failing)), code, alice.canister_id)
    assert traces(alice, bob) == before


def test_the_answer_of_a_message_that_traps_is_not_sent(alice: Universal, bob: Universal) -> None:
    rejected(alice.update(Program().reply(b"sent?").trap()), ErrorCode.CANISTER_CALLED_TRAP)
    callee = Program().reply(b"sent?").trap()
    program = Program().call(bob.bytes, "update", callee.code, on_reject=Program().reply(b"no"))
    assert replied(alice.update(program)) == b"no"


def test_pages_of_stable_memory_that_are_grown_again_are_zero(alice: Universal) -> None:
    grow = Program().stable_grow(2).drop().stable_write(PAGE, b"leftover")
    rejected(alice.update(grow.trap()), ErrorCode.CANISTER_CALLED_TRAP)
    alice.do(Program().stable_grow(2).drop())
    assert alice.ask(Program().stable_read(0, 2 * PAGE)) == bytes(2 * PAGE)


def test_pages_of_the_heap_that_are_grown_again_are_zero(alice: Universal) -> None:
    end = Program().multiply(Program().memory_size(), PAGE)
    last = Program().subtract(end, 100)
    fill = Program().memory_grow(1).drop().fill_memory(last, 100, 0x41)
    rejected(alice.update(fill.trap()), ErrorCode.CANISTER_CALLED_TRAP)
    read = Program().memory_grow(1).drop().reply(Program().read_memory(last, 100))
    assert replied(alice.update(read)) == bytes(100)


def test_a_trap_in_the_callee_leaves_the_callers_changes(
    alice: Universal, bob: Universal, before: Traces
) -> None:
    callee = Program().store_global(b"callee").trap(b"in the callee")
    program = (
        Program()
        .store_global(b"method")
        .call(bob.bytes, "update", callee.code, on_reject=Program().add_counter().drop().reply())
    )
    replied(alice.update(program))
    after = traces(alice, bob)
    assert (after.heap, after.counter, after.callees_heap) == (b"method", before.counter + 1, b"")


@pytest.mark.parametrize("way", WAYS_TO_FAIL)
def test_a_trap_in_a_callback_undoes_the_callback_alone(
    alice: Universal, bob: Universal, carol: Universal, before: Traces, way: str
) -> None:
    failing, code = WAYS_TO_FAIL[way]
    callee = Program().store_global(b"callee").reply()
    program = (
        Program()
        .store_global(b"method")
        .call(bob.bytes, "update", callee.code, on_reply=changing_everything(carol).then(failing))
    )
    rejected(alice.update(program), code)
    after = traces(alice, bob)
    assert (after.heap, after.callees_heap) == (b"method", b"callee")
    assert carol.heap() == b""
    assert (after.counter, after.stable, after.stable_pages) == (
        before.counter,
        before.stable,
        before.stable_pages,
    )
    assert (after.certified_data, after.timer) == (before.certified_data, before.timer)


def test_a_trap_in_a_reject_callback_undoes_the_callback_alone(
    alice: Universal, bob: Universal, carol: Universal, before: Traces
) -> None:
    program = Program().call(
        bob.bytes,
        "update",
        Program().reject(b"").code,
        on_reject=changing_everything(carol).trap(b"in the reject callback"),
    )
    payload = alice.update(program)
    rejected(payload, ErrorCode.CANISTER_CALLED_TRAP, "in the reject callback")
    assert traces(alice, carol) == before


def test_a_trap_in_a_cleanup_callback_undoes_it(
    alice: Universal, bob: Universal, before: Traces
) -> None:
    cleanup = (
        Program()
        .store_global(b"cleanup")
        .stable_write(0, b"cleanup!")
        .set_global_timer(FAR_FUTURE)
        .drop()
        .trap(b"in the cleanup")
    )
    program = Program().call(
        bob.bytes,
        "query",
        NOTHING,
        on_reply=Program().store_global(b"callback").trap(b""),
        on_cleanup=cleanup,
    )
    rejected(alice.update(program), ErrorCode.CANISTER_CALLED_TRAP)
    assert traces(alice, bob) == before


# Who was entered, and in whose callback a reply (+) or a rejection (-) came, by where it traps:
# Alice calls Bob, Bob calls Carol, Carol calls Dave.
CALL_TREE = {
    "Alice": ("", ""),
    "Bob": ("A", "A-"),
    "Carol": ("AB", "B- A+"),
    "Dave": ("ABC", "C- B+ A+"),
    "Carol's callback": ("ABCD", "B- A+"),
    "Bob's callback": ("ABCD", "C+ A-"),
    "Alice's callback": ("ABCD", "C+ B+"),
    "nobody": ("ABCD", "C+ B+ A+"),
}


@pytest.mark.parametrize("trapping", CALL_TREE)
def test_a_trap_at_each_point_of_a_call_tree(
    replica: Replica, alice: Universal, bob: Universal, carol: Universal, trapping: str
) -> None:
    dave = make_universal(replica)
    canisters = {"Alice": alice, "Bob": bob, "Carol": carol, "Dave": dave}

    def trap_of(where: str) -> Program:
        return Program().trap(b"here") if where == trapping else Program()

    program = Program().store_global(b"D").reply().then(trap_of("Dave"))
    callee = dave
    for name in ("Carol", "Bob", "Alice"):
        called_back = trap_of(f"{name}'s callback").reply()
        program = (
            Program()
            .store_global(name[:1].encode())
            .call(
                callee.bytes,
                "update",
                program.code,
                on_reply=Program().store_global(b"+", 1).then(called_back),
                on_reject=Program().store_global(b"-", 1).then(called_back),
            )
            .then(trap_of(name))
        )
        callee = canisters[name]
    payload = alice.update(program)
    if trapping.startswith("Alice"):
        rejected(payload, ErrorCode.CANISTER_CALLED_TRAP, "here")
    else:
        replied(payload)
    entered = "".join(canister.heap(0).decode() for canister in canisters.values())
    came_back = " ".join(
        f"{name[:1]}{canister.heap(1).decode()}"
        for name, canister in reversed(canisters.items())
        if canister.heap(1)
    )
    assert (entered, came_back) == CALL_TREE[trapping]


# Other entry points.


@pytest.mark.parametrize("mode", ["reinstall", "upgrade"])
def test_an_installation_that_traps_leaves_no_trace(
    replica: Replica, alice: Universal, bob: Universal, before: Traces, mode: str
) -> None:
    changing = (
        Program()
        .store_global(b"changed")
        .stable_grow(1)
        .drop()
        .set_certified_data(b"changed")
        .set_global_timer(FAR_FUTURE)
        .drop()
    )
    payload = alice.install(changing.trap(b"in the installation"), mode)
    rejected(payload, ErrorCode.CANISTER_CALLED_TRAP, "in the installation")
    assert traces(alice, bob) == before


def test_a_pre_upgrade_that_traps_leaves_no_trace(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    hook = Program().store_global(b"changed").stable_grow(1).drop().set_certified_data(b"changed")
    alice.set_hook(Hook.PRE_UPGRADE, hook.trap(b"in pre_upgrade"))
    before = traces(alice, bob)
    payload = alice.install(Program(), "upgrade")
    rejected(payload, ErrorCode.CANISTER_CALLED_TRAP, "in pre_upgrade")
    assert traces(alice, bob) == before


def test_a_trap_in_post_upgrade_undoes_pre_upgrade_too(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    hook = Program().store_global(b"changed").stable_grow(1).drop().set_certified_data(b"changed")
    alice.set_hook(Hook.PRE_UPGRADE, hook)
    before = traces(alice, bob)
    payload = alice.install(Program().trap(b"in post_upgrade"), "upgrade")
    rejected(payload, ErrorCode.CANISTER_CALLED_TRAP, "in post_upgrade")
    assert traces(alice, bob) == before


@pytest.mark.parametrize("task", [Hook.HEARTBEAT, Hook.GLOBAL_TIMER], ids=lambda hook: hook.name)
def test_a_system_task_that_traps_leaves_no_trace(
    replica: Replica, bob: Universal, task: Hook
) -> None:
    canister = make_universal(replica, full_universal())
    canister.set_hook(task, changing_everything(bob).trap(b"in the task"))
    before = traces(canister, bob)
    canister.do(Program().set_global_timer(replica.now + SECOND).drop())
    replica.advance_time(2 * SECOND)
    replica.tick()
    assert any(b"in the task" in line for line in canister.logs)
    assert traces(canister, bob) == before


@pytest.mark.parametrize("method", ["query", "composite_query"])
def test_queries_leave_no_trace(
    alice: Universal, bob: Universal, before: Traces, method: str
) -> None:
    changing = (
        Program()
        .store_global(b"changed")
        .add_counter()
        .drop()
        .memory_grow(2)
        .drop()
        .stable_grow(1)
        .drop()
        .stable_write(0, b"changed!")
        .debug_print(b"here")
    )
    logs = alice.logs
    seen = Program().reply(Program().concat(Program().load_global(), Program().stable_read(0, 8)))
    assert replied(alice.query(changing.then(seen), method)) == b"changedchanged!"
    assert traces(alice, bob) == before
    assert alice.logs == logs


def test_a_replicated_query_leaves_no_trace(
    alice: Universal, bob: Universal, before: Traces
) -> None:
    changing = Program().store_global(b"changed").stable_grow(1).drop().stable_write(0, b"changed!")
    replied(alice.update(changing.reply(), "query"))
    assert traces(alice, bob) == before


def test_inspecting_a_message_leaves_no_trace(replica: Replica, bob: Universal) -> None:
    canister = make_universal(replica, full_universal())
    changing = Program().store_global(b"changed").stable_grow(1).drop()
    canister.set_hook(Hook.INSPECT_MESSAGE, changing.accept_message())
    before = traces(canister, bob)
    canister.do(Program())
    assert traces(canister, bob) == before


# Cycles.


def test_cycles_that_were_accepted_before_a_trap_go_back(alice: Universal, bob: Universal) -> None:
    callee = Program().accept_cycles(10**12).drop().trap(b"")
    tell = Program().reply(Program().cycles_refunded())
    program = Program().call(bob.bytes, "update", callee.code, cycles=10**12, on_reject=tell)
    before = bob.cycles
    assert amount(replied(alice.update(program))) == 10**12
    assert bob.cycles <= before


def test_cycles_that_were_accepted_in_the_method_stay_after_a_trap_in_its_callback(
    alice: Universal, bob: Universal, carol: Universal
) -> None:
    callee = (
        Program()
        .accept_cycles(10**12)
        .drop()
        .call(carol.bytes, "query", NOTHING, on_reply=Program().accept_cycles(10**12).drop().trap())
    )
    tell = Program().reply(Program().cycles_refunded())
    program = Program().call(bob.bytes, "update", callee.code, cycles=3 * 10**12, on_reject=tell)
    before = bob.cycles
    assert amount(replied(alice.update(program))) == 2 * 10**12
    assert before + 9 * 10**11 < bob.cycles <= before + 10**12


def test_cycles_of_calls_that_were_not_sent_stay(alice: Universal, bob: Universal) -> None:
    before = alice.cycles
    program = Program().call(bob.bytes, "query", NOTHING, cycles=10**12)
    rejected(alice.update(program.trap()), ErrorCode.CANISTER_CALLED_TRAP)
    assert before - 10**9 < alice.cycles < before


def test_cycles_that_were_burned_before_a_trap_stay(alice: Universal) -> None:
    before = alice.cycles
    burn = Program().burn_cycles(10**12).drop()
    rejected(alice.update(burn.trap()), ErrorCode.CANISTER_CALLED_TRAP)
    assert before - 10**9 < alice.cycles < before


def test_a_message_that_traps_is_paid_for(alice: Universal) -> None:
    before = alice.cycles
    alice.update(Program().trap())
    assert alice.cycles < before


def test_an_installation_that_traps_leaves_an_empty_canister_empty(replica: Replica) -> None:
    canister_id = replica.create_canister(OWNER)
    before = manage(replica, "canister_status", canister_id)
    trap = Program().stable_grow(1).drop().trap(b"in init")
    payload = install(replica, canister_id, full_universal(), trap.code)
    rejected(payload, ErrorCode.CANISTER_CALLED_TRAP, "in init")
    after = manage(replica, "canister_status", canister_id)
    assert after["module_hash"] in ([], None)
    assert after["memory_metrics"]["stable_memory_size"] == 0
    assert after["version"] == before["version"]
