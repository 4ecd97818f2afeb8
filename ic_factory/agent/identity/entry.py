"""What is known of a stored identity without opening it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ic_factory.protocol.principal import Principal

ANONYMOUS = "anonymous"
"""The name that all stores have for the caller who does not sign."""

StoreName = Literal["own", "dfx", "icp"]

Kind = Literal[
    "plaintext", "encrypted", "keyring", "hsm", "delegation", "pending", "anonymous", "unreadable"
]


@dataclass(frozen=True, slots=True)
class IdentityEntry:
    """An identity in a store.

    Attributes:
        name: Its name there.
        store: `own` (ic-factory's), `dfx` or `icp`.
        kind: How its key is kept: in a file, `plaintext` or `encrypted`; in the system's `keyring`;
            in an `hsm`; as a session key with a `delegation`, or one that is `pending`. `anonymous`
            has none, and of an `unreadable` one it can't be told.
        principal: Who it is, where that can be told without a password.
        path: The file with its key, or the one that says where it is; None if there is no file.
        is_default: Whether the store's tool uses it when nothing else is said.
    """

    name: str
    store: StoreName
    kind: Kind
    principal: Principal | None
    path: Path | None
    is_default: bool

    @property
    def signs(self) -> bool:
        """Whether it can sign here: it has a key, in a file."""
        return self.kind in ("plaintext", "encrypted", "delegation")

    @property
    def full_name(self) -> str:
        """Store and name, such as `dfx:alice`, which name no other."""
        return f"{self.store}:{self.name}"
