"""The replica: one subnet with its keys, its clock and its rounds, behind one door.

    with Replica() as replica:                      # rounds are run by hand
        canister_id = replica.create_canister()
        replica.install_code(canister_id, wasm)
        reply = replica.update(canister_id, "greet", argument)

`start` lets rounds run by themselves, in a thread, as the HTTP server needs it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from ic_factory.protocol.principal import Principal
from ic_factory.replica import direct_calls
from ic_factory.replica.beginnings import course_of
from ic_factory.replica.clock import Clock, HostClock
from ic_factory.replica.config import ReplicaConfig
from ic_factory.replica.description import (
    CanisterDescription,
    ReplicaDescription,
    describe,
    describe_canisters,
)
from ic_factory.replica.errors import NoAnswer
from ic_factory.replica.execution.engine import Engine, ModuleCounts
from ic_factory.replica.figures import Figures, figures_of
from ic_factory.replica.ingress import read_state
from ic_factory.replica.ingress.envelopes import MAX_INGRESS_TTL, IngressMessage, read_read_state
from ic_factory.replica.ingress.requests import RequestReader
from ic_factory.replica.machine import SubnetMachine
from ic_factory.replica.queries.answering import Queries
from ic_factory.replica.queries.evaluation import Query
from ic_factory.replica.queries.response import SignedResponse, sign_response
from ic_factory.replica.random import derived_seed, fresh_seed
from ic_factory.replica.rejects import Payload, Reject
from ic_factory.replica.rounds import Rounds
from ic_factory.replica.snapshots import Snapshots, SnapshotToken
from ic_factory.replica.state.logs import LogRecord
from ic_factory.replica.state.subnet import (
    FIRST_FRESH_NUMBER,
    canister_id_of,
)
from ic_factory.replica.storage.inputs import Ingress
from ic_factory.replica.storage.storage import Storage


@dataclass(frozen=True, slots=True)
class Accepted:
    """The call has been taken in; its status is at `/request_status/<request_id>`."""

    request_id: bytes


class Replica:
    """An Internet Computer of one subnet in this process. Safe to use from many threads."""

    def __init__(
        self,
        config: ReplicaConfig | None = None,
        clock: Clock | None = None,
        engine: Engine | None = None,
        storage: Storage | None = None,
    ) -> None:
        """Makes a replica with no canisters, or that of a storage; no round runs before `tick`.

        Args:
            config: seed, fees and limits.
            clock: what tells the time of a new replica; the host's where none is given.
            engine: the WASM engine to share with other replicas of this process.
            storage: where its state is kept; in memory alone where there is none.

        Raises:
            StateRefused: what is stored can't be gone on from, and is left as it was.
            StateInUse: another process has it.
            StorageUnavailable: the storage can't be written.
        """
        wanted = config or ReplicaConfig()
        kept_seed = None if storage is None else storage.seed
        self._seed = wanted.seed or kept_seed or fresh_seed()
        self.config = wanted.with_seed(self._seed)
        self._engine = engine or Engine(self.config.compile_cache)
        self._rounds = Rounds(self.config, storage)
        self._queries = Queries(self._rounds)
        self.snapshots = Snapshots(self._rounds)
        try:
            self._rounds.course = course_of(
                self.config, self._engine, self._rounds, storage, clock or HostClock()
            )
        except BaseException:
            if storage is not None:
                storage.close()
            raise

    @property
    def _machine(self) -> SubnetMachine:
        return self._rounds.machine

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def root_key(self) -> bytes:
        """The public key that certificates are verified with, in DER."""
        return self._machine.keys.root_key

    @property
    def subnet_id(self) -> Principal:
        """The id of the only subnet, which is the root subnet."""
        return self._machine.keys.subnet_id

    @property
    def node_id(self) -> Principal:
        """The id of the subnet's only node, which signs the answers to queries."""
        return self._machine.keys.node_id

    @property
    def default_effective_canister_id(self) -> Principal:
        """An id in this subnet's ranges, for calls that create canisters."""
        return canister_id_of(FIRST_FRESH_NUMBER)

    @property
    def height(self) -> int:
        """How many rounds there have been."""
        return self._machine.subnet.height

    @property
    def now(self) -> int:
        """The time of the last round, in nanoseconds since 1970-01-01."""
        return self._machine.subnet.time

    @property
    def is_live(self) -> bool:
        """Whether rounds run by themselves."""
        return self._rounds.is_live

    @property
    def is_healthy(self) -> bool:
        """Whether it can serve requests: not closed, and no round has failed."""
        return self._rounds.is_healthy

    @property
    def is_durable(self) -> bool:
        """Whether its state is on disk, and there for the next process."""
        return self._rounds.is_durable

    def describe(self) -> ReplicaDescription:
        """The subnet and its canisters in figures."""
        with self._rounds.lock:
            return describe(self._machine.subnet, self.root_key)

    def describe_canisters(self, first: int, count: int) -> tuple[CanisterDescription, ...]:
        """Some canisters in figures, in the order of their creation, from place `first` on."""
        with self._rounds.lock:
            return describe_canisters(self._machine.subnet, first, count)

    def figures(self) -> Figures:
        """How much there is of everything, and what has been done so far."""
        with self._rounds.lock:
            return figures_of(self._machine)

    @property
    def module_counts(self) -> ModuleCounts:
        """How modules came to be ready to run, by this replica and those that share its engine."""
        return self._engine.counts

    def canister_logs(self, canister_id: Principal) -> tuple[LogRecord, ...]:
        """What is kept of a canister's log; empty for one that isn't there."""
        with self._rounds.lock:
            canister = self._machine.subnet.canisters.get(canister_id)
            return () if canister is None else tuple(canister.log.records)

    def set_time(self, time: int) -> None:
        """Sets the clock, which stands still from here on; `time` in nanoseconds since 1970."""
        self._rounds.set_time(time)

    def advance_time(self, nanoseconds: int) -> None:
        """Moves the clock forward; a running clock runs on from there."""
        self._rounds.advance_time(nanoseconds)

    def tick(self) -> None:
        """Runs one round."""
        self._rounds.tick()

    def start(self) -> None:
        """Lets rounds run by themselves from here on, whenever there is something to do."""
        self._rounds.start()

    def close(self) -> None:
        """Ends all rounds. The replica can't be used any more."""
        self._rounds.close()

    def snapshot(self) -> SnapshotToken:
        """Keeps this moment, to come back to it with `rewind`."""
        return self.snapshots.take()

    def rewind(self, token: SnapshotToken) -> None:
        """Makes everything as it was when the token was given; the token stays good.

        Calls that are under way are undone: whoever waits for one is told that it has no answer.

        Raises:
            UnknownSnapshot: the token is not of this replica.
        """
        self.snapshots.rewind(token)

    def fork(self) -> Replica:
        """A replica of its own that goes on from here, with the same keys, by hand, in memory."""
        with self._rounds.lock:
            other = Replica(self.config, self._rounds.clock, self._engine)
            other._machine.return_to(self._machine.moment())
            other._rounds.course.direct_calls = self._rounds.course.direct_calls
            return other

    def submit(self, effective_canister_id: Principal, body: bytes) -> Accepted | Reject:
        """Takes in a call's envelope (`/canister/<id>/call`).

        Raises:
            BadRequest: it breaks a rule of the interface.
        """
        now = self._rounds.clock.now()
        return self.submit_message(self._reader.canister_call(effective_canister_id, body, now))

    def submit_to_subnet(self, effective_subnet_id: Principal, body: bytes) -> Accepted | Reject:
        """Takes in a call's envelope at a subnet's URL, where canisters alone are created.

        Raises:
            BadRequest: it breaks a rule of the interface.
        """
        now = self._rounds.clock.now()
        return self.submit_message(self._reader.subnet_call(effective_subnet_id, body, now))

    def submit_message(self, message: IngressMessage) -> Accepted | Reject:
        """Takes in a call whose sender is known, if its receiver lets it in.

        Raises:
            StorageUnavailable: there is no room on disk; the call has not been taken in.
        """
        return self._take_in(Ingress(message))

    def _take_in(self, ingress: Ingress) -> Accepted | Reject:
        self._rounds.check_open()
        message = ingress.message
        with self._rounds.lock:
            if message.request_id not in self._machine.subnet.ingress_history:
                refusal = self._machine.inspect(message)
                if refusal is not None:
                    return refusal
                self._rounds.act_upon(ingress)
        self._rounds.wake()
        return Accepted(message.request_id)

    def when_answered(self, request_id: bytes, notify: Callable[[], None]) -> None:
        """Calls `notify` once, from any thread, when the request is answered or undone."""
        self._rounds.when_answered(request_id, notify)

    def answer_of(self, request_id: bytes) -> Payload | None:
        """What a request was answered with; None while it is not."""
        return self._rounds.answer_of(request_id)

    def certificate_of_request(self, request_id: bytes) -> bytes:
        """A certificate of the request's status."""
        return self._machine.certified.certificate([(b"request_status", request_id)])

    def query(self, effective_canister_id: Principal, body: bytes) -> SignedResponse:
        """Answers a query's envelope (`/canister/<id>/query`), signed by the node.

        Raises:
            BadRequest: it breaks a rule of the interface.
        """
        now = self._rounds.clock.now()
        return self._signed(*self._reader.canister_query(effective_canister_id, body, now))

    def query_subnet(self, effective_subnet_id: Principal, body: bytes) -> SignedResponse:
        """Answers a query's envelope at a subnet's URL, where `list_canisters` alone is served.

        Raises:
            BadRequest: it breaks a rule of the interface.
        """
        now = self._rounds.clock.now()
        return self._signed(*self._reader.subnet_query(effective_subnet_id, body, now))

    def _signed(self, request_id: bytes, query: Query) -> SignedResponse:
        payload = self._queries.answer(query)
        return sign_response(self._machine.keys.node, request_id, payload, self._rounds.clock.now())

    def read_canister_state(self, effective_canister_id: Principal, body: bytes) -> bytes:
        """Answers `/canister/<id>/read_state` with a certificate.

        Raises:
            BadRequest: it breaks a rule of the interface, or a path may not be read.
        """
        reader, paths = read_read_state(body, self._rounds.clock.now(), self.root_key)
        self._reader.check_hosted(effective_canister_id)
        with self._rounds.lock:
            self._rounds.freshen()
            read_state.check_canister_paths(
                self._machine.subnet, effective_canister_id, reader, paths
            )
            return self._machine.certified.certificate(paths)

    def read_subnet_state(self, effective_subnet_id: Principal, body: bytes) -> bytes:
        """Answers `/subnet/<id>/read_state` with a certificate.

        Raises:
            BadRequest: it breaks a rule of the interface, or a path may not be read.
        """
        reader, paths = read_read_state(body, self._rounds.clock.now(), self.root_key)
        self._reader.check_subnet(effective_subnet_id)
        with self._rounds.lock:
            self._rounds.freshen()
            read_state.check_subnet_paths(self._machine.subnet, effective_subnet_id, reader, paths)
            return self._machine.certified.certificate(paths)

    @property
    def _reader(self) -> RequestReader:
        return RequestReader(self._machine.subnet, self._machine.management, self.root_key)

    def query_call(
        self,
        canister_id: Principal,
        method_name: str,
        argument: bytes = b"",
        sender: Principal | None = None,
    ) -> Payload:
        """Calls a query method with no envelope; anonymous where no sender is given."""
        caller = sender or Principal.anonymous()
        return self._queries.answer(Query(canister_id, method_name, argument, caller))

    def update(
        self,
        canister_id: Principal,
        method_name: str,
        argument: bytes = b"",
        sender: Principal | None = None,
    ) -> Payload:
        """Calls an update method with no envelope, and runs rounds until it is answered.

        Raises:
            NoAnswer: the rounds have nothing left to do and the call is still open, as when it
                waits for time to pass; or the replica was rewound meanwhile.
        """
        request_id = self.submit_direct(canister_id, method_name, argument, sender)
        if isinstance(request_id, Reject):
            return request_id
        if self.is_live:
            answered = threading.Event()
            self.when_answered(request_id, answered.set)
            answered.wait()
        else:
            self._run_until_idle(request_id)
        answer = self.answer_of(request_id)
        if answer is None:
            raise NoAnswer(
                f"{method_name} of {canister_id} is still open and no round can bring it further; "
                "it may wait for a timer (advance_time) or for another call"
            )
        return answer

    def submit_direct(
        self,
        canister_id: Principal,
        method_name: str,
        argument: bytes = b"",
        sender: Principal | None = None,
    ) -> bytes | Reject:
        """Takes in a call with no envelope, and runs no round.

        Returns:
            The request id, for `answer_of`; or why the call is not let in.
        """
        with self._rounds.lock:
            number = self._rounds.course.direct_calls + 1
            # Counted though the call may not be let in, so that no two have one id.
            self._rounds.course.direct_calls = number
        request_id = derived_seed(self._seed, f"direct call {number}")
        message = IngressMessage(
            request_id=request_id,
            sender=sender or Principal.anonymous(),
            canister_id=canister_id,
            effective_id=canister_id,
            method_name=method_name,
            argument=argument,
            ingress_expiry=self._rounds.clock.now() + MAX_INGRESS_TTL,
        )
        accepted = self._take_in(Ingress(message, number))
        return accepted if isinstance(accepted, Reject) else request_id

    def _run_until_idle(self, request_id: bytes) -> None:
        self.tick()
        while self.answer_of(request_id) is None and self._machine.scheduler.has_work:
            self.tick()

    def create_canister(
        self,
        controller: Principal | None = None,
        *,
        cycles: int | None = None,
        canister_id: Principal | None = None,
    ) -> Principal:
        """Creates a canister by the provisional call, 100 T cycles where none are named.

        Raises:
            CallRejected: the management canister refused.
        """
        return direct_calls.create_canister(self.update, controller, cycles, canister_id)

    def install_code(
        self,
        canister_id: Principal,
        wasm_module: bytes,
        argument: bytes = b"",
        *,
        mode: str = "install",
        sender: Principal | None = None,
    ) -> None:
        """Installs a module; `mode` is install, reinstall or upgrade.

        Raises:
            CallRejected: the management canister refused, or the module's code failed.
        """
        direct_calls.install_code(self.update, canister_id, wasm_module, argument, mode, sender)
