"""Code that was written for stock ic-py gives the same on our agent, and errors are typed there.

What reads the state or calls is run on both and compared; ic-py's queries break on cbor2 6, so
there they are compared where they run.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import ic.agent
import ic.client
import pytest
from ic.candid import Types, encode
from ic.canister import Canister
from ic.certificate import lookup
from ic.identity import DelegateIdentity, Identity
from ic.principal import Principal as IcPyPrincipal
from ic.system_state import (
    canister_controllers,
    canister_module_hash,
    subnet_canister_ranges,
    subnet_public_key,
    time,
)

from ic_factory.agent import errors
from ic_factory.agent.agent import Agent
from ic_factory.agent.client import Client
from ic_factory.errors import IcFactoryError
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.http.server import serve
from tests.canisters.universal import Program, cdk_wasm, universal_wasm_without
from tests.conformance.spec_client.identities import signed_delegation

CBOR2_IS_TOO_NEW = int(importlib.metadata.version("cbor2").split(".")[0]) >= 6

stock_queries = pytest.mark.skipif(CBOR2_IS_TOO_NEW, reason="ic-py's queries break on cbor2 6")

pytestmark = [
    # ic-py hands bytes to httpx as `data`, and its parsers are older than Python's taste.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::SyntaxWarning"),
]

COUNTER = "service : { increment : () -> (nat64); counter : () -> (nat64) query }"
NOTHING = encode([])
MODULE = universal_wasm_without("canister_heartbeat", "canister_inspect_message")


@dataclass(frozen=True)
class Network:
    """A live replica with both test canisters."""

    replica: Replica
    url: str
    universal: str
    counter: str


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Replica() as replica:
        replica.start()
        universal, counter = replica.create_canister(), replica.create_canister()
        replica.install_code(universal, MODULE)
        replica.install_code(counter, cdk_wasm(), NOTHING)
        with serve(replica) as server:
            yield Network(replica, server.url, str(universal), str(counter))


@pytest.fixture(scope="module")
def stock(network: Network) -> ic.agent.Agent:
    return ic.agent.Agent(Identity(anonymous=True), ic.client.Client(network.url))


@pytest.fixture(scope="module")
def ours(network: Network) -> Iterator[Agent]:
    with Agent(Identity(anonymous=True), Client(network.url)) as agent:
        yield agent


def delegate() -> DelegateIdentity:
    """A session key in the name of another one, as a browser hands it over."""
    root, session = Identity(), Identity()
    expiration = 2**63

    class RootKey:
        public_key = root.der_pubkey

        def sign(self, payload: bytes) -> bytes:
            return bytes(root.sign(payload)[1])

    class SessionKey(RootKey):
        public_key = session.der_pubkey

    link = signed_delegation(RootKey(), SessionKey(), expiration)
    chain = {
        "publicKey": root.der_pubkey.hex(),
        "delegations": [
            {
                "delegation": {"expiration": f"{expiration:x}", "pubkey": session.der_pubkey.hex()},
                "signature": link["signature"].hex(),
            }
        ],
    }
    return DelegateIdentity(session, chain)


IDENTITIES: dict[str, Callable[[], Any]] = {
    "anonymous": lambda: Identity(anonymous=True),
    "ed25519": Identity,
    "secp256k1": lambda: Identity(type="secp256k1"),
    "delegated": delegate,
    "seed phrase": lambda: Identity.from_seed(" ".join(["abandon"] * 11 + ["about"])),
}

ANSWERS: dict[str, Any] = {
    "text": (Types.Text, "so it goes"),
    "big number": (Types.Nat, 2**100),
    "negative": (Types.Int, -(2**70)),
    "nothing": (Types.Null, None),
    "optional": (Types.Opt(Types.Text), ["there"]),
    "absent": (Types.Opt(Types.Text), []),
    "list": (Types.Vec(Types.Nat64), [1, 2, 3]),
    "record": (Types.Record({"one": Types.Nat, "two": Types.Text}), {"one": 1, "two": "2"}),
    "variant": (Types.Variant({"ok": Types.Nat, "err": Types.Text}), {"err": "no"}),
    "principal": (Types.Principal, "aaaaa-aa"),
    "float": (Types.Float64, 1.5),
}


def as_plain(value: Any) -> Any:
    """Values compared by what they say: principals by their bytes, bytes as lists."""
    if isinstance(value, dict):
        return {key: as_plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | bytes):
        return [as_plain(each) for each in value]
    if hasattr(value, "bytes"):
        return bytes(value.bytes)
    return value


def values_of(result: Any) -> Any:
    return [as_plain(one["value"]) for one in result]


def answering(name: str) -> bytes:
    type_, value = ANSWERS[name]
    return Program().reply(encode([{"type": type_, "value": value}])).code


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("name", ANSWERS)
def test_update_calls_give_the_same(name, typed, stock, ours, network):
    types = [ANSWERS[name][0]] if typed else None
    arguments = (network.universal, "update", answering(name), types)
    expected = stock.update_raw(*arguments, delay=0.01)
    assert values_of(ours.update_raw(*arguments)) == values_of(expected)


@stock_queries
@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("name", ANSWERS)
def test_query_calls_give_the_same(name, typed, stock, ours, network):
    types = [ANSWERS[name][0]] if typed else None
    arguments = (network.universal, "query", answering(name), types)
    assert values_of(ours.query_raw(*arguments)) == values_of(stock.query_raw(*arguments))


def test_the_async_variants_give_the_same(ours, network):
    id_, code = network.universal, answering("text")

    async def run():
        paths = [[b"time"]]
        return (
            await ours.query_raw_async(id_, "query", code),
            await ours.update_raw_async(id_, "update", code),
            await ours.read_state_raw_async(id_, paths),
            await ours.request_status_raw_async(id_, bytes(32)),
            await ours.poll_async(id_, bytes(32), timeout=0.01),
        )

    queried, updated, state, status, polled = asyncio.run(run())
    assert values_of(queried) == values_of(updated) == ["so it goes"]
    assert lookup([b"time"], state) is not None
    assert status[0] is None
    assert polled[0] is None


def test_many_async_calls_run_side_by_side(ours, network):
    async def run():
        calls = [ours.update_raw_async(network.counter, "increment", NOTHING) for _ in range(40)]
        return [values_of(one)[0] for one in await asyncio.gather(*calls)]

    counted = asyncio.run(run())
    assert len(set(counted)) == 40


def test_ids_may_be_principals_of_either_kind(ours, network):
    for id_ in (
        network.counter,
        Principal.of(network.counter),
        IcPyPrincipal.from_str(network.counter),
    ):
        assert ours.query_raw(id_, "counter", NOTHING)[0]["value"] >= 0
        assert ours.update_raw(id_, "increment", NOTHING)[0]["value"] > 0
        assert ours.update_raw(id_, "increment", NOTHING, None, id_)[0]["value"] > 0


def test_the_certified_state_is_looked_up_in_the_same_way(stock, ours, network):
    raw = Principal.of(network.universal).bytes
    paths = [[b"canister", raw, b"module_hash"], [b"canister", raw, b"controllers"], [b"time"]]
    expected = stock.read_state_raw(network.universal, paths)
    state = ours.read_state_raw(network.universal, paths)
    for path in paths[:2]:
        assert lookup(path, state) == lookup(path, expected)
    assert lookup(paths[0], state) == sha256(MODULE).digest()
    assert lookup([b"canister", raw, b"no_such"], state) is None
    assert set(state) == set(expected)


def test_ic_pys_readers_of_the_state_work_on_our_agent(stock, ours, network):
    subnet_id = str(network.replica.subnet_id)
    for read in (
        lambda agent: canister_module_hash(agent, network.universal),
        lambda agent: [one.bytes for one in canister_controllers(agent, network.universal)],
        lambda agent: subnet_public_key(agent, network.universal, subnet_id),
        lambda agent: as_plain(subnet_canister_ranges(agent, network.universal, subnet_id)),
    ):
        assert read(ours) == read(stock)
    assert abs(time(ours, network.universal) - time(stock, network.universal)) < 60 * 10**9


def sent_by_hand(agent: Any, network: Network, code: bytes) -> bytes:
    """A call as ic-py's own users make one to poll for it later."""
    content = {
        "request_type": "call",
        "sender": agent.identity.sender().bytes,
        "canister_id": IcPyPrincipal.from_str(network.universal).bytes,
        "method_name": "update",
        "arg": code,
        "ingress_expiry": agent.get_expiry_date(),
    }
    request_id, data = ic.agent.sign_request(content, agent.identity)
    assert agent.call_endpoint(network.universal, request_id, data) == request_id
    return bytes(request_id)


