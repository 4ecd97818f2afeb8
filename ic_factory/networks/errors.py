"""What can go wrong between this process and a network.

NetworkError
├── StateDirectoryError      the directory for the replica's state can't be used
│   └── StateRefused         what a replica has left there can't be gone on from
├── ReplicaAlreadyRunning    a replica runs on this state directory
├── PortTaken                the port can't be listened on
├── StartFailed              the replica ended, or was not healthy in time
├── ReplicaNotRunning        no replica runs on this state directory
├── SeveralReplicasRunning   it was not said which one is meant
├── Unreachable              nothing at this URL answers as a replica does
├── NotDone                  the replica that runs refuses what is asked
├── StopFailed               the replica's process does not end
├── ToolError                a program of others, such as dfx, did not do what was asked
│   ├── ToolMissing          it is not there
│   ├── ToolFailed           it ended with an error
│   └── ToolTimedOut         it did not end in time
├── NotOffered               the provider can't do what was asked of it
├── NetworkNotFound          no network has that name
│   └── NoLocalReplica       nothing answers where local replicas are looked for
├── RootKeyError             bytes that are no root key
└── ProjectError             a project's files can't be used
    ├── ProjectFileError     a file is not what it must be
    ├── CanisterNotBuildable a canister is declared in a way that only its own tool can build
    ├── CanisterIdMissing    a canister has no id on that network
    └── CanisterIdsBusy      another process keeps the canister ids to itself
"""

from __future__ import annotations

from ic_factory.errors import IcFactoryError


class NetworkError(IcFactoryError):
    """Something went wrong between this process and a network."""


class StateDirectoryError(NetworkError):
    """The directory for the replica's state can't be used."""


class StateRefused(StateDirectoryError):
    """What a replica has left there can't be gone on from; it is as it was."""


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


class NotDone(NetworkError):
    """The replica that runs refuses what is asked, and says why."""


class StopFailed(NetworkError):
    """The replica's process does not end."""


class ToolError(NetworkError):
    """A program of others did not do what was asked."""


class ToolMissing(ToolError):
    """The program is not there."""


class ToolFailed(ToolError):
    """The program ended with an error."""


class ToolTimedOut(ToolError):
    """The program did not end in time."""


class NotOffered(NetworkError):
    """The provider can't do what was asked of it."""


class NetworkNotFound(NetworkError):
    """No network has that name."""


class NoLocalReplica(NetworkNotFound):
    """Nothing answers where local replicas are looked for."""


class RootKeyError(NetworkError):
    """Bytes that are no root key."""


class ProjectError(NetworkError):
    """A project's files can't be used."""


class ProjectFileError(ProjectError):
    """A file of a project is not what it must be."""


class CanisterNotBuildable(ProjectError):
    """A canister is declared in a way that only its own tool can build."""


class CanisterIdMissing(ProjectError):
    """A canister has no id on that network."""


class CanisterIdsBusy(ProjectError):
    """Another process keeps the canister ids to itself."""
