"""Each figure of the published table of a 13-node subnet, against what a canister is charged.

"Cycle costs" of the IC's documentation; `docs/cycles.md` has the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ic_factory.protocol.content import CallContent
from ic_factory.protocol.envelope import Envelope
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.cycles import FREE, FeeTable
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.management.interface import SETTINGS, decode_reply, encode_arguments
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.bills import balance, bill_for, consumed
from tests.conformance.canister_interface.canisters import (
    MANAGEMENT,
    OWNER,
    SECOND,
    START_TIME,
    STRANGER,
    Universal,
    amount,
    call_management,
    change_settings,
    install,
    make_universal,
    manage,
    replied,
    wat,
)

DAY = 86_400
GIB = 1024**3
MIB = 1024**2
T = 10**12

SMALL = wat(
    """(module
        (import "ic0" "msg_reply" (func $reply))
        (memory 1)
        (func (export "canister_update f") (call $reply))
        (func (export "canister_query q") (call $reply)))"""
)
WIDE = wat(
    """(module
        (import "ic0" "msg_reply" (func $reply))
        (memory i64 1)
        (func (export "canister_update f") (local i32)
            (loop
                (local.set 0 (i32.add (local.get 0) (i32.const 1)))
                (br_if 0 (i32.lt_u (local.get 0) (i32.const 1000000))))
            (call $reply)))"""
)


@pytest.fixture
def small(replica: Replica) -> Principal:
    """A canister whose methods do next to nothing."""
    canister_id = replica.create_canister(OWNER)
    replica.install_code(canister_id, SMALL, sender=OWNER)
    return canister_id


def test_a_query_is_free(replica: Replica, alice: Universal) -> None:
    def ask() -> None:
        replied(alice.query(Program().busy_loop(1000).reply()))

    assert bill_for(replica, alice.canister_id, ask) == {}


def test_a_canister_costs_500_billion_cycles_and_pays_for_itself(
    replica: Replica, alice: Universal
) -> None:
    argument = _creation()
    program = Program().call(MANAGEMENT.bytes, "create_canister", argument, cycles=2 * T)
    before = balance(replica, alice.canister_id)
    created = decode_reply("create_canister", replied(alice.update(program)))["canister_id"]
    assert consumed(replica, created)["canister_creation"] == 500_000_000_000
    assert balance(replica, created) == 1_500_000_000_000
    assert before - balance(replica, alice.canister_id) > 2 * T


def _creation() -> bytes:
    nobody: dict[str, Any] = {str(field.name): [] for field in SETTINGS.fields}
    settings = nobody | {"controllers": [[OWNER]]}
    return encode_arguments(
        "create_canister", {"settings": [settings], "sender_canister_version": []}
    )


def test_a_percent_of_compute_costs_10_million_cycles_a_second(
    replica: Replica, alice: Universal
) -> None:
    change_settings(replica, alice.canister_id, compute_allocation=3)

    settle(replica)

    def wait() -> None:
        replica.advance_time(100 * SECOND)

    assert bill_for(replica, alice.canister_id, wait)["compute_allocation"] == 3 * 100 * 10_000_000


def settle(replica: Replica) -> None:
    """Has everything charged that is due, so that a charge is for what comes."""
    replica.advance_time(20 * SECOND)
    replica.tick()


def test_a_gib_costs_127_000_cycles_a_second(replica: Replica, alice: Universal) -> None:
    alice.do(Program().stable_grow(1000).drop())
    size = alice.status()["memory_size"]
    settle(replica)

    def wait() -> None:
        replica.advance_time(DAY * SECOND)

    charged = bill_for(replica, alice.canister_id, wait)
    assert charged == {"memory": 127_000 * size * DAY // GIB}
    assert alice.status()["idle_cycles_burned_per_day"] == charged["memory"]


def test_memory_that_is_allocated_is_paid_whether_it_is_used_or_not(
    replica: Replica, alice: Universal
) -> None:
    change_settings(replica, alice.canister_id, memory_allocation=10 * GIB)
    settle(replica)

    def wait() -> None:
        replica.advance_time(3600 * SECOND)

    assert bill_for(replica, alice.canister_id, wait) == {"memory": 10 * 127_000 * 3600}


def test_a_canister_pays_from_when_it_was_created(replica: Replica) -> None:
    replica.advance_time(9 * SECOND)
    late = make_universal(replica)
    change_settings(replica, late.canister_id, memory_allocation=GIB)

    def wait() -> None:
        replica.advance_time(3 * SECOND)

    assert bill_for(replica, late.canister_id, wait) == {"memory": 3 * 127_000}


def test_an_update_costs_5_million_cycles_and_its_message(
    replica: Replica, small: Principal
) -> None:
    def call() -> None:
        replied(replica.update(small, "f"))

    bill = bill_for(replica, small, call)
    assert bill["ingress_induction"] == 1_200_000 + 2_000 * len("f")
    assert 5_000_000 <= bill["instructions"] < 5_000_100


def test_a_query_method_costs_the_same_as_an_update(replica: Replica, small: Principal) -> None:
    def call() -> None:
        replied(replica.update(small, "q"))

    assert 5_000_000 <= bill_for(replica, small, call)["instructions"] < 5_000_100


def test_an_instruction_costs_a_cycle(replica: Replica, alice: Universal) -> None:
    """The counter is read before the message is over, so two messages are compared."""

    def run(iterations: int) -> tuple[int, int]:
        counted: list[int] = []
        program = Program().busy_loop(iterations).reply_int(Program().performance_counter(0))

        def call() -> None:
            counted.append(int.from_bytes(replied(alice.update(program)), "little"))

        charged = bill_for(replica, alice.canister_id, call)["instructions"]
        return charged, counted[0]

    (less, fewer), (more, many) = run(1000), run(2_000_000)
    assert more - less == many - fewer > 2_000_000


def test_an_instruction_on_a_64_bit_memory_costs_two_cycles(replica: Replica) -> None:
    canister_id = replica.create_canister(OWNER)
    replica.install_code(canister_id, WIDE, sender=OWNER)
    narrow = replica.create_canister(OWNER)
    replica.install_code(narrow, _narrowed(), sender=OWNER)
    wide_bill, narrow_bill = (
        bill_for(replica, each, lambda each=each: replied(replica.update(each, "f")))
        for each in (canister_id, narrow)
    )
    assert narrow_bill["instructions"] > 10_000_000
    assert wide_bill["instructions"] - 5_000_000 == (narrow_bill["instructions"] - 5_000_000) * 2


def _narrowed() -> bytes:
    return wat(
        """(module
            (import "ic0" "msg_reply" (func $reply))
            (memory 1)
            (func (export "canister_update f") (local i32)
                (loop
                    (local.set 0 (i32.add (local.get 0) (i32.const 1)))
                    (br_if 0 (i32.lt_u (local.get 0) (i32.const 1000000))))
                (call $reply)))"""
    )


def test_a_message_costs_1_200_000_cycles_and_2_000_a_byte(
    replica: Replica, small: Principal
) -> None:
    """The bytes are those of the envelope as it came."""
    content = CallContent(
        canister_id=small,
        method_name="f",
        arg=b"argument",
        sender=Principal.anonymous(),
        ingress_expiry=replica.now + 60 * SECOND,
        nonce=b"nonce",
    )
    body = Envelope(content).encode()

    def call() -> None:
        replica.submit(small, body)
        replica.tick()

    bill = bill_for(replica, small, call)
    assert bill["ingress_induction"] == 1_200_000 + 2_000 * len(body)


@pytest.mark.parametrize("answer", [b"", b"x" * 1000])
def test_a_call_costs_260_000_cycles_and_1_000_a_byte_each_way(
    replica: Replica, alice: Universal, bob: Universal, answer: bytes
) -> None:
    argument = Program().reply(answer).code
    program = Program().call(bob.bytes, "update", argument, on_reply=Program().reply())

    def call() -> None:
        replied(alice.update(program))

    bill = bill_for(replica, alice.canister_id, call)
    assert bill["request_and_response_transmission"] == 260_000 + 1_000 * (
        len("update") + len(argument) + len(answer)
    )
    assert 2 * 5_000_000 <= bill["instructions"] < 2 * 5_000_000 + 200_000


def test_a_rejection_is_transmitted_with_its_code(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    argument = Program().reject(b"no such luck").code
    program = Program().call(bob.bytes, "update", argument, on_reject=Program().reply())

    def call() -> None:
        replied(alice.update(program))

    bill = bill_for(replica, alice.canister_id, call)
    assert bill["request_and_response_transmission"] == 260_000 + 1_000 * (
        len("update") + len(argument) + 8 + len("no such luck")
    )


def test_who_is_called_pays_for_the_message_alone(
    replica: Replica, alice: Universal, small: Principal
) -> None:
    program = Program().call(small.bytes, "f", b"", on_reply=Program().reply())

    def call() -> None:
        replied(alice.update(program))

    bill = bill_for(replica, small, call)
    assert bill.keys() == {"instructions"}
    assert 5_000_000 <= bill["instructions"] < 5_000_100


def test_a_timer_and_a_heartbeat_cost_what_a_message_does(
    replica: Replica, alice: Universal
) -> None:
    alice.set_hook(Hook.GLOBAL_TIMER, Program())
    alice.do(Program().set_global_timer(replica.now + SECOND).drop())

    def wait() -> None:
        replica.advance_time(2 * SECOND)

    bill = bill_for(replica, alice.canister_id, wait)
    assert bill.keys() == {"instructions"}
    assert 5_000_000 <= bill["instructions"] < 5_100_000


# What the management canister does for a canister.


def test_an_installation_costs_its_instructions_and_5_million_cycles(replica: Replica) -> None:
    canister_id = replica.create_canister(OWNER)
    bill = bill_for(replica, canister_id, lambda: replied(install(replica, canister_id, SMALL)))
    assert 5_000_000 <= bill["instructions"] < 5_000_100


def test_a_failed_installation_is_paid(replica: Replica) -> None:
    canister_id = replica.create_canister(OWNER)
    bill = bill_for(replica, canister_id, lambda: install(replica, canister_id, b"no module"))
    assert bill["instructions"] == 5_000_000


def instructions_of(replica: Replica, canister_id: Principal, act: Callable[[], object]) -> int:
    """What is charged for an act besides the message that asked for it."""
    bill = bill_for(replica, canister_id, act)
    assert bill.keys() <= {"instructions", "ingress_induction"}
    return bill["instructions"]


def test_a_chunk_costs_200_million_cycles(replica: Replica, alice: Universal) -> None:
    def upload() -> None:
        manage(replica, "upload_chunk", alice.canister_id, chunk=b"x")

    assert instructions_of(replica, alice.canister_id, upload) == 200_000_000
    assert instructions_of(replica, alice.canister_id, upload) == 200_000_000


def test_snapshots_cost_2_billion_cycles_and_one_a_byte(replica: Replica, alice: Universal) -> None:
    taken: list[Any] = []

    def take() -> None:
        taken.append(
            manage(
                replica,
                "take_canister_snapshot",
                alice.canister_id,
                replace_snapshot=[],
                uninstall_code=[],
                sender_canister_version=[],
            )
        )

    price = instructions_of(replica, alice.canister_id, take)
    assert price == 2_000_000_000 + taken[0]["total_size"]

    def load() -> None:
        manage(
            replica,
            "load_canister_snapshot",
            alice.canister_id,
            snapshot_id=taken[0]["id"],
            sender_canister_version=[],
        )

    assert instructions_of(replica, alice.canister_id, load) == price

    def read() -> None:
        manage(
            replica,
            "read_canister_snapshot_data",
            alice.canister_id,
            snapshot_id=taken[0]["id"],
            kind={"wasm_memory": {"offset": 0, "size": 1000}},
        )

    assert instructions_of(replica, alice.canister_id, read) == 5_000_000 + 1000


def test_an_uploaded_snapshot_costs_2_billion_cycles_and_one_a_byte_twice(
    replica: Replica, alice: Universal
) -> None:
    made: list[bytes] = []

    def describe() -> None:
        made.append(
            manage(
                replica,
                "upload_canister_snapshot_metadata",
                alice.canister_id,
                replace_snapshot=[],
                wasm_module_size=1000,
                globals=[],
                wasm_memory_size=65536,
                stable_memory_size=0,
                certified_data=b"",
                global_timer=[],
                on_low_wasm_memory_hook_status=[],
            )["snapshot_id"]
        )

    assert instructions_of(replica, alice.canister_id, describe) == 2_000_000_000 + 66_536

    def upload(kind: dict[str, Any], size: int) -> None:
        manage(
            replica,
            "upload_canister_snapshot_data",
            alice.canister_id,
            snapshot_id=made[0],
            kind=kind,
            chunk=bytes(size),
        )

    def write() -> None:
        upload({"wasm_module": {"offset": 0}}, 500)

    assert instructions_of(replica, alice.canister_id, write) == 500

    def add_chunk() -> None:
        upload({"wasm_chunk": None}, 10)

    assert instructions_of(replica, alice.canister_id, add_chunk) == MIB


@pytest.mark.parametrize(
    "method", ["start_canister", "stored_chunks", "clear_chunk_store", "canister_status"]
)
def test_what_only_looks_or_switches_costs_the_message_that_asks(
    replica: Replica, alice: Universal, method: str
) -> None:
    argument = encode_arguments(method, {"canister_id": alice.canister_id})
    bill = bill_for(
        replica, alice.canister_id, lambda: call_management(replica, method, alice.canister_id)
    )
    assert bill == {"ingress_induction": 1_200_000 + 2_000 * (len(method) + len(argument))}


# Other tables.


@pytest.fixture
def other(engine: Engine, request: pytest.FixtureRequest) -> Iterator[Replica]:
    with Replica(request.param, FrozenClock(START_TIME), engine) as replica:
        yield replica


FREE_CONFIGS = [ReplicaConfig(no_cycles=True), ReplicaConfig(fees=FREE)]


@pytest.mark.parametrize("other", FREE_CONFIGS, indirect=True)
def test_where_cycles_do_not_matter_nothing_costs_any(other: Replica) -> None:
    alice, bob = make_universal(other, cycles=0), make_universal(other, cycles=5)
    change_settings(other, alice.canister_id, compute_allocation=10, memory_allocation=GIB)
    replied(alice.update(Program().call(bob.bytes, "update", Program().reply().code)))
    replied(bob.update(Program().call(alice.bytes, "update", Program().reply().code, cycles=5)))
    manage(other, "upload_chunk", alice.canister_id, chunk=b"x")
    other.advance_time(100 * DAY * SECOND)
    other.tick()
    assert (alice.cycles, bob.cycles) == (0, 5)
    assert set(consumed(other, alice.canister_id).values()) == {0}
    for program in (Program().cost_create_canister(), Program().cost_call(7, 93)):
        assert amount(alice.ask(program)) == 0


@pytest.mark.parametrize("other", FREE_CONFIGS[:1], indirect=True)
def test_cycles_still_move_where_they_do_not_matter(other: Replica) -> None:
    alice, bob = make_universal(other, cycles=7), make_universal(other, cycles=0)
    callee = Program().accept_cycles(4).drop().reply()
    replied(alice.update(Program().call(bob.bytes, "update", callee.code, cycles=6)))
    other.tick()
    assert (alice.cycles, bob.cycles) == (3, 4)


COMING = ReplicaConfig(fees=FeeTable(gib_storage_per_second=317_500, canister_per_second=10_000))


@pytest.mark.parametrize("other", [COMING], indirect=True)
def test_another_table_can_be_chosen(other: Replica) -> None:
    alice = make_universal(other)
    change_settings(other, alice.canister_id, memory_allocation=GIB)
    settle(other)

    def wait() -> None:
        other.advance_time(100 * SECOND)

    assert bill_for(other, alice.canister_id, wait) == {"memory": 100 * (317_500 + 10_000)}


def test_who_manages_is_told_and_who_does_not_is_not(replica: Replica, alice: Universal) -> None:
    """Metrics are for controllers, as the specification has it."""
    argument = encode_arguments("canister_metrics", {"canister_id": alice.canister_id})
    payload = replica.query_call(MANAGEMENT, "canister_metrics", argument, STRANGER)
    assert "IC0512" in str(getattr(payload, "error_code", ""))
