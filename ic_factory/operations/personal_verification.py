"""Whether a personal canister is what the hub's receipt says, and holds what was moved.

Online the canister's certified state and its data are compared with the receipt; offline an
exported folder. What its owner has changed since the hand-off differs for a good reason, and is
said to, not failed.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from ic_factory.agent import Agent, CanisterReject
from ic_factory.bindgen.errors import BindingError
from ic_factory.drivers.generated.backend import Receipt, SignedReceipt
from ic_factory.drivers.generated.personal import ImportedManifest
from ic_factory.drivers.personal import Personal
from ic_factory.drivers.refusals import CanisterRefused
from ic_factory.operations.capsule_manifest import ManifestFields
from ic_factory.operations.capsule_records import CapsuleRecords, as_memory, read_records
from ic_factory.operations.errors import AssetMismatch, ReceiptInvalid
from ic_factory.operations.export_folder import CapsuleExport, file_faults
from ic_factory.operations.memory_files import check_bytes
from ic_factory.operations.progress import SILENT, Progress
from ic_factory.operations.receipts import VerifiedReceipt, verify_receipt
from ic_factory.protocol.principal import Principal


class Outcome(enum.Enum):
    """What has come of a check."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was to be verified.

    Attributes:
        name: What, in a few words.
        outcome: What has come of it.
        why: What was found, or why it was not looked at.
    """

    name: str
    outcome: Outcome
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    """All checks of one personal canister.

    Attributes:
        receipt: What was verified against; None where it proves nothing.
        has_changed: Whether something was written since the hand-off; None where that is not known.
        checks: In the order in which they were made.
    """

    receipt: VerifiedReceipt | None
    has_changed: bool | None
    checks: tuple[Check, ...]

    @property
    def is_sound(self) -> bool:
        """Whether no check has failed."""
        return all(each.outcome is not Outcome.FAILED for each in self.checks)


def verify_personal(
    agent: Agent,
    signed: SignedReceipt,
    *,
    hub: Principal | None = None,
    full: bool = False,
    progress: Progress = SILENT,
) -> Verification:
    """Verifies a personal canister that can be reached.

    Args:
        agent: The canister's owner, and the network's root key.
        signed: The hub's receipt.
        hub: Who must have issued it; whom the receipt names, where it is left out.
        full: Whether the bytes of each asset are read and hashed.
        progress: Is told of bytes, where they are read.

    Raises:
        AgentError: The canister can't be reached.
    """
    verified, first = _receipt_check(signed, agent.get_root_key(), hub)
    if verified is None:
        return Verification(None, None, (first,))
    checks = [first, *_state_checks(agent, verified.receipt)]
    personal = Personal(agent, verified.receipt.personal_canister_id)
    has_changed = None
    try:
        imported = personal.certified.manifest()
        has_changed = imported.has_changed
        checks += _content_checks(personal, verified.receipt, imported, full, progress)
    except (CanisterRefused, CanisterReject, BindingError) as error:
        checks.append(Check("content", Outcome.FAILED, f"it can't be read: {error}"))
    return Verification(verified, has_changed, tuple(checks))


def verify_export(
    folder: Path,
    export: CapsuleExport,
    signed: SignedReceipt,
    root_key: bytes,
    *,
    hub: Principal | None = None,
    progress: Progress = SILENT,
) -> Verification:
    """Verifies an export of a personal canister, offline.

    Args:
        folder: Where the export is.
        export: What it says.
        signed: The hub's receipt.
        root_key: The key of the network, in DER.
        hub: Who must have issued the receipt; whom it names, where it is left out.
        progress: Is told of bytes.
    """
    verified, first = _receipt_check(signed, root_key, hub)
    if verified is None:
        return Verification(None, None, (first,))
    receipt, records = verified.receipt, export.records
    told = export.manifest == records.manifest(export.manifest.api_version)
    checks = (
        first,
        _check("capsule.json", told, "it hashes to what manifest.json says", "it was changed"),
        _data_check(records, receipt, export.has_changed is True),
        _files_check(folder, export, progress),
    )
    return Verification(verified, export.has_changed, checks)


def _receipt_check(
    signed: SignedReceipt, root_key: bytes, hub: Principal | None
) -> tuple[VerifiedReceipt | None, Check]:
    try:
        verified = verify_receipt(signed, root_key, hub=hub)
    except ReceiptInvalid as error:
        return None, Check("receipt", Outcome.FAILED, f"{error}")
    return verified, Check("receipt", Outcome.OK, f"certified by hub {verified.receipt.hub}")


def _state_checks(agent: Agent, receipt: Receipt) -> Iterator[Check]:
    """What the network itself certifies of the canister."""
    canister_id = receipt.personal_canister_id
    module_hash = agent.read_module_hash(canister_id)
    yield _check(
        "module",
        module_hash == receipt.module_hash,
        f"it runs {receipt.module_hash.hex()}",
        f"it runs {'nothing' if module_hash is None else module_hash.hex()}, and"
        f" {receipt.module_hash.hex()} was handed over",
    )
    controllers = agent.read_controllers(canister_id) or ()
    shown, handed = (", ".join(map(str, each)) for each in (controllers, receipt.controllers))
    yield _check(
        "controllers",
        set(controllers) == set(receipt.controllers),
        f"only {shown}",
        f"{shown or 'none'}, and it was handed over to {handed}",
    )


def _content_checks(
    personal: Personal,
    receipt: Receipt,
    imported: ImportedManifest,
    full: bool,
    progress: Progress,
) -> Iterator[Check]:
    """What the canister tells, by consensus; bytes by a node's word, held against their hashes."""
    yield _compared("manifest that it tells", ManifestFields.of(imported.manifest), receipt)
    records = read_records(personal.certified, receipt.capsule_id)
    yield _data_check(records, receipt, imported.has_changed)
    yield _bytes_check(personal, records, progress) if full else _not_asked_for()


