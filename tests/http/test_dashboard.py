"""The page that shows people what the replica does."""

from html.parser import HTMLParser

import httpx
import pytest
from wasmtime import wat2wasm

from ic_factory.replica.http.dashboard import CANISTERS_PER_PAGE
from ic_factory.replica.http.server import serve
from ic_factory.replica.replica import Replica
from tests.http.wire import CBOR, message

NASTY = """
(module
  (import "ic0" "debug_print" (func $print (param i32 i32)))
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (memory 1)
  (data (i32.const 0) "<script>alert('&')</script>\\1b[2J\\ff")
  (func (export "canister_update print") (call $print (i32.const 0) (i32.const 32)))
  (func (export "canister_update fail") (call $trap (i32.const 0) (i32.const 32))))
"""


class Page(HTMLParser):
    """The text of a page, its cells by table, and whatever it would load."""

    def __init__(self, html):
        super().__init__()
        self.open, self.text, self.links, self.loads, self.tables = [], "", [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag in ("script", "img", "link", "iframe", "object", "form", "svg"):
            self.loads.append(tag)
        self.loads += [name for name in values if name == "src" or name.startswith("on")]
        if tag == "a":
            self.links.append(values["href"])
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" in self.open:
            return
        self.text += data
        if self.open[-1:] and {"td", "th"} & set(self.open):
            self.tables[-1][-1][-1] += data


def page_of(client, **query):
    response = client.get("/_/dashboard", params=query)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    page = Page(response.text)
    assert page.loads == []
    return page


def test_it_shows_the_replica_and_its_canisters(served):
    page = page_of(served.client)
    assert "healthy" in page.text
    assert served.replica.root_key.hex() in page.text
    assert str(served.replica.subnet_id) in page.text
    head, row = page.tables[0]
    assert head[:2] == ["id", "status"]
    assert row[:2] == [str(served.canister_id), "running"]
    assert len(bytes.fromhex(row[2])) == 32
    assert "/_/metrics" in page.links


def test_what_canisters_print_and_trap_with_is_shown_and_harmless():
    with Replica() as replica:
        canister_id = replica.create_canister()
        replica.install_code(canister_id, bytes(wat2wasm(NASTY)))
        replica.start()
        with serve(replica) as server, httpx.Client(base_url=server.url) as client:
            for method in ("print", "fail"):
                body = message("call", canister_id, method)
                client.post(f"/api/v4/canister/{canister_id}/call", content=body, headers=CBOR)
            page = page_of(client)
    _, errors, logs = page.tables
    shown = "<script>alert('&')</script>�[2J�"
    # A trap loses what is not UTF-8.
    assert shown.removesuffix("�") in errors[1][3]
    assert errors[1][2] == "IC0503"
    assert any(row[2] == shown for row in logs[1:])


def test_many_canisters_are_turned_page_by_page():
    with Replica() as replica:
        ids = [str(replica.create_canister()) for _ in range(CANISTERS_PER_PAGE + 3)]
        with serve(replica) as server, httpx.Client(base_url=server.url) as client:
            first, second, third = (page_of(client, page=number) for number in (1, 2, 3))
    assert [row[0] for row in first.tables[0][1:]] == ids[:CANISTERS_PER_PAGE]
    assert [row[0] for row in second.tables[0][1:]] == ids[CANISTERS_PER_PAGE:]
    assert third.tables[0][1:] == []
    assert "?page=2" in first.links
    assert "?page=1" in second.links
    assert "Page 2 of 2" in second.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "1" * 10, "²", "1.5", ""])
def test_a_page_that_is_no_number_is_refused(served, page):
    response = served.client.get("/_/dashboard", params={"page": page})
    assert (response.status_code, "page" in response.text) == (400, True)
