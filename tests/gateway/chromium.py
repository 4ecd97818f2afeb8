"""Headless Chromium, where there is one; `scripts/install-chromium` installs it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--virtual-time-budget=10000"),
)


def page_of(url: str, profile: Path) -> str:
    """What a page has become after it has loaded, as markup; `profile` is an empty folder."""
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", "--dump-dom", url]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def fate_of(image: str, page: str) -> str:
    """What the page's own script noted of an image."""
    found = re.search(rf'<img src="?{re.escape(image)}"?[^>]* title="(\w+)"', page)
    assert found, page
    return found[1]
