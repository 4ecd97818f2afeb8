"""The management canister as Python sees it: canisters made, installed, watched.

`Management.client` is the generated client, with each method as the interface has it.

Specification, "The IC management canister".
"""

from __future__ import annotations

from collections.abc import Sequence

from ic_factory.bindgen.runtime import Caller
from ic_factory.drivers.generated.management import (
    Canister,
    CanisterInfoArg,
    CanisterInfoResult,
    ChunkHash,
    FetchCanisterLogsArg,
    InstallChunkedCodeArg,
    InstallCodeArg,
    InstallMode,
    LoadCanisterSnapshotArg,
    LogRecord,
    ManagementClient,
    ProvisionalCreateCanisterWithCyclesArg,
    ProvisionalTopUpCanisterArg,
    Settings,
    Snapshot,
    SnapshotOfCanister,
    Status,
    TakeCanisterSnapshotArg,
    UploadChunkArg,
)
from ic_factory.protocol.principal import Principal


class Management:
    """The management canister of the subnet of each canister that is named.

    Each method raises CanisterReject where the call is rejected, and another AgentError where it
    brings no answer.

    Attributes:
        client: The generated client.
    """

    def __init__(self, caller: Caller) -> None:
        """Binds the driver to an agent."""
        self.client: ManagementClient = _Client(caller, Principal.management_canister())

    def create_provisionally(
        self,
        *,
        cycles: int | None = None,
        settings: Settings | None = None,
        specified_id: Principal | None = None,
    ) -> Principal:
        """Makes a canister out of nothing, as local networks allow, and returns its id.

        Args:
            cycles: What it has; the network's default where it is left out.
            settings: Its settings; the caller controls it where they name no controllers.
            specified_id: The id that it shall have.
        """
        request = ProvisionalCreateCanisterWithCyclesArg(
            amount=cycles, settings=settings, specified_id=specified_id
        )
        return self.client.provisional_create_canister_with_cycles(request).canister_id

    def top_up_provisionally(self, canister_id: Principal, cycles: int) -> None:
        """Adds cycles out of nothing, as local networks allow."""
        request = ProvisionalTopUpCanisterArg(canister_id=canister_id, amount=cycles)
        self.client.provisional_top_up_canister(request)

    def install(self, canister_id: Principal, module: bytes, arg: bytes, mode: InstallMode) -> None:
        """Installs a module that fits into one message, of some 2 MB in all."""
        request = InstallCodeArg(canister_id=canister_id, wasm_module=module, arg=arg, mode=mode)
        self.client.install_code(request)

    def upload_chunk(self, canister_id: Principal, chunk: bytes) -> bytes:
        """Puts a chunk of at most 1 MiB into a canister's chunk store; returns its hash."""
        return self.client.upload_chunk(UploadChunkArg(canister_id=canister_id, chunk=chunk)).hash

    def stored_chunks(self, canister_id: Principal) -> list[bytes]:
        """The hashes of what is in a canister's chunk store."""
        return [each.hash for each in self.client.stored_chunks(Canister(canister_id=canister_id))]

    def clear_chunk_store(self, canister_id: Principal) -> None:
        """Empties a canister's chunk store."""
        self.client.clear_chunk_store(Canister(canister_id=canister_id))

    def install_chunked(
        self,
        canister_id: Principal,
        chunk_hashes: Sequence[bytes],
        module_hash: bytes,
        arg: bytes,
        mode: InstallMode,
    ) -> None:
        """Installs a module out of the canister's own chunk store."""
        request = InstallChunkedCodeArg(
            target_canister=canister_id,
            chunk_hashes_list=[ChunkHash(hash=each) for each in chunk_hashes],
            wasm_module_hash=module_hash,
            arg=arg,
            mode=mode,
        )
        self.client.install_chunked_code(request)

    def status(self, canister_id: Principal) -> Status:
        """How a canister is, certified; for its controllers."""
        return self.client.canister_status(Canister(canister_id=canister_id))

    def info(self, canister_id: Principal, changes: int) -> CanisterInfoResult:
        """The last changes of a canister. Only canisters may ask, in general."""
        request = CanisterInfoArg(canister_id=canister_id, num_requested_changes=changes)
        return self.client.canister_info(request)

    def start(self, canister_id: Principal) -> None:
        """Starts a canister."""
        self.client.start_canister(Canister(canister_id=canister_id))

    def stop(self, canister_id: Principal) -> None:
        """Stops a canister, once it has answered what it is asked."""
        self.client.stop_canister(Canister(canister_id=canister_id))

    def delete(self, canister_id: Principal) -> None:
        """Deletes a stopped canister, and its cycles with it."""
        self.client.delete_canister(Canister(canister_id=canister_id))

    def logs(self, canister_id: Principal) -> list[LogRecord]:
        """What a canister has logged last, oldest first."""
        request = FetchCanisterLogsArg(canister_id=canister_id)
        return self.client.fetch_canister_logs(request).canister_log_records

    def take_snapshot(self, canister_id: Principal) -> Snapshot:
        """Takes a snapshot of a stopped canister."""
        return self.client.take_canister_snapshot(TakeCanisterSnapshotArg(canister_id=canister_id))

    def snapshots(self, canister_id: Principal) -> list[Snapshot]:
        """The snapshots of a canister."""
        return self.client.list_canister_snapshots(Canister(canister_id=canister_id))

    def load_snapshot(self, canister_id: Principal, snapshot_id: bytes) -> None:
        """Brings a stopped canister back to a snapshot."""
        request = LoadCanisterSnapshotArg(canister_id=canister_id, snapshot_id=snapshot_id)
        self.client.load_canister_snapshot(request)

    def delete_snapshot(self, canister_id: Principal, snapshot_id: bytes) -> None:
        """Deletes a snapshot."""
        request = SnapshotOfCanister(canister_id=canister_id, snapshot_id=snapshot_id)
        self.client.delete_canister_snapshot(request)


class _Client(ManagementClient):
    """The generated client, with calls sent to the subnet of the canister that they are about."""

    def effective_canister_id(self, values: Sequence[object]) -> Principal | None:
        """The canister in the argument (specification, "Effective canister id")."""
        for name in ("canister_id", "target_canister"):
            found = getattr(values[0], name, None) if values else None
            if isinstance(found, Principal):
                return found
        return None
