"""`ic-factory canister call`: any method of any canister."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ic_factory.cli.arguments import ArgFile, ArgJson, Did, read_argument
from ic_factory.cli.context import context_of
from ic_factory.cli.options import DEFAULT_NETWORK, Identity, Json, Network
from ic_factory.cli.render import show_json, show_line
from ic_factory.cli.session import Session, open_session

if TYPE_CHECKING:
    from ic_factory.protocol.candid import Method
    from ic_factory.protocol.principal import Principal


class Output(StrEnum):
    """How an answer is shown."""

    CANDID = "candid"
    RAW = "raw"


def call(
    context: typer.Context,
    canister: Annotated[
        str, typer.Argument(metavar="CANISTER", help="Its id, or its name in the project.")
    ],
    name: Annotated[str, typer.Argument(metavar="METHOD", help="The method.")],
    arg: Annotated[
        str | None,
        typer.Argument(metavar="[ARG]", help="Candid, such as '(42, \"me\")'.", show_default=False),
    ] = None,
    arg_json: ArgJson = None,
    arg_file: ArgFile = None,
    did: Did = None,
    as_query: Annotated[
        bool | None,
        typer.Option(
            "--query/--update",
            help="How to ask. By default as the interface says; without one, as an update.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Output, typer.Option("--output", help="Candid text, or the raw answer in hexadecimal.")
    ] = Output.CANDID,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    as_json: Json = False,
) -> None:
    """Call a method of a canister and show its answer.

    The interface is read from the canister's certified metadata, else from the project. Without
    one, whole numbers are sent as int, and fields of answers have numbers for names.
    """
    run = context_of(context)
    with run.reporting_failure_of(f"calling {name} of {canister}"):
        from ic_factory.operations.arguments import argument_from_text
        from ic_factory.operations.calling import effective_canister_id, is_query, read_answer

        with open_session(network, identity) as session:
            target = session.canister_id(canister)
            method = _method(session, canister, target, name, did)
            types = None if method is None else method.signature.args
            # What is left out may be optional.
            message = read_argument(arg, arg_json, arg_file, types) or argument_from_text(
                "()", types, "argument"
            )
            asked = is_query(method) if as_query is None else as_query
            send = session.agent.query if asked else session.agent.update
            effective = effective_canister_id(target, method, message)
            reply = send(target, name, message, effective_canister_id=effective)
        if output is Output.RAW and not as_json:
            show_line(reply.hex())
            return
        answer = read_answer(reply, method)
        text = answer.as_text()
        if as_json:
            document = {"canister_id": str(target), "method": name}
            show_json({**document, "result": answer.as_json(), "candid": text})
        else:
            show_line(text)


def _method(
    session: Session, canister: str, target: Principal, name: str, did: Path | None
) -> Method | None:
    from ic_factory.operations.calling import find_interface, interface_of_file, method_named

    if did is not None:
        interface = interface_of_file(did)
    else:
        found = find_interface(session.agent, target, declared_interface(session, canister, target))
        if found is None:
            return None
        interface = found
    return method_named(interface, name, target)


def declared_interface(session: Session, canister: str, target: Principal) -> Path | None:
    """The `.did` file that the project names for a canister, given by its name or its id."""
    if session.project is None:
        return None
    ids = session.canister_ids
    known = {} if ids is None else ids.all(session.name)
    named = next((name for name, each in known.items() if each == target), canister)
    declared = session.project.canisters.get(named)
    return None if declared is None else declared.candid
