"""A person at a terminal sees tables, with ids and hashes whole."""

import json
import os
import re
import subprocess
import sys

import pytest

from ic_factory.cli.render import Table, show_table
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
    shown = all_that_is_shown(ours)
    assert process.wait(timeout=30) == 0
    return shown


def all_that_is_shown(terminal):
    """What was written to a pseudo-terminal until its last writer closed it."""
    shown = b""
    with os.fdopen(terminal, "rb", buffering=0) as ours:
        while True:
            try:
                part = ours.read(4096)
            except OSError:
                break
            if not part:
                break
            shown += part
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


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_ids_and_hashes_are_whole_in_any_terminal(columns, monkeypatch):
    rows = tuple(
        (f"bnz7o-iuaaa-aaaaa-qaa{end}a-cai", "stopping", "100,000.000 T", f"{end}" * 64)
        for end in "abcde"
    )
    table = Table("Canisters", ("canister", "status", "cycles", "module hash"), rows)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        show_table(table)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", all_that_is_shown(ours)).splitlines()
    for canister, *_, module_hash in rows:
        (line,) = [number for number, text in enumerate(lines) if canister in text]
        (line_of_hash,) = [number for number, text in enumerate(lines) if module_hash in text]
        assert line_of_hash == (line if columns == 200 else line + 1)
    if columns == 80:
        assert max(map(len, lines)) <= columns


def test_json_is_the_same_in_a_terminal(running):
    shown = json.loads(in_a_terminal(running, "replica", "status", "--json"))
    assert shown["healthy"] is True
