"""What is uploaded arrives whole, is sent once, and can be taken up wherever it broke off."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ic_factory.agent import Agent, Client, flow
from ic_factory.agent.transport import Exchange
from ic_factory.drivers.factory import Factory, FactoryRefused
from ic_factory.drivers.generated.factory import (
    ConfigUpdate,
    UploadErrorUploadTooLarge,
    UploadInfo,
)
from ic_factory.operations.byte_source import CHUNK_SIZE
from ic_factory.operations.errors import (
    SourceChanged,
    SourceNotWasm,
    SourceUnreadable,
    UploadInterrupted,
    UploadMismatch,
)
from ic_factory.operations.upload import UploadResult, upload
from ic_factory.operations.wasm_source import WasmSource
from tests.operations.conftest import ALICE, BOB, Site
from tests.operations.modules import MEGABYTE, module_of, source_of
from tests.operations.restarting import Restarting
from tests.operations.transports import CutOff, Watching

CHUNKS = 5
SIZE = 4 * MEGABYTE + 12_345


class Recorded:
    """A progress that remembers what it was told."""

    def __init__(self) -> None:
        self.total = 0
        self.so_far = 0
        self.is_done = False

    def start(self, total: int) -> None:
        self.total = total

    def advance(self, amount: int) -> None:
        self.so_far += amount

    def message(self, text: str) -> None:
        pass

    def done(self) -> None:
        self.is_done = True


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses that refuse connections are given up at once."""
    monkeypatch.setattr(flow, "UNREACHABLE_SECONDS", 0.0)


def info_of(factory: Factory, result: UploadResult) -> UploadInfo:
    info = factory.upload_info(result.upload_id)
    assert info is not None
    return info


def test_a_module_arrives_whole_and_is_committed_by_its_hash(factory: Factory) -> None:
    progress = Recorded()
    result = upload(factory, source_of(SIZE), progress=progress)
    module = module_of(SIZE)
    assert result.sha256 == hashlib.sha256(module).digest()
    assert (result.chunks, result.chunks_sent, result.bytes_sent) == (CHUNKS, CHUNKS, len(module))
    assert info_of(factory, result).committed_hash == result.sha256
    assert info_of(factory, result).name == "module-0.wasm"
    assert (progress.total, progress.so_far, progress.is_done) == (len(module), len(module), True)


def test_what_is_there_is_not_sent_again(site: Site, factory: Factory) -> None:
    first = upload(factory, source_of(SIZE))
    watching = Watching(site.url)
    with site.agent(ALICE, watching) as agent:
        second = upload(Factory(agent, site.factory_id), source_of(SIZE))
    assert second.was_there
    assert (second.upload_id, second.bytes_sent, watching.bytes_sent) == (first.upload_id, 0, 0)


def test_what_another_has_uploaded_is_not_sent_again(site: Site, factory: Factory) -> None:
    first = upload(factory, source_of(SIZE))
    with site.agent(BOB) as agent:
        second = upload(Factory(agent, site.factory_id), source_of(SIZE))
        assert second.was_there
        assert second.upload_id != first.upload_id
        assert info_of(Factory(agent, site.factory_id), second).owner == BOB.sender()


def test_a_gzipped_module_is_uploaded_as_it_is(factory: Factory, tmp_path: Path) -> None:
    file = tmp_path / "module.wasm.gz"
    file.write_bytes(gzip.compress(module_of(1000)))
    result = upload(factory, WasmSource.from_file(file))
    assert result.sha256 == hashlib.sha256(file.read_bytes()).digest()


@pytest.mark.parametrize("size", [24, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1])
def test_sizes_around_a_chunk_are_right(factory: Factory, size: int) -> None:
    module = module_of(size + 16)[:size]
    result = upload(factory, WasmSource.from_bytes(module))
    assert result.sha256 == hashlib.sha256(module).digest()
    assert result.chunks == -(-size // CHUNK_SIZE)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("arrived", range(CHUNKS + 1))
def test_a_cut_cable_costs_what_did_not_arrive_and_no_more(
    site: Site, factory: Factory, arrived: int
) -> None:
    begin = 1
    with (
        site.agent(ALICE, CutOff(site.url, begin + arrived)) as agent,
        pytest.raises(UploadInterrupted, match="the cable is cut"),
    ):
        upload(Factory(agent, site.factory_id), source_of(SIZE))
    result = upload(factory, source_of(SIZE))
    assert result.chunks_sent == CHUNKS - arrived
    assert result.was_resumed == (arrived < CHUNKS)
    assert info_of(factory, result).committed_hash == hashlib.sha256(module_of(SIZE)).digest()
    assert len(list(factory.uploads())) == 1


KILLED = """
import os, sys
from ic_factory.agent import Agent, Client, Identity
from ic_factory.drivers.factory import Factory
from ic_factory.operations.upload import upload
from tests.operations.modules import source_of

url, root_key, factory_id, size, chunks = sys.argv[1:]

class Killing:
    left = int(chunks)
    def start(self, total): pass
    def message(self, text): pass
    def done(self): pass
    def advance(self, amount):
        if amount:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), 9)

agent = Agent(Identity(f"{1:064x}"), Client(url), root_key=bytes.fromhex(root_key))
upload(Factory(agent, factory_id), source_of(int(size)), progress=Killing(), parallel=1)
"""


@pytest.mark.slow
@pytest.mark.parametrize("chunks", range(1, CHUNKS + 1))
def test_a_killed_process_leaves_what_has_arrived(
    site: Site, factory: Factory, chunks: int
) -> None:
    arguments = (site.url, site.replica.root_key.hex(), str(site.factory_id), str(SIZE))
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments, str(chunks)], check=False, cwd=Path.cwd()
    )
    assert ended.returncode == -9
    result = upload(factory, source_of(SIZE))
    assert CHUNKS - chunks - 1 <= result.chunks_sent <= CHUNKS - chunks
    assert info_of(factory, result).committed_hash == hashlib.sha256(module_of(SIZE)).digest()


