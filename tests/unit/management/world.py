"""A subnet with a management canister and no scheduler, for tests of the management room."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import held_bytes
from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.management.interface import decode_reply, encode_arguments
from ic_factory.replica.management.router import (
    Answered,
    CodeInstallation,
    ManagementCanister,
    Waiting,
)
from ic_factory.replica.random import SeededRandom
from ic_factory.replica.rejects import Payload, Reject, Reply
from ic_factory.replica.state.canister import Canister, InstalledCode
from ic_factory.replica.state.messages import CanisterOrigin, IngressOrigin, Origin, Request
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.surroundings import SystemFacts

ADMIN = Principal.self_authenticating(b"admin's key")
STRANGER = Principal.self_authenticating(b"stranger's key")
WALLET = Principal((7).to_bytes(8, "big") + b"\x01\x01")
"""A canister somewhere that makes calls."""

MANAGEMENT = Principal.management_canister()
START_TIME = 1_700_000_000_000_000_000
ENGINE = Engine()


@dataclass
class World:
    """The subnet, and shorthands to call its management canister."""

    fees: FeeTable = field(default_factory=FeeTable)
    subnet_memory_bytes: int = 450 * 1024**3
    limits: InstructionLimits = field(default_factory=InstructionLimits)

    def __post_init__(self) -> None:
        facts = SystemFacts(b"root key", self.fees, self.subnet_memory_bytes)
        self.facts = facts
        self.management = ManagementCanister(ENGINE, facts, self.limits)
        self.subnet = Subnet(
            Principal.self_authenticating(b"subnet's key"), START_TIME, SeededRandom(bytes(32))
        )

    def request(
        self, method: str, argument: bytes, caller: Principal, cycles: int = 0
    ) -> Answered | Waiting | CodeInstallation:
        """The call as it comes back from the door."""
        origin: Origin = IngressOrigin(b"request", 0)
        if caller == WALLET or caller in self.subnet.canisters:
            origin = CanisterOrigin(caller, 1)
        return self.management.handle(
            self.subnet, Request(caller, MANAGEMENT, method, argument, cycles, origin)
        )

    def answer(
        self,
        method: str,
        fields: dict[str, Any] | None = None,
        caller: Principal = ADMIN,
        cycles: int = 0,
    ) -> Answered:
        """The call's end; an installation is run and committed."""
        argument = no_arguments() if fields is None else encode_arguments(method, fields)
        result = self.request(method, argument, caller, cycles)
        if isinstance(result, CodeInstallation):
            outcome = result.run(result.instruction_limit)
            return self.noted(result.commit(self.subnet, outcome))
        assert isinstance(result, Answered), "the call waits"
        return self.noted(result)

    def noted(self, answered: Answered) -> Answered:
        """Notes what the canisters that were touched hold now, as the scheduler does."""
        for canister_id in answered.touched:
            canister = self.subnet.canisters.get(canister_id)
            self.subnet.note_held(canister_id, 0 if canister is None else held_bytes(canister))
        return answered

    def call(
        self,
        method: str,
        fields: dict[str, Any] | None = None,
        caller: Principal = ADMIN,
        cycles: int = 0,
    ) -> Any:
        """What the call replies."""
        return value_of(method, self.answer(method, fields, caller, cycles).payload)

    def refusal(
        self,
        method: str,
        fields: dict[str, Any] | None = None,
        caller: Principal = ADMIN,
        cycles: int = 0,
    ) -> str:
        """The code and message of the call's reject; the subnet must be as it was."""
        before = state_of(self.subnet)
        answered = self.answer(method, fields, caller, cycles)
        assert isinstance(answered.payload, Reject), answered
        assert answered.refund == cycles
        assert answered.payload.reject_code == answered.payload.error_code.reject_code
        assert state_of(self.subnet) == before
        return f"{answered.payload.error_code}: {answered.payload.message}"

    def query(self, method: str, fields: dict[str, Any], caller: Principal = ADMIN) -> Payload:
        """The method called as a query."""
        return self.management.query(self.subnet, caller, method, encode_arguments(method, fields))

    def create(self, **settings: Any) -> Canister:
        """A new canister of the admin's."""
        created = self.call(
            "provisional_create_canister_with_cycles",
            {"settings": [{name: [value] for name, value in settings.items()}]},
        )
        return self.subnet.canisters[created["canister_id"]]

    def install(
        self, canister: Canister, module: bytes, argument: bytes = b"", mode: Any = "install"
    ) -> Payload:
        """Installs a module as the admin."""
        variant = {mode: None} if mode in ("install", "reinstall") else {"upgrade": [mode]}
        if mode == "upgrade":
            variant = {"upgrade": []}
        return self.answer(
            "install_code",
            {
                "mode": variant,
                "canister_id": canister.canister_id,
                "wasm_module": module,
                "arg": argument,
            },
        ).payload

    def installed(self, module: bytes, argument: bytes = b"") -> Canister:
        """A new canister of the admin's with code."""
        canister = self.create()
        payload = self.install(canister, module, argument)
        assert isinstance(payload, Reply), payload
        return canister


def no_arguments() -> bytes:
    """An empty Candid argument list."""
    return b"DIDL\x00\x00"


def value_of(method: str, payload: Payload) -> Any:
    """The value in a reply."""
    assert isinstance(payload, Reply), payload
    return decode_reply(method, payload.data)


def state_of(subnet: Subnet) -> str:
    """All of the subnet's state as text, memories by their hash."""
    parts = [repr((subnet.next_canister_number, subnet.consumed_cycles, subnet.random))]
    for canister in subnet.canisters.values():
        plain = [
            getattr(canister, name)
            for name in canister.__dataclass_fields__
            if name not in ("code", "snapshots")
        ]
        snapshots = {
            snapshot_id: (snapshot.chunks, _digest(snapshot.code))
            for snapshot_id, snapshot in canister.snapshots.items()
        }
        parts.append(repr((plain, _digest(canister.code), snapshots)))
    return "\n".join(parts)


def _digest(code: InstalledCode | None) -> str:
    if code is None:
        return ""
    memories = code.freeze()
    parts = (
        code.module_hash,
        memories.heap.content,
        memories.stable.content,
        repr(memories.exported_globals).encode(),
    )
    return hashlib.sha256(b"".join(parts)).hexdigest()
