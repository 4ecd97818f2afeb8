"""Files go into a capsule once and come back byte for byte."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import httpx
import pytest

from ic_factory.agent import flow
from ic_factory.agent.errors import TransportError
from ic_factory.drivers.backend import Backend, BackendRefused
from ic_factory.drivers.generated.backend import (
    AssetContentInline,
    ConfigUpdate,
    MemoryFilter,
    MemoryInfo,
    MemoryType,
    NewAsset,
    NewMemory,
    Visibility,
)
from ic_factory.operations.errors import (
    AssetMismatch,
    AssetMissing,
    FileNotSaved,
    SourceUnreadable,
    TargetTaken,
    UploadInterrupted,
)
from ic_factory.operations.folder_files import files_at
from ic_factory.operations.memories import AddResult, Details, add_bytes, add_files
from ic_factory.operations.memory_comparison import compare
from ic_factory.operations.memory_files import asset_bytes, save_file, save_folder
from tests.operations.conftest import ADMIN, ALICE, BOB, Hub
from tests.operations.real_files import MEBIBYTE, lay_out, png, video
from tests.operations.transports import QUERY, CutOff, Watching

VIDEO = 3 * MEBIBYTE + 77
PUBLIC = Details(visibility=Visibility.PUBLIC)


@pytest.fixture
def capsule(backend: Backend) -> str:
    return backend.create_capsule(name="family").capsule_id


def added(backend: Backend, capsule: str, path: Path, **options: object) -> AddResult:
    return add_files(backend, capsule, files_at(path), **options)  # type: ignore[arg-type]


def address(memory_id: str, variant: str = "original") -> str:
    return f"/asset/{memory_id}/{variant}"


def on_disk(folder: Path) -> dict[str, bytes]:
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


@pytest.fixture
def web(hub: Hub) -> Iterator[httpx.Client]:
    """The backend's site, by its name in a browser, which not all systems can look up."""
    port = hub.url.rpartition(":")[2]
    host = {"host": f"{hub.backend_id}.localhost:{port}"}
    with httpx.Client(base_url=hub.url, headers=host, timeout=30) as client:
        yield client


def test_real_files_come_back_byte_for_byte_by_all_ways(
    backend: Backend, capsule: str, web: httpx.Client, tmp_path: Path
) -> None:
    files = lay_out(tmp_path / "in", VIDEO)
    result = added(backend, capsule, tmp_path / "in", details=PUBLIC)
    assert [each.path for each in result.added] == sorted(files, key=lambda p: p.split("/"))
    assert result.failed == ()
    memories = {each.memory_id: each for each in backend.certified.memories(capsule)}
    for each in result.added:
        content = files[each.path]
        assert asset_bytes(backend, memories[each.memory_id]) == content
        response = web.get(address(each.memory_id))
        assert (response.status_code, response.content) == (200, content)
        assert response.headers["etag"] == f'"{each.sha256.hex()}"'
    saved = save_folder(backend, memories.values(), tmp_path / "out")
    assert on_disk(tmp_path / "out") == files
    assert not any(each.was_there for each in saved)
    assert list(backend.uploads()) == []


@pytest.mark.slow
def test_a_video_of_100_megabytes_comes_back(
    backend: Backend, capsule: str, web: httpx.Client, tmp_path: Path
) -> None:
    content = video(100 * MEBIBYTE)
    (tmp_path / "film.mp4").write_bytes(content)
    [film] = added(backend, capsule, tmp_path / "film.mp4", details=PUBLIC).added
    assert film.bytes_sent == len(content)
    memory = backend.certified.memory(film.memory_id)
    saved = save_file(backend, memory, tmp_path / "back.mp4")
    assert saved.path.read_bytes() == content
    assert web.get(address(film.memory_id)).content == content


