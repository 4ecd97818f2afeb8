"""Specification: "Certification". Signatures are checked by py_ecc, independent of the replica."""

from __future__ import annotations

from hashlib import sha256

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.canisters.universal import Program
from tests.conformance.https_interface.world import World
from tests.conformance.spec_client.certificates import (
    STATE_ROOT_DOMAIN,
    Certificate,
    decode_certificate,
    raw_public_key,
    verify_quickly,
    verify_with_py_ecc,
)
from tests.conformance.spec_client.connection import (
    Outcome,
    decode,
    encode,
    outcome_of,
    request_id,
)
from tests.conformance.spec_client.hash_trees import (
    Missing,
    Tree,
    is_well_formed,
    lookup,
    root_hash,
)

EXAMPLE_TREE = bytes.fromhex(
    "8301830183024161830183018302417882034568656c6c6f810083024179820345776f726c64"
    "83024162820344676f6f648301830241638100830241648203476d6f726e696e67"
)
PRUNED_TREE = bytes.fromhex(
    "83018301830241618301820458201b4feff9bef8131788b0c9dc6dbad6e81e524249c879e9f1"
    "0f71ce3749f5a63883024179820345776f726c6483024162820458207b32ac0c6ba8ce35ac82"
    "c255fc7906f7fc130dab2a090f80fe12f9c2cae83ba6830182045820ec8324b8a1f1ac16bd2e"
    "806edba78006479c9877fed4eb464a25485465af601d830241648203476d6f726e696e67"
)
EXAMPLE_ROOT = bytes.fromhex("eb5c5b2195e62d996b84c9bcc8259d19a83786a2f59e0878cec84c811f669aa0")


def test_our_reading_of_trees_is_the_specifications():
    """The example of section "Certification", so that the tests below stand on firm ground."""
    tree, pruned = cbor2.loads(EXAMPLE_TREE), cbor2.loads(PRUNED_TREE)
    assert root_hash(tree) == root_hash(pruned) == EXAMPLE_ROOT
    found = {
        path: lookup(pruned, tuple(path.encode().split(b"/")))
        for path in ("a/a", "a/y", "aa", "ax", "b", "bb", "d", "e")
    }
    assert found == {
        "a/a": Missing.UNKNOWN,
        "a/y": b"world",
        "aa": Missing.ABSENT,
        "ax": Missing.ABSENT,
        "b": Missing.UNKNOWN,
        "bb": Missing.UNKNOWN,
        "d": b"morning",
        "e": Missing.ABSENT,
    }


# Under an independent BLS implementation.


def assert_signed(world: World, certificate: Certificate) -> None:
    assert certificate.is_signed_by(world.replica.root_key, verify_with_py_ecc)


def test_a_certificate_of_read_state(world: World):
    certificate = world.connection.read_state(
        world.canister_id, [(b"canister", world.canister_id, b"module_hash")]
    )
    assert_signed(world, certificate)
    found = certificate[b"canister", world.canister_id, b"module_hash"]
    assert found == sha256(world.module).digest()


def test_a_certificate_of_a_call(world: World):
    content = world.connection.call_content(
        world.canister_id, "update", Program().reply(b"certified").code
    )
    fields = decode(world.connection.send(content))
    certificate = decode_certificate(fields["certificate"])
    assert_signed(world, certificate)
    assert outcome_of(certificate, request_id(content)) == Outcome("replied", b"certified")


def test_a_certificate_for_a_canisters_own_data(world: World):
    """What `ic0.data_certificate_copy` hands to a query verifies for the client it is sent to."""
    data = sha256(b"a root of the canister's own").digest()
    program = Program().set_certified_data(data).reply().code
    world.connection.call(world.canister_id, "update", program)
    handed_on = Program().reply(Program().data_certificate()).code
    answer = world.connection.query(world.canister_id, "query", handed_on)
    certificate = decode_certificate(answer["reply"]["arg"])
    assert_signed(world, certificate)
    assert certificate[b"canister", world.canister_id, b"certified_data"] == data
    assert set(certificate.values()) == {
        (b"time",),
        (b"canister", world.canister_id, b"certified_data"),
    }


