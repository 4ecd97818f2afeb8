"""The Rust `candid` and `candid_parser` crates, reached through the echo canister."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ic_factory.protocol.candid import encode
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Reject, Replica

ROOT = Path(__file__).parents[2]
INTERFACE = parse_did((ROOT / "canisters" / "test_canisters" / "echo" / "echo.did").read_text())


class RustRefused(AssertionError):
    """The crates refused; a test that does not expect it fails by it."""


@dataclass(frozen=True)
class RustCandid:
    """The echo canister.

    Attributes:
        replica: Where it is.
        canister_id: Its id.
    """

    replica: Replica
    canister_id: Principal

    @classmethod
    def on(cls, replica: Replica) -> RustCandid:
        """Installs the canister."""
        canister_id = replica.create_canister()
        module = gzip.decompress((ROOT / "tests" / "canisters" / "echo.wasm.gz").read_bytes())
        replica.install_code(canister_id, module, encode([], []))
        return cls(replica, canister_id)

    def raw(self, message: bytes) -> bytes:
        """The message itself."""
        return self._reply("raw", message)

    def untyped(self, message: bytes) -> bytes:
        """The message, read as what it says it is, and written again."""
        return bytes(self._ok("untyped", message))

    def typed(self, did: str, message: bytes) -> tuple[bytes, str]:
        """The message, read as the types of `did`, and written again: as bytes and as text."""
        written = self._ok("typed", did, message)
        return written["bytes"], written["text"]

    def parsed(self, did: str, text: str) -> bytes:
        """The text, read as values of the types of `did`, and written as bytes."""
        return bytes(self._ok("parsed", did, text))

    def _ok(self, method: str, *values: Any) -> Any:
        declared = INTERFACE.methods[method]
        reply = self._reply(method, declared.encode_args(values))
        (result,) = declared.decode_results(reply)
        if "Err" in result:
            raise RustRefused(result["Err"])
        return result["Ok"]

    def _reply(self, method: str, argument: bytes) -> bytes:
        payload = self.replica.query_call(self.canister_id, method, argument)
        if isinstance(payload, Reject):
            raise RustRefused(payload.message)
        return payload.data
