"""What is asked of a PocketIC server (`rest.rs` and `routes.rs` of dfinity/ic)."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ic_factory.networks.errors import ToolFailed, ToolTimedOut

POLL_SECONDS = 0.05
DONE, STARTED, BUSY = 200, 202, 409
"""HTTP statuses: what was asked for is there, is under way, or must wait."""
_SUBNET = {
    "state_config": "New",
    "instruction_config": "Production",
    # Servers before 10.
    "dts_flag": "Enabled",
}
_INSTANCE = {
    "subnet_config_set": {
        # The subnet of the root key, which certificates need.
        "nns": _SUBNET,
        "sns": None,
        "ii": None,
        "fiduciary": None,
        "bitcoin": None,
        "system": [],
        "application": [_SUBNET],
        "verified_application": [],
        # Servers after 10.
        "cloud_engine": [],
    },
    "state_dir": None,
    # Servers before 10.
    "nonmainnet_features": False,
}


@dataclass(frozen=True, slots=True)
class PocketIcClient:
    """Speaks to one PocketIC server; a connection a request."""

    url: str
    timeout_seconds: float
    """For each request, and for what it sets off."""

    def create_instance(self) -> int:
        """Makes an Internet Computer with one application subnet; returns its number.

        Raises:
            ToolFailed: the server refuses or answers something else.
            ToolTimedOut: it does not answer in time.
        """
        return self._created("/instances", _INSTANCE, "instance_id")

    def progress_by_itself(self, instance: int) -> None:
        """Has an instance run rounds and move its time by itself.

        Raises:
            ToolFailed: the server refuses or answers something else.
            ToolTimedOut: it does not answer in time.
        """
        self._post(f"/instances/{instance}/auto_progress", {"artificial_delay_ms": None})

    def open_gateway(self, instance: int, port: int | None) -> int:
        """Serves an instance over HTTP, on 127.0.0.1; returns the port.

        Raises:
            ToolFailed: the server refuses, or the port is taken.
            ToolTimedOut: it does not answer in time.
        """
        gateway = {
            "ip_addr": "127.0.0.1",
            "port": port or None,
            "forward_to": {"PocketIcInstance": instance},
            "domains": None,
            "https_config": None,
        }
        return self._created("/http_gateway", gateway, "port")

    def _created(self, path: str, body: dict[str, Any], member: str) -> int:
        answer = self._post(path, body)
        try:
            return int(answer["Created"][member])
        except (LookupError, TypeError, ValueError) as error:
            shown = json.dumps(answer)[:500]
            raise ToolFailed(f"PocketIC answered {shown} to POST {path}") from error

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        """The answer; where it takes longer, what the server keeps of it for later."""
        deadline = time.monotonic() + self.timeout_seconds
        status, answer = self._request("POST", path, body)
        while status in (STARTED, BUSY):
            if time.monotonic() > deadline:
                raise ToolTimedOut(
                    f"PocketIC did not finish POST {path} in {self.timeout_seconds:g} seconds"
                )
            time.sleep(POLL_SECONDS)
            if status == BUSY:
                # With something else: this was not begun.
                status, answer = self._request("POST", path, body)
                continue
            known, result = self._request("GET", _result_path(answer))
            if known == DONE:
                status, answer = known, result
        if status >= 300:
            reason = answer.get("Error", answer) if isinstance(answer, dict) else answer
            message = reason.get("message", reason) if isinstance(reason, dict) else reason
            raise ToolFailed(f"PocketIC refused POST {path} with HTTP {status}: {message}")
        return answer

    def _request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        import http.client

        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(
            address.hostname or "", address.port, timeout=self.timeout_seconds
        )
        content = None if body is None else json.dumps(body)
        headers = {"content-type": "application/json"}
        try:
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text else None
        except TimeoutError as error:
            raise ToolTimedOut(
                f"PocketIC did not answer {method} {path} in {self.timeout_seconds:g} seconds"
            ) from error
        except ValueError:
            return response.status, text.decode("utf-8", "replace")[:500]
        except (OSError, http.client.HTTPException) as error:
            raise ToolFailed(f"no answer from PocketIC to {method} {path}: {error}") from error
        finally:
            connection.close()


def _result_path(started: Any) -> str:
    """Where the server keeps the result of something that is under way."""
    try:
        return f"/read_graph/{started['state_label']}/{started['op_id']}"
    except (LookupError, TypeError) as error:
        raise ToolFailed(f"PocketIC does not say where its result will be: {started!r}") from error
