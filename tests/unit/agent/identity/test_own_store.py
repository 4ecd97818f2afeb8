"""ic-factory's own store."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ic_factory.agent.identity import (
    BadIdentityName,
    Identity,
    IdentityEntry,
    IdentityExists,
    IdentityNotFound,
    PasswordNeeded,
    PasswordTooShort,
    StoreUnusable,
    UnreadablePem,
    UnsupportedStorage,
    WrongPassword,
    create_identity,
    find_identity,
    import_pem,
    list_identities,
    remove_identity,
)
from tests.unit.agent.identity.homes import (
    ALICE,
    ANONYMOUS,
    PASSWORD,
    Asked,
    brief,
    dfx,
    own,
    posix,
    put,
)
from tests.unit.agent.identity.published import (
    DFX_KEY,
    DFX_PRINCIPAL,
)


def test_a_home_without_stores_has_nobody(home: Path) -> None:
    assert list_identities() == ()
    assert find_identity("anonymous").sender() == ANONYMOUS
    with pytest.raises(IdentityNotFound, match=r"'alice'.*ic-factory identity list"):
        find_identity("alice")
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("key_type", ["ed25519", "secp256k1", "p256"])
def test_a_new_identity_is_found_by_its_name(home: Path, key_type: str) -> None:
    made = create_identity("alice", key_type)
    for name in ("alice", "own:alice"):
        found = find_identity(name)
        assert isinstance(found, Identity)
        assert found.privkey == made.privkey
    path = own(home) / "alice" / "identity.pem"
    assert list_identities() == (
        IdentityEntry("alice", "own", "plaintext", made.sender(), path, False),
        IdentityEntry("anonymous", "own", "anonymous", ANONYMOUS, None, False),
    )


def test_a_password_protects_a_new_identity(home: Path) -> None:
    made = create_identity("alice", password=Asked())
    assert brief(list_identities())[0] == ("own:alice", "encrypted", None)
    asked = Asked()
    assert find_identity("alice", asked).sender() == made.sender()
    assert asked.what_for == ["own:alice"]
    with pytest.raises(PasswordNeeded, match="own:alice"):
        find_identity("alice")
    with pytest.raises(WrongPassword, match="own:alice"):
        find_identity("alice", Asked("another one"))
    secret = bytes.fromhex(made.privkey)
    for path in own(home).rglob("identity*"):
        assert path.is_dir() or secret not in path.read_bytes()
    with pytest.raises(PasswordTooShort) as caught:
        create_identity("bob", password=Asked("8 chars!"))
    assert "8 chars!" not in str(caught.value)


def test_dfx_finds_a_folder_of_ours_that_is_moved_there(home: Path) -> None:
    made = create_identity("alice", "secp256k1", Asked())
    dfx(home, "").mkdir(parents=True)
    (own(home) / "alice").rename(dfx(home, "alice"))
    assert find_identity("dfx:alice", Asked()).sender() == made.sender()


@posix
def test_files_are_for_their_owner_alone(home: Path) -> None:
    mask = os.umask(0)
    try:
        create_identity("alice")
        create_identity("bob", password=Asked())
    finally:
        os.umask(mask)
    store = home / ".config" / "ic-factory"
    modes = {path: path.stat().st_mode & 0o777 for path in (store, *store.rglob("*"))}
    assert len(modes) == 7
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_name_that_is_taken_is_left_alone(home: Path) -> None:
    made = create_identity("alice")
    asked = Asked()
    with pytest.raises(IdentityExists, match="own:alice exists"):
        create_identity("alice", password=asked)
    assert asked.what_for == []
    assert find_identity("alice").sender() == made.sender()
    assert [path.name for path in own(home).iterdir()] == ["alice"]


def test_a_folder_that_appears_meanwhile_is_not_replaced(home: Path) -> None:
    foreign = own(home) / "alice" / "notes.txt"

    def meanwhile(what_for: str) -> str:
        put(foreign, "keep me")
        return PASSWORD

    with pytest.raises(IdentityExists):
        create_identity("alice", password=meanwhile)
    assert foreign.read_text() == "keep me"
    assert [path.name for path in own(home).iterdir()] == ["alice"]


def test_of_many_who_take_a_name_at_once_one_gets_it(home: Path) -> None:
    def take(_: int) -> Identity | None:
        try:
            return create_identity("alice")
        except IdentityExists:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [identity for identity in pool.map(take, range(24)) if identity is not None]
    assert [identity.sender() for identity in made] == [find_identity("alice").sender()]
    assert [path.name for path in own(home).iterdir()] == ["alice"]


def test_a_store_that_can_not_be_written_says_so(home: Path) -> None:
    put(home / ".config" / "ic-factory", "a file where the folder would be")
    with pytest.raises(StoreUnusable, match="ic-factory"):
        create_identity("alice")


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "a/b", "a\\b", "a:b", "anonymous", "-rf"),
        *(" a", "a ", "a.", "a\n", "a\0", "___temp___a", "x" * 65, "CON", "nul.pem"),
    ],
)
def test_a_name_that_could_do_harm_is_refused(home: Path, name: str) -> None:
    with pytest.raises(BadIdentityName):
        create_identity(name)
    with pytest.raises(BadIdentityName):
        import_pem(name, DFX_KEY)
    assert not own(home).exists()
    for store in ("own:", "dfx:", "icp:"):
        if name != "anonymous":
            with pytest.raises(IdentityNotFound):
                find_identity(store + name)


@pytest.mark.parametrize("name", ["chlöe", "d'artagnan", "ops@example.org", "a b", "7"])
def test_names_may_be_those_of_people(home: Path, name: str) -> None:
    assert create_identity(name).sender() == find_identity(name).sender()


def test_a_pem_is_imported(home: Path) -> None:
    assert import_pem("alice", DFX_KEY).sender().to_str() == DFX_PRINCIPAL
    assert find_identity("alice").sender().to_str() == DFX_PRINCIPAL


def test_the_passwords_of_pem_and_store_are_two(home: Path) -> None:
    pem = ALICE.to_pem("of the pem")
    with pytest.raises(PasswordNeeded):
        import_pem("alice", pem, Asked())
    import_pem("alice", pem, Asked(), pem_password=Asked("of the pem"))
    assert find_identity("alice", Asked()).sender() == ALICE.sender()


def test_what_is_no_pem_is_not_imported(home: Path) -> None:
    with pytest.raises(UnreadablePem):
        import_pem("alice", "no pem")
    assert list_identities() == ()


def test_a_removed_identity_is_gone(home: Path) -> None:
    create_identity("alice")
    create_identity("bob")
    remove_identity("alice")
    remove_identity("own:bob")
    assert list(own(home).iterdir()) == []
    for name in ("alice", "anonymous", "..", ""):
        with pytest.raises(IdentityNotFound):
            remove_identity(name)


@pytest.mark.parametrize(
    ("name", "command"),
    [("dfx:alice", "dfx identity remove"), ("icp:alice", "icp identity delete")],
)
def test_others_stores_are_left_to_their_tools(home: Path, name: str, command: str) -> None:
    with pytest.raises(UnsupportedStorage, match=f"{command} alice"):
        remove_identity(name)
