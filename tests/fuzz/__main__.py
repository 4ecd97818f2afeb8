"""`python -m tests.fuzz`: fuzzed bytes on every endpoint and into every reader."""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import sys
import time

from tests.fuzz.campaign import Findings, Target, keep, run_target
from tests.fuzz.endpoints import endpoint_targets, served_replica
from tests.fuzz.readers import READERS

HANG_SECONDS = 120
"""A target that is silent for so long is hung; where, is printed."""


def main() -> int:
    """Runs the inputs; exits with 1 where something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, help="how many, over all targets")
    parser.add_argument("--seed", type=int, default=time.time_ns(), help="names the inputs")
    parser.add_argument("--keep", action="store_true", help="puts what is found into the corpus")
    parser.add_argument("targets", nargs="*", help="the targets to run; all if none is named")
    options = parser.parse_args()
    say(f"seed {options.seed}")
    found = 0
    with contextlib.ExitStack() as stack:
        served = stack.enter_context(served_replica())
        targets = (*READERS, *endpoint_targets(served))
        chosen = [one for one in targets if not options.targets or one.name in options.targets]
        total = sum(target.weight for target in chosen)
        for target in chosen:
            findings = _run(target, options.seed, options.inputs * target.weight // total)
            found += len(findings.faults)
            for data, fault in findings.faults.items():
                where = f", kept as {keep(target, data).name}" if options.keep and data else ""
                say(f"  {fault}{where}\n  {data[:200].hex()}")
    say(f"{found} findings")
    return 1 if found else 0


def say(text: str) -> None:
    """Prints a line at once, as a run takes minutes."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _run(target: Target, seed: int, count: int) -> Findings:
    faulthandler.dump_traceback_later(HANG_SECONDS + count // 20, exit=True)
    findings = run_target(target, seed, count)
    faulthandler.cancel_dump_traceback_later()
    say(str(findings))
    return findings


if __name__ == "__main__":
    sys.exit(main())
