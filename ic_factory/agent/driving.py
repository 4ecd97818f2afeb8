"""Does what a flow asks for."""

from __future__ import annotations

import time
from typing import TypeVar

from ic_factory.agent.errors import MalformedAnswer, UntrustedAnswer
from ic_factory.agent.flow import Flow, Pause
from ic_factory.agent.transport import Outcome, Transport

T = TypeVar("T")


def drive(flow: Flow[T], transport: Transport) -> T:
    """Runs a flow to its end.

    Returns:
        What the flow returns.

    Raises:
        AgentError: What the flow raises.
    """
    outcome: Outcome | None = None
    while True:
        try:
            step = flow.send(outcome)
        except StopIteration as end:
            result: T = end.value
            return result
        except (MalformedAnswer, UntrustedAnswer):
            # It may have been the answer to another request.
            transport.renew()
            raise
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            outcome = None
        else:
            outcome = transport.post(step)