def test_calls_that_were_sent_by_hand_are_polled(stock, ours, network):
    for program, status, result in (
        (Program().reply(b"polled"), "replied", b"polled"),
        (Program().reject(b"not polled"), "rejected", b"not polled"),
    ):
        request_id = sent_by_hand(ours, network, program.code)
        assert ours.poll(network.universal, request_id) == (status, result)
        assert stock.poll(network.universal, request_id, delay=0.01) == (status, result)
        for agent in (stock, ours):
            found, state = agent.request_status_raw(network.universal, request_id)
            assert found == status
            path = [b"request_status", request_id, b"status"]
            assert lookup(path, state) == status.encode()


def test_a_call_that_nobody_made_is_polled_until_the_time_is_up(ours, network):
    status, state = ours.poll(network.universal, bytes(32), delay=0.01, timeout=0.05)
    assert status is None
    assert lookup([b"time"], state) is not None
    assert ours.request_status_raw(network.universal, bytes(32))[0] is None


@pytest.mark.parametrize("name", IDENTITIES)
def test_identities_of_ic_py_are_taken_as_they_are(name, network):
    identity = IDENTITIES[name]()
    prefix = encode([{"type": Types.Principal, "value": identity.sender().to_str()}])
    head = prefix[: -len(identity.sender().bytes)]
    code = Program().reply(Program().concat(head, Program().caller())).code
    with Agent(identity, ic.client.Client(network.url)) as agent:
        for ask in (agent.update_raw, agent.update_raw, agent.query_raw):
            method = "query" if ask == agent.query_raw else "update"
            (result,) = ask(network.universal, method, code)
            assert result["value"].bytes == identity.sender().bytes
        assert agent.get_principal().bytes == identity.sender().bytes
        assert agent.sender.bytes == identity.sender().bytes
        raw = Principal.of(network.universal).bytes
        agent.read_state_raw(network.universal, [[b"canister", raw, b"module_hash"]])


