"""Plain data on disk: what was written is read again, and nothing else ever is."""

from __future__ import annotations

import contextlib
from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.networks.state_directory import STATE_FILES
from ic_factory.protocol import cbor
from ic_factory.protocol.principal import Principal
from ic_factory.replica.clock import FrozenClock, HostClock
from ic_factory.replica.ingress.envelopes import IngressMessage
from ic_factory.replica.state.canister import CanisterStatus, StopWaiter
from ic_factory.replica.state.history import CanisterChange
from ic_factory.replica.state.ingress_history import IngressRecord
from ic_factory.replica.state.messages import Callback, CallContext, Request, Response
from ic_factory.replica.state.settings import CanisterSettings
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.storage.database import state_files
from ic_factory.replica.storage.errors import DamagedState
from ic_factory.replica.storage.inputs import (
    ClockChange,
    Ingress,
    Rewound,
    Round,
    SnapshotForgotten,
    SnapshotTaken,
    decode_input,
    encode_input,
)
from ic_factory.replica.storage.records import RecordCodec

PRINCIPALS = st.binary(max_size=29).map(Principal)
NUMBERS = st.integers(-(2**127), 2**127)
st.register_type_strategy(Principal, PRINCIPALS)
st.register_type_strategy(int, st.integers(0, 2**127))

INPUTS = st.one_of(
    st.builds(Ingress, st.builds(IngressMessage)),
    st.builds(Round),
    st.builds(ClockChange, st.one_of(st.builds(HostClock, NUMBERS), st.builds(FrozenClock))),
    st.builds(SnapshotTaken),
    st.builds(SnapshotForgotten),
    st.builds(Rewound),
)


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Leaf:
    number: int


@dataclass(frozen=True)
class Sample:
    union: Leaf | Colour | None
    either: int | bytes
    pair: tuple[int, str]
    line: deque[Leaf]
    names: dict[Principal, set[int]]
    anything: dict[str, Any]
    later: bool = False
    maybe: Leaf | None = None
    many: tuple[Leaf, ...] = field(default=())


SAMPLE = Sample(
    union=Colour.RED,
    either=b"bytes",
    pair=(1, "two"),
    line=deque([Leaf(3)]),
    names={Principal(b"\x04"): {5, 6}},
    anything={"f32": 0.5, "i64": -1},
)


@given(INPUTS)
def test_inputs_come_back_as_they_were(one):
    assert decode_input(encode_input(one)) == one


@pytest.mark.parametrize(
    "kind",
    [
        CanisterChange,
        CanisterSettings,
        CallContext,
        Callback,
        IngressRecord,
        Request,
        Response,
        StopWaiter,
    ],
)
@given(data=st.data())
def test_records_of_the_state_come_back_as_they_were(kind, data):
    record = data.draw(st.from_type(kind))
    codec = RecordCodec()
    assert codec.decode(kind, codec.encode(kind, record)) == record


def test_each_form_comes_back_as_it_was():
    codec = RecordCodec()
    assert codec.decode(Sample, codec.encode(Sample, SAMPLE)) == SAMPLE


def test_fields_that_came_later_have_their_defaults():
    codec = RecordCodec()
    fields = cbor.decode(codec.encode(Sample, SAMPLE))
    del fields["later"], fields["maybe"], fields["many"]
    assert codec.decode(Sample, cbor.encode(fields)) == SAMPLE


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"new": 1}, "unknown fields: new"),
        ({"pair": [1]}, "can't be read"),
        ({"pair": ["1", "two"]}, "expected int"),
        ({"union": ["Sample", {}]}, "can't be read"),
        ({"union": ["Colour", "blue"]}, "can't be read"),
        ({"later": 1}, "expected bool"),
        ({"names": {bytes(30): []}}, "can't be read"),
    ],
)
def test_what_no_type_says_is_refused(change, reason):
    codec = RecordCodec()
    fields = cbor.decode(codec.encode(Sample, SAMPLE)) | change
    with pytest.raises(DamagedState, match=reason):
        codec.decode(Sample, cbor.encode(fields))


def test_fields_without_a_default_must_be_there():
    codec = RecordCodec()
    fields = cbor.decode(codec.encode(Sample, SAMPLE))
    del fields["pair"]
    with pytest.raises(DamagedState, match="missing fields: pair"):
        codec.decode(Sample, cbor.encode(fields))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_refused(data):
    codec = RecordCodec()
    for kind in (Sample, Request, CanisterSettings):
        with pytest.raises(DamagedState):
            codec.decode(kind, data)
    with contextlib.suppress(DamagedState):
        decode_input(data)


def test_types_without_a_form_are_told_at_once():
    with pytest.raises(TypeError, match="no form on disk"):
        RecordCodec().form(object)
    assert RecordCodec().form(CanisterStatus).encode(CanisterStatus.RUNNING) == 1


def test_the_subnet_has_a_form_but_for_what_needs_one_of_its_own():
    with pytest.raises(TypeError, match=r"InstalledCode.*has no form"):
        RecordCodec().form(Subnet)


def test_a_state_directory_knows_the_files_of_a_state():
    assert frozenset(state_files()) == STATE_FILES
