"""Replicas that dfx runs: `dfx start`, `dfx info webserver-port`, `dfx stop`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ic_factory.networks.errors import ReplicaNotRunning, ToolError, ToolFailed
from ic_factory.networks.provided_replica import ProvidedReplica, ProviderName
from ic_factory.networks.provider import (
    STOP_SECONDS,
    Report,
    StartRequest,
    await_healthy,
    note,
)
from ic_factory.networks.state_directory import StateDirectory
from ic_factory.networks.tools import Tool

HOST = "127.0.0.1"
HEALTHY_SECONDS = 30.0
DFX = Tool(
    "dfx",
    "install it as https://internetcomputer.org/docs/building-apps/getting-started/install says, "
    "or use --provider embedded, which needs nothing",
)


@dataclass(frozen=True, slots=True)
class DfxProvider:
    """The local network of a folder's dfx.json; the one that dfx shares where it declares none."""

    tool: Tool = DFX
    name: ProviderName = ProviderName.DFX

    def start(self, request: StartRequest, report: Report) -> StateDirectory:
        """Runs `dfx start --background`; see `Provider`.

        Raises:
            ToolMissing: there is no dfx.
            ToolFailed: dfx says why it does not start; one that runs already is left alone.
            ToolTimedOut: it does not end in time.
            StartFailed: the replica is not healthy.
        """
        arguments = ["start", "--background"]
        if request.clean:
            arguments.append("--clean")
        if request.port is not None:
            arguments += ["--host", f"{HOST}:{request.port}"]
        report(f"dfx {' '.join(arguments)}")
        self.tool.run(arguments, folder=request.folder, timeout_seconds=request.timeout_seconds)
        try:
            url = f"http://{HOST}:{self._port(request.folder)}"
            await_healthy(url, HEALTHY_SECONDS)
            replica = ProvidedReplica(self.name, url, str(request.folder.absolute()))
            return note(replica, request.directory)
        except BaseException:
            with suppress(ToolError):
                self._stop(request.folder)
            raise

    def stop(self, directory: StateDirectory, report: Report) -> str:
        """Runs `dfx stop` where the replica was started; see `Provider`.

        Raises:
            ReplicaNotRunning: none is noted.
            ToolError: dfx does not stop it.
        """
        replica = directory.read_provided()
        if replica is None:
            raise ReplicaNotRunning(f"no replica of dfx is noted in {directory.path}")
        report("dfx stop")
        self._stop(Path(replica.folder))
        directory.remove_provided()
        return replica.url

    def _stop(self, folder: Path) -> None:
        self.tool.run(["stop"], folder=folder, timeout_seconds=STOP_SECONDS)

    def _port(self, folder: Path) -> int:
        text = self.tool.run(
            ["info", "webserver-port"], folder=folder, timeout_seconds=STOP_SECONDS
        )
        if not text.isascii() or not text.isdigit():
            raise ToolFailed(f"'dfx info webserver-port' said {text!r}, which is no port")
        return int(text)
