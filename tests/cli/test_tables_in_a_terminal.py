"""A person at a terminal sees tables, with ids and hashes whole."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.cli.conftest import COMMAND, ROOT
from tests.cli.test_replica_commands import create_canister

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals on Windows")


def in_a_terminal(command_line, *arguments):
    """What a command shows on a terminal of 100 columns."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=ROOT, env=command_line.environment, stdout=theirs
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(ours)
    assert process.wait(timeout=30) == 0
    return shown.decode()


def test_status_is_a_table(running):
    create_canister(running)
    document = json.loads(running("replica", "status", "--json").stdout)
    shown = in_a_terminal(running, "replica", "status")
    assert "\x1b[1m" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "Canisters" in plain
    assert document["canisters"][0]["canister_id"] in plain
    assert document["subnet_id"] in plain
    assert "…" not in plain
    # The root key is longer than the line: folded, not cut.
    assert document["root_key"] in re.sub(r"\s", "", plain)


def test_json_is_the_same_in_a_terminal(running):
    shown = json.loads(in_a_terminal(running, "replica", "status", "--json"))
    assert shown["healthy"] is True
