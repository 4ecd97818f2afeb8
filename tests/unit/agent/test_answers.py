"""What bodies of answers are read as."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.agent.answers import (
    Certified,
    NodeSignature,
    Reject,
    Reply,
    certified_reject,
    read_call_answer,
    read_certificate,
    read_query_answer,
)
from ic_factory.agent.errors import Attempt, MalformedAnswer
from ic_factory.protocol import cbor
from ic_factory.protocol.principal import Principal

ATTEMPT = Attempt("query get", Principal.anonymous(), "http://network", bytes(32))
SIGNATURE = {"timestamp": 7, "signature": b"s", "identity": b"n"}
REPLIED = {"status": "replied", "reply": {"arg": b"a"}, "signatures": [SIGNATURE]}
REJECTED = {"status": "rejected", "reject_code": 4, "reject_message": "no", "signatures": []}

READERS = [read_call_answer, read_certificate, read_query_answer]


def read(reader, value):
    return reader(cbor.encode(value), ATTEMPT)


def test_a_certificate_is_handed_on():
    for status in ({}, {"status": "replied"}):
        assert read(read_call_answer, {**status, "certificate": b"c"}) == Certified(b"c")
        assert read(read_certificate, {**status, "certificate": b"c"}) == b"c"


def test_a_reject_without_a_certificate_is_read():
    value = {"reject_code": 1, "reject_message": "m", "error_code": "IC0207"}
    assert read(read_call_answer, value) == Reject(1, "m", "IC0207")
    assert read(read_call_answer, {**value, "error_code": None}) == Reject(1, "m")
    assert read(read_call_answer, {**value, "error_code": 7}) == Reject(1, "m")


def test_answers_to_queries_are_read():
    answer = read(read_query_answer, REPLIED)
    assert answer.content == Reply(b"a")
    assert answer.signatures == (NodeSignature(7, b"s", b"n"),)
    assert answer.signed_fields == {"status": "replied", "reply": {"arg": b"a"}}
    answer = read(read_query_answer, REJECTED)
    assert (answer.content, answer.signatures) == (Reject(4, "no"), ())


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("value", [None, 1, b"", "", [], [{}], {}, {"status": 1}, {1: 2}])
def test_other_shapes_are_malformed(reader, value):
    with pytest.raises(MalformedAnswer, match="query get"):
        read(reader, value)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "processing"},
        {"status": "x" * 10**5},
        {"status": b"replied"},
        {"reply": None},
        {"reply": b"a"},
        {"reply": {}},
        {"reply": {"arg": "a"}},
        {"reply": {"arg": [1, 2]}},
        {"signatures": {}},
        {"signatures": b""},
        {"signatures": [1]},
        {"signatures": [{}]},
        {"signatures": [{**SIGNATURE, "timestamp": True}]},
        {"signatures": [{**SIGNATURE, "timestamp": "7"}]},
        {"signatures": [{**SIGNATURE, "identity": None}]},
        {"signatures": [SIGNATURE, {**SIGNATURE, "signature": "s"}]},
    ],
)
def test_answers_to_queries_with_a_field_out_of_shape_are_malformed(changes):
    with pytest.raises(MalformedAnswer) as caught:
        read(read_query_answer, {**REPLIED, **changes})
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "changes",
    [
        {"reject_code": "4"},
        {"reject_code": True},
        {"reject_code": None},
        {"reject_message": b"no"},
        {"reject_message": None},
    ],
)
@pytest.mark.parametrize("reader", [read_call_answer, read_query_answer])
def test_rejects_with_a_field_out_of_shape_are_malformed(reader, changes):
    with pytest.raises(MalformedAnswer):
        read(reader, {**REJECTED, **changes})


def test_a_certified_reject_is_read():
    assert certified_reject(b"\x04", b"no", b"IC0503", ATTEMPT) == Reject(4, "no", "IC0503")
    assert certified_reject(b"\x04", None, None, ATTEMPT) == Reject(4, "")


@given(st.none() | st.binary(max_size=12), st.none() | st.binary(max_size=9))
def test_any_certified_reject_is_read_or_malformed(code, text):
    with suppress(MalformedAnswer):
        assert isinstance(certified_reject(code, text, text, ATTEMPT), Reject)


@given(st.sampled_from(READERS), st.binary(max_size=100))
def test_any_bytes_are_read_or_malformed(reader, body):
    with suppress(MalformedAnswer):
        reader(body, ATTEMPT)


leaves = st.none() | st.booleans() | st.integers() | st.binary(max_size=5) | st.text(max_size=5)
names = st.sampled_from(
    [
        *("status", "replied", "rejected", "reply", "arg", "certificate"),
        *("reject_code", "reject_message", "error_code"),
        *("signatures", "timestamp", "signature", "identity"),
    ]
)
values = st.recursive(
    leaves | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | leaves, inner, max_size=6),
)


@given(st.sampled_from(READERS), values)
def test_any_value_is_read_or_malformed(reader, value):
    with suppress(MalformedAnswer):
        read(reader, value)


@given(
    st.sampled_from([REPLIED, REJECTED, {"certificate": b"c" * 30}]).map(cbor.encode),
    st.data(),
)
def test_any_change_of_one_byte_is_read_or_malformed(body, data):
    at = data.draw(st.integers(0, len(body) - 1))
    changed = body[:at] + bytes([data.draw(st.integers(0, 255))]) + body[at + 1 :]
    for reader in READERS:
        with suppress(MalformedAnswer):
            reader(changed, ATTEMPT)
