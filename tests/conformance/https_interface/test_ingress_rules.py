"""What a request must be to be looked at: shape, size, time.

Specification: "Authentication", "Request: Call", "CBOR encoding of requests and responses". Each
refusal leaves the state as it was.
"""

from __future__ import annotations

from typing import Any

import cbor2
import pytest

from ic_factory.protocol.principal import Principal
from tests.canisters.universal import Program
from tests.conformance.https_interface.rule_calls import (
    ALL_CALLS,
    MEBIBYTE,
    SIGNED,
    call_of,
    post_call,
    send,
)
from tests.conformance.https_interface.world import (
    COUNT_UP,
    START,
    World,
    assert_refused,
    status_of,
)
from tests.conformance.spec_client.connection import (
    MINUTE,
    NOBODY,
    decode,
    encode,
    envelope,
    outcome_of,
    request_id,
)
from tests.conformance.spec_client.hash_trees import Missing
from tests.conformance.spec_client.identities import user

# Time.


def request_with_expiry(world: World, request_type: str, identity: Any, expiry: int):
    if request_type == "read_state":
        content = world.connection.content("read_state", identity, paths=[[b"time"]])
    else:
        method = "update" if request_type == "call" else "query"
        content = world.connection.call_content(
            world.canister_id, method, COUNT_UP, identity, request_type
        )
    content["ingress_expiry"] = expiry
    return world.connection.send(content, identity, effective_id=world.canister_id)


@ALL_CALLS
@pytest.mark.parametrize("late_by", [1, MINUTE, START])
def test_an_expired_call_is_refused(world: World, version: str, late_by: int):
    world.replica.set_time(START + MINUTE)
    expiry = START + MINUTE - late_by
    content = call_of(world, ingress_expiry=expiry)
    assert_refused(world, send(world, content, version=version), "expiry", str(expiry))
    assert status_of(world, content) is Missing.ABSENT


@SIGNED
def test_any_signed_request_is_refused_when_it_has_expired(world: World, request_type: str):
    world.replica.set_time(START + MINUTE)
    response = request_with_expiry(world, request_type, user("a user"), START + MINUTE - 1)
    assert_refused(world, response, "expiry")


@SIGNED
def test_a_request_is_good_at_the_very_moment_of_its_expiry(world: World, request_type: str):
    world.replica.set_time(START + MINUTE)
    response = request_with_expiry(world, request_type, user("a user"), START + MINUTE)
    assert response.status_code == 200


@SIGNED
def test_expiry_may_be_five_minutes_ahead_and_one_of_drift(world: World, request_type: str):
    world.replica.set_time(START + MINUTE)
    latest = START + 7 * MINUTE
    identity = user("a user")
    assert request_with_expiry(world, request_type, identity, latest).status_code == 200


@SIGNED
@pytest.mark.parametrize("beyond", [1, MINUTE, 2**64 - 1 - START - 7 * MINUTE])
def test_a_later_expiry_is_refused(world: World, request_type: str, beyond: int):
    world.replica.set_time(START + MINUTE)
    expiry = START + 7 * MINUTE + beyond
    response = request_with_expiry(world, request_type, user("a user"), expiry)
    assert_refused(world, response, "expiry", str(expiry))


@pytest.mark.parametrize("request_type", ["query", "read_state"])
@pytest.mark.parametrize("expiry", [0, 1, START - MINUTE, START + 100 * MINUTE, 2**64 - 1])
def test_anonymous_reads_may_carry_any_expiry(world: World, request_type: str, expiry: int):
    assert request_with_expiry(world, request_type, NOBODY, expiry).status_code == 200


@pytest.mark.parametrize("expiry", [-1, 2**64, 2**70, "soon", b"1", [], None])
def test_an_expiry_that_is_no_timestamp_is_refused(world: World, expiry: Any):
    envelope_map = {"content": call_of(world) | {"ingress_expiry": expiry}}
    assert_refused(world, post_call(world, encode(envelope_map)), "ingress_expiry")


