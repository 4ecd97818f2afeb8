"""One message on one canister: prepared, run, and applied as a whole.

Specification: "Message execution", "Callback invocation".

`prepare` looks and changes nothing; `run` touches the canister's code alone, so it may happen
aside and be tried again with more instructions; `finish` writes to the state, once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import (
    consume,
    execution_fees,
    note_use,
    out_of_cycles,
)
from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.execution.failures import Failure, message_of, misused
from ic_factory.replica.execution.invocation import Context, Invocation, Surroundings
from ic_factory.replica.execution.outcome import Completed, Effects, Failed, Outcome
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.management.capacity import set_aside
from ic_factory.replica.management.sender_version import stated_version
from ic_factory.replica.rejects import ErrorCode, Reject, Reply
from ic_factory.replica.scheduling.affordability import cycles_to_set_aside
from ic_factory.replica.scheduling.call_contexts import (
    apply_effects,
    close_if_done,
    open_call_context,
    open_system_context,
    response_bytes,
)
from ic_factory.replica.scheduling.delivery import MANAGEMENT_CANISTER, Delivery, refusal_by_status
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.consumption import CyclesUse
from ic_factory.replica.state.messages import (
    Callback,
    CallContext,
    Request,
    Response,
    SystemTask,
    TableEntry,
)
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.surroundings import SystemFacts, surroundings_of

CLEANUP_INSTRUCTIONS = 1_000_000_000
"""The most instructions for a cleanup callback."""


@dataclass(frozen=True, slots=True)
class MessageRun:
    """A message that is about to be executed, with all that the execution needs."""

    canister_id: Principal
    code: ResidentCode
    invocation: Invocation
    surroundings: Surroundings
    message: Request | Response | SystemTask
    memory_bytes: int
    """Size of heap and stable memory before."""

    @property
    def instruction_limit(self) -> int:
        return self.invocation.instruction_limit

    def run(self, instruction_limit: int) -> Outcome:
        """Runs the code; its changes stay pending until `finish`."""
        invocation = replace(self.invocation, instruction_limit=instruction_limit)
        outcome = self.code.run(invocation, self.surroundings)
        lie = self._misstated_version(outcome)
        if lie is None:
            return outcome
        self.code.roll_back()
        message = message_of(lie, self.canister_id.bytes, "")
        return Failed(lie.error_code, message, outcome.instructions, outcome.logs)

    def _misstated_version(self, outcome: Outcome) -> Failure | None:
        """What is wrong with calls that state another version than the canister's."""
        calls = outcome.effects.calls if isinstance(outcome, Completed) else ()
        actual = self.surroundings.canister_version
        for call in calls:
            if call.callee != MANAGEMENT_CANISTER.bytes:
                continue
            stated = stated_version(call.method_name, call.argument)
            if stated is not None and stated != actual:
                return misused(
                    f"Management canister call payload includes sender canister version {stated} "
                    f"that does not match the actual sender canister version {actual}."
                )
        return None


