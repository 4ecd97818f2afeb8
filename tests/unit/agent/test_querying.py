"""The course of a query, and which nodes are believed."""

from contextlib import suppress
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ic_factory.agent import errors
from ic_factory.agent.querying import KEYS_KEPT_FOR, MOST_CANISTERS, NodeKeys, query
from ic_factory.agent.transport import Response, Unanswered
from ic_factory.protocol import cbor
from ic_factory.protocol.certificate_errors import (
    CanisterOutOfRangeError,
    MalformedCertificateError,
)
from ic_factory.protocol.crypto.keys import public_key_from_der
from tests.agent.subnets import Node, Subnet, canister, pruned, query_body, read_body
from tests.unit.agent.scripted import CANISTER, NOT_HERE, SECOND, SUBNET, Hand, request_id_of

FIRST, SECOND_NODE = SUBNET.nodes
NEWCOMER = Node(b"\x0c" * 32)
REPLY = b"DIDL\x00\x00"


def queried(hand, answers, keys=None, terms=None, canister_id=CANISTER):
    flow = query(
        terms or hand.terms(),
        NodeKeys() if keys is None else keys,
        canister_id,
        "get",
        b"",
        canister_id,
    )
    return hand.run(flow, answers)


def network(hand, node=FIRST, subnet=SUBNET, **fields):
    """Answers queries by a node, and reads by what the subnet certifies."""

    def answer(exchange):
        if exchange.path.endswith("/query"):
            return Response(200, query_body(node, request_id_of(exchange), hand.now, **fields))
        return Response(200, read_body(subnet.of_nodes(hand.now)))

    return answer


def test_a_signed_reply_is_returned_and_the_nodes_are_read_once():
    hand, keys = Hand(), NodeKeys()
    for node in (FIRST, SECOND_NODE, FIRST):
        assert queried(hand, network(hand, node), keys) == REPLY
    assert hand.paths == ["v3 query", "v3 read_state", "v3 query", "v3 query"]


def test_a_signed_reject_is_raised():
    hand = Hand()
    fields = {
        "status": "rejected",
        "reject_code": 3,
        "reject_message": "no such method",
        "error_code": "IC0536",
    }
    with pytest.raises(errors.CanisterReject, match="no such method") as caught:
        queried(hand, network(hand, **fields))
    assert (caught.value.code, caught.value.error_code) == (3, "IC0536")
    assert caught.value.method == "get"
    assert caught.value.request_id == request_id_of(hand.sent[0])


def test_older_endpoints_are_found_and_remembered():
    hand = Hand()
    terms, keys, answers = hand.terms(), NodeKeys(), network(hand)
    for _ in range(2):
        queried(hand, lambda e: NOT_HERE if "/v3/" in e.path else answers(e), keys, terms)
    assert hand.paths == ["v3 query", "v2 query", "v3 read_state", "v2 read_state", "v2 query"]


def test_a_node_that_is_new_makes_the_nodes_be_read_again():
    hand, keys = Hand(), NodeKeys()
    queried(hand, network(hand), keys)
    with pytest.raises(errors.UntrustedQueryAnswer, match="no node of the subnet"):
        queried(hand, network(hand, NEWCOMER), keys)
    grown = Subnet(2, nodes=(FIRST, NEWCOMER))
    assert queried(hand, network(hand, NEWCOMER, grown), keys) == REPLY
    assert hand.paths.count("v3 read_state") == 3


def test_a_node_that_has_left_is_not_believed_for_long():
    hand, keys = Hand(), NodeKeys()
    queried(hand, network(hand, SECOND_NODE), keys)
    shrunk = Subnet(2, nodes=(FIRST,))
    hand.now += KEYS_KEPT_FOR
    assert queried(hand, network(hand, SECOND_NODE, shrunk), keys) == REPLY
    hand.now += SECOND
    with pytest.raises(errors.UntrustedQueryAnswer, match="no node of the subnet"):
        queried(hand, network(hand, SECOND_NODE, shrunk), keys)