def test_a_call_that_expires_before_it_is_started_is_not_executed(world: World):
    """Specification: "The canister will not start processing a call past its ingress_expiry"."""
    connection = world.connection
    fork = world.replica.fork()  # rounds by hand
    content = call_of(world, ingress_expiry=START + 2 * MINUTE)
    fork.submit(Principal(world.canister_id), encode(envelope(content)))
    fork.set_time(START + 3 * MINUTE)
    fork.tick()
    certificate = connection.certified(fork.certificate_of_request(request_id(content)))
    path = (b"request_status", request_id(content), b"status")
    assert certificate[path] in (Missing.ABSENT, b"rejected")
    if certificate[path] == b"rejected":
        outcome = outcome_of(certificate, request_id(content))
        assert (outcome.reject_code, outcome.error_code) == (2, "IC0202")
    fork.close()


# Nonces.


@pytest.mark.parametrize("nonce", [b"", b"\0", bytes(32)])
def test_a_nonce_of_up_to_32_bytes_is_fine(world: World, nonce: bytes):
    assert send(world, call_of(world, nonce=nonce)).status_code == 200


def test_a_request_needs_no_nonce(world: World):
    content = call_of(world)
    del content["nonce"]
    assert send(world, content).status_code == 200


@SIGNED
def test_a_longer_nonce_is_refused(world: World, request_type: str):
    identity = user("a user")
    content = world.connection.content(request_type, identity) | {"nonce": bytes(33)}
    if request_type == "read_state":
        content["paths"] = [[b"time"]]
    else:
        content |= {"canister_id": world.canister_id, "method_name": "query", "arg": COUNT_UP}
    response = world.connection.send(content, identity, effective_id=world.canister_id)
    assert_refused(world, response, "nonce", "33", "32")


# Shape.


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"not cbor at all",
        b"\xff",
        b"{}",
        bytes.fromhex("d9d9f7"),
        bytes.fromhex("d9d9f780"),
        bytes.fromhex("d9d9f7a0"),
        bytes.fromhex("d9d9f7f6"),
        bytes.fromhex("a1"),
        bytes.fromhex("bf6161"),
        b"\x9f" * 10_000,
        b"\x81" * 100_000,
        bytes.fromhex("5b7fffffffffffffff"),
        bytes.fromhex("bb7fffffffffffffff"),
        b"<html></html>",
    ],
    ids=range(16),
)
@pytest.mark.parametrize("what", ["call", "query", "read_state"])
def test_a_body_that_is_no_envelope_is_refused(world: World, what: str, body: bytes):
    assert_refused(world, world.connection.post(what, world.canister_id, body))


@SIGNED
def test_a_truncated_request_is_refused(world: World, request_type: str):
    identity = user("a user")
    fields: dict[str, Any] = {"paths": [[b"time"]]}
    if request_type != "read_state":
        fields = {"canister_id": world.canister_id, "method_name": "update", "arg": COUNT_UP}
    body = encode(envelope(world.connection.content(request_type, identity, **fields), identity))
    for size in (1, 3, 4, len(body) // 2, len(body) - 1):
        assert_refused(world, world.connection.post(request_type, world.canister_id, body[:size]))


def test_bytes_after_the_request_are_refused(world: World):
    body = encode(envelope(call_of(world)))
    assert_refused(world, post_call(world, body + b"\0"))


@ALL_CALLS
def test_the_self_describing_tag_may_be_left_out(world: World, version: str):
    body = encode(envelope(call_of(world)))[3:]
    assert post_call(world, body, version).status_code in (200, 202)


def test_a_duplicate_key_is_refused(world: World):
    content = cbor2.dumps(call_of(world))
    name = cbor2.dumps("content")
    body = b"\xa2" + name + content + name + content
    assert_refused(world, post_call(world, body))


@pytest.mark.parametrize(
    "field", ["request_type", "sender", "ingress_expiry", "canister_id", "method_name", "arg"]
)
@pytest.mark.parametrize("request_type", ["call", "query"])
def test_a_missing_field_is_named(world: World, request_type: str, field: str):
    content = call_of(world) | {"request_type": request_type}
    del content[field]
    body = encode({"content": content})
    assert_refused(world, world.connection.post(request_type, world.canister_id, body), field)


@pytest.mark.parametrize("field", ["request_type", "sender", "ingress_expiry", "paths"])
def test_a_missing_field_of_read_state_is_named(world: World, field: str):
    content = world.connection.content("read_state", paths=[[b"time"]])
    del content[field]
    body = encode({"content": content})
    assert_refused(world, world.connection.post("read_state", world.canister_id, body), field)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender", "2vxsx-fae"),
        ("sender", bytes(30)),
        ("canister_id", bytes(30)),
        ("canister_id", "aaaaa-aa"),
        ("method_name", b"update"),
        ("arg", "text"),
        ("arg", [1, 2]),
        ("nonce", "text"),
        ("nonce", 7),
        ("request_type", "status"),
        ("request_type", 1),
        ("sender_info", b""),
    ],
)
def test_a_field_of_the_wrong_type_is_named(world: World, field: str, value: Any):
    body = encode({"content": call_of(world) | {field: value}})
    assert_refused(world, post_call(world, body), field)


