"""Account identifiers of the ICP ledger: a hash of a principal and a subaccount.

https://docs.internetcomputer.org/references/ledger, "Accounts".
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass

from ic_factory.errors import ProtocolError

_Bytes = bytes


@dataclass(frozen=True, slots=True)
class AccountIdentifier:
    """A checksum of 4 bytes and a SHA-224 digest."""

    bytes: _Bytes

    @staticmethod
    def of(owner: _Bytes, subaccount: int = 0) -> AccountIdentifier:
        """The account of a principal.

        Args:
            owner: The principal's bytes.
            subaccount: The subaccount, as the number that its 32 bytes stand for (big-endian).

        Raises:
            ProtocolError: The subaccount does not fit into 32 bytes.
        """
        if not 0 <= subaccount < 2**256:
            raise ProtocolError(f"a subaccount is a natural number below 2^256, got {subaccount}")
        digest = hashlib.sha224(
            b"\x0aaccount-id" + owner + subaccount.to_bytes(32, "big"), usedforsecurity=False
        ).digest()
        return AccountIdentifier(zlib.crc32(digest).to_bytes(4, "big") + digest)

    def to_str(self) -> str:
        """Hexadecimal digits after `0x`."""
        return "0x" + self.bytes.hex()

    def __str__(self) -> str:
        return self.to_str()
