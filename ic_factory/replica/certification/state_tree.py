"""From the subnet's state to the system state tree (specification, "The system state tree")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ic_factory.protocol import cbor
from ic_factory.protocol.hash_tree import HashTree, from_mapping
from ic_factory.protocol.leb128 import encode_unsigned
from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import memory_usage
from ic_factory.replica.certification.label_map import LabelMap
from ic_factory.replica.rejects import Reject, Reply
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.ingress_history import RequestStatus
from ic_factory.replica.state.subnet import CanisterRange, Subnet


@dataclass(frozen=True, slots=True)
class SubnetIdentity:
    """What the tree tells of the subnet itself."""

    subnet_id: Principal
    public_key: bytes
    node_id: Principal
    node_public_key: bytes
    ranges: tuple[CanisterRange, ...]


def canister_ranges_value(ranges: tuple[CanisterRange, ...]) -> bytes:
    """Ranges as the tree holds them: a list of pairs of principals in self-described CBOR."""
    return cbor.encode_self_described([[one.first.bytes, one.last.bytes] for one in ranges])


def request_subtree(status: RequestStatus) -> HashTree:
    """`/request_status/<request_id>`."""
    if isinstance(status, Reply):
        return from_mapping({b"status": b"replied", b"reply": status.data})
    if isinstance(status, Reject):
        return from_mapping(
            {
                b"status": b"rejected",
                b"reject_code": encode_unsigned(status.reject_code),
                b"reject_message": status.message.encode(),
                b"error_code": str(status.error_code).encode(),
            }
        )
    return from_mapping({b"status": status.value.encode()})


CertifiedFacts = tuple[bytes, tuple[Principal, ...], bytes | None, int]


def certified_facts(canister: Canister) -> CertifiedFacts:
    """All of a canister that the tree shows; equal facts give an equal subtree."""
    module_hash = None if canister.code is None else canister.code.module_hash
    return (
        canister.certified_data,
        canister.controllers,
        module_hash,
        canister.last_install_timestamp,
    )


def canister_subtree(canister: Canister) -> HashTree:
    """`/canister/<canister_id>`."""
    controllers = [controller.bytes for controller in canister.controllers]
    branches: dict[bytes, bytes | HashTree] = {
        b"canister_creation_timestamp": encode_unsigned(canister.created_at),
        b"controllers": cbor.encode_self_described(controllers),
    }
    code = canister.code
    if code is not None:
        branches[b"certified_data"] = canister.certified_data
        branches[b"module_hash"] = code.module_hash
        branches[b"last_install_timestamp"] = encode_unsigned(canister.last_install_timestamp)
        if code.custom_sections:
            branches[b"metadata"] = from_mapping(
                {name.encode(): content for name, (_, content) in code.custom_sections.items()}
            )
    return from_mapping(branches)


class StateTree:
    """The tree, kept from round to round; each change costs O(log(size))."""

    def __init__(self, identity: SubnetIdentity) -> None:
        self.identity = identity
        self._canisters = LabelMap()
        self._requests = LabelMap()
        self._facts: dict[Principal, CertifiedFacts] = {}
        self._state_bytes: dict[Principal, int] = {}
        self._state_bytes_total = 0
        ranges = identity.ranges
        self._canister_ranges = from_mapping(
            {
                self.identity.subnet_id.bytes: {
                    ranges[0].first.bytes: canister_ranges_value(ranges),
                }
            }
        )

    def set_canister(self, canister: Canister) -> None:
        """Takes in what has changed of a canister."""
        self._count_bytes(canister.canister_id, memory_usage(canister))
        facts = certified_facts(canister)
        if self._facts.get(canister.canister_id) != facts:
            self._facts[canister.canister_id] = facts
            label = canister.canister_id.bytes
            self._canisters = self._canisters.with_label(label, canister_subtree(canister))

    def remove_canister(self, canister_id: Principal) -> None:
        """Forgets a canister that was deleted."""
        self._count_bytes(canister_id, 0)
        self._facts.pop(canister_id, None)
        self._canisters = self._canisters.without_label(canister_id.bytes)

    @property
    def state_bytes(self) -> dict[Principal, int]:
        """What is counted of each canister's memory, as of when it last changed."""
        return dict(self._state_bytes)

    def count_bytes(self, state_bytes: Mapping[Principal, int]) -> None:
        """Counts for each canister what another tree of the same state has counted."""
        for canister_id, size in state_bytes.items():
            self._count_bytes(canister_id, size)

    def _count_bytes(self, canister_id: Principal, size: int) -> None:
        self._state_bytes_total += size - self._state_bytes.get(canister_id, 0)
        self._state_bytes[canister_id] = size

    def set_request(self, request_id: bytes, status: RequestStatus) -> None:
        """Takes in a request's new status."""
        self._requests = self._requests.with_label(request_id, request_subtree(status))

    def remove_request(self, request_id: bytes) -> None:
        """Forgets a request."""
        self._requests = self._requests.without_label(request_id)

    def copy(self) -> StateTree:
        """The same tree, on its own from here on; the nodes are shared."""
        other = StateTree(self.identity)
        other._canisters = self._canisters
        other._requests = self._requests
        other._facts = dict(self._facts)
        other._state_bytes = dict(self._state_bytes)
        other._state_bytes_total = self._state_bytes_total
        return other

    def root(self, subnet: Subnet) -> HashTree:
        """The whole tree as of the subnet's time."""
        return from_mapping(
            {
                b"canister": self._canisters.tree,
                b"canister_ranges": self._canister_ranges,
                b"request_status": self._requests.tree,
                b"subnet": {self.identity.subnet_id.bytes: self._subnet_branches(subnet)},
                b"time": encode_unsigned(subnet.time),
            }
        )

    def _subnet_branches(self, subnet: Subnet) -> dict[bytes, bytes | HashTree]:
        identity = self.identity
        return {
            b"canister_ranges": canister_ranges_value(identity.ranges),
            b"metrics": _metrics(subnet, self._state_bytes_total),
            b"node": from_mapping(
                {identity.node_id.bytes: {b"public_key": identity.node_public_key}}
            ),
            b"public_key": identity.public_key,
            b"type": b"application",
        }


def _metrics(subnet: Subnet, canister_state_bytes: int) -> bytes:
    consumed = subnet.consumed_cycles
    return cbor.encode_self_described(
        {
            "num_canisters": len(subnet.canisters),
            "canister_state_bytes": canister_state_bytes,
            "consumed_cycles_total": {"low": consumed % 2**64, "high": consumed >> 64},
            "update_transactions_total": subnet.update_transactions,
        }
    )


def state_tree_of(subnet: Subnet, identity: SubnetIdentity) -> StateTree:
    """The tree of a whole state, made at once."""
    tree = StateTree(identity)
    for canister in subnet.canisters.values():
        tree.set_canister(canister)
    for request_id, record in subnet.ingress_history.items():
        tree.set_request(request_id, record.status)
    return tree
