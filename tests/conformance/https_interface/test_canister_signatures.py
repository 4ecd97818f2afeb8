"""Users whose keys are a canister's, as Internet Identity's are.

Specification: "Canister signatures", and "Authentication" for `sender_info`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from ic_factory.replica import Replica, ReplicaConfig
from tests.canisters.universal import Hook, Program
from tests.conformance.https_interface.signed_requests import (
    ANYTHING,
    expiration,
    post,
    request_of,
)
from tests.conformance.https_interface.world import CALLER, World, assert_refused
from tests.conformance.spec_client.connection import (
    MINUTE,
    NOBODY,
    decode,
    encode,
    envelope,
    outcome_of,
    request_id,
)
from tests.conformance.spec_client.hash_trees import root_hash
from tests.conformance.spec_client.identities import (
    Delegate,
    Identity,
    Key,
    KeyHolder,
    delegated,
    ed25519_key,
    signed_delegation,
)
from tests.conformance.spec_client.signers import (
    CANISTER_OID,
    SigningCanister,
    canister_signature,
    der_wrapped,
    signature_tree,
)

SEED = b"user number 10000"
SESSION = ed25519_key("a session")
SENDER_INFO_DOMAIN = b"\x0eic-sender-info"

INFO = Program().reply(Program().caller_info_data())
SIGNER = Program().reply(Program().caller_info_signer())


def certified(world: World, canister_id: bytes, data: bytes) -> bytes:
    """The canister's certificate of data that it is made to certify."""
    program = Program().set_certified_data(data).reply()
    assert world.connection.call(canister_id, "update", program.code).status == "replied"
    ask = Program().reply(Program().data_certificate())
    reply: bytes = world.connection.query(canister_id, "query", ask.code)["reply"]["arg"]
    return reply


def called(world: World, identity: Identity, program: Program, fields: dict[str, Any]) -> Any:
    """The reply to a call with these fields in its content."""
    content = request_of(world, "call", identity) | {"arg": program.code} | fields
    answer = decode(world.connection.send(content, identity))
    assert answer["status"] == "replied", answer
    certificate = world.connection.certified(answer["certificate"])
    return outcome_of(certificate, request_id(content)).reply


def refused(world: World, identity: Identity, fact: str) -> None:
    """Such a user is refused for this."""
    signed = envelope(request_of(world, "call", identity), identity)
    assert_refused(world, post(world, "call", encode(signed)), fact)


def vouched(world: World, signer: SigningCanister, info: bytes) -> dict[str, Any]:
    """The field by which the canister vouches for this."""
    signature = signer.sign(SENDER_INFO_DOMAIN + info)
    return {"sender_info": {"info": info, "signer": world.other_id, "sig": signature}}


@pytest.fixture
def signer(world: World) -> SigningCanister:
    """A key of the other canister."""
    return SigningCanister(world.other_id, SEED, partial(certified, world, world.other_id))


@dataclass(frozen=True)
class Forger:
    """A key of a canister that signs in another way."""

    public_key: bytes
    sign: Callable[[bytes], bytes]


def forging(signer: SigningCanister, sign: Callable[[bytes], bytes]) -> Forger:
    """The same key; `sign` makes a signature of the tree that should be certified."""
    return Forger(signer.public_key, lambda payload: sign(signature_tree(SEED, payload)))


def login(world: World, signer: Key) -> Delegate:
    """A user of the canister's, with a session key."""
    return delegated([signer, SESSION], expiration(world))


def test_a_canister_delegates_to_a_session_key(world: World, signer: SigningCanister):
    identity = login(world, signer)
    called = world.connection.call(world.canister_id, "update", CALLER, identity)
    asked = world.connection.query(world.canister_id, "query", CALLER, identity)
    assert called.reply == asked["reply"]["arg"] == identity.sender
    world.connection.read_state(world.canister_id, [(b"time",)], identity)


