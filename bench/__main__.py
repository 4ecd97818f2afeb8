"""`python -m bench [NAME ...]`: measures budgets and prints them as Markdown tables."""

from __future__ import annotations

import argparse
import platform
import sys

from bench import agent, canisters, personal, replica, scale

SUITES = {
    "agent": agent.measure,
    "canisters": canisters.measure,
    "personal": personal.measure,
    "replica": replica.measure,
    "scale": scale.measure,
}


def main() -> int:
    """Runs the suites that were named, or all; exits with 1 where a budget does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("suites", nargs="*", choices=[[], *SUITES], help="which to run")
    names = parser.parse_args().suites or list(SUITES)
    held = True
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    for name in names:
        print(f"\n## {name}\n\n| what | measured | budget | held | note |\n|---|---|---|---|---|")
        for result in SUITES[name]():
            print(result.row(), flush=True)
            held = held and result.is_within
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
