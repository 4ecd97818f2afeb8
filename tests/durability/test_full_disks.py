"""A full disk: calls are refused and say so, nothing is lost, and it goes on when there is room."""

from __future__ import annotations

import resource
import sys

import pytest

from bench.installed_canisters import remote_canister, tiny_canister
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Reply
from ic_factory.replica.storage.errors import StorageUnavailable
from tests.canisters.universal import Program
from tests.durability.daemons import Daemon
from tests.durability.worlds import COUNT, count, installed, number, root

NO_LIMIT = resource.RLIM_INFINITY
GET = Program().reply_int(Program().add_counter(0)).code
LARGE = Program().push_blob(bytes(1_000_000)).drop().reply().code


def full(replica):
    """Keeps the database from growing from here on, as a full disk would."""
    with replica._rounds._storage._database.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")


def with_room(replica):
    with replica._rounds._storage._database.reading() as connection:
        connection.execute("PRAGMA max_page_count=1000000")


def test_what_cannot_be_written_has_not_happened(disk):
    with disk.replica() as replica:
        canister_id = installed(replica)
        assert count(replica, canister_id) == 1
        full(replica)
        before = root(replica), replica.height
        with pytest.raises(StorageUnavailable, match="full"):
            replica.submit_direct(canister_id, "update", LARGE)
        assert (root(replica), replica.height) == before
        assert not replica.is_healthy
        assert number(replica.query_call(canister_id, "query", GET)) == 1
        with_room(replica)
        assert count(replica, canister_id) == 2
        assert replica.is_healthy
        left = disk.crashed()
    with left.replica() as replica:
        assert count(replica, canister_id) == 3


def test_the_end_needs_no_room(disk):
    with disk.replica() as replica:
        canister_id = installed(replica)
        fill = Program().stable_grow(100).drop()
        for page in range(400):
            fill = fill.stable_write(page * 4096, bytes([1 + page % 255]))
        assert isinstance(replica.update(canister_id, "update", fill.reply().code), Reply)
        assert count(replica, canister_id) == 1
        full(replica)
    with disk.replica() as replica:
        assert count(replica, canister_id) == 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="another process is limited on Linux alone")
def test_a_daemon_on_a_full_disk(tmp_path):
    """The process may write no file larger than its log is, until it may again."""
    daemon = Daemon.start(tmp_path / "state")
    user = daemon.user()
    canister_id = remote_canister(user, tiny_canister())
    assert number(Reply(user.update(canister_id, "update", COUNT))) == 1
    log = tmp_path / "state" / "state.db-wal"
    resource.prlimit(daemon.process_id, resource.RLIMIT_FSIZE, (log.stat().st_size, NO_LIMIT))
    acknowledged = 1 + refused_calls(user, canister_id)
    assert not daemon.client.is_healthy()
    # What is there can be read meanwhile.
    assert number(Reply(user.query(canister_id, "query", GET))) == acknowledged
    resource.prlimit(daemon.process_id, resource.RLIMIT_FSIZE, (NO_LIMIT, NO_LIMIT))
    acknowledged += 1
    assert number(Reply(user.update(canister_id, "update", COUNT))) == acknowledged
    assert daemon.client.is_healthy()
    daemon.kill()
    daemon = Daemon.start(tmp_path / "state", daemon.port)
    assert number(Reply(user.update(canister_id, "update", COUNT))) == acknowledged + 1
    user.close()
    daemon.stop()


def refused_calls(user, canister_id: Principal) -> int:
    """Calls until ten in a row were refused with HTTP 503; how many went through."""
    answered, refusals = 0, []
    while len(refusals) < 10:
        try:
            user.update(canister_id, "update", COUNT)
        except AssertionError as error:
            refusals.append(str(error))
        else:
            answered += 1
            refusals.clear()
    assert all("can't be written" in refusal for refusal in refusals)
    return answered
