"""Installs code (specification, "IC method install_code", "install_chunked_code").

The handlers check arguments and rights and give back a `CodeInstallation`. Running it touches no
state but its own, so it may happen aside and be tried again with more instructions; its commit
applies everything at once, or nothing but the charge.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import consume, execution_fees, out_of_cycles
from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.execution.invocation import Context, Invocation, Surroundings
from ic_factory.replica.execution.outcome import Completed, Effects, Failed, Outcome
from ic_factory.replica.execution.prepare.invalid_module import InvalidModule
from ic_factory.replica.execution.prepared import PreparedModule
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.management.calls import Answered, Call, require_access
from ic_factory.replica.management.capacity import require_growth, set_aside
from ic_factory.replica.management.chunk_store import chunk_store_error
from ic_factory.replica.management.history import record_change
from ic_factory.replica.management.interface import SIGNATURES
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.rejects import ErrorCode, Reject, Reply
from ic_factory.replica.state.canister import Canister, HookStatus, InstalledCode
from ic_factory.replica.state.consumption import CyclesUse
from ic_factory.replica.state.history import ChangeOrigin, CodeDeployment, DeploymentMode
from ic_factory.replica.state.memory_image import EMPTY_MEMORY, FrozenMemories
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.surroundings import SystemFacts, surroundings_of

MAX_CHUNKS_IN_LARGE_WASM = 100
ORTHOGONAL_PERSISTENCE = "enhanced-orthogonal-persistence"
"""The private custom section of modules whose heap outlives an upgrade."""

_NO_MEMORIES = FrozenMemories(EMPTY_MEMORY, EMPTY_MEMORY, ())


@dataclass(frozen=True, slots=True)
class InstallMode:
    """How to install, and what an upgrade does with the code that is there."""

    deployment: DeploymentMode
    skip_pre_upgrade: bool = False
    wasm_memory_persistence: str | None = None
    """`keep`, `replace`, or None where the caller said neither."""

    @classmethod
    def of(cls, value: dict[str, Any]) -> InstallMode:
        """The mode in a Candid `canister_install_mode`."""
        ((case, options),) = value.items()
        deployment = DeploymentMode(case)
        if not options:
            return cls(deployment)
        skip, persistence = options[0]["skip_pre_upgrade"], options[0]["wasm_memory_persistence"]
        return cls(deployment, skip == [True], next(iter(persistence[0])) if persistence else None)

    @property
    def keeps_heap(self) -> bool:
        """Whether an upgrade leaves the Wasm memory as it is."""
        return self.wasm_memory_persistence == "keep"


def install_code(call: Call) -> CodeInstallation:
    """A module that came with the call."""
    canister = call.controlled_canister()
    return _installation(call, canister, call.arguments["wasm_module"])


def install_chunked_code(call: Call) -> CodeInstallation:
    """A module that was uploaded in chunks, to the canister or to another of this subnet."""
    target = call.controlled_canister("target_canister")
    store = target
    if call.arguments["store_canister"]:
        store_id = call.arguments["store_canister"][0]
        stored = call.subnet.canisters.get(store_id)
        if stored is None:
            raise Refused(
                ErrorCode.CANISTER_CONTRACT_VIOLATION,
                f"Error from Wasm chunk store: the store canister {store_id} was not found on the "
                "subnet of the target canister.",
            )
        store = stored
        require_access(store, call.caller, (*store.controllers, store.canister_id))
    return _installation(call, target, _assembled(call, store))


def _assembled(call: Call, store: Canister) -> bytes:
    """The chunks that the caller lists, joined; their hash is the one that it gives."""
    hashes = [entry["hash"] for entry in call.arguments["chunk_hashes_list"]]
    if len(hashes) > MAX_CHUNKS_IN_LARGE_WASM:
        raise chunk_store_error(
            f"A module is made of at most {MAX_CHUNKS_IN_LARGE_WASM} chunks, got {len(hashes)}"
        )
    for chunk_hash in hashes:
        if chunk_hash not in store.chunk_store:
            raise chunk_store_error(f"Chunk hash {chunk_hash.hex()} was not found")
    module = b"".join(store.chunk_store[chunk_hash] for chunk_hash in hashes)
    expected: bytes = call.arguments["wasm_module_hash"]
    actual = hashlib.sha256(module).digest()
    if actual != expected:
        raise chunk_store_error(
            f"Wasm module hash {actual.hex()} does not match given hash {expected.hex()}"
        )
    return module


def _installation(call: Call, canister: Canister, module_bytes: bytes) -> CodeInstallation:
    mode = InstallMode.of(call.arguments["mode"])
    _require_fitting_mode(canister, mode)
    fees = execution_fees(canister, call.facts.fees)
    prepaid = fees.execution(call.limits.install)
    unpayable = out_of_cycles(canister, fees, prepaid, call.caller)
    if unpayable is not None:
        raise Refused(
            ErrorCode.CANISTER_OUT_OF_CYCLES,
            f"Canister installation failed with `{unpayable.message}`.",
        )
    surroundings = surroundings_of(
        canister, call.subnet, call.facts, cycles_balance=canister.cycles - prepaid
    )
    old = canister.code
    return CodeInstallation(
        canister_id=canister.canister_id,
        instruction_limit=call.limits.install,
        engine=call.engine,
        facts=call.facts,
        fees=fees,
        mode=mode,
        module_bytes=module_bytes,
        argument=call.arguments["arg"],
        caller=call.caller,
        change_origin=call.change_origin,
        cycles=call.cycles,
        old=old if mode.deployment is DeploymentMode.UPGRADE else None,
        surroundings=surroundings,
    )


def _require_fitting_mode(canister: Canister, mode: InstallMode) -> None:
    code = canister.code
    if mode.deployment is DeploymentMode.INSTALL and code is not None:
        raise Refused(
            ErrorCode.CANISTER_NON_EMPTY,
            f"Canister {canister.canister_id} cannot be installed because the canister is not "
            "empty. Try installing with mode='reinstall' instead.",
        )
    if mode.deployment is not DeploymentMode.UPGRADE:
        return
    if code is None:
        raise Refused(
            ErrorCode.CANISTER_WASM_MODULE_NOT_FOUND,
            f"Error from Canister {canister.canister_id}: Attempted to execute a message, but the "
            "canister contains no Wasm module.",
        )
    if mode.wasm_memory_persistence is None and _has_orthogonal_persistence(code):
        raise Refused(
            ErrorCode.CANISTER_CONTRACT_VIOLATION,
            "Missing upgrade option: Enhanced orthogonal persistence requires the "
            "`wasm_memory_persistence` upgrade option.",
        )


def _has_orthogonal_persistence(code: InstalledCode | PreparedModule) -> bool:
    is_public, _ = code.custom_sections.get(ORTHOGONAL_PERSISTENCE, (True, b""))
    return not is_public


@dataclass(slots=True)
class _Progress:
    """What the functions that an installation runs have come to so far."""

    instructions_left: int
    instructions: int = 0
    logs: tuple[bytes, ...] = ()
    certified_data: bytes | None = None
    global_timer: int | None = None
    cycles_burned: int = 0

    def add(self, outcome: Outcome) -> Failed | None:
        """Counts an outcome in; gives the failure of all where it failed."""
        self.instructions += outcome.instructions
        self.instructions_left -= outcome.instructions
        self.logs += outcome.logs
        if isinstance(outcome, Failed):
            return replace(outcome, instructions=self.instructions, logs=self.logs)
        effects = outcome.effects
        if effects.certified_data is not None:
            self.certified_data = effects.certified_data
        self.global_timer = effects.global_timer
        self.cycles_burned += effects.cycles_burned
        return None

    def completed(self) -> Completed:
        """The outcome of all."""
        effects = Effects(
            certified_data=self.certified_data,
            global_timer=self.global_timer,
            cycles_burned=self.cycles_burned,
        )
        return Completed(effects, self.instructions, self.logs)


@dataclass(slots=True)
class CodeInstallation:
    """An installation that may go ahead; `run` executes it and `commit` applies it."""

    canister_id: Principal
    instruction_limit: int
    """The most instructions for all functions that it runs."""
    engine: Engine
    facts: SystemFacts
    fees: FeeTable
    """For the code that is there: an installation is paid by its prices."""
    mode: InstallMode
    module_bytes: bytes
    argument: bytes
    caller: Principal
    change_origin: ChangeOrigin
    cycles: int
    """Cycles attached to the call; all go back."""
    old: InstalledCode | None
    """The code to upgrade from."""
    surroundings: Surroundings
    """What the code that is there sees; the new code sees a higher version and no timer."""
    _module: PreparedModule | None = None
    _installed: ResidentCode | None = field(default=None)

    def run(self, instruction_limit: int) -> Outcome:
        """Runs `canister_pre_upgrade` on a copy of the old code, then the new code's own.

        That is `start`, and `canister_init` or `canister_post_upgrade`. The canister stays as it
        is; a second run starts over.
        """
        self._installed = None
        try:
            module = self._prepared()
        except InvalidModule as error:
            return self._failed(ErrorCode.CANISTER_INVALID_WASM, str(error))
        if self.mode.keeps_heap and not _has_orthogonal_persistence(module):
            return Failed(
                ErrorCode.CANISTER_CONTRACT_VIOLATION,
                "Invalid upgrade option: The `wasm_memory_persistence: opt Keep` upgrade option "
                "requires that the new canister module supports enhanced orthogonal persistence.",
                0,
                (),
            )
        progress = _Progress(instruction_limit)
        memories = self._persisted(progress)
        if isinstance(memories, Failed):
            return memories
        code = ResidentCode.fresh(
            self.engine,
            module,
            stable=memories.stable,
            heap=memories.heap if self.mode.keeps_heap else None,
        )
        failure = self._started(code, progress)
        if failure is not None:
            return failure
        self._installed = code
        return progress.completed()

    def _prepared(self) -> PreparedModule:
        if self._module is None:
            self._module = self.engine.load(self.module_bytes)
        return self._module

    def _failed(self, error_code: ErrorCode, reason: str) -> Failed:
        return Failed(error_code, f"Error from Canister {self.canister_id}: {reason}", 0, ())

    def _persisted(self, progress: _Progress) -> FrozenMemories | Failed:
        """The memories that the new code starts with."""
        old = self.old
        if old is None:
            return _NO_MEMORIES
        if self.mode.skip_pre_upgrade or not isinstance(old, ResidentCode):
            return old.freeze()
        if not old.has_export("canister_pre_upgrade"):
            return old.freeze()
        copy = old.copy()
        invocation = Invocation(
            context=Context.PRE_UPGRADE,
            entry_point="canister_pre_upgrade",
            caller=self.caller.bytes,
            instruction_limit=progress.instructions_left,
            responded=True,
        )
        unlimited = replace(self.surroundings, heap_bytes_limit=0)
        failure = progress.add(copy.run(invocation, unlimited))
        if failure is not None:
            return failure
        copy.commit()
        return copy.freeze()

    def _started(self, code: ResidentCode, progress: _Progress) -> Failed | None:
        """Runs the new code's `start`, and its `canister_init` or `canister_post_upgrade`."""
        surroundings = replace(
            self.surroundings,
            canister_version=self.surroundings.canister_version + 1,
            global_timer=0,
        )
        failure = progress.add(code.start(surroundings, progress.instructions_left))
        if failure is not None:
            return failure
        code.commit()
        is_upgrade = self.mode.deployment is DeploymentMode.UPGRADE
        hook = "canister_post_upgrade" if is_upgrade else "canister_init"
        if not code.has_export(hook):
            return None
        invocation = Invocation(
            context=Context.INIT,
            entry_point=hook,
            caller=self.caller.bytes,
            instruction_limit=progress.instructions_left,
            argument=self.argument,
            responded=True,
        )
        failure = progress.add(code.run(invocation, surroundings))
        if failure is None:
            code.commit()
        return failure

    def commit(self, subnet: Subnet, outcome: Outcome) -> Answered:
        """Charges the canister and, where all went well, gives it the new code at once."""
        canister = subnet.canisters[self.canister_id]
        fee = self.fees.execution(outcome.instructions)
        if isinstance(outcome, Failed):
            consume(subnet, canister, CyclesUse.INSTRUCTIONS, fee)
            canister.log.append(subnet.time, outcome.logs)
            return self._answered(Reject.of(outcome.error_code, outcome.message))
        assert self._installed is not None
        burned = outcome.effects.cycles_burned
        try:
            reserved = self._room(subnet, canister, fee + burned)
        except Refused as refused:
            consume(subnet, canister, CyclesUse.INSTRUCTIONS, fee)
            return self._answered(refused.reject)
        consume(subnet, canister, CyclesUse.INSTRUCTIONS, fee)
        consume(subnet, canister, CyclesUse.BURNED, burned)
        set_aside(canister, reserved)
        self._apply(subnet, canister, outcome, self._installed)
        return self._answered(Reply(SIGNATURES["install_code"].encoder.encode(())))

    def _room(self, subnet: Subnet, canister: Canister, fee: int) -> int:
        """Checks that the new code can stay; returns what is to be set aside for its storage."""
        installed = replace(canister, code=self._installed, cycles=canister.cycles - fee)
        return require_growth(subnet, self.facts, canister, installed)

    def _apply(
        self, subnet: Subnet, canister: Canister, outcome: Completed, code: ResidentCode
    ) -> None:
        is_upgrade = self.mode.deployment is DeploymentMode.UPGRADE
        effects = outcome.effects
        canister.code = code
        if effects.certified_data is not None:
            canister.certified_data = effects.certified_data
        elif not is_upgrade:
            canister.certified_data = b""
        if not is_upgrade:
            canister.log.clear()
            canister.low_wasm_memory_hook = HookStatus.CONDITION_NOT_SATISFIED
        canister.log.append(subnet.time, outcome.logs)
        canister.global_timer = effects.global_timer or 0
        canister.heartbeat_due = False
        canister.last_install_timestamp = subnet.time
        canister.canister_version += 1
        record_change(
            canister,
            subnet.time,
            self.change_origin,
            CodeDeployment(self.mode.deployment, code.module_hash),
        )

    def _answered(self, payload: Reply | Reject) -> Answered:
        return Answered(payload, self.cycles, touched=(self.canister_id,))
