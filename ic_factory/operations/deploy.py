"""A project's canisters onto a network: made where they are missing, installed where they differ.

A second run finds what the first one did and does nothing twice. Ids are noted where dfx and
icp-cli look for them, so that both see the same canisters.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ic_factory.agent import Agent, RequestRefused
from ic_factory.drivers.management import Management
from ic_factory.networks.canister_ids import CanisterIds
from ic_factory.networks.project import ArgumentFormat, InitArgument, ProjectCanister
from ic_factory.operations.arguments import (
    NO_ARGUMENTS,
    argument_from_file,
    argument_from_text,
    init_types,
)
from ic_factory.operations.errors import ArgumentError, DeployError
from ic_factory.operations.install import INSTALL, REINSTALL, UPGRADE, install
from ic_factory.operations.progress import SILENT, Progress
from ic_factory.protocol.principal import Principal


class Action(StrEnum):
    """What a deployment does with a canister."""

    INSTALL = "install"
    UPGRADE = "upgrade"
    REINSTALL = "reinstall"
    NOTHING = "nothing"


MakeCanister = Callable[[ProjectCanister], Principal]
"""Makes the canister for a declaration; what it costs depends on the network."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where canisters are deployed.

    Attributes:
        agent: Who deploys.
        network: The network's name, under which ids are noted.
        ids: The ids of the project.
        make_canister: Makes new canisters.
    """

    agent: Agent
    network: str
    ids: CanisterIds
    make_canister: MakeCanister

    @property
    def management(self) -> Management:
        """The management canister."""
        return Management(self.agent)


@dataclass(frozen=True, slots=True)
class DeployResult:
    """What was done with a canister.

    Attributes:
        name: Its name in the project.
        canister_id: The canister.
        action: What was done.
        was_made: Whether the canister is new.
        module_hash: What runs in it now, SHA-256.
    """

    name: str
    canister_id: Principal
    action: Action
    was_made: bool
    module_hash: bytes


def in_order(canisters: Sequence[ProjectCanister]) -> list[ProjectCanister]:
    """Canisters with those that they depend on before them.

    Raises:
        DeployError: They depend on each other in a circle.
    """
    by_name = {each.name: each for each in canisters}
    done: dict[str, ProjectCanister] = {}
    underway: list[str] = []

    def visit(canister: ProjectCanister) -> None:
        if canister.name in done:
            return
        if canister.name in underway:
            circle = " -> ".join([*underway[underway.index(canister.name) :], canister.name])
            raise DeployError(f"canisters depend on each other in a circle: {circle}")
        underway.append(canister.name)
        for name in canister.dependencies:
            if name in by_name:
                visit(by_name[name])
        underway.pop()
        done[canister.name] = canister

    for canister in canisters:
        visit(canister)
    return list(done.values())


def build(canister: ProjectCanister) -> None:
    """Runs a canister's build commands, where it has any; what they print goes to stderr.

    Raises:
        CanisterNotBuildable: Only its own tool can build it.
        DeployError: A command fails.
    """
    canister.check_buildable()
    for command in canister.build:
        # The project's own commands, which its own tools give to a shell as well.
        ended = subprocess.run(  # noqa: S602
            command, shell=True, cwd=canister.folder, stdout=2, check=False
        )
        if ended.returncode:
            raise DeployError(
                f"canister {canister.name!r}: its build command failed with exit code"
                f" {ended.returncode}: {command}"
            )


def deploy(
    site: Site,
    canister: ProjectCanister,
    argument: bytes,
    *,
    reinstall: bool = False,
    progress: Progress = SILENT,
) -> DeployResult:
    """Brings one canister to the module that the project has for it.

    Args:
        site: Where to, and as whom.
        canister: The canister.
        argument: For `init`, or `post_upgrade`.
        reinstall: Whether its state is wiped by installing the module anew.
        progress: Is told of the module's bytes.

    Raises:
        CanisterNotBuildable: Only its own tool can deploy it.
        DeployError: Its module can't be read, or it is not ours.
        CanisterReject: The IC refuses.
        AgentError: The network can't be reached.
    """
    module = _module_of(canister)
    canister_id = existing(site, canister)
    was_made = canister_id is None
    if canister_id is None:
        canister_id = site.make_canister(canister)
        # Noted before anything else can fail, or the canister would be lost.
        site.ids.record(canister.name, site.network, canister_id)
    there = None if was_made else site.agent.read_module_hash(canister_id)
    digest = hashlib.sha256(module).digest()
    action = _action(there, digest, reinstall)
    if action is not Action.NOTHING:
        mode = {Action.INSTALL: INSTALL, Action.UPGRADE: UPGRADE}.get(action, REINSTALL)
        install(site.management, canister_id, module, argument, mode, progress=progress)
    return DeployResult(canister.name, canister_id, action, was_made, digest)


def existing(site: Site, canister: ProjectCanister) -> Principal | None:
    """The canister that is deployed already; None where there is none, or none any more."""
    if site.ids.is_remote(canister.name, site.network):
        raise DeployError(
            f"canister {canister.name!r} is deployed by others on network {site.network}; its id is"
            f" {site.ids.get(canister.name, site.network)}"
        )
    canister_id = site.ids.find(canister.name, site.network)
    if canister_id is None:
        return None
    try:
        is_there = site.agent.read_controllers(canister_id) is not None
    except RequestRefused as refused:
        # A replica that never had a canister of that id may refuse to speak of it.
        if refused.status not in (400, 404):
            raise
        is_there = False
    return canister_id if is_there else None


def init_argument(canister: ProjectCanister, declared: InitArgument | None) -> bytes:
    """The message that a canister is installed with, as its project declares it.

    Raises:
        ArgumentError: What is declared can't be read, or does not fit the interface.
    """
    if declared is None:
        return NO_ARGUMENTS
    types = init_types(canister.candid)
    where = f"init argument of canister {canister.name!r}"
    if declared.format is ArgumentFormat.CANDID:
        if declared.file is not None:
            return argument_from_file(declared.file, types)
        return argument_from_text(declared.text or "()", types, where)
    try:
        content = declared.text or (b"" if declared.file is None else declared.file.read_bytes())
        if declared.format is ArgumentFormat.BINARY:
            return content if isinstance(content, bytes) else content.encode()
        return bytes.fromhex(content if isinstance(content, str) else content.decode())
    except (OSError, ValueError) as error:
        raise ArgumentError(f"{where}: {error}") from error


def _action(there: bytes | None, wanted: bytes, reinstall: bool) -> Action:
    if there is None:
        return Action.INSTALL
    if reinstall:
        return Action.REINSTALL
    return Action.NOTHING if there == wanted else Action.UPGRADE


def _module_of(canister: ProjectCanister) -> bytes:
    canister.check_buildable()
    if canister.wasm is None:
        raise DeployError(f"canister {canister.name!r} names no module to install")
    try:
        module = canister.wasm.read_bytes()
    except OSError as error:
        raise DeployError(
            f"canister {canister.name!r}: {canister.wasm} can't be read: "
            f"{error.strerror or error}. Was it built?"
        ) from error
    if canister.wasm_sha256 and hashlib.sha256(module).hexdigest() != canister.wasm_sha256.lower():
        raise DeployError(
            f"canister {canister.name!r}: {canister.wasm} has not the SHA-256 that the project"
            f" names, {canister.wasm_sha256}"
        )
    return module
