"""One subnet that moves by rounds: its state, and the certificate over it. Not thread-safe."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ic_factory.protocol.principal import Principal
from ic_factory.replica.activity import Activity
from ic_factory.replica.certification.certified_state import CertifiedState, SubnetKeys, certify
from ic_factory.replica.certification.state_tree import StateTree, SubnetIdentity, state_tree_of
from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.ingress.envelopes import IngressMessage
from ic_factory.replica.ingress.inspect_message import inspect_call
from ic_factory.replica.live_codes import LiveCodes
from ic_factory.replica.management.router import ManagementCanister
from ic_factory.replica.rejects import Reject
from ic_factory.replica.scheduling.aside import Agenda
from ic_factory.replica.scheduling.delivery import MANAGEMENT_CANISTER
from ic_factory.replica.scheduling.scheduler import Scheduler
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.surroundings import SystemFacts


@dataclass(frozen=True, slots=True)
class Moment:
    """All of a machine at one time; never changed, so it can be returned to again and again."""

    subnet: Subnet
    tree: StateTree
    next_heartbeat: int
    agenda: Agenda


class SubnetMachine:
    """State, scheduler and certificate of one subnet."""

    def __init__(
        self,
        keys: SubnetKeys,
        facts: SystemFacts,
        limits: InstructionLimits,
        management: ManagementCanister,
        wake: Callable[[], None],
    ) -> None:
        """Makes a machine without a state; `adopt` or `return_to` gives it one.

        Args:
            keys: what the state is certified with.
            facts: what is the same for all canisters.
            limits: instructions for each kind of message.
            management: the management canister.
            wake: called from another thread when there is something to do in a round.
        """
        self.keys = keys
        self.facts = facts
        self.limits = limits
        self.management = management
        self.activity = Activity()
        self._wake = wake
        self._data_certificates: dict[Principal, bytes] = {}
        self._live_codes = LiveCodes()

    def adopt(self, subnet: Subnet) -> None:
        """Goes on from this state."""
        agenda = Agenda(tuple(key for key, each in subnet.canisters.items() if each.queue))
        self._go_on_from(Moment(subnet, self.tree_of(subnet, {}), 0, agenda))

    def tree_of(self, subnet: Subnet, state_bytes: Mapping[Principal, int]) -> StateTree:
        """The state tree of a subnet, which counts `state_bytes` where they are given."""
        tree = state_tree_of(subnet, self._identity(subnet))
        tree.count_bytes(state_bytes)
        return tree

    def moment(self) -> Moment:
        """The state as it is now; what runs aside has not happened yet."""
        subnet = self.subnet.copy()
        for canister_id, aside in self.scheduler.aside.items():
            subnet.canisters[canister_id].code = aside.code_before
            aside.put_back(subnet)
        agenda = self.scheduler.agenda
        return Moment(subnet, self._tree.copy(), self.scheduler.next_heartbeat, agenda)

    def return_to(self, moment: Moment) -> None:
        """Makes the state what it was at that moment."""
        self._go_on_from(
            replace(moment, subnet=moment.subnet.copy(), tree=moment.tree.copy()),
        )

    def _go_on_from(self, moment: Moment) -> None:
        self.subnet = moment.subnet
        self._tree = moment.tree
        self._live_codes = LiveCodes()
        self.scheduler = Scheduler(
            moment.subnet,
            self.facts,
            self.limits,
            self.management,
            self.activity,
            wake=self._wake,
            next_heartbeat=moment.next_heartbeat,
        )
        self.scheduler.take_up(moment.agenda)
        self.certify()

    def round(
        self, time: int, ended_aside: Iterable[Principal] = (), *, runs_aside: bool = False
    ) -> list[bytes]:
        """Runs one round; `certify` is yet to be called.

        Args:
            time: nanoseconds since 1970.
            ended_aside: canisters whose message that ran aside is taken in, in this order.
            runs_aside: whether messages may begin to run aside.

        Returns:
            The requests that it ended: answered, forgotten, or too late to be taken in.
        """
        self.scheduler.runs_aside = runs_aside
        self.scheduler.round(time, ended_aside)
        return self._take_in_changes()

    @property
    def root(self) -> bytes:
        """The hash of the state tree as it is now."""
        return self._tree.root(self.subnet).digest

    def _take_in_changes(self) -> list[bytes]:
        delivery = self.scheduler.delivery
        for canister_id in delivery.touched_canisters:
            canister = self.subnet.canisters.get(canister_id)
            if canister is None or canister.code is None:
                self._live_codes.forget(canister_id)
            if canister is None:
                self._tree.remove_canister(canister_id)
                continue
            self._tree.set_canister(canister)
            if isinstance(canister.code, ResidentCode) and canister_id not in self.scheduler.aside:
                self._live_codes.note_use(canister_id, canister.code)
        self._live_codes.put_idle_ones_away(self.scheduler.aside)
        ended = []
        for request_id in delivery.touched_requests:
            record = self.subnet.ingress_history.get(request_id)
            if record is None:
                self._tree.remove_request(request_id)
                ended.append(request_id)
                continue
            self._tree.set_request(request_id, record.status)
            if record.is_answered:
                ended.append(request_id)
        delivery.touched_canisters.clear()
        delivery.touched_requests.clear()
        return ended

    def certify(self) -> None:
        """Signs the state as it is now."""
        subnet = self.subnet
        tree = self._tree.root(subnet)
        self.certified: CertifiedState = certify(self.keys, tree, subnet.time, subnet.height)
        self._data_certificates.clear()

    def data_certificate(self, canister_id: Principal) -> bytes:
        """What `ic0.data_certificate_copy` gives a canister."""
        certificate = self._data_certificates.get(canister_id)
        if certificate is None:
            path = (b"canister", canister_id.bytes, b"certified_data")
            certificate = self.certified.certificate([path])
            self._data_certificates[canister_id] = certificate
        return certificate

    def inspect(self, message: IngressMessage) -> Reject | None:
        """Why a user's call is not let in, or None where it is."""
        if message.canister_id == MANAGEMENT_CANISTER:
            return self.management.inspect_ingress(
                self.subnet, message.sender, message.method_name, message.argument
            ) or self.scheduler.induction.refusal(self.subnet, message)
        return inspect_call(self.subnet, self.facts, self.limits, self.readable_code, message)

    def readable_code(self, canister: Canister) -> ResidentCode:
        """A canister's committed code; for one that is busy aside, as it was before."""
        aside = self.scheduler.aside.get(canister.canister_id)
        if aside is not None and aside.code_before is not None:
            return aside.code_before
        assert isinstance(canister.code, ResidentCode)
        self._live_codes.note_use(canister.canister_id, canister.code)
        return canister.code

    @property
    def live_instances(self) -> int:
        """How many canisters have an instance of their code that is not put away."""
        return len(self._live_codes)

    def _identity(self, subnet: Subnet) -> SubnetIdentity:
        return SubnetIdentity(
            subnet_id=self.keys.subnet_id,
            public_key=self.keys.root_key,
            node_id=self.keys.node_id,
            node_public_key=self.keys.node.public_key_der,
            ranges=subnet.ranges,
        )
