"""What can go wrong between this process and a network.

NetworkError
├── StateDirectoryError      the directory for the replica's state can't be used
├── ReplicaAlreadyRunning    a replica runs on this state directory
├── PortTaken                the port can't be listened on
├── StartFailed              the replica ended, or was not healthy in time
├── ReplicaNotRunning        no replica runs on this state directory
├── SeveralReplicasRunning   it was not said which one is meant
├── Unreachable              nothing at this URL answers as a replica does
└── StopFailed               the replica's process does not end
"""

from __future__ import annotations

from ic_factory.errors import IcFactoryError


class NetworkError(IcFactoryError):
    """Something went wrong between this process and a network."""


class StateDirectoryError(NetworkError):
    """The directory for the replica's state can't be used."""


class ReplicaAlreadyRunning(NetworkError):
    """A replica runs on this state directory."""


class PortTaken(NetworkError):
    """The port can't be listened on."""


class StartFailed(NetworkError):
    """The replica ended, or was not healthy in time."""


class ReplicaNotRunning(NetworkError):
    """No replica runs on this state directory."""


class SeveralReplicasRunning(NetworkError):
    """Several replicas run, and it was not said which one is meant."""


class Unreachable(NetworkError):
    """Nothing at this URL answers as a replica does."""


class StopFailed(NetworkError):
    """The replica's process does not end."""