@pytest.mark.parametrize(
    ("path", "request_type"),
    [
        ("call", "query"),
        ("call", "read_state"),
        ("query", "call"),
        ("query", "read_state"),
        ("read_state", "call"),
        ("read_state", "query"),
    ],
)
def test_each_url_takes_its_own_type_of_request(world: World, path: str, request_type: str):
    content = call_of(world) | {"request_type": request_type, "paths": [[b"time"]]}
    response = world.connection.post(path, world.canister_id, encode({"content": content}))
    assert_refused(world, response, request_type)


def test_a_float_is_no_integer(world: World):
    expiry = float(world.connection.now() + MINUTE)
    body = encode({"content": call_of(world) | {"ingress_expiry": expiry}})
    assert_refused(world, post_call(world, body), "float")


def test_a_bignum_that_fits_is_as_good_as_an_integer(world: World):
    content = call_of(world)
    expiry = content["ingress_expiry"].to_bytes(8, "big")
    bignum = b"\xc2" + cbor2.dumps(expiry)
    plain = cbor2.dumps(content["ingress_expiry"])
    body = encode({"content": content}).replace(plain, bignum)
    assert post_call(world, body).status_code == 200
    assert world.count() == 1


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/json", "application/cbor-seq", ""]
)
def test_the_body_must_be_said_to_be_cbor(world: World, content_type: str | None):
    body = encode(envelope(call_of(world)))
    headers = {} if content_type is None else {"content-type": content_type}
    path = f"/api/v4/canister/{world.connection.principal_text(world.canister_id)}/call"
    assert_refused(world, world.connection.http.post(path, content=body, headers=headers), "cbor")


# Size.


@pytest.mark.parametrize("version", ["v2", "v4"])
def test_an_argument_of_two_mebibytes_is_taken(world: World, version: str):
    """The argument is a program that begins with a reply; what follows it is not looked at."""
    program = Program().reply_int(Program().add_counter()).code
    filler = Program().push_blob(bytes(2 * MEBIBYTE - len(program) - 6)).drop().code
    argument = program + filler
    assert len(argument) == 2 * MEBIBYTE
    response = send(world, call_of(world, arg=argument), version=version)
    assert response.status_code in (200, 202)


def test_a_longer_argument_is_refused(world: World):
    argument = bytes(2 * MEBIBYTE + 1)
    content = call_of(world, arg=argument)
    assert_refused(world, send(world, content), str(len(argument)), str(2 * MEBIBYTE))
    assert status_of(world, content) is Missing.ABSENT


def test_a_body_beyond_the_limit_of_requests_is_refused(world: World):
    response = send(world, call_of(world, arg=bytes(4 * MEBIBYTE)))
    assert_refused(world, response, "at most")


@pytest.mark.parametrize("what", ["call", "query", "read_state"])
def test_an_enormous_body_is_too_large(world: World, what: str):
    response = world.connection.post(what, world.canister_id, bytes(6 * MEBIBYTE))
    assert response.status_code == 413
    assert response.headers["content-type"].startswith("text/plain")


def test_a_method_name_can_be_long_but_not_without_end(world: World):
    fields = decode(send(world, call_of(world, method_name="m" * 20_000)))
    assert fields["status"] in ("replied", "non_replicated_rejection")
    assert_refused(world, send(world, call_of(world, method_name="m" * 20_001)), "20000")
