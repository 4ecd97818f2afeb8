"""`ic-factory canister start|stop|delete|upgrade|top-up`, by whoever controls the canister."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ic_factory.cli.arguments import ArgFile, ArgJson, ArgText, Did, read_argument
from ic_factory.cli.commands.canister_call import declared_interface
from ic_factory.cli.context import context_of
from ic_factory.cli.options import DEFAULT_NETWORK, FactoryId, Identity, Json, Network, Yes
from ic_factory.cli.progress import showing_bytes
from ic_factory.cli.quantities import parse_cycles
from ic_factory.cli.render import cycles_text, show_json, show_line
from ic_factory.cli.session import (
    FACTORY_NAME,
    Session,
    ask,
    ask_before_spending,
    open_session,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ic_factory.drivers.factory import Factory
    from ic_factory.operations.control import Control
    from ic_factory.protocol.candid.types import CandidType
    from ic_factory.protocol.principal import Principal

Canister = Annotated[
    str, typer.Argument(metavar="CANISTER", help="Its id, or its name in the project.")
]


def known_factory(session: Session, text: str | None) -> Factory | None:
    """The factory that is named, or the project's; None where neither is known."""
    ids = session.canister_ids
    if text is None and (ids is None or ids.find(FACTORY_NAME, session.name) is None):
        return None
    return session.factory(text)


def start(
    context: typer.Context,
    canister: Canister,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Start a canister: by the factory that controls it, else by yourself."""
    what = f"starting {canister}"
    with _controlling(context, what, canister, network, identity, factory) as control:
        control.start()
        _show_done(control, "started", as_json)


def stop(
    context: typer.Context,
    canister: Canister,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Stop a canister, once it has answered what it is asked."""
    what = f"stopping {canister}"
    with _controlling(context, what, canister, network, identity, factory) as control:
        control.stop()
        _show_done(control, "stopped", as_json)


def delete(
    context: typer.Context,
    canister: Canister,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete a canister for good, with its data.

    The factory gets its cycles back first. Where you control it without the factory, its cycles
    are lost.
    """
    what = f"deleting {canister}"
    with _controlling(context, what, canister, network, identity, factory) as control:
        ask(f"Delete canister {control.canister_id} and all that it holds?", yes)
        control.delete()
        _show_done(control, "deleted", as_json)


def upgrade(
    context: typer.Context,
    canister: Canister,
    upload_id: Annotated[
        int | None,
        typer.Option(
            "--upload", metavar="N", help="To this upload of the factory's.", show_default=False
        ),
    ] = None,
    wasm: Annotated[
        Path | None,
        typer.Option(
            "--wasm", metavar="FILE", help="To this .wasm or .wasm.gz file.", show_default=False
        ),
    ] = None,
    arg: ArgText = None,
    arg_json: ArgJson = None,
    arg_file: ArgFile = None,
    did: Did = None,
    no_snapshot: Annotated[
        bool,
        typer.Option("--no-snapshot", help="Have the factory take none before, to go back to."),
    ] = False,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Upgrade a canister: by the factory that controls it, else by yourself.

    It is stopped meanwhile, and an upgrade that fails leaves it as it was.
    """
    if (upload_id is None) == (wasm is None):
        raise typer.BadParameter("name either --upload or --wasm")
    with context_of(context).reporting_failure_of(f"upgrading {canister}"):
        from ic_factory.operations.wasm_source import WasmSource

        module = WasmSource.from_file(wasm) if wasm is not None else upload_id
        assert module is not None
        with open_session(network, identity) as session:
            control = _control(session, canister, factory)
            types = _init_types(session, canister, control.canister_id, did)
            message = read_argument(arg, arg_json, arg_file, types)
            ask_before_spending(session, f"upgrades canister {control.canister_id}", yes)
            with showing_bytes(f"upgrading {canister}") as progress:
                module_hash = control.upgrade(
                    module, message, snapshot_first=not no_snapshot, progress=progress
                )
        if as_json:
            show_json(_done(control) | {"module_hash": module_hash.hex()})
        else:
            show_line(f"upgraded {control.canister_id} to {module_hash.hex()}")


def top_up(
    context: typer.Context,
    canister: Canister,
    cycles: Annotated[
        int,
        typer.Argument(metavar="CYCLES", parser=parse_cycles, help="How many, such as 1T or 500B."),
    ],
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Add cycles to a canister.

    The factory pays for canisters that it has made, where an admin asks. On a local network others
    get cycles out of nothing.
    """
    with context_of(context).reporting_failure_of(f"topping up {canister}"):
        from ic_factory.operations.control import top_up as add_cycles

        with open_session(network, identity) as session:
            target = session.canister_id(canister)
            ask_before_spending(session, f"spends {cycles_text(cycles)} cycles", yes)
            payer = add_cycles(
                session.agent,
                target,
                cycles,
                known_factory(session, factory),
                is_local=session.network.is_local,
            )
        paid_by = None if payer is None else str(payer)
        if as_json:
            show_json({"canister_id": str(target), "cycles": cycles, "paid_by": paid_by})
        else:
            source = "made for it" if paid_by is None else f"from factory {paid_by}"
            show_line(f"added {cycles_text(cycles)} cycles to {target}, {source}")


@contextmanager
def _controlling(
    context: typer.Context,
    what: str,
    canister: str,
    network: str,
    identity: str | None,
    factory: str | None,
) -> Iterator[Control]:
    """A canister to control; what fails meanwhile ends the command with three lines."""
    run = context_of(context)
    with run.reporting_failure_of(what), open_session(network, identity) as session:
        yield _control(session, canister, factory)


def _control(session: Session, canister: str, factory: str | None) -> Control:
    from ic_factory.operations.control import control_of

    target = session.canister_id(canister)
    return control_of(session.agent, target, known_factory(session, factory))


def _init_types(
    session: Session, canister: str, target: Principal, did: Path | None
) -> Sequence[CandidType] | None:
    from ic_factory.operations.calling import find_interface, interface_of_file

    if did is not None:
        return interface_of_file(did).init_args or ()
    declared = declared_interface(session, canister, target)
    interface = find_interface(session.agent, target, declared)
    return None if interface is None else interface.init_args


def _done(control: Control) -> dict[str, str]:
    return {"canister_id": str(control.canister_id), "by": str(control.by)}


def _show_done(control: Control, what: str, as_json: bool) -> None:
    if as_json:
        show_json(_done(control) | {"done": what})
    else:
        show_line(f"{what} {control.canister_id}")
