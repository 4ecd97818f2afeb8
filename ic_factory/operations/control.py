"""Who may start, stop, upgrade or delete a canister: the factory that controls it, or the caller.

The certified controllers decide, not what a registry says. Where both control a canister, the
factory acts, so that its registry stays right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ic_factory.agent import Agent, CanisterReject, RequestRefused
from ic_factory.drivers.factory import Factory
from ic_factory.drivers.generated.factory import CanisterInfo, UpgradeRequest
from ic_factory.drivers.generated.management import RunState
from ic_factory.drivers.management import Management
from ic_factory.operations.arguments import NO_ARGUMENTS
from ic_factory.operations.errors import OperationError
from ic_factory.operations.install import UPGRADE, install
from ic_factory.operations.progress import SILENT, Progress
from ic_factory.operations.upload import upload
from ic_factory.operations.wasm_source import WasmSource
from ic_factory.protocol.principal import Principal

DESTINATION_INVALID = 3
"""The reject code for a canister that is not there (specification, "Reject codes")."""


class CanisterMissing(OperationError):
    """There is no canister of that id on the network."""


class NotInControl(OperationError):
    """Neither the caller nor a factory that is known may do what was asked of a canister."""


@dataclass(frozen=True, slots=True)
class FactoryControl:
    """A factory that controls a canister, and keeps account of it.

    Each method raises FactoryRefused where the factory does not let the caller, and AgentError.

    Attributes:
        factory: The factory.
        canister_id: The canister.
    """

    factory: Factory
    canister_id: Principal

    @property
    def by(self) -> Principal:
        """Who acts."""
        return self.factory.canister_id

    def start(self) -> None:
        """Starts the canister."""
        self.factory.start_canister(self.canister_id)

    def stop(self) -> None:
        """Stops the canister, once it has answered what it is asked."""
        self.factory.stop_canister(self.canister_id)

    def delete(self) -> None:
        """Deletes the canister for good, after its cycles have come back to the factory."""
        self.factory.delete_canister(self.canister_id)

    def upgrade(
        self,
        module: WasmSource | int,
        arg: bytes | None = None,
        *,
        snapshot_first: bool = True,
        progress: Progress = SILENT,
    ) -> bytes:
        """Upgrades the canister and returns the hash of its module.

        Args:
            module: A module, which is uploaded, or the id of an upload.
            arg: Candid, for `post_upgrade`.
            snapshot_first: Whether a failure brings back a snapshot from before.
            progress: Is told of bytes.

        Raises:
            OperationError: The module can't be uploaded.
        """
        if isinstance(module, WasmSource):
            module = upload(self.factory, module, progress=progress).upload_id
        request = UpgradeRequest(
            canister_id=self.canister_id,
            upload_id=module,
            arg=arg,
            snapshot_first=snapshot_first,
        )
        return self.factory.upgrade(request).module_hash


@dataclass(frozen=True, slots=True)
class CallerControl:
    """A caller who controls a canister.

    Each method raises CanisterReject where the IC refuses, or another AgentError.

    Attributes:
        agent: The caller.
        canister_id: The canister.
    """

    agent: Agent
    canister_id: Principal

    @property
    def by(self) -> Principal:
        """Who acts."""
        return self.agent.sender

    def start(self) -> None:
        """Starts the canister."""
        self._management.start(self.canister_id)

    def stop(self) -> None:
        """Stops the canister, once it has answered what it is asked."""
        self._management.stop(self.canister_id)

    def delete(self) -> None:
        """Stops the canister and deletes it for good, its cycles with it."""
        self.stop()
        self._management.delete(self.canister_id)

    def upgrade(
        self,
        module: WasmSource | int,
        arg: bytes | None = None,
        *,
        snapshot_first: bool = True,  # noqa: ARG002 # as the factory's
        progress: Progress = SILENT,
    ) -> bytes:
        """Upgrades the canister and returns the hash of its module.

        It is stopped meanwhile. A module that does not install leaves all as it was, so that no
        snapshot is needed.

        Args:
            module: A module; uploads are the factory's.
            arg: Candid, for `post_upgrade`.
            snapshot_first: Makes no difference.
            progress: Is told of bytes.

        Raises:
            NotInControl: An upload is named.
            SourceError: The module can't be read any more, or was changed.
        """
        if not isinstance(module, WasmSource):
            raise NotInControl(
                f"upload {module} is in a factory, and canister {self.canister_id} is controlled by"
                f" {self.by}, not by that factory: name the module's file"
            )
        content = b"".join(map(module.chunk, range(len(module.chunk_hashes))))
        was_running = self._management.status(self.canister_id).status is RunState.RUNNING
        self.stop()
        try:
            install(
                self._management,
                self.canister_id,
                content,
                NO_ARGUMENTS if arg is None else arg,
                UPGRADE,
                progress=progress,
            )
        finally:
            if was_running:
                self.start()
        return module.sha256

    @property
    def _management(self) -> Management:
        return Management(self.agent)


Control = FactoryControl | CallerControl


def control_of(agent: Agent, canister_id: Principal, factory: Factory | None) -> Control:
    """Who may act on a canister.

    Args:
        agent: The caller.
        canister_id: The canister.
        factory: The factory that is known, if any.

    Raises:
        CanisterMissing: There is no such canister.
        NotInControl: It is controlled by others; the message names them.
        AgentError: The controllers can't be read.
    """
    controllers = controllers_of(agent, canister_id)
    if factory is not None and factory.canister_id in controllers:
        return FactoryControl(factory, canister_id)
    if agent.sender in controllers:
        return CallerControl(agent, canister_id)
    asked = f"not by {agent.sender}"
    if factory is not None:
        asked += f", nor by factory {factory.canister_id}"
    raise NotInControl(f"canister {canister_id} is controlled by {_listed(controllers)}, {asked}")


def controllers_of(agent: Agent, canister_id: Principal) -> tuple[Principal, ...]:
    """The certified controllers of a canister.

    Raises:
        CanisterMissing: There is no such canister.
        AgentError: They can't be read.
    """
    try:
        found = agent.read_controllers(canister_id)
    except RequestRefused as error:
        # A replica that never had a canister of that id may refuse to speak of it.
        raise CanisterMissing(f"there is no canister {canister_id}: {error}") from error
    if found is None:
        raise CanisterMissing(f"there is no canister {canister_id} at {agent.url}")
    return found


def registered(factory: Factory | None, canister_id: Principal) -> CanisterInfo | None:
    """What a factory knows of a canister.

    None where that is nothing, or there is no factory at all, as where a local replica has started
    anew.

    Raises:
        AgentError: The factory can't be asked.
    """
    if factory is None:
        return None
    try:
        return factory.canister(canister_id)
    except RequestRefused:
        return None
    except CanisterReject as reject:
        if reject.code != DESTINATION_INVALID:
            raise
        return None


def top_up(
    agent: Agent, canister_id: Principal, cycles: int, factory: Factory | None, *, is_local: bool
) -> Principal | None:
    """Adds cycles to a canister: a factory's, or out of nothing on a local network.

    Args:
        agent: The caller.
        canister_id: The canister.
        cycles: How many.
        factory: The factory that is known, if any; it pays for canisters in its registry.
        is_local: Whether the network makes cycles out of nothing.

    Returns:
        The factory that paid; None where nobody did.

    Raises:
        NotInControl: No factory knows the canister, and the network is not local.
        FactoryRefused: The factory does not pay; it does for admins.
        AgentError: The call fails.
    """
    if factory is not None and registered(factory, canister_id) is not None:
        factory.top_up(canister_id, cycles)
        return factory.canister_id
    if not is_local:
        raise NotInControl(
            f"no factory that is known here has made canister {canister_id}, so none pays for it"
        )
    Management(agent).top_up_provisionally(canister_id, cycles)
    return None


def _listed(controllers: Sequence[Principal]) -> str:
    return ", ".join(map(str, controllers)) or "nobody"
