"""Creations are begun once, watched to a certified end, and taken up again."""

from __future__ import annotations

import contextlib

import pytest

from ic_factory.agent import Agent
from ic_factory.canisters import factory_wasm
from ic_factory.drivers.factory import Factory, FactoryRefused
from ic_factory.drivers.generated.factory import (
    CreateInstallRequest,
    InitArgument,
    Mode,
    Stage,
    encode_init_args,
)
from ic_factory.operations.creation import create, describe, watch
from ic_factory.operations.errors import CreationFailed, CreationUnfinished
from ic_factory.operations.upload import upload
from ic_factory.operations.wasm_source import WasmSource
from tests.operations.conftest import ALICE, TRILLION


class Messages:
    """A progress that remembers its messages."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def start(self, total: int) -> None:
        pass

    def advance(self, amount: int) -> None:
        pass

    def message(self, text: str) -> None:
        self.heard.append(text)

    def done(self) -> None:
        self.heard.append("(done)")


@pytest.fixture
def upload_id(factory: Factory) -> int:
    return upload(factory, WasmSource.from_bytes(factory_wasm())).upload_id


def request(
    upload_id: int, key: str | None = None, init_arg: bytes | None = None
) -> CreateInstallRequest:
    return CreateInstallRequest(
        upload_id=upload_id,
        init_arg=encode_init_args(InitArgument(max_canisters_per_caller=3))
        if init_arg is None
        else init_arg,
        cycles=2 * TRILLION,
        mode=Mode.INSTALL,
        handoff=True,
        idempotency_key=key,
    )


def test_a_canister_is_made_and_runs_the_upload(
    agent: Agent, factory: Factory, upload_id: int
) -> None:
    messages = Messages()
    result = create(factory, request(upload_id), progress=messages)
    info = factory.upload_info(upload_id)
    assert info is not None
    assert result.module_hash == info.committed_hash
    assert agent.read_module_hash(result.canister_id) == result.module_hash
    assert agent.read_controllers(result.canister_id) == (ALICE.sender(),)
    assert Factory(agent, result.canister_id).config().max_canisters_per_caller == 3
    assert messages.heard[-2:] == ["completed", "(done)"]


def test_the_same_key_makes_no_second_canister(factory: Factory, upload_id: int) -> None:
    first = create(factory, request(upload_id, "mine"))
    second = create(factory, request(upload_id, "mine"))
    assert second == first
    assert len(list(factory.canisters())) == 1


def test_a_creation_that_has_ended_is_told_at_once(factory: Factory, upload_id: int) -> None:
    first = create(factory, request(upload_id))
    slept: list[float] = []
    assert watch(factory, first.operation_id, sleep=slept.append) == first
    assert slept == []


def test_a_creation_that_fails_tells_why_and_what_is_left(factory: Factory, upload_id: int) -> None:
    with pytest.raises(CreationFailed, match="its canister was deleted") as failed:
        create(factory, request(upload_id, init_arg=b"no Candid"))
    assert "operation 1 failed" in str(failed.value)
    assert list(factory.canisters()) == []


def test_an_unknown_operation_is_told(factory: Factory) -> None:
    with pytest.raises(CreationFailed, match="knows no operation 77"):
        watch(factory, 77)


def test_a_creation_that_takes_long_is_left_to_itself(factory: Factory, upload_id: int) -> None:
    operation_id = factory.start_creation(request(upload_id))
    with contextlib.suppress(CreationUnfinished):
        watch(factory, operation_id, patience=0)
    assert watch(factory, operation_id).canister_id


def test_an_upload_that_is_not_there_is_refused(factory: Factory) -> None:
    with pytest.raises(FactoryRefused):
        create(factory, request(99))


@pytest.mark.parametrize("stage", Stage)
def test_each_stage_has_words(stage: Stage, factory: Factory, upload_id: int) -> None:
    from dataclasses import replace

    operation_id = factory.start_creation(request(upload_id, "one"))
    info = factory.operation(operation_id)
    assert info is not None
    words = describe(replace(info, stage=stage))
    assert words == words.lower()
    assert "_" not in words
