"""Queries: code run against the committed state and undone, and calls between them.

Specification: "Query call" (`composite_query_helper`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import freezing_limit
from ic_factory.replica.execution.invocation import Context, Invocation, Surroundings
from ic_factory.replica.execution.outcome import Failed, Outcome, OutgoingCall
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.rejects import ErrorCode, Payload, Reject, Reply
from ic_factory.replica.scheduling.delivery import MANAGEMENT_CANISTER, not_found, refusal_by_status
from ic_factory.replica.scheduling.message_execution import no_module, with_failed_cleanup
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.messages import CallerInfo, TableEntry
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.surroundings import SystemFacts, surroundings_of

MAX_CALL_DEPTH = 6
"""`MAX_CALL_DEPTH_COMPOSITE_QUERY` of the specification."""

_KINDS = {
    Context.NON_REPLICATED_QUERY: "canister_query",
    Context.COMPOSITE_QUERY: "canister_composite_query",
}

ManagementQuery = Callable[[Principal, str, bytes], Payload]
"""Caller, method and argument of a call to the management canister's query methods."""


@dataclass(frozen=True, slots=True)
class Query:
    """A call to a query or composite query method, as its caller made it."""

    canister_id: Principal
    method_name: str
    argument: bytes
    caller: Principal
    caller_info: CallerInfo | None = None


class OutOfInstructions(Exception):
    """The query needs more instructions than it was given. Caught by who gave them."""


