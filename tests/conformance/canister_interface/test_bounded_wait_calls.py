"""Specification: `call_with_best_effort_response`, "Call expiry"."""

from __future__ import annotations

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode, RejectCode
from tests.canisters.universal import Program
from tests.conformance.canister_interface.canisters import (
    SECOND,
    TELL_REJECTION,
    Latch,
    Universal,
    answer_of,
    rejected,
    replied,
)

NOTHING = Program().reply().code
COUNT = Program().add_counter().drop()
MAX_CALL_TIMEOUT = 300
"""In seconds."""


def test_the_callee_knows_the_deadline(replica: Replica, alice: Universal, bob: Universal) -> None:
    tell = Program().reply_data_append(Program().encode_int(Program().deadline()))
    tell = tell.reply(Program().encode_int(Program().time()))
    program = Program().call(bob.bytes, "update", tell.code, timeout_seconds=10)
    told = replied(alice.update(program))
    deadline, time = (int.from_bytes(told[at : at + 8], "little") for at in (0, 8))
    assert abs(deadline - time - 10 * SECOND) < SECOND


def test_timeouts_are_silently_bounded(alice: Universal, bob: Universal) -> None:
    tell = Program().reply_int(Program().subtract(Program().deadline(), Program().time()))
    program = Program().call(bob.bytes, "update", tell.code, timeout_seconds=2**32 - 1)
    left = int.from_bytes(replied(alice.update(program)), "little")
    assert abs(left - MAX_CALL_TIMEOUT * SECOND) < SECOND


def test_calls_without_a_timeout_have_no_deadline(alice: Universal, bob: Universal) -> None:
    tell = Program().reply_int(Program().deadline())
    assert replied(alice.update(Program().call(bob.bytes, "update", tell.code))) == bytes(8)


def test_query_methods_know_no_deadline(alice: Universal, bob: Universal) -> None:
    tell = Program().reply_int(Program().deadline())
    program = Program().call(bob.bytes, "query", tell.code, timeout_seconds=10)
    assert replied(alice.update(program)) == bytes(8)


def test_callbacks_know_the_deadline_of_their_call_context(
    alice: Universal, bob: Universal, carol: Universal
) -> None:
    tell = Program().reply_int(Program().subtract(Program().deadline(), Program().time()))
    middle = Program().call(carol.bytes, "update", NOTHING, on_reply=tell)
    program = Program().call(bob.bytes, "update", middle.code, timeout_seconds=20)
    left = int.from_bytes(replied(alice.update(program)), "little")
    assert abs(left - 20 * SECOND) < SECOND


def test_a_call_in_time_is_answered(alice: Universal, bob: Universal) -> None:
    program = Program().call(bob.bytes, "update", Program().reply(b"!").code, timeout_seconds=1)
    assert replied(alice.update(program)) == b"!"


def test_a_call_times_out_and_its_response_is_dropped(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    latch = Latch(bob)
    done_late = Program().store_global(b"done late")
    request_id = alice.submit(
        latch.call(done_late, timeout_seconds=10, on_reject=TELL_REJECTION, on_reply=COUNT)
    )
    assert answer_of(replica, request_id) is None
    replica.advance_time(9 * SECOND)
    assert answer_of(replica, request_id) is None
    replica.advance_time(2 * SECOND)
    told = replied(answer_of(replica, request_id))
    assert told[0] == RejectCode.SYS_UNKNOWN
    latch.release()
    replica.tick()
    assert bob.heap() == b"done late"
    assert alice.ask_int(Program().add_counter(0)) == 0


def test_only_the_call_that_is_late_times_out(
    replica: Replica, alice: Universal, bob: Universal, carol: Universal
) -> None:
    latch = Latch(bob)
    late = latch.call(timeout_seconds=10, on_reject=Program().append_global(b"late "))
    program = late.call(carol.bytes, "update", NOTHING, on_reply=Program().append_global(b"fine "))
    request_id = alice.submit(program.call(alice.bytes, "update", NOTHING, on_reply=Program()))
    assert answer_of(replica, request_id, 5) is None
    replica.advance_time(11 * SECOND)
    rejected(answer_of(replica, request_id), ErrorCode.CANISTER_DID_NOT_REPLY)
    assert alice.heap() == b"fine late "
