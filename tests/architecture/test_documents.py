"""What the documents name exists, and their examples run."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from ic_factory.cli.app import app
from tests.architecture.checkout import PACKAGE, ROOT, documents, shown
from tests.architecture.markdown import blocks, local_links, spans

PATH_SPAN = re.compile(r"[\w.*-]+(/[\w.*-]+)*/?")
CODE_SUFFIXES = frozenset({".py", ".wat", ".did", ".md", ".toml", ".txt", ".lark"})
FACTORY = ROOT / "canisters" / "factory"
ROOMS = (
    *(ROOT, PACKAGE, PACKAGE / "replica", PACKAGE / "replica" / "execution"),
    *(PACKAGE / "agent", PACKAGE / "drivers", ROOT / "canisters", FACTORY, FACTORY / "src"),
)
"""A path in a document is meant from one of these."""

document = pytest.mark.parametrize("document", documents(), ids=shown)


@document
def test_links_lead_somewhere(document: Path) -> None:
    links = local_links(document)
    assert [link for link in links if not (document.parent / link).exists()] == []


@document
def test_paths_exist(document: Path) -> None:
    named = [span for span in spans(document) if is_path(span)]
    assert [path for path in named if not any(list(room.glob(path)) for room in ROOMS)] == []


def is_path(span: str) -> bool:
    """Whether a span names files here, not a URL's path or a word."""
    if not PATH_SPAN.fullmatch(span):
        return False
    return Path(span).suffix in CODE_SUFFIXES or ("/" in span and not span[0].isdigit())


@document
def test_dotted_names_exist(document: Path) -> None:
    named = [span for span in spans(document) if span.startswith("ic_factory.")]
    assert [name for name in named if not is_importable(name)] == []


def is_importable(dotted_name: str) -> bool:
    try:
        importlib.import_module(dotted_name)
    except ModuleNotFoundError:
        module, _, name = dotted_name.rpartition(".")
        return hasattr(importlib.import_module(module), name)
    return True


def commands_of(document: Path) -> list[list[str]]:
    """Each command of the console blocks, without its prompt and comment."""
    lines = [line for block in blocks(document, "console") for line in block.splitlines()]
    commands = [shlex.split(line.removeprefix("$ "), comments=True) for line in lines]
    return [without_environment(words) for words in commands if words]


def without_environment(words: list[str]) -> list[str]:
    return words[next(number for number, word in enumerate(words) if "=" not in word) :]


def test_the_readme_has_its_two_commands() -> None:
    commands = commands_of(ROOT / "README.md")
    assert ["./scripts/quickstart"] in commands
    assert ["./scripts/test"] in commands


@document
def test_commands_exist(document: Path) -> None:
    assert [words for words in commands_of(document) if not exists(words)] == []


def exists(words: list[str]) -> bool:
    program, *arguments = words
    if program.endswith("ic-factory"):
        return understands(typer.main.get_command(app), arguments)
    if program == "python" and arguments[0] == "-m":
        return arguments[1] == "pip" or (ROOT / arguments[1]).is_dir()
    if program.startswith(("./", "scripts/", ".ci/")):
        return os.access(ROOT / program, os.X_OK)
    if program == "bash":
        return (ROOT / arguments[0]).is_file()
    return program.startswith(".venv/") or program in {"cd", "git", "pip", "pytest", "rustup"}


def understands(command: Any, arguments: list[str]) -> bool:
    """Whether a command of the command line has these subcommands and options."""
    options = {
        name
        for parameter in command.params
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    subcommands = getattr(command, "commands", None)
    for number, argument in enumerate(arguments):
        if argument.startswith("-"):
            if argument not in {*options, "--help", "-h"}:
                return False
        elif subcommands is not None:
            subcommand = subcommands.get(argument)
            return subcommand is not None and understands(subcommand, arguments[number + 1 :])
    return True


def test_an_unknown_command_or_option_is_seen() -> None:
    assert not exists(["ic-factory", "replica", "begin"])
    assert not exists(["ic-factory", "replica", "start", "--quietly"])
    assert not exists(["./scripts/deploy"])


EXAMPLES = [(path, text) for path in documents() for text in blocks(path, "python")]


@pytest.mark.parametrize(("path", "example"), EXAMPLES, ids=[shown(path) for path, _ in EXAMPLES])
def test_examples_run(
    path: Path, example: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An example with tests is run by pytest, another one as a script; both from the checkout."""
    monkeypatch.chdir(ROOT)
    tests = example.count("\ndef test_")
    if not tests:
        exec(compile(example, shown(path), "exec"), {"__name__": "__main__"})
        return
    file = tmp_path / "test_example.py"
    file.write_text(example, encoding="utf-8")
    # By name, so that it is there where the package is used from the checkout, not installed.
    command = [sys.executable, "-m", "pytest", "-p", "ic_factory.testing.plugin"]
    result = subprocess.run(
        [*command, "--rootdir", tmp_path, file],
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{tests} passed" in result.stdout, result.stdout
