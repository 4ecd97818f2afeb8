"""A request that is answered with an HTTP error and a line of plain text."""

from __future__ import annotations

import logging

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ic_factory.replica.errors import BadRequest, ReplicaClosed, UnknownSnapshot
from ic_factory.replica.storage.errors import StorageUnavailable

logger = logging.getLogger(__name__)


class Refusal(Exception):
    """Ends a request with an HTTP status and a reason; caught by `Refusing`."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Refusing:
    """Turns what endpoints raise into answers, so that no client sees a stack trace."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request (ASGI)."""
        has_begun = False

        async def send_noting_start(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._application(scope, receive, send_noting_start)
        except Exception as error:
            status, reason = _answer_to(error)
            if status == 500:
                logger.exception("failed to serve %s %s", scope.get("method"), scope.get("path"))
            if has_begun:
                return
            await PlainTextResponse(reason, status)(scope, receive, send)


def _answer_to(error: Exception) -> tuple[int, str]:
    match error:
        case Refusal():
            return error.status, error.reason
        case BadRequest():
            return 400, str(error)
        case ReplicaClosed() | StorageUnavailable():
            return 503, str(error)
        case UnknownSnapshot():
            return 404, str(error)
        case _:
            return 500, "internal error of the replica; its log has the details"
