"""What a canister is charged for something that it does, by use, as `canister_metrics` tells it."""

from __future__ import annotations

from collections.abc import Callable

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.management.interface import decode_reply, encode_arguments
from tests.conformance.canister_interface.canisters import MANAGEMENT, OWNER, replied

Bill = dict[str, int]


def consumed(replica: Replica, canister_id: Principal) -> Bill:
    """The cycles that the owner's canister has consumed since it was created."""
    argument = encode_arguments("canister_metrics", {"canister_id": canister_id})
    payload = replica.query_call(MANAGEMENT, "canister_metrics", argument, OWNER)
    uses: Bill = decode_reply("canister_metrics", replied(payload))["cycles_consumed"]
    return uses


def balance(replica: Replica, canister_id: Principal) -> int:
    """A canister's balance, asked for at no cost."""
    canisters = replica.describe().canisters
    return next(each.cycles for each in canisters if each.canister_id == canister_id)


def bill_for(replica: Replica, canister_id: Principal, act: Callable[[], object]) -> Bill:
    """What the canister is charged while something is done; its balance says the same."""
    before, had = consumed(replica, canister_id), balance(replica, canister_id)
    act()
    # What was set aside for a call comes back with its response.
    replica.tick()
    after, has = consumed(replica, canister_id), balance(replica, canister_id)
    bill = {use: after[use] - before[use] for use in after if after[use] != before[use]}
    assert had - has == sum(bill.values())
    return bill
