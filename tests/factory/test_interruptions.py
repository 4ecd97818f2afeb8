"""The factory stopped, upgraded or restarted between any two messages of an operation."""

from __future__ import annotations

import pytest

from ic_factory.canisters import factory_wasm
from ic_factory.replica import Reject, Reply
from ic_factory.replica.errors import CallRejected
from ic_factory.replica.management.interface import encode_arguments
from tests import surgery
from tests.factory import flows
from tests.factory.flows import FLOWS
from tests.factory.invariants import Before, check, living, operations
from tests.factory.test_failures import UNDONE
from tests.factory.world import (
    ADMIN,
    CONTROLLER,
    MANAGEMENT,
    Factory,
    Refused,
    commit_of,
    install_request,
    variant,
)

OPERATIONS = [name for name in FLOWS if name not in ("start", "stop", "hand off")]
"""The flows that a timer goes on with; the others are one call."""


def submit_management(factory: Factory, method: str) -> bytes:
    argument = encode_arguments(method, {"canister_id": factory.canister_id})
    request_id = factory.replica.submit_direct(MANAGEMENT, method, argument, CONTROLLER)
    assert isinstance(request_id, bytes)
    return request_id


def stop(factory: Factory) -> None:
    """Stops the factory, which waits until it has answered all calls."""
    request_id = submit_management(factory, "stop_canister")
    surgery.rest(factory.replica)
    assert isinstance(factory.replica.answer_of(request_id), Reply)


def start(factory: Factory) -> None:
    request_id = submit_management(factory, "start_canister")
    surgery.rest(factory.replica)
    assert isinstance(factory.replica.answer_of(request_id), Reply)


def upgrade(factory: Factory) -> None:
    argument = factory.interface.encode_init_args([[]])
    factory.replica.install_code(
        factory.canister_id, factory_wasm(), argument, mode="upgrade", sender=CONTROLLER
    )


def upgrade_without_asking(factory: Factory) -> None:
    """Upgrades the factory, and skips the hook that would refuse."""
    arguments = encode_arguments(
        "install_code",
        {
            "mode": {"upgrade": [{"skip_pre_upgrade": [True], "wasm_memory_persistence": []}]},
            "canister_id": factory.canister_id,
            "wasm_module": factory_wasm(),
            "arg": factory.interface.encode_init_args([[]]),
            "sender_canister_version": [],
        },
    )
    payload = factory.replica.update(MANAGEMENT, "install_code", arguments, CONTROLLER)
    assert isinstance(payload, Reply), payload


