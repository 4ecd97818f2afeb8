"""A response is verified if its canister certified it for the request, and in no other case."""

import gzip
import zlib
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ic_factory.protocol import hash_tree
from ic_factory.protocol.crypto.bls import BlsSecretKey
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.response_verification import (
    Downgraded,
    HttpRequest,
    HttpResponse,
    MalformedProof,
    ResponseVerificationError,
    Uncertified,
    UntrustedCertificate,
    WrongContent,
    WrongPath,
    WrongTree,
    percent_decoded,
    verify_response,
)
from tests.gateway import proofs
from tests.gateway.proofs import NOW, SKIP, TRUST, certified, of_both, of_response, page

GET = HttpRequest("GET", "/app/index.html", (("host", "x.localhost"),))
EXACT = ("http_expr", "app", "index.html", "<$>")
ALL = of_response()
ARGS = "ValidationArgs"


def headers_of(response):
    return {name.lower(): value for name, value in response.headers}


class TestVersion2:
    def test_a_page_as_certified_is_served_with_its_certified_headers(self):
        response = certified(GET, page(), of_response(only=["content-type"]), EXACT)
        response = proofs.with_headers(response, ("x-added", "on the way"))
        verified = verify_response(GET, response, TRUST)
        assert (verified.version, verified.is_certified) == (2, True)
        names = {name.lower() for name, _ in verified.headers}
        assert names == {"content-type", "ic-certificate", "ic-certificateexpression"}

    @pytest.mark.parametrize(
        "change",
        [
            {"body": b"<h1>Forged</h1>"},
            {"status": 203},
            {"headers": (("Content-Type", "text/plain"),)},
            {"headers": (("Content-Type", "text/html"), ("x-added", "1"))},
        ],
    )
    def test_a_page_with_a_change_is_not(self, change):
        response = certified(GET, page(), ALL, EXACT)
        proof = response.headers[1:]
        if "headers" in change:
            change = {"headers": (*change["headers"], *proof)}
        with pytest.raises(WrongContent):
            verify_response(GET, replace(response, **change), TRUST)

    def test_headers_that_are_excluded_may_differ_but_are_not_served(self):
        response = certified(GET, page(), of_response(but=["X-Cache"]), EXACT)
        response = proofs.with_headers(response, ("X-Cache", "HIT"))
        names = [name for name, _ in verify_response(GET, response, TRUST).headers]
        assert "X-Cache" not in names

    def test_what_is_certified_of_the_request_has_to_be_as_asked(self):
        expression = of_both(headers=["accept-language"], parameters=["q"])
        request = HttpRequest("GET", "/app/index.html?q=1&r=2", (("Accept-Language", "en"),))
        response = certified(request, page(), expression, EXACT)
        same = replace(request, url="/app/index.html?r=3&q=1")
        assert verify_response(same, response, TRUST).is_certified
        for other in (
            replace(request, url="/app/index.html?q=2"),
            replace(request, headers=(("accept-language", "de"),)),
            replace(request, method="POST"),
            replace(request, body=b"x"),
        ):
            with pytest.raises(WrongContent):
                verify_response(other, response, TRUST)

    def test_a_path_that_is_certified_not_to_be_certified_is_served_as_it_is(self):
        path = ("http_expr", "<*>")
        response = certified(GET, page(), SKIP, path)
        response = replace(proofs.with_headers(response, ("x-any", "1")), body=b"anything")
        verified = verify_response(GET, response, TRUST)
        assert not verified.is_certified
        assert verified.headers == response.headers

    def test_an_expression_that_the_tree_does_not_have_is_refused(self):
        response = certified(GET, page(), ALL, EXACT)
        headers = [("IC-CertificateExpression", SKIP), *response.headers[::2]]
        with pytest.raises(WrongPath, match="ic-certificateexpression"):
            verify_response(GET, replace(response, headers=tuple(headers)), TRUST)

    def test_a_leaf_has_to_be_empty(self):
        response = proofs.with_expression(page(), ALL)
        path = proofs.leaf_path(EXACT, ALL, GET, response)
        tree = hash_tree.from_mapping({path[0]: {path[1]: b""}})
        for label in reversed(path):
            tree = hash_tree.Labeled(label, hash_tree.Leaf(b"x") if label == path[-1] else tree)
        with pytest.raises(WrongContent):
            verify_response(GET, proofs.with_proof(response, tree, EXACT), TRUST)


