"""The header `IC-Certificate` (HTTP Gateway Protocol, "The Certificate Header")."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass

from ic_factory.errors import CborError, HashTreeError
from ic_factory.protocol import cbor, hash_tree
from ic_factory.protocol.hash_tree import MAX_TREE_DEPTH, HashTree
from ic_factory.protocol.response_verification.errors import MalformedProof, Uncertified
from ic_factory.protocol.response_verification.messages import Header, values_of

CERTIFICATE = "ic-certificate"

_FIELDS = ("certificate", "tree", "version", "expr_path")
_OLDEST_VERSION = 1
_NEWEST_VERSION = 2


@dataclass(frozen=True, slots=True)
class CertificateHeader:
    """What the header says; only its form has been checked.

    Attributes:
        certificate: The certificate, still encoded.
        tree: The part of the canister's hash tree that is to prove the response.
        version: The version of response verification, 1 or 2.
        expression_path: Where in the tree version 2 finds its proof.
    """

    certificate: bytes
    tree: HashTree
    version: int = _OLDEST_VERSION
    expression_path: tuple[str, ...] | None = None


def find_certificate_header(headers: Iterable[Header]) -> CertificateHeader:
    """Finds the header among those of a response, and reads it.

    Raises:
        Uncertified: There is none.
        MalformedProof: There are two, or it can't be read.
    """
    values = values_of(headers, CERTIFICATE)
    if not values:
        raise Uncertified("the response has no header IC-Certificate")
    if len(values) > 1:
        raise MalformedProof(f"the response has {len(values)} headers IC-Certificate, not one")
    return read_certificate_header(values[0])


def read_certificate_header(value: str) -> CertificateHeader:
    """Reads the header's value.

    Raises:
        MalformedProof: A field is missing, named twice, or not of its form.
    """
    fields = _fields(value)
    return CertificateHeader(
        certificate=_decoded("certificate", _required(fields, "certificate")),
        tree=_tree(_decoded("tree", _required(fields, "tree"))),
        version=_version(fields["version"]) if "version" in fields else _OLDEST_VERSION,
        expression_path=(
            _expression_path(_decoded("expr_path", fields["expr_path"]))
            if "expr_path" in fields
            else None
        ),
    )


def _fields(value: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for part in value.split(","):
        name, equals, content = part.strip().partition("=")
        if not equals or name not in _FIELDS:
            continue
        if name in fields:
            raise MalformedProof(f"IC-Certificate names {name} twice")
        fields[name] = content.removeprefix(":").removesuffix(":")
    return fields


def _required(fields: dict[str, str], name: str) -> str:
    try:
        return fields[name]
    except KeyError:
        raise MalformedProof(f"IC-Certificate has no field {name}") from None


def _decoded(name: str, content: str) -> bytes:
    unpadded = content.rstrip("=")
    try:
        return base64.b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedProof(f"IC-Certificate, {name}: not Base64: {error}") from error


def _tree(data: bytes) -> HashTree:
    try:
        # The tag around the tree takes no level of it.
        return hash_tree.from_cbor_value(cbor.decode(data, max_depth=MAX_TREE_DEPTH + 1))
    except (CborError, HashTreeError) as error:
        raise MalformedProof(f"IC-Certificate, tree: {error}") from error


def _version(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise MalformedProof(f"IC-Certificate, version: {text!r} is no number")
    version = int(text[:3])
    if not _OLDEST_VERSION <= version <= _NEWEST_VERSION:
        raise MalformedProof(
            f"IC-Certificate, version: {text} is none of those that there are, "
            f"{_OLDEST_VERSION} and {_NEWEST_VERSION}"
        )
    return version


def _expression_path(data: bytes) -> tuple[str, ...]:
    try:
        segments = cbor.decode(data)
    except CborError as error:
        raise MalformedProof(f"IC-Certificate, expr_path: {error}") from error
    if type(segments) is not list or any(type(segment) is not str for segment in segments):
        raise MalformedProof("IC-Certificate, expr_path: not an array of texts")
    return tuple(segments)
