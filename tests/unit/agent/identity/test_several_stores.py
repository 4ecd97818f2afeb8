"""One name in several stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from ic_factory.agent.identity import (
    AmbiguousIdentity,
    IdentityError,
    create_identity,
    find_identity,
    import_pem,
)
from tests.unit.agent.identity.homes import (
    ALICE,
    PASSWORD,
    Asked,
    dfx,
    put,
    put_encrypted,
)
from tests.unit.agent.identity.published import (
    DFX_KEY,
    DFX_PRINCIPAL,
    ENCRYPTED_PASSWORD,
)


def test_one_name_for_one_key_is_not_ambiguous(home: Path) -> None:
    create_identity("other")
    import_pem("alice", DFX_KEY)
    put(dfx(home, "alice") / "identity.pem", DFX_KEY)
    assert find_identity("alice").sender().to_str() == DFX_PRINCIPAL


def test_one_name_for_two_keys_is_ambiguous(home: Path) -> None:
    made = create_identity("alice")
    put(dfx(home, "alice") / "identity.pem", DFX_KEY)
    with pytest.raises(AmbiguousIdentity) as caught:
        find_identity("alice")
    for part in (f"own:alice ({made.sender()})", f"dfx:alice ({DFX_PRINCIPAL})"):
        assert part in str(caught.value)
    assert find_identity("own:alice").sender() == made.sender()
    assert find_identity("dfx:alice").sender().to_str() == DFX_PRINCIPAL


def test_a_key_that_can_not_be_compared_is_ambiguous(home: Path) -> None:
    import_pem("alice", DFX_KEY)
    put_encrypted(home)
    with pytest.raises(AmbiguousIdentity, match=r"dfx:alice \(encrypted, not known who\)"):
        find_identity("alice", Asked(ENCRYPTED_PASSWORD))


def test_nothing_that_goes_wrong_shows_a_secret(home: Path) -> None:
    secrets = [ALICE.privkey, PASSWORD, DFX_KEY.splitlines()[1], ENCRYPTED_PASSWORD]
    put(dfx(home, "cut") / "identity.pem", DFX_KEY[:120])
    put(dfx(home, "json") / "identity.json", DFX_KEY)
    put_encrypted(home)
    create_identity("own", password=Asked("what it was"))
    for name in ("cut", "json", "alice", "own", "none"):
        with pytest.raises(IdentityError) as caught:
            find_identity(name, Asked())
        said = f"{caught.value!r} {caught.value.__cause__!r}"
        assert [secret for secret in secrets if secret in said] == []
