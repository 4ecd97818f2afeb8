"""Options that bring an argument in Candid: as text, as JSON or in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ic_factory.protocol.candid.types import CandidType

ArgText = Annotated[
    str | None,
    typer.Option(
        "--arg", metavar="CANDID", help="The argument, such as '(42)'.", show_default=False
    ),
]
ArgJson = Annotated[
    str | None,
    typer.Option(
        "--arg-json",
        metavar="JSON",
        help="The argument as JSON by the interface: an array with a value for each.",
        show_default=False,
    ),
]
ArgFile = Annotated[
    Path | None,
    typer.Option(
        "--arg-file",
        metavar="FILE",
        help="The argument from a file: .json, .bin (a Candid message), or text.",
        show_default=False,
    ),
]
Did = Annotated[
    Path | None,
    typer.Option(
        "--did",
        metavar="FILE",
        help="The interface. By default what the canister itself says, else the project's.",
        show_default=False,
    ),
]


def read_argument(
    text: str | None, json: str | None, file: Path | None, types: Sequence[CandidType] | None
) -> bytes | None:
    """The message that an argument makes; None where none is given.

    Raises:
        typer.BadParameter: It is given twice.
        ArgumentError: It can't be read, or is not of the types.
    """
    from ic_factory.operations.arguments import (
        argument_from_file,
        argument_from_json,
        argument_from_text,
    )

    if sum(each is not None for each in (text, json, file)) > 1:
        raise typer.BadParameter("the argument is given twice")
    if text is not None:
        return argument_from_text(text, types, "argument")
    if json is not None:
        return argument_from_json(json, types, "argument")
    return None if file is None else argument_from_file(file, types)
