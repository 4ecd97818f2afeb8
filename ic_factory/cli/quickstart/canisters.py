"""The quickstart's canisters: the factory, and a hub that makes personal canisters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ic_factory.cli.context import CommandContext
from ic_factory.cli.progress import showing_bytes
from ic_factory.cli.quantities import parse_cycles
from ic_factory.cli.render import bytes_text, cycles_text
from ic_factory.cli.session import BACKEND_NAME, FACTORY_NAME, Session

if TYPE_CHECKING:
    from ic_factory.drivers.backend import Backend
    from ic_factory.operations.deploy import DeployResult
    from ic_factory.operations.personal_setup import PersonalSetup

RESERVE = parse_cycles("50T")
"""What of the hub's cycles is put aside for personal canisters."""

MODULE = "personal.wasm.gz"


def deployed(run: CommandContext, session: Session) -> tuple[DeployResult, DeployResult]:
    """Factory and hub of the project, each deployed where it was not.

    Raises:
        DeployError: A module can't be read.
        AgentError: The network can't be reached, or refuses.
    """
    from ic_factory.operations.deploy import Action

    factory, backend = (_deployed(session, name) for name in (FACTORY_NAME, BACKEND_NAME))
    for place, kind, result in (("2.", "factory", factory), ("  ", "hub", backend)):
        done = "is deployed already" if result.action is Action.NOTHING else "deployed"
        run.say(f"{place} {kind}: {result.canister_id} {done}")
    return factory, backend


def prepared(run: CommandContext, hub: Backend) -> PersonalSetup:
    """A hub with the module of personal canisters, and cycles for them.

    Raises:
        UploadMismatch: The hub has other bytes than were sent.
        BackendRefused: The caller is no admin of it.
        AgentError: The hub can't be reached.
    """
    from ic_factory.canisters import personal_wasm
    from ic_factory.operations.personal_setup import set_up_personal
    from ic_factory.operations.wasm_source import WasmSource

    source = WasmSource.from_bytes(personal_wasm(), MODULE)
    # What an admin has put aside since is not put back.
    reserve = RESERVE if hub.personal_wasm() is None else None
    with showing_bytes(f"   uploading {MODULE}") as progress:
        done = set_up_personal(hub, source, reserve=reserve, progress=progress)
    how = "is set already" if done.was_set else "uploaded in chunks, and set"
    run.say(f"3. module of personal canisters: {bytes_text(done.module_size)}, {how}")
    run.say(f"   SHA-256 {done.module_hash.hex()}")
    run.say(f"   {cycles_text(done.reserve.available)} cycles are left for them")
    return done


def _deployed(session: Session, name: str) -> DeployResult:
    from ic_factory.operations.canister_creation import provisionally
    from ic_factory.operations.deploy import Site, deploy, init_argument

    assert session.project is not None
    assert session.canister_ids is not None
    canister = session.project.canister(name)
    make = provisionally(session.management)
    site = Site(session.agent, session.name, session.canister_ids, make)
    argument = init_argument(canister, session.project.init_argument(name, session.name))
    return deploy(site, canister, argument)
