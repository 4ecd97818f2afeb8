"""What the tests of the counter have in common."""

from pathlib import Path

import pytest
import wasmtime
from counter_client import CounterClient, encode_init_args

from ic_factory.agent import Agent
from ic_factory.testing.installation import Installer

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def module() -> bytes:
    """The counter's module; yours is what your compiler builds."""
    return bytes(wasmtime.wat2wasm((HERE / "counter.wat").read_text()))


@pytest.fixture
def counter(install: Installer, agent: Agent, module: bytes) -> CounterClient:
    """A counter of the test's own that begins at 41, for its controller."""
    return CounterClient(agent, install(module, encode_init_args(41)))
