"""Files stay short, and none knows the machine that it was written on."""

from __future__ import annotations

import re

import pytest

from tests.architecture.checkout import shown, written_files

MOST_LINES = 500
"""At this length a file is asked what second story it tells."""

CODE = frozenset({".py", ".rs", ".wat", ".lark", ".did"})
MACHINE_PATH = re.compile(r"(?<![\w.$}/*])/(home|root|Users|work|opt|mnt)/\w|\b[A-Z]:\\\w")
FILE_URL = "file:" + "//"


def test_no_file_tells_two_stories() -> None:
    lengths = {
        shown(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in written_files()
        if path.suffix in CODE or path.parent.name == "scripts"
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_file_names_a_path_of_one_machine() -> None:
    found = {}
    for path in written_files():
        text = path.read_text(encoding="utf-8")
        paths = [match.group() for match in MACHINE_PATH.finditer(text)]
        if (paths or FILE_URL in text) and path.name != "test_files.py":
            found[shown(path)] = paths
    assert found == {}


@pytest.mark.parametrize("text", ["in /home/me/x", '"/Users/me"', r"C:\Users"])
def test_a_path_of_one_machine_is_known_when_seen(text: str) -> None:
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize("text", ["$HOME/x", "rs/work/x", "https://example.org/home/x", "C: \\n"])
def test_other_paths_may_be_named(text: str) -> None:
    assert not MACHINE_PATH.search(text)
