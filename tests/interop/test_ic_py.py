"""Stock ic-py, unmodified, against the replica: create, install, call, query, read state.

ic-py's queries break on cbor2 6, which is why its users pin cbor2 below 6; there the tests that
query are skipped by name.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest

pytest.importorskip("ic", reason="ic-py is not installed")

from ic.agent import Agent
from ic.candid import Types, encode
from ic.canister import Canister
from ic.client import Client
from ic.common.management import Management
from ic.identity import DelegateIdentity, Identity
from ic.principal import Principal as IcPyPrincipal
from ic.system_state import (
    canister_controllers,
    canister_module_hash,
    subnet_canister_ranges,
    subnet_public_key,
    time,
)

from ic_factory.replica import Replica
from ic_factory.replica.http import Server, serve
from tests.canisters.universal import Hook, Program, cdk_wasm, universal_wasm_without
from tests.conformance.spec_client.identities import signed_delegation

CBOR2_IS_TOO_NEW = int(importlib.metadata.version("cbor2").split(".")[0]) >= 6

queries = pytest.mark.skipif(CBOR2_IS_TOO_NEW, reason="ic-py's queries break on cbor2 6")

pytestmark = [
    # ic-py hands bytes to httpx as `data`, and its parsers are older than Python's taste.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::SyntaxWarning"),
]

POLL_SECONDS = 0.01
"""How often ic-py polls where it lets the caller say."""

COUNTER = "service : { increment : () -> (nat64); counter : () -> (nat64) query }"

CREATE = "provisional_create_canister_with_cycles"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Replica() as replica:
        replica.start()
        with serve(replica) as server:
            server.replica = replica  # type: ignore[attr-defined] # for the tests below
            yield server


@pytest.fixture(scope="module")
def replica(server: Server) -> Replica:
    replica: Replica = server.replica  # type: ignore[attr-defined]
    return replica


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
                "delegation": {
                    "expiration": f"{expiration:x}",
                    "pubkey": session.der_pubkey.hex(),
                },
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


@pytest.fixture(scope="module", params=sorted(IDENTITIES))
def agent(request: pytest.FixtureRequest, server: Server) -> Agent:
    return Agent(IDENTITIES[request.param](), Client(server.url))


def update(agent: Agent, canister_id: str, method: str, argument: bytes, effective: str) -> Any:
    return agent.update_raw(
        canister_id,
        method,
        argument,
        effective_canister_id=effective,
        delay=POLL_SECONDS,
        timeout=10,
    )


def created(agent: Agent, replica: Replica) -> str:
    """A canister that ic-py created for the agent's identity."""
    record = Types.Record({"amount": Types.Opt(Types.Nat)})
    argument = encode([{"type": record, "value": {"amount": [5 * 10**12]}}])
    effective = str(replica.default_effective_canister_id)
    (result,) = update(agent, "aaaaa-aa", CREATE, argument, effective)
    (canister_id,) = result["value"].values()
    return str(canister_id)


def install(agent: Agent, canister_id: str, module: bytes, argument: bytes) -> None:
    record = Types.Record(
        {
            "mode": Types.Variant({"install": Types.Null}),
            "canister_id": Types.Principal,
            "wasm_module": Types.Vec(Types.Nat8),
            "arg": Types.Vec(Types.Nat8),
        }
    )
    value = {
        "mode": {"install": None},
        "canister_id": canister_id,
        "wasm_module": list(module),
        "arg": list(argument),
    }
    encoded = encode([{"type": record, "value": value}])
    update(agent, "aaaaa-aa", "install_code", encoded, canister_id)


UNIVERSAL = universal_wasm_without("canister_heartbeat")


@pytest.fixture(scope="module")
def installed(agent: Agent, replica: Replica) -> str:
    """A universal canister, created and installed by ic-py."""
    canister_id = created(agent, replica)
    install(agent, canister_id, UNIVERSAL, b"")
    return canister_id


