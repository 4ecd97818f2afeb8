"""Specification: "Certified data"."""

from __future__ import annotations

import pytest

from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.certificate_verification import certified_time, verify_for_canister
from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.canisters import (
    SECOND,
    Universal,
    certified_data,
    manage,
    rejected,
    replied,
)

NOTHING = Program().reply().code
PRESENT = Program().reply_int(Program().data_certificate_present(), 1)


def test_it_is_empty_at_first(alice: Universal) -> None:
    assert certified_data(alice) == b""


@pytest.mark.parametrize("data", [b"", b"x", b"\0" * 32])
def test_what_was_set_last_is_certified(replica: Replica, alice: Universal, data: bytes) -> None:
    alice.do(Program().set_certified_data(b"first").set_certified_data(data))
    assert certified_data(alice) == data


def test_the_certificate_verifies_and_is_fresh(replica: Replica, alice: Universal) -> None:
    alice.do(Program().set_certified_data(b"data"))
    replica.advance_time(10 * SECOND)
    replica.tick()
    certificate = Certificate.decode(alice.ask(Program().data_certificate()))
    verify_for_canister(certificate, replica.root_key, alice.canister_id)
    assert certified_time(certificate) == replica.now


def test_more_than_32_bytes_trap(alice: Universal) -> None:
    payload = alice.update(Program().set_certified_data(bytes(33)).reply())
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION, "32 bytes", 33)


def test_canisters_certify_apart(alice: Universal, bob: Universal) -> None:
    alice.do(Program().set_certified_data(b"alice"))
    bob.do(Program().set_certified_data(b"bob"))
    assert (certified_data(alice), certified_data(bob)) == (b"alice", b"bob")


def test_callbacks_certify(alice: Universal, bob: Universal) -> None:
    on_reply = Program().set_certified_data(b"by a callback").reply()
    replied(alice.update(Program().call(bob.bytes, "query", NOTHING, on_reply=on_reply)))
    assert certified_data(alice) == b"by a callback"


@pytest.mark.parametrize("method", ["query", "composite_query"])
def test_a_query_has_a_certificate(alice: Universal, method: str) -> None:
    assert replied(alice.query(PRESENT, method)) == b"\x01"


@pytest.mark.parametrize("method", ["update", "query"])
def test_replicated_messages_have_none(alice: Universal, method: str) -> None:
    assert replied(alice.update(PRESENT, method)) == b"\0"


def test_asking_for_a_certificate_that_there_is_not_traps(alice: Universal) -> None:
    for method in ("update", "query"):
        payload = alice.update(Program().reply(Program().data_certificate()), method)
        rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION)


def test_callees_and_callbacks_of_a_composite_query_have_none(
    alice: Universal, bob: Universal
) -> None:
    for method in ("query", "composite_query"):
        assert (
            replied(alice.composite_query(Program().call(bob.bytes, method, PRESENT.code))) == b"\0"
        )
    on_reply = Program().call(bob.bytes, "query", NOTHING, on_reply=PRESENT)
    assert replied(alice.composite_query(on_reply)) == b"\0"
    ask = Program().reply(Program().data_certificate())
    asking = Program().call(bob.bytes, "query", NOTHING, on_reply=ask)
    rejected(alice.composite_query(asking), ErrorCode.CANISTER_CONTRACT_VIOLATION)


def test_a_canister_that_queries_itself_has_a_certificate_there_too(alice: Universal) -> None:
    program = Program().call(alice.bytes, "query", PRESENT.code)
    assert replied(alice.composite_query(program)) == b"\x01"


def test_an_upgrade_keeps_it(alice: Universal) -> None:
    alice.do(Program().set_certified_data(b"kept"))
    replied(alice.install(Program(), "upgrade"))
    assert certified_data(alice) == b"kept"


def test_a_reinstallation_empties_it(alice: Universal) -> None:
    alice.do(Program().set_certified_data(b"gone"))
    replied(alice.install(Program(), "reinstall"))
    assert certified_data(alice) == b""


@pytest.mark.parametrize("mode", ["reinstall", "upgrade"])
def test_an_installation_sets_it(alice: Universal, mode: str) -> None:
    replied(alice.install(Program().set_certified_data(b"at installation"), mode))
    assert certified_data(alice) == b"at installation"


def test_pre_upgrade_sets_it_unless_post_upgrade_does(alice: Universal) -> None:
    alice.set_hook(Hook.PRE_UPGRADE, Program().set_certified_data(b"pre"))
    replied(alice.install(Program().set_hook(Hook.PRE_UPGRADE, Program()), "upgrade"))
    assert certified_data(alice) == b"pre"
    alice.set_hook(Hook.PRE_UPGRADE, Program().set_certified_data(b"pre again"))
    replied(alice.install(Program().set_certified_data(b"post"), "upgrade"))
    assert certified_data(alice) == b"post"


def test_uninstalling_empties_it(replica: Replica, alice: Universal) -> None:
    alice.do(Program().set_certified_data(b"gone"))
    manage(replica, "uninstall_code", alice.canister_id)
    replied(alice.install(Program(), "install"))
    assert certified_data(alice) == b""
