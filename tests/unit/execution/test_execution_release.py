"""What is put away is freed at once, and what is given up on the way is bounded."""

from __future__ import annotations

import gc
import weakref

import pytest

from ic_factory.replica.execution import residence
from ic_factory.replica.execution.engine.machine import Machine
from tests.unit.execution.stage import SURROUNDINGS, completed, failed, installed, invocation

GROWING = """(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (import "ic0" "msg_cycles_accept128" (func $accept (param i64 i64 i32)))
  (memory 1)
  (func (export "canister_update grow") (drop (memory.grow (i32.const 1))) (call $reply))
  (func (export "canister_update host")
    (call $accept (i64.const 0) (i64.const 1) (i32.const 0)) (call $reply))
  (func (export "canister_update trap") (call $trap (i32.const 0) (i32.const 1))))"""


@pytest.mark.parametrize("method", ["grow", "host", "trap"])
def test_a_machine_that_is_put_away_does_not_wait_for_the_collector(method: str) -> None:
    code = installed(GROWING)
    gc.disable()
    try:
        outcome = code.run(invocation(f"canister_update {method}"), SURROUNDINGS)
        failed(outcome) if method == "trap" else completed(outcome)
        code.commit()
        machine = weakref.ref(code._machine)
        assert isinstance(machine(), Machine)
        code.put_away()
        assert machine() is None
    finally:
        gc.enable()


def test_heaps_that_are_given_up_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(residence, "MAX_ABANDONED_BYTES", 10 * 2 * 65_536)
    code = installed(GROWING)
    times_put_away = 0
    for _ in range(30):
        completed(code.run(invocation("canister_update grow"), SURROUNDINGS))
        code.roll_back()
        times_put_away += not code.is_live
    assert 2 <= times_put_away <= 4
