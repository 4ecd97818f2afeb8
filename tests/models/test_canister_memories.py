"""Whatever happens to a canister, its memories are what a plain model of them says.

Specification: "Message execution", "Canister upgrades", "Canister snapshots"; and the replica's own
`snapshot`, `rewind` and `fork`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.cycles import FREE
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.management.interface import decode_reply, encode_arguments
from ic_factory.replica.rejects import Payload, Reject, Reply
from ic_factory.replica.replica import SnapshotToken
from tests.canisters.universal import Program, universal_wasm_without

START_TIME = 1_700_000_000_000_000_000
PAGE = 65536
MAX_PAGES = 6
MODULE = universal_wasm_without("canister_heartbeat", "canister_inspect_message")


@dataclass(frozen=True)
class Memories:
    """What the canister keeps."""

    heap: bytes = b""
    stable: bytes = b""

    def grown(self, pages: int) -> Memories:
        return replace(self, stable=self.stable + bytes(pages * PAGE))

    def written(self, offset: int, data: bytes) -> Memories:
        stable = self.stable[:offset] + data + self.stable[offset + len(data) :]
        return replace(self, stable=stable)


@dataclass
class Moment:
    """A moment of the replica, with what it and the canister's snapshot were then."""

    token: SnapshotToken
    memories: Memories
    taken: tuple[bytes, Memories] | None = field(default=None)


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, int, bytes]:
    """A change to make: what, where, and with which data."""
    kind = draw(st.sampled_from(["heap", "append", "grow", "write", "write"]))
    # Small numbers, and such as lie around the ends of pages.
    offset = draw(st.integers(0, MAX_PAGES)) * 4096 * draw(st.integers(0, 16))
    offset = max(0, offset + draw(st.integers(-3, 3)))
    data = draw(st.binary(min_size=1, max_size=8)) * draw(st.sampled_from([1, 1, 600, 9000]))
    return kind, offset, data


