"""`ic-factory quickstart`: the whole of the main job on this machine, step by step."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ic_factory.cli.backend_session import url_of
from ic_factory.cli.context import CommandContext, context_of
from ic_factory.cli.documents import plain
from ic_factory.cli.options import Identity, Json
from ic_factory.cli.quickstart.canisters import deployed, prepared
from ic_factory.cli.quickstart.capsule import FilledCapsule, filled, moved
from ic_factory.cli.quickstart.place import project_here, running_replica
from ic_factory.cli.quickstart.proof import opened, read_back, verified
from ic_factory.cli.render import bytes_text, cycles_text, show_facts, show_json
from ic_factory.cli.session import Session, identity_named

if TYPE_CHECKING:
    from ic_factory.operations.deploy import DeployResult
    from ic_factory.operations.personal_creation import PersonalCanister
    from ic_factory.operations.personal_setup import PersonalSetup
    from ic_factory.operations.personal_verification import Verification


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What was done, for the end of it."""

    factory: DeployResult
    backend: DeployResult
    setup: PersonalSetup
    capsule: FilledCapsule
    made: PersonalCanister
    bytes_compared: int
    verification: Verification
    image_url: str


def quickstart(context: typer.Context, identity: Identity = None, as_json: Json = False) -> None:
    """Replica, factory, hub, a capsule and its own canister: the main job on this machine.

    Starts a local replica where none runs, deploys factory and hub, uploads what personal canisters
    run, adds a text, an image and a document to a capsule, and moves it to a canister that only
    you control. Then it reads all back, verifies the hub's receipt, and opens the canister's page.
    A second run finds all that is there and does nothing twice.

    It works in the project of this folder, or in ic-factory-quickstart/, which it makes.
    """
    run = context_of(context)
    with run.reporting_failure_of("the quickstart"):
        network = running_replica(run)
        project = project_here(run)
        from ic_factory.agent import Agent, Client

        agent = Agent(identity_named(identity), Client(network.url), root_key=network.root_key)
        with closing(agent):
            session = Session(network, agent, project)
            document = _document(session, _main_job(run, session))
    if as_json:
        show_json(document)
    else:
        _show(run, document, project.root)


def _main_job(run: CommandContext, session: Session) -> _Outcome:
    factory, backend = deployed(run, session)
    hub = session.backend(str(backend.canister_id))
    setup = prepared(run, hub)
    capsule = filled(run, session, hub)
    made = moved(run, hub, capsule.capsule_id)
    return _Outcome(
        factory=factory,
        backend=backend,
        setup=setup,
        capsule=capsule,
        made=made,
        bytes_compared=read_back(run, session, made.canister_id, capsule),
        verification=verified(run, session, hub, made.canister_id),
        image_url=opened(run, session, made.canister_id, capsule),
    )


def _document(session: Session, outcome: _Outcome) -> dict[str, Any]:
    made, capsule = outcome.made, outcome.capsule
    return {
        "network": session.name,
        "url": session.network.url,
        "factory": str(outcome.factory.canister_id),
        "factory_action": outcome.factory.action.value,
        "backend": str(outcome.backend.canister_id),
        "backend_action": outcome.backend.action.value,
        "module_hash": outcome.setup.module_hash.hex(),
        "module_was_set": outcome.setup.was_set,
        "capsule_id": capsule.capsule_id,
        "files": [plain(each) for each in capsule.files],
        "gallery_id": capsule.gallery_id,
        "gallery_was_there": capsule.gallery_was_there,
        "canister_id": str(made.canister_id),
        "canister_was_there": made.was_there,
        "stages": [plain(each) for each in made.stages],
        "root_hash": made.manifest.root_hash_hex,
        "bytes_compared": outcome.bytes_compared,
        "checks": [plain(each) for each in outcome.verification.checks],
        "page": url_of(session, made.canister_id),
        "image": outcome.image_url,
        **_status(session, outcome),
    }


def _status(session: Session, outcome: _Outcome) -> dict[str, Any]:
    """How the personal canister is, by the IC's word to its controller."""
    status = session.management.status(outcome.made.canister_id)
    return {
        "status": status.status.value,
        "controllers": [str(each) for each in status.settings.controllers],
        "cycles": status.cycles,
        "memory_bytes": status.memory_size,
    }


def _show(run: CommandContext, document: dict[str, Any], root: Path) -> None:
    show_facts(
        {
            "canister": document["canister_id"],
            "status": document["status"],
            "controllers": ", ".join(document["controllers"]),
            "module hash": document["module_hash"],
            "root hash": document["root_hash"],
            "cycles": cycles_text(document["cycles"]),
            "memory": bytes_text(document["memory_bytes"]),
            "URL": document["page"],
        }
    )
    where = "" if root == Path.cwd() else f" in {root.name}/"
    run.say(f"Go on{where}:")
    run.say("  ic-factory personal status            how it came about, stage by stage")
    run.say("  ic-factory memory list --personal     what is in your canister")
    run.say("  ic-factory personal export my-capsule all of it as files, with the receipt")
    run.say("  ic-factory replica stop               end the replica; its canisters stay")