def test_the_nodes_of_one_subnet_do_not_speak_for_canisters_of_another():
    hand, keys = Hand(), NodeKeys()
    queried(hand, network(hand), keys)
    other = Subnet(3, canisters=(20, 29), nodes=(NEWCOMER,))
    with pytest.raises(errors.UntrustedQueryAnswer, match="no node of the subnet"):
        queried(hand, network(hand, FIRST, other), keys, canister_id=canister(25))
    with pytest.raises(errors.UntrustedCertificate) as caught:
        queried(hand, network(hand, NEWCOMER, other), keys, canister_id=canister(12))
    assert type(caught.value.reason) is CanisterOutOfRangeError


@pytest.mark.parametrize(
    ("other", "text"),
    [
        (NEWCOMER.node_id, "no node of the subnet"),
        (SECOND_NODE.node_id, "not one of this answer"),
    ],
)
def test_every_signature_counts(other, text):
    """One good signature does not make up for another that is none."""
    hand = Hand()
    answers = network(hand)

    def signed_too(exchange):
        response = answers(exchange)
        if not exchange.path.endswith("/query"):
            return response
        answer = cbor.decode(response.body)
        answer["signatures"].append({**answer["signatures"][0], "identity": other})
        return Response(200, cbor.encode(answer))

    with pytest.raises(errors.UntrustedQueryAnswer, match=text):
        queried(hand, signed_too)


def test_keys_that_the_certificate_hides_are_not_taken_for_none():
    hand = Hand()
    nodes = (b"subnet", SUBNET.subnet_id.bytes, b"node")
    shown = pruned(SUBNET.of_nodes(hand.now), (*nodes, FIRST.node_id, b"public_key"))
    answers = network(hand)
    with pytest.raises(errors.UntrustedCertificate) as caught:
        queried(hand, _reading(answers, SUBNET.certificate({b"subnet": {}}, hand.now)))
    assert type(caught.value.reason) is MalformedCertificateError
    assert queried(hand, _reading(answers, shown)) == REPLY


def _reading(answers, certificate):
    body = read_body(certificate)
    return lambda e: Response(200, body) if e.path.endswith("read_state") else answers(e)


def test_a_key_that_is_none_is_refused():
    hand = Hand()
    nodes = {FIRST.node_id: {b"public_key": b"no key"}}
    tree = {b"subnet": {SUBNET.subnet_id.bytes: {b"node": nodes}}}
    with pytest.raises(errors.UntrustedCertificate, match="key"):
        queried(hand, _reading(network(hand), SUBNET.certificate(tree, hand.now)))


def test_so_many_canisters_are_remembered_and_no_more():
    keys = NodeKeys()
    known = {b"node": public_key_from_der(FIRST.key.public_key_der)}
    for number in range(MOST_CANISTERS):
        keys.remember(canister(number), known, 0)
    assert keys.known(canister(0), 0) == known
    keys.remember(canister(MOST_CANISTERS), known, 0)
    assert keys.known(canister(0), 0) == {}
    assert keys.known(canister(MOST_CANISTERS), 0) == known


outcomes = st.one_of(
    st.just("honest"),
    st.builds(
        Response,
        st.sampled_from([200, 202, 302, 400, 404, 405, 429, 500, 503]),
        st.binary(max_size=9),
        st.none() | st.floats(0, 300),
    ),
    st.builds(Unanswered, st.just("lost"), st.booleans(), st.booleans()),
)


@settings(max_examples=80)
@given(st.lists(outcomes, min_size=1, max_size=8))
def test_any_sequence_of_outcomes_ends_and_raises_nothing_but_agent_errors(script):
    hand, script = Hand(), cycle(script)
    honest = network(hand)

    def answer(exchange):
        outcome = next(script)
        return honest(exchange) if outcome == "honest" else outcome

    with suppress(errors.AgentError):
        assert queried(hand, answer) == REPLY
    assert hand.seconds <= 2 * 240
