"""`ic-factory quickstart`: the whole of the main job on this machine, step by step."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ic_factory.cli.context import CommandContext, context_of
from ic_factory.cli.options import Identity, Json
from ic_factory.cli.progress import showing_bytes, showing_steps
from ic_factory.cli.render import bytes_text, cycles_text, show_facts, show_json
from ic_factory.cli.session import (
    FACTORY_NAME,
    Session,
    given_state_directory,
    identity_named,
)

if TYPE_CHECKING:
    from ic_factory.agent import Agent
    from ic_factory.drivers.factory import Factory
    from ic_factory.networks.network import Network
    from ic_factory.networks.project import Project
    from ic_factory.networks.state_directory import StateDirectory
    from ic_factory.operations.creation import CreationResult
    from ic_factory.operations.deploy import DeployResult
    from ic_factory.operations.upload import UploadResult

CANISTER_CYCLES = 2_000_000_000_000
MAX_CANISTERS = 7
"""The init argument of the canister that is made: what its configuration must tell afterwards."""

MIN_CYCLES = 100_000_000_000

IDEMPOTENCY_KEY = "quickstart"
ANY_FREE_PORT = 0


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What was done, for the end of it."""

    network: Network
    factory: DeployResult
    upload: UploadResult
    creation: CreationResult
    status: dict[str, Any]


def quickstart(context: typer.Context, identity: Identity = None, as_json: Json = False) -> None:
    """Replica, factory, upload, a canister of one's own: the main job on this machine.

    Starts a local replica where none runs, deploys the factory, uploads a module of 6 MiB in
    chunks committed by SHA-256, makes a canister from it with an init argument, calls it, and
    shows its status. A second run finds all that is there and does nothing twice.

    It works in the project of this folder, or in ic-factory-quickstart/, which it makes.
    """
    run = context_of(context)
    with run.reporting_failure_of("the quickstart"):
        network = _running_replica(run)
        project = _project(run)
        from ic_factory.agent import Agent, Client

        agent = Agent(identity_named(identity), Client(network.url), root_key=network.root_key)
        with closing(agent):
            outcome = _main_job(run, Session(network, agent, project))
        if as_json:
            show_json(_document(outcome))
        else:
            _show(run, outcome, project)


def _running_replica(run: CommandContext) -> Network:
    from ic_factory.networks.errors import NoLocalReplica, ReplicaNotRunning
    from ic_factory.networks.network import resolve_network

    try:
        network = resolve_network(state_directory=given_state_directory())
        run.say(f"1. replica: {network.url} runs already")
    except (NoLocalReplica, ReplicaNotRunning):
        network = resolve_network(state_directory=_start_replica(run))
        run.say(f"1. replica: started {network.url}")
    return network


def _start_replica(run: CommandContext) -> StateDirectory:
    """Starts a replica on the port that is asked for, or on a free one where that is taken."""
    from ic_factory.networks.embedded import start_in_background
    from ic_factory.networks.errors import PortTaken
    from ic_factory.networks.provider import DEFAULT_PORT
    from ic_factory.networks.state_directory import default_state_directory

    port = int(os.environ.get("IC_FACTORY_PORT") or DEFAULT_PORT)
    directory = given_state_directory() or default_state_directory(port)
    try:
        start_in_background(directory, port=port, clean=False, report=run.say)
    except PortTaken:
        run.say(f"   port {port} is taken by something else; a free one is used")
        directory = default_state_directory(ANY_FREE_PORT)
        if not directory.is_locked():
            start_in_background(directory, port=ANY_FREE_PORT, clean=False, report=run.say)
    return directory


def _project(run: CommandContext) -> Project:
    from ic_factory.networks.project_files import find_project
    from ic_factory.operations.starter_project import FOLDER, starter_project

    found = find_project(Path.cwd())
    if found is not None and FACTORY_NAME in found.canisters:
        return found
    root = Path.cwd() / FOLDER
    if not root.exists():
        run.say(f"   made project {FOLDER}/")
    return starter_project(root)


def _main_job(run: CommandContext, session: Session) -> _Outcome:
    deployed = _factory(run, session)
    factory = session.factory(str(deployed.canister_id))
    uploaded = _upload(run, factory)
    created = _create(run, factory, uploaded.upload_id)
    status = _status(run, session.agent, created)
    return _Outcome(session.network, deployed, uploaded, created, status)