@dataclass(slots=True)
class QueryEvaluation:
    """One query with all that it calls, within one budget of instructions.

    `code_of` gives the code to run for a canister; what it gives is rolled back at the end.
    """

    subnet: Subnet
    facts: SystemFacts
    instructions_left: int
    message_limit: int
    code_of: Callable[[Canister], ResidentCode]
    certificate_for: Callable[[Principal], bytes]
    ask_management: ManagementQuery
    guard: AbstractContextManager[None]
    """Held while the subnet's state is read."""
    _in_use: dict[Principal, ResidentCode] = field(default_factory=dict)
    _root: Principal | None = None
    """The canister that the user asked: it alone has a certificate."""

    def evaluate(self, query: Query) -> Payload:
        """The query's answer; every canister is as it was before."""
        self._root = query.canister_id
        return self._evaluate(query, 0)

    def _evaluate(self, query: Query, depth: int) -> Payload:
        with self.guard:
            prepared = self._prepared(query)
        if isinstance(prepared, Reject):
            return prepared
        canister, invocation, surroundings = prepared
        code, was_in_use = self._claimed(canister)
        try:
            return self._run(code, canister.canister_id, invocation, surroundings, depth)
        finally:
            code.roll_back()
            if not was_in_use:
                del self._in_use[canister.canister_id]

    def _prepared(self, query: Query) -> tuple[Canister, Invocation, Surroundings] | Reject:
        canister = self.subnet.canisters.get(query.canister_id)
        if canister is None:
            return not_found(query.canister_id)
        refusal = refusal_by_status(canister) or self._frozen(canister)
        if refusal is not None:
            return refusal
        if not isinstance(canister.code, ResidentCode):
            return no_module(canister)
        context = _context(canister.code, query.method_name)
        if context is None:
            return Reject.of(
                ErrorCode.CANISTER_METHOD_NOT_FOUND,
                f"Error from Canister {canister.canister_id}: "
                f"Canister has no query method '{query.method_name}'",
            )
        invocation = Invocation(
            context=context,
            entry_point=f"{_KINDS[context]} {query.method_name}",
            caller=query.caller.bytes,
            instruction_limit=0,
            argument=query.argument,
            caller_info=query.caller_info,
        )
        is_root = canister.canister_id == self._root
        surroundings = surroundings_of(
            canister,
            self.subnet,
            self.facts,
            data_certificate=self.certificate_for(canister.canister_id) if is_root else None,
            heap_is_limited=False,
        )
        return canister, invocation, surroundings

    def _frozen(self, canister: Canister) -> Reject | None:
        missing = freezing_limit(canister, self.facts.fees) - canister.cycles
        if missing <= 0:
            return None
        return Reject.of(
            ErrorCode.CANISTER_OUT_OF_CYCLES,
            f"Canister {canister.canister_id} is unable to process query calls because it's "
            f"frozen. Please top up the canister with cycles and try again.",
        )

    def _claimed(self, canister: Canister) -> tuple[ResidentCode, bool]:
        """Code to run; one that the call graph is already in is used through a copy."""
        in_use = self._in_use.get(canister.canister_id)
        if in_use is not None:
            return in_use.copy(), True
        code = self.code_of(canister)
        self._in_use[canister.canister_id] = code
        return code, False

    def _run(
        self,
        code: ResidentCode,
        canister_id: Principal,
        invocation: Invocation,
        surroundings: Surroundings,
        depth: int,
    ) -> Payload:
        used = 0
        calls: deque[OutgoingCall] = deque()
        cleanup: TableEntry | None = None
        done: list[tuple[Invocation, Surroundings]] = []
        while True:
            invocation = replace(invocation, call_context_instructions=used)
            outcome = self._invoke(code, invocation, surroundings)
            used += outcome.instructions
            if isinstance(outcome, Failed):
                if cleanup is None:
                    return Reject.of(outcome.error_code, outcome.message)
                # The failure has undone all that was done before it as well.
                for earlier in done:
                    code.run(*earlier)
                return self._cleaned_up(code, _cleanup(invocation, cleanup), surroundings, outcome)
            done.append((replace(invocation, instruction_limit=self.message_limit), surroundings))
            if outcome.effects.response is not None:
                return outcome.effects.response
            calls.extend(outcome.effects.calls)
            if not calls:
                return Reject.of(
                    ErrorCode.CANISTER_DID_NOT_REPLY,
                    f"Error from Canister {canister_id}: Canister did not reply to the call",
                )
            call = calls.popleft()
            if depth == MAX_CALL_DEPTH and call.callee != MANAGEMENT_CANISTER.bytes:
                return Reject.of(
                    ErrorCode.QUERY_CALL_GRAPH_TOO_DEEP,
                    f"The call graph of the query is deeper than {MAX_CALL_DEPTH} calls",
                )
            cleanup = call.on_cleanup
            invocation = _callback(invocation, call, self._answer(canister_id, call, depth))
            surroundings = replace(surroundings, data_certificate=None)

    def _cleaned_up(
        self,
        code: ResidentCode,
        cleanup: Invocation,
        surroundings: Surroundings,
        failure: Failed,
    ) -> Reject:
        """The reject for a callback that failed, after its cleanup callback has run."""
        message = failure.message
        outcome = self._invoke(code, cleanup, surroundings)
        if isinstance(outcome, Failed):
            message = with_failed_cleanup(message, outcome)
        return Reject.of(failure.error_code, message)

    def _invoke(
        self, code: ResidentCode, invocation: Invocation, surroundings: Surroundings
    ) -> Outcome:
        limit = min(self.instructions_left, self.message_limit)
        outcome = code.run(replace(invocation, instruction_limit=limit), surroundings)
        self.instructions_left -= outcome.instructions
        if (
            isinstance(outcome, Failed)
            and outcome.error_code is ErrorCode.CANISTER_INSTRUCTION_LIMIT_EXCEEDED
            and limit < self.message_limit
        ):
            raise OutOfInstructions
        return outcome

    def _answer(self, caller: Principal, call: OutgoingCall, depth: int) -> Payload:
        callee = Principal(call.callee)
        if callee == MANAGEMENT_CANISTER:
            return self.ask_management(caller, call.method_name, call.argument)
        return self._evaluate(Query(callee, call.method_name, call.argument, caller), depth + 1)


def _context(code: ResidentCode, method_name: str) -> Context | None:
    for context, kind in _KINDS.items():
        if code.has_export(f"{kind} {method_name}"):
            return context
    return None


def _callback(invocation: Invocation, call: OutgoingCall, payload: Payload) -> Invocation:
    if isinstance(payload, Reply):
        return replace(
            invocation,
            context=Context.COMPOSITE_REPLY,
            entry_point=call.on_reply,
            argument=payload.data,
            reject_code=0,
            reject_message="",
        )
    return replace(
        invocation,
        context=Context.COMPOSITE_REJECT,
        entry_point=call.on_reject,
        argument=b"",
        reject_code=payload.reject_code,
        reject_message=payload.message,
    )


def _cleanup(invocation: Invocation, cleanup: TableEntry) -> Invocation:
    return replace(invocation, context=Context.COMPOSITE_CLEANUP, entry_point=cleanup, argument=b"")