def test_two_uploads_of_one_file_at_once_both_end_well(site: Site) -> None:
    results: list[UploadResult] = []

    def run() -> None:
        with site.agent(ALICE) as agent:
            results.append(upload(Factory(agent, site.factory_id), source_of(SIZE)))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    assert {each.sha256 for each in results} == {hashlib.sha256(module_of(SIZE)).digest()}


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(arrived=st.sets(st.integers(0, CHUNKS - 1)), seed=st.integers(1, 2**30))
@pytest.mark.slow
def test_any_chunks_may_have_arrived_before(factory: Factory, arrived: set[int], seed: int) -> None:
    source = source_of(SIZE, seed)
    upload_id = factory.begin_upload(
        expected_len=source.size, expected_sha256=source.sha256, chunk_size=CHUNK_SIZE
    )
    for index in arrived:
        factory.put_chunk_at(upload_id, index, source.chunk(index))
    result = upload(factory, source)
    assert (result.upload_id, result.chunks_sent) == (upload_id, CHUNKS - len(arrived))
    assert info_of(factory, result).committed_hash == source.sha256
    factory.delete_upload(upload_id)


def test_other_bytes_in_the_factory_are_told_and_not_deleted(factory: Factory) -> None:
    source = source_of(SIZE)
    upload_id = factory.begin_upload(
        expected_len=source.size, expected_sha256=source.sha256, chunk_size=CHUNK_SIZE
    )
    factory.put_chunk_at(upload_id, 2, bytes(CHUNK_SIZE))
    with pytest.raises(UploadMismatch, match=f"uploads delete {upload_id}"):
        upload(factory, source)
    assert factory.upload_info(upload_id) is not None


def test_a_file_that_changes_meanwhile_is_told(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "module.wasm"
    file.write_bytes(module_of(SIZE))
    source = WasmSource.from_file(file)
    with file.open("r+b") as changed:
        changed.seek(3 * CHUNK_SIZE + 7)
        changed.write(b"other bytes")
    with site.agent() as agent, pytest.raises(SourceChanged, match="chunk 3"):
        upload(Factory(agent, site.factory_id), source)


def test_a_file_that_grows_or_shrinks_meanwhile_is_told(tmp_path: Path) -> None:
    for change in (lambda file: file.write(b"more"), lambda file: file.truncate(CHUNK_SIZE + 3)):
        file = tmp_path / "module.wasm"
        file.write_bytes(module_of(SIZE))
        source = WasmSource.from_file(file)
        with file.open("ab") as changed:
            change(changed)
        with pytest.raises(SourceChanged):
            list(map(source.chunk, range(CHUNKS)))


def test_a_file_that_is_gone_meanwhile_is_told(tmp_path: Path) -> None:
    file = tmp_path / "module.wasm"
    file.write_bytes(module_of(SIZE))
    source = WasmSource.from_file(file)
    file.unlink()
    with pytest.raises(SourceUnreadable, match="any more"):
        source.chunk(0)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\0as", "no WASM module"),
        (b"<html>", "no WASM module"),
        (gzip.compress(b"text"), "gzip of something else"),
        (gzip.compress(b""), "gzip of something else"),
        (b"\x1f\x8b\xff\xff\xff\xff", "damaged gzip"),
    ],
)
def test_what_is_no_module_is_refused_before_anything_is_sent(
    tmp_path: Path, content: bytes, told: str
) -> None:
    file = tmp_path / "module.wasm"
    file.write_bytes(content)
    with pytest.raises(SourceNotWasm, match=told):
        WasmSource.from_file(file)


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="no file"):
        WasmSource.from_file(tmp_path)
    with pytest.raises(SourceUnreadable, match="No such file"):
        WasmSource.from_file(tmp_path / "missing.wasm")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser reads all files")
def test_files_of_others_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "module.wasm"
    file.write_bytes(module_of(100))
    file.chmod(0)
    with pytest.raises(SourceUnreadable, match="Permission"):
        WasmSource.from_file(file)


def test_what_is_too_big_is_refused_before_a_chunk_is_sent(
    site: Site, administered: Factory
) -> None:
    administered.update_config(ConfigUpdate(max_upload_size=MEGABYTE))
    watching = Watching(site.url)
    with site.agent(ALICE, watching) as agent, pytest.raises(FactoryRefused) as refused:
        upload(Factory(agent, site.factory_id), source_of(SIZE))
    assert isinstance(refused.value.upload_error, UploadErrorUploadTooLarge)
    assert watching.bytes_sent < 1000


def test_a_replica_that_restarts_meanwhile_is_waited_for(site: Site) -> None:
    """Its port is closed for a while, and open again with the same state."""
    restarting = Restarting(site.replica)
    calls = 0

    def before(_: Exchange) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            restarting.restart()

    with (
        restarting,
        Agent(
            ALICE,
            Client(restarting.url, Watching(restarting.url, before)),
            root_key=site.replica.root_key,
        ) as agent,
    ):
        factory = Factory(agent, site.factory_id)
        result = upload(factory, source_of(SIZE), parallel=1)
        assert result.chunks_sent == CHUNKS
        assert info_of(factory, result).committed_hash == result.sha256
