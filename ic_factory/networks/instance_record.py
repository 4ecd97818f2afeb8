"""What a running replica tells of itself to other processes of its user, as a JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class InstanceRecord:
    """A replica that runs, or ran."""

    process_id: int
    url: str
    token: str
    """Secret that allows to shut the replica down."""
    version: str

    def to_json(self) -> str:
        """The record as a JSON object."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> InstanceRecord:
        """The record in a JSON object.

        Raises:
            ValueError: it is no record.
        """
        fields = json.loads(text)
        if not isinstance(fields, dict):
            raise ValueError(f"expected a JSON object, found {type(fields).__name__}")
        process_id = fields.get("process_id")
        if type(process_id) is not int or process_id <= 0:
            raise ValueError("process_id is no positive integer")
        return cls(
            process_id, _text(fields, "url"), _text(fields, "token"), _text(fields, "version")
        )


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value
