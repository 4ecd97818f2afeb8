"""Inputs that are in order, for mutators to begin with; the same ones in each run."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from wasmtime import wat2wasm

from ic_factory.protocol import cbor, hash_tree
from ic_factory.protocol.candid import encode
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.canister_ranges import CanisterIdRange, encode_ranges
from ic_factory.protocol.certificate import (
    Certificate,
    CertificateDelegation,
    state_root_signing_bytes,
)
from ic_factory.protocol.content import CallContent, Content, QueryContent, ReadStateContent
from ic_factory.protocol.crypto.bls import BlsSecretKey
from ic_factory.protocol.crypto.canister_signature import CanisterSignature, CanisterSignatureKey
from ic_factory.protocol.crypto.keys import (
    Ed25519SigningKey,
    P256SigningKey,
    Secp256k1SigningKey,
    SigningKey,
)
from ic_factory.protocol.delegation import Delegation, SignedDelegation
from ic_factory.protocol.envelope import Envelope
from ic_factory.protocol.hash_tree import Branch, from_mapping, witness
from ic_factory.protocol.leb128 import encode_unsigned
from ic_factory.protocol.principal import Principal
from ic_factory.replica.management.interface import SIGNATURES
from tests.canisters.universal import Program, universal_wasm
from tests.conformance.spec_client.signers import Authenticator

HERE = Path(__file__).parents[1]

ROOT = BlsSecretKey.from_seed(b"\x01" * 32)
SUBNET = BlsSecretKey.from_seed(b"\x02" * 32)
ROOT_KEY = ROOT.public_key_der
CANISTER = Principal((0x8000_0000_0010_0000).to_bytes(8, "big") + b"\x01\x01")
MESSAGE = b"\x0aic-request" + bytes(32)
LATER = 2**62
"""An expiry that no run of the fuzzer will see."""

SIGNERS: tuple[SigningKey, ...] = (
    Ed25519SigningKey.from_seed(b"\x03" * 32),
    P256SigningKey.from_seed(b"\x04" * 32),
    Secp256k1SigningKey.from_seed(b"\x05" * 32),
)
AUTHENTICATOR = Authenticator(ec.derive_private_key(7, ec.SECP256R1()))
CANISTER_KEY = CanisterSignatureKey(CANISTER, b"a user")
KEYS = (
    *(signer.public_key_der for signer in SIGNERS),
    AUTHENTICATOR.public_key,
    CANISTER_KEY.der,
    ROOT_KEY,
)


def _signed(key: BlsSecretKey, branches: Branch, delegation: CertificateDelegation | None) -> bytes:
    tree = from_mapping(branches)
    signature = key.sign(state_root_signing_bytes(tree.digest))
    return Certificate(tree, signature, delegation).encode()


def _delegation() -> CertificateDelegation:
    subnet_id = Principal.self_authenticating(SUBNET.public_key_der)
    shown: Branch = {
        b"public_key": SUBNET.public_key_der,
        b"canister_ranges": encode_ranges([CanisterIdRange(Principal(b""), Principal(b"\xff"))]),
    }
    return CertificateDelegation(
        subnet_id, _signed(ROOT, {b"subnet": {subnet_id.bytes: shown}}, None)
    )


def _state(signed: bytes) -> dict[bytes, Branch]:
    return {
        b"time": encode_unsigned(1_700_000_000 * 10**9),
        b"canister": {CANISTER.bytes: {b"certified_data": signed, b"module_hash": bytes(32)}},
        b"request_status": {bytes(32): {b"status": b"replied", b"reply": b"DIDL\x00\x00"}},
    }


def _signature_tree() -> hash_tree.HashTree:
    seed_hash, message_hash = CANISTER_KEY.path_of(MESSAGE)[1:]
    return from_mapping({b"sig": {seed_hash: {message_hash: b""}, bytes(32): {bytes(32): b""}}})


def certificates() -> tuple[bytes, ...]:
    """By the root, and by a subnet."""
    state = _state(_signature_tree().digest)
    return _signed(ROOT, state, None), _signed(SUBNET, state, _delegation())


def signatures() -> tuple[bytes, ...]:
    """A number that names one of `KEYS`, and that key's signature of `MESSAGE`."""
    tree = _signature_tree()
    shown = witness(tree, [CANISTER_KEY.path_of(MESSAGE)])
    return (
        *(bytes([place]) + signer.sign(MESSAGE) for place, signer in enumerate(SIGNERS)),
        b"\x03" + AUTHENTICATOR.sign(MESSAGE),
        *(b"\x04" + CanisterSignature(one, shown).encode() for one in certificates()),
    )


def trees() -> tuple[bytes, ...]:
    """A whole one, and pruned ones."""
    tree = from_mapping(_state(bytes(32)))
    return (
        hash_tree.encode(tree),
        hash_tree.encode(witness(tree, [(b"time",)])),
        hash_tree.encode(witness(tree, [(b"request_status", b"none")])),
        hash_tree.encode(_signature_tree()),
        b"\x81\x00",
        b"\x82\x03\x41a",
    )


