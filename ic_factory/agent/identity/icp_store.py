"""icp-cli's store.

identity/identity_list.json      names, how their keys are kept, and their principals
identity/identity_defaults.json  {"v": 1, "default": name}
identity/keys/<name>.pem         the key, or the session key of a delegation
identity/delegations/<name>.json the chain of delegations
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import platformdirs

from ic_factory.agent.identity import private_files
from ic_factory.agent.identity.delegate_identity import DelegateIdentity
from ic_factory.agent.identity.delegation_chain import DelegationChain
from ic_factory.agent.identity.entry import ANONYMOUS, IdentityEntry, Kind
from ic_factory.agent.identity.errors import (
    DelegationExpired,
    DelegationInvalid,
    IdentityNotFound,
    StoreUnusable,
    UnsupportedStorage,
)
from ic_factory.agent.identity.identity import Identity
from ic_factory.agent.identity.pem import Password
from ic_factory.errors import PrincipalError
from ic_factory.protocol.principal import Principal

VERSION = 1
"""Of the files; icp-cli refuses others as well."""

_DELEGATED = ("web-auth", "internet-identity", "delegation")
_FORMATS: dict[Any, Kind] = {"plaintext": "plaintext", "pbes2": "encrypted"}


def icp_store() -> IcpStore:
    """icp-cli's store of this user; `ICP_HOME` moves it, as it does for icp-cli."""
    return IcpStore(_data() / "identity")


def _data() -> Path:
    configured = os.environ.get("ICP_HOME")
    if configured:
        return Path(configured)
    if os.name == "nt":
        return platformdirs.user_data_path("icp-cli", False, roaming=True) / "data"
    name = "org.dfinity.icp-cli" if sys.platform == "darwin" else "icp-cli"
    return platformdirs.user_data_path(name)


@dataclass(frozen=True, slots=True)
class IcpStore:
    """icp-cli's store.

    Attributes:
        folder: The folder with the lists.
    """

    folder: Path
    name: Literal["icp"] = "icp"

    def names(self) -> list[str]:
        """The names of the identities there are, sorted.

        Raises:
            StoreUnusable: The list can't be read, or is damaged.
        """
        return sorted(self._list())

    def has(self, name: str) -> bool:
        """Whether there is an identity of this name.

        Raises:
            StoreUnusable: The list can't be read, or is damaged.
        """
        return name in self._list()

    def default(self) -> str | None:
        """The name of the identity that icp-cli uses when nothing else is said, if it says so."""
        path = self.folder / "identity_defaults.json"
        name = _read(path).get("default") if path.is_file() else None
        return name if isinstance(name, str) else None

    def entry(self, name: str) -> IdentityEntry:
        """What is known of an identity without opening it."""
        spec = self._list().get(name)
        try:
            is_default = self.default() == name
        except StoreUnusable:
            is_default = False
        kind = _kind(spec) if _stays_inside(name) else "unreadable"
        path = self._pem(name) if kind in ("plaintext", "encrypted", "delegation") else None
        return IdentityEntry(name, "icp", kind, _principal(spec), path, is_default)

    def open(self, name: str, password: Password | None, now: int) -> Identity | DelegateIdentity:
        """Opens an identity.

        Args:
            name: Its name.
            password: Asked if its key is encrypted.
            now: In nanoseconds since 1970; delegations that are over are refused.

        Raises:
            IdentityNotFound: There is none of this name.
            UnsupportedStorage: Its key is in a keyring or an HSM, or its delegation is pending.
            StoreUnusable: A file of it can't be read, is damaged, or contradicts the list.
            UnreadablePem: The file with its key holds none that the IC knows.
            PasswordNeeded: Its key is encrypted, and there is nobody to ask.
            WrongPassword: The password does not open it.
            DelegationInvalid: Its chain of delegations does not hold.
            DelegationExpired: Its chain of delegations is over.
        """
        spec = {"kind": ANONYMOUS} if name == ANONYMOUS else self._list().get(name)
        if spec is None:
            raise IdentityNotFound(f"icp:{name}: there is no such identity in {self.folder}")
        if _kind(spec) == "anonymous":
            return Identity(anonymous=True)
        _check_storage(spec, name)
        key = private_files.read_key(self._pem(name), password, f"icp:{name}")
        identity: Identity | DelegateIdentity = Identity.of(key)
        if spec["kind"] != "pem":
            identity = self._delegated(name, Identity.of(key), spec["kind"], now)
        _check_principal(identity, spec, name)
        return identity

    def _delegated(self, name: str, session: Identity, kind: str, now: int) -> DelegateIdentity:
        path = self.folder / "delegations" / f"{name}.json"
        try:
            chain = DelegationChain.from_json(private_files.read(path))
            return DelegateIdentity(session, chain, now=now)
        except DelegationInvalid as error:
            raise DelegationInvalid(f"{path}: {error}") from error
        except DelegationExpired as error:
            command = "delegation request" if kind == "delegation" else f"reauth {name}"
            raise DelegationExpired(
                f"icp:{name}: {error}; get a new one by `icp identity {command}`"
            ) from error

    def _pem(self, name: str) -> Path:
        if not _stays_inside(name):
            raise StoreUnusable(f"icp:{name}: the list has a name that leads out of the store")
        return self.folder / "keys" / f"{name}.pem"

    def _list(self) -> dict[str, Any]:
        path = self.folder / "identity_list.json"
        if not path.is_file():
            return {}
        identities = _read(path).get("identities")
        if type(identities) is not dict:
            raise StoreUnusable(f"{path} has no `identities`")
        return identities


