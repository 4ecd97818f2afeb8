"""The specification's message execution, slow and obvious ("Abstract behavior").

Messages are a list; a message is executed on copies, which take the place of the state at the end
of it unless it trapped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.models.call_trees import (
    Accept,
    AddRefund,
    AddToHeap,
    AddToStable,
    Burn,
    Call,
    Reject,
    Reply,
    Step,
    Steps,
    Trap,
)


class Trapped(Exception):
    """The message changes nothing."""


@dataclass(frozen=True)
class Canister:
    """What the model knows of a canister."""

    heap: int = 0
    stable: int = 0
    balance: int = 0


@dataclass
class CallContext:
    """A call that is worked on."""

    canister: int
    caller: tuple[CallContext, Call] | None
    """The caller's call context with the call; none for a user."""
    available: int
    needs_to_respond: bool = True
    open_calls: int = 0


@dataclass
class Execution:
    """The working copies of one message."""

    canister: Canister
    context: CallContext
    available: int
    needs_to_respond: bool
    refunded: int
    burned: int = 0
    calls: list[Call] = field(default_factory=list)
    response: str | None = None

    def run(self, steps: Steps) -> None:
        for step in steps:
            self.do(step)

    def do(self, step: Step) -> None:
        canister = self.canister
        match step:
            case AddToHeap(amount):
                self.canister = replace(canister, heap=canister.heap + amount)
            case AddToStable(amount):
                self.canister = replace(canister, stable=canister.stable + amount)
            case AddRefund():
                self.canister = replace(canister, heap=canister.heap + self.refunded)
            case Burn(cycles):
                self.burned += cycles
                self.canister = replace(canister, balance=canister.balance - cycles)
            case Accept(cycles):
                accepted = min(cycles, self.available)
                self.available -= accepted
                self.canister = replace(canister, balance=canister.balance + accepted)
            case Call():
                self.calls.append(step)
                self.canister = replace(canister, balance=canister.balance - step.cycles)
            case Reply():
                self.respond("reply")
            case Reject():
                self.respond("reject")
            case Trap():
                raise Trapped

    def respond(self, response: str) -> None:
        if not self.needs_to_respond or self.response is not None:
            raise Trapped
        self.response = response
        # What is left goes back with the answer, so no more of it can be accepted.
        self.refund, self.available = self.available, 0

    refund: int = 0


class Specification:
    """The Internet Computer, as far as call trees go."""

    def __init__(self, balances: list[int]) -> None:
        self.canisters = [Canister(balance=balance) for balance in balances]
        self.burned = 0
        self.messages: list[Callable[[], None]] = []
        self.answer: str | None = None

    def user_calls(self, canister: int, steps: Steps) -> str:
        """What a user's call to the first canister is answered with, all messages being run."""
        self.deliver(canister, "update", steps, None, 0)
        while self.messages:
            self.messages.pop(0)()
        assert self.answer is not None
        return self.answer

    def deliver(
        self,
        canister: int,
        method: str,
        steps: Steps,
        caller: tuple[CallContext, Call] | None,
        cycles: int,
    ) -> None:
        context = CallContext(canister, caller, cycles)

        def enter() -> None:
            self.execute(context, steps, is_query=method == "query")
            self.end_if_starved(context)

        self.messages.append(enter)

    def execute(
        self, context: CallContext, steps: Steps, *, refunded: int = 0, is_query: bool = False
    ) -> bool:
        """Executes one message; says whether it went well."""
        before = self.canisters[context.canister]
        execution = Execution(
            before, context, context.available, context.needs_to_respond, refunded
        )
        try:
            execution.run(steps)
        except Trapped:
            return False
        after = execution.canister
        if is_query:
            after = replace(before, balance=after.balance)
        self.canisters[context.canister] = after
        self.burned += execution.burned
        context.available = execution.available
        for call in execution.calls:
            context.open_calls += 1
            self.deliver(call.callee, call.method, call.body, (context, call), call.cycles)
        if execution.response is not None:
            self.respond(context, execution.response, execution.refund)
        return True

    def respond(self, context: CallContext, response: str, refund: int) -> None:
        context.needs_to_respond = False
        context.available = 0
        if context.caller is None:
            self.answer = response
            return
        caller, call = context.caller
        self.messages.append(lambda: self.call_back(caller, call, response, refund))

    def call_back(self, context: CallContext, call: Call, response: str, refund: int) -> None:
        canister = self.canisters[context.canister]
        self.canisters[context.canister] = replace(canister, balance=canister.balance + refund)
        context.open_calls -= 1
        steps = call.on_reply if response == "reply" else call.on_reject
        went_well = self.execute(context, steps, refunded=refund)
        if not went_well and call.on_cleanup is not None:
            self.execute(context, call.on_cleanup)
        self.end_if_starved(context)

    def end_if_starved(self, context: CallContext) -> None:
        if context.needs_to_respond and context.open_calls == 0:
            self.respond(context, "error", context.available)
