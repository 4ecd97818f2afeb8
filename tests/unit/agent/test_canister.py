"""`Canister` makes methods of a service description, on our agent and on stock ic-py's."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ic.agent
import ic.canister
import ic.client
import pytest
from ic.candid import RecClass, Types

from ic_factory.agent import Agent, Canister, CanisterReject, Client, Identity
from ic_factory.agent.canister import InterfaceUnknown, QueryRejected
from ic_factory.agent.ic_py_candid import UnfitMessage, UnwritableValue
from ic_factory.protocol.candid import DidSyntaxError, encode
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.http import serve
from tests.canisters.universal import cdk_wasm, universal_wasm

ROOT = Path(__file__).parents[3]
CDK = (ROOT / "canisters" / "test_canisters" / "cdk" / "cdk.did").read_text()
MANAGEMENT = """
type canister_id = principal;
service ic : {
  canister_status : (record { canister_id : canister_id }) -> (
    record { status : variant { running; stopping; stopped }; module_hash : opt blob });
  stored_chunks : (record { canister_id : principal }) -> (vec record { hash : blob });
  install_chunked_code : (record {
    mode : variant { install; reinstall };
    target_canister : principal;
    chunk_hashes_list : vec record { hash : blob };
    wasm_module_hash : blob;
    arg : blob }) -> ();
}
"""

# Stock ic-py hands bytes to httpx as `data`.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@dataclass(frozen=True)
class Network:
    """A served replica with a canister of each kind."""

    replica: Replica
    url: str
    cdk: Principal
    universal: Principal


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Replica() as replica:
        controller = Identity(privkey="11" * 32).sender()
        replica.start()
        cdk, universal = (replica.create_canister(Principal.of(controller)) for _ in range(2))
        argument = encode([parse_did(CDK).init_args[0]], [[{"note": "hello"}]])
        replica.install_code(cdk, cdk_wasm(), argument, sender=Principal.of(controller))
        replica.install_code(universal, universal_wasm(), sender=Principal.of(controller))
        with serve(replica) as server:
            yield Network(replica, server.url, cdk, universal)


def ours(url: str) -> Any:
    return Agent(Identity(privkey="11" * 32), Client(url))


def stock(url: str) -> Any:
    return ic.agent.Agent(Identity(privkey="11" * 32), ic.client.Client(url))


@pytest.fixture(params=[ours, stock], ids=["our agent", "stock agent"])
def agent(request: pytest.FixtureRequest, network: Network) -> Iterator[Any]:
    agent = request.param(network.url)
    yield agent
    if isinstance(agent, Agent):
        agent.close()


@pytest.fixture
def our_agent(network: Network) -> Iterator[Agent]:
    with ours(network.url) as agent:
        yield agent


@pytest.fixture
def canister(agent: Any, network: Network) -> Any:
    return Canister(agent, str(network.cdk), CDK)


def test_it_is_ic_pys_canister(agent: Any, network: Network) -> None:
    text = "service : { note : () -> (text) query }"
    canister: Any = Canister(agent, str(network.cdk), text)
    assert isinstance(canister, ic.canister.Canister)
    assert isinstance(canister.note, ic.canister.CaniterMethod)
    assert (canister.agent, canister.canister_id) == (agent, str(network.cdk))
    assert canister.candid == text


def test_a_method_comes_before_an_attribute(canister: Any, network: Network) -> None:
    """Of that name, as in ic-py: this canister has a method `canister_id`."""
    assert canister.canister_id() == [network.cdk]


def test_queries_and_updates_take_and_give_plain_values(canister: Any) -> None:
    assert canister.note() == ["hello"]
    (before,) = canister.counter()
    assert canister.increment() == [before + 1]
    assert canister.keys([], 0) == [[]]


def test_records_go_in_and_out_in_ic_pys_shape(canister: Any) -> None:
    request = {
        "url": "/",
        "method": "GET",
        "body": b"",
        "headers": [("host", "localhost")],
        "certificate_version": [],
    }
    (response,) = canister.http_request(request)
    assert response["status_code"] == 200
    assert response["headers"] == [["content-type", "text/plain"]]
    assert bytes(response["body"]) == b"hello"


def test_methods_can_be_awaited_side_by_side(canister: Any) -> None:
    async def several() -> list[Any]:
        call = canister.note_async()
        assert inspect.isawaitable(call)
        return await asyncio.gather(call, canister.whoami_async(), canister.len_async())

    note, caller, length = asyncio.run(several())
    assert note == ["hello"]
    assert caller == [canister.agent.get_principal()]
    assert length == [0]


def test_the_interface_is_fetched(agent: Any, network: Network) -> None:
    """From the metadata, or from the method, which this canister of ic-cdk does not have."""
    if isinstance(agent, Agent):
        canister = Canister(agent, network.cdk)
        assert canister.candid == CDK
        assert canister.note() == ["hello"]
    else:
        with pytest.raises(InterfaceUnknown, match="has neither public metadata candid:service"):
            Canister(agent, str(network.cdk))


def test_a_canister_without_an_interface_says_what_to_do(
    our_agent: Agent, network: Network
) -> None:
    with pytest.raises(InterfaceUnknown, match="give its interface as `candid`") as caught:
        Canister(our_agent, network.universal)
    assert isinstance(caught.value.__cause__, CanisterReject)


def test_a_composite_query_is_a_query(canister: Any, network: Network) -> None:
    assert canister.get_from.anno == "composite_query"
    assert canister.get_from(str(network.cdk), "missing") == [{"Ok": []}]


def test_a_rejected_query_is_an_error(agent: Any, network: Network) -> None:
    wrong = Canister(agent, str(network.cdk), "service : { nothing : () -> () query }")
    error = CanisterReject if isinstance(agent, Agent) else QueryRejected
    with pytest.raises(error, match="nothing"):
        wrong.nothing()


def test_an_answer_of_another_type_is_an_error(our_agent: Agent, network: Network) -> None:
    wrong = Canister(our_agent, network.cdk, "service : { note : () -> (nat) query }")
    with pytest.raises(UnfitMessage, match="text where nat is expected"):
        wrong.note()


def test_arguments_are_checked_before_the_call(our_agent: Agent, network: Network) -> None:
    canister: Any = Canister(our_agent, network.cdk, CDK)
    with pytest.raises(UnwritableValue, match="keys takes 2 arguments, not 1"):
        canister.keys([])
    with pytest.raises(UnwritableValue, match=r"\[1\]: .*nat32"):
        canister.keys([], -1)


def test_the_management_canister_is_reached_by_the_canister_in_the_argument(
    agent: Any, network: Network
) -> None:
    management: Any = Canister(agent, "aaaaa-aa", MANAGEMENT)
    (status,) = management.canister_status({"canister_id": str(network.cdk)})
    assert status["status"] == {"running": None}
    assert len(status["module_hash"][0]) == 32


def test_a_canister_to_be_installed_is_the_effective_one(
    our_agent: Agent, network: Network
) -> None:
    """The replica refuses a request that is addressed to another canister than it is about."""
    management: Any = Canister(our_agent, Principal.management_canister(), MANAGEMENT)
    for canister_id in (network.universal, str(network.universal), network.universal.bytes):
        argument = {
            "mode": {"reinstall": None},
            "target_canister": canister_id,
            "chunk_hashes_list": [],
            "wasm_module_hash": bytes(32),
            "arg": b"",
        }
        with pytest.raises(CanisterReject):
            management.install_chunked_code(argument)


def test_names_that_are_no_identifiers_are_reached_by_getattr(
    our_agent: Agent, network: Network
) -> None:
    text = 'service : { "a name with blanks" : (blob) -> (blob) }'
    canister = Canister(our_agent, network.universal, text)
    method = getattr(canister, "a name with blanks")
    assert method.name == "a name with blanks"


def read(text: str) -> Any:
    """A canister of this interface, on an agent that is never asked."""
    return Canister(Agent(Identity(anonymous=True), Client("http://127.0.0.1:1")), "aaaaa-aa", text)


def test_the_whole_language_of_interfaces_is_read() -> None:
    canister = read(
        """
        // A comment.
        type Tree = variant { leaf : nat; branch : record { Tree; Tree } }; /* and another */
        type Callback = func (text) -> () oneway;
        service : (opt Tree, init : text) -> {
          f : (tree : Tree, count : nat) -> (result : vec nat8) composite_query;
          "record" : Callback;
          mixed : (record { text; 5 : nat; "_under" : bool }) -> ();
        }
        """
    )
    assert canister.f.anno == "composite_query"
    assert isinstance(canister.f.args[0], RecClass)
    assert canister.f.rets[0].name == "vec (nat8)"
    assert canister.record.anno == "oneway"
    assert set(canister.actor) == {"arguments", "methods"}
    assert [each.name for each in canister.actor["arguments"]][1] == "text"
    assert canister.actor["methods"]["record"].argTypes == [Types.Text]


def test_pythons_own_names_are_left_alone() -> None:
    canister = read("service : { __class__ : () -> (); __init__ : () -> (); ok : () -> () }")
    assert type(canister) is Canister
    assert callable(canister.ok)
    assert set(canister.actor["methods"]) == {"__class__", "__init__", "ok"}


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("type A = nat;", InterfaceUnknown, "has no service"),
        ("service : { f : (A) -> () }", DidSyntaxError, "line 1"),
        ("no interface at all", DidSyntaxError, "line 1"),
    ],
)
def test_a_bad_interface_is_refused(text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        read(text)


@pytest.mark.parametrize(
    "text",
    [CDK.replace(" composite_query", " query"), "service : { f : (vec nat8, opt text) -> (int) }"],
    ids=["cdk", "small"],
)
def test_types_are_those_that_ic_py_reads(text: str) -> None:
    theirs = ic.canister.Canister(None, "aaaaa-aa", without_comments(text))
    ours = read(text)
    assert set(ours.actor["methods"]) == set(theirs.actor["methods"])
    for name, method in theirs.actor["methods"].items():
        assert displayed(ours.actor["methods"][name]) == displayed(method)


def without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.strip().startswith("//"))


def displayed(function: Any) -> tuple[list[str], list[str], list[str]]:
    args, results = function.argTypes, function.retTypes
    return [each.name for each in args], [each.name for each in results], function.annotations
