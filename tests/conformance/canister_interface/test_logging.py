"""Specification: "Debugging aids", "IC method `fetch_canister_logs`"."""

from __future__ import annotations

from typing import Any

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.management.interface import decode_reply, encode_arguments
from ic_factory.replica.rejects import ErrorCode, Payload, Reject
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.canisters import (
    MANAGEMENT,
    OWNER,
    PAGE,
    SECOND,
    STRANGER,
    Universal,
    change_settings,
    full_universal,
    install,
    make_universal,
    manage,
    rejected,
    replied,
    wat,
)

MAX_LOG_BYTES = 4096


def fetch(canister: Universal, sender: Principal = OWNER) -> Payload:
    """What a query for the logs is answered with."""
    argument = encode_arguments("fetch_canister_logs", {"canister_id": canister.canister_id})
    return canister.replica.query_call(MANAGEMENT, "fetch_canister_logs", argument, sender)


def records(canister: Universal) -> list[dict[str, Any]]:
    fetched = decode_reply("fetch_canister_logs", replied(fetch(canister)))
    found: list[dict[str, Any]] = fetched["canister_log_records"]
    return found


def contents(canister: Universal) -> list[bytes]:
    return [bytes(record["content"]) for record in records(canister)]


def test_lines_are_logged_in_order(alice: Universal) -> None:
    alice.do(Program().debug_print(b"one").debug_print(b"").debug_print(b"three"))
    alice.do(Program().debug_print(b"\xff\x00 no text"))
    assert contents(alice) == [b"one", b"", b"three", b"\xff\x00 no text"]


def test_records_have_numbers_and_times(replica: Replica, alice: Universal) -> None:
    alice.do(Program().debug_print(b"one"))
    first = replica.now
    replica.advance_time(SECOND)
    alice.do(Program().debug_print(b"two").debug_print(b"three"))
    found = records(alice)
    assert [record["idx"] for record in found] == [0, 1, 2]
    assert [record["timestamp_nanos"] for record in found] == [first, replica.now, replica.now]


def test_a_trap_is_logged_after_what_was_printed(alice: Universal) -> None:
    rejected(
        alice.update(Program().debug_print(b"before").trap(b"the reason")),
        ErrorCode.CANISTER_CALLED_TRAP,
    )
    lines = contents(alice)
    assert lines[0] == b"before"
    assert b"the reason" in lines[1]
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (Program().unreachable(), b"unreachable"),
        (Program().fill_memory(2**32 - 1, 1, 0), b"heap out of bounds"),
        (Program().stable_read(0, 1), b"stable memory out of bounds"),
        (Program().overflow_stack(), b"stack overflow"),
    ],
    ids=["unreachable", "heap", "stable memory", "stack"],
)
def test_traps_of_the_machine_are_logged(alice: Universal, program: Program, reason: bytes) -> None:
    assert isinstance(alice.update(program), Reject)
    assert reason in contents(alice)[-1]


def test_every_replicated_entry_point_logs(replica: Replica, bob: Universal) -> None:
    canister = make_universal(replica, full_universal())
    program = Program().call(
        bob.bytes,
        "query",
        Program().reply().code,
        on_reply=Program().debug_print(b"reply").trap(b"callback"),
        on_cleanup=Program().debug_print(b"cleanup"),
    )
    canister.set_hook(Hook.HEARTBEAT, Program().debug_print(b"heartbeat"))
    replica.advance_time(2 * SECOND)
    replica.tick()
    assert contents(canister) == [b"heartbeat"]
    canister.set_hook(Hook.HEARTBEAT, Program())
    canister.update(program.debug_print(b"update"))
    canister.update(Program().debug_print(b"query").reply(), "query")
    lines = contents(canister)
    assert lines[1:3] == [b"update", b"reply"]
    assert b"callback" in lines[3]
    assert lines[4:] == [b"cleanup", b"query"]


def test_upgrade_hooks_log_and_logs_stay(alice: Universal) -> None:
    alice.do(Program().debug_print(b"before"))
    alice.set_hook(Hook.PRE_UPGRADE, Program().debug_print(b"pre"))
    replied(alice.install(Program().debug_print(b"post"), "upgrade"))
    assert contents(alice) == [b"before", b"pre", b"post"]


