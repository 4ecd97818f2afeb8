"""What an invocation has asked of the system so far. Nothing of it is applied before the commit."""

from __future__ import annotations

from dataclasses import dataclass, field

from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.execution.invocation import NON_REPLICATED, Invocation, Surroundings
from ic_factory.replica.execution.outcome import Effects, OutgoingCall
from ic_factory.replica.rejects import Payload
from ic_factory.replica.state.messages import TableEntry


@dataclass(slots=True)
class CallUnderConstruction:
    """A call between `call_new` and `call_perform`."""

    callee: bytes
    method_name: str
    on_reply: TableEntry
    on_reject: TableEntry
    argument: bytearray = field(default_factory=bytearray)
    cycles: int = 0
    on_cleanup: TableEntry | None = None
    timeout_seconds: int | None = None

    def finished(self) -> OutgoingCall:
        """The call as it goes out."""
        return OutgoingCall(
            callee=self.callee,
            method_name=self.method_name,
            argument=bytes(self.argument),
            cycles=self.cycles,
            on_reply=self.on_reply,
            on_reject=self.on_reject,
            on_cleanup=self.on_cleanup,
            timeout_seconds=self.timeout_seconds,
        )


@dataclass(slots=True)
class Changes:
    """Effects of one invocation, and the cycles as the canister sees them meanwhile."""

    invocation: Invocation
    surroundings: Surroundings
    call: CallUnderConstruction | None = None
    calls: list[OutgoingCall] = field(default_factory=list)
    call_fees: int = 0
    cycles_accepted: int = 0
    cycles_burned: int = 0
    certified_data: bytes | None = None
    global_timer: int | None = None
    message_accepted: bool = False
    reject_message: str = ""

    @property
    def cycles_gone(self) -> int:
        """Cycles that were sent, set aside for calls or burned."""
        under_construction = 0 if self.call is None else self.call.cycles
        sent = sum(call.cycles for call in self.calls)
        return under_construction + sent + self.call_fees + self.cycles_burned

    @property
    def balance(self) -> int:
        """The balance that the canister sees."""
        return self.surroundings.cycles_balance + self.cycles_accepted - self.cycles_gone

    @property
    def spendable(self) -> int:
        """The liquid balance that the canister sees."""
        liquid = self.surroundings.spendable_cycles + self.cycles_accepted - self.cycles_gone
        return max(0, liquid)

    @property
    def cycles_available(self) -> int:
        """Cycles of the call that are still there to be accepted."""
        return self.invocation.cycles_available - self.cycles_accepted

    @property
    def fees(self) -> FeeTable:
        """What calls and the like cost."""
        return self.surroundings.fees

    def accept(self, limit: int) -> int:
        """Takes at most `limit` cycles from the call; returns how many."""
        amount = min(limit, self.cycles_available)
        self.cycles_accepted += amount
        return amount

    def burn(self, limit: int) -> int:
        """Burns at most `limit` cycles; returns how many."""
        amount = min(limit, self.spendable)
        self.cycles_burned += amount
        return amount

    def perform(self, call: CallUnderConstruction) -> bool:
        """Queues a call; False where the queue or the cycles do not allow it."""
        self.call = None
        if self._open_calls(call.callee) >= self.surroundings.call_queue_capacity:
            return False
        fee = 0
        if not self.invocation.context & NON_REPLICATED:
            fee = self.fees.call_in_all(len(call.method_name.encode()), len(call.argument))
        if self.spendable < call.cycles + fee:
            return False
        self.calls.append(call.finished())
        self.call_fees += fee
        return True

    def _open_calls(self, callee: bytes) -> int:
        queued = sum(call.callee == callee for call in self.calls)
        return self.surroundings.open_calls.get(callee, 0) + queued

    def effects(self, response: Payload | None) -> Effects:
        """The effects of an invocation that has returned.

        A call that was begun and not performed is forgotten, its cycles are back.
        """
        self.call = None
        assert 0 <= self.cycles_accepted <= self.invocation.cycles_available, "cycles were made"
        assert self.cycles_gone == 0 or self.balance >= 0, "cycles were made"
        return Effects(
            response=response,
            calls=tuple(self.calls),
            cycles_accepted=self.cycles_accepted,
            cycles_burned=self.cycles_burned,
            certified_data=self.certified_data,
            global_timer=self.global_timer,
            message_accepted=self.message_accepted,
        )
