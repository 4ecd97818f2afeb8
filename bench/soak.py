"""`python -m bench.soak --minutes N`: mixed load on one replica; memory and latency must stay flat.

First a while with restarts, graceful and by `kill -9` in turn; what was acknowledged must be there
after each. Then a while without, whose beginning and end are compared.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from bench.client import Client as BenchClient
from bench.installed_canisters import NO_INIT_ARGUMENT, remote_canister
from bench.measure import Result, resident_mb
from bench.replica import root_key_of
from ic_factory.agent import Agent, Client, Identity
from ic_factory.agent.errors import AgentError
from ic_factory.canisters import factory_wasm
from ic_factory.drivers.factory import Factory
from ic_factory.drivers.generated.factory import CreateInstallRequest, Mode
from ic_factory.networks.embedded import RunningReplica, start_in_background, stop
from ic_factory.networks.errors import NetworkError
from ic_factory.networks.state_directory import StateDirectory
from ic_factory.operations.creation import create
from ic_factory.operations.errors import OperationError
from ic_factory.operations.upload import upload
from ic_factory.operations.wasm_source import WasmSource
from ic_factory.protocol.candid import decode
from ic_factory.protocol.principal import Principal
from tests.canisters.universal import cdk_wasm

RESTARTING_SHARE = 0.3
"""The share of the time that has restarts in it, and in which caches and histories fill."""
RESTARTS = 6
UPLOAD_BYTES = 1_500_000
TRILLION = 10**12
NO_ARGUMENT = b"DIDL\0\0"

MAX_GROWTH_MB = 96.0
"""What the replica may gain from the first quarter to the last: in a short run, five minutes of
remembered calls and the images of checkpoints are still filling up."""
MAX_SLOWDOWN = 1.6
NOISE_MS = 4.0
"""What a median may differ by on a machine that does other things too."""


@dataclass
class Notes:
    """What the workers saw; any thread may write."""

    began: float = field(default_factory=time.monotonic)
    took: defaultdict[str, list[tuple[float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By kind of work, when it began and how long it took, in seconds."""
    interrupted: Counter[str] = field(default_factory=Counter)
    """Work that a restart broke off."""
    faults: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    """When it was looked at, and the replica's resident MB."""
    is_restarting: threading.Event = field(default_factory=threading.Event)

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began


@dataclass
class Place:
    """The replica under load, in a process of its own, with its canisters."""

    directory: StateDirectory
    running: RunningReplica
    root_key: bytes = b""
    factory_id: Principal = field(default_factory=Principal.anonymous)
    counter_id: Principal = field(default_factory=Principal.anonymous)

    @property
    def url(self) -> str:
        """Its address, which restarts do not change."""
        return self.running.record.url

    def agent(self) -> Agent:
        """An agent of a new user."""
        return Agent(Identity.generate("ed25519"), Client(self.url), root_key=self.root_key)

    def install(self) -> None:
        """Makes the factory and the counter."""
        self.root_key = root_key_of(self.url)
        client = BenchClient(self.url, self.root_key)
        self.factory_id = remote_canister(client, factory_wasm(), NO_INIT_ARGUMENT)
        self.counter_id = remote_canister(client, cdk_wasm(), NO_INIT_ARGUMENT)
        top_up = {"canister_id": self.factory_id, "amount": 100_000 * TRILLION}
        client.manage(self.factory_id, "provisional_top_up_canister", top_up)
        client.close()

    def restart(self, *, by_force: bool) -> None:
        """Ends the process and starts another one on the same state and port."""
        port = int(self.url.rpartition(":")[2])
        if by_force:
            os.kill(self.running.record.process_id, signal.SIGKILL)
        else:
            stop(self.directory, lambda _: None)
        self.running = _started(self.directory, port)


def _started(directory: StateDirectory, port: int) -> RunningReplica:
    return start_in_background(directory, port=port, clean=False, report=lambda _: None)


