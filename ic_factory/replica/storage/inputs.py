"""Everything that moves a replica from outside, in the order in which it is acted upon.

From the same beginning, the same inputs come to the same state: rounds carry their time, and which
of the messages that ran aside they take in, as threads end when they like.
"""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.protocol.principal import Principal
from ic_factory.replica.clock import Clock, FrozenClock, HostClock
from ic_factory.replica.ingress.envelopes import IngressMessage
from ic_factory.replica.storage.records import RecordCodec

CLOCK_FORM = RecordCodec().form(HostClock | FrozenClock)
"""Clocks of other kinds can't be kept on disk."""


@dataclass(frozen=True, slots=True)
class Ingress:
    """A user's call was let in."""

    message: IngressMessage
    direct_calls: int = 0
    """How many calls with no envelope there have been, for one that is such a call."""


@dataclass(frozen=True, slots=True)
class Round:
    """A round is run."""

    time: int
    """Nanoseconds since 1970."""
    ended_aside: tuple[Principal, ...]
    """Canisters whose message that ran aside is taken in, in this order."""
    runs_aside: bool
    """Whether messages may begin to run aside in it."""
    root: bytes
    """Hash of the state tree before the round."""


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The clock was set or moved."""

    clock: Clock


@dataclass(frozen=True, slots=True)
class SnapshotTaken:
    """This moment is kept, to be returned to."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class SnapshotForgotten:
    """A moment is kept no longer."""

    number: int


@dataclass(frozen=True, slots=True)
class Rewound:
    """Everything is as it was when the snapshot was taken."""

    number: int


Input = Ingress | Round | ClockChange | SnapshotTaken | SnapshotForgotten | Rewound

_CODEC = RecordCodec({Clock: CLOCK_FORM})


def encode_input(one: Input) -> bytes:
    """An input as CBOR."""
    return _CODEC.encode(Input, one)


def decode_input(data: bytes) -> Input:
    """The input in CBOR.

    Raises:
        DamagedState: the bytes hold none.
    """
    decoded: Input = _CODEC.decode(Input, data)
    return decoded
