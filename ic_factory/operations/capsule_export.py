"""A capsule to a folder that a person can open: `export_folder` says what is in it.

A run that broke off is taken up by the next one: what is there with the right bytes stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ic_factory.drivers.capsule_host import CapsuleHost
from ic_factory.drivers.generated.backend import ExportedAsset, ExportedMemory, SignedReceipt
from ic_factory.drivers.personal import Personal
from ic_factory.operations.capsule_records import CapsuleRecords, as_memory, read_records
from ic_factory.operations.export_folder import (
    FILES,
    CapsuleExport,
    ExportedFile,
    check_place,
    write_documents,
)
from ic_factory.operations.memory_files import SavedFile, check_inside, make_folder, save_file
from ic_factory.operations.memory_names import ORIGINAL, compared, distinct, path_of, safe_path
from ic_factory.operations.progress import SILENT, Part, Progress


@dataclass(frozen=True, slots=True)
class ExportResult:
    """An export that was written.

    Attributes:
        folder: Where it is.
        export: What it says.
        saved: Its files, in their order.
    """

    folder: Path
    export: CapsuleExport
    saved: tuple[SavedFile, ...]


def export_capsule(
    host: CapsuleHost,
    folder: Path,
    *,
    capsule_id: str | None = None,
    receipt: SignedReceipt | None = None,
    overwrite: bool = False,
    progress: Progress = SILENT,
) -> ExportResult:
    """Writes a capsule to a folder; each file has its SHA-256 checked before it has its name.

    Args:
        host: The hub or a personal canister, as the capsule's owner.
        folder: The folder; it is made where it is not there.
        capsule_id: The capsule; the caller's first one where it is left out.
        receipt: The hub's receipt, to be kept beside it.
        overwrite: Whether other files in the places of its own go.
        progress: Is told of bytes, and of each file's path.

    Raises:
        TargetTaken: Another capsule, or another file, is in its place.
        AssetMismatch: The bytes that came are others; what was written before stays.
        FileNotSaved: A file can't be written.
        OperationError: The capsule was changed while it was read.
        CanisterRefused: It is not the caller's.
        AgentError: The canister can't be reached.
    """
    records = read_records(host.certified, capsule_id)
    check_place(folder, records.capsule.capsule_id)
    files = planned_files(records)
    saved = _save_files(host, folder, records, files, overwrite, progress)
    export = CapsuleExport(
        records=records,
        files=files,
        manifest=records.manifest(),
        has_changed=_has_changed(host),
        receipt=receipt,
    )
    write_documents(folder, export)
    progress.done()
    return ExportResult(folder, export, saved)


def _has_changed(host: CapsuleHost) -> bool | None:
    return host.certified.manifest().has_changed if isinstance(host, Personal) else None


def planned_files(records: CapsuleRecords) -> list[ExportedFile]:
    """Which file each asset goes to; the same for the same records.

    What a canister tells leads to no other folder. An original has the path that it was added with,
    and another variant has its name before the suffix.
    """
    taken: set[str] = set()
    planned = []
    for memory, asset in records.assets():
        told = _told_path(memory, asset, records.capsule.capsule_id)
        path = distinct(told, taken, memory.memory_id)
        # Two variants of one memory may differ in what a name can't have.
        path = distinct(path, taken, f"{memory.memory_id} {asset.variant}")
        taken.add(compared(path))
        place = PurePosixPath(FILES, path)
        planned.append(
            ExportedFile(memory_id=memory.memory_id, variant=asset.variant, path=str(place))
        )
    return planned


def _told_path(memory: ExportedMemory, asset: ExportedAsset, capsule_id: str) -> PurePosixPath:
    original = path_of(as_memory(memory, capsule_id))
    if asset.variant == ORIGINAL:
        return safe_path(original or "", memory.memory_id)
    if asset.file_name:
        beside = PurePosixPath(original or "").parent
        return safe_path(f"{beside}/{asset.file_name}", memory.memory_id)
    path = safe_path(original or "", memory.memory_id)
    return path.with_name(f"{path.stem}.{asset.variant}{path.suffix}")


def _save_files(
    host: CapsuleHost,
    folder: Path,
    records: CapsuleRecords,
    files: list[ExportedFile],
    overwrite: bool,
    progress: Progress,
) -> tuple[SavedFile, ...]:
    progress.start(sum(asset.size for _, asset in records.assets()))
    saved = []
    for (memory, asset), file in zip(records.assets(), files, strict=True):
        progress.message(file.path)
        target = folder / file.path
        check_inside(target.parent, folder)
        make_folder(target.parent)
        shown = as_memory(memory, records.capsule.capsule_id)
        part = Part(progress)
        saved.append(
            save_file(
                host, shown, target, variant=asset.variant, overwrite=overwrite, progress=part
            )
        )
    return tuple(saved)