def _contents(expiry: int, sender: Principal) -> Iterator[Content]:
    program = Program().reply(Program().caller()).code
    yield CallContent(CANISTER, "update", program, sender, expiry, b"nonce")
    yield QueryContent(CANISTER, "query", program, sender, expiry)
    paths = (b"time",), (b"canister", CANISTER.bytes, b"module_hash"), (b"subnet",)
    yield ReadStateContent(paths, sender, expiry)
    yield ReadStateContent(((b"request_status", bytes(32)),), sender, expiry, b"\0" * 32)


def _envelope(content: Content, signer: SigningKey) -> Envelope:
    unsigned = Envelope(content, signer.public_key_der)
    return Envelope(content, signer.public_key_der, signer.sign(unsigned.signing_bytes))


def signed_envelopes(expiry: int = LATER) -> Iterator[Envelope]:
    """Of each type, anonymous, by each kind of key, and by delegations."""
    for content in _contents(expiry, Principal.anonymous()):
        yield Envelope(content)
    for signer in SIGNERS:
        sender = Principal.self_authenticating(signer.public_key_der)
        for content in _contents(expiry, sender):
            yield _envelope(content, signer)
    first, second, _ = SIGNERS
    delegation = Delegation(second.public_key_der, LATER, (CANISTER,), "all")
    link = SignedDelegation(delegation, first.sign(delegation.signing_bytes))
    for content in _contents(expiry, Principal.self_authenticating(first.public_key_der)):
        signature = second.sign(Envelope(content).signing_bytes)
        yield Envelope(content, first.public_key_der, signature, (link,))


def envelopes() -> tuple[bytes, ...]:
    """Requests as they travel."""
    return tuple(envelope.encode() for envelope in signed_envelopes())


def cbor_items() -> tuple[bytes, ...]:
    """Items of each kind."""
    items = (
        *(0, 23, 24, 2**16, 2**64 - 1, 2**70, -1, -(2**70), True, None, "text", b"bytes"),
        *([], {}, [1, [2, [3, [4]]]], {"a": {"b": [b"c", "d", -5]}, 7: b"", b"k": None}),
    )
    indefinite = ("9f0102ff", "bf616101ff", "5f4101ff", "7f6161ff", "c24101", "d9d9f7a0")
    return (*map(cbor.encode, items), *map(bytes.fromhex, indefinite), *envelopes()[:6])


DESCRIPTION = """
type Node = record { value : int; next : opt Node };
type Kind = variant { none; some : text; many : vec Kind; coded : record { nat8; float64 } };
type empty_able = opt empty;
type Hook = func (text, opt Node) -> (Kind) query;
service : {
  all : (opt Node, Kind, vec blob, principal, Hook, service {}, reserved, vec record { nat; text },
    vec null, float32, opt opt bool, record { a : nat64; b : int16; 7 : empty_able }) -> ();
};
"""

_INTERFACE = parse_did(DESCRIPTION)
_ALL = _INTERFACE.methods["all"].signature.args

ARGUMENT_TYPES = (
    _ALL,
    *(SIGNATURES[name].arguments for name in ("install_code", "update_settings", "canister_info")),
    (),
)


def messages() -> tuple[bytes, ...]:
    """Messages of Candid: of all types, of the management canister's methods, and heavy ones."""
    node = [{"value": -5, "next": [{"value": 2**70, "next": []}]}]
    hook = (CANISTER, "hook")
    values = [
        *(node, {"many": [{"none": None}, {"coded": (1, 2.5)}]}, [b"a", b""], CANISTER, hook),
        *(CANISTER, None, [(7, "x"), (8, "y")], [None, None], 1.5, [[True]]),
        {"a": 1, "b": -1, "_7": []},
    ]
    settings = {"canister_id": CANISTER, "settings": {"controllers": [[CANISTER]]}}
    code = {
        "mode": {"upgrade": [{"skip_pre_upgrade": [True], "wasm_memory_persistence": []}]},
        "canister_id": CANISTER,
        "wasm_module": b"\0asm\1\0\0\0",
        "arg": b"",
    }
    return (
        encode(_ALL, values),
        encode(SIGNATURES["update_settings"].arguments, [settings]),
        encode(SIGNATURES["install_code"].arguments, [code]),
        b"DIDL\x00\x00",
        # A billion nulls, a list within a list within …, and a record of itself.
        b"DIDL\x01\x6d\x7f\x01\x00\x80\x94\xeb\xdc\x03",
        b"DIDL\x01\x6d\x00\x01\x00" + b"\x01" * 500 + b"\x00",
        b"DIDL\x01\x6c\x01\x00\x00\x01\x00",
        b"DIDL\x01\x6e\x00\x01\x00" + b"\x01" * 500 + b"\x00",
        b"DIDL\x02\x6e\x01\x6c\x02\x00\x00\x01\x00\x01\x00\x01\x01\x00\x00",
        b"DIDL\x01\x69\x01\x01m\x00\x01\x00\x01\x00",
    )


