"""The methods of ic-py's agent, in its shapes, over an agent that verifies.

`arg` is a Candid message and `canister_id` a principal or its text; `return_type` is a list of
ic-py's types, and results are lists of `{"type": …, "value": …}`, as ic-py's `decode` gives them.
The methods that end in `_async` do the same in a thread.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import ic.agent

from ic_factory.agent.calling import RequestStatus
from ic_factory.agent.certified_state import CertifiedState
from ic_factory.agent.errors import CanisterReject, DeadlineExceeded
from ic_factory.agent.ic_py_candid import decode
from ic_factory.protocol import cbor
from ic_factory.protocol.certificate import MAX_CBOR_DEPTH
from ic_factory.protocol.hash_tree import Path
from ic_factory.protocol.principal import Principal


class IcPyMethods(ic.agent.Agent):  # type: ignore[misc] # ic-py has no types
    """ic-py's calls, queries and reads, done by the methods that are abstract here."""

    @abstractmethod
    def update(
        self,
        canister_id: Principal | str,
        method_name: str,
        arg: bytes,
        *,
        effective_canister_id: Principal | str | None = None,
        patience: float | None = None,
    ) -> bytes:
        """Calls an update method and waits for the certified reply."""

    @abstractmethod
    def query(
        self,
        canister_id: Principal | str,
        method_name: str,
        arg: bytes,
        *,
        effective_canister_id: Principal | str | None = None,
    ) -> bytes:
        """Calls a query method."""

    @abstractmethod
    def read_state(
        self, effective_canister_id: Principal | str, paths: Sequence[Path]
    ) -> CertifiedState:
        """Reads parts of the certified state."""

    @abstractmethod
    def await_answer(
        self,
        request_id: bytes,
        canister_id: Principal | str,
        method_name: str = "",
        *,
        effective_canister_id: Principal | str | None = None,
        patience: float | None = None,
    ) -> bytes:
        """Waits for the reply to a call that was sent before."""

    @abstractmethod
    def request_status(
        self,
        request_id: bytes,
        canister_id: Principal | str,
        *,
        effective_canister_id: Principal | str | None = None,
    ) -> tuple[RequestStatus, CertifiedState]:
        """Where a call is, and the certified state that says so."""

    def get_principal(self) -> Any:
        """Who calls."""
        return self.identity.sender()

    def query_raw(
        self,
        canister_id: Any,
        method_name: str,
        arg: bytes,
        return_type: Any = None,
        effective_canister_id: Any = None,
    ) -> Any:
        """Calls a query method.

        Raises:
            CanisterReject: The query was rejected; ic-py returns the message instead.
            AgentError: No answer came back, or none to be trusted.
            CandidError: The answer is not of the types.
        """
        reply = self.query(
            canister_id, method_name, arg, effective_canister_id=effective_canister_id
        )
        return decode(reply, return_type)

    async def query_raw_async(
        self,
        canister_id: Any,
        method_name: str,
        arg: bytes,
        return_type: Any = None,
        effective_canister_id: Any = None,
    ) -> Any:
        """The same as `query_raw`, in a thread."""
        return await asyncio.to_thread(
            self.query_raw, canister_id, method_name, arg, return_type, effective_canister_id
        )

    def update_raw(
        self,
        canister_id: Any,
        method_name: str,
        arg: bytes,
        return_type: Any = None,
        effective_canister_id: Any = None,
        *,
        delay: float = 1,  # noqa: ARG002 # ic-py's
        timeout: float = float("inf"),
    ) -> Any:
        """Calls an update method and waits for the reply.

        Args:
            canister_id: The canister.
            method_name: Its method.
            arg: The argument.
            return_type: What to read the reply as.
            effective_canister_id: For the management canister: which canister the call is about.
            delay: Not needed: the pauses between questions grow by themselves.
            timeout: How long to wait, in seconds; as long as the agent is patient by default.

        Raises:
            CanisterReject: The call was rejected.
            AgentError: No answer came back, or none to be trusted.
            CandidError: The answer is not of the types.
        """
        reply = self.update(
            canister_id,
            method_name,
            arg,
            effective_canister_id=effective_canister_id,
            patience=_patience(timeout),
        )
        return decode(reply, return_type)

    async def update_raw_async(
        self,
        canister_id: Any,
        method_name: str,
        arg: bytes,
        return_type: Any = None,
        effective_canister_id: Any = None,
        **kwargs: Any,
    ) -> Any:
        """The same as `update_raw`, in a thread."""
        return await asyncio.to_thread(
            self.update_raw,
            canister_id,
            method_name,
            arg,
            return_type,
            effective_canister_id,
            **kwargs,
        )

    def read_state_raw(self, canister_id: Any, paths: Sequence[Sequence[bytes]]) -> Any:
        """A verified certificate in ic-py's form, for its `lookup`: nested lists under `tree`.

        Raises:
            AgentError: No answer came back, or none to be trusted.
        """
        return _as_lists(self.read_state(canister_id, [tuple(path) for path in paths]))

    async def read_state_raw_async(self, canister_id: Any, paths: Sequence[Sequence[bytes]]) -> Any:
        """The same as `read_state_raw`, in a thread."""
        return await asyncio.to_thread(self.read_state_raw, canister_id, paths)

    def request_status_raw(self, canister_id: Any, req_id: bytes) -> tuple[str | None, Any]:
        """Where a call is, None where the IC does not know of it; and the certificate.

        Raises:
            AgentError: No answer came back, or none to be trusted.
        """
        status, state = self.request_status(req_id, canister_id)
        return None if status is RequestStatus.UNKNOWN else status.value, _as_lists(state)

    async def request_status_raw_async(
        self, canister_id: Any, req_id: bytes
    ) -> tuple[str | None, Any]:
        """The same as `request_status_raw`, in a thread."""
        return await asyncio.to_thread(self.request_status_raw, canister_id, req_id)

    def poll(
        self,
        canister_id: Any,
        req_id: bytes,
        delay: float = 1,  # noqa: ARG002 # ic-py's
        timeout: float = float("inf"),
    ) -> tuple[str | None, Any]:
        """Waits for a call's answer: `replied` and the reply, or `rejected` and the message.

        Args:
            canister_id: The effective canister id of the call.
            req_id: Its request id.
            delay: Not needed: the pauses grow by themselves.
            timeout: How long to wait, in seconds; at most as long as the agent is patient.

        Raises:
            NoAnswer: The IC has forgotten the answer, or the call has expired.
            AgentError: No answer came back, or none to be trusted.
        """
        try:
            reply = self.await_answer(req_id, canister_id, patience=_patience(timeout))
            return "replied", reply
        except CanisterReject as reject:
            return "rejected", reject.message.encode()
        except DeadlineExceeded:
            return self.request_status_raw(canister_id, req_id)

    async def poll_async(
        self, canister_id: Any, req_id: bytes, delay: float = 1, timeout: float = float("inf")
    ) -> tuple[str | None, Any]:
        """The same as `poll`, in a thread."""
        return await asyncio.to_thread(self.poll, canister_id, req_id, delay, timeout)


def _patience(timeout: float) -> float | None:
    return None if timeout == float("inf") else timeout


def _as_lists(state: CertifiedState) -> Any:
    return cbor.decode(state.certificate, max_depth=MAX_CBOR_DEPTH)
