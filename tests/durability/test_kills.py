"""A replica that is killed at random moments under load loses nothing that it acknowledged."""

import os

import pytest

from tests.durability.kills import kill_again_and_again

KILLS = int(os.environ.get("IC_FACTORY_KILLS", "10"))


@pytest.mark.slow
def test_every_acknowledged_update_is_there_once_after_each_kill(tmp_path):
    assert kill_again_and_again(tmp_path / "state", KILLS) > KILLS
