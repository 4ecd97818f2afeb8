"""Every call of every flow going wrong, by what others do just before it is executed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from tests.canisters.universal import Program
from tests.factory import flows, surgery
from tests.factory.flows import FLOWS, Flow
from tests.factory.invariants import Before, check, operations, refresh_all
from tests.factory.world import TRILLION, Factory, Refused, variant

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


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOWS)
def test_whatever_others_do_nothing_is_lost(factory: Factory, module: bytes, name: str) -> None:
    replica = factory.replica
    flow = FLOWS[name](factory, module)
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
    surgery.run_to_end(flow.factory)
    if deed in SEEN_BY_A_LOOK:
        refresh_all(flow.factory)
    check(flow.factory, before)


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOWS)
def test_a_factory_without_cycles_loses_nothing(factory: Factory, module: bytes, name: str) -> None:
    """It waits with what must be undone, and goes on when it has cycles again."""
    replica = factory.replica
    flow = FLOWS[name](factory, module)
    before = Before.of(factory)
    with surgery.message_by_message():
        replica.tick()
        while replica.answer_of(flow.request_id) is None:
            moment = replica.snapshot()
            run_dry(factory)
            surgery.run_to_end(factory)
            check(factory, before, balance_is_known=False)
            replica.rewind(moment)
            replica.tick()


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
    surgery.run_to_end(factory)
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
    surgery.run_to_end(factory)
    with pytest.raises(Refused, match="not so"):
        factory.answer(flow.request_id, flow.method)
    check(factory, before)
