"""`python -m tests.durability.kills COUNT`: kills a replica under load, again and again.

After each restart every update that was acknowledged is there, none is there twice, and
certificates verify by the key of the first start. A call that was under way when the process was
killed is sent again as it was: it is there once then.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.client import TIME_TO_LIVE, Client
from bench.installed_canisters import remote_canister, tiny_canister
from ic_factory.protocol import cbor
from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.certificate_verification import verify_for_canister
from ic_factory.protocol.content import CallContent
from ic_factory.protocol.envelope import Envelope
from ic_factory.protocol.hash_tree import Found, lookup_path
from ic_factory.protocol.principal import Principal
from tests.canisters.universal import Program
from tests.durability.daemons import Daemon

USERS = 4
MARK_BYTES = 16
SEEN = Program().reply(Program().load_global()).code
SETTLE_SECONDS = 20.0


@dataclass
class Sent:
    """What the users have sent, and what they know of it."""

    answered: list[bytes] = field(default_factory=list)
    """Marks of calls whose certified reply came."""
    taken_in: list[bytes] = field(default_factory=list)
    """Marks of calls that were answered with 202."""
    under_way: dict[bytes, bytes] = field(default_factory=dict)
    """Mark → envelope of calls whose answer did not come."""


@dataclass
class Load:
    """Users who mark a canister's memory, each mark once, until the replica is gone."""

    url: str
    root_key: bytes
    canister_id: Principal
    sent: Sent

    def run(self, seconds: float) -> list[threading.Thread]:
        """Begins the load and lets it run for a time."""
        threads = [threading.Thread(target=self._work, args=(user,)) for user in range(USERS)]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        return threads

    def _work(self, number: int) -> None:
        user = Client(self.url, self.root_key)
        # One of the users does not wait for answers.
        version = "v2" if number == 0 else "v4"
        try:
            while True:
                mark = os.urandom(MARK_BYTES)
                envelope = self._envelope(user, mark)
                self.sent.under_way[mark] = envelope
                self.settle(user, mark, envelope, version)
        except httpx.HTTPError:
            return
        finally:
            user.close()

    def _envelope(self, user: Client, mark: bytes) -> bytes:
        code = Program().append_global(mark).reply(mark).code
        expiry = time.time_ns() + TIME_TO_LIVE
        content = CallContent(self.canister_id, "update", code, user.sender, expiry, mark)
        bare = Envelope(content, user.key.public_key_der)
        signature = user.key.sign(bare.signing_bytes)
        return Envelope(content, user.key.public_key_der, signature).encode()

    def settle(self, user: Client, mark: bytes, envelope: bytes, version: str) -> None:
        """Sends a call, and notes what came back."""
        response = user.http.post(
            f"/api/{version}/canister/{self.canister_id}/call", content=envelope
        )
        if response.status_code == 202:
            self.sent.taken_in.append(mark)
        else:
            assert response.status_code == 200, response.text
            assert self._reply(response.content, envelope) == mark
            self.sent.answered.append(mark)
        del self.sent.under_way[mark]

    def _reply(self, body: bytes, envelope: bytes) -> bytes:
        certificate = Certificate.decode(cbor.decode(body)["certificate"])
        verify_for_canister(certificate, self.root_key, self.canister_id)
        request_id = Envelope.decode(envelope).content.request_id
        found = lookup_path(certificate.tree, (b"request_status", request_id, b"reply"))
        assert isinstance(found, Found), certificate.tree
        return found.value


def marks_in(user: Client, canister_id: Principal) -> Counter[bytes]:
    """How often each mark is in the canister's memory."""
    memory = user.query(canister_id, "query", SEEN)
    return Counter(
        memory[start : start + MARK_BYTES] for start in range(0, len(memory), MARK_BYTES)
    )


def check(load: Load) -> int:
    """Checks that each mark is there once that must be; how many there are."""
    user = Client(load.url, load.root_key)
    try:
        for mark, envelope in list(load.sent.under_way.items()):
            load.settle(user, mark, envelope, "v4")
        expected = {*load.sent.answered, *load.sent.taken_in}
        deadline = time.monotonic() + SETTLE_SECONDS
        while (seen := marks_in(user, load.canister_id)).keys() != expected:
            assert time.monotonic() < deadline, expected ^ seen.keys()
        assert set(seen.values()) <= {1}
        return len(seen)
    finally:
        user.close()


def kill_again_and_again(directory: Path, count: int, longest_seconds: float = 0.7) -> int:
    """Kills a replica so often, at random moments; how many updates there were."""
    daemon = Daemon.start(directory)
    user = daemon.user()
    root_key = user.root_key
    canister_id = remote_canister(user, tiny_canister())
    user.close()
    sent, marks = Sent(), 0
    draw = random.Random()
    for _ in range(count):
        load = Load(daemon.url, root_key, canister_id, sent)
        threads = load.run(draw.uniform(0, longest_seconds))
        daemon.kill()
        for thread in threads:
            thread.join()
        daemon = Daemon.start(directory)
        assert daemon.client.root_key() == root_key
        marks = check(Load(daemon.url, root_key, canister_id, sent))
    daemon.stop()
    return marks


def main(count: str) -> None:
    """Kills so often, on a directory of its own."""
    with tempfile.TemporaryDirectory() as directory:
        begun = time.monotonic()
        marks = kill_again_and_again(Path(directory) / "state", int(count))
        seconds = time.monotonic() - begun
        sys.stdout.write(f"{count} kills, {marks} updates, each once; {seconds:.0f} s\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