@dataclass(frozen=True, slots=True)
class Executor:
    """Prepares and finishes the messages of a subnet's canisters."""

    facts: SystemFacts
    limits: InstructionLimits

    def prepare_request(
        self, canister: Canister, request: Request, delivery: Delivery
    ) -> MessageRun | Reject:
        """A call to an update method, or to a query method in replicated mode."""
        refusal = refusal_by_status(canister)
        if refusal is not None:
            return refusal
        code = canister.code
        if not isinstance(code, ResidentCode):
            return no_module(canister)
        context = _method_context(code, request.method_name)
        if context is None:
            return _no_method(canister, code, request.method_name)
        prepaid = self._prepaid(canister)
        frozen = out_of_cycles(canister, self.facts.fees, prepaid, request.sender)
        if frozen is not None:
            return frozen
        kind = "update" if context is Context.UPDATE else "query"
        return self._run_of(
            canister,
            delivery,
            request,
            Invocation(
                context=context,
                entry_point=f"canister_{kind} {request.method_name}",
                caller=request.sender.bytes,
                instruction_limit=self.limits.update,
                argument=request.argument,
                deadline=request.deadline if context is Context.UPDATE else 0,
                cycles_available=request.cycles,
                caller_info=request.caller_info,
            ),
            canister.cycles - prepaid,
        )

    def can_run_task(self, canister: Canister, task: SystemTask) -> bool:
        """Whether a canister has such an entry point, runs, and can pay for it."""
        code = canister.code
        return (
            isinstance(code, ResidentCode)
            and code.has_export(task.value)
            and refusal_by_status(canister) is None
            and out_of_cycles(
                canister, self.facts.fees, self._prepaid(canister), canister.canister_id
            )
            is None
        )

    def prepare_task(self, canister: Canister, task: SystemTask, delivery: Delivery) -> MessageRun:
        """A heartbeat, timer or low-memory hook that can run now."""
        return self._run_of(
            canister,
            delivery,
            task,
            Invocation(
                context=Context.SYSTEM_TASK,
                entry_point=task.value,
                caller=MANAGEMENT_CANISTER.bytes,
                instruction_limit=self.limits.update,
                responded=True,
            ),
            canister.cycles - self._prepaid(canister),
        )

    def prepare_response(
        self, canister: Canister, response: Response, delivery: Delivery
    ) -> MessageRun | None:
        """A callback; None where its code or its call context is gone."""
        callback = canister.callbacks[response.callback_id]
        context = canister.call_contexts.get(callback.call_context_id)
        code = canister.code
        if context is None or context.deleted or not isinstance(code, ResidentCode):
            return None
        payload = response.payload
        replied = isinstance(payload, Reply)
        invocation = Invocation(
            context=Context.REPLY if replied else Context.REJECT,
            entry_point=callback.on_reply if replied else callback.on_reject,
            caller=context.caller.bytes,
            instruction_limit=self.limits.update,
            argument=payload.data if isinstance(payload, Reply) else b"",
            reject_code=payload.reject_code if isinstance(payload, Reject) else 0,
            reject_message=payload.message if isinstance(payload, Reject) else "",
            deadline=context.deadline,
            cycles_available=context.cycles_available,
            cycles_refunded=response.refund,
            responded=context.responded,
            call_context_instructions=context.instructions,
            caller_info=context.caller_info,
        )
        unused = self._unused_transmission(callback, response)
        balance = canister.cycles + response.refund + unused
        return self._run_of(canister, delivery, response, invocation, balance)

    def finish(
        self, canister: Canister, run: MessageRun, outcome: Outcome, delivery: Delivery
    ) -> None:
        """Applies what the run came to: effects, cycles, logs, answers."""
        if isinstance(run.message, Response):
            self._finish_callback(canister, run, run.message, outcome, delivery)
        else:
            self._finish_entry(canister, run, run.message, outcome, delivery)

    def drop_response(self, canister: Canister, response: Response, delivery: Delivery) -> None:
        """Ends a call whose code is gone: the message is paid, the refund kept."""
        callback = self._close_callback(canister, response, delivery)
        context = canister.call_contexts.get(callback.call_context_id)
        base = self.facts.fees.execution_base
        consume(delivery.subnet, canister, CyclesUse.INSTRUCTIONS, base)
        if context is not None:
            close_if_done(canister, context, no_module(canister), delivery)

    def _run_of(
        self,
        canister: Canister,
        delivery: Delivery,
        message: Request | Response | SystemTask,
        invocation: Invocation,
        cycles_balance: int,
    ) -> MessageRun:
        code = canister.code
        assert isinstance(code, ResidentCode)
        surroundings = surroundings_of(
            canister,
            delivery.subnet,
            self.facts,
            cycles_balance=cycles_balance,
            heap_is_limited=invocation.context is Context.UPDATE,
        )
        return MessageRun(
            canister_id=canister.canister_id,
            code=code,
            invocation=invocation,
            surroundings=surroundings,
            message=message,
            memory_bytes=code.heap_bytes + code.stable_bytes,
        )

    def _finish_entry(
        self,
        canister: Canister,
        run: MessageRun,
        message: Request | SystemTask,
        outcome: Outcome,
        delivery: Delivery,
    ) -> None:
        if isinstance(message, Request):
            context = open_call_context(canister, message)
        else:
            context = open_system_context(canister)
        self._charge(canister, context, outcome.instructions, delivery)
        canister.log.append(run.surroundings.time, outcome.logs)
        failure = self._applied(canister, run, context, outcome, delivery)
        close_if_done(canister, context, failure, delivery)

    def _applied(
        self,
        canister: Canister,
        run: MessageRun,
        context: CallContext,
        outcome: Outcome,
        delivery: Delivery,
    ) -> Reject | None:
        if isinstance(outcome, Failed):
            return Reject.of(outcome.error_code, outcome.message)
        if run.invocation.context is Context.REPLICATED_QUERY:
            run.code.roll_back()
        else:
            reserved = self._affordable(canister, run, outcome.effects, delivery.subnet)
            if isinstance(reserved, Reject):
                run.code.roll_back()
                return reserved
            run.code.commit()
            set_aside(canister, reserved)
        fees = execution_fees(canister, self.facts.fees)
        apply_effects(canister, context, outcome.effects, fees, delivery)
        canister.canister_version += 1
        return None

    def _affordable(
        self, canister: Canister, run: MessageRun, effects: Effects, subnet: Subnet
    ) -> int | Reject:
        grown = run.code.heap_bytes + run.code.stable_bytes - run.memory_bytes
        may_freeze = isinstance(run.message, Response)
        return cycles_to_set_aside(
            subnet, self.facts, canister, effects, grown, may_freeze=may_freeze
        )

    def _prepaid(self, canister: Canister) -> int:
        """What must be there above the freezing limit for a message to begin."""
        return execution_fees(canister, self.facts.fees).execution(self.limits.update)

    def _finish_callback(
        self,
        canister: Canister,
        run: MessageRun,
        response: Response,
        outcome: Outcome,
        delivery: Delivery,
    ) -> None:
        callback = self._close_callback(canister, response, delivery)
        context = canister.call_contexts[callback.call_context_id]
        self._charge(canister, context, outcome.instructions, delivery)
        canister.log.append(run.surroundings.time, outcome.logs)
        failure = self._applied(canister, run, context, outcome, delivery)
        if failure is not None and callback.on_cleanup is not None:
            failure = self._cleaned_up(
                canister, run, context, callback.on_cleanup, failure, delivery
            )
        close_if_done(canister, context, failure, delivery)

    def _close_callback(
        self, canister: Canister, response: Response, delivery: Delivery
    ) -> Callback:
        """Takes a callback off: the refund, and what was set aside but for the transmission."""
        callback = canister.callbacks.pop(response.callback_id)
        canister.expired_callbacks.discard(response.callback_id)
        context = canister.call_contexts.get(callback.call_context_id)
        if context is not None:
            context.outstanding_calls -= 1
        unused = self._unused_transmission(callback, response)
        paid = callback.transmission_prepayment - unused
        canister.cycles += response.refund + unused + callback.execution_prepayment
        note_use(delivery.subnet, canister, CyclesUse.TRANSMISSION, paid)
        return callback

    def _unused_transmission(self, callback: Callback, response: Response) -> int:
        """What is left of what was set aside for the longest response."""
        transmission = self.facts.fees.response_transmission(response_bytes(response.payload))
        return max(0, callback.transmission_prepayment - transmission)

    def _cleaned_up(
        self,
        canister: Canister,
        run: MessageRun,
        context: CallContext,
        cleanup: TableEntry,
        failure: Reject,
        delivery: Delivery,
    ) -> Reject:
        """Runs the cleanup callback after a callback that trapped."""
        invocation = replace(
            run.invocation,
            context=Context.CLEANUP,
            entry_point=cleanup,
            instruction_limit=CLEANUP_INSTRUCTIONS,
            argument=b"",
            call_context_instructions=context.instructions,
        )
        surroundings = replace(run.surroundings, cycles_balance=canister.cycles)
        outcome = run.code.run(invocation, surroundings)
        self._charge_instructions(canister, context, outcome.instructions, delivery)
        canister.log.append(run.surroundings.time, outcome.logs)
        if isinstance(outcome, Completed):
            self._applied(canister, run, context, outcome, delivery)
            return failure
        return replace(failure, message=with_failed_cleanup(failure.message, outcome))

    def _charge(
        self, canister: Canister, context: CallContext, instructions: int, delivery: Delivery
    ) -> None:
        base = self.facts.fees.execution_base
        consume(delivery.subnet, canister, CyclesUse.INSTRUCTIONS, base)
        self._charge_instructions(canister, context, instructions, delivery)

    def _charge_instructions(
        self, canister: Canister, context: CallContext, instructions: int, delivery: Delivery
    ) -> None:
        context.instructions += instructions
        fee = execution_fees(canister, self.facts.fees).instructions(instructions)
        consume(delivery.subnet, canister, CyclesUse.INSTRUCTIONS, fee)


