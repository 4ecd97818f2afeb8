"""An export is read back as it was written, and what is wrong with it is found."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ic_factory.operations.capsule_export import planned_files
from ic_factory.operations.capsule_records import CapsuleRecords
from ic_factory.operations.errors import ExportUnreadable, TargetTaken
from ic_factory.operations.export_folder import (
    CAPSULE,
    MANIFEST,
    RECEIPT,
    CapsuleExport,
    check_place,
    file_faults,
    read_export,
    read_receipt,
    write_documents,
)
from ic_factory.operations.memory_names import compared
from ic_factory.operations.personal_verification import Outcome, Verification, verify_export
from tests.unit.operations.capsule_strategies import RECORDS
from tests.unit.operations.certified_receipt import MANIFEST as HANDED
from tests.unit.operations.certified_receipt import NETWORK, certified
from tests.unit.operations.certified_receipt import RECEIPT as TOLD
from tests.unit.operations.test_capsule_manifest import spelt_out

SIGNED = certified()
any_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)


def export_of(records: CapsuleRecords, has_changed: bool | None = False) -> CapsuleExport:
    return CapsuleExport(
        records=records,
        files=planned_files(records),
        manifest=records.manifest(),
        has_changed=has_changed,
        receipt=SIGNED,
    )


@any_folder
@given(RECORDS, st.none() | st.booleans())
def test_what_is_written_is_read(
    tmp_path: Path, records: CapsuleRecords, has_changed: bool | None
) -> None:
    export = export_of(records, has_changed)
    write_documents(tmp_path, export)
    assert read_export(tmp_path) == export
    assert read_receipt(tmp_path / RECEIPT) == SIGNED


@given(RECORDS)
def test_each_asset_has_a_file_of_its_own_below_the_folder(records: CapsuleRecords) -> None:
    planned = planned_files(records)
    paths = [PurePosixPath(each.path) for each in planned]
    assert len(planned) == len(list(records.assets()))
    assert len(set(map(compared, paths))) == len(paths)
    for path in paths:
        assert path.parts[0] == "files"
        assert len(path.parts) > 1
        assert not {"..", ".", ""} & set(path.parts)
        assert not path.is_absolute()


def written(folder: Path) -> CapsuleExport:
    """An export of one memory, whose assets are both `hello`."""
    records = spelt_out()
    export = export_of(records)
    write_documents(folder, export)
    for each in export.files:
        (folder / each.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / each.path).write_bytes(b"hello")
    return export


def test_the_original_has_its_name_and_a_variant_one_beside_it(tmp_path: Path) -> None:
    paths = [each.path for each in written(tmp_path).files]
    assert paths == ["files/hello.txt", "files/hello.copy.txt"]


def test_files_that_are_missing_or_changed_are_found(tmp_path: Path) -> None:
    export = written(tmp_path)
    assert file_faults(tmp_path, export) == ()
    (tmp_path / "files/hello.txt").write_bytes(b"hullo")
    (tmp_path / "files/hello.copy.txt").unlink()
    changed, missing = file_faults(tmp_path, export)
    assert hashlib.sha256(b"hullo").hexdigest() in changed.why
    assert (missing.path, "can't be read" in missing.why) == ("files/hello.copy.txt", True)


def test_a_path_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "hello.txt").write_bytes(b"hello")
    folder = tmp_path / "export"
    export = written(folder)
    files = [replace(each, path="../hello.txt") for each in export.files]
    faults = file_faults(folder, replace(export, files=files))
    assert {each.why for each in faults} == {"the path leads out of the folder"}


def test_an_asset_that_no_file_is_named_for_is_found(tmp_path: Path) -> None:
    export = written(tmp_path)
    assert len(file_faults(tmp_path, replace(export, files=[]))) == 2


def test_another_capsules_folder_is_left_as_it_is(tmp_path: Path) -> None:
    export = written(tmp_path)
    check_place(tmp_path, export.records.capsule.capsule_id)
    check_place(tmp_path / "new", "c0")
    with pytest.raises(TargetTaken, match="c0"):
        check_place(tmp_path, "c0")


@pytest.mark.parametrize("file", [CAPSULE, MANIFEST, RECEIPT])
@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', b"\xff"])
def test_a_damaged_document_is_told_by_its_name(
    tmp_path: Path, file: str, text: str | bytes
) -> None:
    written(tmp_path)
    (tmp_path / file).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ExportUnreadable, match=file):
        read_export(tmp_path)


def test_a_later_format_is_not_guessed_at(tmp_path: Path) -> None:
    written(tmp_path)
    document = json.loads((tmp_path / CAPSULE).read_text())
    (tmp_path / CAPSULE).write_text(json.dumps(document | {"format": 2}))
    with pytest.raises(ExportUnreadable, match="format 2"):
        read_export(tmp_path)


def verified(folder: Path, has_changed: bool | None = False) -> Verification:
    """An export verified against a receipt of what was exported at first."""
    manifest = replace(
        HANDED,
        **{name: getattr(spelt_out().manifest(), name) for name in HANDED.__dataclass_fields__},
    )
    receipt = replace(
        TOLD,
        capsule_id=manifest.capsule_id,
        hub_manifest=manifest,
        personal_manifest=manifest,
    )
    export = replace(read_export(folder), has_changed=has_changed)
    return verify_export(folder, export, certified(receipt), NETWORK.public_key_der)


def outcomes(found: Verification) -> dict[str, Outcome]:
    return {each.name: each.outcome for each in found.checks}


def test_an_export_as_it_was_handed_over_is_sound(tmp_path: Path) -> None:
    written(tmp_path)
    found = verified(tmp_path)
    assert found.is_sound
    assert set(outcomes(found).values()) == {Outcome.OK}


def test_an_export_whose_records_were_changed_is_not_sound(tmp_path: Path) -> None:
    written(tmp_path)
    text = (tmp_path / CAPSULE).read_text("utf-8")
    (tmp_path / CAPSULE).write_text(text.replace("Grüße", "Grüsse"), "utf-8")
    found = verified(tmp_path)
    assert not found.is_sound
    assert outcomes(found)["capsule.json"] is Outcome.FAILED
    assert outcomes(found)["data"] is Outcome.FAILED


def test_an_export_whose_files_were_changed_is_not_sound(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "files/hello.txt").write_bytes(b"hullo")
    assert outcomes(verified(tmp_path))["files"] is Outcome.FAILED


def test_what_the_owner_changed_since_is_said_and_not_failed(tmp_path: Path) -> None:
    records = spelt_out()
    later = replace(records, connections=[])
    write_documents(tmp_path, export_of(later, True))
    for each in planned_files(later):
        (tmp_path / each.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / each.path).write_bytes(b"hello")
    found = verified(tmp_path, has_changed=True)
    assert found.is_sound
    assert outcomes(found)["data"] is Outcome.SKIPPED


def test_nothing_else_is_looked_at_where_the_receipt_proves_nothing(tmp_path: Path) -> None:
    export = written(tmp_path)
    found = verify_export(tmp_path, export, replace(SIGNED, witness=b""), NETWORK.public_key_der)
    assert [each.outcome for each in found.checks] == [Outcome.FAILED]
    assert found.receipt is None