def _factory(run: CommandContext, session: Session) -> DeployResult:
    from ic_factory.operations.canister_creation import provisionally
    from ic_factory.operations.deploy import Action, Site, deploy, init_argument

    assert session.project is not None
    assert session.canister_ids is not None
    canister = session.project.canister(FACTORY_NAME)
    make = provisionally(session.management)
    site = Site(session.agent, session.name, session.canister_ids, make)
    argument = init_argument(canister, session.project.init_argument(FACTORY_NAME, session.name))
    result = deploy(site, canister, argument)
    done = "is deployed already" if result.action is Action.NOTHING else "deployed"
    run.say(f"2. factory: {result.canister_id} {done}")
    return result


def _upload(run: CommandContext, factory: Factory) -> UploadResult:
    from ic_factory.operations.sample_module import sample_module
    from ic_factory.operations.upload import upload
    from ic_factory.operations.wasm_source import WasmSource

    source = WasmSource.from_bytes(sample_module(), "quickstart.wasm")
    with showing_bytes("   uploading") as progress:
        result = upload(factory, source, progress=progress)
    sent = "is there already" if result.was_there else f"{result.chunks_sent} chunks sent"
    run.say(f"3. upload {result.upload_id}: {bytes_text(result.size)}, {sent}")
    run.say(f"   SHA-256 {result.sha256.hex()}")
    return result


def _create(run: CommandContext, factory: Factory, upload_id: int) -> CreationResult:
    from ic_factory.drivers.generated.factory import (
        CreateInstallRequest,
        InitArgument,
        Mode,
        encode_init_args,
    )
    from ic_factory.operations.creation import create

    before = {each.canister_id for each in factory.canisters()}
    request = CreateInstallRequest(
        upload_id=upload_id,
        init_arg=encode_init_args(
            InitArgument(max_canisters_per_caller=MAX_CANISTERS, min_factory_cycles=MIN_CYCLES)
        ),
        cycles=CANISTER_CYCLES,
        mode=Mode.INSTALL,
        handoff=True,
        idempotency_key=IDEMPOTENCY_KEY,
    )
    with showing_steps("   creating") as progress:
        result = create(factory, request, progress=progress)
    done = "is there already" if result.canister_id in before else "made, and handed over to you"
    run.say(f"4. canister: {result.canister_id} {done}")
    return result


def _status(run: CommandContext, agent: Agent, created: CreationResult) -> dict[str, Any]:
    """Calls the new canister, and asks the IC how it is."""
    from ic_factory.drivers.factory import Factory
    from ic_factory.drivers.management import Management

    told = Factory(agent, created.canister_id).config().max_canisters_per_caller
    run.say(f"5. called get_config of it: max_canisters_per_caller is {told}, as init was told")
    status = Management(agent).status(created.canister_id)
    return {
        "status": status.status.value,
        "controllers": [str(each) for each in status.settings.controllers],
        "module_hash": None if status.module_hash is None else status.module_hash.hex(),
        "cycles": status.cycles,
        "memory_bytes": status.memory_size,
    }


def _document(outcome: _Outcome) -> dict[str, Any]:
    return {
        "network": outcome.network.name,
        "url": outcome.network.url,
        "page": _page_of(outcome),
        "factory": str(outcome.factory.canister_id),
        "factory_action": outcome.factory.action.value,
        "upload_id": outcome.upload.upload_id,
        "sha256": outcome.upload.sha256.hex(),
        "chunks_sent": outcome.upload.chunks_sent,
        "operation_id": outcome.creation.operation_id,
        "canister_id": str(outcome.creation.canister_id),
        **outcome.status,
    }


def _show(run: CommandContext, outcome: _Outcome, project: Project) -> None:
    status = outcome.status
    show_facts(
        {
            "canister": str(outcome.creation.canister_id),
            "status": str(status["status"]),
            "controllers": ", ".join(status["controllers"]),
            "module hash": str(status["module_hash"]),
            "cycles": cycles_text(status["cycles"]),
            "memory": bytes_text(status["memory_bytes"]),
            "URL": _page_of(outcome),
        }
    )
    where = "" if project.root == Path.cwd() else f" in {project.root.name}/"
    run.say(f"Go on{where}:")
    run.say("  ic-factory canister list       your canisters")
    run.say("  ic-factory uploads list        what is uploaded")
    run.say("  ic-factory replica stop        end the replica; its canisters stay")


def _page_of(outcome: _Outcome) -> str:
    """A page of the new canister, for a browser: what it says of its health."""
    from ic_factory.networks.network_urls import canister_url

    return canister_url(outcome.network.url, outcome.creation.canister_id) + "health"