def _compared(name: str, found: ManifestFields, receipt: Receipt) -> Check:
    wanted = ManifestFields.of(receipt.hub_manifest)
    return _check(
        name,
        found == wanted,
        f"root hash {wanted.root_hash_hex}",
        "; ".join(
            f"{each.name} is {getattr(found, each.name)}, and in the receipt"
            f" {getattr(wanted, each.name)}"
            for each in fields(found)
            if getattr(found, each.name) != getattr(wanted, each.name)
        ),
    )


def _data_check(records: CapsuleRecords, receipt: Receipt, has_changed: bool) -> Check:
    """Whether what is told hashes to what was moved."""
    name = "data"
    check = _compared(name, records.manifest(receipt.api_version), receipt)
    if check.outcome is Outcome.FAILED and has_changed:
        why = "by the canister's word it was changed since the hand-off, and is not what was moved"
        return Check(name, Outcome.SKIPPED, why)
    return check


def _bytes_check(personal: Personal, records: CapsuleRecords, progress: Progress) -> Check:
    """Whether all stored bytes have the hashes that are told of them; each content once."""
    contents = {asset.sha256_hex: (memory, asset) for memory, asset in records.assets()}
    progress.start(sum(asset.size for _, asset in contents.values()))
    wrong = []
    for sha256_hex, (memory, asset) in contents.items():
        shown = as_memory(memory, records.capsule.capsule_id)
        try:
            check_bytes(personal, shown, asset.variant, progress=progress)
        except AssetMismatch:
            wrong.append(sha256_hex)
    progress.done()
    return _check(
        "bytes",
        not wrong,
        f"{len(contents)} contents have their SHA-256",
        f"{len(wrong)} of {len(contents)} have another SHA-256: {', '.join(wrong)}",
    )


def _files_check(folder: Path, export: CapsuleExport, progress: Progress) -> Check:
    faults = file_faults(folder, export, progress=progress)
    return _check(
        "files",
        not faults,
        f"{len(export.files)} files have their SHA-256",
        "; ".join(f"{each.path}: {each.why}" for each in faults),
    )


def _not_asked_for() -> Check:
    return Check("bytes", Outcome.SKIPPED, "they are read where all is asked for")


def _check(name: str, is_so: bool, found: str, otherwise: str) -> Check:
    return Check(name, Outcome.OK if is_so else Outcome.FAILED, found if is_so else otherwise)
