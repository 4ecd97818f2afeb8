"""Our client where ic-py's stood, and the agent's own part, over a transport without a network."""

import asyncio

import pytest
from ic.client import Client as IcPyClient
from ic.identity import Identity

from ic_factory.agent.agent import Agent
from ic_factory.agent.client import MAINNET_URL, Client
from ic_factory.agent.errors import (
    AgentError,
    MalformedAnswer,
    RequestRefused,
    TransportError,
    UntrustedCertificate,
)
from ic_factory.agent.http import HttpTransport, is_loopback
from ic_factory.agent.transport import Response, Unanswered
from ic_factory.protocol import cbor
from ic_factory.protocol.crypto.bls import BlsPublicKey
from ic_factory.protocol.root_key import MAINNET_ROOT_KEY
from tests.agent.subnets import ROOT
from tests.unit.agent.scripted import CANISTER, START, Hand

LOCAL = "http://127.0.0.1:4943"
ANSWER = Response(200, b"answer")
STATUS = Response(200, b"")


class Wire:
    """A transport that says what a test tells it to."""

    def __init__(self, answer=ANSWER, status=STATUS, url=LOCAL):
        self.url = url
        self.answer = answer
        self.status = status
        self.posted = []
        self.got = []
        self.renewed = 0
        self.is_closed = False

    def post(self, exchange):
        self.posted.append(exchange)
        return self.answer(exchange) if callable(self.answer) else self.answer

    def get(self, path):
        self.got.append(path)
        return self.status

    def renew(self):
        self.renewed += 1

    def close(self):
        self.is_closed = True


def client_on(wire):
    return Client(wire.url, wire)


def agent_on(wire, **arguments):
    arguments = {"clock": lambda: START, "patience": 0.0, **arguments}
    return Agent(Identity(anonymous=True), client_on(wire), **arguments)


def test_each_method_asks_its_endpoint():
    wire = Wire()
    client = client_on(wire)
    assert client.query(str(CANISTER), b"q") == b"answer"
    assert client.read_state(CANISTER, b"r") == b"answer"
    assert client.call(str(CANISTER), b"id", b"c") == b"id"
    assert client.status() == b""
    paths = [f"/api/v2/canister/{CANISTER}/{one}" for one in ("query", "read_state", "call")]
    assert [one.path for one in wire.posted] == paths
    assert [one.body for one in wire.posted] == [b"q", b"r", b"c"]
    assert wire.got == ["/api/v2/status"]


def test_the_async_methods_do_the_same():
    wire = Wire()
    client = client_on(wire)

    async def all_of_them():
        return (
            await client.query_async(str(CANISTER), b"q"),
            await client.read_state_async(CANISTER, b"r"),
            await client.call_async(str(CANISTER), b"id", b"c"),
            await client.status_async(),
        )

    assert asyncio.run(all_of_them()) == (b"answer", b"answer", b"id", b"")
    assert len(wire.posted) == 3


def test_a_refusal_is_an_error_fit_for_a_terminal():
    client = client_on(Wire(Response(400, b"not\x1b[2J\nnow")))
    with pytest.raises(RequestRefused, match="not") as caught:
        client.query(CANISTER, b"")
    assert caught.value.status == 400
    assert str(caught.value).isprintable()


def test_no_answer_is_an_error():
    client = client_on(Wire(Unanswered("gone", was_sent=True), Unanswered("gone", was_sent=False)))
    with pytest.raises(TransportError, match="gone") as caught:
        client.call(CANISTER, b"", b"")
    assert caught.value.may_have_arrived
    with pytest.raises(TransportError) as caught:
        client.status()
    assert not caught.value.may_have_arrived


def test_a_client_closes_its_transport():
    wire = Wire()
    with client_on(wire) as client:
        assert not wire.is_closed
        assert client.transport is wire
    assert wire.is_closed
    with agent_on(wire := Wire()):
        pass
    assert wire.is_closed


