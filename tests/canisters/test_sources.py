"""The committed modules are built from the sources beside them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKSPACE_FILES = ("Cargo.lock", "Cargo.toml", "rust-toolchain.toml")


def recorded(name: str) -> dict[str, str]:
    lines = (Path(__file__).parent / f"{name}.sources.sha256").read_text().splitlines()
    return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}


def present(name: str) -> dict[str, str]:
    folder = ROOT / "canisters"
    files = [folder / file for file in WORKSPACE_FILES]
    crate = folder / "test_canisters" / name
    files += [path for path in crate.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.mark.parametrize("name", ["universal", "cdk"])
def test_no_source_has_moved_on_since_the_build(name: str) -> None:
    assert present(name) == recorded(name), "run scripts/build-canisters"
