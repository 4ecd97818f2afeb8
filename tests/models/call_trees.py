"""Call trees as data: what canisters do in a message, its callbacks and the messages it sends.

A tree is turned into a program for universal canisters, and is run by a model of the specification.
Counters on the heap and in stable memory are only added to, and at most one message of each call
context answers, so what comes out does not depend on the order in which messages are executed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import strategies as st

from tests.canisters.universal import Program

CANISTERS = 3


@dataclass(frozen=True)
class AddToHeap:
    amount: int


@dataclass(frozen=True)
class AddToStable:
    amount: int


@dataclass(frozen=True)
class AddRefund:
    """Adds the cycles that came back to the counter on the heap."""


@dataclass(frozen=True)
class Burn:
    cycles: int


@dataclass(frozen=True)
class Accept:
    cycles: int


@dataclass(frozen=True)
class Reply:
    pass


@dataclass(frozen=True)
class Reject:
    pass


@dataclass(frozen=True)
class Trap:
    pass


@dataclass(frozen=True)
class Call:
    callee: int
    method: str
    body: Steps
    cycles: int
    on_reply: Steps
    on_reject: Steps
    on_cleanup: Steps | None
    timeout_seconds: int | None = None
    """Makes it a bounded-wait call; no time passes, so none is late."""


Step: TypeAlias = (
    "AddToHeap | AddToStable | AddRefund | Burn | Accept | Reply | Reject | Trap | Call"
)
Steps: TypeAlias = tuple[Step, ...]


def program_of(steps: Steps, canisters: Sequence[bytes]) -> Program:
    """The program that does this; `canisters` are the principals behind the callees' numbers."""
    program = Program()
    for step in steps:
        match step:
            case AddToHeap(amount):
                program = program.add_counter(amount).drop()
            case AddToStable(amount):
                total = Program().add(Program().decode_int(Program().stable_read(0, 8)), amount)
                program = program.stable_write(0, Program().encode_int(total))
            case AddRefund():
                low = Program().slice(Program().cycles_refunded(), 0, 8)
                program = program.add_counter(Program().decode_int(low)).drop()
            case Burn(cycles):
                program = program.burn_cycles(cycles).drop()
            case Accept(cycles):
                program = program.accept_cycles(cycles).drop()
            case Reply():
                program = program.reply(b"replied")
            case Reject():
                program = program.reject(b"rejected")
            case Trap():
                program = program.trap(b"trapped")
            case Call():
                cleanup = step.on_cleanup
                program = program.call(
                    canisters[step.callee],
                    step.method,
                    program_of(step.body, canisters).code,
                    cycles=step.cycles,
                    on_reply=program_of(step.on_reply, canisters),
                    on_reject=program_of(step.on_reject, canisters),
                    on_cleanup=None if cleanup is None else program_of(cleanup, canisters),
                    timeout_seconds=step.timeout_seconds,
                )
    return program


AMOUNTS = st.integers(1, 1000)
CYCLES = st.integers(0, 10**9)
COUNTING: st.SearchStrategy[Step] = st.one_of(
    AMOUNTS.map(AddToHeap), AMOUNTS.map(AddToStable), CYCLES.map(Burn)
)
MAYBE_TRAP = st.sampled_from([(), (), (), (Trap(),)])
ANSWERS: list[Steps] = [
    (Reply(),),
    (Reply(),),
    (Reject(),),
    (),
    (Reply(), Reply()),
    (Reply(), Trap()),
]


@st.composite
def cleanups(draw: st.DrawFn) -> Steps | None:
    """A cleanup callback, or none."""
    if draw(st.booleans()):
        return None
    return (*draw(st.lists(COUNTING, max_size=2)), *draw(MAYBE_TRAP))


@st.composite
def query_bodies(draw: st.DrawFn) -> Steps:
    """What a query method does in replicated mode, where only cycles and the answer remain."""
    counting = [step for step in draw(st.lists(COUNTING, max_size=2)) if not isinstance(step, Burn)]
    accepting = draw(st.lists(CYCLES.map(Accept), max_size=1))
    return (*counting, *accepting, *draw(st.sampled_from(ANSWERS)))


@st.composite
def calls(draw: st.DrawFn, depth: int, *, answers: bool) -> Call:
    """A call; `answers` says whether its callbacks are to answer for the caller."""
    method = draw(st.sampled_from(["update", "update", "query"]))
    body = query_bodies() if method == "query" else bodies(depth - 1, answers=True)
    return Call(
        callee=draw(st.integers(0, CANISTERS - 1)),
        method=method,
        body=draw(body),
        cycles=draw(CYCLES),
        on_reply=(
            *draw(st.sampled_from([(), (AddRefund(),)])),
            *draw(bodies(depth - 1, answers=answers)),
        ),
        on_reject=(AddRefund(), *draw(bodies(depth - 1, answers=answers))),
        on_cleanup=draw(cleanups()),
        timeout_seconds=draw(st.sampled_from([None, 1, 300])),
    )


@st.composite
def bodies(draw: st.DrawFn, depth: int, *, answers: bool) -> Steps:
    """What a message does. Without `answers` it leaves the call context's answer to others."""
    steps: list[Step] = draw(st.lists(COUNTING, max_size=2))
    if answers:
        steps.extend(draw(st.lists(CYCLES.map(Accept), max_size=1)))
    if depth > 0:
        steps.extend(draw(st.lists(calls(depth, answers=False), max_size=1)))
    steps.extend(draw(MAYBE_TRAP))
    if answers and depth > 0 and draw(st.booleans()):
        steps.append(draw(calls(depth, answers=True)))
    elif answers:
        steps.extend(draw(st.sampled_from(ANSWERS)))
    return tuple(steps)
