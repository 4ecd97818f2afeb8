"""Forgeries on the way: each is refused with its own error, and no update runs twice."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ic_factory.agent import errors
from ic_factory.protocol import cbor
from ic_factory.protocol.certificate import Certificate, state_root_signing_bytes
from ic_factory.protocol.certificate_errors import (
    CertificateFromFutureError,
    CertificateSignatureError,
    CertificateTooOldError,
    MalformedCertificateError,
)
from ic_factory.protocol.certificate_verification import FIVE_MINUTES
from ic_factory.protocol.envelope import Envelope
from ic_factory.protocol.hash_tree import list_paths, lookup_path, witness
from ic_factory.protocol.root_key import MAINNET_ROOT_KEY
from tests.agent import deeds
from tests.agent.conftest import NOTHING, agent_at, nat64
from tests.agent.man_in_the_middle import Asked, Forward, Said
from tests.agent.subnets import (
    IMPOSTOR,
    Node,
    Subnet,
    call_body,
    query_body,
    read_body,
)

MINUTE = 60 * 10**9
OLD = FIVE_MINUTES + MINUTE

STRANGER = Node(b"\x77" * 32)

MANY = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
places = st.floats(0, 1, exclude_max=True)
bits = st.integers(1, 255)


def certificate_of(body: bytes) -> bytes:
    certificate: bytes = cbor.decode(body)["certificate"]
    return certificate


def with_certificate(body: bytes, certificate: bytes) -> bytes:
    return cbor.encode_self_described({**cbor.decode(body), "certificate": certificate})


def change_certificate(changed):
    """Takes the certificate apart and puts another one in its place."""
    return deeds.change(
        lambda body: with_certificate(
            body, changed(Certificate.decode(certificate_of(body))).encode()
        )
    )


def another_reply(certificate: Certificate) -> Certificate:
    """The same request, with a reply of the forger's."""
    old = next(
        found.value
        for path in list_paths(certificate.tree)
        if path[-1] == b"reply" and (found := lookup_path(certificate.tree, path))
    )
    forged = certificate.encode().replace(old, old[:-8] + (10**6).to_bytes(8, "little"))
    return Certificate.decode(forged)


def another_signature(certificate: Certificate) -> Certificate:
    return Certificate(certificate.tree, IMPOSTOR.sign(b"x"), certificate.delegation)


def signed_by_impostor(certificate: Certificate) -> Certificate:
    """The impostor signs what the replica certified, in the name of the root."""
    signature = IMPOSTOR.sign(state_root_signing_bytes(certificate.tree.digest))
    return Certificate(certificate.tree, signature)


def by_subnet_of_impostor(certificate: Certificate) -> Certificate:
    subnet = Subnet(3, root=IMPOSTOR, canisters=(0, 2**20))
    signature = subnet.key.sign(state_root_signing_bytes(certificate.tree.digest))
    return Certificate(certificate.tree, signature, subnet.delegation())


def with_delegation_of_impostor(certificate: Certificate) -> Certificate:
    return Certificate(certificate.tree, certificate.signature, Subnet(3, IMPOSTOR).delegation())


def without_signature(certificate: Certificate) -> Certificate:
    return Certificate(certificate.tree, b"")


FORGED = {
    "another reply": (another_reply, CertificateSignatureError),
    "another signature": (another_signature, CertificateSignatureError),
    "no signature": (without_signature, CertificateSignatureError),
    "the impostor's signature": (signed_by_impostor, CertificateSignatureError),
    "the impostor's subnet": (by_subnet_of_impostor, CertificateSignatureError),
    "the impostor's delegation": (with_delegation_of_impostor, CertificateSignatureError),
}


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("polled", [False, True])
def test_a_forged_certificate_of_a_call_is_refused(name, polled, agent, man, world, counts):
    forge, reason = FORGED[name]
    man.does(*[deeds.say_after(Said(202))] * polled, change_certificate(forge))
    with counts(1), pytest.raises(errors.UntrustedCertificate) as caught:
        agent.update(world.counter, "increment", NOTHING)
    assert type(caught.value.reason) is reason
    reply = agent.await_answer(caught.value.attempt.request_id, world.counter)
    assert nat64(reply) == world.count()


@pytest.mark.parametrize("name", sorted(set(FORGED) - {"another reply"}))
def test_a_forged_certificate_of_the_state_is_refused(name, agent, man, world):
    forge, reason = FORGED[name]
    for read in (
        lambda: agent.read_module_hash(world.counter),
        lambda: agent.query(world.counter, "counter", NOTHING),
    ):
        man.does(change_certificate(forge), only=["read_state"])
        with pytest.raises(errors.UntrustedCertificate) as caught:
            read()
        assert type(caught.value.reason) is reason
        assert not man.deeds


