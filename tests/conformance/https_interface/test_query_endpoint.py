"""Specification: "Request: Query call". Signatures are checked by hand against the node's key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.management.interface import decode_reply, encode_arguments
from ic_factory.replica.rejects import Reject, Reply
from tests.canisters.universal import Program
from tests.conformance.https_interface.management_calls import manage
from tests.conformance.https_interface.world import (
    CALLER,
    COUNT_UP,
    World,
    assert_refused,
    universal_module,
)
from tests.conformance.spec_client.connection import (
    NOBODY,
    Content,
    decode,
    encode,
    envelope,
    request_id,
)
from tests.conformance.spec_client.identities import Identity, self_authenticating, user
from tests.conformance.spec_client.representation import hash_of_map

VERSIONS = pytest.mark.parametrize("version", ["v2", "v3"])


def ask(
    world: World, program: bytes, method: str = "query", identity: Identity = NOBODY
) -> tuple[Content, dict[str, Any]]:
    """A query and its answer, whose signature has been checked."""
    content = world.connection.call_content(world.canister_id, method, program, identity, "query")
    answer = decode(world.connection.send(content, identity))
    assert_signed_by_a_node(world, content, answer)
    return content, answer


def node_keys(world: World) -> dict[bytes, bytes]:
    """The subnet's node keys by node id, from a certificate."""
    certificate = world.connection.read_state(world.subnet_id, [[b"subnet"]], kind="subnet")
    prefix = (b"subnet", world.subnet_id, b"node")
    return {
        node: certificate[(*prefix, node, b"public_key")] for node in certificate.labels(*prefix)
    }


def assert_signed_by_a_node(world: World, content: Content, answer: dict[str, Any]) -> None:
    signed = {name: value for name, value in answer.items() if name != "signatures"}
    assert len(answer["signatures"]) == 1
    for signature in answer["signatures"]:
        assert set(signature) == {"timestamp", "signature", "identity"}
        key = node_keys(world)[signature["identity"]]
        assert self_authenticating(key) == signature["identity"]
        payload = b"\x0bic-response" + hash_of_map(
            {**signed, "timestamp": signature["timestamp"], "request_id": request_id(content)}
        )
        public_key = load_der_public_key(key)
        assert isinstance(public_key, Ed25519PublicKey)
        public_key.verify(signature["signature"], payload)


@VERSIONS
def test_a_reply(world: World, version: str):
    content = world.connection.call_content(
        world.canister_id, "query", Program().reply(b"the reply").code, request_type="query"
    )
    answer = decode(world.connection.send(content, version=version))
    assert set(answer) == {"status", "reply", "signatures"}
    assert answer["status"] == "replied"
    assert answer["reply"] == {"arg": b"the reply"}
    assert_signed_by_a_node(world, content, answer)


@VERSIONS
def test_a_reject(world: World, version: str):
    content = world.connection.call_content(
        world.canister_id, "query", Program().reject(b"not today").code, request_type="query"
    )
    answer = decode(world.connection.send(content, version=version))
    assert set(answer) == {"status", "reject_code", "reject_message", "error_code", "signatures"}
    assert (answer["status"], answer["reject_code"]) == ("rejected", 4)
    assert (answer["reject_message"], answer["error_code"]) == ("not today", "IC0406")
    assert_signed_by_a_node(world, content, answer)


MANY_ENDS: dict[str, tuple[Program, str, int, str]] = {
    "an explicit trap": (Program().trap(b"no"), "query", 5, "IC0503"),
    "a trap of WebAssembly": (Program().unreachable(), "query", 5, "IC0502"),
    "no answer": (Program(), "query_no_reply", 5, "IC0506"),
    "a contract violation": (Program().set_certified_data(b""), "query", 5, "IC0504"),
    "no such method": (Program(), "nothing", 5, "IC0536"),
    "an update method": (Program(), "update", 5, "IC0536"),
    "an inspection": (Program(), "canister_inspect_message", 5, "IC0536"),
}


