"""Whatever is done in whatever order, the hub is what a plain model of it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from ic_factory.protocol.principal import Principal
from ic_factory.replica.replica import SnapshotToken
from tests.backend.model import Gallery, Hub, Item, Memory, hex_of
from tests.backend.world import (
    FRIEND,
    OWNER,
    STRANGER,
    Backend,
    Refused,
    gallery_update,
    memory_filter,
    memory_update,
    new_asset,
    new_gallery,
    new_memory,
)

Stage = tuple[Backend, SnapshotToken]
USERS = (OWNER, FRIEND, STRANGER)
KINDS = ("Note", "Image")
TAGS = ("sea", "Sea", "sun")
TITLES = ("a Summer", "sun and sea", "winter", "")
CONTENTS = (b"", b"one", b"two", b"three" * 1000)
VARIANTS = ("original", "thumbnail")
MOST_CAPSULES = 10

users = st.sampled_from(USERS)
assets = st.dictionaries(st.sampled_from(VARIANTS), st.sampled_from(CONTENTS))


@pytest.fixture(scope="module")
def stage(installed_backend: Backend) -> Iterator[Stage]:
    """The backend with its users and its beginning, to which each example goes back."""
    before = installed_backend.replica.snapshot()
    for user in USERS:
        installed_backend.registered(user)
    yield installed_backend, installed_backend.replica.snapshot()
    installed_backend.replica.rewind(before)


class HubMachine(RuleBasedStateMachine):
    """Capsules of several users, with memories, galleries and grants, done to by each of them."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.backend, beginning = stage
        self.backend.replica.rewind(beginning)
        self.model = Hub()

    def attempt(self, caller: Principal, method: str, *values: Any) -> Any:
        """The result, or what the backend says against it."""
        try:
            return self.backend.by(caller).update(method, *values)
        except Refused as refused:
            return refused.message.partition(":")[0]

    def drawn(self, data: st.DataObject, *things: dict[str, Any]) -> str:
        """The id of something; of a new capsule where there is nothing."""
        ids = [key for each in things for key in each]
        if not ids:
            self.create_capsule(OWNER)
            ids = list(self.model.capsules)
        return data.draw(st.sampled_from(ids))

    @rule(user=users)
    def create_capsule(self, user: Principal) -> None:
        info = self.attempt(user, "create_capsule", [])
        if sum(each.owner == user for each in self.model.capsules.values()) == MOST_CAPSULES:
            assert info == "Too many capsules"
            return
        self.model.capsules[info["capsule_id"]] = Item(user, info["capsule_id"])

    @rule(
        data=st.data(),
        user=users,
        kind=st.sampled_from(KINDS),
        title=st.sampled_from(TITLES),
        tags=st.lists(st.sampled_from(TAGS), max_size=3),
        contents=assets,
        is_blob=st.booleans(),
    )
    def add_memory(
        self,
        data: st.DataObject,
        user: Principal,
        kind: str,
        title: str,
        tags: list[str],
        contents: dict[str, bytes],
        is_blob: bool,
    ) -> None:
        capsule = self.drawn(data, self.model.capsules)
        given = self.new_assets(user, contents, is_blob)
        memory = new_memory(title, memory_type=kind, tags=tags, assets=given)
        answer = self.attempt(user, "add_memory_to_capsule", capsule, memory)
        refusal = self.model.refusal(user, capsule, "Write")
        if refusal:
            assert answer == refusal
            return
        owner = self.model.capsules[capsule].owner
        kept = list({tag.lower(): tag for tag in reversed(tags)}.values())
        self.model.memories[answer["memory_id"]] = Memory(
            owner, capsule, kind=kind, title=title, tags=kept, assets=contents
        )

    def new_assets(self, user: Principal, contents: dict[str, bytes], is_blob: bool) -> list[Any]:
        """New assets; by uploads, which are deleted later."""
        given: list[Any] = []
        for variant, content in contents.items():
            sent = self.backend.by(user).upload(content) if is_blob else content
            given.append(new_asset(sent, variant))
        return given

    def delete_uploads(self) -> None:
        for user in USERS:
            backend = self.backend.by(user)
            for upload in backend.query("list_uploads", [], [], []):
                backend.update("delete_upload", upload["upload_id"])

    @rule(
        data=st.data(),
        user=users,
        title=st.none() | st.sampled_from(TITLES),
        contents=assets,
        removed=st.lists(st.sampled_from(VARIANTS), max_size=2),
    )
    def update_memory(
        self,
        data: st.DataObject,
        user: Principal,
        title: str | None,
        contents: dict[str, bytes],
        removed: list[str],
    ) -> None:
        if not self.model.memories:
            return
        memory_id = self.drawn(data, self.model.memories)
        memory = self.model.memories[memory_id]
        fields: dict[str, Any] = {} if title is None else {"title": title}
        fields["set_assets"] = self.new_assets(user, contents, False)
        update = memory_update(remove_assets=removed, **fields)
        answer = self.attempt(user, "update_memory_in_capsule", memory.capsule, memory_id, update)
        refusal = self.model.refusal(user, memory_id, "Write")
        if refusal:
            assert answer == refusal
            return
        memory.title = memory.title if title is None else title
        kept = {key: each for key, each in memory.assets.items() if key not in removed}
        memory.assets = kept | contents

    @rule(data=st.data(), user=users)
    def delete_memory(self, data: st.DataObject, user: Principal) -> None:
        if not self.model.memories:
            return
        memory_id = self.drawn(data, self.model.memories)
        capsule = self.model.memories[memory_id].capsule
        answer = self.attempt(user, "delete_memory_from_capsule", capsule, memory_id)
        refusal = self.model.refusal(user, memory_id, "Write")
        assert answer == refusal
        if refusal is None:
            self.model.forget(memory_id)

    @rule(data=st.data(), user=users, count=st.integers(0, 3))
    def store_gallery(self, data: st.DataObject, user: Principal, count: int) -> None:
        capsule = self.drawn(data, self.model.capsules)
        items = self.some_items(data, count)
        answer = self.attempt(user, "store_gallery_forever", new_gallery(capsule, *items))
        refusal = self.model.refusal(user, capsule, "Write") or self.wrong(user, capsule, items)
        if refusal:
            assert answer == refusal
            return
        owner = self.model.capsules[capsule].owner
        self.model.galleries[answer["gallery_id"]] = Gallery(owner, capsule, items=items)

    def some_items(self, data: st.DataObject, count: int) -> list[str]:
        things = (self.model.memories, self.model.galleries)
        if not any(things):
            return []
        return [self.drawn(data, *things) for _ in range(count)]

    def wrong(self, user: Principal, capsule: str, items: list[str]) -> str | None:
        """What is wrong with the items of a gallery, for a caller who may write to it."""
        for place, item in enumerate(items):
            found = self.model.item(item)
            if found is None or found.capsule != capsule or self.model.level(user, item) == "None":
                return "Dangling reference"
            if item in items[:place]:
                return "Invalid argument"
        return None

    @rule(data=st.data(), user=users, count=st.integers(0, 3))
    def set_items(self, data: st.DataObject, user: Principal, count: int) -> None:
        if not self.model.galleries:
            return
        gallery_id = self.drawn(data, self.model.galleries)
        gallery, items = self.model.galleries[gallery_id], self.some_items(data, count)
        answer = self.attempt(user, "update_gallery", gallery_id, gallery_update(items=items))
        refusal = self.model.refusal(user, gallery_id, "Write")
        refusal = refusal or self.wrong(user, gallery.capsule, items)
        hidden = [
            each
            for each in gallery.items
            if each not in items and self.model.level(user, each) == "None"
        ]
        if refusal is None and self.model.reaches(items + hidden, gallery_id):
            refusal = "Cyclic gallery"
        if refusal:
            assert answer == refusal
            return
        gallery.items = items + hidden

    @rule(data=st.data(), user=users)
    def delete_gallery(self, data: st.DataObject, user: Principal) -> None:
        if not self.model.galleries:
            return
        gallery_id = self.drawn(data, self.model.galleries)
        refusal = self.model.refusal(user, gallery_id, "Write")
        assert self.attempt(user, "delete_gallery", gallery_id) == refusal
        if refusal is None:
            self.model.forget(gallery_id)

    @rule(data=st.data(), user=users, is_public=st.booleans())
    def set_visibility(self, data: st.DataObject, user: Principal, is_public: bool) -> None:
        item_id = self.any_item(data)
        visibility = {"Public" if is_public else "Private": None}
        refusal = self.model.refusal(user, item_id, "Owner")
        assert self.attempt(user, "set_visibility", item_id, visibility) == refusal
        item = self.model.item(item_id)
        if refusal is None and item:
            item.is_public = is_public

    def any_item(self, data: st.DataObject) -> str:
        model = self.model
        return self.drawn(data, model.capsules, model.memories, model.galleries)

    @rule(data=st.data(), user=users, grantee=users, permission=st.sampled_from(["Read", "Write"]))
    def grant(
        self, data: st.DataObject, user: Principal, grantee: Principal, permission: str
    ) -> None:
        item_id = self.any_item(data)
        answer = self.attempt(user, "grant_access", item_id, grantee, {permission: None})
        refusal = self.model.refusal(user, item_id, "Owner")
        if refusal is None and grantee == user:
            refusal = "Invalid argument"
        assert answer == refusal
        item = self.model.item(item_id)
        if refusal is None and item:
            item.grants[grantee] = permission

    @rule(data=st.data(), user=users, grantee=users)
    def revoke(self, data: st.DataObject, user: Principal, grantee: Principal) -> None:
        item_id = self.any_item(data)
        answer = self.attempt(user, "revoke_access", item_id, grantee)
        refusal = self.model.refusal(user, item_id, "Owner")
        item = self.model.item(item_id)
        if refusal is None and item:
            assert answer == (item.grants.pop(grantee, None) is not None)
        else:
            assert answer == refusal

    @rule(data=st.data(), user=users)
    def delete_capsule(self, data: st.DataObject, user: Principal) -> None:
        capsule = self.drawn(data, self.model.capsules)
        refusal = self.model.refusal(user, capsule, "Owner")
        assert self.attempt(user, "delete_capsule", capsule) == refusal
        if refusal is None:
            self.model.forget_capsule(capsule)

    @rule()
    def upgrade(self) -> None:
        self.backend.upgrade()

    @rule(
        data=st.data(),
        kind=st.none() | st.sampled_from(KINDS),
        tag=st.none() | st.sampled_from(TAGS),
        prefix=st.none() | st.sampled_from(["su", "", "w"]),
        sha256_hex=st.none() | st.sampled_from(CONTENTS).map(hex_of),
    )
    def list_memories(
        self,
        data: st.DataObject,
        kind: str | None,
        tag: str | None,
        prefix: str | None,
        sha256_hex: str | None,
    ) -> None:
        capsule = self.drawn(data, self.model.capsules)
        asked = {"memory_type": kind, "tag": tag, "text_prefix": prefix, "sha256_hex": sha256_hex}
        asked = {name: value for name, value in asked.items() if value is not None}
        backend = self.backend.by(self.model.capsules[capsule].owner)
        filters = [memory_filter(**asked)]
        listed = backend.pages("list_capsule_memories", "memories", capsule, filters, limit=2)
        memories = self.model.memories_of(capsule).items()
        wanted = (kind, tag, prefix, sha256_hex)
        expected = {key for key, each in memories if each.matches(*wanted)}
        assert {each["memory_id"] for each in listed} == expected
        assert len(listed) == len(expected)

    @invariant()
    def everybody_sees_what_is_theirs(self) -> None:
        for user in USERS:
            backend = self.backend.by(user)
            for memory_id, memory in self.model.memories.items():
                self.check_memory(backend, memory_id, memory)
            for gallery_id in self.model.galleries:
                expected = self.model.refusal(user, gallery_id, "Read")
                told = self.asked(backend, "get_gallery_by_id", gallery_id)
                shown = None if expected else self.model.shown_items(user, gallery_id)
                assert (expected or shown) == (told if expected else told["items"])
            for owner in USERS:
                listed = backend.pages("get_user_galleries", "galleries", owner, limit=2)
                mine = self.model.galleries_of(owner)
                visible = [each for each in mine if self.model.level(user, each) != "None"]
                assert [each["gallery_id"] for each in listed] == sorted(visible)

    def check_memory(self, backend: Backend, memory_id: str, memory: Memory) -> None:
        told = self.asked(backend, "get_memory", memory_id)
        expected = self.model.refusal(backend.caller, memory_id, "Read")
        if expected:
            assert told == expected
            return
        assert (told["title"], sorted(told["tags"])) == (memory.title, sorted(memory.tags))
        contents = {each["variant"]: each["content"][0] for each in told["assets"]}
        assert contents == memory.assets

    @staticmethod
    def asked(backend: Backend, method: str, *values: Any) -> Any:
        try:
            return backend.query(method, *values)
        except Refused as refused:
            return refused.message.partition(":")[0]

    @invariant()
    def nothing_is_kept_but_what_is_held(self) -> None:
        self.delete_uploads()
        self.backend.settle()
        contents = self.model.contents()
        assert self.backend.stored() == (sum(map(len, contents)), len(contents))
        figures = self.backend.query("get_backend_stats")
        model = self.model
        assert figures["memories"] == len(model.memories)
        assert figures["galleries"] == len(model.galleries)
        assert figures["capsules"] == len(model.capsules)
        things = [*model.capsules.values(), *model.memories.values(), *model.galleries.values()]
        assert figures["grants"] == sum(len(each.grants) for each in things)
        public = [
            key
            for key, memory in model.memories.items()
            if memory.assets and (memory.is_public or model.capsules[memory.capsule].is_public)
        ]
        assert figures["certified_memories"] == len(public)
        for capsule, item in model.capsules.items():
            info = self.backend.by(item.owner).query("get_capsule", [capsule])
            assert info["bytes"] == sum(map(len, model.contents_of(capsule)))
            assert info["memories"] == len(model.memories_of(capsule))


@pytest.mark.slow
def test_the_hub_is_what_the_model_says(stage: Stage) -> None:
    run_state_machine_as_test(
        lambda: HubMachine(stage),
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            deadline=None,
        ),
    )
