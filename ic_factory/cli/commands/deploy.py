"""`ic-factory deploy`: a project's canisters onto a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ic_factory.cli.context import context_of
from ic_factory.cli.options import DEFAULT_NETWORK, Identity, Json, Network, Yes
from ic_factory.cli.progress import showing_bytes
from ic_factory.cli.quantities import parse_cycles
from ic_factory.cli.render import Table, show_json, show_table
from ic_factory.cli.session import Session, ask, ask_before_spending, open_session

if TYPE_CHECKING:
    from ic_factory.networks.project import Project, ProjectCanister
    from ic_factory.operations.deploy import DeployResult, Site

DEFAULT_CYCLES = "3T"


def deploy(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CANISTER]...", help="Which ones; all where none is named."),
    ] = None,
    arg: Annotated[
        str | None,
        typer.Option(
            "--arg",
            metavar="CANDID",
            help="Argument in place of the project's own; for one canister.",
        ),
    ] = None,
    arg_file: Annotated[
        Path | None,
        typer.Option("--arg-file", metavar="FILE", help="The same from a file."),
    ] = None,
    reinstall: Annotated[
        bool,
        typer.Option("--reinstall", help="Install anew, which wipes the canister's state."),
    ] = False,
    build: Annotated[
        bool, typer.Option("--build/--no-build", help="Run the project's build commands first.")
    ] = True,
    cycles: Annotated[
        int,
        typer.Option(
            "--cycles",
            metavar="CYCLES",
            parser=parse_cycles,
            help="What a new canister has on the mainnet, out of your cycles ledger account.",
        ),
    ] = DEFAULT_CYCLES,  # type: ignore[assignment] # the parser reads it
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Create, install or upgrade the canisters of dfx.json or icp.yaml.

    Canisters that run the project's module already are left alone. Ids are noted in
    canister_ids.json (.dfx/NETWORK/ for local networks), where dfx sees them too.
    """
    run = context_of(context)
    with run.reporting_failure_of("deploying"):
        from ic_factory.operations.deploy import build as run_build
        from ic_factory.operations.deploy import deploy as deploy_one
        from ic_factory.operations.deploy import in_order

        with open_session(network, identity) as session:
            project = _project(session)
            wanted = in_order([project.canister(each) for each in names or project.canisters])
            if (arg or arg_file) and len(wanted) != 1:
                raise typer.BadParameter("an argument is for one canister: name it")
            _ask(session, wanted, reinstall, yes)
            site = _site(session, cycles)
            results = []
            for canister in wanted:
                if build:
                    run_build(canister)
                argument = _argument(project, canister, session.name, arg, arg_file)
                with showing_bytes(f"deploying {canister.name}") as progress:
                    results.append(
                        deploy_one(site, canister, argument, reinstall=reinstall, progress=progress)
                    )
        _show(results, session, as_json)


def _project(session: Session) -> Project:
    if session.project is None:
        from ic_factory.networks.errors import ProjectError

        raise ProjectError(f"{Path.cwd()} is no project: it has neither dfx.json nor icp.yaml")
    return session.project


def _ask(session: Session, wanted: list[ProjectCanister], reinstall: bool, yes: bool) -> None:
    names = ", ".join(each.name for each in wanted)
    if reinstall:
        ask(f"Reinstall {names} on {session.name}, and lose all of their state?", yes)
    ask_before_spending(session, f"deploys {names}, and spends cycles for new canisters", yes)


def _site(session: Session, cycles: int) -> Site:
    from ic_factory.operations.canister_creation import on_the_mainnet, provisionally
    from ic_factory.operations.deploy import Site

    assert session.canister_ids is not None, "there is a project"
    make = (
        on_the_mainnet(session.agent, cycles)
        if session.network.is_mainnet
        else provisionally(session.management)
    )
    return Site(session.agent, session.name, session.canister_ids, make)


def _argument(
    project: Project,
    canister: ProjectCanister,
    network: str,
    text: str | None,
    file: Path | None,
) -> bytes:
    from ic_factory.operations.arguments import argument_from_file, argument_from_text, init_types
    from ic_factory.operations.deploy import init_argument

    if text is not None:
        return argument_from_text(text, init_types(canister.candid), "--arg")
    if file is not None:
        return argument_from_file(file, init_types(canister.candid))
    return init_argument(canister, project.init_argument(canister.name, network))


def _show(results: list[DeployResult], session: Session, as_json: bool) -> None:
    if as_json:
        show_json(
            {
                "network": session.name,
                "url": session.network.url,
                "canisters": [
                    {
                        "name": each.name,
                        "canister_id": str(each.canister_id),
                        "action": each.action.value,
                        "created": each.was_made,
                        "module_hash": each.module_hash.hex(),
                    }
                    for each in results
                ],
            }
        )
        return
    rows = tuple(
        (each.name, _done(each), str(each.canister_id), each.module_hash.hex()) for each in results
    )
    show_table(Table(f"on {session.name}", ("canister", "done", "id", "module hash"), rows))


def _done(result: DeployResult) -> str:
    from ic_factory.operations.deploy import Action

    if result.action is Action.NOTHING:
        return "nothing: up to date"
    words = {Action.INSTALL: "installed", Action.UPGRADE: "upgraded"}
    done = words.get(result.action, "reinstalled")
    return f"created, {done}" if result.was_made else done
