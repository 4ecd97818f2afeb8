"""Candid: the interface description language and message format of the Internet Computer.

Values as text are in `text`, interface files in `did`; both load a parser, so they stand apart.
"""

from ic_factory.protocol.candid.errors import (
    CandidCoercionError,
    CandidError,
    CandidSubtypeError,
    CandidTextError,
    CandidTypeError,
    CandidWireError,
    DidSyntaxError,
)
from ic_factory.protocol.candid.interface import InterfaceDescription, Method
from ic_factory.protocol.candid.subtype import check_subtype, check_upgrade, is_subtype
from ic_factory.protocol.candid.wire import (
    ArgumentDecoder,
    ArgumentEncoder,
    decode,
    encode,
    types_of,
)

__all__ = [
    "ArgumentDecoder",
    "ArgumentEncoder",
    "CandidCoercionError",
    "CandidError",
    "CandidSubtypeError",
    "CandidTextError",
    "CandidTypeError",
    "CandidWireError",
    "DidSyntaxError",
    "InterfaceDescription",
    "Method",
    "check_subtype",
    "check_upgrade",
    "decode",
    "encode",
    "is_subtype",
    "types_of",
]
