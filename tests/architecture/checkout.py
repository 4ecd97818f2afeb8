"""The files of this checkout that people wrote."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ic_factory"

_FOLDERS = ("ic_factory", "tests", "scripts", "bench", "docs", "canisters", "examples", ".ci")
_INTERFACES = frozenset({"factory.did", "backend.did", "personal.did"})
_MADE_BY_TOOLS = _INTERFACES | {"target", "__pycache__", "Cargo.lock", ".coverage", "generated"}
_BINARY = frozenset({".gz", ".wasm", ".pyc"})


def python_files() -> list[Path]:
    """All Python files, tests and scripts included."""
    return [path for path in written_files() if path.suffix == ".py"]


def written_files() -> list[Path]:
    """All text files but those that a tool made."""
    files = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    for folder in _FOLDERS:
        files += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(path for path in files if _is_written(path.relative_to(ROOT)))


def _is_written(path: Path) -> bool:
    return path.suffix not in _BINARY and not _MADE_BY_TOOLS.intersection(path.parts)


def shown(path: Path) -> str:
    """The path as a reader of the checkout knows it."""
    return path.relative_to(ROOT).as_posix()


def documents() -> list[Path]:
    """README and all that is written for readers beside it."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
