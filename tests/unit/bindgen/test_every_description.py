"""Each service description at hand becomes a module that tools and interpreters take."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from ic_factory.bindgen.generation import generate_module_from_file
from ic_factory.protocol.candid import DidSyntaxError
from tests.unit.bindgen.generated_modules import load

ROOT = Path(__file__).parents[3]
VECTORS = ROOT.parent / "shared" / "vectors" / "candid" / "did"
OURS = sorted(
    path
    for folder in ("ic_factory", "canisters", "tests")
    for path in (ROOT / folder).rglob("*.did")
    if "target" not in path.parts
)
GOOD_VECTORS = (
    *("actor", "class", "comment", "cyclic", "empty", "escape", "fieldnat", "float"),
    *("inline_methods", "keyword", "malicious_doc", "management", "recursion", "recursive_class"),
    *("service", "unicode"),
)


@pytest.fixture(scope="module")
def modules(tmp_path_factory):
    """A folder with a module for each description, ours and those of the Candid project."""
    folder = tmp_path_factory.mktemp("modules")
    theirs = [VECTORS / f"{name}.did" for name in GOOD_VECTORS] if VECTORS.is_dir() else []
    for number, path in enumerate([*OURS, *theirs]):
        text = generate_module_from_file(path)
        (folder / f"{path.stem}_{number}.py").write_text(text, encoding="utf-8")
    return folder


def run(*command, cwd):
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_our_descriptions_become_modules_that_load(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(generate_module_from_file(path))


@pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the service descriptions of the Candid project are not here"
)
@pytest.mark.parametrize("name", GOOD_VECTORS)
def test_descriptions_of_the_candid_project_become_modules_that_load(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(generate_module_from_file(VECTORS / f"{name}.did"))


@pytest.mark.slow
def test_all_modules_pass_the_type_checker(modules):
    names = sorted(path.name for path in modules.glob("*.py"))
    cache = ["--cache-dir", str(modules / "cache")]
    run("mypy", "--strict", "--python-version", "3.11", *cache, *names, cwd=modules)


def test_all_modules_pass_the_linter_and_the_formatter(modules):
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    run("ruff", "check", *config, ".", cwd=modules)
    run("ruff", "format", "--check", *config, ".", cwd=modules)


def test_a_wrong_description_is_refused_with_its_place(tmp_path):
    path = tmp_path / "wrong.did"
    path.write_text("type A = B;")
    with pytest.raises(DidSyntaxError, match="line 1, column 10"):
        generate_module_from_file(path)


def test_a_name_that_fits_in_no_line_is_left_as_long_as_it_is(tmp_path):
    path = tmp_path / "long.did"
    name = "a" * 120
    path.write_text(f"type A = record {{ {name} : nat }}; service : {{ {name} : (A) -> (A) }}")
    text = generate_module_from_file(path)
    assert "# fmt: off" in text
    assert hasattr(load(text).LongClient, name)
    (tmp_path / "long.py").write_text(text)
    run("ruff", "check", "--config", str(ROOT / "pyproject.toml"), "--no-cache", ".", cwd=tmp_path)
