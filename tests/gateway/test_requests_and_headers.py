"""What reaches the canister of a request, and the client of a response."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.replica.http.gateway.headers import for_canister, for_client, from_client
from ic_factory.replica.http.gateway.ranges import content_range, continuation
from ic_factory.replica.http.gateway.requests import (
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    MAX_URL_BYTES,
)


def told(response):
    """What the canister says it was sent: request line, headers, body."""
    head, _, body = response.text.partition("\n\n")
    line, *headers = head.splitlines()
    return line, dict(header.split(": ", 1) for header in headers), body


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_each_method_and_its_body_reach_the_canister(site, method):
    line, _, body = told(site.request(method, "/skipped/a%20b?c=d&c=%2F", content=b"some body"))
    assert line == f"{method} /skipped/a%20b?c=d&c=%2F"
    assert body == "some body"


def test_headers_reach_the_canister_but_for_those_of_the_connection(site):
    sent = {
        "x-mine": "grüße".encode(),
        "cookie": b"a=1",
        "connection": b"keep-alive, x-hop",
        "x-hop": b"1",
        "te": b"trailers",
        "upgrade": b"h2c",
        "accept-encoding": b"gzip",
    }
    _, headers, _ = told(site.get("/skipped/", headers=sent))
    assert headers["x-mine"] == "grüße"
    assert headers["cookie"] == "a=1"
    assert headers["host"] == site.host()
    assert headers["accept-encoding"] == "gzip, identity"
    assert not {"connection", "x-hop", "te", "upgrade"} & headers.keys()


def test_headers_reach_the_client_but_for_those_of_the_connection(site):
    response = site.get("/skipped/")
    assert response.headers["x-of-the-canister"] == "kept"
    assert "connection" not in response.headers
    assert response.headers["content-length"] == str(len(response.content))


def test_a_preflight_is_the_canister_s_affair(site):
    headers = {"origin": "http://a.example", "access-control-request-method": "PUT"}
    response = site.request("OPTIONS", "/skipped/", headers=headers)
    assert told(response)[0] == "OPTIONS /skipped/"
    assert "access-control-allow-origin" not in response.headers


def test_repeated_headers_of_a_response_stay_apart(site):
    response = site.get("/uncertified/cookies", is_raw=True)
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_a_header_that_would_split_the_response_is_not_sent(site):
    response = site.get("/uncertified/split", is_raw=True)
    assert response.status_code == 502
    assert "set-cookie" not in response.headers
    assert "control characters" in response.text


def test_a_status_that_is_none_is_told(site):
    response = site.get("/uncertified/status", is_raw=True)
    assert response.status_code == 502
    assert "7 is no status" in response.text


def test_a_status_with_no_body_has_none(site):
    response = site.get("/uncertified/empty", is_raw=True)
    assert response.status_code == 204
    assert response.content == b""
    assert "content-length" not in response.headers


def test_a_head_has_the_headers_of_the_page_alone(site):
    page, head = site.get("/stream"), site.request("HEAD", "/stream")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == page.headers["content-length"]


class TestBounds:
    def test_a_body_that_fits_a_message_is_taken(self, site):
        response = site.request("POST", "/skipped/", content=bytes(MAX_BODY_BYTES))
        assert response.status_code == 200

    def test_a_larger_one_is_refused(self, site):
        response = site.request("POST", "/skipped/", content=bytes(MAX_BODY_BYTES + 1))
        assert response.status_code == 413

    def test_so_is_one_whose_length_is_not_announced(self, site):
        parts = (bytes(500_000) for _ in range(5))
        assert site.request("POST", "/skipped/", content=parts).status_code == 413

    def test_so_are_a_long_url_and_large_headers(self, site):
        assert site.get("/" + "a" * MAX_URL_BYTES).status_code == 414
        headers = {f"x-{number}": "a" * 4000 for number in range(MAX_HEADER_BYTES // 4000 + 1)}
        assert site.get("/", headers=headers).status_code == 431

    def test_so_are_headers_that_are_no_text(self, site):
        assert site.get("/", headers={"x-a": b"\xff"}).status_code == 400


class TestStreaming:
    def test_a_body_is_put_together_by_the_callback_and_verified(self, site):
        response = site.get("/stream")
        assert response.status_code == 200
        assert response.content == b"".join(bytes([piece]) * 100_000 for piece in range(6))

    def test_a_wrong_piece_is_noticed(self, site):
        assert site.get("/stream/torn").status_code == 503
        assert len(site.get("/stream/torn", is_raw=True).content) == 600_000

    def test_a_callback_of_another_canister_is_not_asked(self, site):
        response = site.get("/stream/foreign", is_raw=True)
        assert response.status_code == 502
        assert "another canister" in response.text

    @pytest.mark.slow
    def test_a_body_with_no_end_is_given_up(self, site):
        response = site.get("/stream/endless", is_raw=True)
        assert response.status_code == 502
        assert "not complete after 1000 pieces" in response.text


TOKENS = st.from_regex(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", fullmatch=True)


@given(TOKENS, st.text(st.characters(codec="utf-8")))
def test_no_value_can_end_its_header(name, value):
    try:
        raw = for_client([(name, value)])
    except ValueError:
        return
    for _, sent in raw:
        assert not set(sent) & {0, 10, 13}
        assert sent == sent.strip()


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\nb", "é", "(a)"])
def test_a_name_that_is_no_token_is_refused(name):
    with pytest.raises(ValueError, match="no name of a header"):
        for_client([(name, "value")])


def test_headers_that_a_connection_names_are_its_own():
    assert from_client([(b"connection", b"X-A , close"), (b"x-a", b"1"), (b"x-b", b"2")]) == (
        ("x-b", "2"),
    )


@pytest.mark.parametrize(
    ("given_by_client", "got_by_canister"),
    [("gzip", "gzip, identity"), ("identity;q=0.5, br", "identity;q=0.5, br"), ("", ", identity")],
)
def test_a_canister_may_always_answer_with_no_encoding(given_by_client, got_by_canister):
    assert for_canister([("accept-encoding", given_by_client)]) == [
        ("accept-encoding", got_by_canister)
    ]


class TestRanges:
    def range_of(self, text, length):
        return content_range([("Content-Range", text)], bytes(length))

    def test_a_range_is_read(self):
        found = self.range_of(" bytes 5-9/20 ", 5)
        assert (found.first, found.end, found.total) == (5, 10, 20)

    @pytest.mark.parametrize(
        ("text", "length"),
        [
            ("bytes 0-9/10", 9),
            ("bytes 9-0/10", 2),
            ("bytes 0-10/10", 11),
            ("bytes 0-9/*", 10),
            ("bytes */10", 0),
            ("bytes=0-9/10", 10),
            ("items 0-9/10", 10),
            ("bytes -1-9/10", 10),
            ("bytes 0-9/" + "9" * 40, 10),
            ("", 0),
        ],
    )
    def test_a_range_that_makes_no_sense_is_refused(self, text, length):
        with pytest.raises(ValueError, match="Content-Range"):
            self.range_of(text, length)

    def test_a_range_may_begin_before_what_is_missing(self):
        held = self.range_of("bytes 0-9/20", 10)
        found = continuation(held, [("content-range", "bytes 5-14/20")], bytes(10))
        assert found.end == 15

    @pytest.mark.parametrize("text", ["bytes 11-19/20", "bytes 0-9/20", "bytes 10-19/30"])
    def test_a_range_that_does_not_continue_is_refused(self, text):
        held = self.range_of("bytes 0-9/20", 10)
        first, last = text.split()[1].split("/")[0].split("-")
        with pytest.raises(ValueError, match="the canister sent"):
            continuation(held, [("content-range", text)], bytes(int(last) - int(first) + 1))
