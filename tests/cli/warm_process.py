"""Commands in processes of their own that have the modules loaded already.

Most of a command's time is loading modules. Where the system can fork, one process loads them and
each command is a fork of it; whether a command loads what it needs is for plain processes to show.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

MODULES = [
    "__main__",
    "httpcore",
    "ic_factory.agent.identity.default_choice",
    "ic_factory.cli.app",
    "ic_factory.networks.canister_ids",
    "ic_factory.networks.dfx_json",
    "ic_factory.networks.network",
    "ic_factory.networks.project_files",
    "ic_factory.networks.running_replicas",
    "ic_factory.operations.calling",
    "ic_factory.operations.control",
    "ic_factory.operations.deploy",
    "ic_factory.protocol.candid.did",
    "rich.console",
    "tests.cli.warm_process",
    "typer._adapters",
]
"""What commands load; those of these that there are not in some version are passed over."""

SECONDS = 60


def run_warm(
    arguments: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Runs a command without input, and returns what it wrote and its exit code."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return subprocess.run(
            [sys.executable, "-m", "ic_factory", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(MODULES)
    with tempfile.TemporaryDirectory() as place:
        written = [Path(place, name) for name in ("stdout", "stderr")]
        files = [os.devnull, *map(str, written)]
        process = context.Process(target=_command, args=(arguments, folder, environment, files))
        process.start()
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"{arguments} takes longer than {SECONDS} s")
        out, err = (each.read_text("utf-8") for each in written)
        return subprocess.CompletedProcess(arguments, process.exitcode, out, err)


def _command(
    arguments: list[str], folder: Path, environment: dict[str, str], files: list[str]
) -> None:
    from ic_factory.cli.app import main

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, file in enumerate(files):
        opened = os.open(file, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, number)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.stdout, sys.stderr = (os.fdopen(each, "w", encoding="utf-8") for each in (1, 2))
    sys.argv = ["ic-factory", *arguments]
    main()
