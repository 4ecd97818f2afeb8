"""A module of any size into a canister that is there."""

from __future__ import annotations

import hashlib

from ic_factory.drivers.generated.management import (
    InstallMode,
    InstallModeInstall,
    InstallModeReinstall,
    InstallModeUpgrade,
)
from ic_factory.drivers.management import Management
from ic_factory.operations.byte_source import CHUNK_SIZE
from ic_factory.operations.progress import SILENT, Progress
from ic_factory.protocol.principal import Principal

LARGEST_MESSAGE = 1_900_000
"""Bytes of module and argument that go into one message; the IC takes 2 MiB with all else."""

INSTALL: InstallMode = InstallModeInstall()
REINSTALL: InstallMode = InstallModeReinstall()
UPGRADE: InstallMode = InstallModeUpgrade()


def install(
    management: Management,
    canister_id: Principal,
    module: bytes,
    arg: bytes,
    mode: InstallMode,
    *,
    progress: Progress = SILENT,
) -> None:
    """Installs a module, through the canister's chunk store where it is too big for a message.

    Args:
        management: The management canister, for a controller.
        canister_id: The canister.
        module: The module, gzipped or not.
        arg: For `init` or `post_upgrade`.
        mode: `INSTALL`, `REINSTALL` or `UPGRADE`.
        progress: Is told of bytes.

    Raises:
        CanisterReject: The IC refuses the module, or the canister traps; its code is as it was.
        AgentError: No answer came back.
    """
    progress.start(len(module))
    if len(module) + len(arg) <= LARGEST_MESSAGE:
        management.install(canister_id, module, arg, mode)
        progress.advance(len(module))
    else:
        hashes = _store(management, canister_id, module, progress)
        digest = hashlib.sha256(module).digest()
        management.install_chunked(canister_id, hashes, digest, arg, mode)
        management.clear_chunk_store(canister_id)
    progress.done()


def _store(
    management: Management, canister_id: Principal, module: bytes, progress: Progress
) -> list[bytes]:
    """Puts what the chunk store lacks of a module there; returns the hashes in order."""
    chunks = [module[start : start + CHUNK_SIZE] for start in range(0, len(module), CHUNK_SIZE)]
    hashes = [hashlib.sha256(chunk).digest() for chunk in chunks]
    there = set(management.stored_chunks(canister_id))
    for digest, chunk in zip(hashes, chunks, strict=True):
        if digest not in there:
            management.upload_chunk(canister_id, chunk)
            there.add(digest)
        progress.advance(len(chunk))
    return hashes