class TestPaths:
    @pytest.mark.parametrize(
        ("url", "path"),
        [
            ("/", ("http_expr", "", "<$>")),
            ("/a", ("http_expr", "a", "<$>")),
            ("/a?b", ("http_expr", "a", "<$>")),
            ("/a/", ("http_expr", "a", "", "<$>")),
            ("//a//b", ("http_expr", "a", "b", "<$>")),
            ("/a%20b/%c3%a9", ("http_expr", "a b", "é", "<$>")),
            ("/a/b", ("http_expr", "a", "b", "<*>")),
            ("/a/b", ("http_expr", "a", "", "<*>")),
            ("/a/b", ("http_expr", "a", "<*>")),
            ("/a/b", ("http_expr", "", "<*>")),
            ("/a/b", ("http_expr", "<*>")),
        ],
    )
    def test_a_path_is_proven_by_its_own_and_by_wildcards_above(self, url, path):
        request = HttpRequest("GET", url)
        assert verify_response(request, certified(request, page(), ALL, path), TRUST).is_certified

    @pytest.mark.parametrize(
        ("url", "path"),
        [
            ("/a", ("http_expr", "b", "<$>")),
            ("/a", ("http_expr", "a", "", "<$>")),
            ("/a/", ("http_expr", "a", "<$>")),
            ("/a/b", ("http_expr", "a", "<$>")),
            ("/a/b", ("http_expr", "b", "<*>")),
            ("/ab", ("http_expr", "a", "<*>")),
            ("/a", ("http_expr", "a", "b", "<*>")),
            ("/a", ("http_expr", "a")),
            ("/a", ("http_assets", "a", "<$>")),
            ("/a", ("<$>",)),
        ],
    )
    def test_a_path_is_not_proven_by_others(self, url, path):
        request = HttpRequest("GET", url)
        with pytest.raises(WrongPath):
            verify_response(request, certified(request, page(), ALL, path), TRUST)

    @pytest.mark.parametrize(
        "other",
        [
            (b"http_expr", b"a", b"b", b"<$>", b"x"),
            (b"http_expr", b"a", b"b", b"<*>", b"x"),
            (b"http_expr", b"a", b"", b"<*>", b"x"),
        ],
    )
    def test_a_wildcard_does_not_stand_for_what_has_a_proof_of_its_own(self, other):
        request = HttpRequest("GET", "/a/b")
        response = certified(request, page(), ALL, ("http_expr", "a", "<*>"), [other])
        with pytest.raises(WrongPath, match="more specific"):
            verify_response(request, response, TRUST)

    def test_a_wildcard_holds_where_others_are_certified_beside_the_path(self):
        request = HttpRequest("GET", "/a/b")
        others = [(b"http_expr", b"a", b"c", b"<$>", b"x"), (b"http_expr", b"<*>", b"x")]
        response = certified(request, page(), ALL, ("http_expr", "a", "<*>"), others)
        assert verify_response(request, response, TRUST).is_certified

    def test_a_tree_that_hides_whether_there_is_another_proof_is_refused(self):
        request = HttpRequest("GET", "/a/b")
        response = proofs.with_expression(page(), ALL)
        path = proofs.leaf_path(("http_expr", "<*>"), ALL, request, response)
        others = [(b"http_expr", b"a", b"b", b"<$>", b"x")]
        whole = hash_tree.from_mapping(proofs.branches([path, *others]))
        pruned = hash_tree.witness(whole, [path])
        response = proofs.with_proof(response, pruned, ("http_expr", "<*>"))
        with pytest.raises(WrongPath, match="does not prove it absent"):
            verify_response(request, response, TRUST)

    def test_a_path_that_is_no_text_is_refused(self):
        response = certified(GET, page(), ALL, EXACT)
        with pytest.raises(MalformedProof, match="UTF-8"):
            verify_response(HttpRequest("GET", "/%ff"), response, TRUST)


