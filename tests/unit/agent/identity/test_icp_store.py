"""Identities that icp-cli has stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ic_factory.agent.identity import (
    DelegateIdentity,
    DelegationExpired,
    DelegationInvalid,
    Identity,
    IdentityEntry,
    StoreUnusable,
    UnsupportedStorage,
    delegate,
    find_identity,
    list_identities,
)
from ic_factory.protocol.principal import Principal
from tests.unit.agent.identity.homes import (
    ALICE,
    ANONYMOUS,
    END,
    PASSWORD,
    Asked,
    brief,
    icp,
    pem_spec,
    put,
    put_icp,
)
from tests.unit.agent.identity.published import (
    DFX_KEY,
    DFX_PRINCIPAL,
)


def test_icp_clis_identities_are_found(home: Path) -> None:
    path = put(icp(home) / "keys" / "alice.pem", ALICE.to_pem())
    put(icp(home) / "keys" / "bob.pem", ALICE.to_pem(PASSWORD))
    put_icp(
        home, anonymous={"kind": "anonymous"}, alice=pem_spec(ALICE), bob=pem_spec(ALICE, "pbes2")
    )
    put(icp(home) / "identity_defaults.json", {"v": 1, "default": "alice"})
    for name in ("alice", "icp:alice"):
        assert find_identity(name).sender() == ALICE.sender()
    asked = Asked()
    assert find_identity("bob", asked).sender() == ALICE.sender()
    assert asked.what_for == ["icp:bob"]
    assert find_identity("icp:anonymous").sender() == ANONYMOUS
    entries = list_identities()
    assert entries[0] == IdentityEntry("alice", "icp", "plaintext", ALICE.sender(), path, True)
    assert brief(entries)[1:] == [
        ("icp:anonymous", "anonymous", ANONYMOUS),
        ("icp:bob", "encrypted", ALICE.sender()),
    ]


def test_icp_clis_store_is_in_the_users_data_by_default(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ICP_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setattr("sys.platform", "linux")
    folder = home / "data" / "icp-cli" / "identity"
    put(folder / "identity_list.json", {"v": 1, "identities": {"alice": pem_spec(ALICE)}})
    put(folder / "keys" / "alice.pem", ALICE.to_pem())
    assert find_identity("icp:alice").sender() == ALICE.sender()


def delegated(home: Path, kind: str, end: int = END) -> Identity:
    session = Identity.generate("p256")
    principal = ALICE.sender().to_str()
    storage = {"kind": "pem", "format": "plaintext"}
    put_icp(home, web={"kind": kind, "principal": principal, "storage": storage})
    put(icp(home) / "keys" / "web.pem", session.to_pem())
    chain = delegate(ALICE, session.der_pubkey, end)
    put(icp(home) / "delegations" / "web.json", chain.to_json())
    return session


@pytest.mark.parametrize("kind", ["web-auth", "internet-identity", "delegation"])
def test_icp_clis_delegations_are_opened(home: Path, kind: str) -> None:
    session = delegated(home, kind)
    found = find_identity("web", clock=lambda: END)
    assert isinstance(found, DelegateIdentity)
    assert found.sender() == ALICE.sender()
    assert found.identity.privkey == session.privkey
    assert brief(list_identities()) == [("icp:web", "delegation", ALICE.sender())]


@pytest.mark.parametrize(
    ("kind", "command"), [("web-auth", "reauth web"), ("delegation", "delegation request")]
)
def test_a_delegation_that_is_over_says_how_to_get_another(
    home: Path, kind: str, command: str
) -> None:
    delegated(home, kind, 1)
    with pytest.raises(DelegationExpired, match=f"icp identity {command}"):
        find_identity("web")


def test_a_damaged_delegation_is_told_with_its_path(home: Path) -> None:
    delegated(home, "web-auth")
    put(icp(home) / "delegations" / "web.json", "{}")
    with pytest.raises(DelegationInvalid, match=r"web\.json"):
        find_identity("web")


@pytest.mark.parametrize(
    ("spec", "kind", "said"),
    [
        ({"kind": "keyring"}, "keyring", "icp identity export alice > alice.pem"),
        ({"kind": "hsm", "module": "x.so", "slot": 0, "key-id": "ab"}, "hsm", "HSM"),
        ({"kind": "web-auth", "storage": {"kind": "keyring"}}, "keyring", "--storage"),
        ({"kind": "pending-delegation"}, "pending", "icp identity delegation use alice"),
    ],
)
def test_keys_that_icp_cli_alone_reaches_are_told(
    home: Path, spec: dict[str, Any], kind: str, said: str
) -> None:
    put_icp(home, alice={**spec, "principal": ALICE.sender().to_str()})
    with pytest.raises(UnsupportedStorage, match=said):
        find_identity("alice")
    assert brief(list_identities()) == [("icp:alice", kind, ALICE.sender())]


@pytest.mark.parametrize(
    "spec", [7, {}, {"kind": "new"}, {"kind": "pem", "format": "new"}, {"kind": ["pem"]}]
)
def test_what_icp_clis_list_says_and_is_not_known_is_told(home: Path, spec: Any) -> None:
    put_icp(home, alice=spec)
    with pytest.raises(StoreUnusable, match="icp:alice"):
        find_identity("alice")
    assert brief(list_identities()) == [("icp:alice", "unreadable", None)]


@pytest.mark.parametrize("content", [{}, {"v": 2, "identities": {}}, {"v": 1, "identities": []}])
def test_a_list_of_another_version_or_form_is_told(home: Path, content: dict[str, Any]) -> None:
    put(icp(home) / "identity_list.json", content)
    with pytest.raises(StoreUnusable, match=r"identity_list\.json"):
        find_identity("icp:alice")
    with pytest.raises(StoreUnusable, match=r"identity_list\.json"):
        list_identities()


def test_a_key_that_contradicts_the_list_is_told(home: Path) -> None:
    put_icp(home, alice=pem_spec(ALICE))
    put(icp(home) / "keys" / "alice.pem", DFX_KEY)
    with pytest.raises(StoreUnusable, match=DFX_PRINCIPAL):
        find_identity("alice")


def test_a_name_in_the_list_leads_nowhere_else(home: Path) -> None:
    put(home / "icp" / "identity" / "evil.pem", ALICE.to_pem())
    put_icp(home, **{"../evil": pem_spec(ALICE)})
    with pytest.raises(StoreUnusable, match="out of the store"):
        find_identity("icp:../evil")
    assert brief(list_identities()) == [("icp:../evil", "unreadable", ALICE.sender())]


def test_the_anonymous_one_may_have_another_name(home: Path) -> None:
    put_icp(home, nobody={"kind": "anonymous"})
    assert find_identity("nobody").sender() == Principal.anonymous()
    assert brief(list_identities()) == [("icp:nobody", "anonymous", Principal.anonymous())]
