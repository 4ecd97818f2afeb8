"""Certificates over the state tree, and the keys behind them (specification, "Certification")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ic_factory.protocol.certificate import Certificate, state_root_signing_bytes
from ic_factory.protocol.crypto.bls import BlsSecretKey
from ic_factory.protocol.crypto.ed25519 import Ed25519SigningKey
from ic_factory.protocol.hash_tree import HashTree, Path, witness
from ic_factory.protocol.principal import Principal
from ic_factory.replica.random import derived_seed


@dataclass(frozen=True, slots=True)
class SubnetKeys:
    """The subnet's BLS key, which is the root key too, and its one node's Ed25519 key."""

    subnet: BlsSecretKey
    node: Ed25519SigningKey

    @classmethod
    def from_seed(cls, seed: bytes) -> SubnetKeys:
        """The keys that follow from 32 bytes."""
        return cls(
            BlsSecretKey.from_seed(derived_seed(seed, "subnet key")),
            Ed25519SigningKey.from_seed(derived_seed(seed, "node key")),
        )

    @property
    def root_key(self) -> bytes:
        """The subnet's public key in DER."""
        return self.subnet.public_key_der

    @property
    def subnet_id(self) -> Principal:
        return Principal.self_authenticating(self.subnet.public_key_der)

    @property
    def node_id(self) -> Principal:
        return Principal.self_authenticating(self.node.public_key_der)


@dataclass(frozen=True, slots=True)
class CertifiedState:
    """A state tree with the subnet's signature on its root hash."""

    tree: HashTree
    signature: bytes
    time: int
    height: int

    def certificate(self, paths: Iterable[Path]) -> bytes:
        """A certificate that reveals `/time` and the values under `paths`, or their absence."""
        revealed = witness(self.tree, [(b"time",), *paths])
        return Certificate(revealed, self.signature, None).encode()


def certify(keys: SubnetKeys, tree: HashTree, time: int, height: int) -> CertifiedState:
    """Signs the tree's root hash with the subnet's key."""
    signature = keys.subnet.sign(state_root_signing_bytes(tree.digest))
    return CertifiedState(tree, signature, time, height)
