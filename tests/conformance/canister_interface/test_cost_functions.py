"""What canisters are told that things cost is what the table has, and bounds what is charged."""

from __future__ import annotations

import pytest

from ic_factory.replica import Replica
from tests.canisters.universal import Program
from tests.conformance.canister_interface.bills import balance
from tests.conformance.canister_interface.canisters import Universal, amount

MIB = 1024**2

PRICES = [
    (Program().cost_create_canister(), 500_000_000_000),
    (Program().cost_call(0, 0), 260_000 + 1_000 * 2 * MIB + 5_000_000 + 40_000_000_000),
    (Program().cost_call(7, 93), 360_000 + 1_000 * 2 * MIB + 5_000_000 + 40_000_000_000),
    (Program().cost_http_request(0, 0), 49_140_000),
    (Program().cost_http_request(1, 0), 49_140_000 + 5_200),
    (Program().cost_http_request(0, 1), 49_140_000 + 10_400),
]


@pytest.mark.parametrize(("program", "price"), PRICES)
def test_the_cost_functions_tell_the_table(alice: Universal, program: Program, price: int) -> None:
    assert amount(alice.ask(program)) == price


SIGNATURES = [(b"test_key_1", 10_000_000_000), (b"key_1", 26_153_846_153)]


@pytest.mark.parametrize(("key", "price"), SIGNATURES)
@pytest.mark.parametrize("function", ["ecdsa", "schnorr", "vetkd"])
def test_the_cost_of_a_signature(alice: Universal, function: str, key: bytes, price: int) -> None:
    program = {
        "ecdsa": Program().cost_sign_with_ecdsa,
        "schnorr": Program().cost_sign_with_schnorr,
        "vetkd": Program().cost_vetkd_derive_key,
    }[function](key, 0)
    assert amount(alice.ask(program.drop())) == price


def test_a_call_takes_what_its_cost_was_said_to_be_and_gives_back_what_it_did_not_need(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    argument = Program().reply().code
    program = Program().call(bob.bytes, "update", argument, on_reply=Program().reply())
    said = amount(alice.ask(Program().cost_call(len("update"), len(argument))))
    request_id = alice.submit(program)
    before = balance(replica, alice.canister_id)
    # One round takes the message and its callback; a ledger of what is set aside is kept in
    # `tests/models`. Here the sum at the end is what counts.
    replica.tick()
    assert replica.answer_of(request_id) is not None
    assert 0 < before - balance(replica, alice.canister_id) < said
