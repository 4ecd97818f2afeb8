"""Creates canisters and gives them cycles.

Specification: "IC method create_canister", "deposit_cycles", "The IC Provisional API".
"""

from __future__ import annotations

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import note_use
from ic_factory.replica.management.calls import Call, Done
from ic_factory.replica.management.capacity import set_aside
from ic_factory.replica.management.history import environment_variables_hash, record_change
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.management.settings import (
    MAX_NAT128,
    merged_settings,
    require_settings,
)
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.consumption import CyclesUse
from ic_factory.replica.state.history import Creation
from ic_factory.replica.state.settings import CanisterSettings

DEFAULT_PROVISIONAL_CYCLES = 100_000_000_000_000
CANISTER_ID_BYTES = 10


def create_canister(call: Call) -> Done:
    """A new canister with the cycles that came with the call, less the creation fee."""
    fee = call.facts.fees.canister_creation
    if call.cycles < fee:
        raise Refused(
            ErrorCode.INSUFFICIENT_CYCLES_FOR_CREATE_CANISTER,
            f"Creating a canister requires a fee of {fee} that is deducted from the canister's "
            f"initial balance but only {call.cycles} cycles were received with the "
            "create_canister request.",
        )
    canister = _new_canister(call, call.cycles - fee)
    note_use(call.subnet, canister, CyclesUse.CANISTER_CREATION, fee)
    return _created(call, canister, cycles_used=call.cycles)


def provisional_create_canister_with_cycles(call: Call) -> Done:
    """A new canister with cycles out of thin air, under an id that the caller may choose."""
    amount = call.optional("amount")
    balance = DEFAULT_PROVISIONAL_CYCLES if amount is None else _amount(amount)
    return _created(call, _new_canister(call, balance), cycles_used=0)


def provisional_top_up_canister(call: Call) -> Done:
    """Cycles out of thin air for a canister that exists."""
    canister = call.canister()
    canister.cycles += _amount(call.arguments["amount"])
    return Done(touched=(canister.canister_id,))


def deposit_cycles(call: Call) -> Done:
    """The cycles that came with the call, for any canister."""
    canister = call.canister()
    canister.cycles += call.cycles
    return Done(cycles_used=call.cycles, touched=(canister.canister_id,))


def _amount(value: int) -> int:
    if value > MAX_NAT128:
        raise Refused(
            ErrorCode.INVALID_MANAGEMENT_PAYLOAD,
            f"An amount of cycles is expected to be in the range of [0..2^128-1], got {value}",
        )
    return value


def _new_canister(call: Call, cycles: int) -> Canister:
    """The canister that is asked for, all checks done, and not yet in the subnet."""
    given = call.optional("settings") or {}
    defaults = CanisterSettings(controllers=(call.caller,))
    settings = merged_settings(defaults, given)
    specified_id = _specified_id(call)
    provisional_id = specified_id or Principal.management_canister()
    canister = Canister(provisional_id, settings, call.subnet.time, cycles)
    canister.log.capacity = settings.log_memory_limit
    set_aside(canister, require_settings(canister, None, call.subnet, call.facts))
    canister.canister_id = specified_id or _fresh_id(call)
    variables_hash = (
        environment_variables_hash(settings.environment_variables)
        if given.get("environment_variables")
        else None
    )
    record_change(
        canister,
        call.subnet.time,
        call.change_origin,
        Creation(settings.controllers, variables_hash),
    )
    return canister


def _created(call: Call, canister: Canister, cycles_used: int) -> Done:
    call.subnet.canisters[canister.canister_id] = canister
    return Done(
        results=({"canister_id": canister.canister_id},),
        cycles_used=cycles_used,
        touched=(canister.canister_id,),
    )


def _fresh_id(call: Call) -> Principal:
    canister_id = call.subnet.fresh_canister_id()
    if canister_id is None:
        raise Refused(
            ErrorCode.SUBNET_OVERSUBSCRIBED,
            "Could not create canister. Subnet has surpassed its canister ID allocation.",
        )
    return canister_id


def _specified_id(call: Call) -> Principal | None:
    canister_id: Principal | None = call.optional("specified_id")
    if canister_id is None:
        return None
    if canister_id in call.subnet.canisters:
        raise Refused(
            ErrorCode.CANISTER_ID_ALREADY_EXISTS,
            f"Unsuccessful canister creation: canister id {canister_id} already exists.",
        )
    if len(canister_id.bytes) != CANISTER_ID_BYTES or not call.subnet.hosts(canister_id):
        raise Refused(
            ErrorCode.CANISTER_NOT_HOSTED_BY_SUBNET,
            "Unsuccessful validation of specified ID: the canister id "
            f"{canister_id} is not in the canister ranges of subnet {call.subnet.subnet_id}.",
        )
    return canister_id
