"""The committed modules are built from the sources beside them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "scripts" / "build-canisters"
WORKSPACE_FILES = ("Cargo.lock", "Cargo.toml", "rust-toolchain.toml")


@dataclass(frozen=True)
class Built:
    """A line of the script's table: where a module goes, and what it is built from."""

    name: str
    destination: Path
    sources: tuple[str, ...]


def table() -> list[Built]:
    block = re.search(r'^CANISTERS="\n(.*?)^"$', BUILD.read_text(), re.MULTILINE | re.DOTALL)
    assert block
    words = (line.split() for line in block[1].splitlines())
    return [Built(name, ROOT / place, tuple(sources)) for name, place, *sources in words]


def recorded(built: Built) -> dict[str, str]:
    lines = (built.destination / f"{built.name}.sources.sha256").read_text().splitlines()
    return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}


def present(built: Built) -> dict[str, str]:
    folder = ROOT / "canisters"
    files = [folder / file for file in WORKSPACE_FILES]
    for source in built.sources:
        files += [path for path in (folder / source).rglob("*") if path.is_file()]
    return {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if not path.name.startswith(".")
    }


@pytest.mark.parametrize("built", table(), ids=lambda built: built.name)
def test_no_source_has_moved_on_since_the_build(built: Built) -> None:
    assert present(built) == recorded(built), "run scripts/build-canisters"


def crates_of(built: Built) -> set[str]:
    """The crates of this workspace that a module's crate names, and they in turn; and the folders
    of sources that it has as modules of its own."""
    found, left = shared_by(built.sources[0]), [built.sources[0]]
    while left:
        crate = left.pop()
        found.add(crate)
        manifest = (ROOT / "canisters" / crate / "Cargo.toml").read_text()
        paths = re.findall(r'path = "([^"]+)"', manifest)
        folders = ((ROOT / "canisters" / crate / path).resolve() for path in paths)
        left += [path.relative_to(ROOT / "canisters").as_posix() for path in folders]
    return found


def shared_by(crate: str) -> set[str]:
    """The folders beside a crate of which it includes files by their paths."""
    files = (ROOT / "canisters" / crate / "src").rglob("*.rs")
    text = "".join(file.read_text() for file in files)
    return set(re.findall(r'#\[path = "(?:\.\./)+(\w+)/', text))


@pytest.mark.parametrize("built", table(), ids=lambda built: built.name)
def test_the_sources_are_all_crates_that_the_module_is_built_from(built: Built) -> None:
    assert set(built.sources) == crates_of(built)


@pytest.mark.parametrize("built", table(), ids=lambda built: built.name)
def test_a_shipped_interface_is_that_of_the_sources(built: Built) -> None:
    interface = ROOT / "canisters" / built.sources[0] / f"{built.name}.did"
    shipped = built.destination / interface.name
    if built.destination != Path(__file__).parent:
        assert shipped.read_text() == interface.read_text(), "run scripts/build-canisters"
