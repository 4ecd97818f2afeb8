"""Many users who ask for personal canisters at the same time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ic_factory.protocol.principal import Principal
from tests import surgery
from tests.backend.world import ADMIN
from tests.creation.cells import run_to_rest
from tests.creation.invariants import MOST_FEES, orphans, records
from tests.creation.world import TRILLION, Hub, Kept, fill_capsule, picture_of

pytestmark = pytest.mark.slow

USERS = 50
MOST_AT_A_TIME = 5
LARGE = 1000
CYCLES_EACH = 2 * TRILLION


def test_fifty_users_at_once_come_in_order_and_each_gets_one(hub: Hub) -> None:
    users = [hub.registered(principal(number)) for number in range(USERS)]
    capsules = [fill_capsule(user, LARGE) for user in users]
    pictures = [picture_of(user, kept) for user, kept in zip(users, capsules, strict=True)]
    hub.by(ADMIN).update("set_cycles_reserve", enough(USERS))
    cycles = hub.cycles
    requests = [user.submit("create_personal_canister", []) for user in users]
    begun = follow(hub, users)
    assert begun == [user.caller for user in users]
    for user, request_id in zip(users, requests, strict=True):
        assert user.answer(request_id, "create_personal_canister")["user"] == user.caller
    for user, kept, picture in zip(users, capsules, pictures, strict=True):
        check_moved(user, kept, picture)
    check_once(hub, users)
    assert 0 <= cycles - hub.cycles - USERS * CYCLES_EACH <= USERS * MOST_FEES


def principal(number: int) -> Principal:
    return Principal.self_authenticating(f"the key of user {number}".encode())


def enough(users: int) -> dict[str, list[int]]:
    return {"reserve": [(users + 2) * CYCLES_EACH], "min_threshold": []}


def follow(hub: Hub, users: list[Hub]) -> list[Principal]:
    """Runs all creations; users in the order in which theirs were begun."""
    begun: list[Principal] = []
    waiting = list(users)
    with surgery.message_by_message():
        while waiting:
            hub.replica.tick()
            stats = hub.query("get_personal_canister_creation_stats")
            assert stats["running"] <= MOST_AT_A_TIME
            while waiting and waiting[0].status() not in ("NotStarted", "Queued"):
                begun.append(waiting.pop(0).caller)
            assert all(user.status() in ("NotStarted", "Queued") for user in waiting[:3])
    run_to_rest(hub)
    return begun


def check_moved(user: Hub, kept: Kept, picture: object) -> None:
    assert user.status() == "Completed"
    personal = user.personal()
    assert picture_of(personal, kept) == picture
    for (memory, variant), content in kept.contents.items():
        assert personal.content(memory, variant) == content
    assert user.verified_receipt()["controllers"] == [user.caller]


def check_once(hub: Hub, users: list[Hub]) -> None:
    """Each user has one canister, and there are no others."""
    creators = [record["created_by"] for record in records(hub).values()]
    assert sorted(creators) == sorted(user.caller for user in users)
    assert not orphans(hub)
    canisters = {user.personal().canister_id for user in users}
    assert canisters == set(records(hub))
    assert hub.by(ADMIN).query("get_cycles_reserve")["consumed"] == USERS * CYCLES_EACH
