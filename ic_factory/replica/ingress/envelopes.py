"""What a request must be before the replica looks at it: shape, sender, signature, time, size.

Specification: "Authentication", "Request: Call", "API Request submission".
"""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.errors import KeyFormatError, ProtocolError, SignatureError
from ic_factory.protocol.content import CallContent, Content, QueryContent, ReadStateContent
from ic_factory.protocol.crypto.keys import CanisterPublicKey, public_key_from_der
from ic_factory.protocol.delegation import SignedDelegation
from ic_factory.protocol.envelope import Envelope
from ic_factory.protocol.hash_tree import Path
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.request_id import request_signing_bytes, sender_info_signing_bytes
from ic_factory.replica.clock import NANOSECONDS_PER_SECOND
from ic_factory.replica.errors import BadRequest
from ic_factory.replica.state.messages import CallerInfo, IngressOrigin, Request

MAX_INGRESS_TTL = 5 * 60 * NANOSECONDS_PER_SECOND
PERMITTED_DRIFT = 60 * NANOSECONDS_PER_SECOND
MAX_REQUEST_BYTES = 3_670_016
"""3.5 MiB: the largest request body."""
MAX_ARGUMENT_BYTES = 2 * 1024**2
MAX_METHOD_NAME_BYTES = 20_000
MAX_DELEGATIONS = 20
MAX_DELEGATION_TARGETS = 1000
MAX_PATHS = 1000
MAX_PATH_LABELS = 127


@dataclass(frozen=True, slots=True)
class IngressMessage:
    """A user's call that has passed all checks."""

    request_id: bytes
    sender: Principal
    canister_id: Principal
    effective_id: Principal
    method_name: str
    argument: bytes
    ingress_expiry: int
    caller_info: CallerInfo | None = None
    received_bytes: int = 0
    """Size of the envelope that it came in; 0 for none."""

    @property
    def size(self) -> int:
        """The bytes that the reception fee is for."""
        return self.received_bytes or len(self.method_name.encode()) + len(self.argument)

    def as_request(self) -> Request:
        """The message as the scheduler takes it."""
        return Request(
            sender=self.sender,
            receiver=self.canister_id,
            method_name=self.method_name,
            argument=self.argument,
            cycles=0,
            origin=IngressOrigin(self.request_id, self.ingress_expiry),
            caller_info=self.caller_info,
        )


def read_call(body: bytes, now: int, root_key: bytes) -> CallContent:
    """The call in a request body, its sender known to be who it says.

    Args:
        body: The envelope.
        now: In nanoseconds since 1970.
        root_key: What signatures by canisters are verified with, in DER.

    Raises:
        BadRequest: it breaks a rule of the interface.
    """
    content = _read(body, now, root_key).content
    if not isinstance(content, CallContent):
        raise BadRequest(f"expected a request of type 'call', found {content.request_type!r}")
    _check_method(content)
    _check_expiry(content.ingress_expiry, now)
    return content


def read_query(body: bytes, now: int, root_key: bytes) -> QueryContent:
    """The query in a request body, as `read_call`; an anonymous one may carry any expiry.

    Raises:
        BadRequest: it breaks a rule of the interface.
    """
    content = _read(body, now, root_key).content
    if not isinstance(content, QueryContent):
        raise BadRequest(f"expected a request of type 'query', found {content.request_type!r}")
    _check_method(content)
    if not content.sender.is_anonymous:
        _check_expiry(content.ingress_expiry, now)
    return content


@dataclass(frozen=True, slots=True)
class StateReader:
    """Who asks for paths of the state tree, and what delegations let them see."""

    sender: Principal
    targets: frozenset[Principal] | None
    """The canisters that all delegations cover; None for any."""


def read_read_state(body: bytes, now: int, root_key: bytes) -> tuple[StateReader, tuple[Path, ...]]:
    """Who asks in a request body, as `read_call`, and for which paths.

    An anonymous one may carry any expiry.

    Raises:
        BadRequest: it breaks a rule of the interface.
    """
    envelope = _read(body, now, root_key)
    content = envelope.content
    if not isinstance(content, ReadStateContent):
        raise BadRequest(f"expected a request of type 'read_state', found {content.request_type!r}")
    if len(content.paths) > MAX_PATHS:
        raise BadRequest(f"too many paths: {len(content.paths)}, at most {MAX_PATHS} are allowed")
    longest = max(map(len, content.paths), default=0)
    if longest > MAX_PATH_LABELS:
        raise BadRequest(f"a path of {longest} labels: at most {MAX_PATH_LABELS} are allowed")
    if not content.sender.is_anonymous:
        _check_expiry(content.ingress_expiry, now)
    return StateReader(content.sender, _targets(envelope)), content.paths


def _targets(envelope: Envelope) -> frozenset[Principal] | None:
    lists = [
        frozenset(signed.delegation.targets)
        for signed in envelope.sender_delegation or ()
        if signed.delegation.targets is not None
    ]
    return frozenset.intersection(*lists) if lists else None


def caller_info_of(content: CallContent | QueryContent) -> CallerInfo | None:
    """What the request says of its sender, once it has been read and is known to be true."""
    info = content.sender_info
    return None if info is None else CallerInfo(info.info, info.signer)