def test_the_gateway_serves_ranges_and_knows_what_a_browser_has(
    backend: Backend, capsule: str, web: httpx.Client, tmp_path: Path
) -> None:
    content = video(VIDEO)
    (tmp_path / "clip.mp4").write_bytes(content)
    [clip] = added(backend, capsule, tmp_path / "clip.mp4", details=PUBLIC).added
    url = address(clip.memory_id)
    head = web.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(content)
    assert head.headers["content-type"] == "video/mp4"
    known = web.get(url, headers={"if-none-match": head.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    part = web.get(url, headers={"range": f"bytes={MEBIBYTE}-"})
    first, _, size = part.headers["content-range"].removeprefix("bytes ").partition("/")
    begin, end = map(int, first.split("-"))
    assert (part.status_code, begin, int(size)) == (206, MEBIBYTE, len(content))
    assert part.content == content[begin : end + 1]
    beyond = web.get(url, headers={"range": f"bytes={len(content)}-"})
    assert beyond.status_code == 416


def test_a_private_memory_is_served_by_its_token_alone(
    backend: Backend, capsule: str, web: httpx.Client
) -> None:
    memory = add_bytes(backend, capsule, png(3), "private.png")
    url = address(memory.memory_id)
    assert web.get(url).status_code == 404
    token = backend.asset_token(memory.memory_id, 60).token
    assert web.get(f"{url}?token={token}").content == png(3)


def test_what_a_memory_is_follows_from_the_file(
    backend: Backend, capsule: str, tmp_path: Path
) -> None:
    lay_out(tmp_path, VIDEO)
    added(backend, capsule, tmp_path, details=Details(tags=("family", "2024")))
    kinds = {
        each.assets[0].file_name: (each.memory_type, each.assets[0].content_type)
        for each in backend.memories(capsule)
    }
    assert kinds["sea.png"] == (MemoryType.IMAGE, "image/png")
    assert kinds["letter.pdf"] == (MemoryType.DOCUMENT, "application/pdf")
    assert kinds["note.md"] == (MemoryType.NOTE, "text/markdown")
    assert kinds["clip.mp4"] == (MemoryType.VIDEO, "video/mp4")
    assert kinds["no suffix"] == (MemoryType.TEXT, "text/plain")
    assert kinds["empty"] == (MemoryType.DOCUMENT, "application/octet-stream")
    tagged = MemoryFilter(tag="FAMILY", text_prefix="家族")
    [found] = backend.search(tagged)
    assert found.title == "家族の写真"
    assert found.date_ns == (tmp_path / "家族の写真.txt").stat().st_mtime_ns


def test_what_is_there_is_not_sent_twice(
    hub: Hub, backend: Backend, capsule: str, tmp_path: Path
) -> None:
    lay_out(tmp_path, VIDEO)
    first = added(backend, capsule, tmp_path)
    watching = Watching(hub.url)
    with hub.agent(ALICE, watching) as agent:
        again = added(Backend(agent, hub.backend_id), capsule, tmp_path)
    assert watching.bytes_sent == 0
    assert all(each.was_there and each.bytes_sent == 0 for each in again.added)
    assert {each.memory_id for each in again.added} == {each.memory_id for each in first.added}


@pytest.mark.parametrize("others", [0, 101])
def test_a_file_takes_as_many_calls_among_many_memories_as_among_none(
    hub: Hub, backend: Backend, capsule: str, tmp_path: Path, others: int
) -> None:
    for number in range(others):
        note = NewMemory(title=f"note {number}", memory_type=MemoryType.NOTE, assets=[])
        backend.add_memory(capsule, note)
    assert backend.capsule(capsule).memories == others
    (tmp_path / "a.txt").write_text("a")
    watching = Watching(hub.url)
    with hub.agent(ALICE, watching) as agent:
        [first] = added(Backend(agent, hub.backend_id), capsule, tmp_path).added
        assert (watching.requests["query"], watching.requests["call"]) == (2, 1)
        [again] = added(Backend(agent, hub.backend_id), capsule, tmp_path).added
        assert (watching.requests["query"], watching.requests["call"]) == (4, 1)
    assert again.was_there
    assert again.memory_id == first.memory_id


def test_the_same_bytes_are_asked_for_once_and_are_a_memory_for_each_path(
    hub: Hub, backend: Backend, capsule: str, tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt", "sub/a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("same")
    watching = Watching(hub.url)
    with hub.agent(ALICE, watching) as agent:
        alices = Backend(agent, hub.backend_id)
        result = add_files(alices, capsule, files_at(tmp_path) + files_at(tmp_path))
    assert [each.was_there for each in result.added] == [False] * 3 + [True] * 3
    assert len({each.memory_id for each in result.added}) == 3
    assert (watching.requests["query"], watching.requests["call"]) == (2, 3)
    again = added(backend, capsule, tmp_path)
    assert [each.memory_id for each in again.added] * 2 == [each.memory_id for each in result.added]
    assert backend.capsule(capsule).memories == 3


def test_a_thumbnail_of_the_same_bytes_is_not_the_file(
    backend: Backend, capsule: str, tmp_path: Path
) -> None:
    assets = [
        NewAsset(
            variant=variant,
            content_type="text/plain",
            content=AssetContentInline(content),
            file_name="a.txt",
        )
        for variant, content in (("original", b"large"), ("thumbnail", b"small"))
    ]
    memory = NewMemory(title="a", memory_type=MemoryType.TEXT, assets=assets)
    made = backend.add_memory(capsule, memory)
    (tmp_path / "a.txt").write_text("small")
    [small] = added(backend, capsule, tmp_path).added
    assert not small.was_there
    (tmp_path / "a.txt").write_text("large")
    [large] = added(backend, capsule, tmp_path).added
    assert large.was_there
    assert large.memory_id == made.memory_id


def test_a_changed_file_is_added_beside_the_old_one(
    backend: Backend, capsule: str, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("one")
    added(backend, capsule, tmp_path)
    (tmp_path / "a.txt").write_text("two")
    [second] = added(backend, capsule, tmp_path).added
    assert not second.was_there
    save_folder(backend, backend.memories(capsule), tmp_path / "out")
    assert on_disk(tmp_path / "out") == {
        "a.txt": b"one",
        f"a ({second.memory_id}).txt": b"two",
    }


@pytest.mark.parametrize("calls", range(6))
def test_a_cut_cable_costs_no_file_and_no_second_one(
    hub: Hub,
    backend: Backend,
    capsule: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    calls: int,
) -> None:
    monkeypatch.setattr(flow, "UNREACHABLE_SECONDS", 0.0)
    for name, content in {"a.txt": b"a", "b.mp4": video(VIDEO), "c.txt": b"c"}.items():
        (tmp_path / name).write_bytes(content)
    with (
        hub.agent(ALICE, CutOff(hub.url, calls)) as agent,
        pytest.raises(UploadInterrupted, match="cable"),
    ):
        added(Backend(agent, hub.backend_id), capsule, tmp_path)
    added(backend, capsule, tmp_path)
    assert sorted(each.title for each in backend.memories(capsule)) == ["a", "b", "c"]
    assert compare(files_at(tmp_path), backend.memories(capsule)).is_equal
    assert list(backend.uploads()) == []


@pytest.mark.parametrize("queries", range(3))
def test_a_cut_cable_before_a_question_costs_no_file_and_no_second_one(
    hub: Hub,
    backend: Backend,
    capsule: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    queries: int,
) -> None:
    monkeypatch.setattr(flow, "UNREACHABLE_SECONDS", 0.0)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    told = UploadInterrupted if queries else TransportError
    with hub.agent(ALICE, CutOff(hub.url, queries, QUERY)) as agent, pytest.raises(told):
        added(Backend(agent, hub.backend_id), capsule, tmp_path)
    there = [each.was_there for each in added(backend, capsule, tmp_path).added]
    assert there == [number + 1 < queries for number in range(2)]
    assert backend.capsule(capsule).memories == 2


def test_a_folder_is_read_in_order_without_what_is_hidden_or_outside(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")
    for path in ("b/2.txt", "b/1.txt", "a.txt", ".hidden", ".git/config", "c/.d/e.txt"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    if sys.platform != "win32":
        (folder / "leak.txt").symlink_to(outside)
        (folder / "loop").symlink_to(folder)
        (folder / "nowhere").symlink_to(folder / "missing")
        (folder / "inside.txt").symlink_to(folder / "a.txt")
        os.mkfifo(folder / "pipe")
    linked = [] if sys.platform == "win32" else ["inside.txt"]
    assert [str(each.path) for each in files_at(folder)] == ["a.txt", "b/1.txt", "b/2.txt", *linked]
    everything = {str(each.path) for each in files_at(folder, hidden=True)}
    assert everything >= {".hidden", ".git/config", "c/.d/e.txt"}
    assert "leak.txt" not in everything
    with pytest.raises(SourceUnreadable, match=r"missing\.txt"):
        files_at(tmp_path / "missing.txt")


def test_a_file_that_is_too_large_keeps_no_other_from_being_added(
    hub: Hub, backend: Backend, capsule: str, tmp_path: Path
) -> None:
    with hub.agent(ADMIN) as agent:
        Backend(agent, hub.backend_id).update_config(ConfigUpdate(max_upload_size=MEBIBYTE))
    (tmp_path / "a.mp4").write_bytes(video(VIDEO))
    (tmp_path / "b.txt").write_text("small")
    result = added(backend, capsule, tmp_path)
    assert [each.path for each in result.added] == ["b.txt"]
    assert [each.path for each in result.failed] == ["a.mp4"]
    assert str(MEBIBYTE) in result.failed[0].why


def test_a_capsule_of_another_is_refused(hub: Hub, capsule: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    with hub.agent(BOB) as agent:
        bobs = Backend(agent, hub.backend_id)
        bobs.register()
        with pytest.raises(BackendRefused) as refused:
            added(bobs, capsule, tmp_path)
    assert refused.value.upload_error is None
    assert refused.value.canister_id == hub.backend_id


def test_another_file_is_overwritten_only_when_that_is_said(
    backend: Backend, capsule: str, tmp_path: Path
) -> None:
    memory = add_bytes(backend, capsule, b"new", "a.txt")
    target = tmp_path / "a.txt"
    target.write_text("mine")
    with pytest.raises(TargetTaken):
        save_file(backend, memory, target)
    assert target.read_text() == "mine"
    save_file(backend, memory, target, overwrite=True)
    assert target.read_text() == "new"
    assert save_file(backend, memory, target).was_there
    (tmp_path / "folder").mkdir()
    with pytest.raises(TargetTaken):
        save_file(backend, memory, tmp_path / "folder", overwrite=True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.txt", "folder"]


def told(memory: MemoryInfo, **fields: object) -> MemoryInfo:
    """A memory of which a canister tells something else."""
    import dataclasses

    asset = dataclasses.replace(memory.assets[0], **fields)  # type: ignore[arg-type]
    return dataclasses.replace(memory, assets=[asset])


def test_bytes_that_are_not_what_was_said_are_not_written(
    backend: Backend, capsule: str, tmp_path: Path
) -> None:
    memory = add_bytes(backend, capsule, png(4), "a.png")
    forged = told(memory, sha256_hex="00" * 32)
    with pytest.raises(AssetMismatch):
        save_file(backend, forged, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(AssetMissing, match="thumbnail"):
        save_file(backend, memory, tmp_path / "a.png", variant="thumbnail")


@pytest.mark.parametrize(
    "name", ["../out.txt", "/etc/out.txt", "..", ".", "", "a/../../../out.txt", "x\0y", "..\\out"]
)
def test_a_name_that_is_told_leads_to_no_other_folder(
    backend: Backend, capsule: str, tmp_path: Path, name: str
) -> None:
    memory = told(add_bytes(backend, capsule, b"content", "a.txt"), file_name=name)
    folder = tmp_path / "deep" / "folder"
    [saved] = save_folder(backend, [memory], folder)
    assert saved.path.resolve().is_relative_to(folder.resolve())
    assert saved.path.read_bytes() == b"content"
    outside = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert outside == [saved.path]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right on Windows")
def test_a_link_in_the_folder_leads_nothing_out_of_it(
    backend: Backend, capsule: str, tmp_path: Path
) -> None:
    memory = told(add_bytes(backend, capsule, b"content", "a.txt"), file_name="link/a.txt")
    (tmp_path / "outside").mkdir()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(FileNotSaved, match="leads out"):
        save_folder(backend, [memory], tmp_path / "folder")
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_comparison_names_what_differs(backend: Backend, capsule: str, tmp_path: Path) -> None:
    for name in ("same.txt", "changed.txt", "sub/gone.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    added(backend, capsule, tmp_path)
    (tmp_path / "changed.txt").write_text("other")
    (tmp_path / "sub" / "gone.txt").unlink()
    (tmp_path / "new.txt").write_text("new")
    found = compare(files_at(tmp_path), backend.memories(capsule))
    assert found.same == ("same.txt",)
    assert found.different == ("changed.txt",)
    assert found.only_here == ("new.txt",)
    assert found.only_there == ("sub/gone.txt",)
    assert not found.is_equal


def test_progress_counts_each_byte_once(backend: Backend, capsule: str, tmp_path: Path) -> None:
    files = lay_out(tmp_path, VIDEO)

    class Counted:
        total = so_far = 0
        said: list[str] = []
        is_done = False

        def start(self, total: int) -> None:
            self.total += total

        def advance(self, amount: int) -> None:
            self.so_far += amount

        def message(self, text: str) -> None:
            self.said.append(text)

        def done(self) -> None:
            self.is_done = True

    size = sum(map(len, files.values()))
    for _ in range(2):
        progress = Counted()
        added(backend, capsule, tmp_path, progress=progress)
        assert (progress.total, progress.so_far, progress.is_done) == (size, size, True)
    assert PurePosixPath(Counted.said[0]) == PurePosixPath("2024/letter.pdf")
