"""Whether a certificate is to be trusted (specification, "Certificate", "Delegation").

The algorithm is `verify_cert`, with the scope and the age that the HTTPS interface asks for.
"""

from __future__ import annotations

from functools import lru_cache

from ic_factory.errors import CertificateError, KeyFormatError, ProtocolError, SignatureError
from ic_factory.protocol.canister_ranges import CanisterIdRange, RangesFormat, ranges_of
from ic_factory.protocol.certificate import (
    Certificate,
    CertificateDelegation,
    state_root_signing_bytes,
)
from ic_factory.protocol.certificate_errors import (
    CanisterOutOfRangeError,
    CertificateFromFutureError,
    CertificateSignatureError,
    CertificateTooOldError,
    MalformedCertificateError,
    NestedDelegationError,
    WrongSubnetError,
)
from ic_factory.protocol.crypto.bls import BlsPublicKey
from ic_factory.protocol.hash_tree import Found, HashTree, lookup_path
from ic_factory.protocol.leb128 import decode_unsigned
from ic_factory.protocol.principal import Principal

FIVE_MINUTES = 5 * 60 * 10**9
"""In nanoseconds; what the specification calls a reasonable age."""

_MAX_TIME_BYTES = 10


def verify_for_canister(
    certificate: Certificate,
    root_key_der: bytes,
    canister_id: Principal,
    ranges_format: RangesFormat | None = None,
) -> None:
    """Checks that a certificate is signed, by a subnet that may speak for a canister.

    Args:
        certificate: The certificate.
        root_key_der: The root key, in DER.
        canister_id: The effective canister id of the request that it answers. Any subnet may speak
            for the management canister, which each subnet has.
        ranges_format: Where its delegation has to show the canister ranges; either place will
            do if this is None.

    Raises:
        CertificateError: It does not verify; the branch tells why.
        KeyFormatError: The root key is none.
    """
    delegation = certificate.delegation
    key = _read_key(root_key_der)
    if delegation is not None:
        tree = _delegation_tree(delegation, key)
        if canister_id != Principal.management_canister():
            _check_range(tree, delegation.subnet_id, canister_id, ranges_format)
        key = _subnet_key(tree, delegation.subnet_id)
    _check_signature(certificate, key)


def verify_for_subnet(certificate: Certificate, root_key_der: bytes, subnet_id: Principal) -> None:
    """Checks that a certificate is signed by a subnet.

    A certificate without a delegation is one by the root subnet, whose id the caller knows.

    Args:
        certificate: The certificate.
        root_key_der: The root key, in DER.
        subnet_id: The effective subnet id of the request that it answers.

    Raises:
        CertificateError: It does not verify; the branch tells why.
        KeyFormatError: The root key is none.
    """
    delegation = certificate.delegation
    key = _read_key(root_key_der)
    if delegation is not None:
        if delegation.subnet_id != subnet_id:
            raise WrongSubnetError(
                f"certificate is by subnet {delegation.subnet_id}, expected {subnet_id}"
            )
        key = _subnet_key(_delegation_tree(delegation, key), subnet_id)
    _check_signature(certificate, key)


def certified_data(certificate: Certificate, canister_id: Principal) -> bytes | None:
    """What a canister has certified, up to 32 bytes; None where the certificate shows none."""
    path = (b"canister", canister_id.bytes, b"certified_data")
    data = lookup_path(certificate.tree, path)
    return data.value if isinstance(data, Found) else None


def certified_time(certificate: Certificate) -> int:
    """The time at `/time`, in nanoseconds since 1970.

    Raises:
        MalformedCertificateError: The certificate shows no time, or not in LEB128.
    """
    time = lookup_path(certificate.tree, (b"time",))
    if not isinstance(time, Found):
        raise MalformedCertificateError("certificate shows no /time")
    try:
        return decode_unsigned(time.value, max_bytes=_MAX_TIME_BYTES)
    except ProtocolError as error:
        raise MalformedCertificateError(f"certificate, /time: {error}") from error


def check_age(
    certificate: Certificate,
    now: int,
    max_age: int = FIVE_MINUTES,
    max_ahead: int = FIVE_MINUTES,
) -> None:
    """Checks that a certificate's time is about now.

    Args:
        certificate: The certificate.
        now: The time to compare with, in nanoseconds since 1970.
        max_age: How long ago the certified time may be, in nanoseconds.
        max_ahead: How far ahead it may be, as clocks differ, in nanoseconds.

    Raises:
        CertificateTooOldError: The time is too long ago.
        CertificateFromFutureError: The time is too far ahead.
        MalformedCertificateError: The certificate shows no time.
    """
    age = now - certified_time(certificate)
    if age > max_age:
        raise CertificateTooOldError(
            f"certificate is {age / 1e9:.3f} s old, at most {max_age / 1e9:.3f} s are accepted"
        )
    if -age > max_ahead:
        raise CertificateFromFutureError(
            f"certificate is {-age / 1e9:.3f} s ahead of the clock,"
            f" at most {max_ahead / 1e9:.3f} s are accepted"
        )


@lru_cache(maxsize=64)
def _read_key(der: bytes) -> BlsPublicKey:
    # A client meets the same few keys again and again, and reading one checks its subgroup.
    return BlsPublicKey.from_der(der)


def _check_signature(certificate: Certificate, key: BlsPublicKey) -> None:
    try:
        key.verify(state_root_signing_bytes(certificate.tree.digest), certificate.signature)
    except SignatureError as error:
        raise CertificateSignatureError(f"certificate: {error}") from error


@lru_cache(maxsize=64)
def _delegation_tree(delegation: CertificateDelegation, root_key: BlsPublicKey) -> HashTree:
    """The tree of a delegation's certificate, which verifies; the same ones come repeatedly."""
    certificate = Certificate.decode(delegation.certificate)
    if certificate.delegation is not None:
        raise NestedDelegationError(
            f"the delegation to subnet {delegation.subnet_id} is certified by way of another one"
        )
    try:
        _check_signature(certificate, root_key)
    except CertificateError as error:
        raise CertificateSignatureError(
            f"delegation to subnet {delegation.subnet_id}: {error}"
        ) from error
    return certificate.tree


def _subnet_key(tree: HashTree, subnet_id: Principal) -> BlsPublicKey:
    key = lookup_path(tree, (b"subnet", subnet_id.bytes, b"public_key"))
    if not isinstance(key, Found):
        raise MalformedCertificateError(f"delegation shows no key of subnet {subnet_id}")
    try:
        return _read_key(key.value)
    except KeyFormatError as error:
        raise MalformedCertificateError(f"delegation to subnet {subnet_id}: {error}") from error


def _check_range(
    tree: HashTree,
    subnet_id: Principal,
    canister_id: Principal,
    ranges_format: RangesFormat | None,
) -> None:
    accepted = RangesFormat if ranges_format is None else (ranges_format,)
    shown: tuple[CanisterIdRange, ...] | None = None
    for one in accepted:
        shown = ranges_of(tree, subnet_id, one)
        if shown is not None:
            break
    if shown is None:
        raise MalformedCertificateError(
            f"delegation shows no canister ranges of subnet {subnet_id}"
            + ("" if ranges_format is None else f" in the {ranges_format.value} format")
        )
    if not any(canister_id in one for one in shown):
        raise CanisterOutOfRangeError(
            f"canister {canister_id} is in no canister range of subnet {subnet_id}"
        )
