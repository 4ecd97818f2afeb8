"""A replica that a program of others runs, and what is noted of it as a JSON file."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict, dataclass
from enum import StrEnum
from urllib.parse import urlsplit

PROBE_SECONDS = 1.0


class ProviderName(StrEnum):
    """Who can run a replica."""

    EMBEDDED = "embedded"
    DFX = "dfx"
    POCKET_IC = "pocket-ic"
    ICP = "icp"


@dataclass(frozen=True, slots=True)
class ProvidedReplica:
    """A replica that was started for the user by a program of others."""

    provider: ProviderName
    url: str
    folder: str
    """Where the program was started: it stops what belongs to that folder."""
    process_id: int | None = None
    """Of the server, where there is no command to stop it."""

    def to_json(self) -> str:
        """The replica as a JSON object."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> ProvidedReplica:
        """The replica in a JSON object.

        Raises:
            ValueError: it is none.
        """
        fields = json.loads(text)
        if not isinstance(fields, dict):
            raise ValueError(f"expected a JSON object, found {type(fields).__name__}")
        process_id = fields.get("process_id")
        if process_id is not None and (type(process_id) is not int or process_id <= 0):
            raise ValueError("process_id is no positive integer")
        provider = ProviderName(_text(fields, "provider"))
        return cls(provider, _text(fields, "url"), _text(fields, "folder"), process_id)


def is_answering(url: str) -> bool:
    """Whether something takes connections at a URL's host and port."""
    try:
        address = urlsplit(url)
        port = address.port or (443 if address.scheme == "https" else 80)
        socket.create_connection((address.hostname or "", port), PROBE_SECONDS).close()
    except (OSError, ValueError):
        return False
    return True


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value
