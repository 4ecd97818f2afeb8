"""Calls as people read them: arguments and answers in Candid text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ic_factory.operations.calling import Answer
from ic_factory.protocol.candid import InterfaceDescription, Method
from ic_factory.protocol.candid.errors import CandidWireError
from ic_factory.protocol.candid.types import CandidType
from ic_factory.protocol.candid.wire import decode, types_of
from ic_factory.testing.calls import Call
from ic_factory.testing.results import CallText

Decode = Callable[[bytes], Sequence[object]]

LONGEST_SHOWN = 2_000
"""Characters of arguments and answers; the rest, as of a chunk of an upload, helps nobody."""


def call_text(call: Call, interface: InterfaceDescription) -> CallText:
    """A call, its arguments and its answer as text.

    Args:
        call: The call.
        interface: Of the canister, which has the names of fields; methods that it lacks are shown
            by what the messages say of themselves.
    """
    method = interface.methods.get(call.method)
    return CallText(
        method=f"{'query' if call.is_query else 'update'} {call.method}",
        canister=str(call.canister_id),
        sender=str(call.sender),
        argument=_argument_text(call, method),
        answer=call.error or _answer_text(call, method),
    )


def shortened(text: str) -> str:
    """A text, cut where it is long; how long it was is told then."""
    if len(text) <= LONGEST_SHOWN:
        return text
    return f"{text[:LONGEST_SHOWN]}… ({len(text):,} characters in all)"


def _argument_text(call: Call, method: Method | None) -> str:
    if method is None:
        return _text(call.argument, None, decode)
    return _text(call.argument, method.signature.args, method.decode_args)


def _answer_text(call: Call, method: Method | None) -> str:
    if call.reply is None:
        return "none"
    if method is None:
        return _text(call.reply, None, decode)
    return _text(call.reply, method.signature.results, method.decode_results)


def _text(message: bytes, types: Sequence[CandidType] | None, decoded: Decode) -> str:
    try:
        return shortened(Answer(types or types_of(message), decoded(message)).as_text())
    except CandidWireError as error:
        return f"{shortened(message.hex())}, which is no Candid of the method: {error}"
