"""What the script that makes .venv says where it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a fresh clone as the script looks at."""
    (tmp_path / "scripts").mkdir()
    for file in ("scripts/make-venv", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def make_venv(
    checkout: Path, *arguments: str, python: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "scripts" / "make-venv", *arguments],
        env=os.environ | {"PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )


def interpreter(folder: Path, script: str) -> str:
    """A stand-in for a Python that this machine may not have."""
    file = folder / "python-of-a-test"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


def test_an_unknown_extra_is_named(checkout: Path) -> None:
    result = make_venv(checkout, "everything")
    assert result.returncode == 1
    assert "usage:" in result.stderr
    assert "unknown extra: everything" in result.stderr


def test_a_python_of_another_version_is_refused(checkout: Path) -> None:
    too_old = interpreter(checkout, "exit 1")
    result = make_venv(checkout, "test", python=too_old)
    assert result.returncode == 1
    assert f"no Python from 3.11 to 3.14 found at PYTHON={too_old}" in result.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_that_lacks_venv_is_told_of(checkout: Path) -> None:
    lacking = interpreter(checkout, 'case "$2" in *ensurepip*) exit 1;; esac')
    result = make_venv(checkout, "test", python=lacking)
    assert result.returncode == 1
    assert f"{lacking} cannot make virtual environments" in result.stderr
