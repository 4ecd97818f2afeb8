"""The Candid of the protocol, with tokens of any type that a canister may choose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.errors import CandidError
from ic_factory.protocol.candid import decode, encode
from ic_factory.protocol.candid.types import (
    BLOB,
    BOOL,
    INT,
    NAT,
    NAT16,
    NULL,
    TEXT,
    Func,
    FuncMode,
    Opt,
    Record,
    Variant,
    Vec,
)
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.response_verification import HttpRequest
from ic_factory.replica.http.gateway.interface import (
    decode_piece,
    decode_response,
    encode_query,
    encode_update,
)

CANISTER = Principal.from_str("bnz7o-iuaaa-aaaaa-qaaaa-cai")
HEADERS = Vec(Record.tuple_of(TEXT, TEXT))
REQUEST = HttpRequest("GET", "/a?b", (("host", "h"),), b"body")

TOKENS = st.recursive(
    st.sampled_from([(TEXT, "t"), (NAT, 10**30), (INT, -1), (BLOB, b"\0\xff"), (NULL, None)]),
    lambda inner: st.one_of(
        inner.map(lambda each: (Opt(each[0]), [each[1]])),
        inner.map(lambda each: (Vec(each[0]), [each[1], each[1]])),
        inner.map(lambda each: (Record.of({"part": each[0]}), {"part": each[1]})),
        inner.map(lambda each: (Variant.of({"A": each[0], "B": NULL}), {"A": each[1]})),
        st.tuples(inner, inner).map(
            lambda pair: (
                Record.tuple_of(pair[0][0], pair[1][0]),
                (pair[0][1], pair[1][1]),
            )
        ),
    ),
    max_leaves=6,
)
"""Types with a value of each."""


def response(token_type, token, callback=(CANISTER, "more")):
    function = Func((token_type,), (Opt(piece_type(token_type)),), (FuncMode.QUERY,))
    strategy = Variant.of({"Callback": Record.of({"callback": function, "token": token_type})})
    type_ = Record.of(
        {
            "status_code": NAT16,
            "headers": HEADERS,
            "body": BLOB,
            "upgrade": Opt(BOOL),
            "streaming_strategy": Opt(strategy),
        }
    )
    value = {
        "status_code": 200,
        "headers": [("a", "b")],
        "body": b"x",
        "upgrade": [],
        "streaming_strategy": [{"Callback": {"callback": callback, "token": token}}],
    }
    return encode([type_], [value])


def piece_type(token_type):
    return Record.of({"body": BLOB, "token": Opt(token_type)})


@given(TOKENS)
def test_a_token_of_any_type_goes_back_as_it_came(token):
    token_type, value = token
    streaming = decode_response(response(token_type, value)).streaming
    assert (streaming.canister_id, streaming.method) == (CANISTER, "more")
    assert decode(streaming.token.encode(), [token_type]) == [value]


@given(TOKENS, st.booleans())
def test_so_does_the_token_of_each_piece(token, is_optional):
    token_type, value = token
    type_ = piece_type(token_type)
    piece = {"body": b"more", "token": [value]}
    reply = encode([Opt(type_)], [[piece]]) if is_optional else encode([type_], [piece])
    body, following = decode_piece(reply)
    assert body == b"more"
    assert decode(following.encode(), [token_type]) == [value]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (Opt(piece_type(TEXT)), []),
        (NULL, None),
        (Opt(piece_type(TEXT)), [{"body": b"", "token": []}]),
        (Record.of({"body": BLOB}), {"body": b""}),
    ],
)
def test_a_piece_with_no_token_is_the_last(type_, value):
    assert decode_piece(encode([type_], [value])) == (b"", None)


def test_a_response_of_the_minimal_interface_is_read():
    type_ = Record.of({"status_code": NAT16, "headers": HEADERS, "body": BLOB})
    value = {"status_code": 404, "headers": [], "body": b""}
    found = decode_response(encode([type_], [value]))
    assert (found.status, found.asks_for_update, found.streaming) == (404, False, None)


@pytest.mark.parametrize(("upgrade", "asks"), [([True], True), ([False], False), ([], False)])
def test_an_upgrade_is_asked_for_by_true_alone(upgrade, asks):
    type_ = Record.of(
        {"status_code": NAT16, "headers": HEADERS, "body": BLOB, "upgrade": Opt(BOOL)}
    )
    value = {"status_code": 200, "headers": [], "body": b"", "upgrade": upgrade}
    assert decode_response(encode([type_], [value])).asks_for_update is asks


def test_requests_ask_for_version_2_and_updates_for_none():
    fields = {"method": TEXT, "url": TEXT, "headers": HEADERS, "body": BLOB}
    version = {**fields, "certificate_version": Opt(NAT16)}
    for encoded, expected in ((encode_query, [2]), (encode_update, [])):
        message = encoded(REQUEST, [("host", "h")])
        (value,) = decode(message, [Record.of(version)])
        assert value.pop("certificate_version") == expected
        assert value == {
            "method": "GET",
            "url": "/a?b",
            "headers": [("host", "h")],
            "body": b"body",
        }


@pytest.mark.parametrize(
    ("types", "values"),
    [
        ([], []),
        ([TEXT], ["text"]),
        ([Record.of({"status_code": NAT16})], [{"status_code": 200}]),
        ([Opt(TEXT)], [[]]),
    ],
)
def test_what_is_no_response_is_refused(types, values):
    with pytest.raises(CandidError):
        decode_response(encode(types, values))


def test_a_strategy_that_is_no_callback_is_refused():
    type_ = Record.of(
        {
            "status_code": NAT16,
            "headers": HEADERS,
            "body": BLOB,
            "streaming_strategy": Opt(Variant.of({"Other": TEXT})),
        }
    )
    value = {
        "status_code": 200,
        "headers": [],
        "body": b"",
        "streaming_strategy": [{"Other": "text"}],
    }
    with pytest.raises(CandidError):
        decode_response(encode([type_], [value]))


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_refused(data, is_candid):
    for read in (decode_response, decode_piece):
        try:
            read(b"DIDL" + data if is_candid else data)
        except CandidError:
            continue
