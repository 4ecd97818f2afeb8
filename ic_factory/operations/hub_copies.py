"""The hub's copy of a capsule that has moved: let go by its owner once both were compared."""

from __future__ import annotations

import time
from collections.abc import Callable

from ic_factory.drivers.backend import Backend
from ic_factory.operations.errors import OperationError
from ic_factory.operations.watching import watch_until


def release_hub_copy(
    backend: Backend,
    capsule_id: str,
    *,
    patience: float = 600.0,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Lets the hub's copy of a moved capsule go, and returns the root hash that both sides have.

    The hub hashes its copy once more and asks the personal canister for its manifest first. What
    has been let go answers `Moved` from then on.

    Args:
        backend: The hub, as the capsule's owner.
        capsule_id: The capsule.
        patience: How long to go on, in seconds.
        sleep: Waits between two calls.

    Raises:
        OperationError: It takes longer than `patience`; the next run goes on.
        BackendRefused: It has not moved, or the two sides differ; the copy stays.
        AgentError: The hub can't be reached.
    """
    watched = watch_until(
        lambda: backend.release_hub_copy(capsule_id),
        lambda released: released is not None,
        patience=patience,
        sleep=sleep,
    )
    if watched.last is None:
        raise OperationError(
            f"the hub still compares its copy of {capsule_id} after {watched.seconds:.0f} s; the"
            " same again goes on"
        )
    return watched.last.root_hash_hex