def _read(body: bytes, now: int, root_key: bytes) -> Envelope:
    if len(body) > MAX_REQUEST_BYTES:
        raise BadRequest(f"request of {len(body)} bytes: at most {MAX_REQUEST_BYTES} are allowed")
    try:
        envelope = Envelope.decode(body)
        _authenticate(envelope, now, root_key)
        _check_sender_info(envelope, root_key)
    except ProtocolError as error:
        raise BadRequest(str(error)) from error
    return envelope


def _check_method(content: CallContent | QueryContent) -> None:
    if len(content.arg) > MAX_ARGUMENT_BYTES:
        raise BadRequest(
            f"argument of {len(content.arg)} bytes: at most {MAX_ARGUMENT_BYTES} are allowed"
        )
    if len(content.method_name.encode()) > MAX_METHOD_NAME_BYTES:
        raise BadRequest(f"method name longer than {MAX_METHOD_NAME_BYTES} bytes")


def _check_expiry(ingress_expiry: int, now: int) -> None:
    latest = now + MAX_INGRESS_TTL + PERMITTED_DRIFT
    if not now <= ingress_expiry <= latest:
        raise BadRequest(
            "Invalid request expiry: Specified ingress_expiry not within expected range: "
            f"Minimum allowed expiry: {now}, Maximum allowed expiry: {latest}, "
            f"Provided expiry: {ingress_expiry}"
        )


def _authenticate(envelope: Envelope, now: int, root_key: bytes) -> None:
    content = envelope.content
    if content.sender.is_anonymous:
        if envelope.sender_pubkey or envelope.sender_sig or envelope.sender_delegation:
            raise BadRequest("the anonymous sender must not carry a key, signature or delegation")
        return
    if envelope.sender_pubkey is None or envelope.sender_sig is None:
        raise BadRequest(
            f"the request of {content.sender} lacks sender_pubkey or sender_sig; "
            "only the anonymous sender may leave them out"
        )
    if Principal.self_authenticating(envelope.sender_pubkey) != content.sender:
        raise BadRequest(f"sender {content.sender} does not belong to sender_pubkey")
    delegations = envelope.sender_delegation or ()
    signer = _follow_delegations(envelope.sender_pubkey, delegations, now, root_key)
    for signed in delegations:
        _check_delegation_covers(signed, content)
    public_key_from_der(signer, root_key).verify(
        request_signing_bytes(content.request_id), envelope.sender_sig
    )


def _check_sender_info(envelope: Envelope, root_key: bytes) -> None:
    """What is said of the sender must be signed by the canister whose key is the sender's."""
    content = envelope.content
    if isinstance(content, ReadStateContent) or content.sender_info is None:
        return
    info, public_key = content.sender_info, envelope.sender_pubkey
    try:
        key = None if public_key is None else public_key_from_der(public_key, root_key)
        if not isinstance(key, CanisterPublicKey):
            raise BadRequest("sender_info needs a sender whose key is a signing canister's")
        if key.key.canister_id != info.signer:
            raise BadRequest(
                f"sender_info is signed by {info.signer}, but the sender's key is one of canister"
                f" {key.key.canister_id}"
            )
        key.verify(sender_info_signing_bytes(info.info), info.signature)
    except (KeyFormatError, SignatureError) as error:
        raise BadRequest(f"sender_info: {error}") from error


def _follow_delegations(
    public_key: bytes, delegations: tuple[SignedDelegation, ...], now: int, root_key: bytes
) -> bytes:
    """The key at the end of the chain, each link of which is signed by the one before."""
    if len(delegations) > MAX_DELEGATIONS:
        raise BadRequest(
            f"a chain of {len(delegations)} delegations: at most {MAX_DELEGATIONS} are allowed"
        )
    seen = {public_key}
    for signed in delegations:
        delegation = signed.delegation
        if delegation.pubkey in seen:
            raise BadRequest("a public key appears twice in the chain of delegations")
        seen.add(delegation.pubkey)
        if delegation.expiration < now:
            raise BadRequest(f"a delegation expired at {delegation.expiration}, it is {now} now")
        key = public_key_from_der(public_key, root_key)
        key.verify(delegation.signing_bytes, signed.signature)
        public_key = delegation.pubkey
    return public_key


def _check_delegation_covers(signed: SignedDelegation, content: Content) -> None:
    delegation = signed.delegation
    if delegation.permissions not in (None, "all", "queries"):
        raise BadRequest(f"unknown delegation permissions {delegation.permissions!r}")
    if delegation.permissions == "queries" and isinstance(content, CallContent):
        raise BadRequest("a delegation for queries alone does not cover a call")
    if delegation.targets is None:
        return
    if len(delegation.targets) > MAX_DELEGATION_TARGETS:
        raise BadRequest(
            f"a delegation with {len(delegation.targets)} targets: "
            f"at most {MAX_DELEGATION_TARGETS} are allowed"
        )
    if isinstance(content, ReadStateContent):
        return
    if content.canister_id not in delegation.targets:
        raise BadRequest(f"canister {content.canister_id} is not a target of the delegation")