@pytest.fixture
def canister_id(installed: str, replica: Replica) -> Iterator[str]:
    """The same canister, put back afterwards."""
    moment = replica.snapshot()
    yield installed
    replica.rewind(moment)


def test_update_calls(agent: Agent, canister_id: str):
    answer = encode([{"type": Types.Text, "value": "as ic-py reads it"}])
    program = Program().reply(answer).code
    (result,) = update(agent, canister_id, "update", program, canister_id)
    assert result["value"] == "as ic-py reads it"


def test_the_canister_sees_the_identity(agent: Agent, canister_id: str):
    sender = agent.get_principal()
    prefix = encode([{"type": Types.Principal, "value": sender.to_str()}])
    program = Program().reply(Program().concat(prefix[: -len(sender.bytes)], Program().caller()))
    (result,) = update(agent, canister_id, "update", program.code, canister_id)
    assert result["value"].bytes == sender.bytes


def test_rejects(agent: Agent, canister_id: str):
    with pytest.raises(Exception, match="Rejected: not today"):
        update(agent, canister_id, "update", Program().reject(b"not today").code, canister_id)


@queries
def test_query_calls(agent: Agent, canister_id: str):
    answer = encode([{"type": Types.Nat, "value": 2**100}])
    (result,) = agent.query_raw(canister_id, "query", Program().reply(answer).code)
    assert result["value"] == 2**100


@queries
def test_query_rejects(agent: Agent, canister_id: str):
    program = Program().reject(b"not today").code
    assert agent.query_raw(canister_id, "query", program) == "not today"


def test_read_state(agent: Agent, canister_id: str, replica: Replica):
    assert canister_module_hash(agent, canister_id) == sha256(UNIVERSAL).hexdigest()
    controllers = canister_controllers(agent, canister_id)
    assert [each.bytes for each in controllers] == [agent.get_principal().bytes]
    assert time(agent, canister_id) > 1_700_000_000 * 10**9
    subnet_id = str(replica.subnet_id)
    assert subnet_public_key(agent, canister_id, subnet_id) == replica.root_key.hex()
    ranges = subnet_canister_ranges(agent, canister_id, subnet_id)
    raw = IcPyPrincipal.from_str(canister_id).bytes
    assert any(first.bytes <= raw <= last.bytes for first, last in ranges)


def test_the_request_status_by_hand(agent: Agent, canister_id: str):
    status, _ = agent.request_status_raw(canister_id, bytes(32))
    assert status is None


def test_a_call_that_inspection_refuses_never_gets_a_status(agent: Agent, canister_id: str):
    """ic-py does not look at the answer of the call endpoint, so it polls until its time is up."""
    reply = encode([])
    close = Program().set_hook(Hook.INSPECT_MESSAGE, Program()).reply(reply)
    update(agent, canister_id, "update", close.code, canister_id)
    with pytest.raises(Exception, match="Timeout"):
        agent.update_raw(
            canister_id, "update", Program().reply(reply).code, delay=POLL_SECONDS, timeout=0.1
        )


@pytest.mark.slow
@queries
def test_a_canister_by_its_interface(server: Server, replica: Replica):
    """ic-py's own classes for canisters and for the management canister; they poll each second."""
    agent = Agent(Identity(), Client(server.url))
    canister_id = created(agent, replica)
    install(agent, canister_id, cdk_wasm(), encode([{"type": Types.Opt(Types.Text), "value": []}]))
    canister = Canister(agent, canister_id, COUNTER)
    assert canister.counter() == [0]
    assert canister.increment() == [1]
    assert canister.counter() == [1]
    management = Management(agent)
    nothing: dict[str, list[Any]] = {"amount": [], "settings": []}
    (created_too,) = management.provisional_create_canister_with_cycles(nothing)
    assert created_too["canister_id"] != canister_id
    (status,) = management.canister_status({"canister_id": canister_id})
    assert status["status"] == {"running": None}
    assert status["cycles"] > 10**12
