"""Chains of delegations, as text and checked (specification, "Authentication").

The text is the JSON of the JavaScript agent, which icp-cli and ic-py read too:
{"publicKey": hex, "delegations": [{"delegation": {"pubkey": hex, "expiration": hex,
"targets": [hex]}, "signature": hex}]}.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ic_factory.agent.identity.errors import DelegationExpired, DelegationInvalid
from ic_factory.errors import EnvelopeError, KeyFormatError, SignatureError
from ic_factory.protocol.crypto import der
from ic_factory.protocol.crypto.der import SubjectPublicKeyInfo
from ic_factory.protocol.crypto.keys import public_key_from_der
from ic_factory.protocol.delegation import MAX_DELEGATIONS, SignedDelegation, signed_delegations
from ic_factory.protocol.principal import Principal

_NANOSECONDS = 1_000_000_000
_EXPIRATION = re.compile("[0-9a-fA-F]{1,16}")

_NOT_CHECKED_HERE = frozenset({der.COSE, der.CANISTER_SIGNATURE})
"""Schemes whose signatures only the IC checks: WebAuthn keys, and canisters such as Internet
Identity."""


@dataclass(frozen=True, slots=True)
class DelegationChain:
    """Who lets a session key sign, by way of which keys.

    Attributes:
        public_key: The key that delegates first, in DER; requests are from its principal.
        delegations: In order; each is signed by the key before it.
    """

    public_key: bytes
    delegations: tuple[SignedDelegation, ...]

    @staticmethod
    def from_json(text: str | bytes) -> DelegationChain:
        """Reads the JSON text; nothing is checked but its form.

        Raises:
            DelegationInvalid: It is not of that form.
        """
        try:
            return DelegationChain.from_dict(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise DelegationInvalid("a chain of delegations is not JSON") from error

    @staticmethod
    def from_dict(content: Any) -> DelegationChain:
        """Reads what the JSON text stands for. Fields of a delegation that are not known are kept.

        Raises:
            DelegationInvalid: It is not of that form.
        """
        where = "the chain of delegations"
        public_key = _bytes(_field(content, "publicKey", where), f"{where}: publicKey")
        listed = _field(content, "delegations", where)
        if type(listed) is not list:
            raise DelegationInvalid(f"{where}: delegations is not an array")
        try:
            maps = [_map(value, f"delegations[{place}]") for place, value in enumerate(listed)]
            return DelegationChain(public_key, signed_delegations(maps, "delegations"))
        except EnvelopeError as error:
            raise DelegationInvalid(f"{where}: {error}") from error

    def to_json(self) -> str:
        """The JSON text."""
        return json.dumps(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """What the JSON text stands for."""
        listed = [
            {
                "delegation": _texts(signed.delegation.to_map()),
                "signature": signed.signature.hex(),
            }
            for signed in self.delegations
        ]
        return {"delegations": listed, "publicKey": self.public_key.hex()}

    @property
    def sender(self) -> Principal:
        """The principal that requests are from."""
        return Principal.self_authenticating(self.public_key)

    @property
    def session_key(self) -> bytes:
        """The key that signs requests, in DER."""
        return self.delegations[-1].delegation.pubkey if self.delegations else self.public_key

    @property
    def expiration(self) -> int | None:
        """When the first of them is over, in nanoseconds since 1970; None if there are none."""
        return min((signed.delegation.expiration for signed in self.delegations), default=None)

    def check_signatures(self) -> None:
        """Checks that each delegation is signed by the key before it.

        What WebAuthn keys and canisters have signed is taken unchecked; the IC checks it.

        Raises:
            DelegationInvalid: One is not, a key comes twice, or is in no known encoding.
        """
        keys = [self.public_key, *(signed.delegation.pubkey for signed in self.delegations)]
        if len(set(keys)) != len(keys):
            raise DelegationInvalid("a key comes twice in the chain of delegations")
        for place, (key, signed) in enumerate(zip(keys, self.delegations, strict=False)):
            try:
                _check(key, signed)
            except (KeyFormatError, SignatureError) as error:
                raise DelegationInvalid(
                    f"delegations[{place}] is not signed by the key before it: {error}"
                ) from error

    def check_time(self, now: int) -> None:
        """Checks that none of them is over.

        Args:
            now: In nanoseconds since 1970.

        Raises:
            DelegationExpired: One is.
        """
        if self.expiration is not None and self.expiration < now:
            raise DelegationExpired(
                f"the delegation from {self.sender} is over since {_date(self.expiration)};"
                f" it is {_date(now)}"
            )


def append(chain: DelegationChain, signed: SignedDelegation) -> DelegationChain:
    """The chain with one more delegation.

    Raises:
        DelegationInvalid: There would be more than 20.
    """
    if len(chain.delegations) >= MAX_DELEGATIONS:
        raise DelegationInvalid(f"a chain has at most {MAX_DELEGATIONS} delegations")
    return DelegationChain(chain.public_key, (*chain.delegations, signed))


def _check(key: bytes, signed: SignedDelegation) -> None:
    if SubjectPublicKeyInfo.decode(key).algorithm in _NOT_CHECKED_HERE:
        return
    public_key_from_der(key).verify(signed.delegation.signing_bytes, signed.signature)


def _map(value: Any, where: str) -> dict[str, Any]:
    """A signed delegation as CBOR would have it."""
    delegation = _field(value, "delegation", where)
    where_inside = f"{where}.delegation"
    content = {
        **(delegation if type(delegation) is dict else {}),
        "pubkey": _bytes(_field(delegation, "pubkey", where_inside), f"{where_inside}.pubkey"),
        "expiration": _expiration(_field(delegation, "expiration", where_inside), where_inside),
    }
    targets = content.get("targets")
    if type(targets) is list:
        content["targets"] = [_bytes(target, f"{where_inside}.targets") for target in targets]
    signature = _bytes(_field(value, "signature", where), f"{where}.signature")
    return {"delegation": content, "signature": signature}


def _texts(delegation: dict[str, Any]) -> dict[str, Any]:
    """A delegation's map as JSON has it."""
    content = {
        **delegation,
        "pubkey": delegation["pubkey"].hex(),
        "expiration": f"{delegation['expiration']:x}",
    }
    if "targets" in delegation:
        content["targets"] = [target.hex for target in delegation["targets"]]
    return content


def _field(content: Any, name: str, where: str) -> Any:
    if type(content) is not dict or content.get(name) is None:
        raise DelegationInvalid(f"{where}: {name} is missing")
    return content[name]


def _bytes(value: Any, where: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except (TypeError, ValueError):
        raise DelegationInvalid(f"{where} is not in hexadecimal digits") from None


def _expiration(value: Any, where: str) -> int:
    if type(value) is not str or not _EXPIRATION.fullmatch(value):
        raise DelegationInvalid(f"{where}.expiration is not in up to 16 hexadecimal digits")
    return int(value, 16)


def _date(nanoseconds: int) -> str:
    try:
        return datetime.fromtimestamp(nanoseconds // _NANOSECONDS, UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        return f"{nanoseconds} ns after 1970"
