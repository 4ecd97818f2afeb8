"""A capsule in a folder that a person can open: files under their names, and what is said of them.

files/…         each asset, under the path that it was added with
capsule.json    the capsule, its memories, galleries and connections, and which file is whose
manifest.json   what all of it hashes to, as hub and personal canister compute it
receipt.json    the hub's certified receipt, where the capsule has moved to its owner's canister
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from ic_factory.drivers.generated.backend import (
    ConnectionInfo,
    ExportedAsset,
    ExportedCapsule,
    ExportedGallery,
    ExportedMemory,
    SignedReceipt,
)
from ic_factory.operations.capsule_manifest import ManifestFields
from ic_factory.operations.capsule_records import CapsuleRecords
from ic_factory.operations.errors import ExportUnreadable, FileNotSaved, TargetTaken
from ic_factory.operations.memory_files import hash_of_file, make_folder
from ic_factory.operations.progress import SILENT, Progress
from ic_factory.operations.record_json import NotOfType, from_json, to_json

FORMAT = 1
"""Of the folder; grows when an earlier version could not read what is written."""

FILES = "files"
CAPSULE = "capsule.json"
MANIFEST = "manifest.json"
RECEIPT = "receipt.json"


Record = TypeVar("Record")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """Which file the bytes of an asset are in.

    Attributes:
        memory_id: The memory.
        variant: Which of its assets.
        path: Below the folder, with `/` between folders.
    """

    memory_id: str
    variant: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleExport:
    """What an export's folder says.

    Attributes:
        records: What the capsule holds.
        files: Where the bytes are.
        manifest: What the records hashed to when they were exported.
        has_changed: Whether a personal canister says that something was written since the hand-off.
        receipt: The hub's receipt of the capsule's move, where there was one.
    """

    records: CapsuleRecords
    files: list[ExportedFile]
    manifest: ManifestFields
    has_changed: bool | None
    receipt: SignedReceipt | None


@dataclass(frozen=True, slots=True)
class _Change:
    has_changed: bool | None


@dataclass(frozen=True, slots=True)
class FileFault:
    """A file of an export that is not as it should be.

    Attributes:
        path: The file, below the folder.
        why: What is wrong with it.
    """

    path: str
    why: str


def read_export(folder: Path) -> CapsuleExport:
    """Reads what an export's folder says; its files are `file_faults`' to look at.

    Raises:
        ExportUnreadable: It is no export, a damaged one, or one of a later version.
    """
    document = _document(folder / CAPSULE)
    if document.get("format") != FORMAT:
        raise ExportUnreadable(
            f"{folder / CAPSULE} is of format {document.get('format')!r}; this ic-factory reads"
            f" {FORMAT}"
        )
    records = CapsuleRecords(
        capsule=_part(ExportedCapsule, document, "capsule", folder),
        memories=_parts(ExportedMemory, document, "memories", folder),
        galleries=_parts(ExportedGallery, document, "galleries", folder),
        connections=_parts(ConnectionInfo, document, "connections", folder),
    )
    has_receipt = (folder / RECEIPT).is_file()
    return CapsuleExport(
        records=records,
        files=_parts(ExportedFile, document, "files", folder),
        manifest=_read(ManifestFields, folder / MANIFEST),
        has_changed=_read(_Change, folder / MANIFEST).has_changed,
        receipt=_read(SignedReceipt, folder / RECEIPT) if has_receipt else None,
    )


def read_receipt(file: Path) -> SignedReceipt:
    """Reads a receipt that was kept.

    Raises:
        ExportUnreadable: It is none, or can't be read.
    """
    return _read(SignedReceipt, file)


def receipt_document(receipt: SignedReceipt) -> Any:
    """A receipt as it is kept: what it says, and in hexadecimal the proof of it."""
    return to_json(receipt)


def file_faults(
    folder: Path, export: CapsuleExport, *, progress: Progress = SILENT
) -> tuple[FileFault, ...]:
    """What is wrong with the files of an export: each asset must be there, byte for byte.

    Args:
        folder: Where it is.
        export: What it says.
        progress: Is told of bytes.
    """
    places = {(each.memory_id, each.variant): each.path for each in export.files}
    progress.start(sum(asset.size for _, asset in export.records.assets()))
    faults = []
    for memory, asset in export.records.assets():
        path = places.get((memory.memory_id, asset.variant))
        fault = _fault(folder, path, asset)
        if fault is not None:
            faults.append(FileFault(path or f"{memory.memory_id} {asset.variant}", fault))
        progress.advance(asset.size)
    progress.done()
    return tuple(faults)


def check_place(folder: Path, capsule_id: str) -> None:
    """Refuses a folder that another capsule is in, which would be mixed with this one.

    Raises:
        TargetTaken: One is.
        ExportUnreadable: What is in its place can't be read.
    """
    if not (folder / CAPSULE).exists():
        return
    there = _document(folder / CAPSULE).get("capsule", {})
    if there.get("capsule_id") != capsule_id:
        raise TargetTaken(
            f"{folder} has capsule {there.get('capsule_id')} in it, and not {capsule_id}; it was"
            " left as it is"
        )


def write_documents(folder: Path, export: CapsuleExport) -> None:
    """Writes all but the files, each document whole.

    Raises:
        FileNotSaved: One can't be written.
    """
    make_folder(folder)
    records = to_json(export.records)
    _write(folder / CAPSULE, {"format": FORMAT, **records, "files": to_json(export.files)})
    told = {"has_changed": export.has_changed}
    _write(folder / MANIFEST, {**to_json(export.manifest), **told})
    if export.receipt is not None:
        _write(folder / RECEIPT, receipt_document(export.receipt))


def _write(file: Path, document: Any) -> None:
    """Writes a document beside its place, and puts it there when it is whole."""
    temporary = file.with_name(f".ic-factory-{secrets.token_hex(8)}.part")
    try:
        text = json.dumps(document, indent=2, ensure_ascii=False)
        temporary.write_text(text + os.linesep, encoding="utf-8")
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise FileNotSaved(f"{file} can't be written: {error.strerror or error}") from error


def _fault(folder: Path, path: str | None, asset: ExportedAsset) -> str | None:
    if path is None:
        return "it is in no file"
    place = PurePosixPath(path)
    if place.is_absolute() or ".." in place.parts:
        return "the path leads out of the folder"
    try:
        found = hash_of_file(folder / place).hex()
    except OSError as error:
        return f"it can't be read: {error.strerror or error}"
    if found != asset.sha256_hex:
        return f"it has SHA-256 {found}, and the capsule says {asset.sha256_hex}"
    return None


def _document(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ExportUnreadable(f"{file} can't be read: {error}") from error
    if not isinstance(document, dict):
        raise ExportUnreadable(f"{file} is no JSON object")
    return document


def _read(record: type[Record], file: Path) -> Record:
    try:
        return from_json(record, _document(file))
    except NotOfType as error:
        raise ExportUnreadable(f"{file}: {error}") from error


def _part(record: type[Record], document: dict[str, Any], name: str, folder: Path) -> Record:
    try:
        return from_json(record, document.get(name))
    except NotOfType as error:
        raise ExportUnreadable(f"{folder / CAPSULE}: {name}: {error}") from error


def _parts(record: type[Record], document: dict[str, Any], name: str, folder: Path) -> list[Record]:
    listed = document.get(name)
    if not isinstance(listed, list):
        raise ExportUnreadable(f"{folder / CAPSULE}: {name} is no list")
    return [_part(record, {name: each}, name, folder) for each in listed]
