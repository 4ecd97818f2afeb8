"""Programs in the words of the IC's system API.

A method that says *push* leaves a value, which can be an operand of another method:
``Program().reply(Program().arg())``. Cycles of 128 bits are blobs of 16 bytes, little-endian.
"""

from __future__ import annotations

from typing import Self

from tests.canisters.stack_program import Blob, Callback, Integer, StackProgram

UINT64 = 2**64


class Program(StackProgram):
    """What a message to the universal canister does; an empty one does nothing."""

    __slots__ = ()

    # The message and its answer.

    def arg(self) -> Self:
        """Push the argument; in a reply callback, the reply."""
        return self._read("msg_arg_data")

    def caller(self) -> Self:
        """Push the caller's principal."""
        return self._read("msg_caller")

    def caller_info_data(self) -> Self:
        """Push the attributes of the caller."""
        return self._read("msg_caller_info_data")

    def caller_info_signer(self) -> Self:
        """Push the principal of who signed the attributes of the caller."""
        return self._read("msg_caller_info_signer")

    def reject_code(self) -> Self:
        """Push the reject code of the answer, 0 for a reply."""
        return self.system_call("msg_reject_code")

    def reject_message(self) -> Self:
        """Push the text of the rejection."""
        return self._read("msg_reject_msg")

    def deadline(self) -> Self:
        """Push the deadline of the call in nanoseconds, 0 where there is none."""
        return self.system_call("msg_deadline")

    def method_name(self) -> Self:
        """Push the name of the method under inspection."""
        return self._read("msg_method_name")

    def accept_message(self) -> Self:
        """Let the inspected message in."""
        return self.system_call("accept_message")

    def reply_data_append(self, data: Blob) -> Self:
        """Add to the reply."""
        return self._pass("msg_reply_data_append", data)

    def msg_reply(self) -> Self:
        """Send the reply as it was put together."""
        return self.system_call("msg_reply")

    def reply(self, data: Blob = b"") -> Self:
        """Add to the reply and send it."""
        return self.reply_data_append(data).msg_reply()

    def reply_int(self, value: Integer, width: int = 8) -> Self:
        """Reply with an integer of ``width`` bytes, little-endian."""
        return self.reply(Program().encode_int(value, width))

    def append_and_reply(self) -> Self:
        """Reply with the blob on the stack."""
        return self._pass_top("msg_reply_data_append").msg_reply()

    def reject(self, message: Blob) -> Self:
        """Reject the call with a text."""
        return self._pass("msg_reject", message)

    def trap(self, message: Blob = b"") -> Self:
        """Trap with a text."""
        return self._pass("trap", message)

    def debug_print(self, message: Blob) -> Self:
        """Write a line to the log."""
        return self._pass("debug_print", message)

    # Calls.

    def call(
        self,
        callee: Blob,
        method: Blob | str,
        argument: Blob | None = None,
        *,
        on_reply: StackProgram | None = None,
        on_reject: StackProgram | None = None,
        on_cleanup: StackProgram | None = None,
        cycles: int = 0,
        timeout_seconds: int | None = None,
    ) -> Self:
        """Make a call whose answer is handed on, unless told otherwise.

        Args:
            callee: The principal of the canister to call.
            method: Its method.
            argument: The argument; a program for the callee goes in as ``program.code``.
            on_reply: What to do on a reply; without it, reply the same.
            on_reject: What to do on a rejection; without it, reject with the same text.
            on_cleanup: What to do where one of these traps; without it, no cleanup is set.
            cycles: How many cycles to attach; 0 leaves the system call out.
            timeout_seconds: Makes it a best-effort call.

        The program traps where the call cannot be enqueued; ``call_perform`` alone pushes the code.
        """
        program = self.call_new(
            callee, method, on_reply=on_reply, on_reject=on_reject, on_cleanup=on_cleanup
        )
        if argument is not None:
            program = program.call_data_append(argument)
        if cycles:
            program = program.call_cycles_add128(cycles)
        if timeout_seconds is not None:
            program = program.call_with_best_effort_response(timeout_seconds)
        return program.run_if(Program().call_perform(), Program().trap(b"call_perform failed"))

    def call_new(
        self,
        callee: Blob,
        method: Blob | str,
        *,
        on_reply: StackProgram | None = None,
        on_reject: StackProgram | None = None,
        on_cleanup: StackProgram | None = None,
    ) -> Self:
        """Begin a call; see ``call`` for the arguments."""
        program = self.store_callbacks(
            FORWARD_REPLY if on_reply is None else on_reply,
            FORWARD_REJECT if on_reject is None else on_reject,
            on_cleanup or Program(),
        )
        program = program.push(callee)
        program = program.push(method.encode() if isinstance(method, str) else method)
        program = program.address_of(1).length_of(2).address_of(2).length_of(3)
        program = program.callback_function(Callback.REPLY).duplicate(7)
        program = program.callback_function(Callback.REJECT).duplicate(1)
        program = program.system_call("call_new").drop().drop()
        if on_cleanup is None:
            return program.drop()
        return program.callback_function(Callback.CLEANUP).swap().system_call("call_on_cleanup")

    def call_data_append(self, data: Blob) -> Self:
        """Add to the argument of the call that was begun."""
        return self._pass("call_data_append", data)

    def call_cycles_add(self, amount: Integer) -> Self:
        """Attach cycles, of 64 bits."""
        return self.system_call("call_cycles_add", amount)

    def call_cycles_add128(self, amount: int) -> Self:
        """Attach cycles."""
        return self.system_call("call_cycles_add128", *divmod(amount, UINT64))

    def call_with_best_effort_response(self, timeout_seconds: Integer) -> Self:
        """Let the call time out."""
        return self.system_call("call_with_best_effort_response", timeout_seconds)

    def call_perform(self) -> Self:
        """Enqueue the call that was begun; push 0, or why it was not."""
        return self.system_call("call_perform")

    # Cycles.

    def cycles_available(self) -> Self:
        """Push the cycles that came with the call and were not accepted yet."""
        return self._result128("msg_cycles_available128")

    def cycles_refunded(self) -> Self:
        """Push the cycles that came back with the answer."""
        return self._result128("msg_cycles_refunded128")

    def accept_cycles(self, maximum: int) -> Self:
        """Accept cycles up to ``maximum``; push how many."""
        return self._result128("msg_cycles_accept128", *divmod(maximum, UINT64))

    def burn_cycles(self, amount: int) -> Self:
        """Burn cycles of the canister; push how many."""
        return self._result128("cycles_burn128", *divmod(amount, UINT64))

    def balance(self) -> Self:
        """Push the cycles of the canister."""
        return self._result128("canister_cycle_balance128")

    def liquid_balance(self) -> Self:
        """Push the cycles that the canister may spend."""
        return self._result128("canister_liquid_cycle_balance128")

    def cost_call(self, method_name_size: Integer, payload_size: Integer) -> Self:
        """Push what a call costs."""
        return self._result128("cost_call", method_name_size, payload_size)

    def cost_create_canister(self) -> Self:
        """Push what the creation of a canister costs."""
        return self._result128("cost_create_canister")

    def cost_http_request(self, request_size: Integer, maximum_response_size: Integer) -> Self:
        """Push what an HTTP outcall costs."""
        return self._result128("cost_http_request", request_size, maximum_response_size)

    def cost_http_request_v2(self, parameters: Blob) -> Self:
        """Push what an HTTP outcall of these Candid parameters costs."""
        program = self.push(parameters).new_buffer(16)
        program = program.address_of(1).length_of(2).address_of(2)
        return program.system_call("cost_http_request_v2").swap().drop()

    def cost_sign_with_ecdsa(self, key_name: Blob, curve: Integer) -> Self:
        """Push what a signature costs, and on top of it 0 or why that is not known."""
        return self._cost_of_key("cost_sign_with_ecdsa", key_name, curve)

    def cost_sign_with_schnorr(self, key_name: Blob, algorithm: Integer) -> Self:
        """Push what a signature costs, and on top of it 0 or why that is not known."""
        return self._cost_of_key("cost_sign_with_schnorr", key_name, algorithm)

    def cost_vetkd_derive_key(self, key_name: Blob, curve: Integer) -> Self:
        """Push what a derivation costs, and on top of it 0 or why that is not known."""
        return self._cost_of_key("cost_vetkd_derive_key", key_name, curve)

    # The canister and where it runs.

    def self_id(self) -> Self:
        """Push the principal of the canister."""
        return self._read("canister_self")

    def status(self) -> Self:
        """Push 1 for running, 2 for stopping, 3 for stopped."""
        return self.system_call("canister_status")

    def version(self) -> Self:
        """Push the version of the canister."""
        return self.system_call("canister_version")

    def subnet_id(self) -> Self:
        """Push the principal of the subnet."""
        return self._read("subnet_self")

    def subnet_node_count(self) -> Self:
        """Push how many nodes the subnet has."""
        return self.system_call("subnet_self_node_count")

    def root_key(self) -> Self:
        """Push the public key of the root subnet."""
        return self._read("root_key")

    def time(self) -> Self:
        """Push the time in nanoseconds since 1970."""
        return self.system_call("time")

    def set_global_timer(self, timestamp: Integer) -> Self:
        """Set the timer, 0 for none; push what it was set to."""
        return self.system_call("global_timer_set", timestamp)

    def performance_counter(self, kind: Integer = 0) -> Self:
        """Push the instructions of this execution (0) or of the call context (1)."""
        return self.system_call("performance_counter", kind)

    def is_controller(self, principal: Blob) -> Self:
        """Push 1 for a controller of the canister, else 0."""
        return self._pass_and_keep_result("is_controller", principal)

    def in_replicated_execution(self) -> Self:
        """Push 1 where consensus is held on the outcome, else 0."""
        return self.system_call("in_replicated_execution")

    def env_var_count(self) -> Self:
        """Push how many environment variables there are."""
        return self.system_call("env_var_count")

    def env_var_name(self, index: int) -> Self:
        """Push the name of an environment variable."""
        program = self.new_buffer(Program().system_call("env_var_name_size", index))
        return (
            program.push(index).address_of(1).push(0).length_of(3).system_call("env_var_name_copy")
        )

    def env_var_name_exists(self, name: Blob) -> Self:
        """Push 1 where there is such an environment variable, else 0."""
        return self._pass_and_keep_result("env_var_name_exists", name)

    def env_var_value(self, name: Blob) -> Self:
        """Push the value of an environment variable."""
        program = self.push(name).address_of().length_of(1).system_call("env_var_value_size")
        program = program.new_buffer(Program()).address_of(1).length_of(2)
        program = program.address_of(2).push(0).length_of(4).system_call("env_var_value_copy")
        return program.swap().drop()

    # Certified data.

    def set_certified_data(self, data: Blob) -> Self:
        """Certify at most 32 bytes."""
        return self._pass("certified_data_set", data)

    def data_certificate_present(self) -> Self:
        """Push 1 where there is a certificate, else 0."""
        return self.system_call("data_certificate_present")

    def data_certificate(self) -> Self:
        """Push the certificate of the certified data."""
        return self._read("data_certificate")

    # Stable memory; pages are of 64 KiB.

    def stable_size(self) -> Self:
        """Push the size in pages."""
        return self.system_call("stable64_size")

    def stable_grow(self, pages: Integer) -> Self:
        """Grow; push the former size in pages, or 2^64 - 1."""
        return self.system_call("stable64_grow", pages)

    def stable_write(self, offset: Integer, data: Blob) -> Self:
        """Write bytes."""
        program = self.push(data).push(offset).address_of(1).length_of(2)
        return program.system_call("stable64_write").drop()

    def stable_read(self, offset: Integer, size: Integer) -> Self:
        """Push bytes."""
        program = self.new_buffer(size).address_of().push(offset).length_of(2)
        return program.system_call("stable64_read")

    def stable32_size(self) -> Self:
        """Push the size in pages, by the function of 32 bits."""
        return self.system_call("stable_size")

    def stable32_grow(self, pages: Integer) -> Self:
        """Grow; push the former size in pages, or 2^32 - 1."""
        return self.system_call("stable_grow", pages)

    def stable32_write(self, offset: Integer, data: Blob) -> Self:
        """Write bytes, by the function of 32 bits."""
        program = self.push(data).push(offset).address_of(1).length_of(2)
        return program.system_call("stable_write").drop()

    def stable32_read(self, offset: Integer, size: Integer) -> Self:
        """Push bytes, by the function of 32 bits."""
        program = self.new_buffer(size).address_of().push(offset).length_of(2)
        return program.system_call("stable_read")

    def _read(self, name: str) -> Self:
        """Push what a pair of functions ``…_size`` and ``…_copy`` gives out."""
        program = self.new_buffer(Program().system_call(f"{name}_size"))
        return program.address_of().push(0).length_of(2).system_call(f"{name}_copy")

    def _pass(self, name: str, data: Blob) -> Self:
        return self.push(data)._pass_top(name)

    def _pass_top(self, name: str) -> Self:
        return self.address_of().length_of(1).system_call(name).drop()

    def _pass_and_keep_result(self, name: str, data: Blob) -> Self:
        return self.push(data).address_of().length_of(1).system_call(name).swap().drop()

    def _result128(self, name: str, *arguments: Integer) -> Self:
        program = self.new_buffer(16)
        for argument in arguments:
            program = program.push(argument)
        return program.address_of(len(arguments)).system_call(name)

    def _cost_of_key(self, name: str, key_name: Blob, kind: Integer) -> Self:
        program = self.new_buffer(16).push(key_name).address_of().length_of(1)
        # The key's name must live until the call, the result's buffer beyond it.
        program = program.push(kind).address_of(4).system_call(name)
        return program.swap().drop()


FORWARD_REPLY = Program().reply(Program().arg())
"""Replies what the callee replied."""

FORWARD_REJECT = Program().reject(Program().reject_message())
"""Rejects with the text of the callee's rejection."""
