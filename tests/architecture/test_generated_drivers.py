"""The generated drivers are what their interfaces say today."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from ic_factory.protocol.candid import InterfaceDescription, check_subtype
from ic_factory.protocol.candid.did import parse_did
from tests.architecture.checkout import PACKAGE, ROOT, shown

GENERATED = PACKAGE / "drivers" / "generated"
SCRIPT = ROOT / "scripts" / "generate-drivers"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False
    )


def test_none_is_stale() -> None:
    result = run("--check")
    assert result.returncode == 0, f"{result.stdout}Run scripts/generate-drivers."


def test_each_says_what_it_is_made_from_and_how() -> None:
    for path in GENERATED.glob("[a-z]*.py"):
        first, second = path.read_text(encoding="utf-8").split("\n")[:2]
        assert first.startswith("# Generated from ic_factory/"), shown(path)
        assert second == "# To generate it again: scripts/generate-drivers", shown(path)


def read(path: Path) -> InterfaceDescription:
    return parse_did(
        path.read_text(encoding="utf-8"), lambda name: (path.parent / name).read_text()
    )


def test_the_management_canister_of_our_replica_can_be_called_by_the_driver() -> None:
    ours = read(PACKAGE / "replica" / "management" / "management.did").methods
    driven = read(PACKAGE / "drivers" / "interfaces" / "management.did").methods
    assert set(ours) <= set(driven)
    for name, method in ours.items():
        # An update may be made of a query, so modes may differ.
        actual, expected = (replace(m.signature, modes=()) for m in (method, driven[name]))
        check_subtype(actual, expected)


def test_the_script_says_how_it_is_used() -> None:
    assert "usage: scripts/generate-drivers" in run("--help").stderr
    assert run("--wrong").returncode == 2
