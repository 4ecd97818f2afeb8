"""What a canister has certified is served, anything else is not, unless by its raw name.

The canister certifies by the published crates `ic-http-certification` and
`ic-asset-certification`, so these tests are where our verification meets somebody else's proofs.
"""

import gzip
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from ic_factory.canisters import factory_interface
from ic_factory.protocol.candid.did import parse_did
from tests.factory.world import install_factory
from tests.gateway.conftest import install

LOGO = Path(__file__).parents[2] / "canisters/test_canisters/assets_certified/src/logo.svg"


@pytest.mark.parametrize("path", ["/", "/index.html", "/?a=b", "/index.html#part"])
def test_a_certified_page_is_served(site, path):
    response = site.get(path)
    assert response.status_code == 200
    assert "<h1>Certified</h1>" in response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"


def test_its_proof_is_passed_on_so_that_clients_can_verify_it_themselves(site):
    headers = site.get("/").headers
    assert headers["ic-certificate"].startswith("certificate=:")
    assert headers["ic-certificateexpression"].startswith("default_certification(")
    assert headers["x-ic-canister-id"] == str(site.canister_id)


def test_a_certified_image_is_served_byte_for_byte(site):
    response = site.get("/logo.svg")
    assert response.content == LOGO.read_bytes()
    assert response.headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    "path", ["/tampered.html", "/tampered.svg", "/relabelled.html", "/renumbered.html"]
)
def test_a_response_that_was_changed_is_not_served(site, path):
    response = site.get(path)
    assert response.status_code == 503
    assert "WrongContent" in response.text
    assert "http_expr" in response.text


def test_a_response_that_nobody_vouches_for_is_not_served(site):
    response = site.get("/uncertified")
    assert response.status_code == 503
    assert "nobody vouches" not in response.text
    assert "no header IC-Certificate" in response.text


@pytest.mark.parametrize(
    ("path", "status"), [("/tampered.html", 200), ("/renumbered.html", 201), ("/uncertified", 200)]
)
def test_the_raw_name_serves_responses_as_they_are(site, path, status):
    response = site.get(path, is_raw=True)
    assert response.status_code == status
    assert "certified" in response.text.lower() or "vouches" in response.text


def test_the_refusal_says_where_the_raw_response_is(site):
    text = site.get("/tampered.html?x=1").text
    url = next(word for word in text.split() if word.startswith("http://"))
    assert url == f"http://{site.host(is_raw=True)}/tampered.html?x=1"


def test_a_page_for_what_is_missing_is_served_with_its_status(site):
    response = site.get("/no/such/page")
    assert response.status_code == 404
    assert response.text == "<h1>Nothing here</h1>"


def test_a_certified_redirect_is_passed_on(site):
    response = site.get("/old")
    assert response.status_code == 301
    assert response.headers["location"] == "/index.html"


def test_a_compressed_body_is_verified_as_it_is_sent(site):
    response = site.get("/words.txt", headers={"accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    plain = site.get("/words.txt", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == response.content


def test_a_client_that_names_other_encodings_may_get_the_plain_body(site):
    response = site.get("/words.txt", headers={"accept-encoding": "br;q=1.0"})
    assert response.status_code == 200
    assert response.text.startswith("certified words")


def test_a_page_is_served_for_the_request_that_it_was_certified_for(site):
    english = {"accept-language": "en"}
    path = "/negotiated?page=1&size=2"
    response = site.get(path, headers=english)
    assert response.text == "page 1 in English"
    assert "x-uncertified" not in response.headers
    assert site.get(path + "&other=4", headers=english).status_code == 200
    assert site.get("/negotiated?page=2&size=2", headers=english).status_code == 503
    assert site.get(path, headers={"accept-language": "de"}).status_code == 503
    assert site.request("POST", path, headers=english).status_code == 503


def test_pages_of_version_1_are_served_and_not_to_be_kept(legacy_site):
    for path in ("/", "/logo.svg", "/any/path"):
        response = legacy_site.get(path)
        assert response.status_code == 200
        assert "cache-control" not in response.headers
    assert legacy_site.get("/logo.svg").content == LOGO.read_bytes()


@pytest.mark.parametrize("path", ["/tampered", "/moved"])
def test_what_version_1_does_not_vouch_for_is_not_served(legacy_site, path):
    response = legacy_site.get(path)
    assert response.status_code == 503
    assert "WrongContent" in response.text
    assert legacy_site.get(path, is_raw=True).status_code in (200, 302)


def custom_section(name, content):
    body = bytes([len(name)]) + name + content
    return bytes([0, len(body)]) + body


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        (b"icp:public supported_certificate_versions", b"1,2", 503),
        (b"icp:public supported_certificate_versions", b"1", 200),
        (b"icp:private supported_certificate_versions", b"1,2", 200),
    ],
)
def test_a_canister_that_says_it_supports_version_2_is_held_to_it(
    replica, site, name, content, status
):
    section = custom_section(name, content)
    canister_id = install(replica, is_legacy=True, section=section)
    response = replace(site, canister_id=canister_id).get("/")
    assert response.status_code == status
    assert ("Downgraded" in response.text) == (status == 503)


def test_an_answer_of_an_update_call_needs_no_proof(site):
    first = site.request("POST", "/upgrade?x=1", content=b"data")
    second = site.get("/upgrade?x=2")
    assert first.status_code == second.status_code == 200
    assert first.text.startswith("POST /upgrade?x=1 update ")
    assert int(second.text.split()[-1]) == int(first.text.split()[-1]) + 1


def test_a_large_body_comes_whole_though_the_canister_sends_ranges(site):
    response = site.get("/large.bin")
    assert response.status_code == 200
    assert response.content == bytes(index // 1000 % 256 for index in range(5_000_000))
    assert response.headers["content-length"] == "5000000"
    assert "content-range" not in response.headers


def test_a_client_that_asks_for_a_range_gets_it_as_the_canister_sends_it(site):
    response = site.get("/large.bin", headers={"range": "bytes=2000000-"})
    assert response.status_code == 206
    assert response.headers["content-range"] == "bytes 2000000-3999999/5000000"
    assert len(response.content) == 2_000_000


def collect(parts, received):
    for part in parts:
        received += part


def test_a_body_with_a_later_range_that_was_changed_breaks_off_before_it(site):
    received = bytearray()
    headers = {"host": site.host()}
    with site.client.stream("GET", "/large.bin?torn", headers=headers) as response:
        parts = response.iter_raw()
        with pytest.raises(httpx.RemoteProtocolError):
            collect(parts, received)
    assert len(received) == 2_000_000


def test_the_head_of_a_large_body_tells_its_length(site):
    response = site.request("HEAD", "/large.bin", is_raw=True)
    assert response.status_code == 200
    assert response.headers["content-length"] == "5000000"
    assert response.content == b""


def test_a_page_that_is_certified_for_get_is_not_served_to_head(site):
    assert site.request("HEAD", "/index.html").status_code == 503


def test_the_metrics_of_the_factory_are_served(replica, site):
    factory = install_factory(replica, parse_did(factory_interface()))
    factory_site = replace(site, canister_id=factory.canister_id)
    metrics = factory_site.get("/metrics")
    assert metrics.status_code == 200
    assert "factory_canisters_active 0" in metrics.text
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert factory_site.get("/health").status_code == 200
    assert factory_site.get("/other").status_code == 404


def test_the_compressed_words_are_the_plain_ones(site):
    folder = LOGO.parent
    plain = site.get("/words.txt", headers={"accept-encoding": "identity"}).content
    assert gzip.decompress((folder / "words.txt.gz").read_bytes()) == plain
