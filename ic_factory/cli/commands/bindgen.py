"""`ic-factory bindgen`: a typed Python module from an interface."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ic_factory.cli.context import context_of
from ic_factory.cli.options import DEFAULT_NETWORK, Identity, Network
from ic_factory.cli.render import show_line
from ic_factory.cli.session import open_session
from ic_factory.cli.whole_file import replace_file


def bindgen(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE.did]", help="The interface.", show_default=False),
    ] = None,
    canister: Annotated[
        str | None,
        typer.Option(
            "--canister",
            metavar="CANISTER",
            help="Read the interface from this canister's certified metadata.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="MODULE.py",
            help="Where to write the module; by default to stdout.",
            show_default=False,
        ),
    ] = None,
    class_name: Annotated[
        str | None,
        typer.Option(
            "--class-name",
            metavar="NAME",
            help="What the client is called. By default FactoryClient for factory.did, and Client "
            "for a canister's id.",
            show_default=False,
        ),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
) -> None:
    """Write a typed Python module: the types of an interface, and a client for its methods."""
    run = context_of(context)
    if (file is None) == (canister is None):
        raise typer.BadParameter("name either a FILE.did or a --canister")
    with run.reporting_failure_of(f"generating from {file or canister}"):
        if file is not None:
            text = _from_file(file, class_name)
        else:
            assert canister is not None
            text = _from_canister(canister, class_name, network, identity)
        if output is None:
            show_line(text.rstrip("\n"))
        else:
            replace_file(output, text)
            run.say(f"wrote {output}")


def _from_file(file: Path, class_name: str | None) -> str:
    from ic_factory.bindgen.generation import generate_module
    from ic_factory.operations.calling import interface_of_file

    return generate_module(interface_of_file(file), source_name=file.name, service_class=class_name)


def _from_canister(
    canister: str, class_name: str | None, network: str, identity: str | None
) -> str:
    from ic_factory.bindgen.generation import generate_module
    from ic_factory.bindgen.names import cap_words
    from ic_factory.operations.calling import (
        METADATA,
        certified_interface_text,
        read_interface,
    )
    from ic_factory.operations.errors import ArgumentError

    with open_session(network, identity) as session:
        target = session.canister_id(canister)
        text = certified_interface_text(session.agent, target)
    if text is None:
        raise ArgumentError(f"canister {target} has no {METADATA} that you may read; name a file")
    # An id would make an ugly name.
    prefix = "" if canister == str(target) else cap_words(canister)
    return generate_module(
        read_interface(text, f"{METADATA} of canister {target}"),
        source_name=f"canister {target}",
        service_class=class_name or f"{prefix}Client",
        regenerate=f"ic-factory bindgen --canister {target}",
    )
