"""Stores laid into a home, as the tools would."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from ic_factory.agent.identity import (
    Identity,
    IdentityEntry,
)
from ic_factory.protocol.principal import Principal
from tests.unit.agent.identity.published import (
    ENCRYPTED_DFX_KEY,
    ENCRYPTED_NONCE,
    ENCRYPTED_SALT,
)

END = 1_900_000_000_000_000_000
ALICE = Identity("01" * 32)
PASSWORD = "open sesame, please"
ANONYMOUS = Principal.anonymous()

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")


class Asked:
    """Gives a password and notes what for."""

    def __init__(self, password: str = PASSWORD) -> None:
        self.password = password
        self.what_for: list[str] = []

    def __call__(self, what_for: str) -> str:
        self.what_for.append(what_for)
        return self.password


def put(path: Path, content: str | bytes | dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, dict):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(0o600)
    return path


def dfx(home: Path, name: str) -> Path:
    return home / "dfx" / ".config" / "dfx" / "identity" / name


def icp(home: Path) -> Path:
    return home / "icp" / "identity"


def own(home: Path) -> Path:
    return home / ".config" / "ic-factory" / "identity"


def put_icp(home: Path, **specs: dict[str, Any]) -> None:
    put(icp(home) / "identity_list.json", {"v": 1, "identities": specs})


def pem_spec(identity: Identity, form: str = "plaintext") -> dict[str, Any]:
    principal = identity.sender().to_str()
    return {"kind": "pem", "format": form, "algorithm": identity.key_type, "principal": principal}


def brief(entries: tuple[IdentityEntry, ...]) -> list[tuple[str, str, Principal | None]]:
    return [(entry.full_name, entry.kind, entry.principal) for entry in entries]


def encrypted_settings() -> dict[str, Any]:
    encryption = {"pw_salt": ENCRYPTED_SALT, "file_nonce": list(ENCRYPTED_NONCE)}
    return {"hsm": None, "encryption": encryption, "keyring_identity_suffix": None}


def put_encrypted(home: Path, settings: dict[str, Any] | None = None) -> None:
    content = base64.b64decode(ENCRYPTED_DFX_KEY)
    put(dfx(home, "alice") / "identity.pem.encrypted", content)
    put(dfx(home, "alice") / "identity.json", settings or encrypted_settings())
