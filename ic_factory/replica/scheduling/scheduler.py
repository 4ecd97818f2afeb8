"""Rounds: messages are inducted, executed and answered, and the new state is certified.

The scheduler is the only writer of the subnet's state. A message that needs more than a slice of
instructions is undone and run aside, in a thread of its own, so that one busy canister does not
hold up the others; its effects are applied in a later round.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable

from ic_factory.protocol.principal import Principal
from ic_factory.replica.activity import Activity
from ic_factory.replica.canister_cycles import held_bytes
from ic_factory.replica.clock import NANOSECONDS_PER_SECOND
from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.execution.outcome import Failed, Outcome
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.ingress.envelopes import IngressMessage
from ic_factory.replica.management.install_code import CodeInstallation
from ic_factory.replica.management.lifecycle import (
    answer_stop_waiters_if_stopped,
    time_out_stop_waiters,
)
from ic_factory.replica.management.router import Answered, ManagementCanister, Waiting
from ic_factory.replica.rejects import ErrorCode, Reject
from ic_factory.replica.scheduling.aside import Agenda, AsideRun, Run, still_queued
from ic_factory.replica.scheduling.call_contexts import note_low_wasm_memory
from ic_factory.replica.scheduling.delivery import Delivery, refusal_by_time
from ic_factory.replica.scheduling.induction import Induction
from ic_factory.replica.scheduling.message_execution import Executor, MessageRun
from ic_factory.replica.scheduling.resource_charging import charge_for_resources
from ic_factory.replica.scheduling.watch_list import WatchList
from ic_factory.replica.state.canister import Canister, HookStatus
from ic_factory.replica.state.ingress_history import IngressRecord, RequestPhase
from ic_factory.replica.state.messages import IngressOrigin, Request, Response, SystemTask
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.surroundings import SystemFacts

ROUND_INSTRUCTIONS = 1_000_000_000
"""A round ends after about so many instructions, so that answers go out in between."""

ROUND_MESSAGES = 200
"""A round ends after so many messages, for the same reason."""

HEARTBEAT_INTERVAL = NANOSECONDS_PER_SECOND
"""Heartbeats come at most once in this time, about as often as on the mainnet."""


class Scheduler:
    """Runs the rounds of one subnet."""

    def __init__(
        self,
        subnet: Subnet,
        facts: SystemFacts,
        limits: InstructionLimits,
        management: ManagementCanister,
        activity: Activity | None = None,
        *,
        wake: Callable[[], None],
        next_heartbeat: int = 0,
    ) -> None:
        """Makes a scheduler for a state that no other one writes to.

        Args:
            subnet: the state.
            facts: what is the same for all canisters.
            limits: instructions for each kind of message.
            management: the management canister.
            activity: where it is counted what was run; nowhere if None.
            wake: called from another thread when something that ran aside has ended.
            next_heartbeat: the earliest time of the next heartbeats.
        """
        self.subnet = subnet
        self.facts = facts
        self.limits = limits
        self.management = management
        self.activity = activity or Activity()
        self.next_heartbeat = next_heartbeat
        self.runs_aside = False
        """Whether long messages may run aside; otherwise a round waits for them."""
        self.ingress: deque[IngressMessage] = deque()
        self.aside: dict[Principal, AsideRun] = {}
        self.executor = Executor(facts, limits)
        self.induction = Induction(management, facts.fees)
        self.delivery = Delivery(subnet)
        self._wake = wake
        self._aside_threads = threading.BoundedSemaphore(limits.threads_aside)
        self._instructions = 0
        self._tasks: dict[Principal, None] = {}
        self._watch_list = WatchList(subnet)
        for canister_id, canister in subnet.canisters.items():
            # Kept as it was where it is known: what a canister holds is noted at its changes alone.
            if canister_id not in subnet.held_bytes:
                subnet.note_held(canister_id, held_bytes(canister))

    @property
    def agenda(self) -> Agenda:
        """What is to be executed next, and in which order."""
        return Agenda(tuple(self.delivery.ready), tuple(self._tasks), tuple(self.ingress))

    def take_up(self, agenda: Agenda) -> None:
        """Goes on with what another scheduler of this state had before it."""
        self.delivery.ready.update(dict.fromkeys(agenda.ready))
        self._tasks.update(dict.fromkeys(agenda.tasks))
        self.ingress.extend(agenda.ingress)

    def ended_aside(self) -> tuple[Principal, ...]:
        """The canisters whose message that ran aside has ended, and can be taken in by a round."""
        return tuple(key for key, aside in self.aside.items() if aside.ended.is_set())

    @property
    def instructions(self) -> int:
        """What the last round has executed, with what it took in of messages that ran aside."""
        return self._instructions

    def round(self, time: int, ended_aside: Iterable[Principal]) -> None:
        """One round at `time`: everything that is due, up to a round's worth of work.

        Of what runs aside it takes in that of `ended_aside`, for which it waits if need be: which
        round that is depends on the host, so a replay must be told.
        """
        self.subnet.time = time
        self._instructions = 0
        collected = self._collect_aside(ended_aside)
        self._forget_old_requests()
        self._induct()
        self.delivery.expire_calls(self._watch_list.open())
        self._end_waiting_stops()
        self._charge_for_resources()
        self._note_due_tasks()
        executed = 0
        while executed < ROUND_MESSAGES and self._instructions < ROUND_INSTRUCTIONS:
            if not self._step():
                break
            executed += 1
        self.subnet.height += 1
        self._instructions += collected

    @property
    def has_work(self) -> bool:
        """Whether another round would find something to do right now."""
        if self.ingress or self.ended_aside():
            return True
        return self._next_management_request() is not None or any(
            canister_id not in self.aside for canister_id in (*self.delivery.ready, *self._tasks)
        )

    def is_open(self, request_id: bytes) -> bool:
        """Whether a user's call has been taken in and is not answered yet."""
        record = self.subnet.ingress_history.get(request_id)
        if record is not None:
            return not record.is_answered
        return any(message.request_id == request_id for message in self.ingress)

    def next_wake_up(self) -> int | None:
        """When a timer, heartbeat, deadline or waiting stop is due next; None for never."""
        now = self.subnet.time
        moments: list[int] = []
        for canister in self._watch_list.open():
            moments.extend(waiter.deadline for waiter in canister.stop_waiters)
            if canister.canister_id in self.aside:
                continue
            moments.extend(
                callback.deadline + 1
                for callback_id, callback in canister.callbacks.items()
                if callback.deadline and callback_id not in canister.expired_callbacks
            )
        for canister in self._watch_list.with_tasks(now):
            timer = canister.global_timer
            # One that is due and cannot run would make the rounds spin.
            if 0 < timer <= now and self._can_run_now(canister):
                moments.append(timer)
        next_timer = self._watch_list.next_timer(now, self.aside)
        if next_timer is not None:
            moments.append(next_timer)
        if self._watch_list.has_heartbeats:
            moments.append(self.next_heartbeat)
        return min(moments, default=None)

    def _can_run_now(self, canister: Canister) -> bool:
        """Whether a task of the canister's is due that a round would execute."""
        return canister.canister_id not in self.aside and self._due_task(canister) is not None

    def _induct(self) -> None:
        while self.ingress:
            message = self.ingress.popleft()
            if message.request_id in self.subnet.ingress_history:
                continue
            self.delivery.touched_requests.add(message.request_id)
            if message.ingress_expiry < self.subnet.time:
                continue
            self.subnet.ingress_history[message.request_id] = IngressRecord(
                status=RequestPhase.RECEIVED,
                sender=message.sender,
                canister_id=message.canister_id,
                effective_id=message.effective_id,
                forget_at=message.ingress_expiry,
            )
            refusal = self.induction.refusal(self.subnet, message)
            if refusal is not None:
                self.delivery.set_status(message.request_id, refusal)
                continue
            self.induction.charge(self.subnet, message)
            self.delivery.request(message.as_request())

    def _forget_old_requests(self) -> None:
        # The history is in the order of arrival, so the oldest come first.
        old = []
        for request_id, record in self.subnet.ingress_history.items():
            if record.forget_at >= self.subnet.time:
                break
            if record.is_answered:
                old.append(request_id)
        for request_id in old:
            del self.subnet.ingress_history[request_id]
            self.delivery.touched_requests.add(request_id)

    def _end_waiting_stops(self) -> None:
        for canister in self._watch_list.open():
            self._end_stops_of(canister)
            for origin, payload, refund in time_out_stop_waiters(canister, self.subnet.time):
                self.delivery.answer(origin, payload, refund)

    def _charge_for_resources(self) -> None:
        for canister_id, answers in charge_for_resources(self.subnet, self.facts.fees, self.aside):
            self._note_change(canister_id)
            for origin, payload, refund in answers:
                self.delivery.answer(origin, payload, refund)

    def _note_due_tasks(self) -> None:
        now = self.subnet.time
        if now >= self.next_heartbeat:
            self.next_heartbeat = now + HEARTBEAT_INTERVAL
            for canister in self._watch_list.with_heartbeat():
                canister.heartbeat_due = True
                self._watch_list.note(canister)
        for canister in self._watch_list.with_tasks(now):
            if self._due_task(canister) is not None:
                self._tasks[canister.canister_id] = None

    def _step(self) -> bool:
        """Executes one thing; False when there is nothing that can be done now."""
        request = self._next_management_request()
        if request is not None:
            self._execute_management(request)
            return True
        for canister_id in self._tasks:
            if canister_id not in self.aside:
                self._execute_task(canister_id)
                return True
        for canister_id in self.delivery.ready:
            if canister_id not in self.aside:
                self._execute_message(canister_id)
                return True
        return False

    def _execute_task(self, canister_id: Principal) -> None:
        canister = self.subnet.canisters.get(canister_id)
        task = None if canister is None else self._due_task(canister)
        if canister is None or task is None:
            del self._tasks[canister_id]
            return
        timer = canister.global_timer
        _take_off(canister, task)
        run = self.executor.prepare_task(canister, task, self.delivery)
        self._run(
            run,
            lambda outcome: self._finish_message(canister, run, outcome),
            lambda subnet: _put_on(subnet.canisters[canister_id], task, timer),
        )

    def _due_task(self, canister: Canister) -> SystemTask | None:
        """The next system task that is due and can run; others stay due."""
        if canister.low_wasm_memory_hook is HookStatus.READY and self._can_run(
            canister, SystemTask.ON_LOW_WASM_MEMORY
        ):
            return SystemTask.ON_LOW_WASM_MEMORY
        if 0 < canister.global_timer <= self.subnet.time and self._can_run(
            canister, SystemTask.GLOBAL_TIMER
        ):
            return SystemTask.GLOBAL_TIMER
        if canister.heartbeat_due and self._can_run(canister, SystemTask.HEARTBEAT):
            return SystemTask.HEARTBEAT
        return None

    def _can_run(self, canister: Canister, task: SystemTask) -> bool:
        return self.executor.can_run_task(canister, task)

    def _execute_message(self, canister_id: Principal) -> None:
        del self.delivery.ready[canister_id]
        canister = self.subnet.canisters.get(canister_id)
        if canister is None or not canister.queue:
            return
        message = canister.queue[0]
        if isinstance(message, Request):
            self._execute_request(canister, message)
        else:
            self._execute_response(canister, message)
        if canister.queue:
            self.delivery.ready[canister_id] = None

    def _execute_request(self, canister: Canister, request: Request) -> None:
        late = refusal_by_time(request, self.subnet.time)
        run = late or self.executor.prepare_request(canister, request, self.delivery)
        if isinstance(run, Reject):
            canister.queue.popleft()
            self.delivery.fail(request.origin, run, request.cycles)
            return
        self._note_processing(request)
        self._run(run, lambda outcome: self._finish_queued(canister, run, outcome))

    def _execute_response(self, canister: Canister, response: Response) -> None:
        run = self.executor.prepare_response(canister, response, self.delivery)
        if run is None:
            canister.queue.popleft()
            self.executor.drop_response(canister, response, self.delivery)
            self._end_stops_of(canister)
            return
        self._run(run, lambda outcome: self._finish_queued(canister, run, outcome))

    def _finish_queued(self, canister: Canister, run: MessageRun, outcome: Outcome) -> None:
        canister.queue.popleft()
        self._finish_message(canister, run, outcome)
        if canister.queue:
            self.delivery.ready[canister.canister_id] = None

    def _finish_message(self, canister: Canister, run: MessageRun, outcome: Outcome) -> None:
        self.executor.finish(canister, run, outcome, self.delivery)
        self.subnet.update_transactions += 1
        self._note_change(canister.canister_id)
        self._end_stops_of(canister)

    def _end_stops_of(self, canister: Canister) -> None:
        for origin, payload, refund in answer_stop_waiters_if_stopped(canister):
            self.delivery.answer(origin, payload, refund)

    def _note_processing(self, request: Request) -> None:
        if isinstance(request.origin, IngressOrigin):
            self.delivery.set_phase(request.origin.request_id, RequestPhase.PROCESSING)

    def _next_management_request(self) -> Request | None:
        """The first call to the management canister whose target isn't busy aside."""
        for request in self.subnet.management_queue:
            if not self.aside:
                return request
            target = self.management.effective_canister_id(request.method_name, request.argument)
            if target not in self.aside:
                return request
        return None

    def _execute_management(self, request: Request) -> None:
        self.subnet.management_queue.remove(request)
        late = refusal_by_time(request, self.subnet.time)
        if late is not None:
            self.delivery.answer(request.origin, late, request.cycles)
            return
        self._note_processing(request)
        result = self.management.handle(self.subnet, request)
        if isinstance(result, CodeInstallation):
            self._run(
                result,
                lambda outcome: self._finish_installation(request, result, outcome),
                lambda subnet: subnet.management_queue.appendleft(request),
            )
        elif isinstance(result, Waiting):
            self._note_change(result.canister_id)
        else:
            self._finish_management(request, result)

    def _finish_installation(
        self, request: Request, installation: CodeInstallation, outcome: Outcome
    ) -> None:
        self._finish_management(request, installation.commit(self.subnet, outcome))

    def _finish_management(self, request: Request, answered: Answered) -> None:
        for canister_id in answered.touched:
            self._note_change(canister_id)
        for origin, payload, refund in answered.also:
            self.delivery.answer(origin, payload, refund)
        self.induction.charge_later(self.subnet, request, answered.payload)
        self.delivery.answer(request.origin, answered.payload, answered.refund)

    def _note_change(self, canister_id: Principal) -> None:
        self.delivery.touched_canisters.add(canister_id)
        canister = self.subnet.canisters.get(canister_id)
        if canister is None:
            self.subnet.note_held(canister_id, 0)
            self._watch_list.forget(canister_id)
            return
        self.subnet.note_held(canister_id, held_bytes(canister))
        note_low_wasm_memory(canister)
        if canister.low_wasm_memory_hook is HookStatus.READY:
            self._tasks[canister_id] = None
        self._watch_list.note(canister)

    def _run(
        self,
        run: Run,
        finish: Callable[[Outcome], None],
        put_back: Callable[[Subnet], None] = still_queued,
    ) -> None:
        limit = run.instruction_limit
        if not self.runs_aside:
            outcome = run.run(limit)
        else:
            first = min(limit, self.limits.slice)
            outcome = run.run(first)
            if first < limit and _ran_out(outcome):
                self._run_aside(run, finish, put_back)
                return
        self._instructions += outcome.instructions
        self.activity.note_outcome(run.canister_id, self.subnet.time, outcome)
        finish(outcome)

    def _run_aside(
        self,
        run: Run,
        finish: Callable[[Outcome], None],
        put_back: Callable[[Subnet], None],
    ) -> None:
        canister = self.subnet.canisters[run.canister_id]
        code = canister.code
        before = code.copy() if isinstance(code, ResidentCode) else None
        aside = self.aside[run.canister_id] = AsideRun(run, finish, before, put_back)
        aside.start(self._aside_threads, self._wake)

    def _collect_aside(self, ended: Iterable[Principal]) -> int:
        """Applies what has ended in the order that is given; the instructions that it took."""
        instructions = 0
        for canister_id in ended:
            aside = self.aside[canister_id]
            outcome = aside.awaited()
            del self.aside[canister_id]
            instructions += outcome.instructions
            self.activity.note_outcome(canister_id, self.subnet.time, outcome)
            aside.finish(outcome)
        return instructions


def _ran_out(outcome: Outcome) -> bool:
    return (
        isinstance(outcome, Failed)
        and outcome.error_code is ErrorCode.CANISTER_INSTRUCTION_LIMIT_EXCEEDED
    )


def _take_off(canister: Canister, task: SystemTask) -> None:
    """Makes a task that is about to run no longer due."""
    if task is SystemTask.ON_LOW_WASM_MEMORY:
        canister.low_wasm_memory_hook = HookStatus.EXECUTED
    elif task is SystemTask.GLOBAL_TIMER:
        canister.global_timer = 0
    else:
        canister.heartbeat_due = False


def _put_on(canister: Canister, task: SystemTask, timer: int) -> None:
    """Makes a task that was taken off due again; `timer` is what the timer stood at."""
    if task is SystemTask.ON_LOW_WASM_MEMORY:
        canister.low_wasm_memory_hook = HookStatus.READY
    elif task is SystemTask.GLOBAL_TIMER:
        canister.global_timer = timer
    else:
        canister.heartbeat_due = True
