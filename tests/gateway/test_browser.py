"""A browser shows a canister's pages, and refuses what was tampered with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateway.chromium import fate_of, needs_chromium, page_of

pytestmark = [pytest.mark.slow, needs_chromium]


@pytest.fixture
def shown(tmp_path: Path):
    """What a page has become after it has loaded, as markup."""
    return lambda url: page_of(url, tmp_path)


def test_a_page_is_shown_with_its_images_but_for_one_that_was_tampered_with(site, shown):
    page = shown(f"http://{site.host()}/")
    assert "<h1>Certified</h1>" in page
    assert fate_of("/logo.svg", page) == "shown"
    assert fate_of("/tampered.svg", page) == "refused"


def test_by_its_raw_name_all_is_shown_as_it_comes(site, shown):
    page = shown(f"http://{site.host(is_raw=True)}/")
    assert fate_of("/logo.svg", page) == "shown"


def test_a_page_that_was_tampered_with_is_refused_with_the_reason(site, shown):
    page = shown(f"http://{site.host()}/tampered.html")
    assert "<h1>The response is not certified</h1>" in page
    assert "Certified</h1>" not in page.replace("not certified</h1>", "")


def test_images_of_a_page_are_found_where_names_under_localhost_are_not(site, shown):
    page = shown(f"{site.server.url}/?canisterId={site.canister_id}")
    assert fate_of("/logo.svg", page) == "shown"


def test_a_page_of_version_1_is_shown(legacy_site, shown):
    assert "<h1>Legacy</h1>" in shown(f"http://{legacy_site.host()}/any/path")
