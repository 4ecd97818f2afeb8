"""A replica need not be named where one alone runs in the default place."""

from contextlib import ExitStack

import pytest

from ic_factory.networks.errors import SeveralReplicasRunning
from ic_factory.networks.instance_record import InstanceRecord
from ic_factory.networks.running_replicas import find_only_running
from ic_factory.networks.state_directory import default_state_directory


@pytest.fixture
def run(default_place):
    """Takes a port's directory and says who runs there, as a replica does."""
    with ExitStack() as running:

        def on(port, url=None):
            directory = default_state_directory(port)
            directory.prepare()
            running.enter_context(directory.lock())
            if url is not None:
                directory.write_record(InstanceRecord(42, url, "secret", "0"))
            return directory

        yield on


def test_none_runs_where_the_default_place_is_not_there(default_place):
    default_place.rmdir()
    assert find_only_running() is None


def test_one_that_was_killed_does_not_run(default_place):
    directory = default_state_directory(4943)
    directory.prepare()
    directory.lock().release()
    directory.write_record(InstanceRecord(2**30, "http://127.0.0.1:4943", "secret", "0"))
    assert find_only_running() is None


def test_the_only_one_is_found_on_any_port(run, default_place):
    default_state_directory(4943).prepare()
    assert find_only_running() is None
    only = run(8000, "http://127.0.0.1:8000")
    assert find_only_running() == only


def test_several_are_listed_with_the_ports_to_name_them_by(run):
    run(0, "http://127.0.0.1:34567")
    run(8000, "http://127.0.0.1:8000")
    run(4943)
    with pytest.raises(SeveralReplicasRunning) as caught:
        find_only_running()
    assert str(caught.value) == (
        "3 replicas run: http://127.0.0.1:34567 (--port 0), one that is just starting "
        "(--port 4943), http://127.0.0.1:8000 (--port 8000)"
    )
