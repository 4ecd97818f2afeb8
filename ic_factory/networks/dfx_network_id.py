"""dfx's mark of the run that local canister ids belong to.

dfx removes `.dfx/local` where the `network-id` file there differs from the one of its shared local
network (`network/directory.rs` of dfinity/sdk). So that it keeps ids of its own replica and drops
those of another, ids are noted under the mark of the replica that dfx runs, or under none.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ic_factory.networks.errors import ProjectFileError
from ic_factory.networks.local_replicas import dfx_shared_directory
from ic_factory.networks.project import LOCAL

NETWORK_ID = "network-id"


def adopt_network_id(directory: Path) -> None:
    """Marks a project's `.dfx/local` as of the replica that dfx runs, or else as of none.

    Raises:
        ProjectFileError: the mark can't be written.
    """
    mark = directory / NETWORK_ID
    current = _running_network_id()
    try:
        if current is None:
            mark.unlink(missing_ok=True)
            return
        directory.mkdir(parents=True, exist_ok=True)
        mark.write_bytes(current)
    except OSError as error:
        raise ProjectFileError(f"{mark} can't be written: {error}") from error


def _running_network_id() -> bytes | None:
    shared = dfx_shared_directory(LOCAL)
    try:
        # dfx removes its pid file when it stops.
        process_id = int((shared / "pid").read_text("utf-8"))
        if not _runs(process_id):
            return None
        return (shared / NETWORK_ID).read_bytes()
    except (OSError, ValueError):
        return None


def _runs(process_id: int) -> bool:
    if process_id <= 0 or sys.platform == "win32":
        # There is no dfx for Windows.
        return False
    try:
        os.kill(process_id, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True
