"""What befalls a creation just when the hub has made a call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ic_factory.canisters import backend_wasm
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Reject, Reply
from ic_factory.replica.management.interface import encode_arguments
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.scheduling.delivery import not_found
from tests import surgery
from tests.backend.world import CONTROLLER
from tests.creation.cells import Cell
from tests.creation.world import TRILLION, Hub

Deed = Callable[[Cell], None]

TOO_FEW_FOR_A_CALL = 45 * 10**9
SECONDS_WITHOUT_CYCLES = 20
REFUSAL = Reject.of(ErrorCode.CANISTER_REJECTED_MESSAGE, "never")
REFUSAL_FOR_NOW = Reject.of(ErrorCode.CANISTER_QUEUE_FULL, "not now")


def reject(cell: Cell) -> None:
    surgery.reject(cell.replica, cell.request, REFUSAL)


def put_off(cell: Cell) -> None:
    surgery.reject(cell.replica, cell.request, REFUSAL_FOR_NOW)


def trap_in_callback(cell: Cell) -> None:
    surgery.trap_at(cell.replica, run_to_answer(cell))


def stop_target(cell: Cell) -> None:
    assert cell.target is not None
    surgery.stop(cell.replica, cell.target)


def drain_target(cell: Cell) -> None:
    assert cell.target is not None
    note_taken(cell, surgery.canister(cell.replica, cell.target).cycles)
    surgery.drain(cell.replica, cell.target)


def take_target(cell: Cell) -> None:
    """Its user takes the hub off the controllers."""
    assert cell.target is not None
    state = surgery.canister(cell.replica, cell.target)
    state.settings = replace(state.settings, controllers=(cell.hub.caller,))


def drain_hub(cell: Cell) -> None:
    """Leaves the hub too few cycles for a call for a while."""
    state = surgery.canister(cell.replica, cell.hub.canister_id)
    balance, state.cycles = state.cycles, TOO_FEW_FOR_A_CALL
    with surgery.in_whole_rounds():
        for _ in range(SECONDS_WITHOUT_CYCLES):
            cell.replica.advance_time(surgery.SECOND)
            cell.replica.tick()
    surgery.canister(cell.replica, cell.hub.canister_id).cycles += balance - TOO_FEW_FOR_A_CALL


def restart_hub(cell: Cell) -> None:
    with surgery.in_whole_rounds():
        cell.hub.manage("stop_canister")
        cell.hub.manage("start_canister")


def upgrade_hub(cell: Cell) -> None:
    with surgery.in_whole_rounds():
        cell.hub.manage("stop_canister")
        install_again(cell.hub)
        cell.hub.manage("start_canister")


def upgrade_hub_regardless(cell: Cell) -> None:
    """Before the call is executed: the answer comes to code that does not know of it."""
    with surgery.held_back(cell.replica, surgery.calls_of(cell.replica, cell.hub.canister_id)):
        install_again(cell.hub, skips=True)


def upgrade_hub_before_the_answer(cell: Cell) -> None:
    run_to_answer(cell)
    install_again(cell.hub, skips=True)


def ask_again(cell: Cell) -> None:
    """The same user asks for the same."""
    with surgery.held_back(cell.replica, surgery.calls_of(cell.replica, cell.hub.canister_id)):
        answer = cell.hub.create()
    assert next(iter(answer["status"])) not in ("NotStarted", "Queued", "Failed")


def choose_module(upload_id: int) -> Deed:
    """An admin makes another upload the module of personal canisters."""

    def deed(cell: Cell) -> None:
        calls = surgery.calls_of(cell.replica, cell.hub.canister_id)
        with surgery.held_back(cell.replica, calls):
            cell.hub.choose_module(upload_id)

    return deed


def delete_target(cell: Cell) -> None:
    """Its user deletes the canister; the hub's calls to it are answered."""
    assert cell.target is not None
    for request in surgery.calls_of(cell.replica, cell.hub.canister_id):
        if request.receiver == cell.target:
            surgery.reject(cell.replica, request, not_found(cell.target))
    note_taken(cell, surgery.canister(cell.replica, cell.target).cycles)
    surgery.delete(cell.replica, cell.target)


def set_right(cell: Cell) -> None:
    """What the owner has to do where the canister was theirs already when something befell it."""
    target = cell.target
    if target is None:
        return
    surgery.start(cell.replica, target)
    given = max(0, TRILLION - surgery.canister(cell.replica, target).cycles)
    surgery.canister(cell.replica, target).cycles += given
    note_taken(cell, -given)


def note_taken(cell: Cell, cycles: int) -> None:
    assert cell.target is not None
    cell.taken[cell.target] = cell.taken.get(cell.target, 0) + cycles


def run_to_answer(cell: Cell) -> surgery.Response:
    """Runs until the hub reads the answer to the call next."""
    wanted = surgery.callback_of(cell.request)
    for _ in range(surgery.MOST_ROUNDS):
        answer = surgery.answer_due(cell.replica, cell.hub.canister_id)
        if answer is not None and answer.callback_id == wanted:
            return answer
        cell.replica.tick()
    raise AssertionError(f"{cell.method} is not answered")


def install_again(hub: Hub, *, skips: bool = False) -> None:
    """Upgrades the hub to the same code, with or without the hook that may refuse."""
    upgrade = {"skip_pre_upgrade": [skips], "wasm_memory_persistence": []}
    fields = {
        "mode": {"upgrade": [upgrade]},
        "canister_id": hub.canister_id,
        "wasm_module": backend_wasm(),
        "arg": hub.interface.encode_init_args([[]]),
        "sender_canister_version": [],
    }
    argument = encode_arguments("install_code", fields)
    management = Principal.management_canister()
    payload = hub.replica.update(management, "install_code", argument, CONTROLLER)
    assert isinstance(payload, Reply), payload
