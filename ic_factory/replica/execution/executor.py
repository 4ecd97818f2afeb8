"""Runs one invocation on a machine: sets the stage, answers system calls, tells the outcome."""

from __future__ import annotations

import weakref

from ic_factory.replica.cycles import MAX_RESPONSE_BYTES
from ic_factory.replica.execution.changes import Changes
from ic_factory.replica.execution.engine.machine import Machine
from ic_factory.replica.execution.engine.traps import Ending, RunEnd
from ic_factory.replica.execution.failures import (
    Failure,
    GuestFailure,
    backtrace_text,
    forbidden,
    function_not_found,
    heap_limit_exceeded,
    log_line_of,
    message_of,
    method_not_found,
    misused,
    out_of_bounds,
    out_of_instructions,
    out_of_memory,
    trapped,
    violated_contract,
)
from ic_factory.replica.execution.invocation import NON_REPLICATED, Invocation, Surroundings
from ic_factory.replica.execution.layout import (
    BLOB_PLACES,
    CALL_ARGUMENTS,
    DATA_START,
    MAX_STABLE_PAGES,
    MESSAGE_NUMBERS,
    REPLY_CAPACITY,
    REPLY_START,
    Blob,
    Reason,
    ResponseState,
    Slot,
)
from ic_factory.replica.execution.outcome import Completed, Failed, Outcome
from ic_factory.replica.execution.prepared import PreparedModule
from ic_factory.replica.execution.system_api.execution import Execution
from ic_factory.replica.execution.system_api.table import MODE_NAMES, NUMBERED, Host
from ic_factory.replica.rejects import ErrorCode, Payload, Reject, RejectCode, Reply
from ic_factory.replica.state.memory_image import WASM_PAGE_BYTES
from ic_factory.replica.state.messages import TableEntry

MAX_QUERY_RESPONSE_BYTES = REPLY_CAPACITY