def _end(directory: StateDirectory) -> None:
    """Ends the replica, and shows the end of its log where it did not answer for itself."""
    try:
        stop(directory, lambda _: None)
    except NetworkError as error:
        print(f"{error}; the end of its log:\n{directory.log_file.read_text()[-5000:]}")


@dataclass(frozen=True)
class Work:
    """Something that is done again and again, by a thread of its own.

    Attributes:
        kind: What it is called.
        do: Does it once.
        pause: Seconds to rest after each time.
    """

    kind: str
    do: Callable[[], None]
    pause: float


def updating(place: Place, counted: Counter[str], pause: float) -> Work:
    """Counts up, and counts what was acknowledged."""
    agent = place.agent()

    def work() -> None:
        counted["begun"] += 1
        agent.update(place.counter_id, "increment", NO_ARGUMENT)
        counted["acknowledged"] += 1

    return Work("update", work, pause)


def querying(place: Place, pause: float) -> Work:
    """Asks for the count; it never falls."""
    agent = place.agent()
    seen = [0]

    def work() -> None:
        count = count_of(agent, place)
        assert count >= seen[0], f"the counter fell from {seen[0]} to {count}"
        seen[0] = count

    return Work("query", work, pause)


def count_of(agent: Agent, place: Place) -> int:
    """The counter's count."""
    [count] = decode(agent.query(place.counter_id, "counter", NO_ARGUMENT))
    return int(count)


def uploading(place: Place, random: Random, pause: float) -> Work:
    """Uploads other bytes each time, and deletes them again."""
    factory = Factory(place.agent(), place.factory_id)

    def work() -> None:
        result = upload(factory, WasmSource.from_bytes(b"\0asm" + random.randbytes(UPLOAD_BYTES)))
        factory.delete_upload(result.upload_id)

    return Work("upload", work, pause)


def creating(place: Place, pause: float) -> Work:
    """Makes a canister, calls it, and deletes it."""
    agent = place.agent()
    factory = Factory(agent, place.factory_id)
    source = WasmSource.from_bytes(cdk_wasm())

    def work() -> None:
        upload_id = upload(factory, source).upload_id
        request = CreateInstallRequest(
            cycles=2 * TRILLION,
            handoff=False,
            init_arg=NO_INIT_ARGUMENT,
            mode=Mode.INSTALL,
            upload_id=upload_id,
        )
        canister_id = create(factory, request).canister_id
        agent.update(canister_id, "increment", NO_ARGUMENT)
        factory.stop_canister(canister_id)
        factory.delete_canister(canister_id)

    return Work("create", work, pause)


def browsing(place: Place, pause: float) -> Work:
    """Asks for pages as a browser does, and for the replica's own."""
    http = httpx.Client(base_url=place.url, timeout=30)
    host = {"host": f"{place.factory_id}.raw.localhost"}

    def work() -> None:
        for path, headers in (
            ("/health", host),
            ("/metrics", host),
            ("/_/dashboard", {}),
            ("/_/metrics", {}),
        ):
            response = http.get(path, headers=headers)
            assert response.status_code == 200, (path, response.status_code, response.text[:300])

    return Work("browse", work, pause)


def repeat(work: Work, notes: Notes, ends: threading.Event) -> None:
    """Works until the end, and notes how long each piece took."""
    while not ends.is_set():
        was_restarting = notes.is_restarting.is_set()
        began = notes.now
        try:
            work.do()
        except (AgentError, OperationError, httpx.TransportError) as error:
            if was_restarting or notes.is_restarting.is_set():
                notes.interrupted[work.kind] += 1
                time.sleep(0.2)
                continue
            notes.faults.append(f"{work.kind}: {type(error).__name__}: {error}")
        except Exception:
            notes.faults.append(f"{work.kind}: {traceback.format_exc()}")
        notes.took[work.kind].append((began, notes.now - began))
        if len(notes.faults) > 20:
            ends.set()
        ends.wait(work.pause)


