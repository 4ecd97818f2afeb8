"""The examples in the help texts, ready to be run in the folder of a `World`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import typer.main

from ic_factory.cli.app import app
from tests.cli.factory_world import BOB, CAROL, World

BEFORE = {
    "capsule access revoke": ["capsule access grant MEMORY PRINCIPAL"],
    "capsule connections remove": ["capsule connections add PRINCIPAL"],
    "capsule connections update": ["capsule connections add PRINCIPAL"],
    "canister snapshot load": ["canister stop CANISTER"],
    "factory admins remove": ["factory admins add PRINCIPAL"],
    "factory templates remove": ["factory templates set user --upload 1 --cycles 1T"],
    "identity new": ["identity remove alice --yes"],
    "personal export": ["personal create"],
    "personal release": ["personal create"],
    "personal status": ["personal create"],
    "personal verify": ["personal create", "personal export my-capsule"],
    "personal watch": ["personal create"],
}
"""Commands that make the example's wish one that can be fulfilled."""

ENDLESS = frozenset({"canister logs"})
"""They go on until Ctrl-C."""

ELSEWHERE = {
    "quickstart": "starts a replica of its own: tests/scripts/test_quickstart.py",
    "replica": "is about a replica in the background: tests/cli/test_replica_commands.py",
}
"""Commands and groups that do not run in a `World`, and why."""


@dataclass(frozen=True)
class Example:
    """An example of a command.

    Attributes:
        path: The command, such as `canister call`.
        text: The example, without `ic-factory`.
        has_json: Whether the command has --json.
    """

    path: str
    text: str
    has_json: bool

    def words(self, world: World) -> list[str]:
        """What is run, with what is in a world in the place of words in capitals."""
        return filled(self.text, world)

    def prepare(self, world: World) -> None:
        """Runs what must have been done before."""
        for text in BEFORE.get(self.path, ()):
            world.done(*filled(text, world))


def filled(text: str, world: World) -> list[str]:
    """The words of a command, those in capitals replaced; what stands behind a pipe is left out."""
    real = {
        "CANISTER": str(world.deployed.made),
        "PRINCIPAL": str(BOB.sender()),
        "SNAPSHOT": world.deployed.snapshot,
        "CAPSULE": world.deployed.hub.capsule,
        "MEMORY": world.deployed.hub.memory,
        "GALLERY": world.deployed.hub.gallery,
        "USER": str(CAROL.sender()),
        "HEX": world.deployed.hub.root_key,
    }
    return [real.get(word, word) for word in shlex.split(text.partition(" | ")[0])]


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Each command of a group, with its path."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def all_examples() -> list[Example]:
    """The examples of all commands."""
    return [
        Example(path, line, any(each.name == "as_json" for each in command.params))
        for path, command in commands(typer.main.get_command(app))
        for line in (command.epilog or "").removeprefix("Example:  ic-factory ").splitlines()
    ]


def is_elsewhere(path: str) -> bool:
    """Whether a command does not run in a `World`."""
    return any(path == each or path.startswith(f"{each} ") for each in ELSEWHERE)


EXAMPLES = [each for each in all_examples() if not is_elsewhere(each.path)]