def test_certificates_swapped_between_calls_are_refused(agent, man, world, counts):
    """Each is valid, and about another request."""
    kept = []

    def keep(asked: Asked, forward: Forward) -> Said:
        kept.append(forward(asked))
        return kept[-1]

    man.does(keep)
    with counts(2):
        agent.update(world.counter, "increment", NOTHING)
        man.does(deeds.say_after(kept[0]))
        with pytest.raises(errors.ForeignCertificate, match="may have been executed"):
            agent.update(world.counter, "increment", NOTHING)


def test_certificates_swapped_between_questions_are_refused(agent, man, world, counts):
    kept = []

    def keep(asked: Asked, forward: Forward) -> Said:
        kept.append(forward(asked))
        return kept[-1]

    withhold = deeds.say_after(Said(202))
    man.does(withhold, keep)
    with counts(2):
        agent.update(world.counter, "increment", NOTHING)
        man.does(withhold, deeds.say_after(kept[0]))
        with pytest.raises(errors.ForeignCertificate):
            agent.update(world.counter, "increment", NOTHING)


def test_certificates_swapped_between_reads_are_refused(agent, man, world):
    kept = []

    def keep(asked: Asked, forward: Forward) -> Said:
        kept.append(forward(asked))
        return kept[-1]

    man.does(keep)
    assert agent.read_module_hash(world.counter) is not None
    for read in (
        lambda: agent.read_controllers(world.counter),
        lambda: agent.read_metadata(world.counter, "candid:service"),
        lambda: agent.query(world.counter, "counter", NOTHING),
        lambda: agent.request_status(bytes(32), world.counter),
    ):
        man.does(deeds.say(kept[0]), only=["read_state"])
        with pytest.raises(errors.ForeignCertificate, match="silent"):
            read()
        assert not man.deeds


def test_what_a_certificate_hides_is_not_taken_for_absent(agent, man, world):
    """The honest certificate, pruned: it still verifies."""

    def hide(certificate: Certificate) -> Certificate:
        tree = witness(certificate.tree, [(b"time",)])
        return Certificate(tree, certificate.signature, certificate.delegation)

    man.does(change_certificate(hide))
    with pytest.raises(errors.ForeignCertificate):
        agent.read_module_hash(world.counter)
    man.does(deeds.say_after(Said(202)), change_certificate(hide))
    with pytest.raises(errors.ForeignCertificate):
        agent.update(world.counter, "increment", NOTHING)


def test_a_certificate_without_its_time_is_refused(agent, man, world):
    path = (b"canister", world.counter.bytes, b"module_hash")

    def hide(certificate: Certificate) -> Certificate:
        tree = witness(certificate.tree, [path])
        return Certificate(tree, certificate.signature, certificate.delegation)

    man.does(change_certificate(hide))
    with pytest.raises(errors.UntrustedCertificate) as caught:
        agent.read_module_hash(world.counter)
    assert type(caught.value.reason) is MalformedCertificateError


@pytest.mark.parametrize(
    ("late", "reason"), [(OLD, CertificateTooOldError), (-OLD, CertificateFromFutureError)]
)
def test_an_answer_to_a_call_that_is_held_back_is_refused(
    late, reason, agent, man, world, clock, counts
):
    def hold(asked: Asked, forward: Forward) -> Said:
        said = forward(asked)
        clock.offset += late
        return said

    man.does(hold)
    with counts(1), pytest.raises(errors.UntrustedCertificate) as caught:
        agent.update(world.counter, "increment", NOTHING)
    assert type(caught.value.reason) is reason


@pytest.mark.parametrize(
    ("late", "reason"), [(OLD, CertificateTooOldError), (-OLD, CertificateFromFutureError)]
)
def test_an_old_certificate_is_not_taken_again(late, reason, agent, man, world, clock):
    kept = []

    def keep(asked: Asked, forward: Forward) -> Said:
        kept.append(forward(asked))
        return kept[-1]

    man.does(keep)
    hash_ = agent.read_module_hash(world.counter)
    man.does(deeds.say(kept[0]))
    clock.offset = 4 * MINUTE
    assert agent.read_module_hash(world.counter) == hash_
    man.does(deeds.say(kept[0]))
    clock.offset = late
    with pytest.raises(errors.UntrustedCertificate) as caught:
        agent.read_module_hash(world.counter)
    assert type(caught.value.reason) is reason


