"""A network of the tests' own: a root key, subnets that it vouches for, and what they certify."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ic_factory.protocol import cbor
from ic_factory.protocol.canister_ranges import CanisterIdRange, encode_ranges
from ic_factory.protocol.certificate import (
    Certificate,
    CertificateDelegation,
    state_root_signing_bytes,
)
from ic_factory.protocol.crypto.bls import BlsSecretKey
from ic_factory.protocol.crypto.ed25519 import Ed25519SigningKey
from ic_factory.protocol.hash_tree import Branch, from_mapping, witness
from ic_factory.protocol.leb128 import encode_unsigned
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.request_id import query_response_signing_bytes

ROOT = BlsSecretKey.from_seed(b"\x01" * 32)
IMPOSTOR = BlsSecretKey.from_seed(b"\x66" * 32)


def canister(number: int) -> Principal:
    return Principal(number.to_bytes(8, "big") + b"\x01\x01")


@dataclass(frozen=True)
class Node:
    """A node that signs the answers to queries."""

    seed: bytes

    @property
    def key(self) -> Ed25519SigningKey:
        return Ed25519SigningKey.from_seed(self.seed)

    @property
    def node_id(self) -> bytes:
        return Principal.self_authenticating(self.key.public_key_der).bytes


@dataclass(frozen=True)
class Subnet:
    """A subnet with its canisters and nodes.

    Attributes:
        number: Makes its keys.
        root: Who vouches for it.
        canisters: The first and the last one; none where its delegation shows no ranges.
    """

    number: int
    root: BlsSecretKey = ROOT
    canisters: tuple[int, int] | None = (10, 19)
    nodes: tuple[Node, ...] = field(default=(Node(b"\x0a" * 32), Node(b"\x0b" * 32)))

    @property
    def key(self) -> BlsSecretKey:
        return BlsSecretKey.from_seed(bytes([self.number]) * 32)

    @property
    def subnet_id(self) -> Principal:
        return Principal.self_authenticating(self.key.public_key_der)

    def delegation(self, nested: CertificateDelegation | None = None) -> CertificateDelegation:
        subnet: dict[bytes, Branch] = {b"public_key": self.key.public_key_der}
        if self.canisters is not None:
            first, last = map(canister, self.canisters)
            subnet[b"canister_ranges"] = encode_ranges([CanisterIdRange(first, last)])
        tree = {b"subnet": {self.subnet_id.bytes: subnet}, b"time": encode_unsigned(1)}
        return CertificateDelegation(self.subnet_id, _signed(self.root, tree, nested).encode())

    def certificate(
        self,
        state: Mapping[bytes, Branch],
        time: int,
        delegation: CertificateDelegation | None = None,
    ) -> bytes:
        """Certifies a state."""
        tree = {**state, b"time": encode_unsigned(time)}
        return _signed(self.key, tree, delegation or self.delegation()).encode()

    def of_nodes(self, time: int) -> bytes:
        """Certifies the keys of the nodes."""
        nodes = {one.node_id: {b"public_key": one.key.public_key_der} for one in self.nodes}
        return self.certificate({b"subnet": {self.subnet_id.bytes: {b"node": nodes}}}, time)

    def of_request(self, request_id: bytes, time: int, **status: bytes) -> bytes:
        """Certifies where a call is: `status`, `reply`, `reject_code`, …; nowhere without them."""
        leaves: dict[bytes, Branch] = {name.encode(): value for name, value in status.items()}
        return self.certificate({b"request_status": {request_id: leaves} if leaves else {}}, time)


def _signed(
    key: BlsSecretKey, state: Mapping[bytes, Branch], delegation: CertificateDelegation | None
) -> Certificate:
    tree = from_mapping(dict(state))
    return Certificate(tree, key.sign(state_root_signing_bytes(tree.digest)), delegation)


def pruned(certificate: bytes, *paths: tuple[bytes, ...]) -> bytes:
    """The same certificate, silent about all but these paths and the time."""
    whole = Certificate.decode(certificate)
    tree = witness(whole.tree, [(b"time",), *paths])
    return Certificate(tree, whole.signature, whole.delegation).encode()


def read_body(certificate: bytes) -> bytes:
    """The answer to a request for the state."""
    return cbor.encode_self_described({"certificate": certificate})


def call_body(certificate: bytes) -> bytes:
    """The answer to a call."""
    return cbor.encode_self_described({"status": "replied", "certificate": certificate})


def query_body(node: Node, request_id: bytes, time: int, **fields: object) -> bytes:
    """A node's answer to a query."""
    answer = fields or {"status": "replied", "reply": {"arg": b"DIDL\x00\x00"}}
    signature = node.key.sign(query_response_signing_bytes(answer, time, request_id))
    signed = {"timestamp": time, "signature": signature, "identity": node.node_id}
    return cbor.encode_self_described({**answer, "signatures": [signed]})
