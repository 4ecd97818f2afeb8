"""Moments of a replica in the database: records of its state, and the images they refer to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ic_factory.protocol.principal import Principal
from ic_factory.replica.certification.state_tree import StateTree
from ic_factory.replica.clock import Clock
from ic_factory.replica.config import ReplicaConfig
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.execution.prepared import PreparedModule
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.machine import Moment
from ic_factory.replica.management.uploaded_code import UploadedCode
from ic_factory.replica.scheduling.aside import Agenda
from ic_factory.replica.state.canister import Canister, CanisterSnapshot, InstalledCode
from ic_factory.replica.state.memory_image import FrozenMemories, GlobalValue, MemoryImage
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.storage.errors import DamagedState
from ic_factory.replica.storage.images import ImageStore, LoadedContent, Plan, StoredImage
from ic_factory.replica.storage.inputs import CLOCK_FORM
from ic_factory.replica.storage.records import Form, RecordCodec


@dataclass(frozen=True, slots=True)
class KeptMoment:
    """A moment with its clock, under the number and name of the snapshot that keeps it."""

    number: int
    name: str
    moment: Moment
    clock: Clock


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that the inputs up to a number have come to."""

    sequence: int
    """The number of the last input in it."""
    moment: Moment
    clock: Clock
    config: ReplicaConfig
    snapshots: tuple[KeptMoment, ...] = ()
    snapshots_taken: int = 0
    direct_calls: int = 0


@dataclass(frozen=True, slots=True)
class MomentRecord:
    """A moment as it is written; canisters have rows of their own."""

    subnet: Subnet
    canister_count: int
    state_bytes: dict[Principal, int]
    """What the state tree counts of each canister, which lags behind in places."""
    next_heartbeat: int
    agenda: Agenda
    root: bytes
    clock: Clock


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """A snapshot's row."""

    number: int
    name: str
    moment: MomentRecord


@dataclass(frozen=True, slots=True)
class CheckpointRecord:
    """A checkpoint's row."""

    sequence: int
    moment: MomentRecord
    config: ReplicaConfig
    snapshots_taken: int
    direct_calls: int


TreeOf = Callable[[Subnet, dict[Principal, int]], StateTree]
"""Makes the state tree of a subnet, and of what it counted of each canister."""

_ELSEWHERE = Form(lambda _: None, lambda _: {})


class MomentWriter:
    """Turns moments into rows."""

    def __init__(self, images: ImageStore) -> None:
        """Plans images in this store."""
        self._images = images
        self.plan = Plan()
        """What the moments need that were encoded since it was set."""
        by_hash = Form(self._chunk_hashes, dict)
        self._codec = RecordCodec(
            {
                InstalledCode: Form(self._code, _unread),
                MemoryImage: Form(self._whole_image, _unread),
                Path: Form(str, Path),
                Clock: CLOCK_FORM,
            },
            {
                (Subnet, "canisters"): _ELSEWHERE,
                (Canister, "chunk_store"): by_hash,
                (CanisterSnapshot, "chunks"): by_hash,
            },
        )

    def checkpoint(self, checkpoint: Checkpoint) -> bytes:
        """The row of a checkpoint."""
        record = CheckpointRecord(
            checkpoint.sequence,
            _moment_record(checkpoint.moment, checkpoint.clock),
            # The seed has a place of its own; where modules are cached is each process's affair.
            replace(checkpoint.config, seed=None, compile_cache=None),
            checkpoint.snapshots_taken,
            checkpoint.direct_calls,
        )
        return self._codec.encode(CheckpointRecord, record)

    def snapshot(self, kept: KeptMoment) -> bytes:
        """The row of a snapshot."""
        moment = _moment_record(kept.moment, kept.clock)
        return self._codec.encode(SnapshotRecord, SnapshotRecord(kept.number, kept.name, moment))

    def canisters(self, moment: Moment) -> list[bytes]:
        """A row for each canister."""
        return [
            self._codec.encode(Canister, canister) for canister in moment.subnet.canisters.values()
        ]

    def _code(self, code: InstalledCode) -> Any:
        if isinstance(code, UploadedCode):
            return ["uploaded", self._codec.form(UploadedCode).encode(code)]
        assert isinstance(code, ResidentCode)
        module, memories = code.module, code.freeze()
        self.plan.blobs[module.module_hash] = module.module_bytes
        heap = memories.heap
        if heap is module.initial_heap:
            written = None
        elif heap.base is not None and heap.base is module.initial_heap:
            written = [self._image(heap, on_base=True), True]
        else:
            written = [self._image(heap, on_base=False), False]
        stable = self._image(memories.stable, on_base=False)
        values = self._codec.form(tuple[GlobalValue, ...]).encode(memories.exported_globals)
        return ["resident", [module.module_hash, written, stable, values]]

    def _whole_image(self, image: MemoryImage) -> int:
        return self._image(image, on_base=False)

    def _image(self, image: MemoryImage, *, on_base: bool) -> int:
        planned = self._images.planned(image, on_base=on_base)
        self.plan.images[planned.image_id] = planned
        return planned.image_id

    def _chunk_hashes(self, chunks: dict[bytes, bytes]) -> list[bytes]:
        self.plan.blobs.update(chunks)
        return list(chunks)


