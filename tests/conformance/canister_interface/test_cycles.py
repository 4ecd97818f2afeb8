"""Specification: "Cycles", "Cycle cost calculation"."""

from __future__ import annotations

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode, RejectCode
from tests.canisters.universal import Program
from tests.conformance.canister_interface.canisters import (
    NOT_A_CANISTER,
    Latch,
    Universal,
    amount,
    answer_of,
    change_settings,
    make_universal,
    manage,
    rejected,
    replied,
)

T = 10**12
SLACK = T // 10
"""More than a few messages cost, less than what is sent in them."""

NOTHING = Program().reply().code
TELL_REFUND = Program().reply(Program().cycles_refunded())
ACCEPTED = Program().reply(Program().accept_cycles(2 * T))


def refund(alice: Universal, bob: Universal, callee: Program, cycles: int = 3 * T) -> int:
    """What comes back of so many cycles when Bob does this with them."""
    program = Program().call(
        bob.bytes,
        "update",
        callee.code,
        cycles=cycles,
        on_reply=TELL_REFUND,
        on_reject=TELL_REFUND,
    )
    return amount(replied(alice.update(program)))


def test_cycles_that_are_not_accepted_come_back(alice: Universal, bob: Universal) -> None:
    before = alice.cycles, bob.cycles
    assert refund(alice, bob, Program().reply()) == 3 * T
    assert before[0] - SLACK < alice.cycles < before[0]
    assert before[1] - SLACK < bob.cycles < before[1]


def test_accepted_cycles_move(alice: Universal, bob: Universal) -> None:
    before = alice.cycles, bob.cycles
    assert refund(alice, bob, Program().accept_cycles(2 * T).drop().reply()) == T
    assert before[0] - 2 * T - SLACK < alice.cycles < before[0] - 2 * T
    assert before[1] + 2 * T - SLACK < bob.cycles < before[1] + 2 * T


@pytest.mark.parametrize(
    ("asked", "moved"), [(0, 0), (1, 1), (T, T), (3 * T, 3 * T), (4 * T, 3 * T), (2**127, 3 * T)]
)
def test_no_more_is_accepted_than_asked_for_and_than_there_is(
    alice: Universal, bob: Universal, asked: int, moved: int
) -> None:
    callee = Program().reply(Program().accept_cycles(asked))
    program = Program().call(bob.bytes, "update", callee.code, cycles=3 * T)
    assert amount(replied(alice.update(program))) == moved


def test_cycles_are_accepted_in_parts(alice: Universal, bob: Universal) -> None:
    part = Program().reply_data_append(Program().accept_cycles(2 * T))
    left = Program().reply_data_append(Program().cycles_available())
    callee = left.then(part, left, part, left, part, left).msg_reply()
    program = Program().call(bob.bytes, "update", callee.code, cycles=5 * T)
    told = replied(alice.update(program))
    assert [amount(told[at : at + 16]) // T for at in range(0, len(told), 16)] == [
        *(5, 2, 3, 2, 1, 1, 0)
    ]


def test_nothing_is_available_after_the_answer(alice: Universal, bob: Universal) -> None:
    tell = Program().store_global(
        Program().concat(Program().cycles_available(), Program().accept_cycles(T))
    )
    assert refund(alice, bob, Program().reply().then(tell)) == 3 * T
    assert bob.heap() == bytes(32)


def test_users_send_no_cycles(alice: Universal) -> None:
    assert amount(replied(alice.update(Program().reply(Program().cycles_available())))) == 0
    assert amount(replied(alice.update(ACCEPTED))) == 0
    assert amount(replied(alice.update(ACCEPTED, "query"))) == 0


def test_a_query_method_accepts_cycles_in_replicated_mode(alice: Universal, bob: Universal) -> None:
    program = Program().call(bob.bytes, "query", ACCEPTED.code, cycles=3 * T)
    before = bob.cycles
    assert amount(replied(alice.update(program))) == 2 * T
    assert bob.cycles > before + T


def test_a_rejection_refunds_what_was_not_accepted(alice: Universal, bob: Universal) -> None:
    callee = Program().accept_cycles(T).drop().reject(b"no")
    assert refund(alice, bob, callee) == 2 * T


