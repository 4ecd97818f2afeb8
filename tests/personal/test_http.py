"""What browsers and monitors see of a personal canister, verified as a gateway does."""

from __future__ import annotations

import random

import pytest

from tests.backend.test_http import is_certified, verified, whole_body
from tests.backend.world import new_asset
from tests.personal.bundle import MEBIBYTE, PUBLIC, Bundle, new_bundle
from tests.personal.world import OWNER, Personal

HTML = "<script>alert('1')</script>"
PICTURE = random.Random(1).randbytes(30_000)
LARGE = random.Random(2).randbytes(2 * MEBIBYTE + 5)


@pytest.fixture
def pictures() -> Bundle:
    """Pictures, some of them for everybody."""
    bundle = new_bundle(OWNER)
    shown = bundle.add(HTML, PICTURE, visibility=PUBLIC)
    bundle.add("private", b"private")
    bundle.add("large", LARGE, visibility=PUBLIC)
    bundle.gallery(shown, bundle.memories[1]["memory_id"], title=f"album {HTML}", visibility=PUBLIC)
    bundle.gallery(shown, title="hidden album")
    return bundle


def url_of(bundle: Bundle, number: int) -> str:
    return f"/asset/{bundle.memories[number]['memory_id']}/original"


@pytest.fixture
def shown(empty: Personal, pictures: Bundle) -> Personal:
    """A canister with public pictures that its owner has for themselves."""
    empty.take(pictures)
    empty.hand_off(OWNER)
    return empty


def test_public_assets_are_certified_and_private_ones_not_there(
    shown: Personal, pictures: Bundle
) -> None:
    url = url_of(pictures, 0)
    response = shown.get(url)
    assert (response.status, response.body) == (200, PICTURE)
    assert verified(shown, url, response).is_certified
    large = shown.get(url_of(pictures, 2), range="bytes=0-")
    assert verified(shown, url_of(pictures, 2), large).is_certified
    assert whole_body(shown, shown.get(url_of(pictures, 2), range="bytes=5-")) == LARGE
    assert shown.get(url_of(pictures, 1)).status == 404
    shown.upgrade()
    assert is_certified(shown, url)


def test_a_private_asset_is_served_by_token(shown: Personal, pictures: Bundle) -> None:
    memory_id = pictures.memories[1]["memory_id"]
    token = shown.query("get_asset_token", memory_id, [])["token"]
    response = shown.get(f"{url_of(pictures, 1)}?token={token}")
    assert (response.status, response.body) == (200, b"private")


def test_certification_follows_what_is_written(shown: Personal, pictures: Bundle) -> None:
    capsule = pictures.capsule_id
    new = shown.add(capsule, assets=[new_asset(b"new")], visibility=PUBLIC)
    assert is_certified(shown, f"/asset/{new}/original")
    shown.update("delete_memory_from_capsule", capsule, new)
    assert shown.get(f"/asset/{new}/original").status == 404


def test_the_page_shows_what_is_public_and_runs_nothing(shown: Personal, pictures: Bundle) -> None:
    for path in ("/", "", "/?from=mail"):
        page = shown.get(path)
        assert page.status == 200
        assert not verified(shown, path, page).is_certified
    text = page.body.decode()
    assert "<script" not in text
    assert "album &lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;" in text
    assert f'<img src="{url_of(pictures, 0)}"' in text
    assert text.count(f'<img src="{url_of(pictures, 0)}"') == 1
    assert url_of(pictures, 2) in text
    assert url_of(pictures, 1) not in text
    assert "private" not in text
    assert "hidden album" not in text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; img-src 'self';")
    assert shown.get("/", method="HEAD").body == b""


def test_the_page_of_a_private_capsule_tells_nothing(personal: Personal, bundle: Bundle) -> None:
    text = personal.get("/").body.decode()
    assert "Nothing here is public" in text
    assert bundle.capsule["name"] not in text
    personal.update("set_visibility", bundle.capsule_id, PUBLIC)
    personal.settle()
    assert "a beach" in personal.get("/").body.decode()


def test_nothing_is_served_before_all_is_checked(empty: Personal, pictures: Bundle) -> None:
    session = empty.begin(pictures)
    empty.send(session, pictures)
    for path in ("/", url_of(pictures, 0), "/other"):
        response = empty.get(path)
        assert (response.status, response.body[:17]) == (503, b"Import unfinished")
        assert not verified(empty, path, response).is_certified
    sick = empty.get("/health")
    assert (sick.status, sick.body[:17]) == (503, b"Import unfinished")
    assert b"\npersonal_import_finalized 0\n" in empty.get("/metrics").body
    empty.finalize(session)
    assert is_certified(empty, url_of(pictures, 0))
    assert empty.get("/health").body == b"ok\n"


def test_metrics_tell_nothing_of_what_is_private(shown: Personal) -> None:
    metrics = shown.get("/metrics").body.decode()
    assert "\npersonal_certified_memories 2\n" in metrics
    assert "\npersonal_import_finalized 1\n" in metrics
    assert 'personal_method_calls_total{method="finalize_import"}' in metrics
    assert "personal_memories" not in metrics
    shown.limit(min_cycles=10**30)
    assert shown.get("/health").status == 503
    assert shown.query("cycles_status")["is_low"]
    assert shown.get("/metrics", method="POST").status == 405
