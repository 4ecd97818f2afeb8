"""Specification: "Environment Variables"."""

from __future__ import annotations

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.rejects import Reject, RejectCode
from tests.canisters.universal import Program
from tests.conformance.canister_interface.canisters import (
    Universal,
    change_settings,
    replied,
)

VARIABLES = {"NAME": "value", "EMPTY": "", "ÜNICÖDE": "schön", "LONG": "x" * 128}
MAX_NAME_BYTES = 128


def set_variables(canister: Universal, variables: dict[str, str]) -> None:
    change_settings(
        canister.replica,
        canister.canister_id,
        environment_variables=[{"name": name, "value": value} for name, value in variables.items()],
    )


@pytest.fixture
def canister(replica: Replica, alice: Universal) -> Universal:
    """A canister with variables."""
    set_variables(alice, VARIABLES)
    return alice


def test_there_are_none_at_first(alice: Universal) -> None:
    assert alice.ask_int(Program().env_var_count()) == 0
    assert alice.ask_int(Program().env_var_name_exists(b"NAME")) == 0


def test_they_can_be_enumerated(canister: Universal) -> None:
    count = canister.ask_int(Program().env_var_count())
    names = {canister.ask(Program().env_var_name(index)).decode() for index in range(count)}
    assert names == VARIABLES.keys()


@pytest.mark.parametrize("name", VARIABLES)
def test_values_are_found_by_name(canister: Universal, name: str) -> None:
    assert canister.ask_int(Program().env_var_name_exists(name.encode())) == 1
    assert canister.ask(Program().env_var_value(name.encode())).decode() == VARIABLES[name]


@pytest.mark.parametrize("name", ["NAM", "NAMES", "name", "", "value"])
def test_other_names_do_not_exist(canister: Universal, name: str) -> None:
    assert canister.ask_int(Program().env_var_name_exists(name.encode())) == 0
    trapped(canister, Program().env_var_value(name.encode()))


def trapped(canister: Universal, program: Program) -> None:
    payload = canister.query(program.drop().reply())
    assert isinstance(payload, Reject)
    assert payload.reject_code is RejectCode.CANISTER_ERROR


def test_an_index_out_of_bounds_traps(canister: Universal) -> None:
    for index in (len(VARIABLES), 2**32 - 1):
        trapped(canister, Program().system_call("env_var_name_size", index))
        trapped(canister, Program().push(0).system_call("env_var_name_copy", index, 0, 0, 0))


@pytest.mark.parametrize("name", ["env_var_name_exists", "env_var_value_size"])
def test_names_that_are_too_long_or_no_text_trap(canister: Universal, name: str) -> None:
    def calling(blob: bytes) -> Program:
        return Program().push(blob).address_of().length_of(1).system_call(name)

    trapped(canister, calling(b"x" * (MAX_NAME_BYTES + 1)))
    trapped(canister, calling(b"\xff\xfe"))
    outside = Program().multiply(Program().memory_size(), 65536)
    trapped(canister, Program().system_call(name, outside, 1))


def test_parts_are_copied_and_nothing_outside(canister: Universal) -> None:
    def copy(offset: int, size: int) -> Program:
        buffer = Program().new_buffer(10).push(b"NAME").address_of().length_of(1)
        program = buffer.address_of(3).push(offset).push(size)
        return program.system_call("env_var_value_copy").drop()

    assert canister.ask(copy(1, 3)) == b"alu" + bytes(7)
    for offset, size in ((0, 6), (6, 0), (5, 1), (2**32 - 1, 1)):
        trapped(canister, copy(offset, size))
    assert canister.ask(copy(5, 0)) == bytes(10)


def test_they_change_with_the_settings(canister: Universal) -> None:
    set_variables(canister, {"NEW": "one"})
    assert canister.ask_int(Program().env_var_count()) == 1
    assert canister.ask(Program().env_var_value(b"NEW")) == b"one"
    assert canister.ask_int(Program().env_var_name_exists(b"NAME")) == 0


def test_they_stay_where_other_settings_change_and_over_upgrades(canister: Universal) -> None:
    change_settings(canister.replica, canister.canister_id, freezing_threshold=1000)
    replied(canister.install(Program(), "upgrade"))
    replied(canister.install(Program(), "reinstall"))
    assert canister.ask_int(Program().env_var_count()) == len(VARIABLES)