def test_clients_of_ic_py_are_taken_with_their_address():
    ours = Client.of(IcPyClient("http://127.0.0.1:9/"))
    assert ours.url == "http://127.0.0.1:9"
    assert Client.of(ours) is ours
    ours.close()
    with Agent(Identity(anonymous=True)) as agent:
        assert agent.url == MAINNET_URL


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:80", True),
        ("http://127.255.0.9", True),
        ("http://[::1]:4943/", True),
        ("http://localhost", True),
        ("http://x.LOCALHOST:1", True),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
        ("http://localhost@example.com", False),
        ("http://192.168.0.1", False),
        ("https://icp-api.io", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_which_addresses_are_of_this_machine(url, expected):
    assert is_loopback(url) is expected


def test_the_mainnets_key_is_a_key():
    assert BlsPublicKey.from_der(MAINNET_ROOT_KEY).der == MAINNET_ROOT_KEY


@pytest.mark.parametrize("url", ["https://icp-api.io", "http://192.168.0.1", "https://x.example"])
def test_networks_elsewhere_are_never_asked_for_their_key(url):
    wire = Wire(url=url, status=Response(200, cbor.encode({"root_key": b"forged"})))
    assert agent_on(wire).get_root_key() == MAINNET_ROOT_KEY
    assert wire.got == []


def test_a_local_network_is_asked_once_for_its_key():
    status = Response(200, cbor.encode_self_described({"root_key": ROOT.public_key_der}))
    wire = Wire(status=status)
    agent = agent_on(wire)
    assert wire.got == []
    for _ in range(2):
        assert agent.get_root_key() == ROOT.public_key_der
    assert wire.got == ["/api/v2/status"]


def test_a_key_that_is_given_is_the_key():
    wire = Wire()
    assert agent_on(wire, root_key=b"given").get_root_key() == b"given"
    assert wire.got == []


@pytest.mark.parametrize(
    "status",
    [b"", b"\xff", b"\xa0", *map(cbor.encode, [[], {"root_key": None}, {"root_key": 10**12}])],
)
def test_a_status_without_a_key_is_malformed(status):
    with pytest.raises(MalformedAnswer, match="status"):
        agent_on(Wire(status=Response(200, status))).get_root_key()


def test_no_call_is_sent_whose_answer_could_not_be_verified():
    wire = Wire(status=Unanswered("refused", was_sent=False))
    agent = agent_on(wire)
    for what in (agent.update, agent.query):
        with pytest.raises(TransportError, match="status"):
            what(CANISTER, "go", b"")
    assert wire.posted == []


def test_an_answer_that_is_not_the_right_one_gives_up_the_connections():
    hand = Hand()
    for answer, kind in ((Response(200, b"garbage"), MalformedAnswer), (hand.replied, None)):
        wire = Wire(answer)
        agent = agent_on(wire, root_key=ROOT.public_key_der)
        if kind is None:
            assert agent.update(CANISTER, "go", b"") == b"reply"
        else:
            with pytest.raises(kind):
                agent.update(CANISTER, "go", b"")
        assert wire.renewed == (kind is not None)
    wire = Wire(hand.replied)
    with pytest.raises(UntrustedCertificate):
        agent_on(wire, root_key=b"").update(CANISTER, "go", b"")
    assert wire.renewed == 1


def test_an_agent_for_another_caller_shares_the_connections():
    wire = Wire(Hand().replied)
    agent = agent_on(wire, root_key=ROOT.public_key_der, ingress_expiry=100.5)
    other = Identity()
    twin = agent.with_identity(other)
    assert str(twin.sender) == other.sender().to_str()
    assert twin.client is agent.client
    assert twin.update(CANISTER, "go", b"") == b"reply"
    assert agent.update(CANISTER, "go", b"") == b"reply"


def test_an_agent_for_another_caller_knows_what_the_first_one_has_learnt():
    hand = Hand()

    def old_network(exchange):
        return hand.replied(exchange) if "/v3/" in exchange.path else Response(404, b"")

    wire = Wire(old_network)
    agent = agent_on(wire, root_key=ROOT.public_key_der)
    agent.update(CANISTER, "go", b"")
    agent.with_identity(Identity(anonymous=True)).update(CANISTER, "go", b"")
    assert [one.path.split("/")[2] for one in wire.posted] == ["v4", "v3", "v3"]


@pytest.mark.parametrize("patience", [float("inf"), 1e300])
def test_patience_may_be_endless(patience):
    wire = Wire(Hand().replied)
    agent = agent_on(wire, root_key=ROOT.public_key_der, patience=patience)
    assert agent.update(CANISTER, "go", b"") == b"reply"
    assert agent.update(CANISTER, "go", b"", patience=patience) == b"reply"


def test_a_transport_that_is_closed_says_so_and_opens_nothing_again():
    transport = HttpTransport("http://127.0.0.1:9")
    transport.close()
    transport.renew()
    outcome = transport.get("/api/v2/status")
    assert isinstance(outcome, Unanswered)
    assert (outcome.was_sent, outcome.is_final) == (False, True)
    transport.close()


def test_every_error_says_what_was_tried_and_where():
    wire = Wire(Response(400, b"no"))
    with pytest.raises(AgentError) as caught:
        agent_on(wire, root_key=b"").update(CANISTER, "go", b"")
    assert caught.value.attempt.what == "update go"
    for part in ("update go", str(CANISTER), LOCAL, "no"):
        assert part in str(caught.value)