@pytest.mark.parametrize("case", sorted(MANY_ENDS))
def test_every_kind_of_failure_is_a_signed_reject(world: World, case: str):
    program, method, reject_code, error_code = MANY_ENDS[case]
    _, answer = ask(world, program.code, method)
    assert answer["status"] == "rejected"
    assert (answer["reject_code"], answer["error_code"]) == (reject_code, error_code)
    assert world.connection.principal_text(world.canister_id) in answer["reject_message"]


def test_a_query_that_never_ends_is_stopped(engine: Engine):
    limits = InstructionLimits(query=10**7)
    with Replica(ReplicaConfig(limits=limits), engine=engine) as replica:
        canister_id = replica.create_canister()
        replica.install_code(canister_id, universal_module())
        endless = replica.query_call(canister_id, "query", Program().loop_forever().code)
        assert isinstance(endless, Reject)
        assert (int(endless.reject_code), str(endless.error_code)) == (5, "IC0522")
        assert replica.query_call(canister_id, "query", Program().reply(b"x").code) == Reply(b"x")


def test_a_query_changes_nothing(world: World):
    for _ in range(2):
        _, answer = ask(world, COUNT_UP)
        assert answer["reply"]["arg"] == (1).to_bytes(8, "little")
    assert world.count() == 0


def test_a_query_sees_the_update_before_it(world: World):
    world.connection.call(world.canister_id, "update", COUNT_UP)
    assert world.count() == 1


def test_the_callers_id(world: World):
    identity = user("a user")
    _, answer = ask(world, CALLER, identity=identity)
    assert answer["reply"]["arg"] == identity.sender
    assert ask(world, CALLER)[1]["reply"]["arg"] == NOBODY.sender


def test_a_composite_query_calls_other_canisters(world: World):
    program = Program().call(world.other_id, "query", Program().reply(b"from afar").code)
    _, answer = ask(world, program.code, "composite_query")
    assert answer["reply"]["arg"] == b"from afar"


def test_a_query_calls_nobody(world: World):
    program = Program().call(world.other_id, "query", Program().reply(b"from afar").code)
    _, answer = ask(world, program.code)
    assert (answer["reject_code"], answer["error_code"]) == (5, "IC0504")


# The canister can't answer.


def test_a_stopped_canister(world: World):
    manage(world, "stop_canister")
    _, answer = ask(world, CALLER)
    assert (answer["reject_code"], answer["error_code"]) == (5, "IC0508")


def test_an_empty_canister(world: World):
    manage(world, "uninstall_code", {"sender_canister_version": []})
    _, answer = ask(world, CALLER)
    assert (answer["reject_code"], answer["error_code"]) == (5, "IC0537")


def test_a_frozen_canister(world: World):
    settings = {"freezing_threshold": [2**64 - 1]}
    manage(world, "update_settings", {"settings": settings, "sender_canister_version": []})
    _, answer = ask(world, CALLER)
    assert (answer["reject_code"], answer["error_code"]) == (2, "IC0207")


def test_a_canister_that_is_not_there(world: World):
    absent = world.canister_id[:6] + b"\x77\x77\x01\x01"
    content = world.connection.call_content(absent, "query", CALLER, request_type="query")
    answer = decode(world.connection.send(content))
    assert (answer["reject_code"], answer["error_code"]) == (3, "IC0301")
    assert_signed_by_a_node(world, content, answer)


# The signature.


def test_the_signature_is_for_this_query_alone(world: World):
    _, answer = ask(world, CALLER)
    other, _ = ask(world, CALLER)
    with pytest.raises(InvalidSignature):
        assert_signed_by_a_node(world, other, answer)


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: answer["reply"].update(arg=b"forged"),
        lambda answer: answer.update(status="rejected"),
        lambda answer: answer["signatures"][0].update(timestamp=1),
    ],
    ids=["reply", "status", "timestamp"],
)
def test_the_signature_covers_the_answer(world: World, change: Callable[[dict[str, Any]], None]):
    content, answer = ask(world, CALLER)
    change(answer)
    with pytest.raises(InvalidSignature):
        assert_signed_by_a_node(world, content, answer)


@pytest.mark.parametrize("field", ["reject_code", "reject_message", "error_code"])
def test_the_signature_covers_all_of_a_reject(world: World, field: str):
    content, answer = ask(world, Program().reject(b"no").code)
    answer[field] = 1 if field == "reject_code" else "forged"
    with pytest.raises(InvalidSignature):
        assert_signed_by_a_node(world, content, answer)


