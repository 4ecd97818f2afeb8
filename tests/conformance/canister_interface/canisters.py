"""Canisters on a replica as these tests handle them, and calls to the management canister."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import wasmtime

from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.hash_tree.lookup import Found, lookup_path
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.management.interface import decode_reply, encode_arguments
from ic_factory.replica.rejects import ErrorCode, Payload, Reject, RejectCode, Reply
from tests.canisters.stack_program import StackProgram
from tests.canisters.universal import Hook, Program, universal_wasm_without

START_TIME = 1_700_000_000_000_000_000
SECOND = 1_000_000_000
PAGE = 65536
MANAGEMENT = Principal.management_canister()
OWNER = Principal(b"\x0b" * 28 + b"\x02")
STRANGER = Principal(b"\x57" * 28 + b"\x02")
NOT_A_CANISTER = Principal(b"\xff\xff\xff\xff\xff\x00\x00\x01\x01\x01")
"""An id far outside of what any test gives out."""


TELL_REJECTION = Program().reply(
    Program().concat(Program().encode_int(Program().reject_code(), 1), Program().reject_message())
)
"""Replies with reject code and text of a rejection."""


@cache
def quiet_universal() -> bytes:
    """The universal canister without what runs by itself or asks before each message."""
    return universal_wasm_without("canister_heartbeat", "canister_inspect_message")


@cache
def full_universal() -> bytes:
    """The universal canister with all its entry points."""
    return universal_wasm_without()


@cache
def wat(text: str) -> bytes:
    """The module of a WebAssembly text."""
    return bytes(wasmtime.wat2wasm(text))


def replied(payload: Payload) -> bytes:
    """The data of a reply; fails on a rejection."""
    assert isinstance(payload, Reply), payload
    return payload.data


def rejected(payload: Payload, code: ErrorCode | RejectCode, *facts: object) -> str:
    """The text of a rejection with this code and these facts in it; fails on anything else."""
    assert isinstance(payload, Reject), payload
    found = payload.error_code if isinstance(code, ErrorCode) else payload.reject_code
    assert found is code, payload
    for fact in facts:
        assert str(fact) in payload.message
    return payload.message


@dataclass(frozen=True)
class Universal:
    """A universal canister."""

    replica: Replica
    canister_id: Principal

    @property
    def bytes(self) -> bytes:
        """Its principal as bytes, for programs."""
        return self.canister_id.bytes

    def update(
        self, program: StackProgram, method: str = "update", sender: Principal = STRANGER
    ) -> Payload:
        """What a user's call is answered with, rounds being run until it is."""
        return self.replica.update(self.canister_id, method, program.code, sender)

    def query(
        self, program: StackProgram, method: str = "query", sender: Principal = STRANGER
    ) -> Payload:
        """What a query is answered with."""
        return self.replica.query_call(self.canister_id, method, program.code, sender)

    def composite_query(self, program: StackProgram) -> Payload:
        """What a composite query is answered with."""
        return self.query(program, "composite_query")

    def submit(self, program: StackProgram, method: str = "update") -> bytes:
        """The request id of a call that no round has been run for."""
        request_id = self.replica.submit_direct(self.canister_id, method, program.code, STRANGER)
        assert isinstance(request_id, bytes), request_id
        return request_id

    def do(self, program: StackProgram) -> bytes:
        """Runs a program that does not answer, as an update; then replies with nothing."""
        return replied(self.update(Program(program.code).reply()))

    def ask(self, program: StackProgram) -> bytes:
        """The blob that a program pushes in a query."""
        return replied(self.query(Program().reply(program)))

    def ask_int(self, program: StackProgram) -> int:
        """The integer that a program pushes in a query."""
        return int.from_bytes(replied(self.query(Program().reply_int(program))), "little")

    def heap(self, slot: int = 0) -> bytes:
        """A blob that was kept on the heap."""
        return self.ask(Program().load_global(slot))

    def store(self, blob: bytes, slot: int = 0) -> None:
        """Keeps a blob on the heap."""
        self.do(Program().store_global(blob, slot))

    def set_hook(self, hook: Hook, program: StackProgram) -> None:
        """Stores what an entry point does from now on."""
        self.do(Program().set_hook(hook, program))

    @property
    def logs(self) -> list[bytes]:
        """The contents of its log."""
        return [record.content for record in self.replica.canister_logs(self.canister_id)]

    @property
    def cycles(self) -> int:
        """Its balance; asking the management canister for it would cost some."""
        canisters = self.replica.describe().canisters
        return next(each.cycles for each in canisters if each.canister_id == self.canister_id)

    def status(self) -> dict[str, Any]:
        """What `canister_status` says of it; a query costs nothing."""
        argument = encode_arguments("canister_status", {"canister_id": self.canister_id})
        payload = self.replica.query_call(MANAGEMENT, "canister_status", argument, OWNER)
        status: dict[str, Any] = decode_reply("canister_status", replied(payload))
        return status

    def install(self, argument: StackProgram, mode: str = "reinstall", **fields: Any) -> Payload:
        """Installs the same module again."""
        return install(
            self.replica, self.canister_id, quiet_universal(), argument.code, mode, **fields
        )


