"""One network, one caller: what the commands that call canisters begin with."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ic_factory.errors import IcFactoryError, PrincipalError

if TYPE_CHECKING:
    from ic_factory.agent import Agent, DelegateIdentity, Identity
    from ic_factory.drivers.backend import Backend
    from ic_factory.drivers.factory import Factory
    from ic_factory.drivers.management import Management
    from ic_factory.networks.canister_ids import CanisterIds
    from ic_factory.networks.network import Network
    from ic_factory.networks.project import Project
    from ic_factory.networks.state_directory import StateDirectory
    from ic_factory.protocol.principal import Principal

FACTORY_NAME = "canister_factory"
"""The factory's name in a project."""

BACKEND_NAME = "backend"
"""The backend's name in a project."""


class CanisterUnknown(IcFactoryError):
    """What was given is neither a canister's id nor a name of the project."""


@dataclass(frozen=True, slots=True)
class Session:
    """A network and who calls there.

    Attributes:
        network: Where canisters are called.
        agent: Calls them.
        project: The project of the folder, where there is one.
    """

    network: Network
    agent: Agent
    project: Project | None

    def canister_id(self, text: str) -> Principal:
        """A canister by its id, or by its name in the project.

        Raises:
            CanisterUnknown: It is neither.
            CanisterIdMissing: The project's canister is not deployed on the network.
        """
        from ic_factory.protocol.principal import Principal

        try:
            return Principal.from_str(text)
        except PrincipalError as error:
            ids = self.canister_ids
            if ids is None or (text not in ids.project.canisters and not ids.find(text, self.name)):
                raise CanisterUnknown(
                    f"{text!r} is neither the id of a canister nor the name of one in this project"
                ) from error
            return ids.get(text, self.name)

    def factory(self, text: str | None) -> Factory:
        """The factory that is given, or the project's.

        Raises:
            CanisterUnknown: None is given, and the project has none on this network.
        """
        from ic_factory.drivers.factory import Factory

        return Factory(self.agent, self._given_or_deployed(text, FACTORY_NAME, "factory"))

    def backend(self, text: str | None) -> Backend:
        """The backend that is given, or the project's.

        Raises:
            CanisterUnknown: None is given, and the project has none on this network.
        """
        from ic_factory.drivers.backend import Backend

        return Backend(self.agent, self._given_or_deployed(text, BACKEND_NAME, "backend"))

    @property
    def management(self) -> Management:
        """The management canister."""
        from ic_factory.drivers.management import Management

        return Management(self.agent)

    @property
    def name(self) -> str:
        """The network's name."""
        return self.network.name

    @property
    def canister_ids(self) -> CanisterIds | None:
        """The ids that the project has noted; None without a project."""
        if self.project is None:
            return None
        from ic_factory.networks.canister_ids import CanisterIds

        return CanisterIds(self.project)

    def _given_or_deployed(self, text: str | None, name: str, kind: str) -> Principal:
        if text is not None:
            return self.canister_id(text)
        ids = self.canister_ids
        found = ids.find(name, self.name) if ids is not None else None
        if found is None:
            raise CanisterUnknown(
                f"no {kind} is known on network {self.name}: deploy one with 'ic-factory deploy',"
                f" or name it with --{kind}"
            )
        return found


@contextmanager
def open_session(network: str, identity: str | None) -> Iterator[Session]:
    """A session on a network by its name or URL, as an identity by its name.

    Raises:
        NetworkError: The network is not known, or does not answer.
        IdentityError: The identity is not known, or can't be read.
    """
    from ic_factory.agent import Agent, Client
    from ic_factory.networks.network import resolve_network
    from ic_factory.networks.project_files import find_project

    project = find_project(Path.cwd())
    found = resolve_network(network, project, state_directory=given_state_directory())
    who = identity_named(identity)
    with Agent(who, Client(found.url), root_key=found.root_key) as agent:
        yield Session(found, agent, project)


def identity_named(name: str | None) -> Identity | DelegateIdentity:
    """An identity by its name, or the one that is chosen; a first one is made where there is none.

    Raises:
        IdentityError: It is not known, or can't be read.
    """
    from ic_factory.agent.identity import create_identity, find_identity
    from ic_factory.agent.identity.default_choice import FIRST_IDENTITY, default_identity

    if name is not None:
        return find_identity(name, ask_for_password)
    chosen = default_identity()
    if chosen is not None:
        return find_identity(chosen.full_name, ask_for_password)
    made = create_identity(FIRST_IDENTITY)
    print(f"made identity {FIRST_IDENTITY}: {made.sender()}", file=sys.stderr)  # noqa: T201
    return made


def given_state_directory() -> StateDirectory | None:
    """The state directory of the local replica that is meant, where the environment names one."""
    from ic_factory.networks.state_directory import StateDirectory, default_state_directory

    folder, port = os.environ.get("IC_FACTORY_STATE_DIR"), os.environ.get("IC_FACTORY_PORT", "")
    if folder:
        return StateDirectory(Path(folder))
    return default_state_directory(int(port)) if port.isdecimal() else None


def ask_for_password(what: str) -> str:
    """Asks for the password of a key, on the terminal."""
    return str(typer.prompt(f"Password of {what}", hide_input=True, err=True))


def ask(question: str, yes: bool) -> None:
    """Goes on where the user agrees, or has done so by `--yes`.

    Raises:
        typer.Exit: The user does not, or can't be asked.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"{question} Nobody is there to ask: say --yes")
    typer.confirm(question, abort=True, err=True)


def ask_before_spending(session: Session, what: str, yes: bool) -> None:
    """Asks before cycles are spent that are worth money."""
    if session.network.is_mainnet:
        ask(f"This {what} on the mainnet, as {session.agent.sender}. Go on?", yes)