def descriptions() -> tuple[bytes, ...]:
    """Interfaces."""
    interfaces = HERE.parent / "ic_factory" / "drivers" / "interfaces"
    return (
        DESCRIPTION.encode(),
        (HERE / "unit" / "bindgen" / "nasty.did").read_bytes(),
        (interfaces / "cycles_ledger.did").read_bytes()[:2500],
        b'type A = B; type B = opt A; service : (x : text) -> { "m\\u{e9}" : () -> () oneway; }',
        b'import "x"; // comment\n/* and /* another */ */ service s : (A) -> A',
    )


def value_texts() -> tuple[bytes, ...]:
    """Values as text."""
    return (
        b'(42, -7 : int8, 1.5e3, "text \\u{1f980}\\n\\41", true, null, opt opt 5, vec {1; 2; 3})',
        b'(record { a = 1; 2 = "b"; "c d" = blob "\\00\\ff" }, variant { ok = record {} })',
        b'(principal "aaaaa-aa", service "aaaaa-aa", func "aaaaa-aa".method, (7 : nat64))',
        b"(0xff_ff, 1_000.5, vec {}, opt null, record { 1; 2; record { 3 } }, reserved)",
        b"()",
    )


MODULE = """
(module
  (type $t (func (param i32) (result i64)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "stable64_size" (func $size (result i64)))
  (memory 1 20)
  (table 3 funcref)
  (global $g (mut i64) (i64.const 5))
  (global $h i32 (i32.const 6))
  (elem (i32.const 0) $f)
  (data (i32.const 8) "data")
  (func $f (param i32) (result i64) (local i64) (i64.add (global.get $g) (call $size)))
  (func $start (global.set $g (i64.const 1)))
  (func (export "canister_update go") (drop (call $f (i32.const 1))) (call $reply))
  (func (export "canister_query look") (call $reply))
  (func (export "canister_init"))
  (start $start))
"""


def small_modules() -> tuple[bytes, ...]:
    """Modules that compile at once."""
    wide = MODULE.replace("(memory 1 20)", "(memory i64 1 20)").replace(
        "(i32.const 8)", "(i64.const 8)"
    )
    module = bytes(wat2wasm(MODULE))
    return module, bytes(wat2wasm(wide)), gzip.compress(module), b"\0asm\1\0\0\0"


def modules() -> tuple[bytes, ...]:
    """Modules small and large."""
    return (*small_modules(), *small_modules(), gzip.decompress(universal_wasm()))


def principals() -> tuple[bytes, ...]:
    """Principals as text."""
    known = (Principal(b""), Principal.anonymous(), CANISTER, Principal(bytes(29)))
    return (*(str(one).encode() for one in known), b"AAAAA-AA", b"em77e-bvlzu-aq")


def answers() -> tuple[bytes, ...]:
    """What a replica answers with."""
    signature = {"timestamp": 1, "signature": bytes(64), "identity": bytes(29)}
    reject = {"reject_code": 5, "reject_message": "no", "error_code": "IC0503"}
    return tuple(
        cbor.encode_self_described(answer)
        for answer in (
            {"status": "replied", "certificate": certificates()[1]},
            {"certificate": certificates()[0]},
            {"status": "non_replicated_rejection", **reject},
            {"status": "replied", "reply": {"arg": b"DIDL"}, "signatures": [signature]},
            {"status": "rejected", **reject, "signatures": [signature, signature]},
        )
    )


def chains() -> tuple[bytes, ...]:
    """Chains of delegations in JSON."""
    first, second, _ = SIGNERS
    delegation = Delegation(second.public_key_der, LATER, (CANISTER,))
    signature = first.sign(delegation.signing_bytes)
    link = {
        "delegation": {
            "pubkey": second.public_key_der.hex(),
            "expiration": f"{LATER:x}",
            "targets": [CANISTER.bytes.hex()],
        },
        "signature": signature.hex(),
    }
    whole = {"delegations": [link], "publicKey": first.public_key_der.hex()}
    return json.dumps(whole).encode(), b'{"delegations": [], "publicKey": ""}'


def headers() -> tuple[bytes, ...]:
    """Header values by which canisters certify responses to browsers."""
    tree, certificate, path = (
        base64.b64encode(part)
        for part in (
            hash_tree.encode(_signature_tree()),
            certificates()[0],
            cbor2.dumps(["http_expr", "a", "<$>"]),
        )
    )
    proof = b"certificate=:" + certificate + b":, tree=:" + tree + b":"
    requests = (
        'RequestCertification{certified_request_headers:["Host"],certified_query_parameters:["q"]}'
    )
    responses = (
        'ResponseCertification{response_header_exclusions:ResponseHeaderList{headers:["Date"]}}'
    )
    expression = (
        "default_certification(ValidationArgs{certification:Certification{"
        f"request_certification:{requests},response_certification:{responses}}}}})"
    )
    return (
        proof,
        b"version=2, " + proof + b", expr_path=:" + path + b":",
        b"default_certification(ValidationArgs{no_certification:Empty{}})",
        expression.encode(),
    )
