"""The client side of the IC: ic-py, made fit for work.

`Agent`, `Client`, `Canister`, `Identity` and `DelegateIdentity` are subclasses of ic-py's, and
`encode` and `decode` are its functions; code for ic-py runs on them unchanged. Certificates and
the signatures of queries are verified, errors are typed, and nothing is polled where it need not.
"""

from ic_factory.agent.agent import Agent
from ic_factory.agent.calling import RequestStatus
from ic_factory.agent.canister import Canister
from ic_factory.agent.certified_state import CertifiedState
from ic_factory.agent.client import Client
from ic_factory.agent.errors import (
    AgentError,
    AnswerForgotten,
    CallExpired,
    CanisterReject,
    DeadlineExceeded,
    ForeignCertificate,
    MalformedAnswer,
    NoAnswer,
    RequestRefused,
    TransportError,
    UncertifiedReject,
    UntrustedAnswer,
    UntrustedCertificate,
    UntrustedQueryAnswer,
)
from ic_factory.agent.ic_py_candid import decode, encode
from ic_factory.agent.identity import DelegateIdentity, Identity

__all__ = [
    "Agent",
    "AgentError",
    "AnswerForgotten",
    "CallExpired",
    "Canister",
    "CanisterReject",
    "CertifiedState",
    "Client",
    "DeadlineExceeded",
    "DelegateIdentity",
    "ForeignCertificate",
    "Identity",
    "MalformedAnswer",
    "NoAnswer",
    "RequestRefused",
    "RequestStatus",
    "TransportError",
    "UncertifiedReject",
    "UntrustedAnswer",
    "UntrustedCertificate",
    "UntrustedQueryAnswer",
    "decode",
    "encode",
]
