"""How far our instruction counts are from the mainnet's, on the shipped factory.

`python -m bench.instructions` makes the same calls to two factories on two replicas: one as it is
shipped, whose instructions are counted by us; the other with a counter that adds up the mainnet's
weights as its code runs (`bench/weighed_module.py`). What stays out is said in
`docs/performance.md`.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.canisters import EMPTY, MEBIBYTE, PAID_IN_INSTRUCTIONS
from bench.mainnet_weights import COMPILED_INSTRUCTION, DIRTY_STABLE_PAGE
from bench.weighed_module import weighed
from ic_factory.canisters import factory_interface, factory_wasm
from ic_factory.protocol.candid.did import parse_did
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.consumption import CyclesUse
from ic_factory.replica.state.memory_image import MemoryImage
from tests import surgery
from tests.canisters.universal import cdk_wasm
from tests.conformance.custom_sections import with_custom_sections
from tests.factory.world import (
    ADMIN,
    CONTROLLER,
    FACTORY_CYCLES,
    NO_ARGUMENTS,
    Factory,
    init_argument,
    upgrade_request,
)

START_TIME = 1_700_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Count:
    """Instructions of one method, callbacks and all."""

    what: str
    ours: int
    weighed: int
    """By the mainnet's weights, system calls and bytes included."""
    dirty_pages: int
    """Pages of stable memory that are other than before."""

    @property
    def mainnet(self) -> int:
        """What the mainnet would count."""
        return self.weighed + self.dirty_pages * DIRTY_STABLE_PAGE

    def row(self) -> str:
        """A line of the table, in millions."""
        counts = (self.ours, self.weighed, self.mainnet)
        millions = " | ".join(f"{count / 1e6:,.2f}" for count in counts)
        return f"| {self.what} | {millions} | {self.mainnet / self.ours:.2f} |"


class Subject:
    """A factory, and what its canister's state says of it."""

    def __init__(self, module: bytes) -> None:
        config = ReplicaConfig(seed=bytes(32), fees=PAID_IN_INSTRUCTIONS)
        replica = Replica(config, FrozenClock(START_TIME))
        interface = parse_did(factory_interface())
        canister_id = replica.create_canister(CONTROLLER, cycles=FACTORY_CYCLES)
        argument = init_argument(interface, admins=[ADMIN])
        replica.install_code(canister_id, module, argument, sender=CONTROLLER)
        self.factory = Factory(replica, canister_id, interface, ADMIN)
        self.module = module

    @property
    def _canister(self) -> Canister:
        return surgery.canister(self.factory.replica, self.factory.canister_id)

    @property
    def instructions(self) -> int:
        """What we have counted since the canister was made: they are all that costs."""
        return self._canister.consumed[CyclesUse.INSTRUCTIONS]

    @property
    def weight(self) -> int:
        """What its counter says; an upgrade sets it back."""
        code = self._canister.code
        assert code is not None
        return int(code.freeze().exported_globals[-1])

    @property
    def stable(self) -> MemoryImage:
        """The stable memory as it is now."""
        code = self._canister.code
        assert code is not None
        return code.freeze().stable


def script(subject: Subject) -> Iterator[str]:
    """Does one thing after another; says what it was, or nothing of what only prepares."""
    factory = subject.factory
    chunk = random.Random(0).randbytes(MEBIBYTE)
    factory.limit(max_canisters_per_caller=1000, max_upload_size=100 * MEBIBYTE)
    yield ""
    factory.begin_upload(expected_len=2 * MEBIBYTE)
    yield "`create_upload_with`"
    upload_id = factory.update("create_upload")
    yield ""
    factory.update("put_chunk_at", upload_id, 0, chunk)
    yield "`put_chunk_at`, 1 MiB"
    factory.update("put_chunk", upload_id, chunk)
    yield "`put_chunk`, 1 MiB"
    large = with_custom_sections(EMPTY, {"padding": random.Random(1).randbytes(4 * MEBIBYTE)})
    uploaded = factory.upload(large)
    yield "an upload of 4 MiB, hashed and committed"
    factory.update("delete_upload", uploaded)
    yield "`delete_upload`, 4 MiB"
    module_id = factory.upload(cdk_wasm())
    yield ""
    canister_id = factory.create(module_id, init_arg=NO_ARGUMENTS, handoff=False)
    yield "`create_and_install_with`"
    request = upgrade_request(canister_id, upload_id=module_id, arg=NO_ARGUMENTS)
    factory.update("upgrade_canister_with", request)
    yield "`upgrade_canister_with`"
    factory.update("refresh_canister_info", canister_id)
    yield "`refresh_canister_info`"
    factory.update("delete_canister", canister_id)
    yield "`delete_canister`"


def measure(plain: Subject, counting: Subject) -> Iterator[Count]:
    """Counts each step of the script both ways."""
    steps = script(plain), script(counting)
    ours, by_weight, stable = plain.instructions, counting.weight, plain.stable
    for what, _ in zip(*steps, strict=True):
        if what:
            changed = changed_pages(stable, plain.stable)
            yield Count(what, plain.instructions - ours, counting.weight - by_weight, changed)
        ours, by_weight, stable = plain.instructions, counting.weight, plain.stable


def changed_pages(before: MemoryImage, after: MemoryImage) -> int:
    """How many pages of 4 KiB are other than they were."""
    old = dict(before.pages())
    return sum(old.get(number) != page for number, page in after.pages())


def main() -> None:
    """Prints the table."""
    module = gzip.decompress(factory_wasm())
    counting = weighed(module)
    print("| what | ours, M | weighed, M | with stable pages, M | of ours |")
    print("|---|---|---|---|---|")
    for count in measure(Subject(module), Subject(counting.module)):
        print(count.row(), flush=True)
    compiling = counting.instructions * COMPILED_INSTRUCTION
    print(f"\nThe module has {counting.instructions:,} instructions: {compiling / 1e6:,.0f} M more")
    print("for its compilation, at each installation and upgrade on the mainnet.")


if __name__ == "__main__":
    main()
