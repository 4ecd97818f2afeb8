"""What other processes ask of a running embedded replica."""

from __future__ import annotations

import importlib
import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ic_factory.errors import CborError
from ic_factory.networks.errors import NotDone, RootKeyError, Unreachable
from ic_factory.networks.root_keys import checked_root_key

TIMEOUT_SECONDS = 5.0
_REFUSED = (400, 404, 409, 503)
"""What a replica answers with that understood what is asked."""


def load_clients() -> None:
    """Loads what requests need, which takes longer than a request; the first one does so else."""
    for name in ("http.client", "ic_factory.protocol.cbor"):
        importlib.import_module(name)


@dataclass(frozen=True, slots=True)
class ReplicaClient:
    """Speaks to one replica; a connection a request."""

    url: str
    timeout_seconds: float = TIMEOUT_SECONDS

    def is_healthy(self) -> bool:
        """Whether the replica says that it is (`/api/v2/status`).

        Raises:
            Unreachable: nothing answers, or something that is no replica.
        """
        return self._api_status().get("replica_health_status") == "healthy"

    def root_key(self) -> bytes:
        """The root key that the replica states (`/api/v2/status`), in DER.

        To be trusted only where the replica itself is.

        Raises:
            Unreachable: nothing answers, or something that is no replica or has no root key.
        """
        key = self._api_status().get("root_key")
        if not isinstance(key, bytes):
            raise self._unreachable("its status has no root key")
        try:
            return checked_root_key(key)
        except RootKeyError as error:
            raise self._unreachable(str(error)) from error

    def status(self) -> dict[str, Any]:
        """The subnet and its canisters in figures (`/_/status`).

        Raises:
            Unreachable: nothing answers, or something that is no embedded replica.
        """
        return self._json("/_/status")

    def canister_logs(self, canister_id: str | None = None) -> list[dict[str, Any]]:
        """The log records of one canister or of all, oldest first (`/_/logs`).

        Raises:
            Unreachable: nothing answers, or it refuses.
        """
        query = "" if canister_id is None else f"?canister={quote(canister_id)}"
        records: list[dict[str, Any]] = self._json(f"/_/logs{query}")["records"]
        return records

    def shut_down(self, token: str) -> None:
        """Asks the replica's process to end.

        Raises:
            Unreachable: nothing answers, or it refuses.
        """
        self._request("POST", "/_/shutdown", {"authorization": f"Bearer {token}"})

    def snapshots(self) -> list[dict[str, Any]]:
        """The replica's snapshots, oldest first (`/_/snapshots`).

        Raises:
            Unreachable: nothing answers, or something that is no embedded replica.
        """
        taken: list[dict[str, Any]] = self._json("/_/snapshots")["snapshots"]
        return taken

    def take_snapshot(self, token: str, name: str | None) -> dict[str, Any]:
        """Keeps the replica's state of now; the snapshot's name, height and time.

        Raises:
            NotDone: it refuses, and says why.
            Unreachable: nothing answers.
        """
        return self._owned("POST", "/_/snapshots", token, name=name)

    def forget_snapshot(self, token: str, name: str) -> None:
        """Keeps a snapshot no longer.

        Raises:
            NotDone: it refuses, and says why.
            Unreachable: nothing answers.
        """
        path = f"/_/snapshots?name={quote(name)}"
        self._request("DELETE", path, {"authorization": f"Bearer {token}"})

    def rewind(self, token: str, name: str | None) -> dict[str, Any]:
        """Makes the replica what it was at a snapshot, by default the last one, which it returns.

        Raises:
            NotDone: it refuses, and says why.
            Unreachable: nothing answers.
        """
        return self._owned("POST", "/_/rewind", token, name=name)

    def fork(self, token: str, port: int) -> dict[str, Any]:
        """Serves another replica that goes on from here; its URL and state directory.

        Raises:
            NotDone: it refuses, and says why.
            Unreachable: nothing answers.
        """
        return self._owned("POST", "/_/fork", token, port=str(port))

    def _owned(self, method: str, path: str, token: str, **query: str | None) -> dict[str, Any]:
        given = {name: value for name, value in query.items() if value is not None}
        asked = f"{path}?{urlencode(given)}" if given else path
        return self._json(asked, method, {"authorization": f"Bearer {token}"})

    def _api_status(self) -> dict[Any, Any]:
        from ic_factory.protocol.cbor import decode

        body = self._request("GET", "/api/v2/status")
        try:
            status = decode(body)
        except CborError as error:
            raise self._unreachable(f"its status is not CBOR: {error}") from error
        if not isinstance(status, dict):
            raise self._unreachable("its status is no CBOR map")
        return status

    def _json(
        self, path: str, method: str = "GET", headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        try:
            document = json.loads(self._request(method, path, headers))
        except ValueError as error:
            raise self._unreachable(f"the answer to {path} is not JSON: {error}") from error
        if not isinstance(document, dict):
            raise self._unreachable(f"the answer to {path} is no JSON object")
        return document

    def _request(self, method: str, path: str, headers: dict[str, str] | None = None) -> bytes:
        import http.client

        address = urlsplit(self.url)
        kind: type[http.client.HTTPConnection] = http.client.HTTPConnection
        if address.scheme == "https":
            kind = http.client.HTTPSConnection
        connection = kind(address.hostname or "", address.port, timeout=self.timeout_seconds)
        try:
            connection.request(method, address.path.rstrip("/") + path, headers=headers or {})
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(_reason(error)) from error
        finally:
            connection.close()
        if response.status >= 300:
            reason = body[:200].decode("utf-8", "replace")
            if method != "GET" and response.status in _REFUSED:
                raise NotDone(f"the replica at {self.url} refuses: {reason}")
            raise self._unreachable(f"{method} {path}: HTTP {response.status} {reason}")
        return body

    def _unreachable(self, reason: str) -> Unreachable:
        return Unreachable(f"no answer from a replica at {self.url}: {reason}")


def _reason(error: Exception) -> str:
    if isinstance(error, socket.timeout):
        return "timed out"
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
