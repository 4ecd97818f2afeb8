"""Rejecting a call, and accepting an ingress message (specification, "Responding")."""

from __future__ import annotations

from ic_factory.replica.cycles import MAX_RESPONSE_BYTES
from ic_factory.replica.execution.failures import GuestFailure, misused, violated_contract
from ic_factory.replica.execution.layout import ResponseState
from ic_factory.replica.execution.system_api.execution import Execution


def msg_reject(execution: Execution, src: int, size: int) -> None:
    """Answers the call with a refusal."""
    if execution.guest.response_state is not ResponseState.OPEN:
        raise GuestFailure(violated_contract("ic0.msg_reject: the call is already replied"))
    if size > MAX_RESPONSE_BYTES:
        raise GuestFailure(
            misused(
                f"ic0.msg_reject: application payload size ({size}) cannot be larger than "
                f"{MAX_RESPONSE_BYTES}.",
                "Try truncating the error messages that are too long.",
                "msg_reject-payload-too-large",
            )
        )
    execution.changes.reject_message = execution.read_text("msg_reject", src, size)
    execution.guest.response_state = ResponseState.REJECTED


def accept_message(execution: Execution) -> None:
    """Lets an ingress message in."""
    if execution.changes.message_accepted:
        raise GuestFailure(
            violated_contract("ic0.accept_message: the function was already called.")
        )
    execution.changes.message_accepted = True
