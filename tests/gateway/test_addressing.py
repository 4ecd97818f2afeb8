"""A request is for the canister that its URL names, and for no other machine's names."""

import socket
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.protocol.principal import Principal
from ic_factory.replica.http.gateway.addressing import (
    Address,
    RequestLine,
    address_of,
    raw_url_of,
)
from ic_factory.replica.http.gateway.problems import CannotServe
from tests.gateway.conftest import BROWSER

ID = "bnz7o-iuaaa-aaaaa-qaaaa-cai"
CANISTER = Principal.from_str(ID)
NAMES = {"shop": CANISTER, "my_shop": CANISTER}


def address(authority, path="/", query="", referer="", shows_pages=False):
    line = RequestLine(authority, path, query, referer, shows_pages)
    return address_of(line, NAMES.get)


def problem(*arguments, **options):
    with pytest.raises(CannotServe) as stop:
        address(*arguments, **options)
    return stop.value.problem


@pytest.mark.parametrize(
    "host", [ID, ID.upper(), f"branch--{ID}", "shop", "Shop", "my_shop", f"{ID}.", "SHOP."]
)
def test_a_host_name_names_a_canister_by_its_id_or_a_name_of_the_project(host):
    authority = f"{host.rstrip('.')}.localhost{'.' if host.endswith('.') else ''}:8000"
    assert address(authority, "/a", "b=c") == Address(CANISTER, "/a?b=c")


@pytest.mark.parametrize("host", [ID, "shop"])
def test_a_raw_name_says_that_nothing_is_to_be_verified(host):
    assert address(f"{host}.raw.localhost") == Address(CANISTER, "/", is_raw=True)


@pytest.mark.parametrize("host", ["store", "a.shop", f"x.{ID}", "raw", "", f"{ID}.raw.raw", "é"])
def test_a_name_that_leads_nowhere_is_told(host):
    assert problem(f"{host}.localhost:8000").status == 404


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "127.9.9.9:1"])
class TestPlainHosts:
    def test_the_query_names_a_canister(self, host):
        found = address(host, "/a", f"x=1&canisterId={ID}")
        assert found == Address(CANISTER, f"/a?x=1&canisterId={ID}")

    @pytest.mark.parametrize(
        ("path", "query", "url"),
        [
            (f"/canister/{ID}", "", "/"),
            (f"/canister/{ID}/", "a", "/?a"),
            (f"/canister/{ID}/a//b%20c", "", "/a//b%20c"),
        ],
    )
    def test_the_path_names_a_canister(self, host, path, query, url):
        assert address(host, path, query) == Address(CANISTER, url)

    @pytest.mark.parametrize("page", [f"/?canisterId={ID}", f"/canister/{ID}/index.html"])
    def test_what_a_page_shows_is_of_the_page_s_canister(self, host, page):
        found = address(host, "/logo.svg", referer=f"http://{host}{page}")
        assert found == Address(CANISTER, "/logo.svg")

    @pytest.mark.parametrize(
        "referer",
        [
            f"http://elsewhere.example/?canisterId={ID}",
            f"http://localhost.example/canister/{ID}/",
            "http://[",
            "nonsense",
            f"?canisterId={ID}",
        ],
    )
    def test_a_page_of_another_origin_names_none(self, host, referer):
        assert address(host, "/logo.svg", referer=referer) is None

    @pytest.mark.parametrize(
        "path", ["/api/v2/status", "/api/v9/any", "/_/status", "/_/", "/api/v3/canister/x/query"]
    )
    def test_the_replica_s_own_paths_stay_its_own(self, host, path):
        assert address(host, path, f"canisterId={ID}") is None

    def test_a_browser_is_told_how_to_name_one(self, host):
        said = problem(host, shows_pages=True)
        assert said.status == 404
        assert any("<canister id>.localhost" in each for each in said.advice)

    def test_other_clients_have_the_replica_s_answer(self, host):
        assert address(host, "/nothing") is None

    @pytest.mark.parametrize("text", ["", "nonsense", "aaaaa", "<b>"])
    def test_what_is_no_id_is_told(self, host, text):
        assert problem(host, "/", f"canisterId={text}").status == 400


@pytest.mark.parametrize("path", ["/api/v2/status", "/api/v4/canister/x/call", "/api/v3/subnet/x/"])
def test_agents_in_a_page_reach_the_replica_by_the_page_s_own_name(path):
    assert address(f"{ID}.localhost", path) is None
    assert address("rebound.example", path) is None


@pytest.mark.parametrize("path", ["/api/things", "/api/v2/statuses", "/_/status", "/_/logs"])
def test_other_paths_under_a_canister_s_name_are_the_canister_s(path):
    assert address(f"{ID}.localhost", path) == Address(CANISTER, path)


@pytest.mark.parametrize(
    "host",
    ["rebound.example", "localhost.example", "192.0.2.1", f"{ID}.ic0.app", "evil-localhost", ""],
)
def test_names_of_other_machines_show_no_pages(host):
    assert problem(host, "/", f"canisterId={ID}").status == 403


@pytest.mark.parametrize(
    ("authority", "port"), [("shop.localhost:80", ":80"), ("[::1]:9", ":9"), ("localhost", "")]
)
def test_the_raw_url_keeps_path_query_and_port(authority, port):
    found = raw_url_of(Address(CANISTER, "/a?b"), authority)
    assert found == f"http://{ID}.raw.localhost{port}/a?b"


class TestServed:
    def test_a_canister_by_query_by_path_and_by_name(self, site, names):
        names["shop"] = site.canister_id
        pages = [
            site.client.get(f"/?canisterId={site.canister_id}"),
            site.client.get(f"/canister/{site.canister_id}/"),
            site.client.get("/", headers={"host": "shop.localhost"}),
        ]
        assert [page.status_code for page in pages] == [200, 200, 200]
        assert len({page.content for page in pages}) == 1

    def test_an_image_of_a_page_by_its_referer(self, site):
        referer = f"{site.server.url}/?canisterId={site.canister_id}"
        response = site.client.get("/logo.svg", headers={"referer": referer})
        assert response.headers["content-type"] == "image/svg+xml"

    def test_the_interface_by_a_canister_s_name(self, site):
        response = site.get("/api/v2/status", headers={"origin": "http://elsewhere.example"})
        assert response.headers["content-type"] == "application/cbor"
        assert response.headers["access-control-allow-origin"] == "*"

    def test_the_replica_s_tools_are_not_to_be_had_by_a_canister_s_name(self, site):
        assert "Nothing here" in site.get("/_/status").text

    def test_a_request_with_two_hosts_is_refused(self, site):
        request = f"GET / HTTP/1.1\r\nhost: {site.host()}\r\nhost: localhost\r\n\r\n"
        with socket.create_connection((site.server.host, site.server.port)) as connection:
            connection.sendall(request.encode())
            assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")

    def test_a_rebound_name_is_refused_with_a_page(self, site):
        headers = {**BROWSER, "host": "rebound.example"}
        response = site.client.get(f"/?canisterId={site.canister_id}", headers=headers)
        assert response.status_code == 403
        assert "<h1>" in response.text


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_an_address_or_a_reason(authority, path, query, referer):
    for host in (authority, f"{authority}.localhost", "localhost"):
        with suppress(CannotServe):
            found = address(host, f"/{path}", query, referer, shows_pages=True)
            assert found is None or found.canister_id
