"""Identities that dfx has stored."""

from __future__ import annotations

import base64
import logging
from pathlib import Path
from typing import Any

import pytest

from ic_factory.agent.identity import (
    IdentityEntry,
    StoreUnusable,
    UnreadablePem,
    UnsupportedStorage,
    WrongPassword,
    encrypted_pem,
    find_identity,
    list_identities,
)
from ic_factory.protocol.principal import Principal
from tests.unit.agent.identity.homes import (
    ANONYMOUS,
    Asked,
    brief,
    dfx,
    posix,
    put,
    put_encrypted,
)
from tests.unit.agent.identity.published import (
    DFX_KEY,
    DFX_PRINCIPAL,
    ENCRYPTED_DFX_KEY,
    ENCRYPTED_NONCE,
    ENCRYPTED_PASSWORD,
    ENCRYPTED_SALT,
)


def test_dfxs_identities_are_found(home: Path) -> None:
    path = put(dfx(home, "alice") / "identity.pem", DFX_KEY)
    put(dfx(home, "bob") / "identity.pem", "damaged")
    put(dfx(home, "___temp___carol") / "identity.pem", DFX_KEY)
    put(dfx(home, "wallets only") / "wallets.json", "{}")
    put(home / "dfx" / ".config" / "dfx" / "identity.json", {"default": "alice"})
    for name in ("alice", "dfx:alice"):
        assert find_identity(name).sender().to_str() == DFX_PRINCIPAL
    principal = Principal.from_str(DFX_PRINCIPAL)
    entries = list_identities()
    assert entries[0] == IdentityEntry("alice", "dfx", "plaintext", principal, path, True)
    assert brief(entries)[1:] == [
        ("dfx:anonymous", "anonymous", ANONYMOUS),
        ("dfx:bob", "unreadable", None),
    ]
    with pytest.raises(UnreadablePem, match="dfx:bob"):
        find_identity("bob")


def test_dfxs_store_is_below_the_home_by_default(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DFX_CONFIG_ROOT")
    put(home / ".config" / "dfx" / "identity" / "alice" / "identity.pem", DFX_KEY)
    assert find_identity("dfx:alice").sender().to_str() == DFX_PRINCIPAL


def test_what_dfxs_crates_have_encrypted_is_opened(home: Path) -> None:
    put_encrypted(home)
    asked = Asked(ENCRYPTED_PASSWORD)
    assert find_identity("alice", asked).sender().to_str() == DFX_PRINCIPAL
    assert asked.what_for == ["dfx:alice"]
    assert list_identities()[0].kind == "encrypted"


def test_what_is_encrypted_is_what_dfxs_crates_make_of_it() -> None:
    parameters = encrypted_pem.EncryptionParameters(ENCRYPTED_SALT, ENCRYPTED_NONCE)
    written = encrypted_pem.encrypt(DFX_KEY.encode(), parameters, ENCRYPTED_PASSWORD)
    assert written == base64.b64decode(ENCRYPTED_DFX_KEY)


def test_each_encryption_has_its_own_salt_and_nonce() -> None:
    first, second = (encrypted_pem.EncryptionParameters.generate() for _ in range(2))
    assert first.pw_salt != second.pw_salt
    assert first.file_nonce != second.file_nonce
    assert len(first.pw_salt) == 64


@pytest.mark.parametrize(
    "encryption",
    [
        7,
        {},
        {"pw_salt": ENCRYPTED_SALT},
        {"pw_salt": "!", "file_nonce": list(ENCRYPTED_NONCE)},
        {"pw_salt": "b4f0", "file_nonce": list(ENCRYPTED_NONCE)},
        {"pw_salt": 7, "file_nonce": list(ENCRYPTED_NONCE)},
        {"pw_salt": ENCRYPTED_SALT, "file_nonce": [1, 2]},
        {"pw_salt": ENCRYPTED_SALT, "file_nonce": [300] * 12},
    ],
)
def test_damaged_parameters_of_encryption_are_told(home: Path, encryption: Any) -> None:
    put_encrypted(home, {"encryption": encryption})
    asked = Asked()
    with pytest.raises(StoreUnusable, match="dfx:alice"):
        find_identity("alice", asked)
    assert asked.what_for == []


def test_a_damaged_encrypted_file_is_told(home: Path) -> None:
    put_encrypted(home)
    path = dfx(home, "alice") / "identity.pem.encrypted"
    put(path, bytes(100))
    with pytest.raises(WrongPassword):
        find_identity("alice", Asked())
    put(path, b"short")
    with pytest.raises(StoreUnusable, match="cut off"):
        find_identity("alice", Asked())
    path.unlink()
    with pytest.raises(StoreUnusable, match=r"identity\.pem\.encrypted"):
        find_identity("alice", Asked())


@pytest.mark.parametrize("content", ["", "{", "[]", "[" * 100_000, b"\xff\xfe", "x" * (1 << 21)])
def test_damaged_settings_are_told(home: Path, content: str | bytes) -> None:
    put(dfx(home, "alice") / "identity.json", content)
    with pytest.raises(StoreUnusable, match=r"identity\.json"):
        find_identity("alice")
    assert brief(list_identities())[0] == ("dfx:alice", "unreadable", None)


@pytest.mark.parametrize(
    ("settings", "kind", "said"),
    [
        ({"keyring_identity_suffix": "alice"}, "keyring", "dfx identity export alice > alice.pem"),
        ({"hsm": {"pkcs11_lib_path": "x.so", "key_id": "ab"}}, "hsm", "HSM"),
    ],
)
def test_keys_that_dfx_alone_reaches_are_told(
    home: Path, settings: dict[str, Any], kind: str, said: str
) -> None:
    put(dfx(home, "alice") / "identity.json", settings)
    with pytest.raises(UnsupportedStorage, match=said):
        find_identity("alice")
    assert brief(list_identities())[0] == ("dfx:alice", kind, None)


@posix
def test_a_key_that_others_can_read_is_warned_of(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = put(dfx(home, "alice") / "identity.pem", DFX_KEY)
    with caplog.at_level(logging.WARNING, "ic_factory"):
        find_identity("alice")
        assert caplog.messages == []
        path.chmod(0o644)
        list_identities()
        assert caplog.messages == []
        find_identity("alice")
    assert caplog.messages == [f"the key in {path} can be read by others; run chmod 600 on it"]