def test_a_canister_signs_a_request_itself(world: World, signer: SigningCanister):
    identity = KeyHolder(signer)
    answer = world.connection.query(world.canister_id, "query", CALLER, identity)
    assert answer["reply"]["arg"] == identity.sender


def test_a_canister_may_stand_in_the_middle_of_a_chain(world: World, signer: SigningCanister):
    identity = delegated([ed25519_key("a user"), signer, SESSION], expiration(world))
    answer = world.connection.query(world.canister_id, "query", CALLER, identity)
    assert answer["reply"]["arg"] == identity.sender


def test_a_delegation_outlives_its_certificate(world: World, signer: SigningCanister):
    identity = delegated([signer, SESSION], world.connection.now() + 600 * MINUTE)
    certified(world, world.other_id, b"something else")
    world.advance_time(599 * MINUTE)
    answer = world.connection.query(world.canister_id, "query", CALLER, identity)
    assert answer["reply"]["arg"] == identity.sender


@pytest.mark.parametrize("request_type", ANYTHING)
def test_a_signature_on_another_request_is_refused(
    world: World, signer: SigningCanister, request_type: str
):
    identity = KeyHolder(signer)
    signed = envelope(request_of(world, request_type, identity), identity)
    other = envelope(request_of(world, request_type, identity), identity)
    body = encode({**signed, "sender_sig": other["sender_sig"]})
    assert_refused(world, post(world, request_type, body), "did not sign")


def test_a_signature_by_another_key_of_the_canister_is_refused(
    world: World, signer: SigningCanister
):
    other = SigningCanister(signer.canister_id, b"user number 10001", signer.certify)
    link = signed_delegation(other, SESSION, expiration(world))
    refused(world, Delegate(signer, (link,), SESSION), "did not sign")


def test_a_signature_by_another_canister_is_refused(world: World, signer: SigningCanister):
    other = SigningCanister(world.canister_id, SEED, partial(certified, world, world.canister_id))
    link = signed_delegation(other, SESSION, expiration(world))
    refused(world, Delegate(signer, (link,), SESSION), "certified")


def test_a_tree_that_the_canister_never_certified_is_refused(world: World, signer: SigningCanister):
    old = certified(world, world.other_id, b"nothing signed")
    forged = forging(signer, lambda tree: canister_signature(old, tree))
    refused(world, login(world, forged), "certified")


@pytest.mark.parametrize("value", [b"\0", b"no"])
def test_the_value_in_the_tree_must_be_empty(world: World, signer: SigningCanister, value: bytes):
    def sign(payload: bytes) -> bytes:
        tree = signature_tree(SEED, payload, value)
        return canister_signature(signer.certify(root_hash(tree)), tree)

    refused(world, login(world, Forger(signer.public_key, sign)), "no empty value")


def test_a_certificate_of_a_foreign_root_is_refused(world: World):
    with Replica(ReplicaConfig(seed=b"\x07" * 32)) as foreign:
        canister_id = foreign.create_canister()
        foreign.install_code(canister_id, world.module)

        def certify(data: bytes) -> bytes:
            foreign.update(canister_id, "update", Program().set_certified_data(data).reply().code)
            ask = Program().reply(Program().data_certificate())
            return foreign.query_call(canister_id, "query", ask.code).data  # type: ignore[union-attr]

        signer = SigningCanister(canister_id.bytes, SEED, certify)
        refused(world, login(world, signer), "BLS signature")


@pytest.mark.parametrize(
    "signature",
    [b"", bytes(64), bytes.fromhex("d9d9f7a0"), bytes.fromhex("a0"), b"\xd9\xd9\xf7\x80"],
    ids=["empty", "plain", "without fields", "without a tag", "no map"],
)
def test_other_bytes_are_refused_as_a_signature(
    world: World, signer: SigningCanister, signature: bytes
):
    identity = login(world, forging(signer, lambda _: signature))
    refused(world, identity, "canister signature")


