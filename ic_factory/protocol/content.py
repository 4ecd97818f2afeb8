"""The contents of requests.

Specification, "Request: Call", "Request: Query call", "Request: Read state", "Authentication".
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, TypeAlias

from ic_factory.errors import EnvelopeError
from ic_factory.protocol import fields
from ic_factory.protocol.fields import Fields, Other
from ic_factory.protocol.hash_tree import Path
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.request_id import hash_of_map

MAX_NONCE_LENGTH = 32
MAX_PATHS = 1000
MAX_LABELS = 127

_WHERE = "content."


@dataclass(frozen=True, slots=True)
class SenderInfo:
    """What a signing canister tells about the sender.

    Attributes:
        info: The information, for the canister that is called.
        signer: The signing canister.
        signature: Its canister signature on `info`.
        other_fields: Fields that are not known here; they are part of the request id.
    """

    info: bytes
    signer: Principal
    signature: bytes
    other_fields: Other = ()

    def to_map(self) -> dict[str, Any]:
        """The map, ready for CBOR."""
        content = {"info": self.info, "signer": self.signer, "sig": self.signature}
        return {**content, **dict(self.other_fields)}


class _Content(ABC):
    """What all contents have in common: an id, which is computed once."""

    __slots__ = ()

    _request_id: bytes | None

    @property
    def request_id(self) -> bytes:
        """The representation-independent hash of the content, 32 bytes."""
        request_id = self._request_id
        if request_id is None:
            request_id = hash_of_map(self.to_map())
            object.__setattr__(self, "_request_id", request_id)
        return request_id

    @abstractmethod
    def to_map(self) -> dict[str, Any]:
        """The map, ready for CBOR."""


@dataclass(frozen=True, slots=True)
class _Message(_Content):
    """What calls and queries have in common.

    Attributes:
        canister_id: The canister to call.
        method_name: Its method.
        arg: The argument, as the canister takes it (in general Candid).
        sender: Who calls.
        ingress_expiry: Until when the request is valid, in nanoseconds since 1970.
        nonce: At most 32 bytes that tell requests apart.
        sender_info: What a signing canister tells about the sender.
        other_fields: Fields that are not known here; they are part of the request id.
    """

    request_type: ClassVar[str]

    canister_id: Principal
    method_name: str
    arg: bytes
    sender: Principal
    ingress_expiry: int
    nonce: bytes | None = None
    sender_info: SenderInfo | None = None
    other_fields: Other = ()
    _request_id: bytes | None = field(default=None, init=False, repr=False, compare=False)

    def to_map(self) -> dict[str, Any]:
        """The map, ready for CBOR."""
        content: dict[str, Any] = {
            "request_type": self.request_type,
            "canister_id": self.canister_id,
            "method_name": self.method_name,
            "arg": self.arg,
            "sender": self.sender,
            "ingress_expiry": self.ingress_expiry,
        }
        if self.nonce is not None:
            content["nonce"] = self.nonce
        if self.sender_info is not None:
            content["sender_info"] = self.sender_info.to_map()
        content.update(self.other_fields)
        return content

    @classmethod
    def from_map(cls, content: Fields) -> Self:
        """Reads a decoded map, which is used up; see `content_from_map`."""
        return cls(
            canister_id=fields.take_principal(content, "canister_id", _WHERE),
            method_name=fields.take(content, "method_name", str, _WHERE),
            arg=fields.take(content, "arg", bytes, _WHERE),
            sender=fields.take_principal(content, "sender", _WHERE),
            ingress_expiry=fields.take_timestamp(content, "ingress_expiry", _WHERE),
            nonce=_nonce(content),
            sender_info=_sender_info(content),
            other_fields=fields.rest(content, _WHERE),
        )


@dataclass(frozen=True, slots=True)
class CallContent(_Message):
    """An update call."""

    request_type: ClassVar[str] = "call"


@dataclass(frozen=True, slots=True)
class QueryContent(_Message):
    """A query call."""

    request_type: ClassVar[str] = "query"


@dataclass(frozen=True, slots=True)
class ReadStateContent(_Content):
    """A request for a certificate of parts of the state tree.

    Attributes:
        paths: What is asked for, at most 1000 paths of at most 127 labels.
        sender: Who asks.
        ingress_expiry: Until when the request is valid, in nanoseconds since 1970.
        nonce: At most 32 bytes that tell requests apart.
        other_fields: Fields that are not known here; they are part of the request id.
    """

    request_type: ClassVar[str] = "read_state"

    paths: tuple[Path, ...]
    sender: Principal
    ingress_expiry: int
    nonce: bytes | None = None
    other_fields: Other = ()
    _request_id: bytes | None = field(default=None, init=False, repr=False, compare=False)

    def to_map(self) -> dict[str, Any]:
        """The map, ready for CBOR."""
        content: dict[str, Any] = {
            "request_type": self.request_type,
            "paths": self.paths,
            "sender": self.sender,
            "ingress_expiry": self.ingress_expiry,
        }
        if self.nonce is not None:
            content["nonce"] = self.nonce
        content.update(self.other_fields)
        return content

    @classmethod
    def from_map(cls, content: Fields) -> Self:
        """Reads a decoded map, which is used up; see `content_from_map`."""
        return cls(
            paths=_paths(fields.take(content, "paths", list, _WHERE)),
            sender=fields.take_principal(content, "sender", _WHERE),
            ingress_expiry=fields.take_timestamp(content, "ingress_expiry", _WHERE),
            nonce=_nonce(content),
            other_fields=fields.rest(content, _WHERE),
        )


Content: TypeAlias = CallContent | QueryContent | ReadStateContent


def content_from_map(content: Fields) -> Content:
    """Reads a decoded content map, which is used up.

    Raises:
        EnvelopeError: The request type is not known, or a field is missing, of another type or
            out of bounds.
    """
    request_type = fields.take(content, "request_type", str, _WHERE)
    if request_type == "call":
        return CallContent.from_map(content)
    if request_type == "query":
        return QueryContent.from_map(content)
    if request_type == "read_state":
        return ReadStateContent.from_map(content)
    raise EnvelopeError(
        f"content.request_type is {request_type[:40]!r}, not 'call', 'query' or 'read_state'"
    )


def _nonce(content: Fields) -> bytes | None:
    nonce = fields.take_optional(content, "nonce", bytes, _WHERE)
    if nonce is not None and len(nonce) > MAX_NONCE_LENGTH:
        raise EnvelopeError(f"content.nonce has {len(nonce)} bytes, at most {MAX_NONCE_LENGTH}")
    return nonce


def _sender_info(content: Fields) -> SenderInfo | None:
    value = fields.take_optional(content, "sender_info", dict, _WHERE)
    if value is None:
        return None
    where = "content.sender_info."
    return SenderInfo(
        info=fields.take(value, "info", bytes, where),
        signer=fields.take_principal(value, "signer", where),
        signature=fields.take(value, "sig", bytes, where),
        other_fields=fields.rest(value, where),
    )


def _paths(values: list[Any]) -> tuple[Path, ...]:
    if len(values) > MAX_PATHS:
        raise EnvelopeError(f"content.paths has {len(values)} paths, at most {MAX_PATHS}")
    return tuple(_path(value, index) for index, value in enumerate(values))


def _path(value: Any, index: int) -> Path:
    if type(value) is not list:
        raise EnvelopeError(f"content.paths[{index}] is not an array")
    if len(value) > MAX_LABELS:
        raise EnvelopeError(f"content.paths[{index}] has {len(value)} labels, at most {MAX_LABELS}")
    for label in value:
        if type(label) is not bytes:
            raise EnvelopeError(f"content.paths[{index}] has a label that is not a byte string")
    return tuple(value)
