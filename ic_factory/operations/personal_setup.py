"""A hub made ready for personal canisters: their module, the cycles for them, and the switch."""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.drivers.backend import Backend
from ic_factory.drivers.generated.backend import CyclesReserve
from ic_factory.operations.byte_source import ByteSource
from ic_factory.operations.progress import SILENT, Progress
from ic_factory.operations.upload import upload


@dataclass(frozen=True, slots=True)
class PersonalSetup:
    """How a hub is prepared.

    Attributes:
        module_hash: What personal canisters run, SHA-256.
        module_size: Bytes.
        was_set: Whether the module was set before.
        reserve: The cycles for personal canisters.
        is_enabled: Whether new ones are taken in.
    """

    module_hash: bytes
    module_size: int
    was_set: bool
    reserve: CyclesReserve
    is_enabled: bool


def set_up_personal(
    backend: Backend,
    module: ByteSource,
    *,
    reserve: int | None = None,
    min_threshold: int | None = None,
    is_enabled: bool | None = None,
    progress: Progress = SILENT,
) -> PersonalSetup:
    """Prepares a hub for personal canisters; what is so already is not done again.

    Args:
        backend: The hub, as an admin.
        module: What personal canisters run from here on.
        reserve: Cycles that are put aside for them in all; None leaves them.
        min_threshold: Cycles that have to stay available after each one; None leaves it.
        is_enabled: Whether new ones are taken in; None leaves it.
        progress: Is told of bytes.

    Raises:
        UploadInterrupted: The network failed; the next run goes on from there.
        UploadMismatch: The hub has other bytes than the source.
        BackendRefused: The hub does not do it.
        AgentError: The hub can't be reached.
    """
    was_set = set_module(backend, module, progress=progress)
    set_reserve(backend, reserve=reserve, min_threshold=min_threshold)
    if is_enabled is not None:
        set_enabled(backend, is_enabled)
    return PersonalSetup(
        module_hash=module.sha256,
        module_size=module.size,
        was_set=was_set,
        reserve=backend.cycles_reserve(),
        is_enabled=backend.creation_config().enabled,
    )


def set_module(backend: Backend, module: ByteSource, *, progress: Progress = SILENT) -> bool:
    """Uploads a module and sets it; true where it was set before, and nothing was done.

    Raises:
        UploadInterrupted: The network failed; the next run goes on from there.
        UploadMismatch: The hub has other bytes than the source.
        BackendRefused: The hub does not take it.
        AgentError: The hub can't be reached.
    """
    known = backend.certified.personal_wasm()
    if known is not None and known.module_hash == module.sha256:
        return True
    # Hubs take uploads of registered users only, which an admin need not be.
    backend.register()
    uploaded = upload(backend, module, progress=progress)
    backend.set_personal_wasm(uploaded.upload_id)
    return False


def set_reserve(
    backend: Backend, *, reserve: int | None = None, min_threshold: int | None = None
) -> CyclesReserve:
    """Puts cycles aside, where they are not; what is None stays.

    Raises:
        BackendRefused: The caller is no admin.
        AgentError: The hub can't be reached.
    """
    known = backend.cycles_reserve()
    wanted = (
        known.reserve if reserve is None else reserve,
        known.min_threshold if min_threshold is None else min_threshold,
    )
    if wanted == (known.reserve, known.min_threshold):
        return known
    return backend.set_cycles_reserve(reserve=reserve, min_threshold=min_threshold)


def set_enabled(backend: Backend, is_enabled: bool) -> None:
    """Takes in new creations or none, where that is not so.

    Raises:
        BackendRefused: The caller is no admin.
        AgentError: The hub can't be reached.
    """
    if backend.creation_config().enabled != is_enabled:
        backend.set_creation_enabled(is_enabled)
