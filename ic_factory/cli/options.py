"""Options that several commands have, each with one name, one variable and one text."""

from __future__ import annotations

from typing import Annotated

import typer

from ic_factory.cli.quantities import parse_cycles

Network = Annotated[
    str,
    typer.Option(
        "--network",
        "-n",
        metavar="NETWORK",
        envvar="IC_FACTORY_NETWORK",
        help="local, ic, a network of dfx.json or icp.yaml, or a URL.",
    ),
]
Identity = Annotated[
    str | None,
    typer.Option(
        "--identity",
        metavar="NAME",
        envvar="IC_FACTORY_IDENTITY",
        help="Who calls: a name from 'ic-factory identity list', or anonymous. "
        "By default the identity that is chosen there.",
        show_default=False,
    ),
]
FactoryId = Annotated[
    str | None,
    typer.Option(
        "--factory",
        metavar="CANISTER",
        envvar="IC_FACTORY_FACTORY",
        help="The factory: its id, or its name in the project. By default canister_factory.",
        show_default=False,
    ),
]
BackendId = Annotated[
    str | None,
    typer.Option(
        "--backend",
        metavar="CANISTER",
        envvar="IC_FACTORY_BACKEND",
        help="The backend: its id, or its name in the project. By default backend.",
        show_default=False,
    ),
]
Personal = Annotated[
    bool,
    typer.Option("--personal", help="In your personal canister, in place of the backend."),
]
User = Annotated[
    str | None,
    typer.Option(
        "--user",
        metavar="PRINCIPAL",
        help="Another user's; for admins.",
        show_default=False,
    ),
]
CapsuleId = Annotated[
    str | None,
    typer.Option(
        "--capsule",
        metavar="CAPSULE",
        help="The capsule, by its id. By default your first one.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Cycles = Annotated[
    int,
    typer.Option(
        "--cycles",
        metavar="CYCLES",
        parser=parse_cycles,
        help="Cycles to attach, such as 1T or 500B.",
    ),
]

DEFAULT_NETWORK = "local"
