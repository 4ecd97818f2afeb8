"""Specification: "Method arguments", "Self-identification", "Canister status", "System time",
"Replicated execution check", "Controller check".
"""

from __future__ import annotations

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode, Reject
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.canisters import (
    MANAGEMENT,
    NOT_A_CANISTER,
    OWNER,
    SECOND,
    START_TIME,
    STRANGER,
    Universal,
    change_settings,
    full_universal,
    make_universal,
    manage,
    rejected,
    replied,
)

CALLER = Program().caller()
ANSWER_CALLER = Program().reply(CALLER)


def test_methods_get_their_argument(alice: Universal) -> None:
    program = Program().reply(Program().arg())
    assert replied(alice.update(program)) == program.code
    assert replied(alice.update(program, "query")) == program.code
    assert replied(alice.query(program)) == program.code
    assert replied(alice.composite_query(program)) == program.code


@pytest.mark.parametrize("mode", ["install", "reinstall", "upgrade"])
def test_installation_gets_its_argument(replica: Replica, alice: Universal, mode: str) -> None:
    if mode == "install":
        manage(replica, "uninstall_code", alice.canister_id)
    program = Program().store_global(Program().arg())
    replied(alice.install(program, mode))
    assert alice.heap() == program.code


def test_reply_callbacks_get_the_reply_as_argument(alice: Universal, bob: Universal) -> None:
    callee = Program().reply(b"what Bob says")
    for method in ("update", "query"):
        assert replied(alice.update(Program().call(bob.bytes, method, callee.code))) == (
            b"what Bob says"
        )
    forward = Program().call(bob.bytes, "query", callee.code)
    assert replied(alice.composite_query(forward)) == b"what Bob says"


def test_parts_of_the_argument_are_copied(alice: Universal) -> None:
    copy = Program().new_buffer(3).address_of().push(1).push(3).system_call("msg_arg_data_copy")
    program = copy.append_and_reply()
    assert replied(alice.update(program)) == program.code[1:4]


@pytest.mark.parametrize(
    ("offset", "size"), [(0, 1_000_000), (1_000_000, 0), (1_000_000, 1), (0xFFFFFFFF, 1), (1, 999)]
)
def test_copies_from_outside_of_the_argument_trap(alice: Universal, offset: int, size: int) -> None:
    program = Program().new_buffer(1000).address_of().push(offset).push(size)
    payload = alice.update(program.system_call("msg_arg_data_copy").drop().reply())
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION)


def test_copies_to_outside_of_memory_trap(alice: Universal) -> None:
    end = Program().multiply(Program().memory_size(), 65536)
    for destination in (end, Program().subtract(end, 3), Program().push_int(0xFFFFFFFF)):
        payload = alice.update(
            Program().system_call("msg_arg_data_copy", destination, 0, 4).reply()
        )
        assert isinstance(payload, Reject)
        assert payload.error_code in {
            ErrorCode.CANISTER_CONTRACT_VIOLATION,
            ErrorCode.CANISTER_TRAPPED,
        }


def test_an_empty_copy_at_the_end_is_fine(alice: Universal) -> None:
    end = Program().multiply(Program().memory_size(), 65536)
    size = Program().system_call("msg_arg_data_size")
    program = Program().system_call("msg_arg_data_copy", end, size, 0).reply()
    assert replied(alice.update(program)) == b""


@pytest.mark.parametrize("sender", [STRANGER, OWNER, Principal.anonymous()], ids=str)
def test_the_caller_is_who_sent_the_message(alice: Universal, sender: Principal) -> None:
    assert replied(alice.update(ANSWER_CALLER, sender=sender)) == sender.bytes
    assert replied(alice.update(ANSWER_CALLER, "query", sender=sender)) == sender.bytes
    assert replied(alice.query(ANSWER_CALLER, sender=sender)) == sender.bytes
    assert replied(alice.query(ANSWER_CALLER, "composite_query", sender=sender)) == sender.bytes


def test_the_caller_may_be_a_canister(alice: Universal, bob: Universal) -> None:
    for method in ("update", "query"):
        program = Program().call(bob.bytes, method, ANSWER_CALLER.code)
        assert replied(alice.update(program)) == alice.bytes
    for method in ("query", "composite_query"):
        program = Program().call(bob.bytes, method, ANSWER_CALLER.code)
        assert replied(alice.composite_query(program)) == alice.bytes


def test_callbacks_see_the_caller_of_the_call_context(alice: Universal, bob: Universal) -> None:
    on_reply = Program().call(bob.bytes, "query", Program().reply().code, on_reply=ANSWER_CALLER)
    on_reject = Program().call(NOT_A_CANISTER.bytes, "query", on_reject=ANSWER_CALLER)
    for program in (on_reply, on_reject):
        assert replied(alice.update(program)) == STRANGER.bytes
        assert replied(alice.composite_query(program)) == STRANGER.bytes


def test_cleanup_sees_the_caller_of_the_call_context(alice: Universal, bob: Universal) -> None:
    program = Program().call(
        bob.bytes,
        "query",
        Program().reply().code,
        on_reply=Program().trap(b""),
        on_cleanup=Program().store_global(CALLER),
    )
    alice.update(program)
    assert alice.heap() == STRANGER.bytes


