"""Uploads go when nobody touches or uses them for a day."""

from __future__ import annotations

import pytest

from tests.factory.world import ADMIN, Factory, commit_of

DAY = 86_400
SECOND = 10**9
SMALL = b"\0asm" + bytes(range(40))


@pytest.mark.parametrize("committed", [True, False])
def test_the_timer_deletes_an_upload_that_nobody_touches(factory: Factory, committed: bool) -> None:
    upload_id = factory.upload(SMALL) if committed else factory.update("create_upload")
    factory.pass_seconds(DAY - 60)
    assert factory.upload_info(upload_id) is not None
    factory.pass_seconds(121)
    assert factory.wording("put_chunk", upload_id, SMALL) == "Upload not found"
    assert factory.stored() == (0, 0)
    assert factory.by(ADMIN).events("UploadsExpired") == [{"count": 1}]


def test_whoever_goes_on_with_an_upload_has_another_day(factory: Factory) -> None:
    upload_id = factory.update("create_upload")
    for method, value in [("put_chunk", SMALL), ("commit_upload", commit_of(SMALL))]:
        factory.pass_seconds(DAY - 60)
        factory.update(method, upload_id, value)
    factory.pass_seconds(DAY - 60)
    assert factory.begin_upload(**commit_of(SMALL)) == upload_id
    factory.pass_seconds(DAY - 60)
    assert factory.upload_info(upload_id) is not None


def test_admins_delete_what_has_expired(factory: Factory) -> None:
    factory.limit(upload_ttl_seconds=10)
    uploads = [factory.update("create_upload"), factory.upload(SMALL)]
    factory.limit(upload_ttl_seconds=20)
    uploads += [factory.update("create_upload")]
    factory.replica.advance_time(15 * SECOND)
    assert "Caller not an admin" in factory.refused("cleanup_expired_uploads_manual").message
    admin = factory.by(ADMIN)
    assert [admin.update("cleanup_expired_uploads_manual") for _ in range(2)] == [2, 0]
    assert [admin.upload_info(each) is None for each in uploads] == [True, True, False]


def test_what_canisters_were_installed_from_stays(factory: Factory, module: bytes) -> None:
    upload_id = factory.upload(module)
    canisters = [factory.create(upload_id) for _ in range(2)]
    for used_by, canister_id in zip((2, 1), canisters, strict=True):
        factory.pass_seconds(2 * DAY)
        found = factory.upload_info(upload_id)
        assert (found["used_by"], found["expires_at_time_ns"]) == (used_by, [])
        factory.update("delete_canister", canister_id)
    factory.pass_seconds(DAY - 60)
    assert factory.upload_info(upload_id)["used_by"] == 0
    factory.pass_seconds(121)
    assert factory.stored() == (0, 0)
