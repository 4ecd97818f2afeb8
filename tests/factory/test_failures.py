"""Every call of every flow going wrong, by what others do just before it is executed."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from functools import partial

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, Reply
from tests import surgery
from tests.canisters.universal import Program
from tests.conformance.custom_sections import with_custom_sections
from tests.factory import flows
from tests.factory.flows import FLOWS, Flow, other
from tests.factory.invariants import Before, check, operations, refresh_all
from tests.factory.world import (
    ADMIN,
    TRILLION,
    Factory,
    Refused,
    install_request,
    upgrade_request,
    variant,
)

Deed = Callable[[Replica, Principal], None]
DEEDS: dict[str, Deed] = {
    "taken": surgery.take_away,
    "deleted": surgery.delete,
    "stopped": surgery.stop,
    "drained": surgery.drain,
}
"""What somebody else may do to the canister that a flow is about."""

TOO_FEW_FOR_A_CALL = 45 * 10**9
ROUNDS_WITHOUT_CYCLES = 70

SEEN_BY_A_LOOK = frozenset({"taken", "deleted", "stopped"})
"""Deeds that the registry knows of only after a new look."""


NOT_SO = Program().trap(b"not so").code


def of_chunks(begin: Callable[..., Flow], arg: bytes = b"") -> Callable[[Factory, bytes], Flow]:
    """The flow with a module of more chunks than are stored at a time."""

    def begin_with_chunks(factory: Factory, module: bytes) -> Flow:
        noise = random.Random(0).randbytes(5 * 1024 * 1024)
        return begin(factory, with_custom_sections(module, {"padding": noise}), arg=arg)

    return begin_with_chunks


UNDONE: dict[str, Callable[[Factory, bytes], Flow]] = {
    "failing create": partial(flows.create, arg=NOT_SO),
    "failing create and hand off": partial(flows.create, handoff=True, arg=NOT_SO),
    "failing upgrade": partial(flows.upgrade, arg=NOT_SO),
    "failing upgrade without snapshot": partial(flows.upgrade, snapshot_first=False, arg=NOT_SO),
    "failing upgrade of a stopped canister": partial(flows.upgrade, stopped=True, arg=NOT_SO),
    "failing reinstall": partial(flows.reinstall, arg=NOT_SO),
    "failing create of chunks": of_chunks(flows.create, NOT_SO),
}
"""Flows whose code traps, so that they are undone call by call."""

ALL = (
    FLOWS
    | UNDONE
    | {
        "create of chunks": of_chunks(flows.create),
        "upgrade of chunks": of_chunks(flows.upgrade),
    }
)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_whatever_others_do_nothing_is_lost(factory: Factory, module: bytes, name: str) -> None:
    replica = factory.replica
    flow = ALL[name](factory, module)
    before = Before.of(factory)
    cells = 0
    with surgery.message_by_message():
        while replica.answer_of(flow.request_id) is None:
            if surgery.next_call(replica) and flow.target is not None:
                moment = replica.snapshot()
                for deed in possible_deeds(flow):
                    run_cell(flow, deed, before)
                    replica.rewind(moment)
                    cells += 1
            replica.tick()
    assert cells >= len(DEEDS)


def possible_deeds(flow: Flow) -> list[str]:
    """A canister that still owes an answer can't be stopped, and so can't be deleted."""
    assert flow.target is not None
    owes = surgery.canister(flow.factory.replica, flow.target).call_contexts
    return [deed for deed in DEEDS if not owes or deed not in ("deleted", "stopped")]


def run_cell(flow: Flow, deed: str, before: Before) -> None:
    assert flow.target is not None
    DEEDS[deed](flow.factory.replica, flow.target)
    flows.run_to_end(flow.factory)
    if deed in SEEN_BY_A_LOOK:
        refresh_all(flow.factory)
    check(flow.factory, before)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ALL if "chunks" not in name])
def test_a_factory_without_cycles_loses_nothing(factory: Factory, module: bytes, name: str) -> None:
    """It waits with what must be undone, and goes on when it has cycles again."""
    replica = factory.replica
    flow = ALL[name](factory, module)
    before = Before.of(factory)
    with surgery.message_by_message():
        replica.tick()
        for _ in flows.moments(flow):
            run_dry(factory)
            flows.run_to_end(factory)
            check(factory, before, balance_is_known=False)


def run_dry(factory: Factory) -> None:
    """Leaves the factory too few cycles for a call for a while."""
    replica = factory.replica
    state = surgery.canister(replica, factory.canister_id)
    balance, state.cycles = state.cycles, TOO_FEW_FOR_A_CALL
    for _ in range(ROUNDS_WITHOUT_CYCLES):
        replica.advance_time(surgery.SECOND)
        replica.tick()
    surgery.canister(replica, factory.canister_id).cycles += balance


BAD_MODULES = {
    "no module": b"\0asm",
    "broken section": b"\0asm\1\0\0\0\1\xff",
    "unknown import": b"\0asm\1\0\0\0\1\4\1\x60\0\0\2\x0d\1\3ic0\5nope!\0\0",
    "gzip of nothing": b"\x1f\x8b" + bytes(20),
    "gzip of too much": gzip.compress(bytes(101 * 1024 * 1024), 1),
}


@pytest.mark.parametrize("bad", BAD_MODULES)
def test_a_module_that_is_none_leaves_no_canister(factory: Factory, bad: str) -> None:
    upload_id = factory.upload(BAD_MODULES[bad])
    before = Before.of(factory)
    with pytest.raises(Refused, match=r"^Operation failed: .*Installing.* cycles came back"):
        factory.create(upload_id)
    check(factory, before)
    (operation,) = operations(factory)
    assert operation["canister_deleted"]
    assert operation["cycles_recovered"] > TRILLION // 3


@pytest.mark.parametrize("handoff", [False, True])
def test_a_trap_in_init_leaves_no_canister(
    factory: Factory, upload_id: int, *, handoff: bool
) -> None:
    before = Before.of(factory)
    with pytest.raises(Refused, match="not so"):
        factory.create(upload_id, init_arg=Program().trap(b"not so").code, handoff=handoff)
    check(factory, before)


@pytest.mark.parametrize("snapshot_first", [False, True])
def test_a_trap_in_post_upgrade_brings_the_old_code_back(
    factory: Factory, module: bytes, *, snapshot_first: bool
) -> None:
    arg = Program().trap(b"not so").code
    flow = flows.upgrade(factory, module, snapshot_first=snapshot_first, arg=arg)
    before = Before.of(factory)
    flows.run_to_end(factory)
    with pytest.raises(Refused, match=r"(?s)not so.*has not got the new code"):
        factory.answer(flow.request_id, flow.method)
    check(factory, before)
    assert flow.canister_id is not None
    info = factory.query("get_canister_info", flow.canister_id)[0]
    assert variant(info["status"]) == "Active"
    code = surgery.canister(factory.replica, flow.canister_id).code
    assert code is not None
    assert info["module_hash"] == [code.module_hash]


def test_a_trap_in_init_of_a_reinstallation_brings_the_old_state_back(
    factory: Factory, module: bytes
) -> None:
    flow = flows.reinstall(factory, module, arg=Program().trap(b"not so").code)
    before = Before.of(factory)
    flows.run_to_end(factory)
    with pytest.raises(Refused, match="not so"):
        factory.answer(flow.request_id, flow.method)
    check(factory, before)


@pytest.mark.parametrize("flow", ["upgrade", "upgrade without snapshot", "reinstall"])
@pytest.mark.parametrize("bad", BAD_MODULES)
def test_a_module_that_is_none_leaves_the_old_code(
    factory: Factory, upload_id: int, bad: str, flow: str
) -> None:
    canister_id = factory.create(upload_id)
    known = factory.query("get_canister_info", canister_id)
    new = factory.upload(BAD_MODULES[bad])
    before = Before.of(factory)
    with pytest.raises(Refused, match=r"^Operation failed: .*Installing.*has not got the new code"):
        put_code(factory, canister_id, new, flow)
    check(factory, before)
    assert factory.query("get_canister_info", canister_id) == known


def put_code(
    factory: Factory, canister_id: Principal, upload_id: int, flow: str, arg: bytes = b""
) -> None:
    if flow == "reinstall":
        request = install_request(
            upload_id, mode="Reinstall", canister_id=canister_id, init_arg=arg
        )
        factory.update("create_and_install_with", request)
        return
    snapshot_first = flow == "upgrade"
    request = upgrade_request(
        canister_id, upload_id=upload_id, arg=arg, snapshot_first=snapshot_first
    )
    factory.update("upgrade_canister_with", request)


@pytest.mark.parametrize("flow", ["upgrade", "upgrade without snapshot", "reinstall"])
def test_a_failure_brings_heap_and_stable_memory_back(
    factory: Factory, upload_id: int, module: bytes, flow: str
) -> None:
    keep = Program().stable_grow(1).drop().stable_write(0, b"stable").store_global(b"heap")
    canister_id = factory.create(upload_id, init_arg=keep.code)
    with pytest.raises(Refused, match="not so"):
        put_code(factory, canister_id, factory.upload(other(module)), flow, NOT_SO)
    state = Program().concat(Program().stable_read(0, 6), Program().load_global())
    kept = factory.replica.update(canister_id, "update", Program().reply(state).code)
    assert kept == Reply(b"stableheap")


@pytest.mark.parametrize("deed", DEEDS)
def test_a_top_up_arrives_or_the_factory_keeps_its_cycles(
    factory: Factory, upload_id: int, deed: str
) -> None:
    canister_id = factory.create(upload_id)
    before = factory.cycles
    request_id = factory.by(ADMIN).submit("top_up_canister", canister_id, TRILLION)
    with surgery.message_by_message():
        while surgery.next_call(factory.replica) != "deposit_cycles":
            factory.replica.tick()
        DEEDS[deed](factory.replica, canister_id)
        surgery.rest(factory.replica)
    if deed == "deleted":
        with pytest.raises(Refused, match=r"^Call failed: deposit_cycles"):
            factory.answer(request_id, "top_up_canister")
    arrives = deed != "deleted"
    assert 0 < before - factory.cycles - arrives * TRILLION < 10**9