def test_the_key_of_another_network_trusts_nothing(man, world, counts):
    with agent_at(man.url, MAINNET_ROOT_KEY) as agent, counts(1):
        for what in (
            lambda: agent.update(world.counter, "increment", NOTHING),
            lambda: agent.query(world.counter, "counter", NOTHING),
            lambda: agent.read_module_hash(world.counter),
        ):
            with pytest.raises(errors.UntrustedCertificate) as caught:
                what()
            assert type(caught.value.reason) is CertificateSignatureError


@MANY
@given(where=places, difference=bits, polled=st.booleans())
def test_a_flipped_byte_in_the_answer_to_a_call_never_leads_to_another_answer(
    where, difference, polled, agent, man, world, counts
):
    withhold = [deeds.say_after(Said(202))] * polled
    man.does(*withhold, deeds.flip(where, difference), only=["call", "read_state"])
    before = world.count()
    with counts(1):
        try:
            assert nat64(agent.update(world.counter, "increment", NOTHING)) == before + 1
        except errors.UncertifiedReject:
            # A byte of the answer's own map, which nothing proves.
            return
        except (errors.MalformedAnswer, errors.UntrustedAnswer):
            return


@MANY
@given(where=places, difference=bits)
def test_a_flipped_byte_in_a_read_never_leads_to_another_answer(
    where, difference, agent, man, world
):
    man.does(only=[])
    hash_ = agent.read_module_hash(world.counter)
    man.does(deeds.flip(where, difference), only=["read_state"])
    try:
        assert agent.read_module_hash(world.counter) == hash_
    except (errors.MalformedAnswer, errors.UntrustedAnswer):
        return


@MANY
@given(where=places, difference=bits)
def test_a_flipped_byte_in_the_answer_to_a_query_never_leads_to_another_answer(
    where, difference, agent, man, world
):
    man.does(deeds.flip(where, difference), only=["query"])
    try:
        assert nat64(agent.query(world.counter, "counter", NOTHING)) == world.count()
    except (errors.MalformedAnswer, errors.UntrustedQueryAnswer):
        return


def signed_by(node: Node, named: bytes | None = None):
    """Signs the answer anew, as if `named` had done it."""

    def deed(asked: Asked, forward: Forward) -> Said:
        said = forward(asked)
        answer = cbor.decode(said.body)
        signatures = answer.pop("signatures")
        request_id = Envelope.decode(asked.body).content.request_id
        forged = query_body(node, request_id, signatures[0]["timestamp"], **answer)
        if named is not None:
            forged = forged.replace(node.node_id, named)
        return Said(200, forged)

    return deed


def other_answer(answer):
    return {**answer, "reply": {"arg": answer["reply"]["arg"][:-1] + b"\x7f"}}


def other_reject(answer):
    answer = {name: value for name, value in answer.items() if name != "reply"}
    return {**answer, "status": "rejected", "reject_code": 5, "reject_message": "no"}


def each_signature(**fields):
    return lambda answer: {
        **answer,
        "signatures": [{**one, **fields} for one in answer["signatures"]],
    }


QUERY_FORGERIES = {
    "another reply": (deeds.change_map(other_answer), "not one of this answer"),
    "a reject": (deeds.change_map(other_reject), "not one of this answer"),
    "no signature": (deeds.change_map(lambda a: {**a, "signatures": []}), "no signature"),
    "no signatures": (
        deeds.change_map(lambda a: {k: v for k, v in a.items() if k != "signatures"}),
        "no signature",
    ),
    "an empty signature": (deeds.change_map(each_signature(signature=b"")), "not one of this"),
    "a later time": (deeds.change_map(each_signature(timestamp=2**63)), "s old"),
    "another time": (
        deeds.change_map(
            lambda a: each_signature(timestamp=a["signatures"][0]["timestamp"] + 1)(a)
        ),
        "not one of this answer",
    ),
    "a negative time": (deeds.change_map(each_signature(timestamp=-1)), "s old"),
    "one more field": (deeds.change_map(lambda a: {**a, "more": 1}), "not one of this answer"),
    "a field without a hash": (deeds.change_map(lambda a: {**a, "more": True}), "not one of this"),
    "a number for a name": (deeds.change_map(lambda a: {**a, 7: 7}), "not one of this answer"),
    "an unknown node": (signed_by(STRANGER), "no node of the subnet"),
    "one good signature and one of a stranger": (
        deeds.change_map(
            lambda a: {
                **a,
                "signatures": [
                    *a["signatures"],
                    {**a["signatures"][0], "identity": STRANGER.node_id},
                ],
            }
        ),
        "2 signatures, by a subnet of 1",
    ),
}