@pytest.mark.parametrize("mode", ["reinstall", "upgrade"])
def test_installation_sees_who_installs(alice: Universal, mode: str) -> None:
    replied(alice.install(Program().store_global(CALLER), mode))
    assert alice.heap() == OWNER.bytes


def test_pre_upgrade_sees_who_upgrades(alice: Universal) -> None:
    write = Program().stable_grow(1).drop().stable_write(0, CALLER)
    alice.set_hook(Hook.PRE_UPGRADE, write)
    replied(alice.install(Program(), "upgrade"))
    assert alice.ask(Program().stable_read(0, 29)) == OWNER.bytes


def test_system_tasks_are_called_by_the_management_canister(replica: Replica) -> None:
    canister = make_universal(replica, full_universal())
    canister.set_hook(Hook.HEARTBEAT, Program().store_global(CALLER, 0).store_global(b"1", 1))
    replica.advance_time(2 * SECOND)
    replica.tick()
    assert canister.heap(1) == b"1"
    assert canister.heap(0) == MANAGEMENT.bytes == b""


def test_nothing_more_is_known_of_callers_that_no_canister_signed_for(
    alice: Universal, bob: Universal
) -> None:
    info = Program().reply(
        Program().concat(Program().caller_info_data(), Program().caller_info_signer(), b".")
    )
    assert replied(alice.update(info)) == b"."
    assert replied(alice.query(info)) == b"."
    assert replied(alice.update(Program().call(bob.bytes, "update", info.code))) == b"."


def test_a_canister_knows_itself_and_its_subnet(replica: Replica, alice: Universal) -> None:
    assert alice.ask(Program().self_id()) == alice.bytes
    assert alice.ask(Program().subnet_id()) == replica.subnet_id.bytes
    assert alice.ask_int(Program().subnet_node_count()) >= 1


def test_the_root_key_is_known_in_replicated_mode(replica: Replica, alice: Universal) -> None:
    assert replied(alice.update(Program().reply(Program().root_key()))) == replica.root_key


@pytest.mark.parametrize(
    ("method", "is_update", "answer"),
    [
        ("update", True, 1),
        ("query", True, 1),
        ("query", False, 0),
        ("composite_query", False, 0),
    ],
)
def test_the_mode_of_execution_is_known(
    alice: Universal, method: str, is_update: bool, answer: int
) -> None:
    program = Program().reply_int(Program().in_replicated_execution(), 1)
    payload = alice.update(program, method) if is_update else alice.query(program, method)
    assert replied(payload) == bytes([answer])


def test_controllers_are_known(replica: Replica, alice: Universal, bob: Universal) -> None:
    def is_controller(who: Principal) -> bool:
        return bool(alice.ask_int(Program().is_controller(who.bytes)))

    assert is_controller(OWNER)
    assert not is_controller(STRANGER)
    assert not is_controller(Principal.anonymous())
    change_settings(replica, alice.canister_id, controllers=[OWNER, bob.canister_id])
    assert is_controller(bob.canister_id)


def test_what_is_no_principal_is_no_controller_but_a_trap(alice: Universal) -> None:
    payload = alice.update(Program().reply_int(Program().is_controller(b"x" * 30)))
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION)


def test_a_running_canister_has_status_1(alice: Universal) -> None:
    assert alice.ask_int(Program().status()) == 1


def test_upgrade_hooks_see_that_the_canister_is_stopped(replica: Replica, alice: Universal) -> None:
    def note_status(offset: int) -> Program:
        return Program().stable_write(offset, Program().encode_int(Program().status(), 1))

    alice.do(Program().stable_grow(1).drop())
    alice.set_hook(Hook.PRE_UPGRADE, note_status(0))
    manage(replica, "stop_canister", alice.canister_id)
    replied(alice.install(note_status(1), "upgrade"))
    manage(replica, "start_canister", alice.canister_id)
    assert alice.ask(Program().stable_read(0, 2)) == b"\x03\x03"


def test_time_stands_still_within_a_message_and_grows_between(
    replica: Replica, alice: Universal
) -> None:
    now = Program().time()
    loop = Program().reply_data_append(Program().encode_int(now)).busy_loop(100_000)
    before = replied(alice.update(loop.reply(Program().encode_int(now))))
    assert before[:8] == before[8:]
    first = int.from_bytes(before[:8], "little")
    assert first >= START_TIME
    replica.advance_time(5 * SECOND)
    second = int.from_bytes(replied(alice.update(Program().reply_int(now))), "little")
    assert second >= first + 5 * SECOND - SECOND


def test_time_grows_across_upgrades(alice: Universal) -> None:
    before = int.from_bytes(replied(alice.update(Program().reply_int(Program().time()))), "little")
    replied(
        alice.install(Program().store_global(Program().encode_int(Program().time())), "upgrade")
    )
    assert int.from_bytes(alice.heap(), "little") >= before


def test_calls_of_users_have_no_deadline(alice: Universal) -> None:
    program = Program().reply_int(Program().deadline())
    assert replied(alice.update(program)) == bytes(8)
    assert replied(alice.query(program)) == bytes(8)
    assert replied(alice.composite_query(program)) == bytes(8)
