"""What holds whenever no creation is under way, whatever went wrong before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ic_factory.protocol.principal import Principal
from ic_factory.replica.state.canister import Canister
from tests.backend.world import ADMIN
from tests.creation.world import TRILLION, Hub, Kept, controllers_of, picture_of

CREATION_FEE = TRILLION // 2
MOST_FEES = 100 * 10**9
"""More than the fees of any creation of these tests, or than a personal canister uses up in it."""


@dataclass(frozen=True)
class Before:
    """What a test begins with, and what it has taken away itself since.

    Attributes:
        hub_cycles: the hub's balance.
        picture: what the owner can read of the capsule.
        taken: cycles that a test took out of canisters.
    """

    hub_cycles: int
    picture: dict[str, Any]
    taken: dict[Principal, int] = field(default_factory=dict)

    @classmethod
    def of(cls, hub: Hub, kept: Kept) -> Before:
        return cls(hub.cycles, picture_of(hub, kept))


def controlled(hub: Hub) -> list[Canister]:
    """The canisters that the hub controls."""
    every = hub.replica._machine.subnet.canisters.values()
    return [each for each in every if hub.canister_id in each.controllers]


def records(hub: Hub) -> dict[Principal, Any]:
    """The registry."""
    listed = hub.by(ADMIN).query("get_personal_canister_records", [], [])["records"]
    return {record["canister_id"]: record for record in listed}


def orphans(hub: Hub) -> list[Canister]:
    """Canisters that the hub controls and does not know."""
    known = records(hub)
    return [each for each in controlled(hub) if each.canister_id not in known]


def check_completed(hub: Hub, kept: Kept, before: Before) -> None:
    """The capsule is its owner's, whole, and the receipt proves it."""
    assert hub.status() == "Completed", hub.details()
    personal = hub.personal()
    assert picture_of(personal, kept) == before.picture
    for (memory, variant), content in kept.contents.items():
        assert personal.content(memory, variant) == content
    assert controllers_of(hub.replica, personal.canister_id) == {hub.caller}
    receipt = hub.verified_receipt()
    assert receipt["hub_manifest"] == receipt["personal_manifest"]
    assert receipt["personal_canister_id"] == personal.canister_id
    code = hub.replica._machine.subnet.canisters[personal.canister_id].code
    assert code is not None
    assert receipt["module_hash"] == code.module_hash
    assert hub.query_refusal("get_capsule", [kept.capsule_id]) == "Moved"


def check_failed(hub: Hub, kept: Kept, before: Before) -> None:
    """The capsule is in the hub as it was, and can be changed again."""
    assert picture_of(hub, kept) == before.picture
    for (memory, variant), content in kept.contents.items():
        assert hub.content(memory, variant) == content
    assert hub.update("update_capsule", kept.capsule_id, {"name": [], "description": []})


def check_cycles(hub: Hub, before: Before, unknown: int = 0) -> None:
    """Every cycle is where the hub says, but for fees.

    Args:
        hub: its only creation is the caller's.
        before: the balance that it is compared with.
        unknown: how many canisters nobody knows of.
    """
    reserve = hub.by(ADMIN).query("get_cycles_reserve")
    assert reserve["promised"] == 0
    assert reserve["balance"] == hub.cycles
    fees = before.hub_cycles - before.taken.get(hub.canister_id, 0) - hub.cycles
    assert 0 <= fees - reserve["consumed"] <= MOST_FEES
    assert reserve["consumed"] == hub.details()["cycles_consumed"]
    check_canisters(hub, before, reserve["consumed"], unknown)


def check_canisters(hub: Hub, before: Before, consumed: int, unknown: int) -> None:
    """What the hub has spent is in the canisters, but for fees."""
    known = records(hub)
    canisters = hub.replica._machine.subnet.canisters
    mine = [canisters[each] for each in known if each in canisters] + orphans(hub)
    assert len(orphans(hub)) == unknown
    assert len(mine) <= 1 + unknown
    held = sum(each.cycles + before.taken.get(each.canister_id, 0) for each in mine)
    used = consumed - held - len(mine) * CREATION_FEE
    assert 0 <= used <= len(mine) * MOST_FEES
    assert sum(record["cycles_consumed"] for record in known.values()) in (
        # One that was never known is known as part of the one that came after it.
        consumed,
        consumed - sum(each.cycles for each in orphans(hub)),
    ) or not known
