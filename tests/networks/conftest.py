import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

FAKES = Path(__file__).parent / "fake_programs.py"


@dataclass
class Fakes:
    """Programs that are found on the PATH, and what they have been asked."""

    folder: Path
    binaries: Path
    monkeypatch: pytest.MonkeyPatch

    def install(self, name):
        program = self.binaries / name
        program.write_text(
            f"#!{sys.executable}\nimport runpy, sys\n"
            f"sys.argv.insert(1, {name!r})\nrunpy.run_path({str(FAKES)!r}, run_name='__main__')\n"
        )
        program.chmod(0o755)
        return program

    def trouble(self, what):
        self.monkeypatch.setenv("FAKE_TROUBLE", what)

    @property
    def asked(self):
        try:
            lines = (self.folder / "asked.jsonl").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]

    @property
    def commands(self):
        return [" ".join(each["arguments"]) for each in self.asked if "arguments" in each]

    @property
    def runs(self):
        """Whether the replica that was left in the background is there."""
        try:
            os.kill(int((self.folder / "pid").read_text()), 0)
        except (FileNotFoundError, ProcessLookupError):
            return False
        return True


@pytest.fixture(autouse=True)
def user_folder(tmp_path_factory, monkeypatch):
    """A folder of this test's own in the place of the user's, where that is told by XDG."""
    folder = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    return folder


@pytest.fixture
def fakes(tmp_path, monkeypatch):
    folder, binaries = tmp_path / "fake", tmp_path / "bin"
    folder.mkdir()
    binaries.mkdir()
    monkeypatch.setenv("PATH", str(binaries))
    monkeypatch.setenv("FAKE_FOLDER", str(folder))
    yield Fakes(folder, binaries, monkeypatch)
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), signal.SIGKILL)


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def said():
    """What the user was told; `said.append` takes it."""
    return []
