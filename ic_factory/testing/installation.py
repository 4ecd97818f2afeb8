"""Canisters for one test."""

from __future__ import annotations

from pathlib import Path

from ic_factory.agent import Agent
from ic_factory.drivers.management import Management
from ic_factory.operations.arguments import NO_ARGUMENTS, argument_from_text, init_types
from ic_factory.operations.install import INSTALL, install
from ic_factory.protocol.principal import Principal


class Installer:
    """Makes canisters with a module; call it.

    counter = install(Path("counter.wasm"), "(42)", did=Path("counter.did"))

    Attributes:
        made: The canisters that it has made.
    """

    def __init__(self, agent: Agent) -> None:
        """Begins with no canister.

        Args:
            agent: Who makes them, and controls them.
        """
        self.made: list[Principal] = []
        self._management = Management(agent)

    def __call__(
        self,
        module: bytes | Path,
        arg: bytes | str = NO_ARGUMENTS,
        *,
        did: Path | None = None,
        cycles: int | None = None,
    ) -> Principal:
        """Makes a canister with a module, and returns its id.

        Args:
            module: The module, gzipped or not, or the file that it is in.
            arg: For `canister_init`: a message, or Candid text such as `'("hello")'`.
            did: The interface, whose types text is read by; text says its own types without it.
            cycles: What the canister has; the network's default where it is left out.

        Raises:
            ArgumentError: The text is no Candid, or not of the interface's types.
            CanisterReject: The IC refuses the module, or the canister traps.
            AgentError: No answer came back.
            OSError: A file can't be read.
        """
        content = module if isinstance(module, bytes) else module.read_bytes()
        if isinstance(arg, str):
            arg = argument_from_text(arg, init_types(did), "arg")
        canister_id = self._management.create_provisionally(cycles=cycles)
        self.made.append(canister_id)
        install(self._management, canister_id, content, arg, INSTALL)
        return canister_id

    def delete_all(self) -> None:
        """Deletes what it has made, for networks that cannot go back in time."""
        for canister_id in self.made:
            self._management.stop(canister_id)
            self._management.delete(canister_id)
        self.made.clear()
