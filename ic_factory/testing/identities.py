"""Test identities: by name, the same in each run."""

from __future__ import annotations

import hashlib

from ic_factory.agent import Identity

_CONTEXT = "ic-factory test identity: "


class Identities:
    """Identities that are made when they are first asked for.

    The same name is the same principal everywhere, and its key no secret: give it nothing of worth.

        identities["alice"].sender()
    """

    def __init__(self) -> None:
        """Makes none yet."""
        self._made: dict[str, Identity] = {}

    def __getitem__(self, name: str) -> Identity:
        """The identity of that name; any name but `anonymous`, which is the anonymous caller."""
        if name not in self._made:
            self._made[name] = _identity(name)
        return self._made[name]


def _identity(name: str) -> Identity:
    if name == "anonymous":
        return Identity(anonymous=True)
    return Identity(hashlib.sha256(f"{_CONTEXT}{name}".encode()).hexdigest())
