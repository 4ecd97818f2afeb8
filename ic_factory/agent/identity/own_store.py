"""ic-factory's own store, in dfx's layout, so that its folders can be taken over there."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path

import platformdirs

from ic_factory.agent.identity import encrypted_pem, private_files
from ic_factory.agent.identity.encrypted_pem import EncryptionParameters
from ic_factory.agent.identity.entry import ANONYMOUS
from ic_factory.agent.identity.errors import (
    BadIdentityName,
    IdentityExists,
    IdentityNotFound,
    PasswordTooShort,
)
from ic_factory.agent.identity.folder_store import (
    ENCRYPTED_PEM,
    PEM,
    SETTINGS,
    TEMPORARY,
    FolderStore,
)
from ic_factory.agent.identity.keys import SecretKey
from ic_factory.agent.identity.pem import Password, write_pem

MIN_PASSWORD_LENGTH = 9
"""Characters; dfx takes no fewer."""

MAX_NAME_LENGTH = 64

_REMOVED = "removed"
_NAME = re.compile(r"[\w@+][\w@+.' -]*")
_WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def own_store() -> FolderStore:
    """The store of this user."""
    return FolderStore("own", platformdirs.user_config_path("ic-factory"))


def check_name(name: str) -> None:
    """Checks that an identity can be called this.

    Raises:
        BadIdentityName: It can't.
    """
    fits = _NAME.fullmatch(name) and len(name) <= MAX_NAME_LENGTH and name == name.strip(" .")
    reserved = name == ANONYMOUS or name.startswith("___") or _WINDOWS_DEVICES.fullmatch(name)
    if not fits or reserved:
        raise BadIdentityName(
            f"{name[:80]!r} can't be an identity's name: it has letters, digits and _ @ + . ' -"
            f" and blanks, at most {MAX_NAME_LENGTH}, and is not {ANONYMOUS!r}"
        )


def keep(name: str, key: SecretKey, password: Password | None) -> None:
    """Keeps a key under a name that is free; whole, or not at all.

    Args:
        name: The name.
        key: The key.
        password: Asked for the password to encrypt it with; None to keep it in the clear.

    Raises:
        BadIdentityName: No identity can be called this.
        IdentityExists: The name is taken.
        PasswordTooShort: The password has fewer than 9 characters.
        StoreUnusable: The files can't be written.
    """
    check_name(name)
    store = own_store()
    if store.has(name):
        raise IdentityExists(_taken(name, store))
    files = _plain_files(key) if password is None else _encrypted_files(name, key, password)
    try:
        _put(store, name, files)
    except OSError as error:
        raise private_files.unusable(store.folder, error) from error


def forget(name: str) -> None:
    """Removes an identity; its key is lost.

    Raises:
        IdentityNotFound: There is none of this name.
        StoreUnusable: The files can't be removed.
    """
    store = own_store()
    if not store.has(name):
        raise IdentityNotFound(f"own:{name}: there is no such identity in {store.root}")
    try:
        aside = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=store.folder))
        (store.folder / name).rename(aside / _REMOVED)
        shutil.rmtree(aside)
    except OSError as error:
        raise private_files.unusable(store.folder / name, error) from error


def _plain_files(key: SecretKey) -> dict[str, bytes]:
    return {PEM: write_pem(key)}


def _encrypted_files(name: str, key: SecretKey, password: Password) -> dict[str, bytes]:
    word = password(f"own:{name}")
    if len(word) < MIN_PASSWORD_LENGTH:
        raise PasswordTooShort(
            f"own:{name}: a password has at least {MIN_PASSWORD_LENGTH} characters"
        )
    parameters = EncryptionParameters.generate()
    settings = {
        "hsm": None,
        "encryption": parameters.to_json(),
        "keyring_identity_suffix": None,
    }
    return {
        ENCRYPTED_PEM: encrypted_pem.encrypt(write_pem(key), parameters, word),
        SETTINGS: json.dumps(settings, indent=2).encode(),
    }


def _put(store: FolderStore, name: str, files: dict[str, bytes]) -> None:
    """Makes the folder aside and gives it its name when it is whole."""
    for folder in (store.root, store.folder):
        folder.mkdir(mode=private_files.DIRECTORY_MODE, parents=True, exist_ok=True)
    # mkdtemp gives its folders mode 0700.
    aside = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=store.folder))
    try:
        for file, content in files.items():
            private_files.write(aside / file, content)
        _rename(aside, store, name)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _rename(aside: Path, store: FolderStore, name: str) -> None:
    try:
        aside.rename(store.folder / name)
    except OSError as error:
        # Somebody else was faster: a folder that is not empty is not replaced.
        if (store.folder / name).exists():
            raise IdentityExists(_taken(name, store)) from error
        raise


def _taken(name: str, store: FolderStore) -> str:
    return f"own:{name} exists already, in {store.folder / name}; remove it, or take another name"
