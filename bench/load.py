"""Load from many clients: `python -m bench.load URL ROOT_KEY CANISTER CLIENTS`.

Prints the updates a second that all of them together got answered. Certificates are not
verified: one core can check only about 500 a second, and it is the replica that is measured.
"""

from __future__ import annotations

import sys
import threading
import time

from bench.client import Client
from ic_factory.protocol.principal import Principal
from tests.canisters.universal import reply

SECONDS = 5


def main(url: str, root_key: str, canister: str, clients: str) -> None:
    """Calls from each client, one call after the other, for some seconds."""
    canister_id = Principal.from_str(canister)
    code = reply(b"hello").code
    counts: list[int] = []
    until = time.perf_counter() + SECONDS

    def work() -> None:
        client = Client(url, bytes.fromhex(root_key))
        count = 0
        while time.perf_counter() < until:
            client.unverified_update(canister_id, canister_id, "update", code)
            count += 1
        counts.append(count)
        client.close()

    threads = [threading.Thread(target=work) for _ in range(int(clients))]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(counts) / (time.perf_counter() - begun))


if __name__ == "__main__":
    main(*sys.argv[1:])
