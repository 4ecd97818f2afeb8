"""`ic-factory memory add` killed in the middle: run again, each file is there once."""

import hashlib
import time
from collections import Counter
from contextlib import contextmanager

import pytest

from ic_factory.agent import Agent, Client
from ic_factory.drivers.backend import Backend
from ic_factory.operations.memory_names import path_of
from tests.cli.factory_world import ALICE, SEA
from tests.operations.real_files import MEBIBYTE, lay_out

VIDEO = 24 * MEBIBYTE
pytestmark = pytest.mark.slow


@contextmanager
def alices(world):
    """The backend as Alice sees it."""
    with Agent(ALICE, Client(world.url)) as agent:
        yield Backend(agent, world.deployed.hub.backend)


def some_files_are_there(backend, capsule):
    # One memory was there before.
    return len(list(backend.memories(capsule))) > 3


def an_upload_has_begun(backend, capsule):
    return any(backend.uploads())


def chunks_have_arrived(backend, capsule):
    return any(0 < each.total_len < VIDEO for each in backend.uploads())


def all_chunks_have_arrived(backend, capsule):
    return any(each.total_len == VIDEO for each in backend.uploads())


def the_upload_is_committed(backend, capsule):
    return any(each.committed_hash for each in backend.uploads())


def the_large_file_is_there(backend, capsule):
    return any(path_of(each) == "clip.mp4" for each in backend.memories(capsule))


MOMENTS = (
    some_files_are_there,
    an_upload_has_begun,
    chunks_have_arrived,
    all_chunks_have_arrived,
    the_upload_is_committed,
    the_large_file_is_there,
)


def lay_out_many(folder):
    """Writes files into a folder, many of them behind the large one; returns them by path."""
    files = lay_out(folder, VIDEO)
    (folder / "last").mkdir()
    more = {f"last/{number}.txt": str(number).encode() for number in range(40)}
    for path, content in more.items():
        (folder / path).write_bytes(content)
    return files | more


def add_and_be_killed(world, moment):
    """Runs the command until a moment is seen, then kills it; returns what it wrote on stdout."""
    with alices(world) as backend:
        process = world.begin("memory", "add", "in", "--json")
        until = time.monotonic() + 60
        while not moment(backend, world.deployed.hub.capsule):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until, f"{moment.__name__} was not seen"
        process.kill()
        return process.communicate(timeout=30)[0]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda each: each.__name__)
def test_a_second_run_adds_what_is_missing_and_nothing_twice(world, moment):
    files = lay_out_many(world.folder / "in")
    assert add_and_be_killed(world, moment) == ""
    again = world.document("memory", "add", "in")
    assert again["failed"] == []
    assert {each["path"] for each in again["files"]} == set(files)
    everything = files | {SEA: (world.folder / "holidays" / SEA).read_bytes()}
    with alices(world) as backend:
        memories = list(backend.certified.memories(world.deployed.hub.capsule))
        found = Counter((path_of(each), each.assets[0].sha256_hex) for each in memories)
        assert found == {
            (path, hashlib.sha256(content).hexdigest()): 1 for path, content in everything.items()
        }
        assert [each for each in backend.certified.uploads() if each.committed_hash is None] == []
    assert world.document("memory", "add", "in")["files"] == [
        each | {"was_there": True, "bytes_sent": 0} for each in again["files"]
    ]


def test_what_has_arrived_is_not_sent_again(world):
    lay_out_many(world.folder / "in")
    add_and_be_killed(world, all_chunks_have_arrived)
    again = world.document("memory", "add", "in")["files"]
    assert {each["path"]: each["bytes_sent"] for each in again}["clip.mp4"] == 0
