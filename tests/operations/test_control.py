"""Who acts on a canister: the factory that controls it, else the caller who does, else nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ic_factory.agent import Agent, CanisterReject
from ic_factory.drivers.factory import Factory, FactoryRefused
from ic_factory.drivers.generated.factory import CreateInstallRequest, Mode, Status
from ic_factory.drivers.generated.management import RunState
from ic_factory.drivers.management import Management
from ic_factory.operations.arguments import NO_ARGUMENTS
from ic_factory.operations.control import (
    CallerControl,
    CanisterMissing,
    FactoryControl,
    NotInControl,
    control_of,
    registered,
    top_up,
)
from ic_factory.operations.creation import create
from ic_factory.operations.install import INSTALL, install
from ic_factory.operations.upload import upload
from ic_factory.operations.wasm_source import WasmSource
from ic_factory.protocol.principal import Principal
from tests.canisters.universal import cdk_wasm
from tests.operations.conftest import ADMIN, BOB, TRILLION, Site

CDK = WasmSource.from_bytes(cdk_wasm())


@pytest.fixture
def made(factory: Factory) -> Principal:
    """A canister that the factory has made for Alice, and controls alone."""
    return create(factory, request(factory, handoff=False)).canister_id


@pytest.fixture
def own(management: Management) -> Principal:
    """A canister that Alice controls, and no factory."""
    canister_id = management.create_provisionally()
    install(management, canister_id, cdk_wasm(), NO_ARGUMENTS, INSTALL)
    return canister_id


@pytest.fixture
def bob(site: Site) -> Iterator[Agent]:
    with site.agent(BOB) as agent:
        yield agent


def request(factory: Factory, *, handoff: bool) -> CreateInstallRequest:
    return CreateInstallRequest(
        upload_id=upload(factory, CDK).upload_id,
        init_arg=NO_ARGUMENTS,
        cycles=2 * TRILLION,
        mode=Mode.INSTALL,
        handoff=handoff,
    )


def test_the_factory_acts_where_it_controls(
    agent: Agent, factory: Factory, made: Principal
) -> None:
    control = control_of(agent, made, factory)
    assert isinstance(control, FactoryControl)
    assert control.by == factory.canister_id
    control.stop()
    assert status_of(factory, made) is Status.STOPPED
    control.start()
    assert control.upgrade(CDK) == CDK.sha256
    assert control.upgrade(1, snapshot_first=False) == CDK.sha256
    control.delete()
    assert agent.read_controllers(made) is None


def test_the_factory_goes_before_a_caller_who_controls_too(agent: Agent, factory: Factory) -> None:
    with_both = replace(request(factory, handoff=False), extra_controllers=[agent.sender])
    canister_id = create(factory, with_both).canister_id
    assert isinstance(control_of(agent, canister_id, factory), FactoryControl)
    assert isinstance(control_of(agent, canister_id, None), CallerControl)


def test_the_caller_acts_once_a_canister_is_handed_over(agent: Agent, factory: Factory) -> None:
    canister_id = create(factory, request(factory, handoff=True)).canister_id
    assert isinstance(control_of(agent, canister_id, factory), CallerControl)


def test_the_caller_acts_without_a_factory(
    agent: Agent, management: Management, own: Principal
) -> None:
    control = control_of(agent, own, None)
    assert control.by == agent.sender
    control.stop()
    assert management.status(own).status is RunState.STOPPED
    control.start()
    assert control.upgrade(CDK) == CDK.sha256
    assert agent.read_module_hash(own) == hashlib.sha256(cdk_wasm()).digest()
    assert management.status(own).status is RunState.RUNNING
    control.delete()
    assert agent.read_controllers(own) is None


def test_a_stopped_canister_stays_stopped_over_an_upgrade(
    agent: Agent, management: Management, own: Principal
) -> None:
    management.stop(own)
    control_of(agent, own, None).upgrade(CDK)
    assert management.status(own).status is RunState.STOPPED


def test_a_module_that_does_not_install_leaves_a_canister_running_as_it_was(
    agent: Agent, management: Management, own: Principal
) -> None:
    before = agent.read_module_hash(own)
    with pytest.raises(CanisterReject):
        control_of(agent, own, None).upgrade(WasmSource.from_bytes(b"\0asm\1\0\0\0nonsense"))
    assert agent.read_module_hash(own) == before
    assert management.status(own).status is RunState.RUNNING


def test_an_upload_is_no_use_without_its_factory(agent: Agent, own: Principal) -> None:
    with pytest.raises(NotInControl, match="name the module's file"):
        control_of(agent, own, None).upgrade(1)


def test_others_are_told_who_controls(
    bob: Agent, agent: Agent, factory: Factory, own: Principal
) -> None:
    with pytest.raises(NotInControl) as told:
        control_of(bob, own, factory)
    for who in (agent.sender, bob.sender, factory.canister_id):
        assert str(who) in str(told.value)


def test_a_canister_that_is_gone_is_missing(
    agent: Agent, management: Management, own: Principal
) -> None:
    control_of(agent, own, None).delete()
    with pytest.raises(CanisterMissing, match=str(own)):
        control_of(agent, own, None)


def test_what_the_factory_knows_is_nothing_where_there_is_no_factory(
    agent: Agent, factory: Factory, made: Principal, own: Principal
) -> None:
    known = registered(factory, made)
    assert known is not None
    assert known.canister_id == made
    assert registered(factory, own) is None
    assert registered(None, made) is None
    control_of(agent, own, None).delete()
    assert registered(Factory(agent, own), made) is None


def test_the_factory_pays_for_its_own_canisters(
    site: Site, administered: Factory, factory: Factory, agent: Agent, made: Principal
) -> None:
    before = administered.refresh(made).cycles_balance
    with site.agent(ADMIN) as admin:
        payer = top_up(admin, made, TRILLION, administered, is_local=True)
    assert payer == factory.canister_id
    assert administered.refresh(made).cycles_balance - before > TRILLION * 99 // 100
    with pytest.raises(FactoryRefused):
        top_up(agent, made, TRILLION, factory, is_local=True)


def test_others_are_topped_up_on_local_networks_alone(
    agent: Agent, management: Management, factory: Factory, own: Principal
) -> None:
    before = management.status(own).cycles
    assert top_up(agent, own, TRILLION, factory, is_local=True) is None
    assert management.status(own).cycles - before > TRILLION * 99 // 100
    with pytest.raises(NotInControl, match="none pays"):
        top_up(agent, own, TRILLION, factory, is_local=False)


def status_of(factory: Factory, canister_id: Principal) -> Status:
    known = factory.canister(canister_id)
    assert known is not None
    return known.status
