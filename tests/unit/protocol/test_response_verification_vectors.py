"""The numbers that the published crate's tests have (dfinity/response-verification)."""

import pytest

from ic_factory.protocol.response_verification import HttpRequest, HttpResponse
from ic_factory.protocol.response_verification.content_hashes import request_hash, response_hash
from ic_factory.protocol.response_verification.expression import (
    Certification,
    CertifiedHeaders,
    CertifiedRequest,
    NoCertification,
    read_expression,
)
from ic_factory.protocol.response_verification.expression_path import _more_specific

REQUEST_HEADERS = (
    ("Accept-Language", "en"),
    ("Accept-Language", "en-US"),
    ("Host", "https://ic0.app"),
)


def certified_request(headers, parameters):
    return CertifiedRequest(frozenset(headers), frozenset(parameters))


@pytest.mark.parametrize(
    ("url", "parameters", "expected"),
    [
        ("/", [], "10796453466efb3e333891136b8a5931269f77e40ead9d437fcee94a02fa833c"),
        ("/?q=search", [], "10796453466efb3e333891136b8a5931269f77e40ead9d437fcee94a02fa833c"),
        (
            "/?q=hello+world&name=foo&name=bar&color=purple",
            ["q", "name"],
            "3ade1c9054f05bc8bcebd3fd7b884078a6e67c63e5ac4a639fa46a47f5a955c9",
        ),
    ],
)
def test_requests_hash_as_published(url, parameters, expected):
    request = HttpRequest("POST", url, REQUEST_HEADERS, bytes(range(7)))
    assert request_hash(request, certified_request(["host"], parameters)).hex() == expected


def expression(response_headers):
    return (
        "default_certification(ValidationArgs{certification:Certification{"
        "no_request_certification:Empty{},response_certification:ResponseCertification{"
        f"{response_headers}}}}}}})"
    )


@pytest.mark.parametrize(
    ("text", "certified", "expected"),
    [
        (
            expression(
                'certified_response_headers:ResponseHeaderList{headers:["Accept-Encoding",'
                '"Cache-Control"]}'
            ),
            CertifiedHeaders(frozenset({"accept-encoding", "cache-control"}), are_excluded=False),
            "3393250e3cedc30408dcb7e8963898c3d7549b8a0b76496b82fdfeae99c2ac78",
        ),
        (
            expression(
                'response_header_exclusions:ResponseHeaderList{headers:["Content-Security-Policy"]}'
            ),
            CertifiedHeaders(frozenset({"accept-encoding", "cache-control"}), are_excluded=True),
            "a2ffb50ef8971650c2fb46c0a2788b7d5ac5a027d635175e8e06b419ce6c4cda",
        ),
    ],
)
def test_responses_hash_as_published(text, certified, expected):
    headers = (
        ("IC-CertificateExpression", text),
        ("Accept-Encoding", "gzip"),
        ("Cache-Control", "no-cache"),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'self'"),
        ("IC-Certificate", "certificate=:SGVsbG8gQ2VydGlmaWNhdGUh:,tree=:SGVsbG8gVHJlZSE=:"),
    )
    response = HttpResponse(200, headers, b"Hello World!")
    assert response_hash(response, certified).hex() == expected


SPACED = """
    default_certification (
        ValidationArgs {
            certification: Certification {
                request_certification: RequestCertification {
                    certified_request_headers: ["host"],
                    certified_query_parameters: ["filter"]
                },
                response_certification: ResponseCertification {
                    response_header_exclusions: ResponseHeaderList {
                        headers: ["Content-Type","X-Frame-Options"]
                    }
                }
            }
        }
    )
"""


@pytest.mark.parametrize("text", [SPACED, "".join(SPACED.split())])
def test_expressions_read_as_published(text):
    assert read_expression(text) == Certification(
        certified_request(["host"], ["filter"]),
        CertifiedHeaders(frozenset({"content-type", "x-frame-options"}), are_excluded=True),
    )


def test_an_expression_can_say_that_nothing_is_certified():
    text = "default_certification ( ValidationArgs { no_certification: Empty { } } )"
    assert read_expression(text) == NoCertification()


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("a b c", []),
        ("a b .", ["a b c *"]),
        ("a b", ["a b c *", "a b . *"]),
        ("a .", ["a b c *", "a b . *", "a b *"]),
        ("a", ["a b c *", "a b . *", "a b *", "a . *"]),
        (".", ["a b c *", "a b . *", "a b *", "a . *", "a *"]),
        ("", ["a b c *", "a b . *", "a b *", "a . *", "a *", ". *"]),
    ],
)
def test_wildcards_that_go_before_another_are_those_published(prefix, expected):
    found = _more_specific(segments(prefix), segments("a b c"))
    assert list(found) == [segments(each) for each in expected]


def segments(text):
    """Segments parted by blanks; `.` is the empty one at a directory's end."""
    return tuple({".": "", "*": "<*>"}.get(each, each) for each in text.split())