@pytest.mark.parametrize("key", [b"", b"\x0a\x01", b"\xff" + bytes(255)])
def test_a_key_without_a_canister_id_is_refused(world: World, key: bytes):
    broken = Forger(der_wrapped(CANISTER_OID, key), bytes)
    refused(world, login(world, broken), "signing canister")


def test_what_the_canister_vouches_for_reaches_the_canister_that_is_called(
    world: World, signer: SigningCanister
):
    identity = login(world, signer)
    fields = vouched(world, signer, b"an attribute")
    for program, reply in (INFO, b"an attribute"), (SIGNER, world.other_id):
        assert called(world, identity, program, fields) == reply
        for method in ("query", "composite_query"):
            content = request_of(world, "query", identity) | fields
            content |= {"method_name": method, "arg": program.code}
            answer = decode(world.connection.send(content, identity))
            assert answer["reply"]["arg"] == reply


def test_callbacks_still_see_it_and_other_canisters_do_not(world: World, signer: SigningCanister):
    identity = login(world, signer)
    fields = vouched(world, signer, b"an attribute")
    there = INFO.code
    relay = Program().call(world.other_id, "update", there)
    assert called(world, identity, relay, fields) == b""
    back = Program().call(world.other_id, "update", there, on_reply=INFO)
    assert called(world, identity, back, fields) == b"an attribute"


def test_without_it_nothing_is_vouched_for(world: World, signer: SigningCanister):
    identity = login(world, signer)
    assert called(world, identity, INFO, {}) == b""
    assert called(world, identity, SIGNER, {}) == b""


def test_the_inspection_of_messages_sees_it(world: World, signer: SigningCanister):
    vouched_for = Program().equal(Program().caller_info_data(), b"let me in")
    hook = Program().run_if(vouched_for, Program().accept_message())
    identity = login(world, signer)
    fields = {info: vouched(world, signer, info) for info in (b"let me in", b"let me out")}
    program = Program().set_hook(Hook.INSPECT_MESSAGE, hook).reply()
    assert called(world, identity, program, {}) == b""
    content = request_of(world, "call", identity)
    answers = [
        decode(world.connection.send({**content, **fields[info]}, identity))["status"]
        for info in (b"let me in", b"let me out")
    ]
    assert answers == ["replied", "non_replicated_rejection"]


@pytest.mark.parametrize("request_type", ["call", "query"])
def test_what_another_canister_vouches_for_is_refused(
    world: World, signer: SigningCanister, request_type: str
):
    fields = vouched(world, signer, b"an attribute")
    fields["sender_info"]["signer"] = world.canister_id
    identity = login(world, signer)
    content = request_of(world, request_type, identity) | fields
    response = post(world, request_type, encode(envelope(content, identity)))
    assert_refused(world, response, "sender_info")


@pytest.mark.parametrize("request_type", ["call", "query"])
def test_changed_attributes_are_refused(world: World, signer: SigningCanister, request_type: str):
    fields = vouched(world, signer, b"an attribute")
    fields["sender_info"]["info"] = b"another one"
    identity = login(world, signer)
    content = request_of(world, request_type, identity) | fields
    response = post(world, request_type, encode(envelope(content, identity)))
    assert_refused(world, response, "sender_info", "did not sign")


def test_a_user_with_a_key_of_their_own_has_nobody_to_vouch(world: World, signer: SigningCanister):
    fields = vouched(world, signer, b"an attribute")
    for identity in (KeyHolder(SESSION), delegated([SESSION, signer], expiration(world))):
        content = request_of(world, "call", identity) | fields
        response = post(world, "call", encode(envelope(content, identity)))
        assert_refused(world, response, "sender_info", "signing canister")
    anonymous = request_of(world, "call", NOBODY) | fields
    assert_refused(world, post(world, "call", encode(envelope(anonymous))), "sender_info")
