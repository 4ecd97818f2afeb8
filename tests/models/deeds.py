"""What happens to canisters besides their own messages, as data that hypothesis can draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import strategies as st

from tests.models.call_trees import CANISTERS, Steps, bodies


@dataclass(frozen=True)
class Run:
    """A user's call to a canister."""

    canister: int
    tree: Steps


@dataclass(frozen=True)
class Hold:
    """A canister calls another that keeps the call, and its cycles, until it is started."""

    canister: int
    callee: int
    cycles: int
    timeout_seconds: int | None


@dataclass(frozen=True)
class Ask:
    """A canister calls a method of the management canister about another, cycles attached."""

    canister: int
    method: str
    target: int
    cycles: int


@dataclass(frozen=True)
class Manage:
    """The owner calls a method of the management canister about a canister."""

    method: str
    target: int


@dataclass(frozen=True)
class Settings:
    """The owner changes a setting."""

    target: int
    name: str
    value: int


@dataclass(frozen=True)
class Remove:
    """The owner stops a canister and deletes it when it has stopped."""

    target: int


@dataclass(frozen=True)
class Deplete:
    """A canister is let hold more than it can pay for, and time passes."""

    target: int


@dataclass(frozen=True)
class Grow:
    """A canister takes more stable memory, in a message or in a callback."""

    canister: int
    pages: int
    in_callback: bool


@dataclass(frozen=True)
class TopUp:
    target: int
    cycles: int


@dataclass(frozen=True)
class Create:
    """A new canister in the place of one that is gone, or in nobody's."""

    cycles: int


@dataclass(frozen=True)
class Wait:
    seconds: int


@dataclass(frozen=True)
class Rounds:
    count: int


Deed: TypeAlias = (
    Run | Hold | Ask | Manage | Settings | Remove | Deplete | Grow | TopUp | Create | Wait | Rounds
)

PLACES = st.integers(0, CANISTERS - 1)
ATTACHED = st.sampled_from([0, 1, 10**9, 10**12, 3 * 10**12])
TIMEOUTS = st.sampled_from([None, 1, 300])
BY_CANISTERS = st.sampled_from(
    [
        "create_canister",
        "deposit_cycles",
        "stop_canister",
        "start_canister",
        "uninstall_code",
        "canister_status",
        "canister_info",
        "http_request",
        "raw_rand",
        "no such method",
    ]
)
BY_THE_OWNER = st.sampled_from(
    [
        "stop_canister",
        "stop_canister",
        "start_canister",
        "start_canister",
        "upgrade",
        "reinstall",
        "broken upgrade",
        "uninstall_code",
        "delete_canister",
        "delete_canister",
        "upload_chunk",
        "take_canister_snapshot",
        "canister_status",
    ]
)
SETTINGS = st.sampled_from(
    [
        ("compute_allocation", 1),
        ("compute_allocation", 0),
        ("memory_allocation", 2**28),
        ("memory_allocation", 0),
        ("freezing_threshold", 0),
        ("freezing_threshold", 10**6),
        ("freezing_threshold", 2**62),
        ("reserved_cycles_limit", 10**9),
        ("minimum_incoming_canister_call_cycles", 10**9),
    ]
)

DEEDS: st.SearchStrategy[Deed] = st.one_of(
    st.builds(Run, PLACES, bodies(2, answers=True)),
    st.builds(Run, PLACES, bodies(2, answers=True)),
    st.builds(Hold, PLACES, PLACES, ATTACHED, TIMEOUTS),
    st.builds(Ask, PLACES, BY_CANISTERS, PLACES, ATTACHED),
    st.builds(Manage, BY_THE_OWNER, PLACES),
    st.builds(lambda target, pair: Settings(target, *pair), PLACES, SETTINGS),
    st.builds(Remove, PLACES),
    st.builds(Deplete, PLACES),
    st.builds(Grow, PLACES, st.sampled_from([1, 16, 1000]), st.booleans()),
    st.builds(TopUp, PLACES, st.integers(0, 10**13)),
    st.builds(Create, st.sampled_from([0, 10**9, 10**11, 10**12, 10**14])),
    st.builds(Wait, st.sampled_from([1, 2, 11, 301, 10**5, 10**7, 10**9])),
    st.builds(Rounds, st.integers(1, 3)),
)
