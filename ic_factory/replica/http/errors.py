"""Why a replica can't be served over HTTP.

ServerError
├── NotLoopback      other machines could reach the address
├── PortInUse        another process listens on the port
└── CannotListen     the address can't be listened on for another reason
"""

from __future__ import annotations

from ic_factory.errors import ReplicaError


class ServerError(ReplicaError):
    """The replica can't be served over HTTP."""


class NotLoopback(ServerError):
    """Other machines could reach the address."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host!r} is no loopback address (127.0.0.0/8, ::1 or localhost); whoever reaches the "
            "replica can make canisters and cycles, so it serves its own machine alone"
        )
        self.host = host


class PortInUse(ServerError):
    """Another process listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"port {port} of {host} is in use by another process")
        self.host = host
        self.port = port


class CannotListen(ServerError):
    """The address can't be listened on."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"can't listen on port {port} of {host}: {reason}")
        self.host = host
        self.port = port
