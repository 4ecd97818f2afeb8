"""Whether a response is what its canister certified.

HTTP Gateway Protocol, "Response Verification" and "Certificate Validation".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from ic_factory.errors import CertificateError
from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.certificate_verification import (
    certified_data,
    check_age,
    verify_for_canister,
)
from ic_factory.protocol.hash_tree import Found, Leaf, lookup_subtree
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.response_verification import legacy
from ic_factory.protocol.response_verification.certificate_header import (
    CERTIFICATE,
    CertificateHeader,
    find_certificate_header,
)
from ic_factory.protocol.response_verification.content_hashes import (
    certified_headers,
    request_hash,
    response_hash,
)
from ic_factory.protocol.response_verification.errors import (
    Downgraded,
    MalformedProof,
    UntrustedCertificate,
    WrongContent,
    WrongPath,
    WrongTree,
)
from ic_factory.protocol.response_verification.expression import (
    EXPRESSION,
    NoCertification,
    find_expression,
    read_expression,
)
from ic_factory.protocol.response_verification.expression_path import check_expression_path
from ic_factory.protocol.response_verification.messages import Header, HttpRequest, HttpResponse

LATEST_VERSION = 2
"""The version that requests ask for, as `certificate_version`."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What certificates are checked against.

    Attributes:
        root_key: The root key, in DER.
        canister_id: The canister that answered.
        now: The time that certificates have to be about, in nanoseconds since 1970.
    """

    root_key: bytes
    canister_id: Principal
    now: int


@dataclass(frozen=True, slots=True)
class Verified:
    """A response that may be served.

    Attributes:
        version: The version of response verification that it was certified by.
        headers: The headers to serve: those that are certified, or all of them where the canister
            certifies that nothing is.
        is_certified: Whether the content is certified.
    """

    version: int
    headers: tuple[Header, ...]
    is_certified: bool


def verify_response(
    request: HttpRequest,
    response: HttpResponse,
    trust: Trust,
    supported_versions: Callable[[], str | None] = lambda: None,
) -> Verified:
    """Checks that a response is what its canister certified for the request.

    Args:
        request: The request, as the canister got it.
        response: The response, with its whole body.
        trust: What the certificate is checked against.
        supported_versions: Gives the canister's metadata `supported_certificate_versions`, such
            as `1,2`; asked only where the response is certified by an older version.

    Raises:
        ResponseVerificationError: It is not; the branch tells why.
        KeyFormatError: The root key is none.
    """
    header = find_certificate_header(response.headers)
    _check_tree(header, trust)
    if header.version < LATEST_VERSION:
        _check_not_downgraded(header.version, supported_versions())
        legacy.check_legacy(request, response, header.tree)
        return Verified(header.version, legacy.served_headers(response.headers), is_certified=True)
    return _verify_by_expression(request, response, header)


def _verify_by_expression(
    request: HttpRequest, response: HttpResponse, header: CertificateHeader
) -> Verified:
    path = header.expression_path
    if path is None:
        raise MalformedProof("IC-Certificate has no field expr_path, which version 2 needs")
    check_expression_path(path, request.path, header.tree)
    text = find_expression(response.headers)
    expression = read_expression(text)
    proven = lookup_subtree(
        header.tree, (*(segment.encode() for segment in path), sha256(text.encode()).digest())
    )
    if not isinstance(proven, Found):
        raise WrongPath(f"{EXPRESSION} is not the one that the tree has at {'/'.join(path)}")
    if isinstance(expression, NoCertification):
        return Verified(header.version, response.headers, is_certified=False)
    of_request = b"" if expression.request is None else request_hash(request, expression.request)
    of_response = response_hash(response, expression.response_headers)
    leaf = lookup_subtree(proven.value, (of_request, of_response))
    if not isinstance(leaf, Found) or leaf.value != Leaf(b""):
        raise WrongContent(
            "status, headers and body"
            + ("" if expression.request is None else ", or the request that they answer,")
            + f" are not those that are certified at {'/'.join(path)}"
        )
    served = certified_headers(response.headers, expression.response_headers)
    proof = [(name, value) for name, value in response.headers if name.lower() == CERTIFICATE]
    return Verified(header.version, (*served, *proof), is_certified=True)


def _check_tree(header: CertificateHeader, trust: Trust) -> None:
    """Checks that the canister has certified the tree."""
    try:
        certificate = _trusted_certificate(header.certificate, trust.root_key, trust.canister_id)
        check_age(certificate, trust.now)
    except CertificateError as error:
        raise UntrustedCertificate(str(error)) from error
    certified = certified_data(certificate, trust.canister_id)
    if certified is None:
        raise UntrustedCertificate(
            f"the certificate shows no certified data of canister {trust.canister_id}"
        )
    if certified != header.tree.digest:
        raise WrongTree("the root hash of the tree is not the canister's certified data")


@lru_cache(maxsize=64)
def _trusted_certificate(
    certificate: bytes, root_key: bytes, canister_id: Principal
) -> Certificate:
    """A certificate that verifies; a page and what it shows often come with the same one."""
    decoded = Certificate.decode(certificate)
    verify_for_canister(decoded, root_key, canister_id)
    return decoded


def _check_not_downgraded(version: int, supported: str | None) -> None:
    """Specification: "Response Verification Version Assertion"."""
    if supported is None:
        return
    known = [int(each) for part in supported.split(",") if (each := part.strip()) in ("1", "2")]
    if version < max(known, default=version):
        raise Downgraded(
            f"the response is certified by version {version} of response verification, "
            f"but the canister says that it supports {supported}"
        )
