from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without any store; all three stores would be inside it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in {
        "XDG_CONFIG_HOME": tmp_path / ".config",
        "DFX_CONFIG_ROOT": tmp_path / "dfx",
        "ICP_HOME": tmp_path / "icp",
    }.items():
        monkeypatch.setenv(name, str(value))
    return tmp_path
