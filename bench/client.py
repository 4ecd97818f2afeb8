"""A small HTTP client for the benchmarks: keep-alive, synchronous calls, everything verified."""

from __future__ import annotations

import os
import time
from typing import Any

import httpx

from ic_factory.protocol import cbor
from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.certificate_verification import check_age, verify_for_canister
from ic_factory.protocol.content import CallContent, QueryContent, ReadStateContent
from ic_factory.protocol.crypto.ed25519 import Ed25519SigningKey
from ic_factory.protocol.crypto.keys import public_key_from_der
from ic_factory.protocol.envelope import Envelope
from ic_factory.protocol.hash_tree import Found, lookup_path
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.request_id import query_response_signing_bytes
from ic_factory.replica.management.interface import decode_reply, encode_arguments

Content = CallContent | QueryContent | ReadStateContent
TIME_TO_LIVE = 240 * 10**9


class Client:
    """One user with a key and a connection of their own."""

    def __init__(self, url: str, root_key: bytes) -> None:
        """A client of the replica at `url`, whose certificates `root_key` (DER) signs."""
        self.url = url
        self.root_key = root_key
        self.key = Ed25519SigningKey.generate()
        self.node_keys: dict[bytes, bytes] = {}
        self.http = httpx.Client(
            base_url=url, headers={"content-type": "application/cbor"}, timeout=60
        )

    def close(self) -> None:
        """Closes the connection."""
        self.http.close()

    @property
    def sender(self) -> Principal:
        """The user's principal."""
        return Principal.self_authenticating(self.key.public_key_der)

    def update(self, canister_id: Principal, method: str, argument: bytes) -> bytes:
        """Calls an update method and returns the reply out of the verified certificate."""
        certificate, reply = self.unverified_update(canister_id, canister_id, method, argument)
        verify_for_canister(certificate, self.root_key, canister_id)
        check_age(certificate, time.time_ns())
        return reply

    def unverified_update(
        self, effective_id: Principal, canister_id: Principal, method: str, argument: bytes
    ) -> tuple[Certificate, bytes]:
        """Calls an update method and takes the certificate as it comes."""
        content = CallContent(canister_id, method, argument, self.sender, _expiry(), os.urandom(16))
        answer = self._post(f"/api/v3/canister/{effective_id}/call", content)
        certificate = Certificate.decode(answer["certificate"])
        found = lookup_path(certificate.tree, (b"request_status", content.request_id, b"reply"))
        assert isinstance(found, Found), certificate.tree
        return certificate, found.value

    def manage(self, effective_id: Principal, method: str, fields: dict[str, Any]) -> Any:
        """Calls the management canister."""
        arguments = encode_arguments(method, fields)
        management = Principal.management_canister()
        _, reply = self.unverified_update(effective_id, management, method, arguments)
        return decode_reply(method, reply)

    def query(self, canister_id: Principal, method: str, argument: bytes) -> bytes:
        """Calls a query method and checks the node's signature on the answer."""
        content = QueryContent(canister_id, method, argument, self.sender, _expiry())
        answer = self._post(f"/api/v3/canister/{canister_id}/query", content)
        signature = answer["signatures"][0]
        key = public_key_from_der(self._node_key(canister_id, signature["identity"]))
        signed = query_response_signing_bytes(answer, signature["timestamp"], content.request_id)
        key.verify(signed, signature["signature"])
        reply: bytes = answer["reply"]["arg"]
        return reply

    def _node_key(self, canister_id: Principal, node_id: bytes) -> bytes:
        if node_id not in self.node_keys:
            content = ReadStateContent(((b"subnet",),), self.sender, _expiry())
            answer = self._post(f"/api/v3/canister/{canister_id}/read_state", content)
            certificate = Certificate.decode(answer["certificate"])
            verify_for_canister(certificate, self.root_key, canister_id)
            subnet_id = Principal.self_authenticating(self.root_key).bytes
            path = (b"subnet", subnet_id, b"node", node_id, b"public_key")
            found = lookup_path(certificate.tree, path)
            assert isinstance(found, Found), found
            self.node_keys[node_id] = found.value
        return self.node_keys[node_id]

    def _post(self, path: str, content: Content) -> dict[str, Any]:
        envelope = Envelope(content, self.key.public_key_der)
        signed = Envelope(content, self.key.public_key_der, self.key.sign(envelope.signing_bytes))
        response = self.http.post(path, content=signed.encode())
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = cbor.decode(response.content)
        return answer


def _expiry() -> int:
    return time.time_ns() + TIME_TO_LIVE