def test_a_failed_upgrade_is_logged(alice: Universal) -> None:
    alice.set_hook(Hook.PRE_UPGRADE, Program().debug_print(b"pre"))
    payload = alice.install(Program().debug_print(b"post").trap(b"no"), "upgrade")
    rejected(payload, ErrorCode.CANISTER_CALLED_TRAP)
    lines = contents(alice)
    assert lines[:2] == [b"pre", b"post"]
    assert b"no" in lines[2]


def test_reinstalling_purges_the_log_and_init_logs(alice: Universal) -> None:
    alice.do(Program().debug_print(b"before"))
    replied(alice.install(Program().debug_print(b"init"), "reinstall"))
    assert contents(alice) == [b"init"]


def test_uninstalling_purges_the_log(alice: Universal) -> None:
    alice.do(Program().debug_print(b"before"))
    manage(alice.replica, "uninstall_code", alice.canister_id)
    assert contents(alice) == []


def test_start_logs(replica: Replica, alice: Universal) -> None:
    module = wat(
        """(module
          (import "ic0" "debug_print" (func $print (param i32 i32)))
          (memory 1)
          (data (i32.const 0) "start")
          (func $start (call $print (i32.const 0) (i32.const 5)))
          (start $start))"""
    )
    replied(install(replica, alice.canister_id, module, mode="reinstall"))
    assert contents(alice) == [b"start"]


def test_the_newest_lines_are_kept(alice: Universal) -> None:
    for number in range(10):
        alice.do(Program().debug_print(str(number).encode() * 1000))
    lines = contents(alice)
    assert sum(map(len, lines)) <= MAX_LOG_BYTES
    assert lines[-1] == b"9" * 1000
    assert len(lines) >= 3
    assert records(alice)[-1]["idx"] == 9


def test_a_line_that_is_too_long_is_cut(alice: Universal) -> None:
    alice.do(Program().debug_print(Program().new_buffer(MAX_LOG_BYTES * 3)))
    assert sum(map(len, contents(alice))) <= MAX_LOG_BYTES


def test_printing_never_traps(alice: Universal) -> None:
    end = Program().multiply(Program().memory_size(), PAGE)
    program = (
        Program()
        .system_call("debug_print", end, 1)
        .system_call("debug_print", 0, 2**32 - 1)
        .system_call("debug_print", 2**32 - 1, 2**32 - 1)
    )
    replied(alice.update(program.reply()))
    assert len(contents(alice)) == 3


def test_trapping_with_a_text_outside_of_memory_traps(alice: Universal) -> None:
    end = Program().multiply(Program().memory_size(), PAGE)
    assert isinstance(alice.update(Program().system_call("trap", end, 1).reply()), Reject)


def test_a_trap_with_bytes_that_are_no_text(alice: Universal) -> None:
    payload = alice.update(Program().trap(b"broken \xff\xfe text"))
    reason = rejected(payload, ErrorCode.CANISTER_CALLED_TRAP, "broken ", " text")
    assert reason.isprintable() or "\n" in reason


def test_a_trap_with_a_long_text_is_cut(alice: Universal) -> None:
    payload = alice.update(Program().trap(b"x" * 1_000_000))
    reason = rejected(payload, ErrorCode.CANISTER_CALLED_TRAP, "xxx")
    assert len(reason) < 100_000


def test_controllers_alone_read_the_log_at_first(alice: Universal) -> None:
    replied(fetch(alice, OWNER))
    assert isinstance(fetch(alice, STRANGER), Reject)
    change_settings(alice.replica, alice.canister_id, log_visibility={"public": None})
    replied(fetch(alice, STRANGER))
    viewers = {"allowed_viewers": [STRANGER]}
    change_settings(alice.replica, alice.canister_id, log_visibility=viewers)
    replied(fetch(alice, STRANGER))
    replied(fetch(alice, OWNER))
    assert isinstance(fetch(alice, Principal.anonymous()), Reject)