class MomentReader:
    """Turns rows into moments."""

    def __init__(
        self, content: LoadedContent, images: ImageStore, engine: Engine, tree_of: TreeOf
    ) -> None:
        """Reads moments whose images and blobs are `content`.

        Args:
            content: what was read of the database.
            images: told which of them are in the database already.
            engine: loads the canisters' modules.
            tree_of: makes the state tree.
        """
        self._content = content
        self._images = images
        self._engine = engine
        self._tree_of = tree_of
        self._modules: dict[bytes, PreparedModule] = {}
        self.plan = Plan()
        """What the moments need that were decoded since it was set."""
        by_hash = Form(list, self._chunks)
        self._codec = RecordCodec(
            {
                InstalledCode: Form(_unread, self._code),
                MemoryImage: Form(_unread, self._whole_image),
                Path: Form(str, Path),
                Clock: CLOCK_FORM,
            },
            {
                (Subnet, "canisters"): _ELSEWHERE,
                (Canister, "chunk_store"): by_hash,
                (CanisterSnapshot, "chunks"): by_hash,
            },
        )

    def checkpoint(self, body: bytes) -> CheckpointRecord:
        """The record in a checkpoint's row.

        Raises:
            DamagedState: it can't be read.
        """
        record: CheckpointRecord = self._codec.decode(CheckpointRecord, body)
        return record

    def snapshot(self, body: bytes) -> SnapshotRecord:
        """The record in a snapshot's row.

        Raises:
            DamagedState: it can't be read.
        """
        record: SnapshotRecord = self._codec.decode(SnapshotRecord, body)
        return record

    def moment(self, record: MomentRecord, canisters: list[bytes]) -> Moment:
        """The moment of a record and its canisters' rows.

        Raises:
            DamagedState: it can't be read, or is not the state that was certified.
        """
        subnet = record.subnet
        if len(canisters) != record.canister_count:
            raise DamagedState(f"{len(canisters)} canisters of {record.canister_count} are there")
        for body in canisters:
            canister: Canister = self._codec.decode(Canister, body)
            subnet.canisters[canister.canister_id] = canister
        tree = self._tree_of(subnet, record.state_bytes)
        if tree.root(subnet).digest != record.root:
            raise DamagedState(
                f"the state of height {subnet.height} does not have the root that was certified"
            )
        return Moment(subnet, tree, record.next_heartbeat, record.agenda)

    def _code(self, raw: Any) -> InstalledCode:
        kind, body = raw
        if kind == "uploaded":
            uploaded: UploadedCode = self._codec.form(UploadedCode).decode(body)
            return uploaded
        module_hash, written, stable, values = body
        module = self._module(module_hash)
        memories = FrozenMemories(
            self._heap(written, module.initial_heap),
            self._whole_image(stable),
            self._codec.form(tuple[GlobalValue, ...]).decode(values),
        )
        return ResidentCode.restored(self._engine, module, memories)

    def _module(self, module_hash: bytes) -> PreparedModule:
        # The engine knows modules by what they hash to, which takes a millisecond a megabyte.
        if module_hash not in self._modules:
            self._modules[module_hash] = self._engine.load(self._content.blob(module_hash))
        module = self._modules[module_hash]
        self.plan.blobs[module_hash] = module.module_bytes
        return module

    def _heap(self, written: Any, initial: MemoryImage) -> MemoryImage:
        if written is None:
            return initial
        image_id, on_base = written
        if not on_base:
            return self._whole_image(image_id)
        stored = self._content.image(image_id)
        image = MemoryImage(stored.image.page_count, stored.image.changed_pages, initial)
        return self._adopted(replace(stored, image=image), on_base=True)

    def _whole_image(self, image_id: int) -> MemoryImage:
        return self._adopted(self._content.image(image_id), on_base=False)

    def _adopted(self, stored: StoredImage, *, on_base: bool) -> MemoryImage:
        self._images.adopt(stored, on_base=on_base)
        self.plan.images[stored.image_id] = stored
        return stored.image

    def _chunks(self, hashes: list[bytes]) -> dict[bytes, bytes]:
        chunks = {each: self._content.blob(each) for each in hashes}
        self.plan.blobs.update(chunks)
        return chunks


def _moment_record(moment: Moment, clock: Clock) -> MomentRecord:
    return MomentRecord(
        subnet=moment.subnet,
        canister_count=len(moment.subnet.canisters),
        state_bytes=moment.tree.state_bytes,
        next_heartbeat=moment.next_heartbeat,
        agenda=moment.agenda,
        root=moment.tree.root(moment.subnet).digest,
        clock=clock,
    )


def _unread(_: Any) -> Any:
    raise AssertionError("moments are written by a writer and read by a reader")
