"""The IC's endpoints answer as the interface specification says, over a real socket."""

import time

import cbor2
import pytest

from ic_factory.protocol.principal import Principal
from tests.http.wire import (
    CBOR,
    NO_ARGUMENTS,
    answer,
    certified_leaves,
    content,
    envelope,
    message,
    read_state,
)


def post(served, path, body):
    return served.client.post(path, content=body, headers=CBOR)


def test_status_is_healthy_and_has_the_root_key(served):
    status = answer(served.client.get("/api/v2/status"))
    assert status["replica_health_status"] == "healthy"
    assert status["root_key"] == served.replica.root_key
    assert status["certified_height"] <= served.replica.height
    assert status["impl_version"].startswith("ic-factory ")
    assert status["ic_api_version"]


def test_head_of_the_status_has_its_headers_and_no_body(served):
    response = served.client.head("/api/v2/status")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_a_synchronous_call_answers_with_a_certificate_of_its_reply(served, version):
    response = post(
        served, served.path(version, "call"), message("call", served.canister_id, "count")
    )
    assert response.status_code == 200
    body = answer(response)
    assert body["status"] == "replied"
    found = certified_leaves(body["certificate"])
    statuses = [value for path, value in found.items() if path[-1] == b"status"]
    replies = [value for path, value in found.items() if path[-1] == b"reply"]
    assert statuses == [b"replied"]
    assert int.from_bytes(replies[0], "little") >= 1
    assert (b"time",) in found


def test_a_trap_comes_back_certified_too(served):
    response = post(served, served.path("v4", "call"), message("call", served.canister_id, "fail"))
    found = certified_leaves(answer(response)["certificate"])
    by_name = {path[-1]: value for path, value in found.items()}
    assert by_name[b"status"] == b"rejected"
    assert by_name[b"reject_code"] == b"\x05"
    assert b"counted" in by_name[b"reject_message"]


def test_an_asynchronous_call_is_accepted_and_polled(served):
    fields = content(
        "call",
        canister_id=served.canister_id.bytes,
        method_name="count",
        arg=NO_ARGUMENTS,
    )
    response = post(served, served.path("v2", "call"), envelope(fields))
    assert (response.status_code, response.content) == (202, b"")
    request_id = _request_id(fields)
    deadline = time.monotonic() + 10
    status = None
    while status != b"replied" and time.monotonic() < deadline:
        response = post(
            served,
            served.path("v2", "read_state"),
            read_state([b"request_status", request_id]),
        )
        found = certified_leaves(answer(response)["certificate"])
        status = found.get((b"request_status", request_id, b"status"))
    assert status == b"replied"


def test_the_same_call_again_gets_the_first_answer(served):
    body = message("call", served.canister_id, "count")
    first, second = (post(served, served.path("v4", "call"), body) for _ in range(2))
    replies = {_reply(certified_leaves(answer(each)["certificate"])) for each in (first, second)}
    assert len(replies) == 1


@pytest.mark.parametrize(("version", "status"), [("v2", None), ("v4", "non_replicated_rejection")])
def test_a_call_refused_before_it_is_taken_in_is_a_reject(served, version, status):
    absent = Principal.from_str("5g7ff-34aaa-aaaaa-7777q-cai")
    path = f"/api/{version}/canister/{absent}/call"
    response = post(served, path, message("call", absent, "count"))
    assert response.status_code == 200
    reject = answer(response)
    assert reject.get("status") == status
    assert reject["reject_code"] == 3
    assert reject["error_code"] == "IC0301"
    assert str(absent) in reject["reject_message"]


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_a_query_is_answered_and_signed(served, version):
    response = post(
        served, served.path(version, "query"), message("query", served.canister_id, "read")
    )
    body = answer(response)
    assert body["status"] == "replied"
    assert len(body["reply"]["arg"]) == 8
    assert body["signatures"][0]["identity"] == served.replica.node_id.bytes


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_state_is_read_with_a_certificate(served, version):
    path = (b"canister", served.canister_id.bytes, b"module_hash")
    response = post(served, served.path(version, "read_state"), read_state(path))
    assert len(certified_leaves(answer(response)["certificate"])[path]) == 32


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_state_of_the_subnet_is_read_with_a_certificate(served, version):
    path = (b"subnet", served.replica.subnet_id.bytes, b"public_key")
    response = post(served, served.subnet_path(version, "read_state"), read_state(path))
    found = certified_leaves(answer(response)["certificate"])
    assert found[path] == served.replica.root_key


def test_a_canister_is_created_at_the_subnets_url(served):
    before = len(served.replica.describe().canisters)
    fields = content(
        "call",
        canister_id=b"",
        method_name="provisional_create_canister_with_cycles",
        arg=bytes.fromhex("4449444c016c000100"),
    )
    response = post(served, served.subnet_path("v4", "call"), envelope(fields))
    assert answer(response)["status"] == "replied"
    assert len(served.replica.describe().canisters) == before + 1


def test_a_query_at_the_subnets_url_is_for_the_management_canister_alone(served):
    body = message("query", served.canister_id, "read")
    response = post(served, served.subnet_path("v3", "query"), body)
    assert response.status_code == 400


def test_anonymous_callers_may_send_null_for_key_and_signature(served):
    fields = content(
        "query", canister_id=served.canister_id.bytes, method_name="read", arg=NO_ARGUMENTS
    )
    body = cbor2.dumps({"content": fields, "sender_pubkey": None, "sender_sig": None})
    assert answer(post(served, served.path("v2", "query"), body))["status"] == "replied"


def _reply(found):
    return next(value for path, value in found.items() if path[-1] == b"reply")


def _request_id(fields):
    from ic.agent import to_request_id

    return to_request_id(fields)