def test_a_trap_refunds_everything(alice: Universal, bob: Universal) -> None:
    assert refund(alice, bob, Program().accept_cycles(T).drop().trap()) == 3 * T


def test_no_answer_refunds_what_was_not_accepted(alice: Universal, bob: Universal) -> None:
    assert refund(alice, bob, Program().accept_cycles(T).drop()) == 2 * T


def test_cycles_of_calls_that_do_not_arrive_come_back(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    missing = Universal(replica, NOT_A_CANISTER)
    assert refund(alice, missing, Program()) == 3 * T
    manage(replica, "stop_canister", bob.canister_id)
    assert refund(alice, bob, Program()) == 3 * T
    manage(replica, "uninstall_code", bob.canister_id)
    manage(replica, "start_canister", bob.canister_id)
    assert refund(alice, bob, Program()) == 3 * T


def test_callbacks_accept_cycles_of_their_call_context(
    alice: Universal, bob: Universal, carol: Universal
) -> None:
    accept = Program().reply(Program().accept_cycles(2 * T))
    callee = Program().call(carol.bytes, "query", NOTHING, on_reply=accept)
    assert refund(alice, bob, callee) == T


def test_the_refund_is_in_the_balance_already(alice: Universal, bob: Universal) -> None:
    tell = Program().reply(Program().balance())
    program = Program().call(bob.bytes, "query", NOTHING, cycles=50 * T, on_reply=tell)
    assert amount(replied(alice.update(program))) > 90 * T


def test_the_64_bit_functions_say_the_same(alice: Universal, bob: Universal) -> None:
    def integer(name: str, *arguments: int) -> Program:
        return Program().encode_int(Program().system_call(name, *arguments))

    callee = Program().reply(
        Program().concat(
            integer("msg_cycles_available"),
            integer("msg_cycles_accept", T),
            integer("msg_cycles_available"),
        )
    )
    on_reply = Program().reply(Program().concat(Program().arg(), integer("msg_cycles_refunded")))
    program = Program().call_new(bob.bytes, "update", on_reply=on_reply)
    program = program.call_data_append(callee.code).call_cycles_add(T).call_cycles_add(2 * T)
    told = replied(alice.update(program.call_perform().drop()))
    assert [int.from_bytes(told[at : at + 8], "little") // T for at in range(0, 32, 8)] == [
        *(3, 1, 2, 2)
    ]
    balance = replied(alice.update(Program().reply(integer("canister_cycle_balance"))))
    assert abs(int.from_bytes(balance, "little") - alice.cycles) < SLACK


def test_amounts_beyond_64_bits_need_the_128_bit_functions(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    manage(replica, "provisional_top_up_canister", alice.canister_id, amount=2**66)
    assert amount(replied(alice.update(Program().reply(Program().balance())))) > 2**66
    tell = Program().reply_int(Program().system_call("canister_cycle_balance"))
    rejected(alice.update(tell), ErrorCode.CANISTER_TRAPPED)
    assert refund(alice, bob, Program().reply(), cycles=2**65) == 2**65
    callee = Program().reply_int(Program().system_call("msg_cycles_available"))
    program = Program().call(bob.bytes, "update", callee.code, cycles=2**65)
    rejected(alice.update(program), ErrorCode.CANISTER_REJECTED_MESSAGE, "64-bit")


def test_the_balance_shown_goes_down_as_cycles_are_attached(
    alice: Universal, bob: Universal
) -> None:
    balance = Program().reply_data_append(Program().balance())
    program = balance.call_new(bob.bytes, "query").call_cycles_add128(5 * T).then(balance)
    program = program.call_new(bob.bytes, "query").then(balance).msg_reply()
    told = replied(alice.update(program))
    first, attached, dropped = (amount(told[at : at + 16]) for at in (0, 16, 32))
    assert first - attached == 5 * T
    assert dropped == first


def test_a_performed_call_sets_cycles_aside(alice: Universal, bob: Universal) -> None:
    balance = Program().reply_data_append(Program().balance())
    cost = Program().reply_data_append(Program().cost_call(len("query"), len(NOTHING)))
    program = balance.call_new(bob.bytes, "query", on_reply=Program()).call_data_append(NOTHING)
    told = replied(alice.update(program.call_perform().drop().then(balance, cost).msg_reply()))
    before, after, price = (amount(told[at : at + 16]) for at in (0, 16, 32))
    assert before - after == price > 0


def test_more_than_the_liquid_balance_cannot_be_attached(alice: Universal, bob: Universal) -> None:
    program = Program().call_new(bob.bytes, "query").call_cycles_add128(200 * T)
    payload = alice.update(program.reply())
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION, alice.canister_id)


def test_the_liquid_balance_leaves_out_what_freezing_needs(
    replica: Replica, alice: Universal
) -> None:
    def balances() -> tuple[int, int]:
        return amount(alice.ask(Program().balance())), amount(alice.ask(Program().liquid_balance()))

    balance, liquid = balances()
    assert 0 < liquid < balance
    change_settings(replica, alice.canister_id, freezing_threshold=10**9)
    poorer_balance, poorer_liquid = balances()
    assert poorer_liquid < liquid
    assert abs(poorer_balance - balance) < SLACK


def test_the_whole_liquid_balance_can_be_attached(alice: Universal, bob: Universal) -> None:
    high_and_low = (
        Program()
        .push(Program().decode_int(Program().slice(Program().liquid_balance(), 8, 8)))
        .push(Program().decode_int(Program().slice(Program().liquid_balance(), 0, 8)))
    )
    program = Program().call_new(bob.bytes, "query").then(high_and_low)
    replied(alice.update(program.system_call("call_cycles_add128").reply()))


@pytest.mark.parametrize("burned", [0, 1, 5 * T])
def test_cycles_are_burned(alice: Universal, burned: int) -> None:
    before = alice.cycles
    program = Program().reply(Program().burn_cycles(burned))
    assert amount(replied(alice.update(program))) == burned
    assert before - burned - SLACK < alice.cycles < before - burned


def test_no_more_is_burned_than_is_liquid(alice: Universal) -> None:
    program = Program().reply(
        Program().concat(Program().liquid_balance(), Program().burn_cycles(2**127))
    )
    told = replied(alice.update(program))
    assert amount(told[:16]) == amount(told[16:])
    assert alice.cycles > 0


@pytest.mark.parametrize("growth", ["heap", "stable memory"])
def test_memory_that_would_freeze_the_canister_is_not_given(
    replica: Replica, alice: Universal, bob: Universal, growth: str
) -> None:
    change_settings(replica, alice.canister_id, freezing_threshold=10**9)
    grow = Program().memory_grow if growth == "heap" else Program().stable_grow
    before = alice.status()["memory_size"]
    payload = alice.update(grow(20_000).drop().reply())
    rejected(payload, ErrorCode.INSUFFICIENT_CYCLES_IN_MEMORY_GROW, alice.canister_id)
    assert alice.status()["memory_size"] == before
    replied(alice.update(grow(10).drop().reply()))
    # A callback must not fail for that: it may freeze its canister.
    program = Program().call(bob.bytes, "query", NOTHING, on_reply=grow(20_000).drop().reply())
    replied(alice.update(program))
    rejected(alice.update(Program().reply()), ErrorCode.CANISTER_OUT_OF_CYCLES)


def test_a_frozen_canister_takes_no_calls(replica: Replica, alice: Universal) -> None:
    change_settings(replica, alice.canister_id, freezing_threshold=2**62)
    reason = rejected(alice.update(Program().reply()), ErrorCode.CANISTER_OUT_OF_CYCLES)
    assert str(alice.canister_id) in reason
    rejected(alice.query(Program().reply()), RejectCode.SYS_TRANSIENT, alice.canister_id)
    change_settings(replica, alice.canister_id, freezing_threshold=0)
    replied(alice.update(Program().reply()))


def test_a_frozen_canister_still_runs_its_callbacks(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    latch = Latch(bob)
    request_id = alice.submit(latch.call(on_reply=Program().reply(b"called back")))
    replica.tick()
    change_settings(replica, alice.canister_id, freezing_threshold=2**62)
    latch.release()
    assert replied(answer_of(replica, request_id)) == b"called back"


def test_a_canister_that_runs_out_of_cycles_is_uninstalled(replica: Replica) -> None:
    poor = make_universal(replica, cycles=T)
    change_settings(replica, poor.canister_id, freezing_threshold=0)
    replica.advance_time(10**9 * 60 * 60 * 24 * 365 * 1000)
    for _ in range(3):
        replica.tick()
    status = poor.status()
    assert status["module_hash"] in ([], None)
    assert status["cycles"] == 0
    rejected(poor.query(Program().reply()), RejectCode.CANISTER_ERROR)


def test_time_costs_cycles(replica: Replica, alice: Universal) -> None:
    before = alice.cycles
    replica.advance_time(10**9 * 60 * 60 * 24)
    replica.tick()
    day = before - alice.cycles
    burned_per_day = alice.status()["idle_cycles_burned_per_day"]
    assert 0.9 * burned_per_day < day < 1.5 * burned_per_day + SLACK


def test_bounded_wait_calls_that_time_out_lose_their_cycles(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    latch = Latch(bob)
    request_id = alice.submit(latch.call(cycles=3 * T, timeout_seconds=1, on_reject=TELL_REFUND))
    replica.tick()
    before = alice.cycles
    replica.advance_time(2 * 10**9)
    assert amount(replied(answer_of(replica, request_id))) == 0
    latch.release()
    replica.tick()
    assert alice.cycles < before + SLACK


def test_no_cycles_are_made_by_calls(replica: Replica, alice: Universal, bob: Universal) -> None:
    before = alice.cycles + bob.cycles
    for _ in range(5):
        callee = Program().accept_cycles(T).drop().reply()
        refund(alice, bob, callee)
        refund(bob, alice, callee)
        refund(alice, bob, Program().accept_cycles(T).drop().trap())
    assert before - SLACK < alice.cycles + bob.cycles < before


# What things cost.


def cost(alice: Universal, program: Program) -> int:
    """The cycles that a program pushes."""
    return amount(alice.ask(program))


def test_the_cost_of_a_call_grows_with_its_bytes(alice: Universal) -> None:
    base = cost(alice, Program().cost_call(0, 0))
    longer = cost(alice, Program().cost_call(0, 1000))
    assert base > 0
    assert longer - base == cost(alice, Program().cost_call(1000, 0)) - base == 1_000_000


def test_the_cost_of_a_canister(alice: Universal) -> None:
    assert cost(alice, Program().cost_create_canister()) == 500_000_000_000


def test_the_cost_of_an_outcall_grows_with_its_bytes(alice: Universal) -> None:
    base = cost(alice, Program().cost_http_request(0, 0))
    assert cost(alice, Program().cost_http_request(1000, 0)) > base > 0
    assert cost(alice, Program().cost_http_request(0, 1000)) > base


SIGNING = {
    "ecdsa": Program().cost_sign_with_ecdsa,
    "schnorr": Program().cost_sign_with_schnorr,
    "vetkd": Program().cost_vetkd_derive_key,
}


def result_and_cost(alice: Universal, program: Program) -> tuple[int, int]:
    """What a function that prices the use of a key returns, and what it wrote."""
    both = program.encode_int(Program(), 1).concat(Program(), Program())
    told = replied(alice.query(both.append_and_reply()))
    return told[16], amount(told[:16])


@pytest.mark.parametrize("kind", SIGNING)
def test_the_cost_of_a_key_that_there_is(alice: Universal, kind: str) -> None:
    result, price = result_and_cost(alice, SIGNING[kind](b"key_1", 0))
    assert result == 0
    assert price > 0


@pytest.mark.parametrize("kind", SIGNING)
def test_a_curve_or_algorithm_that_there_is_not(alice: Universal, kind: str) -> None:
    assert result_and_cost(alice, SIGNING[kind](b"key_1", 17)) == (1, 0)


@pytest.mark.parametrize("kind", SIGNING)
def test_a_key_that_there_is_not(alice: Universal, kind: str) -> None:
    assert result_and_cost(alice, SIGNING[kind](b"no such key", 0)) == (2, 0)


def test_both_schnorr_algorithms_have_keys(alice: Universal) -> None:
    for algorithm in (0, 1):
        assert result_and_cost(alice, SIGNING["schnorr"](b"key_1", algorithm))[0] == 0


def test_deposited_cycles_arrive(replica: Replica, alice: Universal) -> None:
    before = alice.cycles
    manage(replica, "provisional_top_up_canister", alice.canister_id, amount=7 * T)
    paid_for_the_message = before + 7 * T - alice.cycles
    assert 0 <= paid_for_the_message < 2_000_000