@pytest.mark.slow
@pytest.mark.parametrize("upgrades", [False, True], ids=["restarted", "upgraded"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_goes_on_after_the_factory_was_stopped(
    factory: Factory, module: bytes, name: str, *, upgrades: bool
) -> None:
    replica = factory.replica
    flow = FLOWS[name](factory, module)
    before = Before.of(factory)
    with surgery.message_by_message():
        replica.tick()
        for _ in flows.moments(flow):
            stop(factory)
            if upgrades:
                upgrade(factory)
            start(factory)
            flows.run_to_end(factory)
            check(factory, before)
            assert variant(operations(factory)[-1]["stage"]) == "Completed"


def test_who_waits_for_an_interrupted_operation_is_told(factory: Factory, module: bytes) -> None:
    flow = flows.create(factory, module)
    with surgery.message_by_message():
        while surgery.next_call(factory.replica) != "install_chunked_code":
            factory.replica.tick()
        stop(factory)
    with pytest.raises(Refused, match=r"^Operation unfinished: 1 .*get_operation\(1\)"):
        factory.answer(flow.request_id, flow.method)
    start(factory)
    flows.run_to_end(factory)
    operation = factory.query("get_operation", 1)[0]
    assert variant(operation["stage"]) == "Completed"
    assert operation["canister_id"][0] in living(factory)


@pytest.mark.parametrize("name", FLOWS)
def test_an_upgrade_is_refused_while_an_answer_is_due(
    factory: Factory, module: bytes, name: str
) -> None:
    """Code of another build could not take the answer."""
    replica = factory.replica
    flow = FLOWS[name](factory, module)
    before = Before.of(factory)
    with surgery.message_by_message():
        while not surgery.next_call(replica):
            replica.tick()
        due = surgery.canister(replica, factory.canister_id).callbacks
        assert due
    with pytest.raises(CallRejected, match=r"Factory busy: 1 operations wait for an answer"):
        try_upgrade_first(factory)
    flows.run_to_end(factory)
    factory.answer(flow.request_id, flow.method)
    check(factory, before)


def try_upgrade_first(factory: Factory) -> None:
    """Upgrades the factory before the call that is due, as a faster message may."""
    queue = factory.replica._machine.subnet.management_queue
    due = list(queue)
    queue.clear()
    try:
        upgrade(factory)
    finally:
        queue.extend(due)


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_upgrade_that_skips_the_refusal_loses_an_answer_and_no_canister_but_one(
    factory: Factory, module: bytes, name: str
) -> None:
    """Only a canister whose id was in the lost answer is unknown, and the operation says so."""
    replica = factory.replica
    flow = FLOWS[name](factory, module)
    before = Before.of(factory)
    cells = 0
    with surgery.message_by_message():
        replica.tick()
        for call in flows.moments(flow):
            if call is None:
                continue
            upgrade_without_asking(factory)
            flows.run_to_end(factory)
            if call == "create_canister":
                check_unknown_creation(factory)
            else:
                # The answer that tells how many cycles came back may be the lost one.
                check(factory, before, balance_is_known=name != "delete")
            cells += 1
    assert cells > 3


@pytest.mark.slow
@pytest.mark.parametrize("skips", [False, True], ids=["stopped", "skipping the refusal"])
@pytest.mark.parametrize("name", UNDONE)
def test_an_undoing_goes_on_after_an_upgrade(
    factory: Factory, module: bytes, name: str, *, skips: bool
) -> None:
    replica = factory.replica
    flow = UNDONE[name](factory, module)
    before = Before.of(factory)
    with surgery.message_by_message():
        while surgery.next_call(replica) != "install_chunked_code":
            replica.tick()
        for _ in flows.moments(flow):
            if skips:
                upgrade_without_asking(factory)
            else:
                stop(factory)
                upgrade(factory)
                start(factory)
            flows.run_to_end(factory)
            # The answer that tells how many cycles came back may be the lost one.
            check(factory, before, balance_is_known=not skips)
            assert variant(operations(factory)[-1]["stage"]) == "Failed"


def check_unknown_creation(factory: Factory) -> None:
    (operation,) = operations(factory)
    assert variant(operation["stage"]) == "Failed"
    assert "whether there is a canister is not known" in operation["error"][0]["message"]
    assert factory.query("my_stats")["canisters_held"] == 0


def test_an_upload_goes_on_after_an_upgrade(factory: Factory, module: bytes) -> None:
    upload_id = factory.update("create_upload")
    half = len(module) // 2
    factory.update("put_chunk_at", upload_id, 1, module[half:])
    upgrade(factory)
    assert factory.query("get_upload_info", upload_id)[0]["received_chunks"] == [1]
    factory.update("put_chunk_at", upload_id, 0, module[:half])
    assert factory.update("commit_upload", upload_id, commit_of(module))


def test_an_upgrade_keeps_everything_and_ignores_its_argument(
    factory: Factory, upload_id: int
) -> None:
    admin = factory.by(ADMIN)
    canister_id = factory.create(upload_id)
    admin.update("set_allowlist", [[factory.caller]])
    asked = ("get_config", "get_factory_stats")
    figures = [without_balance(admin.query(method)) for method in asked]
    events = admin.events()
    info = admin.query("get_canister_info", canister_id)
    upgrade(factory)
    assert [without_balance(admin.query(method)) for method in asked] == figures
    assert admin.query("get_canister_info", canister_id) == info
    assert admin.events()[: len(events)] == events
    assert admin.events("FactoryUpgraded")


def without_balance(figures: dict[str, object]) -> dict[str, object]:
    changing = ("factory_cycles_balance", "events")
    return {name: value for name, value in figures.items() if name not in changing}


def test_many_operations_go_on_together(factory: Factory, upload_id: int) -> None:
    before = Before.of(factory)
    ids = [factory.update("start_creation", install_request(upload_id)) for _ in range(5)]
    stop(factory)
    upgrade(factory)
    start(factory)
    flows.run_to_end(factory)
    stages = [variant(factory.query("get_operation", each)[0]["stage"]) for each in ids]
    assert stages == ["Completed"] * 5
    check(factory, before)


def test_a_stopped_factory_takes_no_calls(factory: Factory) -> None:
    stop(factory)
    answer = factory.replica.update(
        factory.canister_id, "create_upload", factory.encoded("create_upload"), factory.caller
    )
    assert isinstance(answer, Reject)
