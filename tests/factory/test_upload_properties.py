"""However chunks arrive, the same bytes come out of them, and nothing but what is held stays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Reply
from ic_factory.replica.replica import SnapshotToken
from tests.factory.world import (
    ADMIN,
    STRANGER,
    USER,
    Factory,
    Refused,
    commit_of,
    upload_request,
)

OWNERS = (USER, STRANGER, ADMIN)
Chunks = list[bytes]
Stage = tuple[Factory, SnapshotToken]


@st.composite
def chunked(draw: st.DrawFn, most: int = 8) -> Chunks:
    """A module in chunks of any sizes."""
    content = b"\0asm" + draw(st.binary(max_size=600))
    cuts = draw(st.sets(st.integers(1, len(content) - 1), max_size=most - 1))
    ends = [*sorted(cuts), len(content)]
    return [content[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[Chunks, list[int]]:
    """Chunks, and the order of their indexes in which they are sent, some more than once."""
    chunks = draw(chunked())
    indexes = range(len(chunks))
    again = draw(st.lists(st.sampled_from(indexes), max_size=5))
    return chunks, draw(st.permutations([*indexes, *again]))


@pytest.fixture(scope="module")
def stage(installed_factory: Factory) -> Iterator[Stage]:
    """The factory and its beginning, to which each example goes back."""
    beginning = installed_factory.replica.snapshot()
    yield installed_factory, beginning
    installed_factory.replica.rewind(beginning)


def rewound(stage: Stage) -> Factory:
    factory, beginning = stage
    factory.replica.rewind(beginning)
    return factory


def committed_hash(factory: Factory, upload_id: int, content: bytes) -> bytes:
    committed = factory.update("commit_upload_with", upload_id, commit_of(content))
    assert committed["total_len"] == len(content)
    digest: bytes = committed["committed_hash"][0]
    return digest


@given(delivery=deliveries())
@settings(max_examples=60)
def test_chunks_in_any_order_give_the_same_bytes(
    stage: Stage, delivery: tuple[Chunks, list[int]]
) -> None:
    factory, (chunks, order) = rewound(stage), delivery
    upload_id = factory.update("create_upload")
    for index in order:
        factory.update("put_chunk_at", upload_id, index, chunks[index])
    content = b"".join(chunks)
    assert committed_hash(factory, upload_id, content) == hashlib.sha256(content).digest()
    assert factory.stored() == (len(content), 1)


@given(delivery=deliveries())
@settings(max_examples=40)
def test_chunks_that_are_sent_at_the_same_time_give_the_same_bytes(
    stage: Stage, delivery: tuple[Chunks, list[int]]
) -> None:
    factory, (chunks, order) = rewound(stage), delivery
    upload_id = factory.update("create_upload")
    sent = [factory.submit("put_chunk_at", upload_id, each, chunks[each]) for each in order]
    factory.replica.tick()
    for request_id in sent:
        factory.answer(request_id, "put_chunk_at")
        assert isinstance(factory.replica.answer_of(request_id), Reply)
    content = b"".join(chunks)
    assert committed_hash(factory, upload_id, content) == hashlib.sha256(content).digest()
    assert factory.stored() == (len(content), 1)


@given(data=st.data(), owned=st.lists(deliveries(), min_size=2, max_size=3))
@settings(max_examples=40)
def test_uploads_of_several_callers_do_not_mix(
    stage: Stage, data: st.DataObject, owned: list[tuple[Chunks, list[int]]]
) -> None:
    factory = rewound(stage)
    callers = [factory.by(owner) for owner in OWNERS[: len(owned)]]
    uploads = [caller.update("create_upload") for caller in callers]
    turns = [turn for turn, (_, order) in enumerate(owned) for _ in order]
    left = [iter(order) for _, order in owned]
    for turn in data.draw(st.permutations(turns)):
        index = next(left[turn])
        callers[turn].submit("put_chunk_at", uploads[turn], index, owned[turn][0][index])
    factory.replica.tick()
    contents = [b"".join(chunks) for chunks, _ in owned]
    for caller, upload_id, content in zip(callers, uploads, contents, strict=True):
        assert committed_hash(caller, upload_id, content) == hashlib.sha256(content).digest()
    assert factory.stored() == (sum(map(len, set(contents))), len(set(contents)))


@st.composite
def damages(draw: st.DrawFn) -> tuple[bytes, dict[int, bytes]]:
    """The bytes that are meant, and the chunks that are sent for them, which give others."""
    chunks = draw(chunked().filter(lambda chunks: len(chunks) > 1))
    sent, last = dict(enumerate(chunks)), len(chunks) - 1
    index = draw(st.integers(0, last))
    match draw(st.sampled_from(["flip", "miss", "swap", "cut", "add"])):
        case "flip":
            place = draw(st.integers(0, len(chunks[index]) - 1))
            flipped = bytearray(chunks[index])
            flipped[place] ^= draw(st.integers(1, 255))
            sent[index] = bytes(flipped)
        case "miss":
            del sent[index]
        case "swap":
            other = draw(st.integers(0, last))
            sent[index], sent[other] = sent[other], sent[index]
        case "cut":
            sent[last] = sent[last][:-1] or b"other"
        case "add":
            sent[last + 1] = draw(st.binary(min_size=1, max_size=9))
    return b"".join(chunks), sent


def is_intact(damage: tuple[bytes, dict[int, bytes]]) -> bool:
    """Whether the damage is none, as where equal chunks change places."""
    content, sent = damage
    is_complete = sorted(sent) == list(range(len(sent)))
    return is_complete and b"".join(sent[index] for index in sorted(sent)) == content


@given(damage=damages().filter(lambda damage: not is_intact(damage)))
@settings(max_examples=60)
def test_wrong_bytes_are_never_committed(
    stage: Stage, damage: tuple[bytes, dict[int, bytes]]
) -> None:
    factory, (content, sent) = rewound(stage), damage
    upload_id = factory.update("create_upload")
    for index, chunk in sent.items():
        factory.update("put_chunk_at", upload_id, index, chunk)
    before = factory.upload_info(upload_id)
    assert factory.wording("commit_upload", upload_id, commit_of(content)) in {
        "hash mismatch",
        "Missing chunks",
        "Not WASM",
    }
    assert factory.upload_info(upload_id) == before
    assert before["committed_hash"] == []
    assert factory.stored() == (sum(map(len, sent.values())), 0)


def test_what_was_sent_out_of_order_is_installed(stage: Stage, module: bytes) -> None:
    factory, size = rewound(stage), len(module) // 7
    upload_id = factory.begin_upload(expected_len=len(module), chunk_size=size)
    count = -(-len(module) // size)
    for index in [*range(1, count, 2), *reversed(range(0, count, 2))]:
        chunk = module[index * size : (index + 1) * size]
        factory.submit("put_chunk_at", upload_id, index, chunk)
    factory.update("commit_upload", upload_id, commit_of(module))
    canister = factory.describe(factory.create(upload_id))
    assert canister is not None
    assert canister.module_hash == hashlib.sha256(module).digest()


@dataclass
class Modelled:
    """What is known of an upload."""

    owner: Principal
    announced: bytes | None = None
    chunks: dict[int, bytes] = field(default_factory=dict)
    committed: bytes | None = None

    @property
    def content(self) -> bytes:
        if self.committed is not None:
            return self.committed
        return b"".join(self.chunks[index] for index in sorted(self.chunks))

    @property
    def is_complete(self) -> bool:
        return sorted(self.chunks) == list(range(len(self.chunks)))

    def told(self) -> dict[str, Any]:
        """The part of its info that follows from what was done."""
        digest = [] if self.committed is None else [hashlib.sha256(self.committed).digest()]
        return {
            "owner": self.owner,
            "total_len": len(self.content),
            "received_chunks": sorted(self.chunks),
            "committed_hash": digest,
        }


CONTENTS = (b"\0asm", b"\0asm\0asm", b"\0asm-other", b"\x1f\x8b", b"nothing")
"""What is uploaded: few contents, so that many meet in the same bytes."""
CHUNKS = st.sampled_from([*CONTENTS, b"-other"])
MOST_OPEN = 10


class Uploads(RuleBasedStateMachine):
    """Uploads of several owners, begun, filled, committed and deleted in any order."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.factory = rewound(stage)
        self.model: dict[int, Modelled] = {}
        self.begun = 0

    def teardown(self) -> None:
        admin = self.factory.by(ADMIN)
        for each in admin.query("list_uploads", [], [], []):
            assert admin.update("delete_upload", each["upload_id"]) is True
        assert admin.stored() == (0, 0)

    def attempt(self, owner: Principal, method: str, *values: Any) -> Any:
        """The result, or what the factory says against it."""
        try:
            return self.factory.by(owner).update(method, *values)
        except Refused as refused:
            return refused.message.partition(":")[0]

    def kept(self) -> set[bytes]:
        """The contents that somebody holds."""
        return {each.committed for each in self.model.values() if each.committed is not None}

    def begin(self, upload: Modelled, upload_id: object) -> None:
        is_open = upload.committed is None
        mine = [each for each in self.model.values() if each.owner == upload.owner]
        if is_open and sum(each.committed is None for each in mine) >= MOST_OPEN:
            assert upload_id == "Too many open uploads"
            return
        self.begun += 1
        assert upload_id == self.begun
        self.model[self.begun] = upload

    @rule(owner=st.sampled_from(OWNERS))
    def create(self, owner: Principal) -> None:
        self.begin(Modelled(owner), self.attempt(owner, "create_upload"))

    @rule(owner=st.sampled_from(OWNERS), content=st.sampled_from(CONTENTS[:3]))
    def create_with_a_hash(self, owner: Principal, content: bytes) -> None:
        response = self.attempt(owner, "create_upload_with", upload_request(**commit_of(content)))
        if isinstance(response, str):
            self.begin(Modelled(owner, content), response)
            return
        assert response["deduplicated"] == (content in self.kept())
        mine = {key for key, each in self.model.items() if each.owner == owner}
        same = {key for key in mine if self.model[key].committed == content}
        if same:
            assert response["upload_id"] in same
            return
        committed = content if content in self.kept() else None
        self.begin(Modelled(owner, content, committed=committed), response["upload_id"])

    @rule(owner=st.sampled_from(OWNERS), content=st.sampled_from(CONTENTS[:2]))
    def upload(self, owner: Principal, content: bytes) -> None:
        upload_id = self.attempt(owner, "create_upload")
        self.begin(Modelled(owner), upload_id)
        if upload_id == self.begun:
            self.factory.by(owner).update("put_chunk", upload_id, content)
            self.factory.by(owner).update("commit_upload", upload_id, commit_of(content))
            chunks = {0: content}
            self.model[self.begun] = Modelled(owner, chunks=chunks, committed=content)

    @rule(data=st.data(), index=st.integers(0, 2), chunk=CHUNKS)
    def put_at(self, data: st.DataObject, index: int, chunk: bytes) -> None:
        upload_id, upload = self.drawn(data)
        answer = self.attempt(upload.owner, "put_chunk_at", upload_id, index, chunk)
        if upload.committed is not None:
            assert answer == "Already committed"
        elif upload.chunks.setdefault(index, chunk) != chunk:
            assert answer == "Chunk conflict"
        else:
            assert answer is None

    @rule(data=st.data(), chunk=CHUNKS)
    def append(self, data: st.DataObject, chunk: bytes) -> None:
        upload_id, upload = self.drawn(data)
        answer = self.attempt(upload.owner, "put_chunk", upload_id, chunk)
        if upload.committed is not None:
            assert answer == "Already committed"
        else:
            assert answer is True
            upload.chunks[max(upload.chunks, default=-1) + 1] = chunk

    @rule(data=st.data(), wrong=st.integers(0, 4))
    def commit(self, data: st.DataObject, wrong: int) -> None:
        upload_id, upload = self.drawn(data)
        content = upload.content if wrong else b"wrong"
        answer = self.attempt(upload.owner, "commit_upload", upload_id, commit_of(content))
        assert answer == self.expected_of_commit(upload, content)
        if answer is True:
            upload.committed = content

    @staticmethod
    def expected_of_commit(upload: Modelled, content: bytes) -> str | bool:
        if upload.committed is None and not upload.is_complete:
            return "Missing chunks"
        if not upload.content.startswith((b"\0asm", b"\x1f\x8b")):
            return "Not WASM"
        is_as_announced = upload.committed is not None or upload.announced in (None, content)
        return True if content == upload.content and is_as_announced else "hash mismatch"

    @rule(data=st.data(), caller=st.sampled_from([*OWNERS, ADMIN]))
    def delete(self, data: st.DataObject, caller: Principal) -> None:
        upload_id, upload = self.drawn(data)
        answer = self.attempt(caller, "delete_upload", upload_id)
        if caller in (upload.owner, ADMIN):
            assert answer is True
            del self.model[upload_id]
        else:
            assert answer == "Upload not found"

    def drawn(self, data: st.DataObject) -> tuple[int, Modelled]:
        """One of the uploads; a new one where there are none."""
        if not self.model:
            self.create(USER)
        upload_id = data.draw(st.sampled_from(sorted(self.model)))
        return upload_id, self.model[upload_id]

    @invariant()
    def everything_is_as_modelled(self) -> None:
        admin = self.factory.by(ADMIN)
        listed = {each["upload_id"]: each for each in admin.query("list_uploads", [], [], [])}
        assert list(listed) == sorted(self.model)
        for upload_id, upload in self.model.items():
            told = upload.told()
            assert {name: listed[upload_id][name] for name in told} == told
        is_open = [each for each in self.model.values() if each.committed is None]
        open_bytes = sum(len(each.content) for each in is_open)
        figures = admin.query("get_factory_stats")
        assert figures["stored_bytes"] == open_bytes + sum(map(len, self.kept()))
        assert figures["stored_modules"] == len(self.kept())
        assert figures["active_uploads"] == len(is_open)
        assert figures["committed_uploads"] == len(self.model) - len(is_open)
        assert figures["total_uploads"] == self.begun


@pytest.mark.slow
def test_uploads_are_what_the_model_says(stage: Stage) -> None:
    run_state_machine_as_test(
        lambda: Uploads(stage),
        settings=settings(
            max_examples=50,
            stateful_step_count=30,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
