"""Where a request may go: the effective canister id in the URL.

Specification: "Effective canister id". Each refusal leaves the state as it was.
"""

from __future__ import annotations

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.management.interface import encode_arguments
from tests.conformance.https_interface.management_calls import CREATE, create_arguments
from tests.conformance.https_interface.rule_calls import (
    call_of,
)
from tests.conformance.https_interface.world import (
    World,
    assert_refused,
    status_of,
)
from tests.conformance.spec_client.connection import (
    decode,
    encode,
    envelope,
    outcome_of,
    request_id,
)
from tests.conformance.spec_client.hash_trees import Missing


def test_the_url_must_name_the_canister_that_is_called(world: World):
    content = call_of(world)
    body = encode(envelope(content))
    for version in ("v2", "v3", "v4"):
        response = world.connection.post("call", world.other_id, body, version)
        text = world.connection.principal_text(world.canister_id)
        assert_refused(world, response, text)
    assert status_of(world, content) is Missing.ABSENT


def test_the_url_of_a_query_must_name_the_canister(world: World):
    content = call_of(world) | {"request_type": "query", "method_name": "query"}
    for version in ("v2", "v3"):
        body = encode(envelope(content))
        response = world.connection.post("query", world.other_id, body, version)
        assert_refused(world, response, world.connection.principal_text(world.canister_id))


FOREIGN = bytes.fromhex("90000000000000070101")
"""A canister id in no range of this subnet."""


@pytest.mark.parametrize("target", [FOREIGN, b"\xff", bytes(29)])
@pytest.mark.parametrize("request_type", ["call", "query"])
def test_a_canister_outside_of_the_subnets_ranges_is_refused(
    world: World, request_type: str, target: bytes
):
    content = call_of(world) | {"request_type": request_type, "canister_id": target}
    response = world.connection.send(content, effective_id=target)
    assert_refused(world, response)


def test_read_state_of_a_canister_outside_of_the_ranges_is_refused(world: World):
    content = world.connection.content("read_state", paths=[[b"time"]])
    assert_refused(world, world.connection.send(content, effective_id=FOREIGN))


def test_a_canister_that_does_not_exist_is_a_rejection(world: World):
    nobody = world.replica.default_effective_canister_id.bytes[:-4] + b"\x77\x77\x01\x01"
    content = call_of(world) | {"canister_id": nobody}
    fields = decode(world.connection.send(content, effective_id=nobody))
    assert fields["status"] == "non_replicated_rejection"
    assert (fields["reject_code"], fields["error_code"]) == (3, "IC0301")
    assert world.connection.principal_text(nobody) in fields["reject_message"]


@pytest.mark.parametrize("text", ["", "x", "aaaaa-ab", "2vxsx-fa", "%00", "not a principal", "-"])
@pytest.mark.parametrize("what", ["call", "query", "read_state"])
def test_an_id_in_the_url_that_is_no_principal_is_refused(world: World, what: str, text: str):
    body = encode(envelope(call_of(world)))
    response = world.connection.http.post(
        f"/api/v3/canister/{text}/{what}",
        content=body,
        headers={"content-type": "application/cbor"},
    )
    assert response.status_code in (400, 404)
    assert "Traceback" not in response.text
    assert world.count() == 0


def test_calls_that_create_a_canister_go_to_any_id_in_the_ranges(world: World):
    argument = create_arguments()
    for effective_id in (world.canister_id, world.replica.default_effective_canister_id.bytes):
        outcome = world.connection.call(b"", CREATE, argument, effective_id=effective_id)
        assert outcome.status == "replied"
    content = world.connection.call_content(b"", CREATE, argument)
    assert_refused(world, world.connection.send(content, effective_id=FOREIGN))


def test_calls_that_create_a_canister_may_go_to_the_management_canisters_url(world: World):
    """As stock ic-py sends them. The status is there, too."""
    content = world.connection.call_content(b"", CREATE, create_arguments())
    fields = decode(world.connection.send(content, effective_id=b""))
    certificate = world.connection.certified(fields["certificate"])
    assert outcome_of(certificate, request_id(content)).status == "replied"
    path = (b"request_status", request_id(content), b"status")
    assert world.connection.read_state(b"", [path])[path] == b"replied"


def test_calls_about_a_canister_do_not_go_to_the_management_canisters_url(world: World):
    argument = encode_arguments("start_canister", {"canister_id": Principal(world.canister_id)})
    content = world.connection.call_content(b"", "start_canister", argument, world.controller)
    assert_refused(world, world.connection.send(content, world.controller, effective_id=b""))


def test_calls_about_a_canister_go_to_its_url(world: World):
    target = Principal(world.canister_id)
    argument = encode_arguments("start_canister", {"canister_id": target})
    content = world.connection.call_content(b"", "start_canister", argument, world.controller)
    response = world.connection.send(content, world.controller, effective_id=world.other_id)
    assert_refused(world, response, str(target))
    right = world.connection.send(content, world.controller, effective_id=world.canister_id)
    assert decode(right)["status"] == "replied"


@pytest.mark.parametrize("argument", [b"", b"DIDL\0\0", b"garbage", b"DIDL\0\1\x71\0"])
def test_calls_about_no_canister_are_rejected_at_any_url(world: World, argument: bytes):
    content = world.connection.call_content(b"", "start_canister", argument, world.controller)
    response = world.connection.send(content, world.controller, effective_id=world.canister_id)
    fields = decode(response)
    assert fields["status"] == "non_replicated_rejection"
    assert (fields["reject_code"], fields["error_code"]) == (4, "IC0408")
