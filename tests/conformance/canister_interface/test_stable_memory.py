"""Specification: "Stable memory"."""

from __future__ import annotations

from pathlib import Path

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode
from tests.canisters.universal import Program
from tests.conformance.canister_interface.canisters import (
    PAGE,
    Universal,
    change_settings,
    manage,
    rejected,
    replied,
)

FOUR_GIB_IN_PAGES = 2**16
GIB_IN_PAGES = 2**14
LIMIT_IN_PAGES = 32 * GIB_IN_PAGES


def grow(pages: int) -> Program:
    return Program().stable_grow(pages).drop()


def result(alice: Universal, program: Program) -> int:
    """The integer that a program pushes, as a signed one of 64 bits."""
    return int.from_bytes(
        replied(alice.update(Program().reply_int(program))), "little", signed=True
    )


def result32(alice: Universal, program: Program) -> int:
    """The integer that a program pushes, as a signed one of 32 bits."""
    data = replied(alice.update(Program().reply_int(program, 4)))
    return int.from_bytes(data, "little", signed=True)


def test_it_is_empty_at_first(alice: Universal) -> None:
    assert result(alice, Program().stable_size()) == 0
    assert result32(alice, Program().stable32_size()) == 0


def test_growing_gives_the_former_size(alice: Universal) -> None:
    assert result(alice, Program().stable_grow(3)) == 0
    assert result(alice, Program().stable_grow(0)) == 3
    assert result32(alice, Program().stable32_grow(2)) == 3
    assert result(alice, Program().stable_size()) == 5
    assert result32(alice, Program().stable32_size()) == 5


def test_new_pages_are_zero(alice: Universal) -> None:
    alice.do(grow(1))
    assert alice.ask(Program().stable_read(0, PAGE)) == bytes(PAGE)


def test_what_was_written_is_read_by_both_widths(alice: Universal) -> None:
    write = Program().stable_write(10, b"sixty-four").stable32_write(PAGE - 5, b"32bit")
    alice.do(grow(1).then(write))
    for read in (Program().stable_read, Program().stable32_read):
        assert alice.ask(read(10, 10)) == b"sixty-four"
        assert alice.ask(read(PAGE - 5, 5)) == b"32bit"


def test_writing_across_pages(alice: Universal) -> None:
    data = bytes(range(256)) * 1024
    alice.do(grow(6).then(Program().stable_write(PAGE - 100, data)))
    assert alice.ask(Program().stable_read(PAGE - 100, len(data))) == data
    assert alice.ask(Program().stable_read(PAGE - 101, 1)) == b"\0"


OUTSIDE = [(PAGE, 1), (PAGE - 1, 2), (0, PAGE + 1), (2**32 - 1, 1)]
FAR_OUTSIDE = [(2**63, 1), (2**64 - 1, 1), (1, 2**64 - 1)]


@pytest.mark.parametrize(("offset", "size"), OUTSIDE)
def test_access_outside_of_it_traps(alice: Universal, offset: int, size: int) -> None:
    alice.do(grow(1))
    data = bytes(size)
    for program in (
        Program().stable_read(offset, size),
        Program().stable_write(offset, data),
        Program().stable32_read(offset, size),
        Program().stable32_write(offset, data),
    ):
        rejected(alice.update(program), ErrorCode.CANISTER_TRAPPED, "stable memory out of bounds")


@pytest.mark.parametrize(("offset", "size"), FAR_OUTSIDE)
def test_access_far_outside_of_it_traps(alice: Universal, offset: int, size: int) -> None:
    alice.do(grow(1))
    read = Program().system_call("stable64_read", 0, offset, size)
    write = Program().system_call("stable64_write", offset, 0, size)
    for program in (read, write):
        rejected(alice.update(program), ErrorCode.CANISTER_TRAPPED, "out of bounds")


def test_empty_access_at_its_end_is_fine(alice: Universal) -> None:
    alice.do(grow(1))
    alice.do(Program().stable_write(PAGE, b"").stable32_write(PAGE, b""))
    assert alice.ask(Program().stable_read(PAGE, 0)) == b""


@pytest.mark.parametrize("name", ["stable64_read", "stable64_write", "stable_read", "stable_write"])
def test_access_outside_of_the_heap_traps(alice: Universal, name: str) -> None:
    alice.do(grow(2))
    end = Program().subtract(Program().multiply(Program().memory_size(), PAGE), 10)
    arguments = (end, 0, 11) if name.endswith("read") else (0, end, 11)
    payload = alice.update(Program().system_call(name, *arguments))
    rejected(payload, ErrorCode.CANISTER_TRAPPED, "heap out of bounds")
    fine = (end, 0, 10) if name.endswith("read") else (0, end, 10)
    replied(alice.update(Program().system_call(name, *fine).reply()))


def test_growing_too_far_gives_minus_one(alice: Universal) -> None:
    for pages in (LIMIT_IN_PAGES + 1, 2**40, 2**64 - 1):
        assert result(alice, Program().stable_grow(pages)) == -1
    for pages in (FOUR_GIB_IN_PAGES + 1, 2**32 - 1):
        assert result32(alice, Program().stable32_grow(pages)) == -1
    assert result(alice, Program().stable_size()) == 0


@pytest.fixture
def beyond_32_bits(replica: Replica, alice: Universal) -> Universal:
    """A canister with more stable memory than 32 bits can address."""
    manage(replica, "provisional_top_up_canister", alice.canister_id, amount=10**18)
    change_settings(replica, alice.canister_id, reserved_cycles_limit=10**18)
    alice.do(grow(FOUR_GIB_IN_PAGES + 1))
    return alice


def test_memory_beyond_32_bits_is_for_the_64_bit_functions(beyond_32_bits: Universal) -> None:
    offset = 2**32 + 7
    beyond_32_bits.do(Program().stable_write(offset, b"far away"))
    assert beyond_32_bits.ask(Program().stable_read(offset, 8)) == b"far away"
    assert result(beyond_32_bits, Program().stable_size()) == FOUR_GIB_IN_PAGES + 1


@pytest.mark.parametrize(
    "program",
    [
        Program().stable32_size(),
        Program().stable32_grow(0),
        Program().stable32_read(0, 1),
        Program().stable32_write(0, b"x"),
    ],
    ids=["size", "grow", "read", "write"],
)
def test_the_32_bit_functions_trap_on_larger_memories(
    beyond_32_bits: Universal, program: Program
) -> None:
    rejected(beyond_32_bits.update(program), ErrorCode.CANISTER_TRAPPED, "32 bit")


def test_it_survives_an_upgrade_and_not_a_reinstallation(alice: Universal) -> None:
    alice.do(grow(1).then(Program().stable_write(0, b"kept")))
    replied(alice.install(Program(), "upgrade"))
    assert alice.ask(Program().stable_read(0, 4)) == b"kept"
    replied(alice.install(Program(), "reinstall"))
    assert result(alice, Program().stable_size()) == 0


def test_it_counts_as_memory(alice: Universal) -> None:
    alice.do(grow(5))
    status = alice.status()
    assert status["memory_metrics"]["stable_memory_size"] == 5 * PAGE
    assert status["memory_size"] == sum(status["memory_metrics"].values())


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux tells resident memory")
def test_growing_takes_none_of_the_hosts_memory(alice: Universal) -> None:
    before = resident_bytes()
    for size in (0, 3, 6, 9, 12, 15):
        assert result(alice, Program().stable_grow(3 * GIB_IN_PAGES)) == size * GIB_IN_PAGES
    assert resident_bytes() - before < 2**28


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
