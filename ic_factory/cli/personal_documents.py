"""Personal canisters and how they are made, as JSON and as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ic_factory.cli.documents import Shown, facts, plain, text_of, time_text
from ic_factory.cli.render import (
    Table,
    bytes_text,
    cycles_text,
    show_facts,
    show_json,
    show_line,
    show_table,
)

if TYPE_CHECKING:
    from ic_factory.drivers.generated.backend import (
        BackendError,
        CreationStatusResponse,
        DetailedCreationStatus,
        PersonalCanisterRecord,
    )
    from ic_factory.operations.personal_creation import PersonalCanister
    from ic_factory.operations.personal_verification import Verification

_TIME = "_time_ns"

FORMATS: dict[str, Shown] = {
    "bytes_done": bytes_text,
    "bytes_total": bytes_text,
    "bytes_moved": bytes_text,
    "total_bytes": bytes_text,
    "created_at_ns": time_text,
    "updated_at_ns": time_text,
    "completed_at_ns": time_text,
    "next_attempt_at_ns": time_text,
    "hub_copy_released_at_ns": time_text,
    "available": cycles_text,
    "balance": cycles_text,
    "consumed": cycles_text,
    "cycles_attached": cycles_text,
    "cycles_consumed": cycles_text,
    "cycles_per_creation": cycles_text,
    "cycles_recovered": cycles_text,
    "min_threshold": cycles_text,
    "module_size": bytes_text,
    "promised": cycles_text,
    "reserve": cycles_text,
}


def show_document(document: dict[str, Any], as_json: bool) -> None:
    """Writes one document."""
    if as_json:
        show_json(document)
    else:
        show_facts(facts(document, FORMATS))


def record_document(record: Any) -> dict[str, Any]:
    """What a canister tells, with times named as in all documents."""
    return {_named(name): value for name, value in plain(record).items()}


def status_document(status: CreationStatusResponse) -> dict[str, Any]:
    """How far a personal canister is."""
    return record_document(status) | _error(status.error)


def creation_document(creation: DetailedCreationStatus, url: str | None) -> dict[str, Any]:
    """How far a personal canister is, in detail.

    Args:
        creation: What the hub tells.
        url: Where the canister's page is, where there is one.
    """
    document = record_document(creation) | _error(creation.error)
    document["stages"] = [record_document(each) for each in creation.stages]
    return {**document, "url": url}


def show_creation(document: dict[str, Any], as_json: bool) -> None:
    """Writes how far a personal canister is."""
    if as_json:
        show_json(document)
        return
    shown = dict(document)
    stages, manifest = shown.pop("stages"), shown.pop("manifest")
    named = facts({name: each for name, each in shown.items() if each is not None}, FORMATS)
    if manifest is not None:
        named["root hash"] = manifest["root_hash_hex"]
    for each in stages:
        named[f"stage {_words(each['stage'])}"] = _stage_text(each)
    show_facts(named)


def made_document(made: PersonalCanister, url: str) -> dict[str, Any]:
    """A personal canister that is there."""
    document: dict[str, Any] = plain(made)
    manifest = document.pop("manifest")
    stages = document.pop("stages")
    return {
        **document,
        "memories": manifest["memories"],
        "galleries": manifest["galleries"],
        "connections": manifest["connections"],
        "total_bytes": manifest["total_bytes"],
        "root_hash": manifest["root_hash_hex"],
        "stages": stages,
        "url": url,
    }


def show_made(document: dict[str, Any], as_json: bool) -> None:
    """Writes a personal canister that is there: what was moved, how long it took, its URL."""
    if as_json:
        show_json(document)
        return
    shown = {name: each for name, each in document.items() if name not in ("stages", "was_there")}
    url = shown.pop("url")
    named = facts(shown, FORMATS)
    if document["stages"]:
        times = (f"{_words(each['stage'])} {each['seconds']:.2f} s" for each in document["stages"])
        named["took"] = ", ".join(times)
    if document["was_there"]:
        show_line("it was moved before, and nothing was done")
    show_facts({**named, "URL": url})


def show_statuses(found: Iterable[CreationStatusResponse], as_json: bool) -> None:
    """Writes how far several personal canisters are."""
    if as_json:
        show_json({"creations": [status_document(each) for each in found]})
        return
    rows = (
        (
            str(each.user),
            _words(each.status.name),
            text_of(each.queue_position),
            text_of(None if each.error is None else each.error.message),
            text_of(plain(each.personal_canister_id)),
        )
        for each in found
    )
    show_table(Table("creations", ("user", "status", "place", "error", "canister"), tuple(rows)))


def show_records(found: Iterable[PersonalCanisterRecord], as_json: bool) -> None:
    """Writes the personal canisters that a hub has made."""
    if as_json:
        show_json({"canisters": [record_document(each) for each in found]})
        return
    columns = ("user", "name", "status", "created", "cycles consumed", "canister")
    rows = (
        (
            str(each.created_by),
            each.name,
            _words(each.status.name),
            time_text(each.created_at_time_ns),
            cycles_text(each.cycles_consumed),
            str(each.canister_id),
        )
        for each in found
    )
    show_table(Table("personal canisters", columns, tuple(rows)))


def verification_document(found: Verification) -> dict[str, Any]:
    """All checks of a personal canister."""
    receipt = found.receipt
    return {
        "sound": found.is_sound,
        "has_changed": found.has_changed,
        "canister_id": None if receipt is None else str(receipt.receipt.personal_canister_id),
        "hub": None if receipt is None else str(receipt.receipt.hub),
        "root_hash": None if receipt is None else receipt.receipt.hub_manifest.root_hash_hex,
        "certified_at_ns": None if receipt is None else receipt.certified_at_ns,
        "checks": [plain(each) for each in found.checks],
    }


def show_verification(found: Verification, as_json: bool) -> None:
    """Writes all checks of a personal canister."""
    document = verification_document(found)
    if as_json:
        show_json(document)
        return
    rows = ((each["name"], each["outcome"], each["why"]) for each in document["checks"])
    show_table(Table("checks", ("check", "outcome", "why"), tuple(rows)))
    show_line("sound" if found.is_sound else "NOT sound")


def _error(error: BackendError | None) -> dict[str, str | None]:
    """An error in words, and the name of its case: `install_failed`."""
    if error is None:
        return {"error": None, "error_kind": None}
    reason: Any = error.reason
    kind = type(getattr(reason, "value", reason)).__name__
    case = kind.rpartition("Error")[2].removeprefix("Reason")
    words = "".join(f"_{each.lower()}" if each.isupper() else each for each in case)
    return {"error": error.message, "error_kind": words.lstrip("_")}


def _stage_text(stage: dict[str, Any]) -> str:
    begun, ended = stage["started_at_ns"], stage["ended_at_ns"]
    if ended is None:
        return f"since {time_text(begun)}"
    return f"{(ended - begun) / 1e9:.2f} s"


def _words(name: str) -> str:
    return name.lower().replace("_", " ")


def _named(name: str) -> str:
    return f"{name.removesuffix(_TIME)}_ns" if name.endswith(_TIME) else name.rstrip("_")
