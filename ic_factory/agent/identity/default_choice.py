"""Which identity acts where none is named."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from ic_factory.agent.identity import own_store, private_files
from ic_factory.agent.identity.entry import IdentityEntry
from ic_factory.agent.identity.errors import IdentityNotFound, UnsupportedStorage
from ic_factory.agent.identity.folder_store import SETTINGS
from ic_factory.agent.identity.lookup import list_identities

FIRST_IDENTITY = "default"
"""What the identity is called that is made where there is none."""


def default_identity() -> IdentityEntry | None:
    """The identity that acts where none is named; None where there is none that can sign.

    It is the one that was chosen in ic-factory's own store, else the one that is called `default`
    there, else dfx's own default, else icp-cli's.

    Raises:
        StoreUnusable: A store's folder or list can't be read, or is damaged.
    """
    entries = [each for each in list_identities() if each.signs]
    own = [each for each in entries if each.store == "own"]
    candidates = (
        *(each for each in own if each.is_default),
        *(each for each in own if each.name == FIRST_IDENTITY),
        *(each for each in entries if each.is_default),
    )
    return next(iter(candidates), None)


def choose_default(name: str) -> None:
    """Has an identity of ic-factory's own store act where none is named.

    Args:
        name: Its name, with `own:` or without.

    Raises:
        IdentityNotFound: There is none of this name.
        UnsupportedStorage: It is in another tool's store; import it, or name it each time.
        StoreUnusable: The choice can't be written.
    """
    if name.startswith(("dfx:", "icp:")):
        raise UnsupportedStorage(
            f"{name} is another tool's; name it with --identity, or in [tool.ic-factory] of"
            " pyproject.toml"
        )
    bare = name.removeprefix("own:")
    store = own_store.own_store()
    if not store.has(bare):
        raise IdentityNotFound(f"own:{bare}: there is no such identity in {store.root}")
    _write(store.root / SETTINGS, json.dumps({"default": bare}, indent=2))


def _write(path: Path, text: str) -> None:
    """Replaces a file at once."""
    try:
        # mkstemp gives its files mode 0600.
        descriptor, temporary = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except OSError as error:
        raise private_files.unusable(path, error) from error