def test_the_signature_is_recent(world: World):
    world.advance_time(10**12)
    _, answer = ask(world, CALLER)
    age = world.connection.now() - answer["signatures"][0]["timestamp"]
    assert abs(age) < 10**9


# Queries of the management canister, and of a subnet.


def query_management(world: World, method: str, identity: Identity) -> dict[str, Any]:
    argument = encode_arguments("start_canister", {"canister_id": Principal(world.canister_id)})
    content = world.connection.call_content(b"", method, argument, identity, "query")
    answer = decode(world.connection.send(content, identity, effective_id=world.canister_id))
    assert_signed_by_a_node(world, content, answer)
    return dict(answer)


def test_canister_status_is_a_query_too(world: World):
    answer = query_management(world, "canister_status", world.controller)
    status = decode_reply("canister_status", answer["reply"]["arg"])
    assert status["status"] == {"running": None}
    refused = query_management(world, "canister_status", world.stranger)
    assert (refused["reject_code"], refused["error_code"]) == (5, "IC0512")


def test_logs_are_a_query(world: World):
    program = Program().debug_print(b"a line").reply().code
    world.connection.call(world.canister_id, "update", program)
    content = world.connection.call_content(
        b"", "fetch_canister_logs", logs_argument(world), world.controller, "query"
    )
    answer = decode(
        world.connection.send(content, world.controller, effective_id=world.canister_id)
    )
    records = decode_reply("fetch_canister_logs", answer["reply"]["arg"])["canister_log_records"]
    assert [record["content"] for record in records] == [b"a line"]


def logs_argument(world: World) -> bytes:
    fields = {"canister_id": Principal(world.canister_id), "filter": []}
    return encode_arguments("fetch_canister_logs", fields)


@pytest.mark.parametrize("method", ["start_canister", "raw_rand", "install_code", "nothing"])
def test_other_management_methods_are_no_queries(world: World, method: str):
    answer = query_management(world, method, world.controller)
    assert answer["status"] == "rejected"
    assert (answer["reject_code"], answer["error_code"]) == (5, "IC0536")


def test_a_management_query_goes_to_the_canisters_url(world: World):
    argument = encode_arguments("start_canister", {"canister_id": Principal(world.canister_id)})
    content = world.connection.call_content(
        b"", "canister_status", argument, world.controller, "query"
    )
    response = world.connection.send(content, world.controller, effective_id=world.other_id)
    assert_refused(world, response)


@pytest.mark.parametrize("method", ["canister_status", "query", "fetch_canister_logs"])
def test_a_subnets_url_takes_queries_of_list_canisters_alone(world: World, method: str):
    argument = encode_arguments("start_canister", {"canister_id": Principal(world.canister_id)})
    content = world.connection.call_content(
        b"", method, argument, world.controller, request_type="query"
    )
    response = world.connection.send(
        content, world.controller, effective_id=world.subnet_id, kind="subnet"
    )
    assert_refused(world, response, "list_canisters")


def test_only_subnet_admins_list_canisters_and_there_are_none(world: World):
    content = world.connection.call_content(
        b"", "list_canisters", b"DIDL\0\0", world.controller, "query"
    )
    for kind, target in ("subnet", world.subnet_id), ("canister", world.canister_id):
        response = world.connection.send(content, world.controller, effective_id=target, kind=kind)
        answer = decode(response)
        assert answer["status"] == "rejected"
        assert_signed_by_a_node(world, content, answer)


def test_subnet_queries_came_with_v3(world: World):
    content = world.connection.call_content(b"", "list_canisters", b"", request_type="query")
    body = encode(envelope(content))
    response = world.connection.post("query", world.subnet_id, body, "v2", kind="subnet")
    assert response.status_code == 404


@pytest.mark.parametrize("size", [0, 1, 1_900_000])
def test_replies_of_any_size(world: World, size: int):
    _, answer = ask(world, Program().reply(Program().new_buffer(size)).code)
    assert answer["reply"]["arg"] == bytes(size)
