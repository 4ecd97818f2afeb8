import pytest

from ic_factory.replica.execution.engine import Engine
from tests.durability.worlds import NEVER, Disk


@pytest.fixture(scope="session")
def engine():
    return Engine()


@pytest.fixture
def disk(tmp_path, engine):
    """A disk on which checkpoints are made at the end alone."""
    return Disk(tmp_path / "state", engine, NEVER)
