"""A capsule to a canister of its owner's: begun once, then watched until it is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ic_factory.drivers.backend import Backend
from ic_factory.drivers.generated.backend import CreationStatus, DetailedCreationStatus
from ic_factory.operations.capsule_manifest import ManifestFields
from ic_factory.operations.errors import CreationFailed, CreationUnfinished
from ic_factory.operations.progress import SILENT, Progress
from ic_factory.operations.watching import watch_until
from ic_factory.protocol.principal import Principal

PATIENCE_SECONDS = 3_600.0
LONGEST_PAUSE_SECONDS = 1.0
NANOSECONDS = 1_000_000_000

ENDS = (CreationStatus.COMPLETED, CreationStatus.FAILED)


@dataclass(frozen=True, slots=True)
class StageDuration:
    """How long a stage took.

    Attributes:
        stage: The stage.
        seconds: By the hub's clock.
    """

    stage: CreationStatus
    seconds: float


@dataclass(frozen=True, slots=True)
class PersonalCanister:
    """A personal canister that was made.

    Attributes:
        user: Whose it is.
        canister_id: The canister.
        capsule_id: The capsule in it, whose id it keeps.
        module_hash: What runs in it, SHA-256.
        manifest: What has been moved, by the hub's account.
        cycles_attached: What it was made with, the fee for its creation included.
        stages: How long each stage of the last attempt took.
        was_there: Whether it was there before it was asked for.
    """

    user: Principal
    canister_id: Principal
    capsule_id: str
    module_hash: bytes
    manifest: ManifestFields
    cycles_attached: int
    stages: tuple[StageDuration, ...]
    was_there: bool


def create_personal(
    backend: Backend,
    *,
    capsule_id: str | None = None,
    name: str | None = None,
    progress: Progress = SILENT,
    patience: float = PATIENCE_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> PersonalCanister:
    """Moves a capsule to a canister of its own, and watches that to its end.

    Where it has been moved already, nothing is done and the canister is returned. A move that goes
    on is watched, and one that has failed begins again. To stop watching does not stop the move.

    Args:
        backend: The hub, and on whose behalf.
        capsule_id: The capsule; the caller's first one where it is left out.
        name: Of the canister in the hub's registry, at most 200 bytes.
        progress: Is told of stages, and of bytes.
        patience: How long to watch, in seconds.
        sleep: Waits between two looks.

    Raises:
        CreationFailed: It did not come to its end; the capsule is in the hub as before.
        CreationUnfinished: It takes longer than `patience`.
        BackendRefused: The hub does not begin it.
        AgentError: The hub can't be reached.
    """
    begun = backend.start_personal(capsule_id, name)
    was_there = begun.status is CreationStatus.COMPLETED
    return _watched(backend, None, was_there, progress, patience, sleep)


def watch_personal(
    backend: Backend,
    user: Principal | None = None,
    *,
    progress: Progress = SILENT,
    patience: float = PATIENCE_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> PersonalCanister:
    """Watches the move of a capsule to its end; one that has ended returns at once.

    Args:
        backend: The hub.
        user: Whose capsule, for admins; the caller's where it is left out.
        progress: Is told of stages, and of bytes.
        patience: How long to watch, in seconds.
        sleep: Waits between two looks.

    Raises:
        CreationFailed: It did not come to its end; the capsule is in the hub as before.
        CreationUnfinished: It takes longer than `patience`.
        BackendRefused: Nothing was begun, or it is another's.
        AgentError: The hub can't be reached.
    """
    return _watched(backend, user, False, progress, patience, sleep)


def describe(creation: DetailedCreationStatus) -> str:
    """A stage in words: `importing 3/5 memories`."""
    match creation.status:
        case CreationStatus.QUEUED if creation.queue_position is not None:
            return f"queued, number {creation.queue_position}"
        case CreationStatus.EXPORTING if creation.items_total:
            return f"exporting {creation.items_exported}/{creation.items_total} items"
        case CreationStatus.IMPORTING if creation.memories_done < creation.memories_total:
            return f"importing {creation.memories_done}/{creation.memories_total} memories"
        case CreationStatus.FAILED if creation.failed_stage is not None:
            return f"failed {stage_words(creation.failed_stage)}"
    return stage_words(creation.status)


def stage_words(stage: CreationStatus) -> str:
    """A stage in words: `handing off`."""
    return stage.name.lower().replace("_", " ")


def _watched(
    backend: Backend,
    user: Principal | None,
    was_there: bool,
    progress: Progress,
    patience: float,
    sleep: Callable[[float], None],
) -> PersonalCanister:
    bytes_told = _BytesTold(progress)

    def look() -> DetailedCreationStatus:
        creation = _look(backend, user)
        progress.message(describe(creation))
        bytes_told.tell(creation)
        return creation

    watched = watch_until(
        look,
        _has_ended,
        patience=patience,
        longest_pause=LONGEST_PAUSE_SECONDS,
        sleep=sleep,
    )
    creation = watched.last
    if not watched.has_ended:
        raise CreationUnfinished(
            f"the personal canister is still at {describe(creation)} after"
            f" {watched.seconds:.0f} s; it goes on by itself. Watch it with 'ic-factory personal"
            " watch'"
        )
    if creation.status is CreationStatus.FAILED:
        raise CreationFailed(failure_of(creation))
    progress.done()
    return result_of(creation, was_there=was_there)


def _has_ended(creation: DetailedCreationStatus) -> bool:
    return creation.status in ENDS


def _look(backend: Backend, user: Principal | None) -> DetailedCreationStatus:
    """How far it is; that it has ended is certified, and not one node's word."""
    creation = backend.creation(user)
    return backend.certified.creation(user) if _has_ended(creation) else creation


class _BytesTold:
    """Tells a progress of bytes, each once, though an attempt may begin anew."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._total = 0
        self._done = 0

    def tell(self, creation: DetailedCreationStatus) -> None:
        if creation.bytes_total and creation.bytes_total != self._total:
            self._total = creation.bytes_total
            self._progress.start(self._total)
        if creation.bytes_done > self._done:
            self._progress.advance(creation.bytes_done - self._done)
            self._done = creation.bytes_done


def failure_of(creation: DetailedCreationStatus) -> str:
    """Why a creation failed, and what is left of it."""
    cause = "no cause is known" if creation.error is None else creation.error.message
    at = "" if creation.failed_stage is None else f" {stage_words(creation.failed_stage)}"
    canister = creation.personal_canister_id
    kept = "" if canister is None else f", and canister {canister} is kept for the next attempt"
    return f"the move failed{at}: {cause}; the capsule is in the hub as before{kept}"


def result_of(creation: DetailedCreationStatus, *, was_there: bool = False) -> PersonalCanister:
    """What a completed creation has come to."""
    assert creation.personal_canister_id is not None, "a completed creation has a canister"
    assert creation.manifest is not None, "a completed creation has a manifest"
    return PersonalCanister(
        user=creation.user,
        canister_id=creation.personal_canister_id,
        capsule_id=creation.capsule_id or creation.manifest.capsule_id,
        module_hash=creation.module_hash or b"",
        manifest=ManifestFields.of(creation.manifest),
        cycles_attached=creation.cycles_attached,
        stages=durations_of(creation),
        was_there=was_there,
    )


def durations_of(creation: DetailedCreationStatus) -> tuple[StageDuration, ...]:
    """How long each stage has taken that has ended."""
    return tuple(
        StageDuration(each.stage, (each.ended_at_time_ns - each.started_at_time_ns) / NANOSECONDS)
        for each in creation.stages
        if each.ended_at_time_ns is not None
    )
