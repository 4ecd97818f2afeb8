"""A failure is a page that says what happened and what to do, for people and for programs."""

import threading
import time
from html.parser import HTMLParser

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.config import user_compile_cache
from ic_factory.replica.http import serve
from ic_factory.replica.http.gateway.pages import as_html, as_text
from ic_factory.replica.http.gateway.problems import Problem, rejected
from ic_factory.replica.rejects import ErrorCode, Reject
from tests.gateway.conftest import BROWSER, CONTROLLER, Site, install

CONFIG = ReplicaConfig(compile_cache=user_compile_cache())
CANISTER = Principal.from_str("bnz7o-iuaaa-aaaaa-qaaaa-cai")


class Elements(HTMLParser):
    """The tags of a page, and the text in them."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attributes)

    def handle_data(self, data):
        self.text += data


def problem_at(site, path="/"):
    """The page that a browser gets, and the same for a program."""
    page, plain = site.get(path, headers=BROWSER), site.get(path)
    assert page.status_code == plain.status_code
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert plain.headers["content-type"] == "text/plain; charset=utf-8"
    for response in (page, plain):
        assert response.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    elements = Elements(page.text)
    assert "script" not in elements.tags
    assert plain.text.splitlines()[0].rstrip(".") in elements.text
    return page.status_code, plain.text


def test_a_canister_that_is_not_there(site):
    nowhere = Site(site.server, site.client, Principal(bytes.fromhex("80000000001077770101")))
    status, text = problem_at(nowhere)
    assert status == 404
    assert "No such canister" in text
    assert str(nowhere.canister_id) in text


def test_a_canister_with_no_code(replica, site):
    status, text = problem_at(Site(site.server, site.client, replica.create_canister()))
    assert status == 503
    assert "no code is installed" in text


def test_a_canister_that_serves_no_pages(no_site):
    status, text = problem_at(no_site)
    assert status == 503
    assert "has no method http_request" in text


def test_a_canister_that_is_stopped(site):
    with (
        Replica(CONFIG) as replica,
        serve(replica) as server,
        httpx.Client(base_url=server.url) as own,
    ):
        replica.start()
        stopped = Site(server, own, install(replica, is_legacy=True))
        moment = b"DIDL\x01\x6c\x01\xb3\xc4\xb1\xf2\x04\x68\x01\x00\x01"
        argument = moment + bytes([len(stopped.canister_id.bytes)]) + stopped.canister_id.bytes
        replica.update(Principal.management_canister(), "stop_canister", argument, CONTROLLER)
        status, text = problem_at(stopped)
    assert status == 503
    assert "Start it" in text


def test_a_canister_that_trapped(site):
    status, text = problem_at(site, "/trap")
    assert status == 503
    assert "The canister trapped" in text
    assert "<b>on purpose</b>" in text
    assert f"/_/logs?canister={site.canister_id}" in text
    page = site.get("/trap", headers=BROWSER).text
    assert "<b>on purpose" not in page
    assert "<b>on purpose</b>" in Elements(page).text


def test_a_response_that_is_not_certified(site):
    status, text = problem_at(site, "/uncertified")
    assert status == 503
    assert "could have made it up" in text


def test_a_name_that_is_not_known(site):
    headers = {**BROWSER, "host": "nobody<b>.localhost"}
    response = site.client.get("/", headers=headers)
    assert response.status_code == 404
    assert "<b>" not in response.text


def test_no_canister_named(client):
    response = client.get("/", headers=BROWSER)
    assert response.status_code == 404
    assert "&lt;canister id&gt;.localhost" in response.text
    assert client.get("/").text == "Not Found"


def test_an_update_call_that_is_not_answered_before_the_server_closes():
    answers = []
    with Replica(CONFIG) as replica, httpx.Client() as client:
        canister_id = install(replica, is_legacy=False)
        with serve(replica) as server:
            client.base_url = server.url
            site = Site(server, client, canister_id)
            asking = threading.Thread(target=lambda: answers.append(site.get("/upgrade")))
            # No round runs, so there is no answer.
            asking.start()
            time.sleep(0.7)
        asking.join()
    assert answers[0].status_code == 504
    assert "takes too long" in answers[0].text


@pytest.mark.parametrize("code", list(ErrorCode))
def test_each_reject_has_a_page_with_what_the_replica_said(code):
    problem = rejected(CANISTER, "http_request", Reject.of(code, "said <so>"))
    assert problem.status in (404, 503)
    assert problem.advice
    assert "said <so>" in as_text(problem)
    assert "said &lt;so&gt;" in as_html(problem)


ANY = st.text(max_size=60)


@given(st.builds(Problem, st.just(500), ANY, ANY, st.tuples(ANY), ANY))
def test_no_text_becomes_markup(problem):
    plain = as_html(Problem(500, "t", "r", ("a",), "d"))
    markup = Elements(as_html(problem)).tags
    expected = [tag for tag in Elements(plain).tags if tag != "pre" or problem.details]
    assert markup == expected


def test_long_details_are_cut():
    assert len(as_text(Problem(500, "t", "r", details="x" * 100_000))) < 5000
