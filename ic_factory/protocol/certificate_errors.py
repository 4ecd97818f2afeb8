"""Why a certificate does not verify.

CertificateError                   (ic_factory/errors.py)
├── MalformedCertificateError      not the CBOR of a certificate, or one without what it must show
├── CertificateSignatureError      the signature is not one by the subnet's or the root key
├── NestedDelegationError          the delegation's certificate has a delegation itself
├── WrongSubnetError               the delegation is for another subnet than the one asked
├── CanisterOutOfRangeError        the delegation is for a subnet that can't speak for the canister
├── CertificateTooOldError         the certified time is too long ago
└── CertificateFromFutureError     the certified time is too far ahead
"""

from __future__ import annotations

from ic_factory.errors import CertificateError


class MalformedCertificateError(CertificateError):
    """Not the CBOR of a certificate, or one without what it must show."""


class CertificateSignatureError(CertificateError):
    """The signature is not one by the subnet's or the root key."""


class NestedDelegationError(CertificateError):
    """The delegation's certificate has a delegation itself."""


class WrongSubnetError(CertificateError):
    """The delegation is for another subnet than the one asked."""


class CanisterOutOfRangeError(CertificateError):
    """The delegation is for a subnet that can't speak for the canister."""


class CertificateTooOldError(CertificateError):
    """The certified time is too long ago."""


class CertificateFromFutureError(CertificateError):
    """The certified time is too far ahead."""
