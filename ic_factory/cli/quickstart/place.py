"""Where the quickstart works: a replica that runs, and a project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ic_factory.cli.context import CommandContext
from ic_factory.cli.session import BACKEND_NAME, FACTORY_NAME, given_state_directory

if TYPE_CHECKING:
    from ic_factory.networks.network import Network
    from ic_factory.networks.project import Project
    from ic_factory.networks.state_directory import StateDirectory

ANY_FREE_PORT = 0


def running_replica(run: CommandContext) -> Network:
    """The local replica that runs, or one that is started.

    Raises:
        NetworkError: None can be started.
    """
    from ic_factory.networks.errors import NoLocalReplica, ReplicaNotRunning
    from ic_factory.networks.network import resolve_network

    try:
        network = resolve_network(state_directory=given_state_directory())
        run.say(f"1. replica: {network.url} runs already")
    except (NoLocalReplica, ReplicaNotRunning):
        network = resolve_network(state_directory=_start_replica(run))
        run.say(f"1. replica: started {network.url}")
    return network


def project_here(run: CommandContext) -> Project:
    """The project of this folder, if it has both canisters, or one in a folder of its own.

    Raises:
        ProjectError: What is there is no project.
    """
    from ic_factory.networks.project_files import find_project
    from ic_factory.operations.starter_project import FOLDER, starter_project

    found = find_project(Path.cwd())
    if found is not None and {FACTORY_NAME, BACKEND_NAME} <= found.canisters.keys():
        return found
    if found is not None and found.root.name == FOLDER:
        return starter_project(found.root)
    root = Path.cwd() / FOLDER
    if not root.exists():
        run.say(f"   made project {FOLDER}/")
    return starter_project(root)


def _start_replica(run: CommandContext) -> StateDirectory:
    """Starts a replica on the port that is asked for, or on a free one where that is taken."""
    from ic_factory.networks.embedded import start_in_background
    from ic_factory.networks.errors import PortTaken
    from ic_factory.networks.provider import DEFAULT_PORT
    from ic_factory.networks.state_directory import default_state_directory

    port = int(os.environ.get("IC_FACTORY_PORT") or DEFAULT_PORT)
    directory = given_state_directory() or default_state_directory(port)
    try:
        start_in_background(directory, port=port, clean=False, report=run.say)
    except PortTaken:
        run.say(f"   port {port} is taken by something else; a free one is used")
        directory = default_state_directory(ANY_FREE_PORT)
        if not directory.is_locked():
            start_in_background(directory, port=ANY_FREE_PORT, clean=False, report=run.say)
    return directory
