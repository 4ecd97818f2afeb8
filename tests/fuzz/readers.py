"""The readers of bytes and texts that come from strangers.

Where a reader takes an input, what it read is written and read again: it must be the same.
"""

from __future__ import annotations

from ic_factory.agent.answers import read_call_answer, read_certificate, read_query_answer
from ic_factory.agent.errors import AgentError, Attempt
from ic_factory.agent.identity.delegation_chain import DelegationChain
from ic_factory.agent.identity.errors import IdentityError
from ic_factory.errors import ProtocolError
from ic_factory.protocol import cbor, hash_tree
from ic_factory.protocol.candid import CandidError, decode, encode, types_of
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.candid.text import format_args, format_interface, infer_args
from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.certificate_verification import certified_time, verify_for_canister
from ic_factory.protocol.crypto.der import SubjectPublicKeyInfo
from ic_factory.protocol.crypto.keys import public_key_from_der
from ic_factory.protocol.envelope import Envelope
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.response_verification.certificate_header import read_certificate_header
from ic_factory.protocol.response_verification.expression import read_expression
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.execution.prepare.inflate import inflate
from ic_factory.replica.execution.prepare.invalid_module import InvalidModule
from ic_factory.replica.execution.prepare.module import read_module
from ic_factory.replica.execution.prepare.rewrite import rewrite
from ic_factory.replica.execution.prepare.validate import validate
from tests.fuzz import seeds
from tests.fuzz.campaign import Target
from tests.fuzz.mutation import with_changed_bytes
from tests.fuzz.structure import (
    mixed,
    with_changed_cbor,
    with_changed_sections,
    with_changed_tokens,
    with_random_texts,
    with_random_values,
)

ATTEMPT = Attempt("a call", Principal(b"\x01"), "http://localhost", bytes(32))


def read_cbor(data: bytes) -> None:
    value = cbor.decode(data)
    assert repr(cbor.decode(cbor.encode(value))) == repr(value)


def read_envelope(data: bytes) -> None:
    envelope = Envelope.decode(data)
    again = Envelope.decode(envelope.encode())
    assert again == envelope
    assert again.content.request_id == envelope.content.request_id


def read_tree(data: bytes) -> None:
    tree = hash_tree.decode(data)
    encoded = hash_tree.encode(tree)
    assert hash_tree.decode(encoded) == tree
    paths = hash_tree.list_paths(tree)
    for path in paths[:20]:
        assert isinstance(hash_tree.lookup_path(tree, path), hash_tree.Found)
    assert hash_tree.witness(tree, paths[:3]).digest == tree.digest
    hash_tree.lookup_path(tree, (b"request_status", bytes(32), b"status"))


def check_certificate(data: bytes) -> str:
    certificate = Certificate.decode(data)
    assert Certificate.decode(certificate.encode()) == certificate
    verify_for_canister(certificate, seeds.ROOT_KEY, seeds.CANISTER)
    certified_time(certificate)
    return "verified"


def read_key(data: bytes) -> str:
    info = SubjectPublicKeyInfo.decode(data)
    assert SubjectPublicKeyInfo.decode(info.encode()) == info
    key = public_key_from_der(data, seeds.ROOT_KEY)
    assert public_key_from_der(key.der, seeds.ROOT_KEY) == key
    return type(key).__name__


def check_signature(data: bytes) -> str:
    kind, signature = data[:1], data[1:]
    key = seeds.KEYS[kind[0] % len(seeds.KEYS)] if kind else seeds.KEYS[0]
    public_key_from_der(key, seeds.ROOT_KEY).verify(seeds.MESSAGE, signature)
    return "verified"


def read_message(data: bytes) -> None:
    types = types_of(data)
    encoded = encode(types, decode(data))
    assert encode(types, decode(encoded)) == encoded


def read_arguments(data: bytes) -> str:
    taken = 0
    for types in seeds.ARGUMENT_TYPES:
        try:
            values = decode(data, types)
        except CandidError as refusal:
            check_reason(refusal)
            continue
        taken += 1
        encoded = encode(types, values)
        assert encode(types, decode(encoded, types)) == encoded
    return f"of {taken} types"


def read_description(data: bytes) -> None:
    interface = parse_did(_text(data))
    written = format_interface(interface)
    assert format_interface(parse_did(written)) == written


def read_values(data: bytes) -> None:
    types, values = infer_args(_text(data))
    text = format_args(values, types)
    encode(types, values)
    if "NaN" not in text:
        assert repr(infer_args(text)[1]) == repr(values)


def read_module_bytes(data: bytes) -> None:
    shape = read_module(inflate(data))
    validate(shape)
    rewrite(shape)


def load_module(data: bytes) -> None:
    engine.load(data)


def read_principal(data: bytes) -> None:
    principal = Principal.from_str(_text(data))
    assert Principal.from_str(str(principal)) == principal


def read_answers(data: bytes) -> str:
    taken = 0
    for read in (read_call_answer, read_certificate, read_query_answer):
        try:
            read(data, ATTEMPT)
        except AgentError as refusal:
            check_reason(refusal)
            continue
        taken += 1
    return f"by {taken} of 3"


def check_reason(refusal: Exception) -> None:
    if not str(refusal):
        raise AssertionError(f"{type(refusal).__name__} without a text")


def read_chain(data: bytes) -> None:
    chain = DelegationChain.from_json(data)
    assert DelegationChain.from_json(chain.to_json()) == chain
    chain.check_signatures()


def read_response_headers(data: bytes) -> None:
    read_expression(_text(data)) if data[:1] == b"d" else read_certificate_header(_text(data))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


engine = Engine()

CBOR = mixed(with_changed_cbor, with_changed_cbor, with_changed_bytes)
TEXT = mixed(with_changed_tokens, with_changed_tokens, with_changed_bytes)
VALUES = mixed(with_random_texts, TEXT)
MESSAGE = mixed(with_random_values, with_changed_bytes)
MODULE = mixed(with_changed_sections, with_changed_sections, with_changed_bytes)

READERS = (
    Target("cbor", seeds.cbor_items(), CBOR, read_cbor, (ProtocolError,), 10),
    Target("envelope", seeds.envelopes(), CBOR, read_envelope, (ProtocolError,), 10),
    Target("hash_tree", seeds.trees(), CBOR, read_tree, (ProtocolError,), 8),
    Target("certificate", seeds.certificates(), CBOR, check_certificate, (ProtocolError,), 4),
    Target("der", seeds.KEYS, with_changed_bytes, read_key, (ProtocolError,), 8),
    Target("signature", seeds.signatures(), CBOR, check_signature, (ProtocolError,), 4),
    Target("candid", seeds.messages(), MESSAGE, read_message, (ProtocolError,), 12),
    Target("arguments", seeds.messages(), MESSAGE, read_arguments, (), 6),
    Target("did", seeds.descriptions(), TEXT, read_description, (ProtocolError,), 3),
    Target("values", seeds.value_texts(), VALUES, read_values, (ProtocolError,), 6),
    Target("wasm", seeds.modules(), MODULE, read_module_bytes, (InvalidModule,), 8),
    Target("engine", seeds.small_modules(), MODULE, load_module, (InvalidModule,), 2),
    Target("principal", seeds.principals(), TEXT, read_principal, (ProtocolError,), 3),
    Target("answers", seeds.answers(), CBOR, read_answers, (), 3),
    Target("delegation_chain", seeds.chains(), TEXT, read_chain, (IdentityError,), 3),
    Target("response_headers", seeds.headers(), TEXT, read_response_headers, (ProtocolError,), 3),
)
