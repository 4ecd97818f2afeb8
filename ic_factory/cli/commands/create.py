"""`ic-factory create`: a canister from an upload."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ic_factory.cli.context import context_of
from ic_factory.cli.options import (
    DEFAULT_NETWORK,
    FactoryId,
    Identity,
    Json,
    Network,
    Yes,
)
from ic_factory.cli.progress import showing_steps
from ic_factory.cli.quantities import parse_cycles
from ic_factory.cli.render import cycles_text, show_facts, show_json
from ic_factory.cli.session import ask_before_spending, open_session

if TYPE_CHECKING:
    from ic_factory.drivers.factory import Factory
    from ic_factory.drivers.generated.factory import CreateInstallRequest
    from ic_factory.operations.creation import CreationResult
    from ic_factory.operations.progress import Progress

DEFAULT_CYCLES = "1T"


def create(
    context: typer.Context,
    upload_id: Annotated[
        int | None,
        typer.Argument(metavar="UPLOAD", help="A committed upload, by its id.", show_default=False),
    ] = None,
    operation: Annotated[
        int | None,
        typer.Option(
            "--operation",
            metavar="N",
            help="Watch a creation that was begun before, and begin none.",
            show_default=False,
        ),
    ] = None,
    arg: Annotated[
        str | None,
        typer.Option("--arg", metavar="CANDID", help="Argument of init, such as '(\"me\")'."),
    ] = None,
    arg_file: Annotated[
        Path | None,
        typer.Option(
            "--arg-file",
            metavar="FILE",
            help="The same from a file: .json, .bin (a Candid message), or text.",
        ),
    ] = None,
    did: Annotated[
        Path | None,
        typer.Option("--did", metavar="FILE", help="The interface, which tells the types of init."),
    ] = None,
    cycles: Annotated[
        int,
        typer.Option(
            "--cycles",
            metavar="CYCLES",
            parser=parse_cycles,
            help="What the canister is made with, the fee for its creation included.",
        ),
    ] = DEFAULT_CYCLES,  # type: ignore[assignment] # the parser reads it
    controllers: Annotated[
        list[str] | None,
        typer.Option(
            "--controller", metavar="PRINCIPAL", help="A further controller; may be repeated."
        ),
    ] = None,
    handoff: Annotated[
        bool,
        typer.Option("--handoff", help="Take the factory's place among the controllers."),
    ] = False,
    idempotency_key: Annotated[
        str | None,
        typer.Option(
            "--idempotency-key",
            metavar="KEY",
            help="A second run with the same key makes no second canister.",
        ),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Make a canister from an upload, and watch until it is there.

    Ctrl-C stops watching, not the creation: --operation takes it up again.
    """
    run = context_of(context)
    if (upload_id is None) == (operation is None):
        raise typer.BadParameter("name either an UPLOAD or an --operation")
    with run.reporting_failure_of("creating a canister"):
        argument = _argument(arg, arg_file, did)
        with open_session(network, identity) as session:
            maker = session.factory(factory)
            if upload_id is None:
                assert operation is not None
                watched = operation
            else:
                ask_before_spending(session, f"spends {cycles_text(cycles)} cycles", yes)
                request = _request(
                    upload_id, argument, cycles, controllers or [], handoff, idempotency_key
                )
                watched = maker.start_creation(request)
            run.say(f"operation {watched}")
            with showing_steps("creating") as progress:
                result = _watched(maker, watched, progress)
        _show(result, session.network.url, as_json)


def _request(
    upload_id: int,
    argument: bytes,
    cycles: int,
    controllers: list[str],
    handoff: bool,
    idempotency_key: str | None,
) -> CreateInstallRequest:
    from ic_factory.drivers.generated.factory import CreateInstallRequest, Mode
    from ic_factory.protocol.principal import Principal

    return CreateInstallRequest(
        upload_id=upload_id,
        init_arg=argument,
        cycles=cycles,
        mode=Mode.INSTALL,
        handoff=handoff,
        extra_controllers=[Principal.from_str(each) for each in controllers] or None,
        idempotency_key=idempotency_key,
    )


def _argument(text: str | None, file: Path | None, did: Path | None) -> bytes:
    from ic_factory.operations.arguments import (
        NO_ARGUMENTS,
        argument_from_file,
        argument_from_text,
        init_types,
    )

    if text is not None and file is not None:
        raise typer.BadParameter("name either --arg or --arg-file")
    types = init_types(did)
    if text is not None:
        return argument_from_text(text, types, "--arg")
    return NO_ARGUMENTS if file is None else argument_from_file(file, types)


def _watched(maker: Factory, operation_id: int, progress: Progress) -> CreationResult:
    from ic_factory.operations.creation import watch

    return watch(maker, operation_id, progress=progress)


def _show(result: CreationResult, url: str, as_json: bool) -> None:
    document = {
        "canister_id": str(result.canister_id),
        "operation_id": result.operation_id,
        "module_hash": result.module_hash.hex(),
        "cycles_attached": result.cycles_attached,
        "url": url,
    }
    if as_json:
        show_json(document)
        return
    shown = cycles_text(result.cycles_attached)
    show_facts({**{name: str(each) for name, each in document.items()}, "cycles_attached": shown})
