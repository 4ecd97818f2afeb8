"""Response verification: whether what a canister answered over HTTP is what it certified.

HTTP Gateway Protocol, "Response Verification", versions 1 and 2.
"""

from ic_factory.protocol.response_verification.errors import (
    Downgraded,
    MalformedProof,
    ResponseVerificationError,
    Uncertified,
    UntrustedCertificate,
    WrongContent,
    WrongPath,
    WrongTree,
)
from ic_factory.protocol.response_verification.messages import (
    Header,
    HttpRequest,
    HttpResponse,
    percent_decoded,
    values_of,
)
from ic_factory.protocol.response_verification.verification import (
    LATEST_VERSION,
    Trust,
    Verified,
    verify_response,
)

__all__ = [
    "LATEST_VERSION",
    "Downgraded",
    "Header",
    "HttpRequest",
    "HttpResponse",
    "MalformedProof",
    "ResponseVerificationError",
    "Trust",
    "Uncertified",
    "UntrustedCertificate",
    "Verified",
    "WrongContent",
    "WrongPath",
    "WrongTree",
    "percent_decoded",
    "values_of",
    "verify_response",
]
