"""Certified responses by this repository's own hash trees and keys."""

from __future__ import annotations

import base64
from dataclasses import replace
from hashlib import sha256

from ic_factory.protocol import cbor, hash_tree
from ic_factory.protocol.certificate import Certificate, state_root_signing_bytes
from ic_factory.protocol.crypto.bls import BlsSecretKey
from ic_factory.protocol.leb128 import encode_unsigned
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.response_verification import HttpResponse, Trust
from ic_factory.protocol.response_verification.content_hashes import request_hash, response_hash
from ic_factory.protocol.response_verification.expression import (
    NoCertification,
    read_expression,
)

KEY = BlsSecretKey.from_seed(b"\x07" * 32)
CANISTER = Principal(bytes.fromhex("80000000001000000101"))
NOW = 1_700_000_000 * 10**9
TRUST = Trust(KEY.public_key_der, CANISTER, NOW)

SKIP = "default_certification(ValidationArgs{no_certification:Empty{}})"


def listed(*names):
    return "[" + ",".join(f'"{name}"' for name in names) + "]"


def of_response(*, only=None, but=()):
    """An expression that certifies the response alone, and these headers or all but those."""
    kind = "response_header_exclusions" if only is None else "certified_response_headers"
    headers = listed(*(but if only is None else only))
    return (
        "default_certification(ValidationArgs{certification:Certification{"
        "no_request_certification:Empty{},response_certification:ResponseCertification{"
        f"{kind}:ResponseHeaderList{{headers:{headers}}}}}}}}})"
    )


def of_both(*, headers=(), parameters=()):
    """An expression that certifies the response, and of the request these parts."""
    return (
        "default_certification(ValidationArgs{certification:Certification{"
        "request_certification:RequestCertification{"
        f"certified_request_headers:{listed(*headers)},"
        f"certified_query_parameters:{listed(*parameters)}}},"
        "response_certification:ResponseCertification{"
        "response_header_exclusions:ResponseHeaderList{headers:[]}}}})"
    )


def certificate(certified_data, *, time=NOW, canister_id=CANISTER, key=KEY):
    """A certificate of a root subnet for what a canister has certified."""
    tree = hash_tree.from_mapping(
        {
            b"canister": {canister_id.bytes: {b"certified_data": certified_data}},
            b"time": encode_unsigned(time),
        }
    )
    return Certificate(tree, key.sign(state_root_signing_bytes(tree.digest))).encode()


def branches(paths):
    """The nested mapping that has an empty value at each path."""
    root = {}
    for path in paths:
        node = root
        for label in path[:-1]:
            node = node.setdefault(label, {})
        node[path[-1]] = b""
    return root


def leaf_path(expression_path, expression, request, response):
    """Where the tree has the proof of a pair: labels from the root."""
    found = read_expression(expression)
    path = (
        *(segment.encode() for segment in expression_path),
        sha256(expression.encode()).digest(),
    )
    if isinstance(found, NoCertification):
        return path
    of_request = b"" if found.request is None else request_hash(request, found.request)
    return (*path, of_request, response_hash(response, found.response_headers))


def with_expression(response, expression):
    return with_headers(response, ("IC-CertificateExpression", expression))


def with_headers(response, *headers):
    return replace(response, headers=(*response.headers, *headers))


def encoded(data):
    return ":" + base64.b64encode(data).decode() + ":"


def with_proof(response, tree, expression_path, certified_data=None, version=2, **certified):
    """The response with the header that proves it by a tree."""
    fields = {
        "certificate": encoded(certificate(certified_data or tree.digest, **certified)),
        "tree": encoded(cbor.encode_self_described(cbor.Encoded(hash_tree.encode(tree)))),
        "expr_path": encoded(cbor.encode_self_described(list(expression_path))),
        "version": str(version),
    }
    if expression_path == ():
        del fields["expr_path"], fields["version"]
    value = ", ".join(f"{name}={content}" for name, content in fields.items())
    return with_headers(response, ("IC-Certificate", value))


def certified(request, response, expression, expression_path, others=()):
    """The response with a proof by version 2; `others` are further paths in the tree."""
    response = with_expression(response, expression)
    path = leaf_path(expression_path, expression, request, response)
    whole = hash_tree.from_mapping(branches([path, *others]))
    asked = [path, *_alternatives(request.path)]
    return with_proof(response, hash_tree.witness(whole, asked), expression_path)


def _alternatives(path):
    """All places that a wildcard's proof has to show as absent, or show."""
    segments = [b"http_expr", *(each.encode() for each in path.split("/") if each)]
    yield (*segments, b"<$>")
    yield (*segments, b"", b"<$>")
    for length in range(len(segments), 0, -1):
        yield (*segments[:length], b"<*>")
        yield (*segments[:length], b"", b"<*>")


def legacy(response, hashes):
    """The response with a proof by version 1 of these hashes by path."""
    tree = hash_tree.from_mapping({b"http_assets": hashes})
    return with_proof(response, tree, ())


def page(body=b"<h1>Hello</h1>", status=200, *headers):
    return HttpResponse(status, (("Content-Type", "text/html"), *headers), body)