def with_failed_cleanup(message: str, cleanup: Failed) -> str:
    """The text for a callback that failed, and whose cleanup callback failed too."""
    return f"{message}\ncall_on_cleanup also failed:\n\n{cleanup.message}"


def no_module(canister: Canister) -> Reject:
    """The reject for a call to a canister with no code."""
    return Reject.of(
        ErrorCode.CANISTER_WASM_MODULE_NOT_FOUND,
        f"Error from Canister {canister.canister_id}: Attempted to execute a message, but the "
        "canister contains no Wasm module.",
    )


def _method_context(code: ResidentCode, method_name: str) -> Context | None:
    if code.has_export(f"canister_update {method_name}"):
        return Context.UPDATE
    if code.has_export(f"canister_query {method_name}"):
        return Context.REPLICATED_QUERY
    return None


def _no_method(canister: Canister, code: ResidentCode, method_name: str) -> Reject:
    where = f"Error from Canister {canister.canister_id}: "
    if code.has_export(f"canister_composite_query {method_name}"):
        return Reject.of(
            ErrorCode.COMPOSITE_QUERY_CALLED_IN_REPLICATED_MODE,
            f"{where}Composite query cannot be called in replicated mode",
        )
    return Reject.of(
        ErrorCode.CANISTER_METHOD_NOT_FOUND,
        f"{where}Canister has no update method '{method_name}'",
    )
