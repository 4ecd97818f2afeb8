"""Why a response is not served.

ResponseVerificationError      (a ProtocolError)
├── Uncertified                the response has no certificate
├── MalformedProof             the headers that are to prove it can't be read
├── UntrustedCertificate       the certificate is not one of the subnet's, or too old
├── WrongTree                  the hash tree is not the one that the canister has certified
├── WrongPath                  the proof is for another path, or not for the most specific one
├── WrongContent               status, headers, body or request are not those that are certified
└── Downgraded                 an older version of the protocol than the canister says it supports
"""

from __future__ import annotations

from ic_factory.errors import ProtocolError


class ResponseVerificationError(ProtocolError):
    """The response is not proven to be what the canister certified."""


class Uncertified(ResponseVerificationError):
    """The response has no certificate."""


class MalformedProof(ResponseVerificationError):
    """The headers that are to prove the response can't be read."""


class UntrustedCertificate(ResponseVerificationError):
    """The certificate does not verify for the canister, or is not of now."""


class WrongTree(ResponseVerificationError):
    """The hash tree is not the one that the canister has certified."""


class WrongPath(ResponseVerificationError):
    """The proof is for another path, or a more specific one may be certified."""


class WrongContent(ResponseVerificationError):
    """The request and response are not a pair that is certified."""


class Downgraded(ResponseVerificationError):
    """The response is certified by an older version than the canister says it supports."""
