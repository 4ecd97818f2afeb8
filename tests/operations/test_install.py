"""Modules of any size are installed, in each mode."""

from __future__ import annotations

import gzip
import hashlib

import pytest

from ic_factory.agent import Agent, CanisterReject
from ic_factory.canisters import factory_wasm
from ic_factory.drivers.factory import Factory
from ic_factory.drivers.generated.factory import InitArgument, encode_init_args
from ic_factory.drivers.management import Management
from ic_factory.operations.install import INSTALL, REINSTALL, UPGRADE, install
from ic_factory.protocol.principal import Principal
from tests.operations.sample_module import SAMPLE_SIZE, sample_module


@pytest.fixture
def canister_id(management: Management) -> Principal:
    return management.create_provisionally()


def init(limit: int) -> bytes:
    return encode_init_args(InitArgument(max_canisters_per_caller=limit))


def test_a_small_module_goes_in_one_message(
    agent: Agent, management: Management, canister_id: Principal
) -> None:
    install(management, canister_id, factory_wasm(), init(3), INSTALL)
    assert agent.read_module_hash(canister_id) == hashlib.sha256(factory_wasm()).digest()


def test_a_big_module_goes_through_the_chunk_store_and_leaves_it_empty(
    agent: Agent, management: Management, canister_id: Principal
) -> None:
    module = sample_module()
    assert abs(len(module) - SAMPLE_SIZE) < 100
    assert module.startswith(gzip.decompress(factory_wasm()))
    management.upload_chunk(canister_id, module[: 1024 * 1024])
    install(management, canister_id, module, init(4), INSTALL)
    assert agent.read_module_hash(canister_id) == hashlib.sha256(module).digest()
    assert management.stored_chunks(canister_id) == []
    assert Factory(agent, canister_id).config().max_canisters_per_caller == 4


def test_an_upgrade_keeps_the_state_and_a_reinstallation_does_not(
    agent: Agent, management: Management, canister_id: Principal
) -> None:
    install(management, canister_id, factory_wasm(), init(3), INSTALL)
    install(management, canister_id, sample_module(), init(9), UPGRADE)
    assert Factory(agent, canister_id).config().max_canisters_per_caller == 3
    install(management, canister_id, factory_wasm(), init(9), REINSTALL)
    assert Factory(agent, canister_id).config().max_canisters_per_caller == 9


def test_what_is_no_module_is_rejected(management: Management, canister_id: Principal) -> None:
    with pytest.raises(CanisterReject, match=r"(?i)wasm"):
        install(management, canister_id, b"text", b"", INSTALL)