class TestCertificates:
    def verify(self, *, tree=None, certified_data=None, trust=TRUST, **options):
        response = proofs.with_expression(page(), ALL)
        path = proofs.leaf_path(EXACT, ALL, GET, response)
        tree = tree or hash_tree.from_mapping(proofs.branches([path]))
        return verify_response(
            GET, proofs.with_proof(response, tree, EXACT, certified_data, **options), trust
        )

    def test_one_by_the_root_key_is_trusted(self):
        assert self.verify().is_certified

    def test_one_by_another_key_is_not(self):
        with pytest.raises(UntrustedCertificate, match="signature"):
            self.verify(key=BlsSecretKey.from_seed(b"\x08" * 32))

    def test_one_for_another_canister_is_not(self):
        other = Principal(bytes.fromhex("80000000001000990101"))
        with pytest.raises(UntrustedCertificate, match="no certified data"):
            self.verify(canister_id=other)

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_one_of_another_time_is_not(self, minutes):
        with pytest.raises(UntrustedCertificate, match=" s "):
            self.verify(time=NOW + minutes * 60 * 10**9)

    @pytest.mark.parametrize("minutes", [-4, 4])
    def test_clocks_may_differ_by_minutes(self, minutes):
        assert self.verify(time=NOW + minutes * 60 * 10**9).is_certified

    def test_the_tree_has_to_be_the_one_that_the_canister_certified(self):
        with pytest.raises(WrongTree):
            self.verify(certified_data=sha256(b"another").digest())


class TestHeaders:
    def test_a_response_with_no_certificate_is_uncertified(self):
        with pytest.raises(Uncertified):
            verify_response(GET, page(), TRUST)

    def test_a_response_with_no_expression_is_uncertified(self):
        response = certified(GET, page(), ALL, EXACT)
        kept = tuple(each for each in response.headers if "Expression" not in each[0])
        with pytest.raises(Uncertified):
            verify_response(GET, replace(response, headers=kept), TRUST)

    @pytest.mark.parametrize("name", ["IC-Certificate", "ic-certificateexpression"])
    def test_a_header_that_stands_twice_is_refused(self, name):
        response = certified(GET, page(), ALL, EXACT)
        value = headers_of(response)[name.lower()]
        with pytest.raises(MalformedProof, match="not one"):
            verify_response(GET, proofs.with_headers(response, (name, value)), TRUST)

    @pytest.mark.parametrize(
        ("field", "value", "reason"),
        [
            ("certificate", None, "no field certificate"),
            ("tree", None, "no field tree"),
            ("expr_path", None, "expr_path"),
            ("certificate", ":!:", "Base64"),
            ("tree", ":AAAA:", "tree"),
            ("tree", ":/w==:", "tree"),
            ("expr_path", ":AAAA:", "expr_path"),
            ("expr_path", ":gQE=:", "array of texts"),
            ("version", "3", "version"),
            ("version", "0", "version"),
            ("version", "two", "no number"),
            ("version", "9" * 5000, "version"),
        ],
    )
    def test_a_field_that_cannot_be_read_is_told(self, field, value, reason):
        response = certified(GET, page(), ALL, EXACT)
        parts = headers_of(response)["ic-certificate"].split(", ")
        kept = [part for part in parts if not part.startswith(field + "=")]
        changed = ", ".join([*kept, *([] if value is None else [f"{field}={value}"])])
        headers = (*response.headers[:-1], ("IC-Certificate", changed))
        with pytest.raises(MalformedProof, match=reason):
            verify_response(GET, replace(response, headers=headers), TRUST)

    def test_a_field_that_stands_twice_is_refused(self):
        response = certified(GET, page(), ALL, EXACT)
        doubled = headers_of(response)["ic-certificate"] + ", version=2"
        headers = (*response.headers[:-1], ("IC-Certificate", doubled))
        with pytest.raises(MalformedProof, match="version twice"):
            verify_response(GET, replace(response, headers=headers), TRUST)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "default_certification",
            "default_certification()",
            "other(ValidationArgs{no_certification:Empty{}})",
            "default_certification(Args{no_certification:Empty{}})",
            "default_certification(ValidationArgs{})",
            SKIP + SKIP,
            SKIP[:-1],
            "default_certification(V{no_certification:A{},certification:A{}})".replace("V", ARGS),
            "default_certification(V{no_certification:A{},no_certification:A{}})".replace(
                "V", ARGS
            ),
            "default_certification(V{certification:Certification{}})".replace("V", ARGS),
            ALL.replace("headers:[]", 'headers:["a",[]]'),
            ALL.replace("headers:[]", 'headers:"a"'),
            ALL.replace("headers:[]", 'headers:["a'),
            "(" * 100,
            "a(" * 100,
        ],
    )
    def test_an_expression_that_is_none_is_refused(self, text):
        response = certified(GET, page(), ALL, EXACT)
        headers = tuple(
            (name, text if "Expression" in name else value) for name, value in response.headers
        )
        with pytest.raises(MalformedProof, match="IC-CertificateExpression"):
            verify_response(GET, replace(response, headers=headers), TRUST)


