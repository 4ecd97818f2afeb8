"""No cycle appears or vanishes but by the fee table, whatever happens to canisters.

Random call trees with traps and refunds, calls that are kept open and time out, stops, upgrades,
uninstallations, deletions and top-ups, time that passes; after each round the ledger is summed up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ic_factory.protocol.candid.types import Record
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.cycles import FREE
from ic_factory.replica.management.interface import SETTINGS, SIGNATURES, encode_arguments
from ic_factory.replica.rejects import Reply as ReplyPayload
from ic_factory.replica.replica import SnapshotToken
from tests.canisters.universal import Program, universal_wasm_without
from tests.models.call_trees import CANISTERS, program_of
from tests.models.deeds import (
    DEEDS,
    Ask,
    Create,
    Deed,
    Deplete,
    Grow,
    Hold,
    Manage,
    Remove,
    Rounds,
    Run,
    Settings,
    TopUp,
    Wait,
)
from tests.models.ledger import Ledger, ledger_of

START_TIME = 1_700_000_000_000_000_000
SECOND = 10**9
BALANCE = 5 * 10**12
MANAGEMENT = Principal.management_canister()
OWNER = Principal(b"\x0b" * 28 + b"\x02")
MODULE = universal_wasm_without("canister_heartbeat", "canister_inspect_message")
GROW = Program().stable_grow(1).drop().code
FAIL = Program().trap(b"no").code

CONFIGS = {
    "the table": ReplicaConfig(),
    "a full subnet": ReplicaConfig(subnet_memory_bytes=2**29, storage_reservation_threshold=2**20),
    "nothing costs anything": ReplicaConfig(fees=FREE),
}


class Stage:
    """A replica with a place for each canister, and a count of the cycles that were put in."""

    def __init__(self, config: ReplicaConfig) -> None:
        self.replica = Replica(config, FrozenClock(START_TIME))
        self.minted = 0
        self.places = [self.create(BALANCE) for _ in range(CANISTERS)]
        self.beginning: tuple[SnapshotToken, int, list[Principal]] = (
            self.replica.snapshot(),
            self.minted,
            list(self.places),
        )

    def rewind(self) -> None:
        token, self.minted, places = self.beginning
        self.replica.rewind(token)
        self.places = list(places)

    @property
    def ledger(self) -> Ledger:
        return ledger_of(self.replica._machine.subnet)

    def check(self) -> None:
        """Sums everything up."""
        ledger = self.ledger
        assert ledger.total() == self.minted, ledger
        subnet = self.replica._machine.subnet
        for canister in subnet.canisters.values():
            assert canister.cycles >= 0
            assert canister.reserved_cycles >= 0
        for use, cycles in subnet.consumed.items():
            living = sum(canister.consumed.get(use, 0) for canister in subnet.canisters.values())
            assert living <= cycles

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            self.replica.tick()
            self.check()

    def create(self, cycles: int) -> Principal:
        canister_id = self.replica.create_canister(OWNER, cycles=cycles)
        self.minted += cycles
        self._set(canister_id, controllers=[OWNER, canister_id])
        self._install(canister_id, "install", GROW)
        return canister_id

    def do(self, deed: Deed) -> None:
        match deed:
            case Run(canister, tree):
                self._run(canister, program_of(tree, [place.bytes for place in self.places]))
            case Hold():
                self._run(deed.canister, self._holding(deed))
            case Ask():
                self._run(deed.canister, self._asking(deed))
            case Grow():
                self._run(deed.canister, self._growing(deed))
            case Wait(seconds):
                self.replica.advance_time(seconds * SECOND)
                self.tick()
            case Rounds(count):
                self.tick(count)
            case _:
                self._do_as_owner(deed)

    def _do_as_owner(self, deed: Deed) -> None:
        match deed:
            case Manage(method, target):
                self._manage(method, self.places[target])
            case Settings(target, name, value):
                self._set(self.places[target], **{name: value})
            case Remove(target):
                self._manage("stop_canister", self.places[target])
                self.tick(2)
                self._manage("delete_canister", self.places[target])
            case Deplete(target):
                self._set(self.places[target], freezing_threshold=0)
                self._set(self.places[target], compute_allocation=1)
                self.replica.advance_time(10**8 * SECOND)
            case TopUp(target, cycles):
                self._top_up(self.places[target], cycles)
            case Create(cycles):
                self._replace_one_that_is_gone(cycles)

    def _run(self, place: int, program: Program) -> None:
        self.replica.submit_direct(self.places[place], "update", program.code)

    def _growing(self, deed: Grow) -> Program:
        grow = Program().stable_grow(deed.pages).drop().reply()
        if not deed.in_callback:
            return grow
        callee = self.places[(deed.canister + 1) % CANISTERS]
        return Program().call(callee.bytes, "query", Program().reply().code, on_reply=grow)

    def _holding(self, deed: Hold) -> Program:
        callee = self.places[deed.callee]
        stop = argument_of("stop_canister", canister_id=callee)
        answer = Program().accept_cycles(deed.cycles // 2).drop().reply()
        keep = Program().call(
            MANAGEMENT.bytes, "stop_canister", stop, cycles=deed.cycles // 4, on_reject=answer
        )
        return Program().call(
            callee.bytes,
            "update",
            keep.code,
            cycles=deed.cycles,
            timeout_seconds=deed.timeout_seconds,
            on_reply=Program().reply(),
            on_reject=Program().trap(),
            on_cleanup=Program().burn_cycles(1).drop(),
        )

    def _asking(self, deed: Ask) -> Program:
        argument = argument_of(deed.method, canister_id=self.places[deed.target])
        return Program().call(MANAGEMENT.bytes, deed.method, argument, cycles=deed.cycles)

    def _manage(self, method: str, canister_id: Principal) -> None:
        match method:
            case "upgrade":
                self._install(canister_id, "upgrade", b"")
            case "reinstall":
                self._install(canister_id, "reinstall", GROW)
            case "broken upgrade":
                self._install(canister_id, "upgrade", FAIL)
            case _:
                self._submit(method, argument_of(method, canister_id=canister_id, chunk=b"chunk"))

    def _submit(self, method: str, argument: bytes) -> None:
        self.replica.submit_direct(MANAGEMENT, method, argument, OWNER)

    def _install(self, canister_id: Principal, mode: str, argument: bytes) -> None:
        variant = {mode: [] if mode == "upgrade" else None}
        self._submit(
            "install_code",
            argument_of(
                "install_code",
                mode=variant,
                canister_id=canister_id,
                wasm_module=MODULE,
                arg=argument,
            ),
        )
        self.tick()

    def _set(self, canister_id: Principal, **given: Any) -> None:
        nothing: dict[str, Any] = {str(field.name): [] for field in SETTINGS.fields}
        settings = nothing | {name: [value] for name, value in given.items()}
        argument = argument_of("update_settings", canister_id=canister_id, settings=settings)
        self._submit("update_settings", argument)
        self.tick()

    def _top_up(self, canister_id: Principal, cycles: int) -> None:
        argument = argument_of(
            "provisional_top_up_canister", canister_id=canister_id, amount=cycles
        )
        payload = self.replica.update(MANAGEMENT, "provisional_top_up_canister", argument, OWNER)
        if isinstance(payload, ReplyPayload):
            self.minted += cycles

    def _replace_one_that_is_gone(self, cycles: int) -> None:
        there = self.replica._machine.subnet.canisters
        for place, canister_id in enumerate(self.places):
            if canister_id not in there:
                self.places[place] = self.create(cycles)
                return
        self.replica.create_canister(OWNER, cycles=cycles)
        self.minted += cycles


def argument_of(method: str, **given: Any) -> bytes:
    """The Candid argument of a method, with all that is optional and not given left out."""
    if method not in SIGNATURES or not SIGNATURES[method].arguments:
        return b"DIDL\0\0"
    (record,) = SIGNATURES[method].arguments
    assert isinstance(record, Record)
    names = {str(field.name) for field in record.fields}
    fields = {name: given.get(name, []) for name in names}
    return encode_arguments(method, fields)


@pytest.fixture(scope="module", params=CONFIGS)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    made = Stage(CONFIGS[request.param])
    with made.replica:
        yield made


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=st.lists(DEEDS, min_size=1, max_size=25))
def test_no_cycle_appears_or_vanishes_but_by_the_fee_table(stage: Stage, deeds: list[Deed]) -> None:
    stage.rewind()
    for deed in deeds:
        stage.do(deed)
        stage.tick()
    stage.tick(3)
    # All calls that are still open end: what was started goes on, what was kept times out.
    stage.replica.advance_time(400 * SECOND)
    stage.tick(5)


def test_each_place_where_cycles_can_be_is_seen(stage: Stage) -> None:
    """A property over what never happens would hold for nothing."""
    stage.rewind()
    fees = stage.replica.config.fees
    stage.do(Hold(0, 1, 10**12, None))
    stage.tick()
    kept = stage.ledger
    assert kept["offered and not accepted"] == 10**12
    assert (kept["set aside for responses"] > 0) is (fees != FREE)
    stage.do(Hold(2, 1, 10**9, 1))
    stage.replica.advance_time(2 * SECOND)
    stage.tick()
    stage.do(Manage("start_canister", 1))
    stage.tick(2)
    assert stage.ledger["balances"] > 2 * BALANCE
