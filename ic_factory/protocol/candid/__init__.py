"""Candid: the interface description language and message format of the Internet Computer."""

from ic_factory.protocol.candid.did import ImportResolver, parse_did, parse_types
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
from ic_factory.protocol.candid.text import (
    format_args,
    format_interface,
    infer_args,
    parse_args,
)
from ic_factory.protocol.candid.text_writer import format_type
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
    "ImportResolver",
    "InterfaceDescription",
    "Method",
    "check_subtype",
    "check_upgrade",
    "decode",
    "encode",
    "format_args",
    "format_interface",
    "format_type",
    "infer_args",
    "is_subtype",
    "parse_args",
    "parse_did",
    "parse_types",
    "types_of",
]
