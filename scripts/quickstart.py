"""Shows a local Internet Computer at work: start, install, call, read, with stock ic-py.

Started by scripts/quickstart, which makes the environment for it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import cbor2
import httpx
from ic.agent import Agent
from ic.candid import Types, encode
from ic.certificate import lookup
from ic.client import Client
from ic.identity import Identity
from ic.principal import Principal

ROOT = Path(__file__).parents[1]
MODULE = ROOT / "tests" / "canisters" / "cdk.wasm.gz"
COMMAND = (sys.executable, "-m", "ic_factory", "replica")
PORT = int(os.environ.get("IC_FACTORY_PORT", "4943"))
ANY_FREE_PORT = 0
MANAGEMENT = "aaaaa-aa"
SECONDS_PER_CALL = 60


class QuickstartError(Exception):
    """The quickstart cannot go on; its text says why."""


def main() -> None:
    """Runs all steps, and says for each what happened and how long it took."""
    port, status = running_replica()
    agent = Agent(Identity(), Client(status["url"]))
    canister_id = installed_canister(agent, status)
    call(agent, canister_id)
    read_certified_facts(agent, canister_id)
    say_what_next(port, status["url"], canister_id)


def running_replica() -> tuple[int, dict[str, Any]]:
    """The port that the replica is known by, and its status; starts one where none runs."""
    for port in (PORT, ANY_FREE_PORT):
        status = status_on(port)
        if status is not None:
            say(f"replica      runs already, at {status['url']}: used as it is")
            return port, status
    port = PORT if is_free(PORT) else ANY_FREE_PORT
    with Stopwatch() as elapsed:
        started = replica_command("start", "--background", "--port", str(port))
    if started.returncode:
        raise QuickstartError(f"the replica did not start\n{started.stderr.strip()}")
    status = status_on(port)
    if status is None:
        raise QuickstartError("the replica started, but does not answer")
    if port == ANY_FREE_PORT:
        say(f"replica      port {PORT} is taken by something else, so it has a free one")
    say(f"replica      started in {elapsed}, healthy at {status['url']}")
    return port, status


def status_on(port: int) -> dict[str, Any] | None:
    """What the replica of this port says of itself; None where none runs."""
    answer = replica_command("status", "--json", "--port", str(port))
    if answer.returncode:
        return None
    status: dict[str, Any] = json.loads(answer.stdout)
    return status


def replica_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `ic-factory replica …`."""
    return subprocess.run(  # noqa: S603 # our own command, by this very interpreter
        [*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def is_free(port: int) -> bool:
    """Whether nothing listens on the port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def installed_canister(agent: Agent, status: dict[str, Any]) -> str:
    """The id of a canister that runs our module; makes one where there is none."""
    module_hash = hashlib.sha256(MODULE.read_bytes()).hexdigest()
    for canister in status["canisters"]:
        if canister["module_hash"] == module_hash:
            known = str(canister["canister_id"])
            say(f"canister     {known} is there from an earlier run: used as it is")
            return known
    with Stopwatch() as elapsed:
        canister_id = create_canister(agent, effective_canister_id(status["url"]))
    say(f"canister     {canister_id} created in {elapsed}")
    with Stopwatch() as elapsed:
        install(agent, canister_id)
    size = len(gzip.decompress(MODULE.read_bytes()))
    say(f"module       {MODULE.name}, {size / 1000:.0f} kB of WASM, installed in {elapsed}")
    return canister_id


def effective_canister_id(url: str) -> str:
    """The id to put into the URL of a call that creates a canister, which has no id yet."""
    topology = httpx.get(f"{url}/_/topology").raise_for_status().json()
    encoded = topology["default_effective_canister_id"]["canister_id"]
    return str(Principal(bytes=base64.b64decode(encoded)).to_str())


def create_canister(agent: Agent, effective_canister_id: str) -> str:
    """Creates a canister that the agent's identity controls, with the default of cycles."""
    request = Types.Record({"amount": Types.Opt(Types.Nat)})
    reply = agent.update_raw(
        MANAGEMENT,
        "provisional_create_canister_with_cycles",
        encode([{"type": request, "value": {"amount": []}}]),
        [Types.Record({"canister_id": Types.Principal})],
        effective_canister_id,
        timeout=SECONDS_PER_CALL,
    )
    return str(reply[0]["value"]["canister_id"].to_str())


def install(agent: Agent, canister_id: str) -> None:
    """Installs the module, whose `init` takes an optional argument that we leave out."""
    request = Types.Record(
        {
            "mode": Types.Variant({"install": Types.Null}),
            "canister_id": Types.Principal,
            "wasm_module": Types.Vec(Types.Nat8),
            "arg": Types.Vec(Types.Nat8),
        }
    )
    value = {
        "mode": {"install": None},
        "canister_id": canister_id,
        "wasm_module": MODULE.read_bytes(),
        "arg": encode([{"type": Types.Opt(Types.Null), "value": []}]),
    }
    agent.update_raw(
        MANAGEMENT,
        "install_code",
        encode([{"type": request, "value": value}]),
        effective_canister_id=canister_id,
        timeout=SECONDS_PER_CALL,
    )


def call(agent: Agent, canister_id: str) -> None:
    """Counts up by an update call, then reads the count by a query."""
    nothing = encode([])
    with Stopwatch() as elapsed:
        reply = agent.update_raw(
            canister_id, "increment", nothing, [Types.Nat64], timeout=SECONDS_PER_CALL
        )
    say(f"update       increment() = {reply[0]['value']}, in {elapsed}")
    with Stopwatch() as elapsed:
        answer = agent.query_raw(canister_id, "counter", nothing, [Types.Nat64])
    if not isinstance(answer, list):
        raise QuickstartError(f"the query of counter() was rejected: {answer}")
    say(f"query        counter() = {answer[0]['value']}, in {elapsed}")
    if answer[0]["value"] != reply[0]["value"]:
        raise QuickstartError("the query does not see what the update did")


def read_certified_facts(agent: Agent, canister_id: str) -> None:
    """Reads the module hash and the controllers from the certified state."""
    own = [b"canister", Principal.from_str(canister_id).bytes]
    with Stopwatch() as elapsed:
        certificate = agent.read_state_raw(
            canister_id, [[*own, b"module_hash"], [*own, b"controllers"]]
        )
    module_hash = lookup([*own, b"module_hash"], certificate)
    controllers = lookup([*own, b"controllers"], certificate)
    if module_hash != hashlib.sha256(MODULE.read_bytes()).digest():
        raise QuickstartError("the certified module hash is not that of the installed file")
    names = [Principal(bytes=controller).to_str() for controller in cbor2.loads(controllers)]
    say(f"read_state   in {elapsed}")
    say(f"  module_hash  {module_hash.hex()} (SHA-256 of {MODULE.name})")
    say(f"  controllers  {', '.join(names)}")


def say_what_next(port: int, url: str, canister_id: str) -> None:
    """How to look at what runs now, and how to end it."""
    command = os.path.relpath(Path(sys.executable).with_name("ic-factory"))
    prefix = f"{shlex.quote(command)} replica"
    suffix = "" if port == PORT else f" --port {port}"
    say("")
    say(f"The replica goes on at {url}; point any IC client there, at {canister_id}.")
    say(f"  look   {prefix} status{suffix}")
    say(f"  logs   {prefix} logs{suffix}")
    say(f"  stop   {prefix} stop{suffix}")


def say(line: str) -> None:
    print(line, flush=True)


class Stopwatch:
    """Measures what is inside its `with`; as text, a time for people."""

    def __init__(self) -> None:
        self._start = 0.0
        self._seconds = 0.0

    def __enter__(self) -> Self:
        self._start = time.perf_counter()
        return self

    def __exit__(self, *failure: object) -> None:
        self._seconds = time.perf_counter() - self._start

    def __str__(self) -> str:
        seconds = self._seconds
        return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


if __name__ == "__main__":
    try:
        main()
    except QuickstartError as error:
        sys.exit(f"quickstart: {error}")
    except Exception as error:
        # ic-py raises bare exceptions, and the HTTP client its own.
        sys.exit(f"quickstart: {type(error).__name__}: {error}")