def _stays_inside(name: str) -> bool:
    return Path(name).name == name


def _read(path: Path) -> dict[str, Any]:
    content = private_files.read_json(path)
    if content.get("v") != VERSION:
        raise StoreUnusable(f"{path} is of version {content.get('v')!r}; known is {VERSION}")
    return content


def _kind(spec: Any) -> Kind:
    """How a key is kept, by what the list says."""
    match spec:
        case {"kind": "anonymous"}:
            return "anonymous"
        case {"kind": "pem", "format": "plaintext" | "pbes2" as form}:
            return _FORMATS[form]
        case {"kind": "keyring"}:
            return "keyring"
        case {"kind": "hsm"}:
            return "hsm"
        case {"kind": "pending-delegation"}:
            return "pending"
        case {"kind": str(kind), "storage": {"kind": "keyring"}} if kind in _DELEGATED:
            return "keyring"
        case {"kind": str(kind), "storage": {"kind": "pem"}} if kind in _DELEGATED:
            return "delegation"
    return "unreadable"


def _principal(spec: Any) -> Principal | None:
    if _kind(spec) == "anonymous":
        return Principal.anonymous()
    text = spec.get("principal") if type(spec) is dict else None
    try:
        return None if text is None else Principal.from_str(text)
    except PrincipalError:
        return None


def _check_storage(spec: Any, name: str) -> None:
    where = f"icp:{name}"
    kind = _kind(spec)
    if kind == "unreadable":
        raise StoreUnusable(f"{where}: the list says of it what is not known here")
    if kind == "pending":
        raise UnsupportedStorage(
            f"{where}: its delegation is pending; complete it by"
            f" `icp identity delegation use {name}`"
        )
    if kind == "hsm":
        raise UnsupportedStorage(
            f"{where}: its key is in an HSM, which can't be used from here, and can't be exported;"
            " sign a delegation to another identity by `icp identity delegation sign`"
        )
    if kind == "keyring" and spec["kind"] in _DELEGATED:
        raise UnsupportedStorage(
            f"{where}: its session key is in the system's keyring, which only icp opens; link it"
            " anew with `--storage password` or `--storage plaintext`"
        )
    if kind == "keyring":
        raise UnsupportedStorage(
            f"{where}: its key is in the system's keyring, which only icp opens; export it by"
            f" `icp identity export {name} > {name}.pem`, then"
            f" `ic-factory identity import {name} {name}.pem`"
        )


def _check_principal(identity: Identity | DelegateIdentity, spec: Any, name: str) -> None:
    listed = _principal(spec)
    if listed is not None and listed != identity.sender():
        raise StoreUnusable(
            f"icp:{name}: the list says {listed}, but its key is of {identity.sender()}"
        )
