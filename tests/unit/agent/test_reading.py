"""What a read of the state proves, and what it does not."""

import pytest

from ic_factory.agent.certified_state import CertifiedState
from ic_factory.agent.errors import ForeignCertificate, RequestRefused, UntrustedCertificate
from ic_factory.agent.reading import read_state
from ic_factory.agent.transport import Response
from ic_factory.protocol.certificate import Certificate, state_root_signing_bytes
from ic_factory.protocol.certificate_errors import MalformedCertificateError
from ic_factory.protocol.hash_tree import Fork, Labeled, Pruned, from_mapping
from tests.agent.subnets import Subnet, pruned, read_body
from tests.unit.agent.scripted import CANISTER, NOT_HERE, START, SUBNET, Hand

HASH = (b"canister", CANISTER.bytes, b"module_hash")
CONTROLLERS = (b"canister", CANISTER.bytes, b"controllers")
NAME = (b"canister", CANISTER.bytes, b"metadata", b"name")
STATE = {b"canister": {CANISTER.bytes: {b"module_hash": b"hash", b"controllers": b"who"}}}


def read(certificate, *paths, hand=None):
    hand = hand or Hand()
    flow = read_state(hand.terms(), CANISTER, paths)
    return hand.run(flow, [Response(200, read_body(certificate))])


def test_values_are_read_and_absence_is_proven():
    state = read(SUBNET.certificate(STATE, START), HASH, CONTROLLERS, NAME)
    assert (state.value(HASH), state.value(CONTROLLERS), state.value(NAME)) == (
        b"hash",
        b"who",
        None,
    )
    assert (state.time, state.subnet_id) == (START, SUBNET.subnet_id)


def test_a_part_that_is_asked_for_and_hidden_makes_the_certificate_foreign():
    whole = SUBNET.certificate(STATE, START)
    shown = pruned(whole, HASH)
    assert read(shown, HASH).value(HASH) == b"hash"
    for path in (CONTROLLERS, NAME):
        with pytest.raises(ForeignCertificate, match=path[-1].decode()):
            read(shown, HASH, path)


def with_leaf_pruned(node, label):
    """The same tree with what is behind one label pruned, and the label shown."""
    if isinstance(node, Fork):
        return Fork(with_leaf_pruned(node.left, label), with_leaf_pruned(node.right, label))
    if isinstance(node, Labeled):
        below = node.subtree
        inner = Pruned(below.digest) if node.label == label else with_leaf_pruned(below, label)
        return Labeled(node.label, inner)
    return node


def test_a_label_whose_value_is_hidden_makes_the_certificate_foreign():
    whole = Certificate.decode(SUBNET.certificate(STATE, START))
    tree = with_leaf_pruned(whole.tree, b"module_hash")
    assert tree.digest == whole.tree.digest
    changed = Certificate(tree, whole.signature, whole.delegation).encode()
    with pytest.raises(ForeignCertificate, match="silent"):
        read(changed, HASH)
    assert read(changed, CONTROLLERS).value(CONTROLLERS) == b"who"


def test_what_was_not_asked_for_is_not_taken_for_absent_either():
    state = read(pruned(SUBNET.certificate(STATE, START), HASH), HASH)
    with pytest.raises(MalformedCertificateError, match="silent"):
        state.value(CONTROLLERS)


def test_a_tree_is_no_value():
    state = read(SUBNET.certificate(STATE, START), HASH[:2])
    with pytest.raises(MalformedCertificateError):
        state.value(HASH[:2])


def test_a_tree_in_disorder_is_refused_although_it_is_signed():
    tree = Fork(Labeled(b"time", from_mapping({})), Labeled(b"canister", from_mapping({})))
    signature = SUBNET.key.sign(state_root_signing_bytes(tree.digest))
    with pytest.raises(UntrustedCertificate) as caught:
        read(Certificate(tree, signature, SUBNET.delegation()).encode())
    assert type(caught.value.reason) is MalformedCertificateError


def test_the_nodes_of_the_subnet_are_read():
    state = read(SUBNET.of_nodes(START), (b"subnet",))
    assert isinstance(state, CertifiedState)
    assert state.node_keys == {one.node_id: one.key.public_key_der for one in SUBNET.nodes}
    with pytest.raises(MalformedCertificateError):
        _ = read(Subnet(2).certificate(STATE, START), HASH).node_keys


def test_a_network_without_the_endpoint_refuses():
    hand = Hand()
    with pytest.raises(RequestRefused, match="404"):
        hand.run(read_state(hand.terms(), CANISTER, (HASH,)), [NOT_HERE])
    assert hand.paths == ["v3 read_state", "v2 read_state"]


def test_reading_is_given_up_at_the_time_that_was_said():
    hand = Hand()
    flow = read_state(hand.terms(), CANISTER, (HASH,), None, START)
    with pytest.raises(Exception, match="1 attempt"):
        hand.run(flow, [Response(503, b"")])