@pytest.mark.parametrize("name", QUERY_FORGERIES)
@pytest.mark.parametrize("knows_nodes", [False, True])
def test_a_forged_answer_to_a_query_is_refused(name, knows_nodes, agent, man, world):
    deed, text = QUERY_FORGERIES[name]
    if knows_nodes:
        agent.query(world.counter, "counter", NOTHING)
    man.does(deed, only=["query"])
    with pytest.raises(errors.UntrustedQueryAnswer) as caught:
        agent.query(world.counter, "counter", NOTHING)
    assert text in str(caught.value)
    assert nat64(agent.query(world.counter, "counter", NOTHING)) == world.count()


def test_a_stranger_who_takes_a_nodes_name_is_refused(agent, man, world):
    man.does(signed_by(STRANGER, world.replica.node_id.bytes), only=["query"])
    with pytest.raises(errors.UntrustedQueryAnswer, match="not one of this answer"):
        agent.query(world.counter, "counter", NOTHING)


def test_the_answer_to_another_query_is_refused(agent, man, world):
    kept = []

    def keep(asked: Asked, forward: Forward) -> Said:
        kept.append(forward(asked))
        return kept[-1]

    man.does(keep, only=["query"])
    agent.query(world.counter, "counter", NOTHING)
    man.does(deeds.say(kept[0]), only=["query"])
    with pytest.raises(errors.UntrustedQueryAnswer, match="not one of this answer"):
        agent.query(world.counter, "counter", NOTHING)


@pytest.mark.parametrize("late", [OLD, -OLD])
def test_an_answer_to_a_query_that_is_held_back_is_refused(late, agent, man, world, clock):
    def hold(asked: Asked, forward: Forward) -> Said:
        said = forward(asked)
        clock.offset += late
        return said

    agent.query(world.counter, "counter", NOTHING)
    man.does(hold, only=["query"])
    with pytest.raises((errors.UntrustedQueryAnswer, errors.UntrustedCertificate)):
        agent.query(world.counter, "counter", NOTHING)


def test_a_forged_reject_of_a_query_is_refused_and_a_real_one_is_not(agent, man, world):
    man.does(deeds.change_map(other_reject), only=["query"])
    with pytest.raises(errors.UntrustedQueryAnswer):
        agent.query(world.counter, "counter", NOTHING)
    with pytest.raises(errors.CanisterReject, match="no query method") as caught:
        agent.query(world.counter, "no_such", NOTHING)
    assert type(caught.value) is errors.CanisterReject


def test_nodes_of_an_impostor_are_refused(agent, man, world):
    """The man answers everything himself, with a subnet of his own."""
    subnet = Subnet(3, root=IMPOSTOR, canisters=(0, 2**20), nodes=(STRANGER,))

    def answer(asked: Asked, forward: Forward) -> Said:
        now = Envelope.decode(asked.body).content.ingress_expiry - 4 * MINUTE
        request_id = Envelope.decode(asked.body).content.request_id
        if asked.kind == "query":
            return Said(200, query_body(STRANGER, request_id, now))
        if asked.kind == "call":
            certificate = subnet.of_request(request_id, now, status=b"replied", reply=NOTHING)
            return Said(200, call_body(certificate))
        return Said(200, read_body(subnet.of_nodes(now)))

    man.always = answer
    for what in (agent.query, agent.update):
        with pytest.raises(errors.UntrustedCertificate) as caught:
            what(world.counter, "counter", NOTHING)
        assert type(caught.value.reason) is CertificateSignatureError


@MANY
@given(data=st.data())
def test_any_body_at_all_is_an_answer_or_a_typed_error(data, agent, man, world):
    body = data.draw(st.binary(max_size=60) | st.just(os.urandom(1000)))
    number = data.draw(st.sampled_from([200, 200, 202, 400, 204, 301, 501]))
    man.does(*[deeds.say(Said(number, body))] * 3)
    man.always = deeds.say(Said(400))
    for what in (
        lambda: agent.query(world.counter, "counter", NOTHING),
        lambda: agent.read_module_hash(world.counter),
    ):
        with pytest.raises(errors.AgentError):
            what()


def test_an_answer_with_more_signatures_than_the_subnet_has_nodes_is_refused(agent, man, world):
    man.does(
        deeds.change_map(lambda a: {**a, "signatures": a["signatures"] * 1000}), only=["query"]
    )
    with pytest.raises(errors.UntrustedQueryAnswer, match="1000 signatures, by a subnet of 1"):
        agent.query(world.counter, "counter", NOTHING)
