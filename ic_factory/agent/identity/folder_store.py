"""A store with a folder an identity, as dfx has it.

identity.json                         {"default": name}
identity/<name>/identity.pem          the key
identity/<name>/identity.pem.encrypted  or the key, encrypted, see `encrypted_pem`
identity/<name>/identity.json         how the key is kept, if it is not in identity.pem
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ic_factory.agent.identity import encrypted_pem, private_files
from ic_factory.agent.identity.encrypted_pem import EncryptionParameters
from ic_factory.agent.identity.entry import ANONYMOUS, IdentityEntry, Kind, StoreName
from ic_factory.agent.identity.errors import (
    IdentityError,
    IdentityNotFound,
    PasswordNeeded,
    StoreUnusable,
    UnsupportedStorage,
)
from ic_factory.agent.identity.identity import Identity
from ic_factory.agent.identity.keys import SecretKey
from ic_factory.agent.identity.pem import Password, is_encrypted, read_pem
from ic_factory.protocol.principal import Principal

PEM = "identity.pem"
ENCRYPTED_PEM = "identity.pem.encrypted"
SETTINGS = "identity.json"
FOLDER = "identity"

TEMPORARY = "___temp___"
"""Prefix of folders that are being made or removed; dfx passes over them as well."""

_TEMPORARY = (TEMPORARY, "___s_temp___")


@dataclass(frozen=True, slots=True)
class FolderStore:
    """dfx's store, or one of its layout.

    Attributes:
        name: Which store.
        root: The folder with `identity.json` and `identity`.
    """

    name: StoreName
    root: Path

    @property
    def folder(self) -> Path:
        """Where the identities are."""
        return self.root / FOLDER

    def names(self) -> list[str]:
        """The names of the identities there are, sorted; `anonymous` where the tool was used.

        Raises:
            StoreUnusable: The folder can't be read.
        """
        try:
            found = [path.name for path in self.folder.iterdir() if self.has(path.name)]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise private_files.unusable(self.folder, error) from error
        return sorted({*found, ANONYMOUS})

    def has(self, name: str) -> bool:
        """Whether there is an identity of this name.

        Raises:
            StoreUnusable: Its folder can't be looked into.
        """
        if not name or Path(name).name != name or name.startswith(_TEMPORARY):
            return False
        files = [self.folder / name / file for file in (PEM, ENCRYPTED_PEM, SETTINGS)]
        try:
            return any(path.is_file() for path in files)
        except OSError as error:
            raise private_files.unusable(self.folder / name, error) from error

    def default(self) -> str | None:
        """The name of the identity that the tool uses when nothing else is said, if it says so."""
        path = self.root / SETTINGS
        name = private_files.read_json(path).get("default") if path.is_file() else None
        return name if isinstance(name, str) else None

    def entry(self, name: str) -> IdentityEntry:
        """What is known of an identity without opening it; it need not be readable."""
        kind, principal, path = self._description(name)
        try:
            is_default = self.default() == name
        except StoreUnusable:
            is_default = False
        return IdentityEntry(name, self.name, kind, principal, path, is_default)

    def open(self, name: str, password: Password | None) -> Identity:
        """Opens an identity.

        Raises:
            IdentityNotFound: There is none of this name.
            UnsupportedStorage: Its key is in a keyring or an HSM.
            StoreUnusable: A file of it can't be read, or is damaged.
            UnreadablePem: The file with its key holds none that the IC knows.
            PasswordNeeded: Its key is encrypted, and there is nobody to ask.
            WrongPassword: The password does not open it.
        """
        if name == ANONYMOUS:
            return Identity(anonymous=True)
        if not self.has(name):
            raise IdentityNotFound(f"{self.name}:{name}: there is no such identity in {self.root}")
        return Identity.of(self._key(name, password))

    def _key(self, name: str, password: Password | None) -> SecretKey:
        where = f"{self.name}:{name}"
        settings = self._settings(name)
        _check_storage(settings, name, where)
        parameters = settings.get("encryption")
        if parameters is None:
            return private_files.read_key(self.folder / name / PEM, password, where)
        encrypted = private_files.read(self.folder / name / ENCRYPTED_PEM)
        opening = EncryptionParameters.from_json(parameters, where)
        if password is None:
            raise PasswordNeeded(f"{where}: the key is encrypted, and no password was given")
        pem = encrypted_pem.decrypt(encrypted, opening, password(where), where)
        return read_pem(pem, None, where)

    def _settings(self, name: str) -> dict[str, Any]:
        path = self.folder / name / SETTINGS
        return private_files.read_json(path) if path.is_file() else {}

    def _description(self, name: str) -> tuple[Kind, Principal | None, Path | None]:
        if name == ANONYMOUS:
            return "anonymous", Principal.anonymous(), None
        folder = self.folder / name
        try:
            settings = self._settings(name)
            for field, kind, file in _KINDS:
                if settings.get(field) is not None:
                    return kind, None, folder / file
            pem = private_files.read(folder / PEM)
            if is_encrypted(pem):
                return "encrypted", None, folder / PEM
            return "plaintext", read_pem(pem, None, name).principal, folder / PEM
        except IdentityError:
            return "unreadable", None, folder


_KINDS: tuple[tuple[str, Kind, str], ...] = (
    ("hsm", "hsm", SETTINGS),
    ("keyring_identity_suffix", "keyring", SETTINGS),
    ("encryption", "encrypted", ENCRYPTED_PEM),
)
"""The fields of `identity.json`, the kinds they stand for, and the files that matter then."""


def _check_storage(settings: dict[str, Any], name: str, where: str) -> None:
    if settings.get("hsm") is not None:
        raise UnsupportedStorage(
            f"{where}: its key is in an HSM, which can't be used from here, and can't be exported;"
            " sign a delegation to another identity, or take one with a key in a file"
        )
    if settings.get("keyring_identity_suffix") is not None:
        raise UnsupportedStorage(
            f"{where}: its key is in the system's keyring, which only dfx opens; export it by"
            f" `dfx identity export {name} > {name}.pem`, then"
            f" `ic-factory identity import {name} {name}.pem`"
        )
