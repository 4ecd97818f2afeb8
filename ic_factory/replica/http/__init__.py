"""The HTTP interface of a replica: bytes in, bytes out, no rules of its own."""

from ic_factory.replica.http.errors import CannotListen, PortInUse, ServerError
from ic_factory.replica.http.server import Server, serve

__all__ = ["CannotListen", "PortInUse", "Server", "ServerError", "serve"]
