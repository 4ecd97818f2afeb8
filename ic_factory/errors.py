"""The error tree.

    IcFactoryError
    ├── ProtocolError            bytes or text that do not follow the IC's formats
    │   ├── PrincipalError       not a principal
    │   ├── CborError            not the CBOR that was expected
    │   ├── EnvelopeError        a request that is not shaped as the specification says
    │   ├── HashTreeError        a malformed hash tree
    │   ├── CertificateError     a certificate that does not verify
    │   ├── ResponseVerificationError  an HTTP response that is not proven
    │   ├── KeyFormatError       a key or signature in no known encoding
    │   ├── SignatureError       a signature that does not verify
    │   └── CandidError          Candid types, values or text (candid/errors.py has its branches)
    ├── ReplicaError             the embedded replica cannot do what was asked (replica/errors.py)
    ├── AgentError               a call, query or read that brought no answer (agent/errors.py)
    ├── IdentityError            an identity that can't be found or read (agent/identity/errors.py)
    ├── BindingError             a value that does not fit a typed binding (bindgen/errors.py)
    ├── NetworkError             a replica cannot be found, started or stopped (networks/errors.py)
    ├── CanisterRefused          a canister of ours said no (drivers/refusals.py)
    └── OperationError           work of several calls that did not end well (operations/errors.py)

Each message says what was wrong, where, and what was expected instead.
"""


class IcFactoryError(Exception):
    """Base of every error that this package raises on purpose."""


class ProtocolError(IcFactoryError):
    """Bytes or text that do not follow the IC's formats."""


class PrincipalError(ProtocolError):
    """Bytes or text that are no principal."""


class CborError(ProtocolError):
    """Bytes that are not the CBOR that was expected."""


class EnvelopeError(ProtocolError):
    """A request that is not shaped as the interface specification says."""


class HashTreeError(ProtocolError):
    """A hash tree that is malformed."""


class CertificateError(ProtocolError):
    """A certificate that does not verify."""


class KeyFormatError(ProtocolError):
    """A key or a signature in no encoding that the IC knows."""


class SignatureError(ProtocolError):
    """A signature that does not verify."""


class CandidError(ProtocolError):
    """Candid types, values or text that are wrong or do not fit."""


class ReplicaError(IcFactoryError):
    """The embedded replica cannot do what was asked."""
