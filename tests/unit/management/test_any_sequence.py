"""Whatever is called in whatever order: cycles are conserved, refusals change nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ic_factory.protocol.principal import Principal
from ic_factory.replica.management.snapshots import MAX_SNAPSHOTS
from ic_factory.replica.rejects import Reject
from ic_factory.replica.state.canister import Canister, CanisterStatus
from ic_factory.replica.state.history import MAX_HISTORY_LENGTH
from tests.unit.management.modules import EMPTY, KEEPER
from tests.unit.management.world import ADMIN, STRANGER, WALLET, World, state_of

CALLERS = st.sampled_from([ADMIN, ADMIN, ADMIN, STRANGER, WALLET])
NUMBERS = st.integers(0, 3)


class ManagementMachine(RuleBasedStateMachine):
    """Calls methods at random, with cycles attached, as whoever."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.minted = 0
        self.versions: dict[Principal, int] = {}

    @property
    def canisters(self) -> list[Canister]:
        return list(self.world.subnet.canisters.values())

    def call(
        self, method: str, fields: dict[str, Any] | None, caller: Principal, cycles: int = 0
    ) -> bool:
        """Makes the call, counts what stays of its cycles; whether it was not refused."""
        before = state_of(self.world.subnet)
        answered = self.world.answer(method, fields, caller, cycles)
        assert 0 <= answered.refund <= cycles
        self.minted += cycles - answered.refund
        if not isinstance(answered.payload, Reject):
            return True
        assert answered.refund == cycles
        if method != "install_code":
            assert state_of(self.world.subnet) == before
        return False

    def on(self, number: int, **more: Any) -> dict[str, Any]:
        canisters = self.canisters
        return {"canister_id": canisters[number % len(canisters)].canister_id} | more

    @rule(amount=st.integers(0, 10**13), caller=CALLERS, cycles=st.integers(0, 5))
    def provisional_create(self, amount: int, caller: Principal, cycles: int) -> None:
        method = "provisional_create_canister_with_cycles"
        if self.call(method, {"amount": [amount]}, caller, cycles):
            self.minted += amount

    @rule(cycles=st.integers(0, 10**13))
    def create(self, cycles: int) -> None:
        self.call("create_canister", {}, WALLET, cycles)

    @precondition(lambda self: self.canisters)
    @rule(number=NUMBERS, amount=st.integers(0, 10**13))
    def top_up(self, number: int, amount: int) -> None:
        if self.call("provisional_top_up_canister", self.on(number, amount=amount), STRANGER):
            self.minted += amount

    @precondition(lambda self: self.canisters)
    @rule(number=NUMBERS, cycles=st.integers(0, 10**13), caller=CALLERS)
    def deposit(self, number: int, cycles: int, caller: Principal) -> None:
        self.call("deposit_cycles", self.on(number), caller, cycles)

    @precondition(lambda self: self.canisters)
    @rule(
        number=NUMBERS,
        mode=st.sampled_from([{"install": None}, {"reinstall": None}, {"upgrade": []}]),
        module=st.sampled_from([EMPTY, KEEPER, b"no module"]),
        argument=st.sampled_from([b"", b"argument"]),
        caller=CALLERS,
    )
    def install(
        self, number: int, mode: Any, module: bytes, argument: bytes, caller: Principal
    ) -> None:
        fields = self.on(number, mode=mode, wasm_module=module, arg=argument)
        self.call("install_code", fields, caller, cycles=3)

    @precondition(lambda self: self.canisters)
    @rule(
        number=NUMBERS,
        method=st.sampled_from(
            [
                "uninstall_code",
                "start_canister",
                "stop_canister",
                "delete_canister",
                "canister_status",
                "clear_chunk_store",
                "stored_chunks",
                "take_canister_snapshot",
                "list_canister_snapshots",
            ]
        ),
        caller=CALLERS,
        cycles=st.integers(0, 5),
    )
    def simple(self, number: int, method: str, caller: Principal, cycles: int) -> None:
        self.call(method, self.on(number), caller, cycles)

    @precondition(lambda self: self.canisters)
    @rule(number=NUMBERS, chunk=st.binary(max_size=3), caller=CALLERS)
    def upload(self, number: int, chunk: bytes, caller: Principal) -> None:
        self.call("upload_chunk", self.on(number, chunk=chunk), caller)

    @precondition(lambda self: any(canister.snapshots for canister in self.canisters))
    @rule(
        number=NUMBERS,
        which=st.integers(0, 9),
        method=st.sampled_from(["load_canister_snapshot", "delete_canister_snapshot"]),
        caller=CALLERS,
    )
    def use_snapshot(self, number: int, which: int, method: str, caller: Principal) -> None:
        ids = [key for canister in self.canisters for key in canister.snapshots]
        self.call(method, self.on(number, snapshot_id=ids[which % len(ids)]), caller)

    @precondition(lambda self: self.canisters)
    @rule(
        number=NUMBERS,
        compute=st.one_of(st.none(), st.integers(0, 110)),
        memory=st.one_of(st.none(), st.integers(0, 2**41)),
        controllers=st.one_of(st.none(), st.just([ADMIN, WALLET])),
        caller=CALLERS,
    )
    def update_settings(
        self,
        number: int,
        compute: int | None,
        memory: int | None,
        controllers: list[Principal] | None,
        caller: Principal,
    ) -> None:
        given = {
            "compute_allocation": compute,
            "memory_allocation": memory,
            "controllers": controllers,
        }
        settings = {name: [value] for name, value in given.items() if value is not None}
        self.call("update_settings", self.on(number, settings=settings), caller)

    @invariant()
    def cycles_are_conserved(self) -> None:
        held = sum(canister.cycles + canister.reserved_cycles for canister in self.canisters)
        assert held + self.world.subnet.consumed_cycles == self.minted

    @invariant()
    def bounds_hold(self) -> None:
        for canister in self.canisters:
            assert canister.cycles >= 0
            assert len(canister.snapshots) <= MAX_SNAPSHOTS
            assert len(canister.history) <= MAX_HISTORY_LENGTH
            assert len(canister.history) <= canister.total_num_changes
            assert (canister.code is None) == (canister.last_install_timestamp == 0)
            assert canister.status is not CanisterStatus.STOPPING

    @invariant()
    def versions_only_grow(self) -> None:
        for canister in self.canisters:
            assert canister.canister_version >= self.versions.get(canister.canister_id, 0)
            self.versions[canister.canister_id] = canister.canister_version
            if canister.history:
                assert canister.history[-1].canister_version <= canister.canister_version

    @invariant()
    def a_copy_is_the_same(self) -> None:
        subnet = self.world.subnet
        assert state_of(subnet.copy()) == state_of(subnet)


TestAnySequence = ManagementMachine.TestCase
TestAnySequence.settings = hypothesis_settings(
    max_examples=15, stateful_step_count=40, deadline=None
)
