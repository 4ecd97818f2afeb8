"""Memory of many idle canisters: `python -m bench.idle COUNT` prints resident megabytes."""

from __future__ import annotations

import sys

from bench.installed_canisters import cdk_canister, megabyte_module
from bench.measure import resident_mb
from ic_factory.replica import Replica


def main(count: str) -> None:
    """Makes the canisters and prints what the process holds."""
    with Replica() as replica:
        wasm = megabyte_module()
        for _ in range(int(count)):
            cdk_canister(replica, wasm)
        print(resident_mb("self"))


if __name__ == "__main__":
    main(*sys.argv[1:])
