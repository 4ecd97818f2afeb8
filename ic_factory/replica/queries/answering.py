"""Answers queries of a machine whose rounds go on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ic_factory.protocol.principal import Principal
from ic_factory.replica.clock import stopwatch
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.queries.evaluation import OutOfInstructions, Query, QueryEvaluation
from ic_factory.replica.rejects import ErrorCode, Payload, Reject
from ic_factory.replica.rounds import Rounds
from ic_factory.replica.scheduling.delivery import MANAGEMENT_CANISTER
from ic_factory.replica.state.canister import Canister


@dataclass(frozen=True, slots=True)
class Queries:
    """Evaluates queries against the committed state.

    A short query runs between two rounds. One that needs more than a slice of instructions is
    undone and run again on copies, while rounds go on.
    """

    rounds: Rounds

    def answer(self, query: Query) -> Payload:
        """The query's answer; no canister is changed by it."""
        began = stopwatch()
        answer = self._answer(query)
        self.rounds.machine.activity.note_query(answer, stopwatch() - began)
        return answer

    def _answer(self, query: Query) -> Payload:
        rounds = self.rounds
        rounds.check_open()
        limits = rounds.machine.limits
        first = min(limits.slice, limits.query) if rounds.is_live else limits.query
        try:
            with rounds.lock:
                rounds.freshen()
                return self._evaluate(query, first, rounds.machine.readable_code)
        except OutOfInstructions:
            if first == limits.query:
                return _total_limit_exceeded(limits.query)
        try:
            return self._evaluate(query, limits.query, self._code_copy)
        except OutOfInstructions:
            return _total_limit_exceeded(limits.query)

    def _evaluate(
        self, query: Query, budget: int, code_of: Callable[[Canister], ResidentCode]
    ) -> Payload:
        if query.canister_id == MANAGEMENT_CANISTER:
            return self._ask_management(query.caller, query.method_name, query.argument)
        machine = self.rounds.machine
        return QueryEvaluation(
            subnet=machine.subnet,
            facts=machine.facts,
            instructions_left=budget,
            message_limit=machine.limits.query,
            code_of=code_of,
            certificate_for=self._data_certificate,
            ask_management=self._ask_management,
            guard=self.rounds.lock,
        ).evaluate(query)

    def _ask_management(self, caller: Principal, method_name: str, argument: bytes) -> Payload:
        with self.rounds.lock:
            machine = self.rounds.machine
            return machine.management.query(machine.subnet, caller, method_name, argument)

    def _code_copy(self, canister: Canister) -> ResidentCode:
        with self.rounds.lock:
            return self.rounds.machine.readable_code(canister).copy()

    def _data_certificate(self, canister_id: Principal) -> bytes:
        with self.rounds.lock:
            return self.rounds.machine.data_certificate(canister_id)


def _total_limit_exceeded(limit: int) -> Reject:
    return Reject.of(
        ErrorCode.QUERY_CALL_GRAPH_TOTAL_INSTRUCTION_LIMIT_EXCEEDED,
        f"The query and all that it called exceeded the limit of {limit} instructions",
    )
