"""Why a replica's state on disk can't be used.

StorageError
├── StorageUnavailable   it can't be written just now, as on a full disk; nothing was taken in
├── StateInUse           another process has it
└── StateRefused         it can't be gone on from; it is left as it was
    ├── ForeignState     it was not written by this program, or for other keys
    ├── NewerState       a later version of this program wrote it
    ├── DamagedState     it is not as it was written
    └── DivergedState    the log comes to another state than the one that was certified
"""

from __future__ import annotations

from ic_factory.errors import ReplicaError


class StorageError(ReplicaError):
    """Something is wrong with the replica's state on disk."""


class StorageUnavailable(StorageError):
    """It can't be written just now; what was to be written has not happened."""


class StateInUse(StorageError):
    """Another process has the state."""


class StateRefused(StorageError):
    """The replica can't go on from this state, and has left it as it was."""


class ForeignState(StateRefused):
    """It was not written by this program, or for other keys."""


class NewerState(StateRefused):
    """A later version of this program wrote it."""


class DamagedState(StateRefused):
    """It is not as it was written."""


class DivergedState(StateRefused):
    """The log comes to another state than the one that was certified."""
