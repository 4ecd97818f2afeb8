"""Many users who ask for personal canisters at the same time."""

from __future__ import annotations

import pytest

from ic_factory.protocol.principal import Principal
from tests import surgery
from tests.backend.world import ADMIN, new_asset
from tests.creation.cells import is_at_rest
from tests.creation.invariants import MOST_FEES, orphans, records
from tests.creation.world import TRILLION, Hub, Kept, picture_of

pytestmark = pytest.mark.slow

USERS = 50
MOST_AT_A_TIME = 5
CYCLES_EACH = 2 * TRILLION


def test_fifty_users_at_once_come_in_order_and_each_gets_one(hub: Hub) -> None:
    users = [hub.registered(principal(number)) for number in range(USERS)]
    capsules = [small_capsule(user) for user in users]
    pictures = [picture_of(user, kept) for user, kept in zip(users, capsules, strict=True)]
    hub.by(ADMIN).update("set_cycles_reserve", enough(USERS))
    cycles = hub.cycles
    requests = [user.submit("create_personal_canister", []) for user in users]
    run_watched(hub)
    for user, request_id in zip(users, requests, strict=True):
        assert user.answer(request_id, "create_personal_canister")["user"] == user.caller
    turns = [begun_at(user) for user in users]
    assert turns == sorted(turns)
    assert len(set(turns)) > USERS // 2
    for user, kept, picture in zip(users, capsules, pictures, strict=True):
        check_moved(user, kept, picture)
    check_once(hub, users)
    assert 0 <= cycles - hub.cycles - USERS * CYCLES_EACH <= USERS * MOST_FEES


def principal(number: int) -> Principal:
    return Principal.self_authenticating(f"the key of user {number}".encode())


def enough(users: int) -> dict[str, list[int]]:
    return {"reserve": [(users + 2) * CYCLES_EACH], "min_threshold": []}


def small_capsule(user: Hub) -> Kept:
    """Two memories, with bytes that are the user's alone, in a gallery."""
    capsule_id = user.capsule()
    contents = {}
    for number in range(2):
        content = bytes([number]) + user.caller.bytes * 50
        memory = user.add(capsule_id, f"memory {number}", assets=[new_asset(content)])
        contents[memory, "original"] = content
    gallery = user.gallery(capsule_id, *(memory for memory, _ in contents))
    return Kept(capsule_id, contents, (gallery,))


def run_watched(hub: Hub) -> None:
    """Runs all creations, message by message, and counts those that run."""
    most = 0
    with surgery.message_by_message():
        while not is_at_rest(hub):
            hub.replica.tick()
            running = hub.query("get_personal_canister_creation_stats")["running"]
            most = max(most, running)
            assert running <= MOST_AT_A_TIME
    assert most == MOST_AT_A_TIME


def begun_at(user: Hub) -> int:
    """When the user's turn came."""
    (queued,) = [each for each in user.details()["stages"] if "Queued" in each["stage"]]
    (ended,) = queued["ended_at_time_ns"]
    return int(ended)


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
