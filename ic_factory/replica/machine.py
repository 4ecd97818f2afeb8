"""One subnet that moves by rounds: its state, and the certificate over it. Not thread-safe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ic_factory.protocol.principal import Principal
from ic_factory.replica.certification.certified_state import CertifiedState, SubnetKeys, certify
from ic_factory.replica.certification.state_tree import StateTree, SubnetIdentity, state_tree_of
from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.ingress.envelopes import IngressMessage
from ic_factory.replica.ingress.inspect_message import inspect_call
from ic_factory.replica.live_codes import LiveCodes
from ic_factory.replica.management.router import ManagementCanister
from ic_factory.replica.rejects import Reject
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
        self.runs_aside = False
        """Whether long messages may run aside, over many rounds."""
        self._wake = wake
        self._data_certificates: dict[Principal, bytes] = {}
        self._live_codes = LiveCodes()

    def adopt(self, subnet: Subnet) -> None:
        """Goes on from this state."""
        self._go_on_from(subnet, state_tree_of(subnet, self._identity(subnet)), 0)

    def moment(self) -> Moment:
        """The state as it is now; what runs aside has not happened yet."""
        subnet = self.subnet.copy()
        for canister_id, aside in self.scheduler.aside.items():
            subnet.canisters[canister_id].code = aside.code_before
        return Moment(subnet, self._tree.copy(), self.scheduler.next_heartbeat)

    def return_to(self, moment: Moment) -> None:
        """Makes the state what it was at that moment."""
        self._go_on_from(moment.subnet.copy(), moment.tree.copy(), moment.next_heartbeat)

    def _go_on_from(self, subnet: Subnet, tree: StateTree, next_heartbeat: int) -> None:
        self.subnet = subnet
        self._tree = tree
        self._live_codes = LiveCodes()
        self.scheduler = Scheduler(
            subnet,
            self.facts,
            self.limits,
            self.management,
            wake=self._wake,
            next_heartbeat=next_heartbeat,
        )
        self._certify()

    def round(self, time: int) -> list[bytes]:
        """Runs one round at `time` and certifies what it came to.

        Returns:
            The requests that it ended: answered, forgotten, or too late to be taken in.
        """
        self.scheduler.runs_aside = self.runs_aside
        self.scheduler.round(time)
        ended = self._take_in_changes()
        self._certify()
        return ended

    def _take_in_changes(self) -> list[bytes]:
        delivery = self.scheduler.delivery
        for canister_id in delivery.touched_canisters:
            canister = self.subnet.canisters.get(canister_id)
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

    def _certify(self) -> None:
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
            )
        return inspect_call(self.subnet, self.facts, self.limits, self.readable_code, message)

    def readable_code(self, canister: Canister) -> ResidentCode:
        """A canister's committed code; for one that is busy aside, as it was before."""
        aside = self.scheduler.aside.get(canister.canister_id)
        if aside is not None and aside.code_before is not None:
            return aside.code_before
        assert isinstance(canister.code, ResidentCode)
        self._live_codes.note_use(canister.canister_id, canister.code)
        return canister.code

    def _identity(self, subnet: Subnet) -> SubnetIdentity:
        return SubnetIdentity(
            subnet_id=self.keys.subnet_id,
            public_key=self.keys.root_key,
            node_id=self.keys.node_id,
            node_public_key=self.keys.node.public_key_der,
            ranges=subnet.ranges,
        )
