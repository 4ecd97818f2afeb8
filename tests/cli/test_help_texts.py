"""Every command and option explains itself, and help is there at once."""

import subprocess
import sys

import pytest
import typer

from ic_factory import __version__
from ic_factory.cli.app import app

HEAVY = (
    *("ic_factory.replica", "ic_factory.agent", "ic_factory.drivers", "ic_factory.operations"),
    *("wasmtime", "uvicorn", "starlette", "cryptography", "cbor2", "httpx", "lark", "rich"),
)


def commands(group, path=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = list(commands(typer.main.get_command(app)))


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_every_command_and_option_has_a_help_text_and_an_example(path, command):
    assert command.help
    assert " ".join(path) in command.epilog
    for parameter in command.params:
        assert parameter.help, parameter.name


@pytest.mark.parametrize("path", [(), ("canister",), ("canister", "call")])
def test_help_is_shown(ic_factory, path):
    shown = ic_factory(*path, "--help")
    assert shown.returncode == 0
    assert shown.stdout.startswith("Usage: ic-factory")
    assert shown.stderr == ""


def test_help_says_where_state_is_kept(ic_factory):
    shown = ic_factory("replica", "start", "--help").stdout
    assert "DIR keeps the canisters" in shown
    assert "--ephemeral" in shown


def test_the_version_is_shown(ic_factory):
    assert ic_factory("--version").stdout == f"ic-factory {__version__}\n"


def test_help_loads_nothing_heavy():
    program = (
        "import sys; sys.argv = ['ic-factory', '--help']\n"
        "from ic_factory.cli.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    loaded = done.stderr.split()
    assert "ic_factory.cli.app" in loaded
    assert not [name for name in loaded if name.startswith(HEAVY)]


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["replica", "nothing"],
        ["replica", "start", "--port", "x"],
        ["replica", "start", "--port", "70000"],
        ["replica", "logs", "--canister", "nonsense"],
        ["replica", "status", "extra"],
        ["canister", "call", "aaaaa-aa"],
        ["canister", "upgrade", "aaaaa-aa"],
        ["canister", "top-up", "aaaaa-aa", "much"],
        ["canister", "list", "--owner", "aaaaa-aa", "--all"],
        ["factory", "emergency-stop", "maybe"],
        ["identity", "new", "carol", "--type", "rsa"],
        ["bindgen"],
    ],
)
def test_wrong_usage_is_2_with_nothing_on_stdout(ic_factory, arguments):
    done = ic_factory(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Error" in done.stderr or "Usage" in done.stderr
    assert "Traceback" not in done.stderr