def test_both_implementations_refuse_a_forged_tree(world: World):
    certificate = world.connection.read_state(world.canister_id, [[b"time"]])
    key = raw_public_key(world.replica.root_key)
    forged = STATE_ROOT_DOMAIN + sha256(certificate.root_hash).digest()
    for verify in (verify_quickly, verify_with_py_ecc):
        assert not verify(key, certificate.signature, forged)


# The tree.


@pytest.fixture
def certificates(world: World) -> list[Certificate]:
    """Certificates of many a kind."""
    connection = world.connection
    canister, subnet = (b"canister", world.canister_id), (b"subnet", world.subnet_id)
    return [
        connection.read_state(world.canister_id, paths)
        for paths in (
            [],
            [[b"time"]],
            [[b"subnet"]],
            [(*canister, b"module_hash"), (*canister, b"controllers")],
            [(*canister, b"metadata", b"absent"), (*subnet, b"type")],
            [[b"request_status", bytes(32)]],
        )
    ]


def test_trees_are_well_formed(certificates: list[Certificate]):
    assert all(is_well_formed(certificate.tree) for certificate in certificates)


def test_the_root_subnet_needs_no_delegation(certificates: list[Certificate]):
    assert all(certificate.delegation is None for certificate in certificates)


def test_signatures_are_points_of_48_bytes(certificates: list[Certificate]):
    assert {len(certificate.signature) for certificate in certificates} == {48}


def test_one_state_has_one_root_hash(certificates: list[Certificate]):
    """However much is pruned, and the clock stands still."""
    assert len({certificate.root_hash for certificate in certificates}) == 1


def test_certificates_are_small(world: World):
    """What was not asked for is pruned to its hash."""
    size = len(encode(world.connection.read_state(world.canister_id, [[b"time"]]).tree))
    assert size < 200
    for index in range(50):
        world.connection.call(world.canister_id, "update", Program().reply(bytes(1000)).code)
        if index == 0:
            first = len(encode(world.connection.read_state(world.canister_id, []).tree))
    assert len(encode(world.connection.read_state(world.canister_id, []).tree)) == first


def test_time_moves_forward_from_round_to_round(world: World):
    times = []
    for _ in range(3):
        times.append(world.connection.read_state(world.canister_id, []).time)
        world.replica.tick()
    assert times == sorted(set(times))


def test_absence_is_proven_among_many_neighbours(world: World):
    """Neighbouring labels are shown, so that nothing can be between them."""
    contents = []
    for _ in range(20):
        content = world.connection.call_content(world.canister_id, "update", Program().reply().code)
        world.connection.send(content, version="v2")
        contents.append(content)
    world.connection.call(world.canister_id, "update", Program().reply().code)
    for index in range(0, 256, 15):
        path = (b"request_status", bytes([index]) * 32, b"status")
        assert world.connection.read_state(world.canister_id, [path])[path] is Missing.ABSENT
    for content in contents:
        path = (b"request_status", request_id(content), b"status")
        assert world.connection.read_state(world.canister_id, [path])[path] == b"replied"


@st.composite
def label_maps(draw: st.DrawFn) -> dict[bytes, bytes]:
    return draw(st.dictionaries(st.binary(max_size=3), st.binary(max_size=4), max_size=12))


@given(label_maps(), st.binary(max_size=3))
def test_our_lookup_agrees_with_a_plain_map(content: dict[bytes, bytes], label: bytes):
    """The slow, obvious twin of the lookup that the other tests rely on."""
    tree: Tree = [0]
    for name, value in sorted(content.items()):
        tree = [1, tree, [2, name, [3, value]]]
    assert is_well_formed(tree)
    assert lookup(tree, (label,)) == content.get(label, Missing.ABSENT)
