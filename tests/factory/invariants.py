"""What holds whenever no operation is open, whatever went wrong before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ic_factory.protocol.principal import Principal
from ic_factory.replica.state.canister import CanisterStatus
from tests.factory.world import ADMIN, Factory, variant

MOST_FEES = 40 * 10**9
"""More than the fees of any operation of these tests, the factory's own messages included."""


@dataclass(frozen=True)
class Before:
    """What a test begins with."""

    factory_cycles: int
    stored_bytes: int
    operations: int

    @classmethod
    def of(cls, factory: Factory) -> Before:
        """The factory as it is now."""
        admin = factory.by(ADMIN)
        stats = admin.query("get_factory_stats")
        return cls(factory.cycles, stats["stored_bytes"], len(operations(factory)))


def operations(factory: Factory) -> list[Any]:
    """All operations there ever were."""
    listed: list[Any] = factory.by(ADMIN).query("list_operations", [], [])["operations"]
    return listed


def living(factory: Factory) -> dict[Principal, Any]:
    """The registry's canisters that are not deleted."""
    listed = factory.by(ADMIN).query("list_canisters", [], [])["canisters"]
    return {info["canister_id"]: info for info in listed}


def check(factory: Factory, before: Before, *, balance_is_known: bool = True) -> None:
    """Checks all of it."""
    stats = factory.query("get_factory_stats")
    assert stats["open_operations"] == 0, operations(factory)[-1]
    assert stats["stored_bytes"] == before.stored_bytes
    news = operations(factory)[before.operations :]
    assert all(variant(each["stage"]) in ("Completed", "Failed") for each in news), news
    assert all(bool(each["error"]) == (variant(each["stage"]) == "Failed") for each in news)
    check_errors(news)
    check_canisters(factory, news)
    check_places(factory)
    if balance_is_known:
        check_cycles(factory, before, news)


def check_errors(news: list[Any]) -> None:
    """Who reads the message learns the stage that failed."""
    for error in (each["error"][0] for each in news if each["error"]):
        failure = error["reason"].get("OperationFailed")
        assert failure is None or f"the stage {variant(failure['stage'])}:" in error["message"]


def check_canisters(factory: Factory, news: list[Any]) -> None:
    """No canister of the factory is forgotten; the registry tells the truth; nothing is left."""
    known = living(factory)
    excused = {each["canister_id"][0] for each in news if says_what_is_left(each)}
    for state in factory.replica._machine.subnet.canisters.values():
        if factory.canister_id not in state.controllers:
            continue
        info = known[state.canister_id]
        expected = "Active" if state.status is CanisterStatus.RUNNING else "Stopped"
        assert variant(info["status"]) == expected, info
        is_clear = not state.chunk_store and not state.snapshots
        assert is_clear or state.canister_id in excused
    present = factory.replica._machine.subnet.canisters
    assert all(canister_id in present for canister_id in known)


def says_what_is_left(operation: Any) -> bool:
    """Whether an operation tells of chunks or a snapshot that it had to leave."""
    if operation["left_behind"]:
        return True
    reason = operation["error"][0]["reason"] if operation["error"] else {}
    failure = reason.get("OperationFailed")
    return bool(failure and failure["kept_snapshot"])


def check_places(factory: Factory) -> None:
    """Each caller's places are those of the living canisters that they have had made."""
    creators = [info["created_by"] for info in living(factory).values()]
    for creator in {*creators, factory.caller}:
        held = factory.by(creator).query("my_stats")["canisters_held"]
        assert held == creators.count(creator)


def check_cycles(factory: Factory, before: Before, news: list[Any]) -> None:
    """The factory's balance is what the operations tell, but for fees."""
    made = [each for each in news if each["canister_id"] and variant(each["kind"]) == "Create"]
    attached = sum(each["cycles_attached"] for each in made)
    recovered = sum(each["cycles_recovered"] for each in news)
    fees = before.factory_cycles - factory.cycles - attached + recovered
    assert 0 <= fees <= MOST_FEES


def refresh_all(factory: Factory) -> None:
    """Lets the factory see what others did to its canisters."""
    for canister_id in living(factory):
        factory.by(ADMIN).update("refresh_canister_info", canister_id)
