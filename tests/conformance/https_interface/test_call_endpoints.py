"""Specification: "Request: Call", "Request: Asynchronous Call"."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.management.interface import decode_reply, encode_arguments
from tests.canisters.universal import Hook, Program
from tests.conformance.https_interface.management_calls import (
    CREATE,
    NO_SETTINGS,
    create_arguments,
    manage,
)
from tests.conformance.https_interface.world import (
    CALLER,
    COUNT_UP,
    World,
    assert_refused,
    status_of,
)
from tests.conformance.spec_client.certificates import decode_self_described
from tests.conformance.spec_client.connection import (
    NOBODY,
    decode,
    encode,
    envelope,
    outcome_of,
    request_id,
)
from tests.conformance.spec_client.hash_trees import Missing

SYNCHRONOUS = pytest.mark.parametrize("version", ["v3", "v4"])


def send(world: World, program: bytes, version: str, method: str = "update") -> tuple[Any, bytes]:
    content = world.connection.call_content(world.canister_id, method, program)
    return world.connection.send(content, version=version), request_id(content)


def run(world: World, program: Program) -> None:
    assert world.connection.call(world.canister_id, "update", program.code).status == "replied"


# v3 and v4 wait for the answer.


@SYNCHRONOUS
def test_a_reply_comes_with_its_certificate(world: World, version: str):
    response, rid = send(world, Program().reply(b"the reply").code, version)
    fields = decode(response)
    assert set(fields) == {"status", "certificate"}
    assert fields["status"] == "replied"
    certificate = world.connection.certified(fields["certificate"])
    assert certificate.values() == {
        (b"request_status", rid, b"reply"): b"the reply",
        (b"request_status", rid, b"status"): b"replied",
        (b"time",): certificate[b"time",],
    }


@SYNCHRONOUS
def test_a_reject_comes_with_its_certificate_too(world: World, version: str):
    response, rid = send(world, Program().reject(b"not today").code, version)
    fields = decode(response)
    assert fields["status"] == "replied"
    outcome = outcome_of(world.connection.certified(fields["certificate"]), rid)
    assert (outcome.status, outcome.reject_code) == ("rejected", 4)
    assert (outcome.reject_message, outcome.error_code) == ("not today", "IC0406")


@SYNCHRONOUS
def test_a_trap_is_a_certified_reject(world: World, version: str):
    response, rid = send(world, Program().trap(b"mind the gap").code, version)
    outcome = outcome_of(world.connection.certified(decode(response)["certificate"]), rid)
    assert (outcome.reject_code, outcome.error_code) == (5, "IC0503")
    assert "mind the gap" in (outcome.reject_message or "")


@SYNCHRONOUS
def test_a_query_method_can_be_called_for_a_certified_answer(world: World, version: str):
    response, rid = send(world, CALLER, version, method="query")
    outcome = outcome_of(world.connection.certified(decode(response)["certificate"]), rid)
    assert outcome.reply == NOBODY.sender


def test_a_query_method_called_so_does_not_change_the_canister(world: World):
    send(world, COUNT_UP, "v4", method="query")
    assert world.count() == 0


def test_the_answer_may_come_after_calls_to_other_canisters(world: World):
    program = Program().call(world.other_id, "update", Program().reply(b"from afar").code)
    response, rid = send(world, program.code, "v4")
    outcome = outcome_of(world.connection.certified(decode(response)["certificate"]), rid)
    assert outcome.reply == b"from afar"


# What is refused before it gets into the state.

REJECTIONS: dict[str, tuple[str, int, str]] = {
    "no such method": ("absent", 5, "IC0536"),
    "composite query": ("composite_query", 5, "IC0527"),
}


@SYNCHRONOUS
@pytest.mark.parametrize("case", sorted(REJECTIONS))
def test_a_call_to_what_is_no_update_method_is_answered(world: World, version: str, case: str):
    method, reject_code, error_code = REJECTIONS[case]
    response, rid = send(world, COUNT_UP, version, method)
    fields = decode(response)
    if fields["status"] == "replied":
        outcome = outcome_of(world.connection.certified(fields["certificate"]), rid)
        assert (outcome.reject_code, outcome.error_code) == (reject_code, error_code)
    else:
        assert (fields["reject_code"], fields["error_code"]) == (reject_code, error_code)
    assert world.count() == 0


def assert_non_replicated_rejection(
    world: World, content: dict[str, Any], version: str, reject_code: int, error_code: str
) -> str:
    """The call is refused with these codes and no trace; returns the message."""
    fields = decode(world.connection.send(content, version=version))
    if version == "v2":
        assert set(fields) == {"reject_code", "reject_message", "error_code"}
    else:
        assert fields.pop("status") == "non_replicated_rejection"
        assert set(fields) == {"reject_code", "reject_message", "error_code"}
    assert (fields["reject_code"], fields["error_code"]) == (reject_code, error_code)
    assert status_of(world, content) is Missing.ABSENT
    return str(fields["reject_message"])


EVERY_VERSION = pytest.mark.parametrize("version", ["v2", "v3", "v4"])


@EVERY_VERSION
def test_a_call_that_inspection_refuses(world: World, version: str):
    run(world, Program().set_hook(Hook.INSPECT_MESSAGE, Program()).reply())
    content = world.connection.call_content(world.canister_id, "update", COUNT_UP)
    message = assert_non_replicated_rejection(world, content, version, 4, "IC0406")
    assert "inspect" in message.lower() or "rejected the message" in message
    assert world.count() == 0


@EVERY_VERSION
def test_a_call_whose_inspection_traps(world: World, version: str):
    run(world, Program().set_hook(Hook.INSPECT_MESSAGE, Program().trap(b"go away")).reply())
    content = world.connection.call_content(world.canister_id, "update", COUNT_UP)
    message = assert_non_replicated_rejection(world, content, version, 5, "IC0503")
    assert "go away" in message


@EVERY_VERSION
def test_a_call_to_a_stopped_canister(world: World, version: str):
    manage(world, "stop_canister")
    content = world.connection.call_content(world.canister_id, "update", COUNT_UP)
    message = assert_non_replicated_rejection(world, content, version, 5, "IC0508")
    assert "stopped" in message


@EVERY_VERSION
def test_a_call_to_an_empty_canister(world: World, version: str):
    manage(world, "uninstall_code", {"sender_canister_version": []})
    content = world.connection.call_content(world.canister_id, "update", COUNT_UP)
    message = assert_non_replicated_rejection(world, content, version, 5, "IC0537")
    assert world.connection.principal_text(world.canister_id) in message


@EVERY_VERSION
def test_a_call_to_a_frozen_canister(world: World, version: str):
    settings = {"freezing_threshold": [2**64 - 1]}
    manage(world, "update_settings", {"settings": settings, "sender_canister_version": []})
    content = world.connection.call_content(world.canister_id, "update", COUNT_UP)
    message = assert_non_replicated_rejection(world, content, version, 2, "IC0207")
    assert world.connection.principal_text(world.canister_id) in message


@EVERY_VERSION
def test_a_call_to_a_canister_that_is_not_there(world: World, version: str):
    absent = world.canister_id[:6] + b"\x77\x77\x01\x01"
    content = world.connection.call_content(absent, "update", COUNT_UP)
    message = assert_non_replicated_rejection(world, content, version, 3, "IC0301")
    assert message == f"Canister {world.connection.principal_text(absent)} not found"


@EVERY_VERSION
@pytest.mark.parametrize(
    ("method", "error_code"),
    [
        ("create_canister", "IC0406"),
        ("raw_rand", "IC0406"),
        ("deposit_cycles", "IC0406"),
        ("canister_info", "IC0406"),
        ("fetch_canister_logs", "IC0406"),
        ("http_request", "IC0407"),
        ("no_such_method", "IC0536"),
    ],
)
def test_a_management_method_that_users_must_not_call(
    world: World, version: str, method: str, error_code: str
):
    argument = encode_arguments("start_canister", {"canister_id": Principal(world.canister_id)})
    content = world.connection.call_content(b"", method, argument)
    response = world.connection.send(content, effective_id=world.canister_id, version=version)
    fields = decode(response)
    assert fields["error_code"] == error_code
    assert fields["reject_code"] == int(error_code[3])
    assert method in fields["reject_message"]


@EVERY_VERSION
def test_a_management_call_of_a_stranger(world: World, version: str):
    argument = encode_arguments("start_canister", {"canister_id": Principal(world.canister_id)})
    content = world.connection.call_content(b"", "start_canister", argument, world.stranger)
    fields = decode(
        world.connection.send(
            content, world.stranger, effective_id=world.canister_id, version=version
        )
    )
    assert (fields["reject_code"], fields["error_code"]) == (5, "IC0512")
    canister = world.connection.principal_text(world.canister_id)
    assert fields["reject_message"] == (
        f"Only controllers of canister {canister} can call ic00 method start_canister"
    )


# Many at once.


def test_calls_of_many_clients_are_all_executed_once(world: World):
    def increment(_: int) -> int:
        outcome = world.connection.call(world.canister_id, "update", COUNT_UP)
        return int.from_bytes(outcome.reply or b"", "little")

    with ThreadPoolExecutor(16) as clients:
        counted = list(clients.map(increment, range(200)))
    assert sorted(counted) == list(range(1, 201))


def test_one_call_sent_by_many_at_once_is_executed_once(world: World):
    content = world.connection.call_content(world.canister_id, "update", COUNT_UP)
    body = encode(envelope(content))

    def send_the_same(_: int) -> bytes | None:
        fields = decode(world.connection.post("call", world.canister_id, body, "v4"))
        certificate = world.connection.certified(fields["certificate"])
        return outcome_of(certificate, request_id(content)).reply

    with ThreadPoolExecutor(16) as clients:
        replies = set(clients.map(send_the_same, range(50)))
    assert replies == {(1).to_bytes(8, "little")}
    assert world.count() == 1


def test_good_calls_are_answered_between_bad_ones(world: World):
    def send(index: int) -> int:
        if index % 2:
            return world.connection.post("call", world.canister_id, bytes(index), "v4").status_code
        content = world.connection.call_content(world.canister_id, "update", COUNT_UP)
        return world.connection.send(content).status_code

    with ThreadPoolExecutor(8) as clients:
        statuses = list(clients.map(send, range(100)))
    assert statuses == [200, 400] * 50
    assert world.count() == 50


# v2 answers at once.


def test_v2_accepts_with_an_empty_202(world: World):
    response, _ = send(world, COUNT_UP, "v2")
    assert (response.status_code, response.content) == (202, b"")


def test_the_outcome_of_a_v2_call_is_polled(world: World):
    content = world.connection.call_content(world.canister_id, "update", CALLER)
    assert world.connection.send(content, version="v2").status_code == 202
    path = (b"request_status", request_id(content))
    for _ in range(200):
        certificate = world.connection.read_state(world.canister_id, [path])
        if certificate[(*path, b"status")] == b"replied":
            break
    assert certificate[(*path, b"reply")] == NOBODY.sender


# A call that takes long.


@pytest.mark.slow
def test_a_call_of_over_ten_seconds_gets_an_empty_202(world: World):
    """The canister waits until it is stopped, which it never is while it waits."""
    stop = encode_arguments("stop_canister", {"canister_id": Principal(world.canister_id)})
    own = Principal(world.canister_id)
    settings = {**NO_SETTINGS, "controllers": [[own, Principal(world.controller.sender)]]}
    manage(world, "update_settings", {"settings": settings, "sender_canister_version": []})
    response, rid = send(world, Program().call(b"", "stop_canister", stop).code, "v4")
    assert (response.status_code, response.content) == (202, b"")
    path = (b"request_status", rid, b"status")
    assert world.connection.read_state(world.canister_id, [path])[path] == b"processing"


# The subnet's URL, where canisters are created.


def subnet_call(world: World, method: str, argument: bytes, subnet_id: bytes) -> httpx.Response:
    content = world.connection.call_content(b"", method, argument, world.controller)
    return world.connection.send(
        content, world.controller, effective_id=subnet_id, kind="subnet", version="v4"
    )


def test_a_canister_can_be_created_at_the_subnets_url(world: World):
    fields = decode(subnet_call(world, CREATE, create_arguments(), world.subnet_id))
    assert fields["status"] == "replied"
    certificate = world.connection.certified(fields["certificate"])
    replies = [value for path, value in certificate.values().items() if path[-1] == b"reply"]
    created = decode_reply(CREATE, replies[0])["canister_id"]
    path = (b"canister", created.bytes, b"controllers")
    state = world.connection.read_state(created.bytes, [path])
    assert decode_self_described(state[path]) == [world.controller.sender]


def test_the_outcome_is_read_at_the_subnets_url_alone(world: World):
    content = world.connection.call_content(b"", CREATE, create_arguments(), world.controller)
    world.connection.send(
        content, world.controller, effective_id=world.subnet_id, kind="subnet", version="v4"
    )
    path = (b"request_status", request_id(content), b"status")
    certificate = world.connection.read_state(
        world.subnet_id, [path], world.controller, kind="subnet"
    )
    assert certificate[path] == b"replied"
    elsewhere = world.connection.content("read_state", world.controller, paths=[list(path)])
    response = world.connection.send(elsewhere, world.controller, effective_id=world.canister_id)
    assert_refused(world, response)


def test_another_subnet_is_not_served(world: World):
    response = subnet_call(world, CREATE, create_arguments(), b"\x01" * 28 + b"\x02")
    assert_refused(world, response, world.connection.principal_text(world.subnet_id))


@pytest.mark.parametrize("method", ["start_canister", "install_code", "canister_status"])
def test_no_other_method_is_called_at_the_subnets_url(world: World, method: str):
    argument = encode_arguments("start_canister", {"canister_id": Principal(world.canister_id)})
    assert_refused(world, subnet_call(world, method, argument, world.subnet_id))


def test_no_canister_is_called_at_the_subnets_url(world: World):
    content = world.connection.call_content(world.canister_id, "update", COUNT_UP)
    response = world.connection.send(content, effective_id=world.subnet_id, kind="subnet")
    assert_refused(world, response)


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_subnet_calls_came_with_v4(world: World, version: str):
    body = encode(envelope(world.connection.call_content(b"", CREATE, create_arguments())))
    response = world.connection.post("call", world.subnet_id, body, version, kind="subnet")
    assert response.status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_calls_are_posted(world: World, method: str):
    path = f"/api/v4/canister/{world.connection.principal_text(world.canister_id)}/call"
    assert world.connection.http.request(method, path).status_code == 405
