"""Specification: "Canister version"."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.canisters import (
    OWNER,
    SECOND,
    Universal,
    change_settings,
    full_universal,
    make_universal,
    manage,
    rejected,
    replied,
)

VERSION = Program().encode_int(Program().version())


def version(canister: Universal) -> int:
    """The version as a query sees it, or the status where there is no code."""
    seen: int = canister.status()["version"]
    return seen


def test_a_new_canister_has_version_0(replica: Replica) -> None:
    canister_id = replica.create_canister(OWNER)
    assert version(Universal(replica, canister_id)) == 0


def test_the_canister_sees_what_its_status_says(alice: Universal) -> None:
    assert alice.ask_int(Program().version()) == version(alice)


def test_a_message_sees_the_version_before_it(alice: Universal) -> None:
    before = version(alice)
    assert replied(alice.update(Program().reply(VERSION))) == before.to_bytes(8, "little")
    assert version(alice) == before + 1


def take_and_load_snapshot(canister: Universal) -> None:
    taken = manage(canister.replica, "take_canister_snapshot", canister.canister_id)
    manage(
        canister.replica,
        "load_canister_snapshot",
        canister.canister_id,
        snapshot_id=taken["id"],
    )


CHANGES: dict[str, Callable[[Universal], object]] = {
    "an update": lambda canister: canister.do(Program()),
    "a replicated query": lambda canister: replied(canister.update(Program().reply(), "query")),
    "a reinstallation": lambda canister: replied(canister.install(Program(), "reinstall")),
    "an upgrade": lambda canister: replied(canister.install(Program(), "upgrade")),
    "new settings": lambda canister: change_settings(
        canister.replica, canister.canister_id, freezing_threshold=1
    ),
    "a stop": lambda canister: manage(canister.replica, "stop_canister", canister.canister_id),
    "a start": lambda canister: manage(canister.replica, "start_canister", canister.canister_id),
    "no code": lambda canister: manage(canister.replica, "uninstall_code", canister.canister_id),
    "a loaded snapshot": take_and_load_snapshot,
}


@pytest.mark.parametrize("change", CHANGES)
def test_changes_make_a_new_version(alice: Universal, change: str) -> None:
    before = version(alice)
    CHANGES[change](alice)
    assert version(alice) > before


def test_callbacks_make_a_new_version(alice: Universal, bob: Universal) -> None:
    before = version(alice)
    program = Program().call(bob.bytes, "query", Program().reply().code)
    replied(alice.update(program))
    assert version(alice) == before + 2


def test_system_tasks_make_a_new_version(replica: Replica) -> None:
    canister = make_universal(replica, full_universal())
    canister.set_hook(Hook.HEARTBEAT, Program())
    before = version(canister)
    replica.advance_time(5 * SECOND)
    replica.tick()
    assert version(canister) > before


def test_queries_and_failures_make_none(alice: Universal) -> None:
    before = version(alice)
    replied(alice.query(Program().reply()))
    rejected(alice.update(Program().trap()), ErrorCode.CANISTER_CALLED_TRAP)
    rejected(alice.install(Program().trap(), "upgrade"), ErrorCode.CANISTER_CALLED_TRAP)
    assert version(alice) == before


def test_pre_upgrade_sees_the_old_and_post_upgrade_the_new_version(alice: Universal) -> None:
    alice.do(Program().stable_grow(1).drop())
    alice.set_hook(Hook.PRE_UPGRADE, Program().stable_write(0, VERSION))
    before = version(alice)
    replied(alice.install(Program().stable_write(8, VERSION), "upgrade"))
    seen = alice.ask(Program().stable_read(0, 16))
    assert seen == before.to_bytes(8, "little") + (before + 1).to_bytes(8, "little")
    assert version(alice) == before + 1


def test_init_sees_the_new_version(alice: Universal) -> None:
    before = version(alice)
    replied(alice.install(Program().store_global(VERSION), "reinstall"))
    assert alice.heap() == (before + 1).to_bytes(8, "little")