class Executor:
    """One invocation on one machine. It is the guest that system calls see."""

    def __init__(
        self,
        machine: Machine,
        module: PreparedModule,
        invocation: Invocation,
        surroundings: Surroundings,
    ) -> None:
        self._machine = machine
        self._module = module
        self._invocation = invocation
        self._surroundings = surroundings
        self._heap_pages = machine.heap_pages
        self._stable_pages = machine.number(Slot.STABLE_PAGES_64)
        self._failure: Failure | None = None
        self._host_fault: BaseException | None = None
        # In a circle with this one, the machine and its memories would wait for the collector.
        guest = weakref.proxy(self)
        changes = Changes(invocation, surroundings)
        self._execution = Execution(invocation, surroundings, guest, changes)

    def run(self) -> Outcome:
        """Runs the invocation. Its changes to memories stay for the caller to keep or undo."""
        entry_point = self._invocation.entry_point
        if (
            isinstance(entry_point, str)
            and entry_point not in self._module.exported_functions
            and not entry_point.startswith("ic_factory:")
        ):
            return self._failed(method_not_found(entry_point), RunEnd(Ending.RETURNED), 0)
        self._set_stage()
        limit = self._invocation.instruction_limit
        self._machine.on_host_call = self._answer
        try:
            if isinstance(entry_point, TableEntry):
                end = self._machine.run_table_entry(
                    entry_point.function, entry_point.environment, limit
                )
            else:
                end = self._machine.run_export(entry_point, limit)
        finally:
            self._machine.on_host_call = _out_of_turn
        if self._host_fault is not None:
            raise self._host_fault
        if end is None:
            assert isinstance(entry_point, TableEntry)
            return self._failed(
                function_not_found(entry_point.function), RunEnd(Ending.RETURNED), 0
            )
        used = self.instructions_used()
        failure = self._failure_of(end)
        if failure is not None:
            return self._failed(failure, end, used)
        return Completed(
            self._execution.changes.effects(self._response()), used, tuple(self._execution.logs)
        )

    def _failure_of(self, end: RunEnd) -> Failure | None:
        if end.ending is Ending.OUT_OF_FUEL:
            return out_of_instructions(self._invocation.instruction_limit)
        if end.ending is Ending.TRAPPED:
            return self._failure or trapped(end.trap)
        return self._growth_failure()

    def _growth_failure(self) -> Failure | None:
        """A failure where the memories have grown more than they may."""
        heap_pages = self._machine.heap_pages
        stable_pages = self._machine.number(Slot.STABLE_PAGES_64)
        if heap_pages == self._heap_pages and stable_pages == self._stable_pages:
            return None
        limit = self._surroundings.heap_bytes_limit
        heap_bytes = heap_pages * WASM_PAGE_BYTES
        if limit and heap_pages > self._heap_pages and heap_bytes > limit:
            return heap_limit_exceeded(heap_bytes, limit)
        grown = heap_pages - self._heap_pages + stable_pages - self._stable_pages
        if grown * WASM_PAGE_BYTES > self._surroundings.memory_bytes_available:
            return out_of_memory()
        return None

    def _failed(self, failure: Failure, end: RunEnd, used: int) -> Failed:
        backtrace = backtrace_text(list(end.frames)) if failure.log_line is not None else ""
        line = log_line_of(failure, backtrace)
        logs = (*self._execution.logs, *(() if line is None else (line,)))
        message = message_of(failure, self._surroundings.canister_id, backtrace)
        return Failed(failure.error_code, message, used, logs)

    def _response(self) -> Payload | None:
        state = self.response_state
        if state is ResponseState.REPLIED:
            size = self._machine.number(Slot.REPLY_SIZE_64)
            return Reply(self._machine.get(REPLY_START, size))
        if state is ResponseState.REJECTED:
            return Reject(
                RejectCode.CANISTER_REJECT,
                self._execution.changes.reject_message,
                ErrorCode.CANISTER_REJECTED_MESSAGE,
            )
        return None

    def _set_stage(self) -> None:
        invocation, surroundings = self._invocation, self._surroundings
        machine = self._machine
        is_non_replicated = bool(invocation.context & NON_REPLICATED)
        info = invocation.caller_info
        blobs = {
            Blob.ARGUMENT: invocation.argument,
            Blob.CALLER: invocation.caller,
            Blob.CANISTER_ID: surroundings.canister_id,
            Blob.SUBNET_ID: surroundings.subnet_id,
            Blob.REJECT_MESSAGE: invocation.reject_message.encode(),
            Blob.METHOD_NAME: invocation.method_name.encode(),
            Blob.ROOT_KEY: surroundings.root_key,
            Blob.CERTIFICATE: surroundings.data_certificate or b"",
            Blob.CALLER_INFO_DATA: b"" if info is None else info.data,
            Blob.CALLER_INFO_SIGNER: b"" if info is None else info.signer.bytes,
        }
        places: list[int] = []
        address = DATA_START
        for blob in blobs.values():
            places += (address, len(blob))
            address += len(blob)
        machine.put(DATA_START, b"".join(blobs.values()))
        MESSAGE_NUMBERS.pack_into(
            machine.block,
            0,
            *(0, ResponseState.CLOSED if invocation.responded else ResponseState.OPEN),
            *(invocation.context.value, 0, 0, 0),
            *(0,) * 9,
            *(0, MAX_QUERY_RESPONSE_BYTES if is_non_replicated else MAX_RESPONSE_BYTES),
            *(surroundings.time, surroundings.canister_version, invocation.deadline),
            *(surroundings.status, invocation.reject_code, not is_non_replicated),
            *(surroundings.data_certificate is not None, surroundings.node_count),
        )
        BLOB_PLACES.pack_into(machine.block, Slot.BLOBS, *places)
        available = max(0, surroundings.memory_bytes_available) // WASM_PAGE_BYTES
        machine.set_number(
            Slot.STABLE_LIMIT_64, min(MAX_STABLE_PAGES, self._stable_pages + available)
        )

    def _answer(self) -> None:
        """Serves a call of the companion's. Nothing may be raised from here."""
        try:
            self._serve()
        except GuestFailure as failure:
            self._failure = failure.failure
            self._machine.set_number(Slot.FAILED, 1)
        except BaseException as fault:
            self._host_fault = fault
            self._machine.set_number(Slot.FAILED, 1)

    def _serve(self) -> None:
        machine = self._machine
        function = NUMBERED[machine.number(Slot.FUNCTION)]
        arguments = CALL_ARGUMENTS.unpack_from(machine.block, Slot.ARGUMENTS_64)
        reason = machine.number(Slot.REASON)
        if reason != Reason.CALL:
            raise GuestFailure(
                self._companion_failure(function.name, Reason(reason), *arguments[:3])
            )
        if not function.contexts & self._invocation.context:
            raise GuestFailure(forbidden(function.name, self._mode))
        assert isinstance(function.server, Host), f"the companion serves {function.name}"
        result = function.server.function(self._execution, *arguments[: len(function.parameters)])
        if result is not None:
            machine.set_number(Slot.RESULT_64, result)

    def _companion_failure(
        self, function: str, reason: Reason, first: int, second: int, third: int
    ) -> Failure:
        match reason:
            case Reason.FORBIDDEN:
                return forbidden(function, self._mode)
            case Reason.HEAP_BOUNDS:
                return out_of_bounds(f"ic0.{function} heap", first, second, third)
            case Reason.BLOB_BOUNDS:
                return out_of_bounds(f"ic0.{function} payload", first, second, third)
            case Reason.STABLE_BOUNDS:
                return trapped("stable memory out of bounds")
            case Reason.STABLE_HEAP_BOUNDS:
                return trapped("heap out of bounds")
            case Reason.STABLE_TOO_BIG:
                return trapped("32 bit stable memory api used on a memory larger than 4GB")
            case Reason.ALREADY_REPLIED:
                return violated_contract(f"ic0.{function}: the call is already replied")
            case Reason.REPLY_TOO_LARGE:
                return misused(
                    f"ic0.{function}: application payload size ({first + second}) cannot be "
                    f"larger than {third}.",
                    "Consider checking the response size and returning an error if it is too long.",
                    "msg_reply_data_append-payload-too-large",
                )
            case Reason.CALL:
                raise AssertionError("a call is no failure")

    @property
    def _mode(self) -> str:
        return MODE_NAMES[self._invocation.context]

    @property
    def response_state(self) -> ResponseState:
        """What has become of the response."""
        return ResponseState(self._machine.number(Slot.RESPONSE))

    @response_state.setter
    def response_state(self, state: ResponseState) -> None:
        self._machine.set_number(Slot.RESPONSE, state)

    @property
    def heap_size(self) -> int:
        """Bytes of the heap."""
        return self._machine.heap_pages * WASM_PAGE_BYTES

    def read_heap(self, start: int, size: int) -> bytes:
        """Bytes of the heap; the range is within it."""
        return self._machine.read_heap(start, size)

    def write_heap(self, start: int, data: bytes) -> None:
        """Writes into the heap; the range is within it."""
        self._machine.write_heap(start, data)

    def instructions_used(self) -> int:
        """Instructions since the message began."""
        return self._invocation.instruction_limit - self._machine.fuel

    def charge(self, instructions: int) -> None:
        """Counts instructions for work done outside the WASM code."""
        self._machine.burn(instructions)


def _out_of_turn() -> None:
    """Nothing calls the host between runs."""
    raise AssertionError("code called the host outside a run")
