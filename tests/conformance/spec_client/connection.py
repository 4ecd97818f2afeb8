"""A client of the HTTPS interface, written from its specification alone.

It shares no code with the replica, so that both can't be wrong in the same way: CBOR is cbor2's,
keys are cryptography's, hashes and trees are its own. It raises nothing on errors: tests look at
the HTTP response as it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cbor2
import httpx

from tests.conformance.spec_client.certificates import (
    SELF_DESCRIBED,
    Certificate,
    decode_certificate,
    decode_self_described,
    verify_quickly,
)
from tests.conformance.spec_client.identities import Identity, Nobody
from tests.conformance.spec_client.representation import hash_of_map

MINUTE = 60 * 10**9

Content = dict[str, Any]
Path = Sequence[bytes]

NOBODY = Nobody()


def encode(value: object) -> bytes:
    """Self-described CBOR."""
    return SELF_DESCRIBED + cbor2.dumps(value)


def decode(response: httpx.Response) -> Any:
    """The CBOR in a response of status 200."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/cbor"
    return decode_self_described(response.content)


def request_id(content: Content) -> bytes:
    """The hash that names a request."""
    return hash_of_map(content)


def signing_payload(content: Content) -> bytes:
    """What a sender signs."""
    return b"\x0aic-request" + request_id(content)


def envelope(content: Content, identity: Identity = NOBODY) -> dict[str, Any]:
    """The content with what authenticates its sender."""
    return {"content": content, **identity.authentication(signing_payload(content))}


@dataclass
class Connection:
    """A client that talks to one replica.

    Attributes:
        http: the HTTP client, with the replica's URL.
        now: tells the time in nanoseconds, as the replica's clock has it.
        root_key: the root key in DER.
        principal_text: a principal's textual form, for URLs.
    """

    http: httpx.Client
    now: Callable[[], int]
    root_key: bytes
    principal_text: Callable[[bytes], str]
    _nonces: itertools.count[int] = field(default_factory=itertools.count)

    def content(self, request_type: str, identity: Identity = NOBODY, **fields: Any) -> Content:
        """The content of a request that expires in four minutes, with a nonce of its own."""
        return {
            "request_type": request_type,
            "sender": identity.sender,
            "ingress_expiry": self.now() + 4 * MINUTE,
            "nonce": next(self._nonces).to_bytes(8, "big"),
            **fields,
        }

    def call_content(
        self,
        canister_id: bytes,
        method_name: str,
        arg: bytes = b"",
        identity: Identity = NOBODY,
        request_type: str = "call",
        **fields: Any,
    ) -> Content:
        """The content of a call, or of a query."""
        return self.content(
            request_type,
            identity,
            canister_id=canister_id,
            method_name=method_name,
            arg=arg,
            **fields,
        )

    def post(
        self,
        what: str,
        effective_id: bytes,
        body: bytes,
        version: str = "v3",
        kind: str = "canister",
    ) -> httpx.Response:
        """Sends a body to `/api/<version>/<kind>/<effective_id>/<what>`."""
        return self.http.post(
            f"/api/{version}/{kind}/{self.principal_text(effective_id)}/{what}",
            content=body,
            headers={"content-type": "application/cbor"},
        )

    def send(
        self,
        content: Content,
        identity: Identity = NOBODY,
        *,
        effective_id: bytes | None = None,
        version: str | None = None,
        kind: str = "canister",
    ) -> httpx.Response:
        """Signs a request and sends it where its type belongs."""
        what = content["request_type"]
        target = content["canister_id"] if effective_id is None else effective_id
        default = "v4" if what == "call" else "v3"
        body = encode(envelope(content, identity))
        return self.post(what, target, body, version or default, kind)

    def call(
        self,
        canister_id: bytes,
        method_name: str,
        arg: bytes = b"",
        identity: Identity = NOBODY,
        effective_id: bytes | None = None,
    ) -> Outcome:
        """Calls a method and waits for the certified outcome."""
        content = self.call_content(canister_id, method_name, arg, identity)
        fields = decode(self.send(content, identity, effective_id=effective_id))
        assert fields["status"] == "replied", fields
        certificate = self.certified(fields["certificate"])
        return outcome_of(certificate, request_id(content))

    def query(
        self, canister_id: bytes, method_name: str, arg: bytes = b"", identity: Identity = NOBODY
    ) -> dict[str, Any]:
        """The map that a query is answered with."""
        content = self.call_content(canister_id, method_name, arg, identity, "query")
        fields: dict[str, Any] = decode(self.send(content, identity))
        return fields

    def read_state(
        self,
        effective_id: bytes,
        paths: Sequence[Path],
        identity: Identity = NOBODY,
        *,
        version: str = "v3",
        kind: str = "canister",
    ) -> Certificate:
        """The certificate for these paths, its signature checked."""
        content = self.content("read_state", identity, paths=[list(path) for path in paths])
        response = self.send(
            content, identity, effective_id=effective_id, version=version, kind=kind
        )
        fields = decode(response)
        assert set(fields) == {"certificate"}
        return self.certified(fields["certificate"])

    def certified(self, encoded: bytes) -> Certificate:
        """A certificate whose signature has been checked."""
        certificate = decode_certificate(encoded)
        assert certificate.is_signed_by(self.root_key, verify_quickly)
        return certificate


@dataclass(frozen=True)
class Outcome:
    """What `/request_status/<request_id>` says of a call."""

    status: str
    reply: bytes | None = None
    reject_code: int | None = None
    reject_message: str | None = None
    error_code: str | None = None


def outcome_of(certificate: Certificate, rid: bytes) -> Outcome:
    """The outcome of a call by a certificate."""
    found = {
        path[2].decode(): value
        for path, value in certificate.values().items()
        if path[:2] == (b"request_status", rid)
    }
    assert set(found) <= {"status", "reply", "reject_code", "reject_message", "error_code"}
    code = found.get("reject_code")
    return Outcome(
        status=found["status"].decode(),
        reply=found.get("reply"),
        reject_code=None if code is None else int.from_bytes(code, "little"),
        reject_message=_text(found.get("reject_message")),
        error_code=_text(found.get("error_code")),
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
