"""Whether a user's call is let in (specification, "Ingress message inspection")."""

from __future__ import annotations

from collections.abc import Callable

from ic_factory.replica.canister_cycles import out_of_cycles
from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.execution.invocation import Context, Invocation
from ic_factory.replica.execution.outcome import Failed
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.ingress.envelopes import IngressMessage
from ic_factory.replica.rejects import ErrorCode, Reject
from ic_factory.replica.scheduling.delivery import not_found, refusal_by_status
from ic_factory.replica.scheduling.message_execution import no_module
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.surroundings import SystemFacts, surroundings_of

HOOK = "canister_inspect_message"


def inspect_call(
    subnet: Subnet,
    facts: SystemFacts,
    limits: InstructionLimits,
    code_of: Callable[[Canister], ResidentCode],
    message: IngressMessage,
) -> Reject | None:
    """Asks the canister, and what the system knows of it, whether it takes this call.

    Returns:
        Why the call is refused, or None where it may go on.
    """
    canister = subnet.canisters.get(message.canister_id)
    if canister is None:
        return not_found(message.canister_id)
    refusal = refusal_by_status(canister) or out_of_cycles(
        canister, facts.fees, facts.fees.ingress_induction(message.size), message.sender
    )
    if refusal is not None:
        return refusal
    if canister.code is None:
        return no_module(canister)
    code = code_of(canister)
    if not code.has_export(HOOK):
        return None
    outcome = code.run(
        Invocation(
            context=Context.INSPECT_MESSAGE,
            entry_point=HOOK,
            caller=message.sender.bytes,
            instruction_limit=limits.inspect_message,
            argument=message.argument,
            method_name=message.method_name,
            caller_info=message.caller_info,
        ),
        surroundings_of(canister, subnet, facts, heap_is_limited=False),
    )
    code.roll_back()
    if isinstance(outcome, Failed):
        return Reject.of(outcome.error_code, outcome.message)
    if not outcome.effects.message_accepted:
        return Reject.of(
            ErrorCode.CANISTER_REJECTED_MESSAGE,
            f"Error from Canister {message.canister_id}: Canister rejected the message",
        )
    return None
