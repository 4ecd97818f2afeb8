"""Specification: "IC method fetch_canister_logs"."""

from __future__ import annotations

from typing import Any

import pytest

from ic_factory.replica.management.interface import decode_reply
from ic_factory.replica.rejects import Reject
from tests.canisters.universal import Hook, Program
from tests.conformance.management.actors import Refusal, Role, World
from tests.conformance.management.candid_arguments import argument

KIBIBYTE = 1024


def records(world: World, **more: Any) -> list[dict[str, Any]]:
    """The target's log as its controller reads it."""
    encoded = argument("fetch_canister_logs", canister_id=world.target, **more)
    answer = world.query(Role.CONTROLLER, "fetch_canister_logs", encoded)
    assert isinstance(answer, bytes), answer
    found: list[dict[str, Any]] = decode_reply("fetch_canister_logs", answer)[
        "canister_log_records"
    ]
    return found


def lines(world: World) -> list[bytes]:
    return [record["content"] for record in records(world)]


def say(world: World, *texts: bytes) -> None:
    program = Program()
    for text in texts:
        program = program.debug_print(text)
    world.run(program.reply())


def test_lines_are_numbered_and_timed(world: World):
    before = world.replica.now
    say(world, b"one", b"two")
    found = records(world)
    assert [record["content"] for record in found] == [b"one", b"two"]
    assert [record["idx"] for record in found] == [0, 1]
    assert all(before <= record["timestamp_nanos"] <= world.replica.now for record in found)
    say(world, b"three")
    assert [record["idx"] for record in records(world)] == [0, 1, 2]


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", "süß".encode(), b"a\nb"])
def test_lines_are_any_bytes(world: World, text: bytes):
    say(world, text)
    assert lines(world) == [text]


def test_a_trap_is_in_the_log_with_what_came_before(world: World):
    program = Program().debug_print(b"about to trap").trap(b"mind the gap")
    assert isinstance(world.replica.update(world.target, "update", program.code), Reject)
    before, trap = lines(world)
    assert before == b"about to trap"
    assert trap.startswith(b"[TRAP]: ")
    assert b"mind the gap" in trap


def test_a_trap_of_webassembly_is_in_the_log(world: World):
    world.replica.update(world.target, "update", Program().unreachable().code)
    (trap,) = lines(world)
    assert trap.startswith(b"[TRAP]: ")


def test_hooks_and_timers_log(world: World):
    hook = Program().debug_print(b"from the timer")
    later = world.replica.now + 10**9
    world.run(Program().set_hook(Hook.GLOBAL_TIMER, hook).set_global_timer(later).drop().reply())
    world.replica.advance_time(10**10)
    for _ in range(3):
        world.replica.tick()
    assert lines(world) == [b"from the timer"]


def test_installation_logs(world: World):
    world.manage(
        "install_code",
        canister_id=world.target,
        mode={"upgrade": None},
        wasm_module=world.module,
        arg=Program().debug_print(b"from post_upgrade").code,
    )
    assert lines(world) == [b"from post_upgrade"]


def test_a_failed_installation_logs_its_trap(world: World):
    world.refused(
        "install_code",
        canister_id=world.target,
        mode={"upgrade": None},
        wasm_module=world.module,
        arg=Program().debug_print(b"so far").trap(b"no further").code,
    )
    first, trap = lines(world)
    assert first == b"so far"
    assert b"no further" in trap


def test_queries_do_not_log(world: World):
    program = Program().debug_print(b"from a query").reply()
    world.replica.query_call(world.target, "query", program.code)
    world.replica.query_call(world.target, "query", Program().trap(b"no").code)
    assert lines(world) == []


def test_a_query_method_called_as_an_update_logs(world: World):
    program = Program().debug_print(b"certified").reply()
    world.replica.update(world.target, "query", program.code)
    assert lines(world) == [b"certified"]


def test_old_lines_make_room(world: World):
    for index in range(100):
        say(world, f"{index:04} ".encode() + bytes(95))
    found = records(world)
    assert sum(len(record["content"]) for record in found) <= 4 * KIBIBYTE
    assert found[-1]["idx"] == 99
    indexes = [record["idx"] for record in found]
    assert indexes == list(range(indexes[0], 100))
    assert indexes[0] > 0


def test_a_line_longer_than_the_log_is_cut(world: World):
    say(world, b"before", b"x" * (100 * KIBIBYTE))
    assert sum(map(len, lines(world))) <= 4 * KIBIBYTE
    say(world, b"after")
    assert lines(world)[-1] == b"after"


def test_the_log_stays_over_an_upgrade(world: World):
    say(world, b"before")
    world.manage(
        "install_code",
        canister_id=world.target,
        mode={"upgrade": None},
        wasm_module=world.module,
        arg=b"",
    )
    assert lines(world) == [b"before"]


@pytest.mark.parametrize("how", ["reinstall", "uninstall"])
def test_the_log_goes_with_the_code(world: World, how: str):
    say(world, b"before")
    if how == "uninstall":
        world.manage("uninstall_code", canister_id=world.target)
    else:
        world.manage(
            "install_code",
            canister_id=world.target,
            mode={"reinstall": None},
            wasm_module=world.module,
            arg=b"",
        )
    assert lines(world) == []


def test_numbers_go_on_after_the_log_was_purged(world: World):
    say(world, b"one", b"two")
    world.manage(
        "install_code",
        canister_id=world.target,
        mode={"reinstall": None},
        wasm_module=world.module,
        arg=b"",
    )
    say(world, b"three")
    assert [record["idx"] for record in records(world)] == [2]


def test_a_canister_reads_logs_from_a_composite_query(world: World):
    say(world, b"a line")
    encoded = argument("fetch_canister_logs", canister_id=world.target)
    answer = world.composite_query(Role.CONTROLLING_CANISTER, "fetch_canister_logs", encoded)
    assert isinstance(answer, bytes)
    (record,) = decode_reply("fetch_canister_logs", answer)["canister_log_records"]
    assert record["content"] == b"a line"
    assert isinstance(
        world.composite_query(Role.OTHER_CANISTER, "fetch_canister_logs", encoded), Refusal
    )
