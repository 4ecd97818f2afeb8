"""Which certificates of a call are believed."""

from contextlib import suppress
from functools import partial

import pytest

from ic_factory.agent import errors
from ic_factory.agent.transport import Response
from ic_factory.protocol.certificate_errors import (
    CanisterOutOfRangeError,
    CertificateSignatureError,
    CertificateTooOldError,
    MalformedCertificateError,
    NestedDelegationError,
)
from ic_factory.protocol.principal import Principal
from tests.agent.subnets import IMPOSTOR, ROOT, Subnet, call_body, pruned
from tests.unit.agent.scripted import (
    REPLIED,
    SECOND,
    START,
    SUBNET,
    Hand,
    by_status,
    called,
    request_id_of,
)

FOREIGN = {
    "another call": lambda hand, id_: hand.call_body(b"\x07" * 32, **REPLIED),
    "nothing": lambda hand, id_: call_body(pruned(SUBNET.of_request(id_, hand.now, **REPLIED))),
    "the status without the reply": lambda hand, id_: call_body(
        pruned(SUBNET.of_request(id_, hand.now, **REPLIED), (b"request_status", id_, b"status"))
    ),
}


@pytest.mark.parametrize("name", ["nothing", "the status without the reply"])
def test_a_certificate_that_is_silent_about_the_call_is_foreign(name):
    hand = Hand()
    with pytest.raises(errors.ForeignCertificate, match="may have been executed") as caught:
        called(hand, [lambda e: Response(200, FOREIGN[name](hand, request_id_of(e)))])
    assert caught.value.attempt.request_id == request_id_of(hand.sent[0])


def test_a_certificate_that_proves_the_call_absent_is_asked_about():
    hand = Hand()
    first = [lambda e: Response(200, FOREIGN["another call"](hand, request_id_of(e)))]
    rest = by_status(hand, REPLIED)
    reply = called(hand, lambda e: first.pop()(e) if first else rest(e))
    assert reply == b"reply"


def delegated(subnet, delegation=None):
    def answer(hand, exchange):
        certificate = subnet.certificate(
            {
                b"request_status": {
                    request_id_of(exchange): {b"status": b"replied", b"reply": b"reply"}
                }
            },
            hand.now,
            delegation,
        )
        return Response(200, call_body(certificate))

    return answer


OTHER = Subnet(3, canisters=(20, 29))
DELEGATIONS = {
    "another subnet's": (delegated(OTHER), CanisterOutOfRangeError),
    "of a subnet that shows no canisters": (
        delegated(Subnet(2, canisters=None)),
        MalformedCertificateError,
    ),
    "for another subnet": (delegated(SUBNET, OTHER.delegation()), CanisterOutOfRangeError),
    "for another key": (
        delegated(SUBNET, Subnet(3, canisters=(10, 19)).delegation()),
        CertificateSignatureError,
    ),
    "by an impostor": (delegated(Subnet(2, root=IMPOSTOR)), CertificateSignatureError),
    "by the subnet itself": (delegated(Subnet(2, root=SUBNET.key)), CertificateSignatureError),
    "by way of another one": (
        delegated(SUBNET, SUBNET.delegation(nested=OTHER.delegation())),
        NestedDelegationError,
    ),
}


@pytest.mark.parametrize("name", DELEGATIONS)
def test_a_delegation_that_does_not_cover_the_canister_is_refused(name):
    answer, reason = DELEGATIONS[name]
    hand = Hand()
    with pytest.raises(errors.UntrustedCertificate) as caught:
        called(hand, [partial(answer, hand)])
    assert type(caught.value.reason) is reason


def test_the_right_delegation_is_accepted_and_another_canister_is_not():
    hand = Hand()
    assert called(hand, [partial(delegated(SUBNET), hand)]) == b"reply"
    hand = Hand()
    other = Principal(b"\x00" * 7 + b"\x14\x01\x01")
    with pytest.raises(errors.UntrustedCertificate, match=str(other)):
        called(hand, [partial(delegated(SUBNET), hand)], canister_id=other)


def test_any_subnet_answers_for_the_management_canister():
    hand = Hand()
    management = Principal.management_canister()
    assert called(hand, [partial(delegated(OTHER), hand)], canister_id=management) == b"reply"


def test_an_old_certificate_is_refused():
    hand = Hand()

    def old(exchange):
        hand.now += 301 * SECOND
        certificate = SUBNET.of_request(request_id_of(exchange), START, **REPLIED)
        return Response(200, call_body(certificate))

    with pytest.raises(errors.UntrustedCertificate) as caught:
        called(hand, [old])
    assert type(caught.value.reason) is CertificateTooOldError


def test_a_root_key_that_is_none_trusts_nothing():
    hand = Hand()
    with pytest.raises(errors.UntrustedCertificate, match="BLS public key"):
        called(hand, [hand.replied], root_key=lambda: b"no key")
    with pytest.raises(errors.UntrustedCertificate):
        called(hand, [hand.replied], root_key=lambda: SUBNET.key.public_key_der)
    assert called(hand, [hand.replied], root_key=lambda: ROOT.public_key_der) == b"reply"


@pytest.mark.slow
def test_no_byte_of_an_answer_can_be_changed_into_another_answer():
    """Each byte in turn, at the first answer and at the answer to the question."""
    hand = Hand()
    length = len(hand.call_body(bytes(32), **REPLIED))
    for at in range(length):
        hand = Hand()

        def changed(exchange, hand=hand, at=at):
            body = bytearray(hand.replied(exchange).body)
            body[at] ^= 1 << at % 8
            return Response(200, bytes(body))

        rest = by_status(hand, REPLIED)
        first = [changed]
        with suppress(errors.MalformedAnswer, errors.UntrustedAnswer):
            reply = called(hand, lambda e, f=first, r=rest: f.pop()(e) if f else r(e))
            assert reply == b"reply"
