"""What a project declares: its canisters, networks and environments, as plain data.

Read from `dfx.json` (dfx), `icp.yaml` (icp-cli) or both, where dfx.json has precedence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ic_factory.networks.errors import CanisterNotBuildable, ProjectError

DFX_JSON = "dfx.json"
ICP_YAML = "icp.yaml"
LOCAL, MAINNET = "local", "ic"
"""Networks that need no declaration."""


class CanisterKind(StrEnum):
    """How a canister's module comes about."""

    CUSTOM = "custom"
    """It is there, or commands build it."""
    RUST = "rust"
    MOTOKO = "motoko"
    ASSETS = "assets"
    PULL = "pull"
    """It is on the mainnet, and others deploy it."""
    RECIPE = "recipe"
    """A template of icp-cli says how."""


class ArgumentFormat(StrEnum):
    """What an argument is written in."""

    CANDID = "candid"
    HEX = "hex"
    BINARY = "bin"


class RootKeySource(StrEnum):
    """Where the root key of a declared network comes from."""

    BY_URL = "by url"
    """Fetched from a loopback address, else the mainnet's."""
    MAINNET = "mainnet"
    FETCH = "fetch"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class InitArgument:
    """An argument for a canister's installation: a text, or a file that holds it."""

    format: ArgumentFormat = ArgumentFormat.CANDID
    text: str | None = None
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class ProjectCanister:
    """A canister as a project declares it; paths are absolute."""

    name: str
    kind: CanisterKind
    folder: Path
    """Where build commands run."""
    wasm: Path | None = None
    """The module, there before or after the build; None where it goes to `$ICP_WASM_OUTPUT_PATH`,
    is at a URL, or can't be built here."""
    wasm_url: str | None = None
    wasm_sha256: str | None = None
    """What the module's hash must be, in hex."""
    candid: Path | None = None
    build: tuple[str, ...] = ()
    """Shell commands, to run one after another."""
    sync: tuple[str, ...] = ()
    """Shell commands to run after the installation."""
    init_argument: InitArgument | None = None
    dependencies: tuple[str, ...] = ()
    """Canisters that must be deployed before."""
    remote_ids: Mapping[str, str] = field(default_factory=dict)
    """By network: where it is deployed by others, and never by this project."""
    specified_id: str | None = None
    """The id to create it with, on local networks."""
    refusal: str | None = None
    """Why it can't be deployed by this package; None where it can."""

    def check_buildable(self) -> None:
        """Makes sure that this package can build and deploy the canister.

        Raises:
            CanisterNotBuildable: only its own tool can.
        """
        if self.refusal is not None:
            raise CanisterNotBuildable(f"canister {self.name!r} can't be deployed: {self.refusal}")


@dataclass(frozen=True, slots=True)
class ProjectNetwork:
    """A network as a project declares it."""

    name: str
    file: Path
    """The file that declares it."""
    url: str | None = None
    """Where it is reached; None for one that a tool runs on this machine, see `bind`."""
    bind: str | None = None
    """`host:port` of one that a tool runs on this machine; None for the tool's default."""
    is_persistent: bool = False
    """Whether its canister ids are worth keeping under version control."""
    root_key_source: RootKeySource = RootKeySource.BY_URL
    root_key: bytes | None = None
    """In DER, where it is given."""

    @property
    def is_managed(self) -> bool:
        """Whether a tool runs it on this machine."""
        return self.url is None


@dataclass(frozen=True, slots=True)
class ProjectEnvironment:
    """An environment of icp-cli: a network, and what is deployed there under names of its own."""

    name: str
    network: str
    canisters: tuple[str, ...] | None = None
    """None for all."""
    init_arguments: Mapping[str, InitArgument] = field(default_factory=dict)
    """By canister, in place of its own."""


@dataclass(frozen=True, slots=True)
class Project:
    """What the files of one folder declare."""

    root: Path
    canisters: Mapping[str, ProjectCanister]
    networks: Mapping[str, ProjectNetwork]
    environments: Mapping[str, ProjectEnvironment] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    """Those it was read from, the one with precedence first."""

    @property
    def has_dfx_json(self) -> bool:
        """Whether dfx works with it."""
        return self._has(DFX_JSON)

    @property
    def has_icp_yaml(self) -> bool:
        """Whether icp-cli works with it."""
        return self._has(ICP_YAML)

    def canister(self, name: str) -> ProjectCanister:
        """The canister of that name.

        Raises:
            ProjectError: the project declares none.
        """
        found = self.canisters.get(name)
        if found is None:
            known = ", ".join(self.canisters) or "none"
            raise ProjectError(f"{self.root} declares no canister {name!r}; it declares: {known}")
        return found

    def init_argument(self, canister: str, network: str) -> InitArgument | None:
        """What a canister is installed with, on a network or in an environment.

        Raises:
            ProjectError: the project declares no such canister.
        """
        declared = self.canister(canister)
        environment = self.environments.get(network)
        if environment is not None and canister in environment.init_arguments:
            return environment.init_arguments[canister]
        return declared.init_argument

    def _has(self, name: str) -> bool:
        return any(file.name == name for file in self.files)
