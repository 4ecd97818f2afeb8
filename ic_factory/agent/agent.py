"""ic-py's agent, made fit for work."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar

from ic_factory.agent.calling import RequestStatus, SentCall, await_answer, call, status_of
from ic_factory.agent.certified_state import CertifiedState
from ic_factory.agent.client import Client
from ic_factory.agent.driving import drive
from ic_factory.agent.errors import Attempt, MalformedAnswer
from ic_factory.agent.flow import NANOSECONDS, Flow, Surroundings
from ic_factory.agent.http import is_loopback
from ic_factory.agent.ic_py_methods import IcPyMethods
from ic_factory.agent.querying import NodeKeys, query
from ic_factory.agent.reading import read_state
from ic_factory.agent.signing import Signer, SigningIdentity, random_nonce
from ic_factory.agent.terms import Endpoints, Terms
from ic_factory.errors import CborError, ProtocolError
from ic_factory.protocol import cbor
from ic_factory.protocol.hash_tree import Path
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.root_key import MAINNET_ROOT_KEY

DEFAULT_INGRESS_EXPIRY = 240
"""Seconds; the IC takes 300 at most, and clocks differ."""

DEFAULT_PATIENCE = 300.0
"""Seconds that the answer to a call is waited for."""

LONGEST_PATIENCE = 24 * 60 * 60.0
"""Seconds; a wait for ever ends here."""

T = TypeVar("T")


class Agent(IcPyMethods):
    """Calls canisters, and takes nothing on trust.

    Code for ic-py's agent runs on it unchanged. What is different: certificates and the signatures
    of queries are verified, errors are raised and typed, calls are answered without polling where
    the network can, a call that is sent again runs once, and connections are kept.

    `update`, `query` and `read_state` take and return bytes; the methods of `IcPyMethods` are
    ic-py's, and so are their values. An agent may be used by several threads, and closes its
    connections on `close` or at the end of a `with`.
    """

    def __init__(
        self,
        identity: SigningIdentity,
        client: Any = None,
        nonce_factory: Callable[[], bytes] | None = None,
        ingress_expiry: int = DEFAULT_INGRESS_EXPIRY,
        root_key: bytes | None = None,
        *,
        patience: float = DEFAULT_PATIENCE,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """Opens no connection yet.

        Args:
            identity: Who calls; ours or ic-py's.
            client: Our client or ic-py's; one for the mainnet where it is left out.
            nonce_factory: Makes at most 32 bytes for each call; random ones where it is left out.
            ingress_expiry: How long a request is valid, in seconds.
            root_key: The network's root key, in DER. Where it is left out, it is the mainnet's;
                but a network at an address of this machine is asked for its own.
            patience: How long the answer to a call is waited for, in seconds.
            clock: The time, in nanoseconds since 1970.
        """
        ours = Client.of(client) if client is not None else Client()
        super().__init__(identity, ours, nonce_factory, ingress_expiry, root_key)
        self.root_key: bytes | None = root_key
        self._patience = _nanoseconds(patience)
        self._node_keys = NodeKeys()
        self._lock = Lock()
        self._terms = Terms(
            url=ours.url,
            root_key=self.get_root_key,
            signer=Signer(identity, nonce_factory or random_nonce),
            ingress_expiry=int(ingress_expiry * NANOSECONDS),
            surroundings=Surroundings(clock, random.random),
            endpoints=Endpoints(),
        )

    @property
    def url(self) -> str:
        """The network's address."""
        return self._terms.url

    @property
    def sender(self) -> Principal:
        """Who calls."""
        return self._terms.signer.sender

    def with_identity(self, identity: SigningIdentity) -> Agent:
        """The same network, connections and terms for another caller."""
        twin = Agent(
            identity,
            self.client,
            self.nonce_factory,
            self.ingress_expiry,
            self.get_root_key(),
            patience=self._patience / NANOSECONDS,
            clock=self._terms.surroundings.clock,
        )
        twin._node_keys = self._node_keys
        twin._terms = replace(twin._terms, endpoints=self._terms.endpoints)
        return twin

    def update(
        self,
        canister_id: Principal | str,
        method_name: str,
        arg: bytes,
        *,
        effective_canister_id: Principal | str | None = None,
        patience: float | None = None,
    ) -> bytes:
        """Calls an update method and waits for the certified reply.

        Args:
            canister_id: The canister.
            method_name: Its method.
            arg: The argument, in general Candid.
            effective_canister_id: For the management canister: which canister the call is about.
            patience: How long to wait, in seconds; the agent's own where it is left out.

        Raises:
            CanisterReject: The call was rejected.
            NoAnswer: It was sent, and its answer is not known.
            AgentError: No answer came back, or none to be trusted.
        """
        target, effective = _ids(canister_id, effective_canister_id)
        waited = self._wait(patience)
        return self._run(call(self._terms, target, method_name, arg, effective, waited))

    def query(
        self,
        canister_id: Principal | str,
        method_name: str,
        arg: bytes,
        *,
        effective_canister_id: Principal | str | None = None,
    ) -> bytes:
        """Calls a query method; the signature of the node that answers is verified.

        Args:
            canister_id: The canister.
            method_name: Its method.
            arg: The argument, in general Candid.
            effective_canister_id: For the management canister: which canister the query is about.

        Raises:
            CanisterReject: The query was rejected.
            AgentError: No answer came back, or none to be trusted.
        """
        target, effective = _ids(canister_id, effective_canister_id)
        return self._run(query(self._terms, self._node_keys, target, method_name, arg, effective))

    def await_answer(
        self,
        request_id: bytes,
        canister_id: Principal | str,
        method_name: str = "",
        *,
        effective_canister_id: Principal | str | None = None,
        patience: float | None = None,
    ) -> bytes:
        """Waits for the reply to a call that was sent before, by this agent or another.

        Args:
            request_id: The call's request id, 32 bytes.
            canister_id: The canister that was called.
            method_name: Its method, for errors.
            effective_canister_id: As it was when the call was sent.
            patience: How long to wait, in seconds; the agent's own where it is left out.

        Raises:
            CanisterReject: The call was rejected.
            NoAnswer: There is none, or none yet.
            AgentError: No answer came back, or none to be trusted.
        """
        sent = self._sent(request_id, canister_id, method_name, effective_canister_id, patience)
        return self._run(await_answer(self._terms, sent, unknown_at=None))

    def request_status(
        self,
        request_id: bytes,
        canister_id: Principal | str,
        *,
        effective_canister_id: Principal | str | None = None,
    ) -> tuple[RequestStatus, CertifiedState]:
        """Where a call is, and the certified state that says so.

        Raises:
            AgentError: No answer came back, or none to be trusted.
        """
        sent = self._sent(request_id, canister_id, "", effective_canister_id, None)
        return self._run(status_of(self._terms, sent))

    def read_state(
        self, effective_canister_id: Principal | str, paths: Sequence[Path]
    ) -> CertifiedState:
        """Reads parts of the certified state of a canister's subnet.

        Raises:
            AgentError: No answer came back, or none to be trusted.
        """
        effective = Principal.of(effective_canister_id)
        return self._run(read_state(self._terms, effective, tuple(map(tuple, paths))))

    def read_module_hash(self, canister_id: Principal | str) -> bytes | None:
        """The certified SHA-256 of the module that a canister runs; None where it has none.

        Raises:
            AgentError: No answer came back, or none to be trusted.
        """
        return self._read_leaf(canister_id, b"module_hash")

    def read_controllers(self, canister_id: Principal | str) -> tuple[Principal, ...] | None:
        """The certified controllers of a canister; None where there is no such canister.

        Raises:
            AgentError: No answer came back, or none to be trusted.
        """
        encoded = self._read_leaf(canister_id, b"controllers")
        if encoded is None:
            return None
        try:
            return tuple(map(Principal, cbor.decode(encoded)))
        except (ProtocolError, TypeError) as error:
            attempt = Attempt("reading the controllers", Principal.of(canister_id), self.url, b"")
            raise MalformedAnswer(attempt, f"they are no principals: {error}") from error

    def read_metadata(self, canister_id: Principal | str, name: str) -> bytes | None:
        """A custom section of a canister's module, such as `candid:service`; None without one.

        Raises:
            RequestRefused: It is private, and the caller controls the canister not.
            AgentError: No answer came back, or none to be trusted.
        """
        return self._read_leaf(canister_id, b"metadata", name.encode())

    def get_root_key(self) -> bytes:
        """The root key that certificates are verified with, in DER.

        Raises:
            AgentError: A local network does not tell it.
        """
        with self._lock:
            if self.root_key is None:
                self.root_key = (
                    self._fetched_root_key() if is_loopback(self.url) else MAINNET_ROOT_KEY
                )
            return self.root_key

    def close(self) -> None:
        """Sends nothing more; connections are closed when the requests under way have ended."""
        self.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _sent(
        self,
        request_id: bytes,
        canister_id: Principal | str,
        method_name: str,
        effective_canister_id: Principal | str | None,
        patience: float | None,
    ) -> SentCall:
        target, effective = _ids(canister_id, effective_canister_id)
        return SentCall(
            attempt=Attempt(f"update {method_name}".strip(), target, self.url, request_id),
            method_name=method_name,
            effective_canister_id=effective,
            ingress_expiry=None,
            deadline=self._terms.surroundings.clock() + self._wait(patience),
        )

    def _wait(self, patience: float | None) -> int:
        return self._patience if patience is None else _nanoseconds(patience)

    def _read_leaf(self, canister_id: Principal | str, *leaf: bytes) -> bytes | None:
        principal = Principal.of(canister_id)
        path = (b"canister", principal.bytes, *leaf)
        return self.read_state(principal, [path]).value(path)

    def _fetched_root_key(self) -> bytes:
        attempt = Attempt("status", Principal.management_canister(), self.url, b"")
        try:
            status = cbor.decode(self.client.status())
        except CborError as error:
            raise MalformedAnswer(attempt, f"it is not CBOR: {error}") from error
        key = status.get("root_key") if type(status) is dict else None
        if type(key) is not bytes:
            raise MalformedAnswer(attempt, "it tells no root key")
        return key

    def _run(self, flow: Flow[T]) -> T:
        # Before a call is sent: its answer could not be verified otherwise.
        self.get_root_key()
        return drive(flow, self.client.transport)


def _nanoseconds(patience: float) -> int:
    return int(min(patience, LONGEST_PATIENCE) * NANOSECONDS)


def _ids(
    canister_id: Principal | str, effective_canister_id: Principal | str | None
) -> tuple[Principal, Principal]:
    """The canister, and the one whose subnet it is sent to."""
    target = Principal.of(canister_id)
    return target, target if effective_canister_id is None else Principal.of(effective_canister_id)
