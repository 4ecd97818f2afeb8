"""A canister from an upload: begun once, then watched until it is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ic_factory.drivers.factory import Factory
from ic_factory.drivers.generated.factory import CreateInstallRequest, OperationInfo, Stage
from ic_factory.operations.errors import CreationFailed, CreationUnfinished
from ic_factory.operations.progress import SILENT, Progress
from ic_factory.operations.watching import watch_until
from ic_factory.protocol.principal import Principal


@dataclass(frozen=True, slots=True)
class CreationResult:
    """A canister that was made.

    Attributes:
        operation_id: The operation that made it.
        canister_id: The canister.
        module_hash: What runs in it, SHA-256.
        cycles_attached: What it was made with, the fee for its creation included.
    """

    operation_id: int
    canister_id: Principal
    module_hash: bytes
    cycles_attached: int


def create(
    factory: Factory,
    request: CreateInstallRequest,
    *,
    progress: Progress = SILENT,
    patience: float = 600.0,
    sleep: Callable[[float], None] = time.sleep,
) -> CreationResult:
    """Begins a creation and watches it to its end.

    A second request with the same `idempotency_key` begins nothing and returns the same canister.
    To stop watching does not stop the creation: `watch` takes it up again.

    Args:
        factory: Who makes the canister, and on whose behalf.
        request: What it is made of.
        progress: Is told of stages.
        patience: How long to watch, in seconds.
        sleep: Waits between two looks.

    Raises:
        CreationFailed: It ended without a canister.
        CreationUnfinished: It takes longer than `patience`.
        FactoryRefused: The factory does not begin it.
        AgentError: The factory can't be reached.
    """
    operation_id = factory.start_creation(request)
    return watch(factory, operation_id, progress=progress, patience=patience, sleep=sleep)


def watch(
    factory: Factory,
    operation_id: int,
    *,
    progress: Progress = SILENT,
    patience: float = 600.0,
    sleep: Callable[[float], None] = time.sleep,
) -> CreationResult:
    """Watches a creation to its end; one that has ended returns at once.

    Args:
        factory: Who makes the canister.
        operation_id: The creation.
        progress: Is told of stages.
        patience: How long to watch, in seconds.
        sleep: Waits between two looks.

    Raises:
        CreationFailed: It ended without a canister, or is not known.
        CreationUnfinished: It takes longer than `patience`.
        AgentError: The factory can't be reached.
    """

    def look() -> OperationInfo:
        info = _look(factory, operation_id)
        progress.message(describe(info))
        return info

    watched = watch_until(look, _has_ended, patience=patience, sleep=sleep)
    info = watched.last
    if not watched.has_ended:
        raise CreationUnfinished(
            f"operation {operation_id} is still at {describe(info)} after {watched.seconds:.0f} s;"
            f" it goes on by itself. Watch it with 'ic-factory create --operation {operation_id}'"
        )
    if info.stage is Stage.FAILED:
        raise CreationFailed(_failure(info))
    progress.done()
    return _result(info)


def _has_ended(info: OperationInfo) -> bool:
    return info.stage in (Stage.COMPLETED, Stage.FAILED)


def _look(factory: Factory, operation_id: int) -> OperationInfo:
    """Where an operation is; that it has ended is certified, and not one node's word."""
    info = factory.operation(operation_id)
    if info is None or _has_ended(info):
        info = factory.certified.operation(operation_id)
    if info is None:
        raise CreationFailed(f"the factory knows no operation {operation_id} of yours")
    return info


def describe(info: OperationInfo) -> str:
    """A stage in words: `storing chunks 3/5`."""
    words = "".join(f" {each.lower()}" if each.isupper() else each for each in info.stage.value)
    if info.stage is Stage.STORING_CHUNKS:
        return f"{words.strip()} {info.chunks_stored}/{info.chunks_total}"
    return words.strip()


def _result(info: OperationInfo) -> CreationResult:
    assert info.canister_id is not None, "a creation that completed has a canister"
    return CreationResult(
        operation_id=info.operation_id,
        canister_id=info.canister_id,
        module_hash=info.module_hash or b"",
        cycles_attached=info.cycles_attached,
    )


def _failure(info: OperationInfo) -> str:
    cause = "no cause is known" if info.error is None else info.error.message
    if info.canister_deleted:
        left = f"its canister was deleted, {info.cycles_recovered:,} cycles came back"
    elif info.canister_id is None:
        left = "no canister was made"
    else:
        left = f"canister {info.canister_id} is still there"
    return f"operation {info.operation_id} failed: {cause}; {left}"
