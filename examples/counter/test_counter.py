"""The counter on a real replica: no mock, no network to start, nothing left behind."""

from collections.abc import Callable
from pathlib import Path

import pytest
from counter_client import CounterClient

from ic_factory.agent import Agent, CanisterReject
from ic_factory.bindgen.generation import generate_module_from_file
from ic_factory.testing.installation import Installer

HERE = Path(__file__).parent


def test_it_begins_with_its_argument(counter: CounterClient) -> None:
    assert counter.get() == 41


def test_it_counts(counter: CounterClient) -> None:
    assert counter.increment() == 42
    assert counter.get() == 42


def test_each_test_has_a_counter_of_its_own(counter: CounterClient) -> None:
    assert counter.get() == 41


def test_anybody_counts_and_only_a_controller_resets(
    counter: CounterClient, agent_as: Callable[[str], Agent]
) -> None:
    alice = CounterClient(agent_as("alice"), counter.canister_id)
    alice.increment()
    with pytest.raises(CanisterReject, match="Only a controller may reset"):
        alice.reset()
    counter.reset()
    assert alice.get() == 0


def test_the_argument_may_be_text(install: Installer, agent: Agent, module: bytes) -> None:
    canister_id = install(module, "(7)", did=HERE / "counter.did")
    assert CounterClient(agent, canister_id).get() == 7


def test_the_client_is_that_of_the_interface() -> None:
    """Fails when `counter.did` has changed and `counter_client.py` was not generated again."""
    made = generate_module_from_file(HERE / "counter.did")
    assert (HERE / "counter_client.py").read_text("utf-8") == made