class TestVersion1:
    def legacy(self, body=b"<h1>Old</h1>", path=b"/app/index.html", **change):
        response = replace(HttpResponse(200, (("Cache-Control", "max-age=9"),), body), **change)
        return proofs.legacy(response, {path: sha256(body).digest()})

    def test_a_body_as_certified_is_served_and_not_to_be_kept(self):
        verified = verify_response(GET, self.legacy(), TRUST)
        assert verified.version == 1
        assert "cache-control" not in {name.lower() for name, _ in verified.headers}

    def test_the_index_stands_for_what_the_tree_has_not(self):
        assert verify_response(GET, self.legacy(path=b"/index.html"), TRUST).is_certified

    def test_another_body_is_not_served(self):
        with pytest.raises(WrongContent):
            verify_response(GET, replace(self.legacy(), body=b"<h1>Forged</h1>"), TRUST)

    def test_a_path_that_is_not_there_is_not_served(self):
        with pytest.raises(WrongContent, match="neither"):
            verify_response(GET, self.legacy(path=b"/other"), TRUST)

    def test_a_redirect_is_not_served(self):
        with pytest.raises(WrongContent, match="redirect"):
            verify_response(GET, replace(self.legacy(), status=302), TRUST)

    @pytest.mark.parametrize("encoding", ["gzip", "deflate"])
    def test_a_body_may_be_compressed_on_the_way(self, encoding):
        body = b"words " * 100
        raw_deflate = zlib.compressobj(wbits=-15)
        compressed = {
            "gzip": gzip.compress(body),
            "deflate": raw_deflate.compress(body) + raw_deflate.flush(),
        }[encoding]
        response = proofs.with_headers(self.legacy(body), ("Content-Encoding", encoding))
        assert verify_response(GET, replace(response, body=compressed), TRUST).is_certified
        with pytest.raises(WrongContent):
            verify_response(GET, replace(response, body=compressed[:-9]), TRUST)
        with pytest.raises(WrongContent):
            verify_response(GET, replace(response, body=b"not compressed"), TRUST)

    @pytest.mark.parametrize("supported", ["1,2", "2", " 2 , 1", "1,2,3"])
    def test_a_canister_that_supports_version_2_may_not_answer_by_version_1(self, supported):
        with pytest.raises(Downgraded):
            verify_response(GET, self.legacy(), TRUST, lambda: supported)

    @pytest.mark.parametrize("supported", [None, "1", "", "what"])
    def test_one_that_does_not_say_so_may(self, supported):
        assert verify_response(GET, self.legacy(), TRUST, lambda: supported).version == 1

    def test_support_is_not_asked_for_where_version_2_was_used(self):
        response = certified(GET, page(), ALL, EXACT)
        assert verify_response(GET, response, TRUST, lambda: pytest.fail("asked")).version == 2


