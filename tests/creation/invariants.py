"""What holds whenever no creation is under way, whatever went wrong before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ic_factory.protocol.principal import Principal
from ic_factory.replica.state.canister import Canister
from tests.backend.world import ADMIN
from tests.creation.world import TRILLION, Hub, Kept, controllers_of, picture_of

CREATION_FEE = TRILLION // 2
MOST_FEES = 40 * 10**9
"""More than the fees of any creation of these tests, or than a personal canister uses up in it."""


@dataclass(frozen=True)
class Before:
    """What a test begins with, and what it has taken away itself since.

    Attributes:
        hub_cycles: the hub's balance.
        picture: what the owner can read of the capsule.
        taken: cycles that a test took out of personal canisters.
        given_up: the most cycles that may go with canisters that are deleted.
    """

    hub_cycles: int
    picture: dict[str, Any]
    taken: dict[Principal, int] = field(default_factory=dict)
    given_up: int = 0

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
        hub: all its creations are the caller's.
        before: the balance that it is compared with.
        unknown: how many canisters nobody knows of.
    """
    reserve = hub.by(ADMIN).query("get_cycles_reserve")
    assert reserve["promised"] == 0
    assert reserve["balance"] == hub.cycles
    known = records(hub)
    recorded = sum(record["cycles_consumed"] for record in known.values())
    # A canister that nobody knows is counted with the one that is made instead.
    assert reserve["consumed"] == (recorded if known else hub.details()["cycles_consumed"])
    fees = before.hub_cycles - hub.cycles - reserve["consumed"]
    assert 0 <= fees <= MOST_FEES
    check_canisters(hub, before, reserve["consumed"], unknown)


def check_canisters(hub: Hub, before: Before, consumed: int, unknown: int) -> None:
    """No canister is forgotten, and what the hub has spent is in them, but for fees."""
    known = records(hub)
    canisters = hub.replica._machine.subnet.canisters
    assert len(orphans(hub)) == unknown
    present = [canisters[each] for each in known if each in canisters] + orphans(hub)
    held = sum(each.cycles for each in present) + sum(before.taken.values())
    made = len(known) + unknown
    used = consumed - held - made * CREATION_FEE
    assert 0 <= used <= made * MOST_FEES + before.given_up, used
