"""Identities by name, in ic-factory's own store, dfx's and icp-cli's."""

from __future__ import annotations

import time
from collections.abc import Callable

from ic_factory.agent.identity import own_store
from ic_factory.agent.identity.delegate_identity import DelegateIdentity
from ic_factory.agent.identity.dfx_store import dfx_store
from ic_factory.agent.identity.entry import ANONYMOUS, IdentityEntry
from ic_factory.agent.identity.errors import (
    AmbiguousIdentity,
    IdentityNotFound,
    UnsupportedStorage,
)
from ic_factory.agent.identity.folder_store import FolderStore
from ic_factory.agent.identity.icp_store import IcpStore, icp_store
from ic_factory.agent.identity.identity import Identity
from ic_factory.agent.identity.keys import SecretKey
from ic_factory.agent.identity.pem import Password, read_pem

Clock = Callable[[], int]
"""Tells the time in nanoseconds since 1970."""

_Store = FolderStore | IcpStore


def find_identity(
    name: str, password: Password | None = None, *, clock: Clock = time.time_ns
) -> Identity | DelegateIdentity:
    """Opens a stored identity.

    Args:
        name: `anonymous`; a name that is looked for in ic-factory's own store, then in dfx's, then
            in icp-cli's; or one with its store, such as `own:alice`, `dfx:alice`, `icp:alice`.
        password: Gets the identity's store and name, returns its password; asked only if its key is
            encrypted.
        clock: Delegations that are over by it are refused.

    Raises:
        IdentityNotFound: There is no identity of this name.
        AmbiguousIdentity: Several stores have one, and their keys are not known to be the same.
        UnsupportedStorage: Its key is in a keyring or an HSM; the message says how to export it.
        StoreUnusable: A file of a store can't be read, or is damaged.
        UnreadablePem: The file with its key holds none that the IC knows.
        PasswordNeeded: Its key is encrypted, and `password` is None.
        WrongPassword: The password does not open it.
        DelegationInvalid: Its chain of delegations does not hold.
        DelegationExpired: Its chain of delegations is over.
    """
    if name == ANONYMOUS:
        return Identity(anonymous=True)
    store, bare = _located(name)
    if isinstance(store, IcpStore):
        return store.open(bare, password, clock())
    return store.open(bare, password)


def list_identities() -> tuple[IdentityEntry, ...]:
    """All identities of ic-factory's own store, dfx's and icp-cli's; no password is asked.

    Those that can't be read are listed as `unreadable`.

    Raises:
        StoreUnusable: A store's folder or list can't be read, or is damaged.
    """
    return tuple(store.entry(name) for store in _stores() for name in store.names())


def create_identity(name: str, type: str = "ed25519", password: Password | None = None) -> Identity:
    """Makes an identity with a new key and keeps it in ic-factory's own store.

    Args:
        name: A name that is free there.
        type: `ed25519`, `secp256k1` or `p256`.
        password: Asked for the password to encrypt the key with; it is kept in the clear, in a file
            for its owner alone, where this is None.

    Raises:
        UnusableKey: There is no such type.
        BadIdentityName: No identity can be called this.
        IdentityExists: The name is taken.
        PasswordTooShort: The password has fewer than 9 characters.
        StoreUnusable: The files can't be written.
    """
    return _kept(name, SecretKey.generate(type), password)


def import_pem(
    name: str,
    pem: str | bytes,
    password: Password | None = None,
    *,
    pem_password: Password | None = None,
) -> Identity:
    """Keeps a key that there is in ic-factory's own store.

    Args:
        name: A name that is free there.
        pem: The key, in any form that `Identity.from_pem` reads.
        password: Asked for the password to encrypt the kept key with; as for `create_identity`.
        pem_password: Asked for the password that opens `pem`, if that is encrypted.

    Raises:
        UnreadablePem: There is no key in it, more than one, or one that isn't for the IC.
        PasswordNeeded: It is encrypted, and `pem_password` is None.
        WrongPassword: The password does not open it.
        BadIdentityName: No identity can be called this.
        IdentityExists: The name is taken.
        PasswordTooShort: The password has fewer than 9 characters.
        StoreUnusable: The files can't be written.
    """
    own_store.check_name(name)
    return _kept(name, read_pem(pem, pem_password, "the PEM"), password)


def remove_identity(name: str) -> None:
    """Removes an identity from ic-factory's own store; its key is lost.

    Args:
        name: Its name, with `own:` or without.

    Raises:
        IdentityNotFound: There is none of this name.
        UnsupportedStorage: It is in another tool's store.
        StoreUnusable: The files can't be removed.
    """
    prefix, _, bare = name.rpartition(":")
    if prefix in ("dfx", "icp"):
        command = "remove" if prefix == "dfx" else "delete"
        raise UnsupportedStorage(f"{name} is {prefix}'s; run `{prefix} identity {command} {bare}`")
    own_store.forget(name.removeprefix("own:"))


def _kept(name: str, key: SecretKey, password: Password | None) -> Identity:
    own_store.keep(name, key, password)
    return Identity.of(key)


def _stores() -> tuple[_Store, ...]:
    """In the order in which a name is looked for."""
    return own_store.own_store(), dfx_store(), icp_store()


def _located(name: str) -> tuple[_Store, str]:
    """The one store that has the identity, and its name there."""
    stores = _stores()
    prefix, _, bare = name.partition(":")
    for store in stores:
        if store.name == prefix and bare:
            return store, bare
    having = [store for store in stores if store.has(name)]
    if not having:
        raise IdentityNotFound(
            f"no identity is called {name!r}, in ic-factory's own store, dfx's or icp-cli's;"
            " `ic-factory identity list` shows those there are"
        )
    if len(having) > 1:
        _check_same([store.entry(name) for store in having])
    return having[0], name


def _check_same(entries: list[IdentityEntry]) -> None:
    principals = {entry.principal for entry in entries}
    if len(principals) == 1 and None not in principals:
        return
    listed = ", ".join(
        f"{entry.full_name} ({entry.principal or f'{entry.kind}, not known who'})"
        for entry in entries
    )
    raise AmbiguousIdentity(
        f"several identities are called {entries[0].name!r}: {listed}; say which one is meant"
    )