def make_universal(replica: Replica, module: bytes | None = None, **options: int) -> Universal:
    """A new universal canister that `OWNER` controls."""
    canister_id = replica.create_canister(OWNER, **options)
    replica.install_code(canister_id, module or quiet_universal(), sender=OWNER)
    return Universal(replica, canister_id)


def install(
    replica: Replica,
    canister_id: Principal,
    module: bytes,
    argument: bytes = b"",
    mode: str = "install",
    **upgrade_options: Any,
) -> Payload:
    """What `install_code` by the owner is answered with."""
    value: Any = None
    if mode == "upgrade":
        value = [
            {
                "skip_pre_upgrade": upgrade_options.get("skip_pre_upgrade", []),
                "wasm_memory_persistence": upgrade_options.get("wasm_memory_persistence", []),
            }
        ]
    fields = {
        "mode": {mode: value},
        "canister_id": canister_id,
        "wasm_module": module,
        "arg": argument,
        "sender_canister_version": [],
    }
    argument = encode_arguments("install_code", fields)
    return replica.update(MANAGEMENT, "install_code", argument, OWNER)


def call_management(
    replica: Replica, method: str, canister_id: Principal, **fields: Any
) -> Payload:
    """What a call by the owner about a canister is answered with."""
    argument = encode_arguments(method, {"canister_id": canister_id, **fields})
    return replica.update(MANAGEMENT, method, argument, OWNER)


def manage(replica: Replica, method: str, canister_id: Principal, **fields: Any) -> Any:
    """The result of a call to the management canister; fails on a rejection."""
    return decode_reply(method, replied(call_management(replica, method, canister_id, **fields)))


def change_settings(replica: Replica, canister_id: Principal, **settings: Any) -> None:
    """Changes these settings of a canister and no others."""
    manage(
        replica,
        "update_settings",
        canister_id,
        settings={name: [value] for name, value in settings.items()},
        sender_canister_version=[],
    )


def amount(blob: bytes) -> int:
    """A number of cycles as the system API writes it."""
    return int.from_bytes(blob, "little")


def then_reply(program: StackProgram) -> Program:
    """The program, and a reply with nothing."""
    return Program(program.code).reply()


def answer_of(replica: Replica, request_id: bytes, rounds: int = 20) -> Payload | None:
    """What a request is answered with within so many rounds; None where it stays open."""
    for _ in range(rounds):
        answer = replica.answer_of(request_id)
        if answer is not None:
            return answer
        replica.tick()
    return replica.answer_of(request_id)


class Latch:
    """A canister that answers a call to it only when it is told to.

    It controls itself, and `waiting` has it ask for its own stop: that can't end before the call
    has been answered. `release` cancels the stop, which has the call answered.
    """

    def __init__(self, canister: Universal) -> None:
        self.canister = canister
        change_settings(
            canister.replica, canister.canister_id, controllers=[OWNER, canister.canister_id]
        )

    def waiting(self, then: StackProgram | None = None) -> Program:
        """What the latch is to be called with; `then` runs in it after the release."""
        argument = encode_arguments("stop_canister", {"canister_id": self.canister.canister_id})
        return Program().call(
            MANAGEMENT.bytes,
            "stop_canister",
            argument,
            on_reject=Program(b"" if then is None else then.code).reply(b"released"),
        )

    def call(self, then: StackProgram | None = None, **options: Any) -> Program:
        """A call to the latch."""
        latch = self.canister.bytes
        return Program().call(latch, "update", self.waiting(then).code, **options)

    def release(self) -> None:
        """Has the open calls answered."""
        manage(self.canister.replica, "start_canister", self.canister.canister_id)


def certified_data(canister: Universal) -> bytes:
    """What a canister has certified, out of the certificate that a query gets."""
    certificate = Certificate.decode(canister.ask(Program().data_certificate()))
    path = [b"canister", canister.bytes, b"certified_data"]
    found = lookup_path(certificate.tree, path)
    assert isinstance(found, Found), found
    return found.value


def stopping(canister: Universal) -> bytes:
    """The request id of the owner's call to stop a canister; no round is run."""
    argument = encode_arguments("stop_canister", {"canister_id": canister.canister_id})
    request_id = canister.replica.submit_direct(MANAGEMENT, "stop_canister", argument, OWNER)
    assert isinstance(request_id, bytes), request_id
    return request_id