def test_our_client_serves_a_stock_agent(network):
    with Client(network.url) as client:
        agent = ic.agent.Agent(Identity(), client)
        code = answering("text")
        assert values_of(agent.update_raw(network.universal, "update", code, delay=0.01)) == [
            "so it goes"
        ]
        assert canister_module_hash(agent, network.universal) == sha256(MODULE).hexdigest()
        if not CBOR2_IS_TOO_NEW:
            assert values_of(agent.query_raw(network.universal, "query", code)) == ["so it goes"]


def test_ic_pys_canisters_work_on_our_agent(ours, network):
    canister = Canister(ours, network.counter, COUNTER)
    (before,) = canister.counter()
    assert canister.increment() == [before + 1]
    assert asyncio.run(canister.increment_async()) == [before + 2]
    assert asyncio.run(canister.counter_async()) == [before + 2]


REJECTS = {
    "a reject": (Program().reject(b"not today"), 4, "IC0406"),
    "a trap": (Program().trap(b"ouch"), 5, "IC0503"),
}


@pytest.mark.parametrize("name", REJECTS)
@pytest.mark.parametrize("kind", ["update", "query"])
def test_rejects_are_typed_where_ic_py_has_strings_and_plain_exceptions(
    name, kind, stock, ours, network
):
    program, code, error_code = REJECTS[name]
    ask = getattr(ours, f"{kind}_raw")
    with pytest.raises(errors.CanisterReject) as caught:
        ask(network.universal, kind, program.code)
    reject = caught.value
    assert type(reject) is errors.CanisterReject
    assert (reject.code, reject.error_code) == (code, error_code)
    assert (str(reject.canister), reject.method) == (network.universal, kind)
    assert isinstance(reject, IcFactoryError)
    if kind == "update":
        with pytest.raises(Exception, match="Rejected") as stocks:
            stock.update_raw(network.universal, kind, program.code, delay=0.01)
        assert type(stocks.value) is Exception
        assert reject.message in str(stocks.value)
    elif not CBOR2_IS_TOO_NEW:
        assert stock.query_raw(network.universal, kind, program.code) == reject.message


def test_a_call_that_inspection_refuses_is_told_at_once(ours, network):
    """ic-py polls for it until its time is up."""
    with pytest.raises(errors.UncertifiedReject) as caught:
        ours.update_raw(network.counter, "refused", NOTHING)
    assert caught.value.error_code == "IC0406"


def test_a_canister_that_is_not_there_is_told_at_once(ours, network):
    nobody = "rrkah-fqaaa-aaaaa-aaaaq-cai"
    for ask in (ours.update_raw, ours.query_raw):
        with pytest.raises(errors.AgentError):
            ask(nobody, "x", NOTHING)


def test_a_timeout_is_kept(ours, network):
    code = Program().busy_loop(10).reply(NOTHING).code
    assert ours.update_raw(network.universal, "update", code, delay=1, timeout=10) == []


def test_each_method_takes_what_ic_pys_takes():
    for theirs, mine in ((ic.agent.Agent, Agent), (ic.client.Client, Client)):
        for name, method in inspect.getmembers(theirs, inspect.isfunction):
            if name.startswith("_") and name != "__init__":
                continue
            expected = [*inspect.signature(method).parameters.values()]
            taken = inspect.signature(getattr(mine, name)).parameters
            if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in expected):
                expected = [one for one in expected if one.kind is not one.VAR_KEYWORD]
                assert {"delay", "timeout"} <= set(taken) or "kwargs" in taken
            assert [one.name for one in expected] == list(taken)[: len(expected)], name
