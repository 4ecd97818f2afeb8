"""Where dfx keeps its identities."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from ic_factory.agent.identity.folder_store import FolderStore


def dfx_store() -> FolderStore:
    """The store of this user; `DFX_CONFIG_ROOT` moves it, as it does for dfx."""
    return FolderStore("dfx", _root())


def _root() -> Path:
    configured = os.environ.get("DFX_CONFIG_ROOT")
    if os.name == "nt":
        if configured:
            return Path(configured)
        return platformdirs.user_config_path("dfx", "dfinity", roaming=True) / "config"
    return Path(configured or Path.home()) / ".config" / "dfx"
