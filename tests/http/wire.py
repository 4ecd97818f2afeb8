"""Requests as a client sends them, made with a CBOR library of its own."""

import os
import time

import cbor2
from wasmtime import wat2wasm

CBOR = {"content-type": "application/cbor"}
ANONYMOUS = b"\x04"
NO_ARGUMENTS = b"DIDL\x00\x00"

COUNTER = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "debug_print" (func $print (param i32 i32)))
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (memory 1)
  (data (i32.const 0) "counted")
  (func (export "canister_update count")
    (i64.store (i32.const 100) (i64.add (i64.load (i32.const 100)) (i64.const 1)))
    (call $print (i32.const 0) (i32.const 7))
    (call $append (i32.const 100) (i32.const 8))
    (call $reply))
  (func (export "canister_update fail") (call $trap (i32.const 0) (i32.const 7)))
  (func (export "canister_query read")
    (call $append (i32.const 100) (i32.const 8))
    (call $reply)))
"""
"""Counts in eight bytes, little-endian; prints a line for each."""


def counter_module():
    return bytes(wat2wasm(COUNTER))


def content(request_type, **fields):
    return {
        "request_type": request_type,
        "sender": ANONYMOUS,
        "ingress_expiry": time.time_ns() + 120 * 10**9,
        "nonce": os.urandom(16),
        **fields,
    }


def envelope(fields):
    return cbor2.dumps(cbor2.CBORTag(55799, {"content": fields}))


def message(request_type, canister_id, method):
    fields = content(
        request_type, canister_id=canister_id.bytes, method_name=method, arg=NO_ARGUMENTS
    )
    return envelope(fields)


def read_state(*paths):
    return envelope(content("read_state", paths=[list(path) for path in paths]))


def answer(response):
    """The CBOR map in a response, which must be said and tagged to be one."""
    assert response.headers["content-type"] == "application/cbor"
    tagged = cbor2.loads(response.content)
    if isinstance(tagged, cbor2.CBORTag):
        assert tagged.tag == 55799
        return tagged.value
    assert response.content[:3] == b"\xd9\xd9\xf7"
    return tagged


def leaves(tree, path=()):
    """All values in a certificate's hash tree, by path."""
    match tree:
        case [1, left, right]:
            return {**leaves(left, path), **leaves(right, path)}
        case [2, label, child]:
            return leaves(child, (*path, label))
        case [3, value]:
            return {path: value}
    return {}


def certified_leaves(certificate):
    decoded = cbor2.loads(certificate)
    decoded = decoded.value if isinstance(decoded, cbor2.CBORTag) else decoded
    return leaves(decoded["tree"])
