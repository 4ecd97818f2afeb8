"""A capsule is moved once, watched to a certified end, exported and verified."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ic_factory.agent import Agent
from ic_factory.canisters import personal_wasm
from ic_factory.drivers.backend import Backend, BackendRefused
from ic_factory.drivers.generated.backend import (
    CapsuleErrorMoved,
    CreationErrorNotFound,
    CreationErrorWrongStatus,
    CreationStatus,
    MemoryInfo,
    NewConnection,
    NewGallery,
    PersonalCanisterCreationConfigUpdate,
    ReasonCapsule,
    ReasonCreation,
    RecordStatus,
    UpdateMemory,
)
from ic_factory.drivers.generated.management import Settings, UpdateSettingsArg
from ic_factory.drivers.management import Management
from ic_factory.drivers.personal import Personal
from ic_factory.operations.arguments import NO_ARGUMENTS
from ic_factory.operations.capsule_export import export_capsule
from ic_factory.operations.capsule_records import read_records
from ic_factory.operations.errors import CreationFailed, CreationUnfinished, TargetTaken
from ic_factory.operations.export_folder import file_faults, read_export
from ic_factory.operations.hub_copies import release_hub_copy
from ic_factory.operations.install import REINSTALL, install
from ic_factory.operations.memories import add_bytes
from ic_factory.operations.personal_creation import (
    PersonalCanister,
    create_personal,
    describe,
    watch_personal,
)
from ic_factory.operations.personal_setup import set_up_personal
from ic_factory.operations.personal_verification import (
    Outcome,
    Verification,
    verify_export,
    verify_personal,
)
from ic_factory.operations.receipts import ReceiptContradicts, verify_receipt
from ic_factory.operations.wasm_source import WasmSource
from ic_factory.protocol.principal import Principal
from tests.canisters.universal import cdk_wasm
from tests.operations.conftest import ADMIN, ALICE, BOB, TRILLION, Hub
from tests.operations.test_creation import Messages

MODULE = WasmSource.from_bytes(personal_wasm(), "personal.wasm.gz")
BYTES = bytes(range(256)) * 10_000
"""2.5 MB, which come in several chunks."""


@pytest.fixture
def admin(hub: Hub) -> Iterator[Backend]:
    """The hub as its admin sees it, prepared for personal canisters."""
    with hub.agent(ADMIN) as agent:
        found = Backend(agent, hub.backend_id)
        set_up_personal(found, MODULE, reserve=120 * TRILLION, is_enabled=True)
        yield found


@dataclass(frozen=True)
class Full:
    """Alice's capsule, with something of everything.

    Attributes:
        backend: The hub as she sees it.
        agent: Hers.
        capsule_id: The capsule.
        memories: What is in it.
    """

    backend: Backend
    agent: Agent
    capsule_id: str
    memories: tuple[MemoryInfo, ...]


@pytest.fixture
def full(admin: Backend, backend: Backend, hub: Hub) -> Full:
    capsule_id = backend.create_capsule("Ours").capsule_id
    letter = b"Dear Bob"
    contents = {"letter.txt": letter, "sea.bin": BYTES, "empty.txt": b"", "same.txt": letter}
    memories = tuple(
        add_bytes(backend, capsule_id, content, name) for name, content in contents.items()
    )
    ids = [each.memory_id for each in memories]
    backend.store_gallery(NewGallery(title="All", items=ids))
    backend.add_connection(capsule_id, NewConnection(peer=BOB.sender(), name="Bob"))
    agent = backend.client.caller
    assert isinstance(agent, Agent)
    return Full(backend, agent, capsule_id, memories)


@pytest.fixture
def made(full: Full) -> PersonalCanister:
    return create_personal(full.backend)


@pytest.fixture
def personal(full: Full, made: PersonalCanister) -> Personal:
    return Personal(full.agent, made.canister_id)


class BytesHeard(Messages):
    """A progress that adds up, too."""

    def __init__(self) -> None:
        super().__init__()
        self.total = self.advanced = 0

    def start(self, total: int) -> None:
        self.total = total

    def advance(self, amount: int) -> None:
        self.advanced += amount


def test_what_is_set_is_not_set_again(admin: Backend) -> None:
    before = admin.personal_wasm()
    again = set_up_personal(admin, MODULE, reserve=120 * TRILLION, is_enabled=True)
    assert again.was_set
    assert again.is_enabled
    assert again.reserve.reserve == 120 * TRILLION
    assert len(list(admin.uploads())) == 1
    assert admin.personal_wasm() == before


def test_a_capsule_is_moved_and_compared(full: Full) -> None:
    before = read_records(full.backend.certified, full.capsule_id)
    heard = BytesHeard()
    made = create_personal(full.backend, capsule_id=full.capsule_id, progress=heard)
    assert not made.was_there
    assert made.manifest == before.manifest()
    assert made.module_hash == MODULE.sha256
    assert full.agent.read_controllers(made.canister_id) == (ALICE.sender(),)
    assert read_records(Personal(full.agent, made.canister_id).certified) == before
    assert heard.heard[-2:] == ["completed", "(done)"]
    assert heard.total == heard.advanced == made.manifest.total_bytes
    assert [each.stage for each in made.stages if each.seconds >= 0]


def test_one_that_is_completed_is_returned_at_once(full: Full, made: PersonalCanister) -> None:
    assert create_personal(full.backend, sleep=forbidden) == replace(made, was_there=True)
    assert watch_personal(full.backend, sleep=forbidden) == made


def forbidden(_: float) -> None:
    raise AssertionError("nothing is to be waited for")


def test_watching_ends_with_patience_and_the_move_goes_on(
    admin: Backend, full: Full, hub: Hub
) -> None:
    admin.update_creation_config(PersonalCanisterCreationConfigUpdate(max_concurrent_creations=1))
    with hub.agent(BOB) as bob:
        before = Backend(bob, hub.backend_id)
        add_bytes(before, before.register_capsule().capsule_id, BYTES * 8, "large.bin")
        before.start_personal()
        full.backend.start_personal()
        # What is queued does not begin then.
        admin.set_creation_enabled(False)
        with pytest.raises(CreationUnfinished, match=r"at queued.*personal watch"):
            watch_personal(full.backend, patience=0, sleep=forbidden)
        admin.set_creation_enabled(True)
        assert watch_personal(before).manifest.memories == 1
    assert watch_personal(full.backend).manifest.memories == 4


def test_an_interruption_stops_watching_alone(full: Full) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    try:
        create_personal(full.backend, sleep=interrupt)
    except KeyboardInterrupt:
        assert watch_personal(full.backend).manifest.memories == 4


def test_an_admin_watches_a_users_move(admin: Backend, full: Full) -> None:
    full.backend.start_personal()
    assert watch_personal(admin, ALICE.sender()).user == ALICE.sender()


def test_nothing_is_watched_that_was_not_begun(full: Full) -> None:
    with pytest.raises(BackendRefused) as refused:
        watch_personal(full.backend)
    assert isinstance(refused.value.reason, ReasonCreation)
    assert isinstance(refused.value.reason.value, CreationErrorNotFound)


def test_a_move_that_fails_says_why_and_is_made_by_the_next_run(admin: Backend, full: Full) -> None:
    admin.update_creation_config(PersonalCanisterCreationConfigUpdate(max_attempts=1))
    set_up_personal(admin, WasmSource.from_bytes(cdk_wasm()))
    with pytest.raises(CreationFailed, match="the capsule is in the hub as before"):
        create_personal(full.backend)
    failed = full.backend.creation()
    assert failed.status is CreationStatus.FAILED
    assert describe(failed).startswith("failed ")
    assert [each.user for each in admin.creations(CreationStatus.FAILED)] == [ALICE.sender()]
    full.backend.update_memory(
        full.capsule_id, full.memories[0].memory_id, UpdateMemory(title="Changed meanwhile")
    )
    set_up_personal(admin, MODULE)
    made = create_personal(full.backend)
    assert made.canister_id == failed.personal_canister_id
    assert admin.creation_stats().retries == 1


def test_an_admin_sees_canisters_by_user_and_by_status(
    admin: Backend, full: Full, made: PersonalCanister
) -> None:
    alice = ALICE.sender()
    [record] = admin.personal_canisters()
    assert (record.canister_id, record.created_by) == (made.canister_id, alice)
    assert list(admin.personal_canisters(created_by=alice)) == [record]
    assert list(admin.personal_canisters(status=RecordStatus.COMPLETED)) == [record]
    assert list(admin.personal_canisters(status=RecordStatus.FAILED)) == []
    assert list(admin.personal_canisters(created_by=BOB.sender())) == []
    with pytest.raises(BackendRefused) as refused:
        admin.clear_creation(alice)
    assert isinstance(refused.value.reason, ReasonCreation)
    assert isinstance(refused.value.reason.value, CreationErrorWrongStatus)


def test_the_hub_tells_where_a_moved_capsule_is(full: Full, made: PersonalCanister) -> None:
    with pytest.raises(BackendRefused) as refused:
        full.backend.memory(full.memories[0].memory_id)
    reason = refused.value.reason
    assert isinstance(reason, ReasonCapsule)
    assert isinstance(reason.value, CapsuleErrorMoved)
    assert reason.value.canister_id == made.canister_id


def test_the_hubs_copy_is_let_go_by_its_owner_once(full: Full, made: PersonalCanister) -> None:
    assert release_hub_copy(full.backend, full.capsule_id) == made.manifest.root_hash_hex
    assert release_hub_copy(full.backend, full.capsule_id) == made.manifest.root_hash_hex
    assert full.backend.creation().hub_copy_released_at_time_ns is not None


# What proves it


def outcomes(found: Verification) -> dict[str, Outcome]:
    return {each.name: each.outcome for each in found.checks}


def test_a_receipt_verifies_against_its_hub_and_no_other(
    full: Full, made: PersonalCanister, hub: Hub
) -> None:
    signed = full.backend.creation_receipt()
    found = verify_receipt(signed, hub.replica.root_key, hub=hub.backend_id)
    assert found.receipt.personal_canister_id == made.canister_id
    assert found.receipt.controllers == [ALICE.sender()]
    with pytest.raises(ReceiptContradicts):
        verify_receipt(signed, hub.replica.root_key, hub=made.canister_id)


def test_a_personal_canister_is_sound_with_all_its_bytes(full: Full, personal: Personal) -> None:
    heard = BytesHeard()
    signed = full.backend.creation_receipt()
    hub_id = full.backend.canister_id
    found = verify_personal(full.agent, signed, hub=hub_id, full=True, progress=heard)
    assert found.is_sound
    assert set(outcomes(found).values()) == {Outcome.OK}
    assert found.has_changed is False
    assert heard.total == heard.advanced == len(BYTES) + len(b"Dear Bob")


def test_what_its_owner_changed_is_said_and_not_failed(full: Full, personal: Personal) -> None:
    personal.delete_memory(full.capsule_id, full.memories[0].memory_id)
    found = verify_personal(full.agent, full.backend.creation_receipt())
    assert found.is_sound
    assert found.has_changed
    assert outcomes(found)["data"] is Outcome.SKIPPED


def test_another_module_or_controller_is_found(full: Full, personal: Personal) -> None:
    signed = full.backend.creation_receipt()
    management = Management(full.agent)
    both = [Principal.of(each.sender()) for each in (ALICE, BOB)]
    management.client.update_settings(
        UpdateSettingsArg(canister_id=personal.canister_id, settings=Settings(controllers=both))
    )
    found = verify_personal(full.agent, signed)
    assert not found.is_sound
    assert outcomes(found)["controllers"] is Outcome.FAILED
    assert outcomes(found)["module"] is Outcome.OK


def test_a_stranger_verifies_nothing_of_what_is_private(
    full: Full, personal: Personal, hub: Hub
) -> None:
    with hub.agent(BOB) as bob:
        found = verify_personal(bob, full.backend.creation_receipt())
    assert not found.is_sound
    assert outcomes(found)["module"] is Outcome.OK
    assert outcomes(found)["content"] is Outcome.FAILED


def test_other_code_in_its_place_is_found_out(full: Full, personal: Personal) -> None:
    signed = full.backend.creation_receipt()
    install(Management(full.agent), personal.canister_id, cdk_wasm(), NO_ARGUMENTS, REINSTALL)
    found = verify_personal(full.agent, signed)
    assert outcomes(found)["module"] is Outcome.FAILED
    assert outcomes(found)["content"] is Outcome.FAILED
    assert outcomes(found)["controllers"] is Outcome.OK


# Folders


def test_an_export_is_files_under_their_names_and_sound(
    full: Full, personal: Personal, hub: Hub, tmp_path: Path
) -> None:
    signed = full.backend.creation_receipt()
    result = export_capsule(personal, tmp_path, receipt=signed)
    assert {each.name for each in (tmp_path / "files").iterdir()} == {
        "letter.txt",
        "sea.bin",
        "empty.txt",
        "same.txt",
    }
    assert (tmp_path / "files/sea.bin").read_bytes() == BYTES
    export = read_export(tmp_path)
    assert export == result.export
    assert export.receipt == signed
    found = verify_export(tmp_path, export, signed, hub.replica.root_key, hub=hub.backend_id)
    assert set(outcomes(found).values()) == {Outcome.OK}


def test_the_hub_and_the_personal_canister_export_the_same(full: Full, tmp_path: Path) -> None:
    before = export_capsule(full.backend, tmp_path / "hub", capsule_id=full.capsule_id).export
    made = create_personal(full.backend, capsule_id=full.capsule_id)
    host = Personal(full.agent, made.canister_id)
    after = export_capsule(host, tmp_path / "personal").export
    assert (before.records, before.files, before.manifest) == (
        after.records,
        after.files,
        after.manifest,
    )
    assert (before.has_changed, after.has_changed) == (None, False)


def test_an_export_that_broke_off_goes_on(full: Full, personal: Personal, tmp_path: Path) -> None:
    class Interrupting(BytesHeard):
        def message(self, text: str) -> None:
            super().message(text)
            if len(self.heard) == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_capsule(personal, tmp_path, progress=Interrupting())
    assert not list(tmp_path.rglob("*.part"))
    result = export_capsule(personal, tmp_path)
    assert [each.was_there for each in result.saved].count(True) == 2
    assert file_faults(tmp_path, result.export) == ()


def test_a_file_that_is_not_the_exports_is_kept(
    full: Full, personal: Personal, tmp_path: Path
) -> None:
    mine = tmp_path / "files" / "letter.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(TargetTaken):
        export_capsule(personal, tmp_path)
    assert mine.read_text() == "mine"
    export_capsule(personal, tmp_path, overwrite=True)
    assert mine.read_bytes() == b"Dear Bob"


def test_two_runs_at_once_make_one_canister(full: Full, hub: Hub) -> None:
    found: list[Any] = []

    def run() -> None:
        with hub.agent(ALICE) as agent:
            found.append(create_personal(Backend(agent, hub.backend_id)).canister_id)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 4
    assert len(set(found)) == 1
