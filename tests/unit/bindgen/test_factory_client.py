"""The generated clients of the factory and the management canister, on a replica."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ic_factory.canisters import factory_interface, factory_wasm
from ic_factory.drivers.generated import factory as f
from ic_factory.drivers.generated import management as m
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig, Reply
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.config import user_compile_cache
from tests.canisters.universal import universal_wasm_without
from tests.factory.world import ADMIN, CONTROLLER, MANAGEMENT, TRILLION, USER, install_factory


@dataclass(frozen=True)
class DirectCaller:
    """Carries calls straight to a replica in this process."""

    replica: Replica
    sender: Principal

    def update(self, canister_id, method_name, arg, *, effective_canister_id=None):
        return reply_of(self.replica.update(canister_id, method_name, arg, self.sender))

    def query(self, canister_id, method_name, arg, *, effective_canister_id=None):
        return reply_of(self.replica.query_call(canister_id, method_name, arg, self.sender))


def reply_of(payload):
    assert isinstance(payload, Reply), payload
    return payload.data


@pytest.fixture(scope="module")
def factory() -> Iterator[f.FactoryClient]:
    config = ReplicaConfig(seed=bytes(32 * [7]), compile_cache=user_compile_cache())
    with Replica(config, FrozenClock(1_750_000_000 * 10**9)) as replica:
        world = install_factory(replica, parse_did(factory_interface()))
        yield f.FactoryClient(DirectCaller(replica, USER), world.canister_id)


def test_a_module_is_uploaded_committed_and_installed(factory):
    module = universal_wasm_without("canister_heartbeat", "canister_inspect_message")
    digest = hashlib.sha256(module).hexdigest()
    begun = factory.create_upload_with(f.CreateUploadRequest(expected_len=len(module)))
    assert isinstance(begun, f.Result3Ok)
    upload = begun.value
    assert upload.deduplicated is False
    assert factory.put_chunk_at(upload.upload_id, 0, module) == f.ResultOk()
    committed = factory.commit_upload_with(
        upload.upload_id, f.UploadCommit(expected_sha256_hex=digest)
    )
    assert isinstance(committed, f.Result2Ok)
    assert committed.value.committed_hash == bytes.fromhex(digest)
    response = factory.create_and_install_with(
        f.CreateInstallRequest(
            cycles=TRILLION,
            handoff=False,
            init_arg=b"",
            mode=f.Mode.INSTALL,
            upload_id=upload.upload_id,
        )
    )
    info = factory.get_canister_info(response.canister_id)
    assert info is not None
    assert (info.status, info.owner, info.upload_id) == (f.Status.ACTIVE, USER, upload.upload_id)


def test_a_refusal_is_the_class_of_its_reason(factory):
    refused = factory.put_chunk_at(999, 0, b"x")
    assert isinstance(refused, f.ResultErr)
    assert refused.value.reason == f.ReasonUpload(f.UploadErrorUploadNotFound(upload_id=999))
    assert factory.get_upload_info(999) is None


def test_lists_and_filters_go_there_and_back(factory):
    page = factory.list_canisters(f.CanisterFilter(status=f.Status.DELETED))
    assert page == f.CanisterList(canisters=[], next=None)
    response = factory.http_request(
        f.HttpRequest(url="/health", method="GET", body=b"", headers=[("host", "x")])
    )
    assert response.status_code in (200, 503)


def test_the_init_argument_is_the_one_that_the_factory_takes(factory):
    replica = factory.caller.replica
    canister_id = replica.create_canister(CONTROLLER, cycles=TRILLION)
    argument = f.encode_init_args(f.InitArgument(admins=[ADMIN], max_operations=7))
    replica.install_code(canister_id, factory_wasm(), argument, sender=CONTROLLER)
    admin = f.FactoryClient(DirectCaller(replica, ADMIN), canister_id)
    config = admin.get_config()
    assert (config.max_operations, config.admins) == (7, [ADMIN])


def test_the_management_canister_answers_as_its_interface_says(factory):
    management = m.ManagementClient(DirectCaller(factory.caller.replica, USER), MANAGEMENT)
    made = management.provisional_create_canister_with_cycles(
        m.ProvisionalCreateCanisterWithCyclesArg(
            amount=5 * TRILLION, settings=m.Settings(log_visibility=m.LogVisibilityPublic())
        )
    )
    management.install_code(
        m.InstallCodeArg(
            mode=m.InstallModeInstall(),
            canister_id=made.canister_id,
            wasm_module=universal_wasm_without("canister_inspect_message"),
            arg=b"",
        )
    )
    status = management.canister_status(made)
    assert status.status is m.RunState.RUNNING
    assert status.settings.controllers == [USER]
    assert status.settings.log_visibility == m.LogVisibilityPublic()
    assert status.memory_metrics is not None
    management.stop_canister(made)
    assert management.canister_status(made).status is m.RunState.STOPPED
    assert (
        management.fetch_canister_logs(
            m.FetchCanisterLogsArg(canister_id=made.canister_id)
        ).canister_log_records
        == []
    )
