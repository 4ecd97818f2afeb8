"""The import rules of .importlinter hold, and each has its reason beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture.checkout import PACKAGE, ROOT, shown

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
CONTRACT = "[importlinter:contract:"


def test_no_rule_is_broken() -> None:
    result = subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_each_rule_has_its_reason_beside_it() -> None:
    lines = (ROOT / ".importlinter").read_text().splitlines()
    rules = [number for number, line in enumerate(lines) if line.startswith(CONTRACT)]
    assert rules
    assert [lines[number] for number in rules if not lines[number - 1].startswith("# ")] == []


def test_only_random_asks_the_system_for_entropy() -> None:
    # `os` has more to it, so no import rule can say this.
    users = [
        shown(path)
        for room in ("protocol", "replica")
        for path in (PACKAGE / room).rglob("*.py")
        if "urandom" in path.read_text(encoding="utf-8")
    ]
    assert users == ["ic_factory/replica/random.py"]
