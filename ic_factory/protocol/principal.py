"""Principals: the ids of canisters, users and subnets (specification, "Principals")."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from dataclasses import dataclass, field
from typing import Any

from ic_factory.errors import PrincipalError
from ic_factory.protocol.account_identifier import AccountIdentifier

MAX_LENGTH = 29

_CHECKSUM_LENGTH = 4
_MAX_TEXT_LENGTH = 63
_GROUP_LENGTH = 5
_SELF_AUTHENTICATING = b"\x02"
_SELF_AUTHENTICATING_LENGTH = 29
_ANONYMOUS = b"\x04"

# The class has members named as ic-py has them, which hide these names inside it.
_Bytes = bytes


@dataclass(frozen=True, slots=True, order=True)
class Principal:
    """A blob of at most 29 bytes that names a canister, a user or a subnet.

    It offers what ic-py's own type offers, so that ic-py takes it, and equals that type's values
    of the same bytes.

    Raises:
        PrincipalError: `bytes` is not of type bytes, or too long.
    """

    bytes: _Bytes
    _text: str | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if type(self.bytes) is not _Bytes:
            raise PrincipalError(f"a principal is made of bytes, got {type(self.bytes).__name__}")
        if len(self.bytes) > MAX_LENGTH:
            raise PrincipalError(
                f"a principal has at most {MAX_LENGTH} bytes, got {len(self.bytes)}"
            )

    @staticmethod
    def from_str(text: str) -> Principal:
        """Reads the textual representation, such as `em77e-bvlzu-aq`, in either case.

        Raises:
            PrincipalError: The text is not base32, its check sequence does not match, or its
                groups are not the canonical ones.
        """
        if not isinstance(text, str):
            raise PrincipalError(f"expected a principal's text, got {type(text).__name__}")
        if not text.isascii() or len(text) > _MAX_TEXT_LENGTH:
            raise PrincipalError(f"not a principal: {text[:80]!r} (letters, digits 2 to 7, dashes)")
        digits = text.replace("-", "").upper()
        try:
            decoded = base64.b32decode(digits + "=" * (-len(digits) % 8))
        except binascii.Error as error:
            raise PrincipalError(f"not a principal: {text!r} is not base32") from error
        if len(decoded) < _CHECKSUM_LENGTH:
            raise PrincipalError(f"not a principal: {text!r} is too short for a check sequence")
        principal = Principal(decoded[_CHECKSUM_LENGTH:])
        checksum = zlib.crc32(principal.bytes).to_bytes(_CHECKSUM_LENGTH, "big")
        if checksum != decoded[:_CHECKSUM_LENGTH]:
            raise PrincipalError(f"not a principal: the check sequence of {text!r} does not match")
        if principal.to_str() != text.lower():
            raise PrincipalError(
                f"not a principal: {text!r} is not grouped as {principal.to_str()!r}"
            )
        return principal

    @staticmethod
    def from_hex(digits: str) -> Principal:
        """Reads hexadecimal digits.

        Raises:
            PrincipalError: The text is not hexadecimal, or stands for too many bytes.
        """
        try:
            return Principal(binascii.unhexlify(digits))
        except (binascii.Error, TypeError, ValueError) as error:
            raise PrincipalError(f"not a principal in hexadecimal: {digits!r}") from error

    @staticmethod
    def anonymous() -> Principal:
        """The caller who does not sign."""
        return _ANONYMOUS_PRINCIPAL

    @staticmethod
    def management_canister() -> Principal:
        """The virtual canister `aaaaa-aa`."""
        return _MANAGEMENT_CANISTER

    @staticmethod
    def self_authenticating(public_key_der: _Bytes | str) -> Principal:
        """The id that belongs to a public key in DER (bytes, or their hexadecimal digits).

        Raises:
            PrincipalError: The text is not hexadecimal.
        """
        if isinstance(public_key_der, str):
            try:
                public_key_der = binascii.unhexlify(public_key_der)
            except ValueError as error:
                raise PrincipalError(
                    f"not a public key in hexadecimal: {public_key_der!r}"
                ) from error
        digest = hashlib.sha224(public_key_der).digest()
        return Principal(digest + _SELF_AUTHENTICATING)

    @staticmethod
    def of(value: object) -> Principal:
        """Takes a principal in any usual form: this type, ic-py's, text or bytes.

        Raises:
            PrincipalError: The value is none of these, or no valid principal.
        """
        if isinstance(value, Principal):
            return value
        if isinstance(value, str):
            return Principal.from_str(value)
        if isinstance(value, _Bytes | bytearray):
            return Principal(_Bytes(value))
        if getattr(value, "isPrincipal", False):
            raw: Any = getattr(value, "bytes", None)
            return Principal(raw)
        raise PrincipalError(f"expected a principal, its text or bytes, got {type(value).__name__}")

    @property
    def len(self) -> int:
        """The number of bytes."""
        return len(self.bytes)

    @property
    def hex(self) -> str:
        """The bytes in upper-case hexadecimal digits."""
        return self.bytes.hex().upper()

    @property
    def isPrincipal(self) -> bool:  # noqa: N802 # ic-py's name
        """True: the mark by which ic-py and `of` know a principal."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """Whether this is the caller who does not sign."""
        return self.bytes == _ANONYMOUS

    @property
    def is_self_authenticating(self) -> bool:
        """Whether this is an id that is derived from a public key."""
        return len(self.bytes) == _SELF_AUTHENTICATING_LENGTH and self.bytes[28:] == b"\x02"

    def to_str(self) -> str:
        """The canonical text: base32 of check sequence and bytes, in groups of five."""
        if self._text is None:
            checksum = zlib.crc32(self.bytes).to_bytes(_CHECKSUM_LENGTH, "big")
            digits = base64.b32encode(checksum + self.bytes).decode().rstrip("=").lower()
            groups = (
                digits[start : start + _GROUP_LENGTH]
                for start in range(0, len(digits), _GROUP_LENGTH)
            )
            object.__setattr__(self, "_text", "-".join(groups))
        return self._text or ""

    def to_account_id(self, sub_account: int = 0) -> AccountIdentifier:
        """The principal's account on the ICP ledger.

        Raises:
            ProtocolError: The subaccount does not fit into 32 bytes.
        """
        return AccountIdentifier.of(self.bytes, sub_account)

    def __str__(self) -> str:
        return self.to_str()

    def __repr__(self) -> str:
        return f"Principal({self.to_str()})"

    def __hash__(self) -> int:
        return hash(self.bytes)

    def __eq__(self, other: object) -> bool:
        if other.__class__ is Principal:
            return self.bytes == other.bytes
        if getattr(other, "isPrincipal", False):
            return bool(self.bytes == getattr(other, "bytes", None))
        return NotImplemented


_ANONYMOUS_PRINCIPAL = Principal(_ANONYMOUS)
_MANAGEMENT_CANISTER = Principal(b"")