class CanisterMemories(RuleBasedStateMachine):
    """Updates, queries and failures; upgrades and snapshots; moments of the whole replica."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine

    @initialize()
    def begin(self) -> None:
        self.replica = Replica(ReplicaConfig(fees=FREE), FrozenClock(START_TIME), self.engine)
        self.canister_id = self.replica.create_canister(cycles=10**14)
        self.replica.install_code(self.canister_id, MODULE)
        self.memories = Memories()
        self.taken: tuple[bytes, Memories] | None = None
        self.moments: list[Moment] = []

    def teardown(self) -> None:
        if hasattr(self, "replica"):
            self.replica.close()

    def changed(self, change: tuple[str, int, bytes]) -> tuple[Program, Memories] | None:
        """A change as a program and as what the memories are after it; None if it can't be."""
        kind, offset, data = change
        if kind == "heap":
            return Program().store_global(data), replace(self.memories, heap=data)
        if kind == "append":
            heap = self.memories.heap + data[:100]
            return Program().append_global(data[:100]), replace(self.memories, heap=heap)
        if kind == "grow":
            pages = 1 + offset % 2
            if len(self.memories.stable) + pages * PAGE > MAX_PAGES * PAGE:
                return None
            return Program().stable_grow(pages).drop(), self.memories.grown(pages)
        if offset + len(data) > len(self.memories.stable):
            return None
        return Program().stable_write(offset, data), self.memories.written(offset, data)

    @rule(change=changes())
    def update(self, change: tuple[str, int, bytes]) -> None:
        made = self.changed(change)
        if made is not None:
            program, self.memories = made
            self.replied(self.call("update", program.reply()))

    @rule(change=changes())
    def update_that_traps(self, change: tuple[str, int, bytes]) -> None:
        made = self.changed(change)
        if made is not None:
            assert isinstance(self.call("update", made[0].memory_grow(1).drop().trap()), Reject)

    @rule(change=changes())
    def query(self, change: tuple[str, int, bytes]) -> None:
        made = self.changed(change)
        if made is not None:
            self.replied(self.ask(made[0].memory_grow(1).drop().reply()))
            self.replied(self.call("query", made[0].reply()))

    @rule(change=changes())
    def query_that_calls_itself(self, change: tuple[str, int, bytes]) -> None:
        made = self.changed(change)
        if made is not None:
            inner = Program().reply(Program().load_global())
            program = made[0].call(self.canister_id.bytes, "query", inner.code)
            assert self.replied(self.ask(program, "composite_query")) == self.memories.heap

    @rule(keep_trying=st.booleans())
    def upgrade(self, keep_trying: bool) -> None:
        assert isinstance(self.install("upgrade", Program().store_global(b"x").trap()), Reject)
        if keep_trying:
            self.replied(self.install("upgrade", Program()))
            self.memories = replace(self.memories, heap=b"")

    @rule()
    def reinstall(self) -> None:
        self.replied(self.install("reinstall", Program().store_global(b"new")))
        self.memories = Memories(heap=b"new")

    @rule()
    def take_snapshot(self) -> None:
        replaced = [] if self.taken is None else [self.taken[0]]
        reply = self.manage("take_canister_snapshot", {"replace_snapshot": replaced})
        taken = decode_reply("take_canister_snapshot", reply)
        self.taken = (taken["id"], self.memories)

    @precondition(lambda self: self.taken is not None)
    @rule()
    def load_snapshot(self) -> None:
        assert self.taken is not None
        self.manage("load_canister_snapshot", {"snapshot_id": self.taken[0]})
        self.memories = self.taken[1]

    @precondition(lambda self: len(self.moments) < 3)
    @rule()
    def keep_moment(self) -> None:
        self.moments.append(Moment(self.replica.snapshot(), self.memories, self.taken))

    @precondition(lambda self: self.moments)
    @rule(data=st.data())
    def rewind(self, data: st.DataObject) -> None:
        moment = data.draw(st.sampled_from(self.moments))
        self.replica.rewind(moment.token)
        self.memories, self.taken = moment.memories, moment.taken

    @rule()
    def go_on_in_a_fork(self) -> None:
        left = self.replica
        self.replica = left.fork()
        self.moments.clear()
        # What happens to the one that was left must not be seen in the fork.
        left.update(self.canister_id, "update", Program().store_global(b"left").reply().code)
        left.close()

    @invariant()
    def memories_are_as_they_should_be(self) -> None:
        if not hasattr(self, "replica"):
            return
        size = Program().multiply(Program().stable_size(), PAGE)
        seen = Program().reply_data_append(Program().stable_read(0, size))
        answer = self.replied(self.ask(seen.reply(Program().load_global())))
        stable_bytes = len(self.memories.stable)
        assert answer[:stable_bytes] == self.memories.stable
        assert answer[stable_bytes:] == self.memories.heap

    def call(self, method: str, program: Program) -> Payload:
        return self.replica.update(self.canister_id, method, program.code)

    def ask(self, program: Program, method: str = "query") -> Payload:
        return self.replica.query_call(self.canister_id, method, program.code)

    def install(self, mode: str, program: Program) -> Payload:
        fields = {
            "mode": {mode: [] if mode == "upgrade" else None},
            "canister_id": self.canister_id,
            "wasm_module": MODULE,
            "arg": program.code,
        }
        argument = encode_arguments("install_code", fields)
        return self.replica.update(Principal.management_canister(), "install_code", argument)

    def manage(self, method: str, fields: dict[str, object]) -> bytes:
        argument = encode_arguments(method, {"canister_id": self.canister_id, **fields})
        return self.replied(self.replica.update(Principal.management_canister(), method, argument))

    @staticmethod
    def replied(payload: Payload) -> bytes:
        assert isinstance(payload, Reply), payload
        return payload.data


@pytest.mark.slow
def test_memories_are_what_the_model_says(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    run_state_machine_as_test(
        lambda: CanisterMemories(engine),
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
