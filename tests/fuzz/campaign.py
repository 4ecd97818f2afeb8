"""Runs inputs against a target and notes what must not happen.

Every input is either taken or refused with a reason. Anything else is a finding: another exception,
a refusal without a text, an error in the log, too much processor time, memory that grows.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.fuzz.mutation import Mutator

MAX_SECONDS = 3.0
"""Processor time for one input; a hundred times what the slowest ones take."""

MAX_GROWTH_BYTES = 96 * 1024**2
"""What a target's inputs may add to the process after its first ones have warmed it up."""

WARM_UP = 0.3
"""The share of inputs before memory is measured."""


@dataclass(frozen=True)
class Target:
    """Something that reads bytes of strangers.

    Attributes:
        name: As on the command line, and the folder of its inputs in the corpus.
        seeds: Inputs that are in order, or nearly.
        mutate: Makes new ones of them.
        run: Reads an input; returns where it is taken, and what is said of it (such as a status).
        refusals: What it may raise instead.
        weight: How many inputs it gets, compared with others.
    """

    name: str
    seeds: tuple[bytes, ...]
    mutate: Mutator
    run: Callable[[bytes], str | None]
    refusals: tuple[type[Exception], ...] = ()
    weight: int = 1


@dataclass
class Findings:
    """What came of a target's inputs."""

    target: Target
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: dict[bytes, str] = field(default_factory=dict)
    """Inputs that must be looked at, and why."""
    slowest_seconds: float = 0.0
    growth_bytes: int = 0

    def __str__(self) -> str:
        outcomes = ", ".join(f"{count:,} {name}" for name, count in self.outcomes.most_common())
        return (
            f"{self.target.name}: {outcomes}; slowest {self.slowest_seconds:.3f} s,"
            f" memory +{self.growth_bytes / 1024**2:.1f} MiB, {len(self.faults)} findings"
        )


def inputs_of(target: Target, seed: int, count: int) -> Iterator[bytes]:
    """The seeds themselves, then changes of them; the same ones for the same number `seed`."""
    random = Random(f"{target.name} {seed}")
    for index in range(count):
        if index < len(target.seeds):
            yield target.seeds[index]
        else:
            yield target.mutate(random, random.choice(target.seeds), target.seeds)


def run_target(target: Target, seed: int, count: int) -> Findings:
    """Runs `count` inputs, and notes the findings."""
    findings = Findings(target)
    started_at = 0
    with _errors_in_the_log() as errors:
        for index, data in enumerate(inputs_of(target, seed, count)):
            if index == int(count * WARM_UP):
                started_at = resident_bytes()
            fault = run_input(target, data, findings)
            if errors:
                fault = f"the log has an error: {errors.pop()}"
                errors.clear()
            if fault is not None:
                findings.faults.setdefault(data, fault)
    findings.growth_bytes = max(0, resident_bytes() - started_at)
    if findings.growth_bytes > MAX_GROWTH_BYTES:
        findings.faults[b""] = f"memory grew by {findings.growth_bytes} bytes"
    return findings


def run_input(target: Target, data: bytes, findings: Findings) -> str | None:
    """Runs one input; what is wrong with what it came to, if anything."""
    began = time.process_time()
    fault = None
    try:
        outcome = target.run(data) or "taken"
    except target.refusals as refusal:
        outcome = "refused"
        if not str(refusal):
            fault = f"{type(refusal).__name__} without a text"
    except Exception as error:
        outcome, fault = "fault", f"{type(error).__name__}: {error}"[:500]
    findings.outcomes[outcome] += 1
    seconds = time.process_time() - began
    findings.slowest_seconds = max(findings.slowest_seconds, seconds)
    if seconds > MAX_SECONDS:
        fault = f"took {seconds:.1f} s"
    return fault


@contextmanager
def _errors_in_the_log() -> Iterator[list[str]]:
    errors: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.ERROR or record.exc_info:
                errors.append(self.format(record))

    collector = Collector()
    logging.getLogger().addHandler(collector)
    try:
        yield errors
    finally:
        logging.getLogger().removeHandler(collector)


def resident_bytes() -> int:
    """The process's memory; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * 4096


CORPUS = Path(__file__).parent / "corpus"
"""Inputs that once led to a fault, by target; each is run by the tests."""


def corpus_of(target: Target) -> list[Path]:
    """The files of a target's corpus."""
    return sorted((CORPUS / target.name).glob("*.bin"))


def keep(target: Target, data: bytes) -> Path:
    """Puts an input into the corpus."""
    path = CORPUS / target.name / f"{hashlib.sha256(data).hexdigest()[:16]}.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
