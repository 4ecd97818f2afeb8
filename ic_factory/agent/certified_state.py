"""What a certificate proves, once it has been verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ic_factory.errors import HashTreeError
from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.certificate_errors import MalformedCertificateError
from ic_factory.protocol.certificate_verification import (
    certified_time,
    check_age,
    verify_for_canister,
)
from ic_factory.protocol.hash_tree import (
    Absent,
    Found,
    HashTree,
    Path,
    check_well_formed,
    labels,
    lookup_path,
    lookup_subtree,
)
from ic_factory.protocol.principal import Principal


@dataclass(frozen=True, slots=True)
class CertifiedState:
    """A verified part of a subnet's state tree.

    Attributes:
        tree: The part.
        time: When it was certified, in nanoseconds since 1970.
        subnet_id: Whose state it is.
        certificate: The certificate as it came.
    """

    tree: HashTree
    time: int
    subnet_id: Principal
    certificate: bytes

    def value(self, path: Path) -> bytes | None:
        """The value at a path; None where the certificate proves that there is none.

        Raises:
            MalformedCertificateError: The certificate is silent about the path.
        """
        match lookup_path(self.tree, path):
            case Found(value):
                return value
            case Absent():
                return None
        raise MalformedCertificateError(f"certificate is silent about {shown(path)}")

    @property
    def node_keys(self) -> Mapping[bytes, bytes]:
        """The public keys, in DER, of the subnet's nodes by the bytes of their ids."""
        nodes = (b"subnet", self.subnet_id.bytes, b"node")
        found = lookup_subtree(self.tree, nodes)
        if not isinstance(found, Found):
            raise MalformedCertificateError(f"certificate is silent about {shown(nodes)}")
        keys = {node: self.value((*nodes, node, b"public_key")) for node in labels(found.value)}
        return {node: key for node, key in keys.items() if key is not None}


def verify_state(
    encoded: bytes, root_key: bytes, effective_canister_id: Principal, now: int
) -> CertifiedState:
    """Reads and verifies a certificate (specification, "Certificate").

    Args:
        encoded: The certificate.
        root_key: The key of the network, in DER.
        effective_canister_id: The canister whose subnet has to have signed it.
        now: The time to judge its age by, in nanoseconds since 1970; five minutes are accepted.

    Raises:
        CertificateError: It does not verify; the branch tells why.
    """
    certificate = Certificate.decode(encoded)
    verify_for_canister(certificate, root_key, effective_canister_id)
    check_age(certificate, now)
    try:
        check_well_formed(certificate.tree)
    except HashTreeError as error:
        raise MalformedCertificateError(f"certificate: {error}") from error
    delegation = certificate.delegation
    return CertifiedState(
        tree=certificate.tree,
        time=certified_time(certificate),
        subnet_id=(
            Principal.self_authenticating(root_key) if delegation is None else delegation.subnet_id
        ),
        certificate=encoded,
    )


def shown(path: Path) -> str:
    """A path of the state tree, for people."""
    return "/" + "/".join(
        label.decode() if label.isascii() and label.decode().isprintable() else label.hex()
        for label in path
    )