NAMES = st.sampled_from(["content-type", "X-A", "x-b", "Set-Cookie"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=8)
PAGES = st.builds(
    HttpResponse,
    st.integers(200, 599),
    st.lists(st.tuples(NAMES, TEXTS), max_size=4).map(tuple),
    st.binary(max_size=40),
)
SEGMENTS = st.lists(st.sampled_from(["a", "b", "c d", "é"]), max_size=4)
EXPRESSIONS = st.one_of(
    st.builds(lambda names: of_response(only=names), st.lists(NAMES)),
    st.builds(lambda names: of_response(but=names), st.lists(NAMES)),
    st.just(of_both(headers=["host"], parameters=["q"])),
)


@settings(max_examples=60, deadline=None)
@given(PAGES, SEGMENTS, EXPRESSIONS, st.data())
def test_whatever_is_certified_verifies_and_no_other_body_does(response, parts, expression, data):
    request = HttpRequest("GET", "/" + "/".join(parts) + "?q=1", (("Host", "h"),))
    cut = data.draw(st.integers(0, len(parts)))
    path = (*parts, "<$>") if cut == len(parts) and parts else (*parts[:cut], "<*>")
    proven = certified(request, response, expression, ("http_expr", *path))
    assert verify_response(request, proven, TRUST).is_certified
    with pytest.raises(WrongContent):
        verify_response(request, replace(proven, body=proven.body + b"x"), TRUST)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_as_a_header_is_a_reason_and_no_crash(text):
    for name in ("IC-Certificate", "IC-CertificateExpression"):
        response = certified(GET, page(), ALL, EXACT)
        headers = tuple((each, text if each == name else value) for each, value in response.headers)
        with pytest.raises(ResponseVerificationError):
            verify_response(GET, replace(response, headers=headers), TRUST)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_one_changed_byte_anywhere_in_the_proof_is_noticed(data):
    response = certified(GET, page(), ALL, EXACT)
    value = headers_of(response)["ic-certificate"]
    position = data.draw(st.integers(0, len(value) - 1))
    changed = value[:position] + data.draw(st.sampled_from("AQ/9:,= ")) + value[position + 1 :]
    headers = (*response.headers[:-1], ("IC-Certificate", changed))
    try:
        verified = verify_response(GET, replace(response, headers=headers), TRUST)
    except ResponseVerificationError:
        return
    # Such as a blank beside a comma, or a colon that may be left out.
    assert verified.is_certified


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["certificate", "tree", "expr_path"]), st.binary(max_size=200))
def test_any_bytes_in_the_proof_are_a_reason_and_no_crash(field, content):
    response = certified(GET, page(), ALL, EXACT)
    parts = headers_of(response)["ic-certificate"].split(", ")
    kept = [part for part in parts if not part.startswith(field + "=")]
    value = ", ".join([*kept, f"{field}={proofs.encoded(content)}"])
    headers = (*response.headers[:-1], ("IC-Certificate", value))
    with pytest.raises(ResponseVerificationError):
        verify_response(GET, replace(response, headers=headers), TRUST)


@given(st.text(st.characters(codec="utf-8", exclude_characters="%")))
def test_text_with_no_percent_is_decoded_already(text):
    assert percent_decoded(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("%41", "A"), ("%4", "%4"), ("%", "%"), ("%zz", "%zz"), ("%%41", "%A"), ("%c3%A9", "é")],
)
def test_percent_signs_that_encode_nothing_stay(text, expected):
    assert percent_decoded(text) == expected
