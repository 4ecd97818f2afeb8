"""Replicas that icp-cli runs: `icp network start`, `status` and `stop`."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ic_factory.networks.errors import (
    NetworkNotFound,
    NotOffered,
    ReplicaNotRunning,
    ToolError,
    ToolFailed,
)
from ic_factory.networks.network_urls import checked_url
from ic_factory.networks.project import LOCAL
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

HEALTHY_SECONDS = 30.0
ICP = Tool(
    "icp",
    "install it with 'npm install -g @icp-sdk/icp-cli' or 'brew install icp-cli', "
    "or use --provider embedded, which needs nothing",
)


@dataclass(frozen=True, slots=True)
class IcpProvider:
    """The local network of the icp.yaml in a folder or above it."""

    tool: Tool = ICP
    name: ProviderName = ProviderName.ICP

    def start(self, request: StartRequest, report: Report) -> StateDirectory:
        """Runs `icp network start local --background`; see `Provider`.

        icp-cli starts each network anew, so that `clean` changes nothing.

        Raises:
            NotOffered: a port was named, which icp-cli takes from icp.yaml alone.
            ToolMissing: there is no icp.
            ToolFailed: icp says why it does not start; one that runs already is left alone.
            ToolTimedOut: it does not end in time.
            StartFailed: the replica is not healthy.
        """
        if request.port is not None:
            raise NotOffered(
                "icp-cli takes no port on its command line; set 'gateway.port' of network 'local' "
                "in icp.yaml and leave --port out"
            )
        arguments = ["network", "start", LOCAL, "--background"]
        report(f"icp {' '.join(arguments)}")
        self.tool.run(arguments, folder=request.folder, timeout_seconds=request.timeout_seconds)
        try:
            url = self._url(request.folder)
            await_healthy(url, HEALTHY_SECONDS)
            replica = ProvidedReplica(self.name, url, str(request.folder.absolute()))
            return note(replica, request.directory)
        except BaseException:
            with suppress(ToolError):
                self._stop(request.folder)
            raise

    def stop(self, directory: StateDirectory, report: Report) -> str:
        """Runs `icp network stop local` where the replica was started; see `Provider`.

        Raises:
            ReplicaNotRunning: none is noted.
            ToolError: icp does not stop it.
        """
        replica = directory.read_provided()
        if replica is None:
            raise ReplicaNotRunning(f"no replica of icp-cli is noted in {directory.path}")
        report(f"icp network stop {LOCAL}")
        self._stop(Path(replica.folder))
        directory.remove_provided()
        return replica.url

    def _stop(self, folder: Path) -> None:
        self.tool.run(["network", "stop", LOCAL], folder=folder, timeout_seconds=STOP_SECONDS)

    def _url(self, folder: Path) -> str:
        text = self.tool.run(
            ["network", "status", LOCAL, "--json"], folder=folder, timeout_seconds=STOP_SECONDS
        )
        try:
            return checked_url(str(json.loads(text)["api_url"]))
        except (ValueError, LookupError, TypeError, NetworkNotFound) as error:
            raise ToolFailed(f"'icp network status --json' said {text!r}, with no URL") from error
