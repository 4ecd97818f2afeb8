"""New canisters: out of nothing on local networks, from the cycles ledger on the mainnet."""

from __future__ import annotations

import time
from collections.abc import Callable

from ic_factory.agent import Agent
from ic_factory.drivers.generated.cycles_ledger import (
    CreateCanisterArgs,
    CreateCanisterError,
    CreateCanisterErrorDuplicate,
    CreateCanisterErrorFailedToCreate,
    CreateCanisterErrorGenericError,
    CreateCanisterErrorInsufficientFunds,
    CreateCanisterResultErr,
    CyclesLedgerClient,
)
from ic_factory.drivers.management import Management
from ic_factory.networks.project import ProjectCanister
from ic_factory.operations.deploy import MakeCanister
from ic_factory.operations.errors import DeployError
from ic_factory.protocol.principal import Principal

CYCLES_LEDGER = Principal.from_str("um5iw-rqaaa-aaaaq-qaaba-cai")


def provisionally(management: Management) -> MakeCanister:
    """Makes canisters out of nothing, with the id that a project asks for."""

    def make(canister: ProjectCanister) -> Principal:
        wanted = canister.specified_id
        return management.create_provisionally(
            specified_id=None if wanted is None else Principal.from_str(wanted)
        )

    return make


def on_the_mainnet(
    agent: Agent, cycles: int, clock: Callable[[], int] = time.time_ns
) -> MakeCanister:
    """Makes canisters from the cycles that the caller has in the cycles ledger.

    Args:
        agent: Who makes them, and will control them.
        cycles: What each is made with, the fee for its creation included.
        clock: The time, in nanoseconds since 1970.
    """

    def make(canister: ProjectCanister) -> Principal:
        ledger = CyclesLedgerClient(agent, CYCLES_LEDGER)
        request = CreateCanisterArgs(amount=cycles, created_at_time=clock())
        result = ledger.create_canister(request)
        if isinstance(result, CreateCanisterResultErr):
            return _made_before(canister, result.value, agent.sender)
        return result.value.canister_id

    return make


def _made_before(
    canister: ProjectCanister, error: CreateCanisterError, caller: Principal
) -> Principal:
    """The canister that the same request has made before; other errors are raised."""
    if isinstance(error, CreateCanisterErrorDuplicate) and error.canister_id is not None:
        return error.canister_id
    raise DeployError(f"canister {canister.name!r} was not created: {_problem(error, caller)}")


def _problem(error: CreateCanisterError, caller: Principal) -> str:
    match error:
        case CreateCanisterErrorInsufficientFunds(balance=balance):
            return (
                f"{caller} has {balance:,} cycles in the cycles ledger, which are too few. Convert"
                " ICP to cycles with 'dfx cycles convert', or send some there"
            )
        case CreateCanisterErrorFailedToCreate(error=reason):
            return f"the cycles ledger says: {reason}"
        case CreateCanisterErrorGenericError(message=message):
            return f"the cycles ledger says: {message}"
    return f"the cycles ledger says: {type(error).__name__.removeprefix('CreateCanisterError')}"