def soak(place: Place, seconds: float) -> tuple[Notes, Counter[str]]:
    """Runs the load for this long; the notes, and how many increments were begun and answered."""
    notes, ends, counted = Notes(), threading.Event(), Counter[str]()
    works = [
        updating(place, counted, 0.02),
        querying(place, 0.02),
        uploading(place, Random(1), 1.0),
        creating(place, 1.0),
        browsing(place, 0.2),
    ]
    threads = [threading.Thread(target=repeat, args=(work, notes, ends)) for work in works]
    for thread in threads:
        thread.start()
    try:
        _restart_and_watch(place, notes, seconds, ends)
    finally:
        ends.set()
        for thread in threads:
            thread.join()
    return notes, counted


def _restart_and_watch(place: Place, notes: Notes, seconds: float, ends: threading.Event) -> None:
    interval = seconds * RESTARTING_SHARE / (RESTARTS + 1)
    restarts = 0
    while notes.now < seconds and not ends.is_set():
        if restarts < RESTARTS and notes.now > interval * (restarts + 1):
            notes.is_restarting.set()
            place.restart(by_force=restarts % 2 == 1)
            restarts += 1
            # Calls that were under way find out in their own time.
            ends.wait(min(2.0, interval / 3))
            notes.is_restarting.clear()
        notes.memory.append((notes.now, resident_mb(place.running.record.process_id)))
        ends.wait(0.5)


def results(notes: Notes, seconds: float) -> list[Result]:
    """What must be flat, over the part of the time that had no restarts."""
    start = seconds * RESTARTING_SHARE
    quarter = (seconds - start) / 4
    early, late = (start, start + quarter), (seconds - quarter, seconds)
    before, after = (_median(notes.memory, span) for span in (early, late))
    rows = [
        Result(
            "memory gained",
            after - before,
            "MB",
            MAX_GROWTH_MB,
            note=f"{before:.0f} MB, then {after:.0f} MB",
        )
    ]
    for kind, took in sorted(notes.took.items()):
        before, after = (1000 * _median(took, span) for span in (early, late))
        bound = before * MAX_SLOWDOWN + NOISE_MS
        note = (
            f"{len(took):,} times, {before:.1f} ms at first, {notes.interrupted[kind]} broken off"
        )
        rows.append(Result(f"{kind}, median at the end", after, "ms", bound, note=note))
    rows.append(Result("faults", len(notes.faults), "", 0))
    return rows


def _median(samples: list[tuple[float, float]], span: tuple[float, float]) -> float:
    values = [value for moment, value in samples if span[0] <= moment <= span[1]]
    return statistics.median(values) if values else float("nan")


def main() -> int:
    """Soaks a replica; exits with 1 where something was lost, failed, or memory was not flat.

    That latency is flat can be read off: a machine with other work says little of it.
    """
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    seconds = parser.parse_args().minutes * 60
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        directory = StateDirectory(Path(folder) / "state")
        place = Place(directory, _started(directory, 0))
        stack.callback(_end, directory)
        place.install()
        notes, counted = soak(place, seconds)
        with place.agent() as agent:
            count = count_of(agent, place)
        rows = results(notes, seconds)
    print(f"## soak, {seconds / 60:g} minutes\n")
    print("| what | measured | budget | held | note |\n|---|---|---|---|---|")
    for row in rows:
        print(row.row())
    acknowledged, begun = counted["acknowledged"], counted["begun"]
    print(f"\n{count:,} counted, {acknowledged:,} acknowledged, {begun:,} begun")
    for fault in notes.faults:
        print(f"\n{fault}")
    is_exact = acknowledged <= count <= begun
    must_hold = [row for row in rows if row.unit != "ms"]
    return 0 if is_exact and all(row.is_within for row in must_hold) else 1


if __name__ == "__main__":
    sys.exit(main())
