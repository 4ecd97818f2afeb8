"""Arguments as people write them, to Candid messages: text, JSON or a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ic_factory.errors import CandidError
from ic_factory.operations.candid_json import from_json
from ic_factory.operations.errors import ArgumentError
from ic_factory.protocol.candid.types import CandidType
from ic_factory.protocol.candid.wire import encode

NO_ARGUMENTS = encode([], [])


def argument_from_text(text: str, types: Sequence[CandidType] | None, where: str) -> bytes:
    """Reads arguments in Candid's own text, `(record { owner = principal "…" })`.

    Args:
        text: The arguments, in parentheses.
        types: What they have to be of; None where that is not known.
        where: Whose they are, for errors.

    Raises:
        ArgumentError: The text does not parse, or is not of the types.
    """
    # Loads a parser.
    from ic_factory.protocol.candid.text import infer_args, parse_args

    try:
        if types is None:
            return encode(*infer_args(text))
        return encode(types, parse_args(text, types))
    except CandidError as error:
        raise ArgumentError(f"{where}: {error}{_expected(types)}") from error


def argument_from_json(text: str, types: Sequence[CandidType] | None, where: str) -> bytes:
    """Reads arguments in JSON.

    Args:
        text: An array with a value for each argument; what is no array is the only argument.
        types: What they have to be of, which JSON alone does not tell.
        where: Whose they are, for errors.

    Raises:
        ArgumentError: The text is no JSON, is not of the types, or these are not known.
    """
    if types is None:
        raise ArgumentError(f"{where}: JSON can be read by an interface only; name one with --did")
    try:
        document = json.loads(text)
        values = document if isinstance(document, list) else [document]
        if len(values) != len(types):
            raise ArgumentError(
                f"{where}: {len(values)} values for {len(types)} arguments{_expected(types)}"
            )
        return encode(
            types,
            [from_json(value, type_) for value, type_ in zip(values, types, strict=True)],
        )
    except (ValueError, CandidError) as error:
        raise ArgumentError(f"{where}: {error}{_expected(types)}") from error


def argument_from_file(path: Path, types: Sequence[CandidType] | None) -> bytes:
    """Reads arguments from a file: `.json` as JSON, `.bin` as a Candid message, else as text.

    Raises:
        ArgumentError: The file can't be read, or does not hold such arguments.
    """
    try:
        if path.suffix == ".bin":
            return path.read_bytes()
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{path} can't be read: {error}") from error
    if path.suffix == ".json":
        return argument_from_json(text, types, str(path))
    return argument_from_text(text, types, str(path))


def init_types(candid: Path | None) -> tuple[CandidType, ...] | None:
    """What the service of a `.did` file is installed with; None where that is not known.

    Raises:
        ArgumentError: The file can't be read.
        DidSyntaxError: It does not parse.
    """
    if candid is None:
        return None
    from ic_factory.protocol.candid.did import parse_did

    try:
        text = candid.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{candid} can't be read: {error}") from error
    interface = parse_did(text, lambda path: (candid.parent / path).read_text("utf-8"))
    return interface.init_args or ()


def _expected(types: Sequence[CandidType] | None) -> str:
    if types is None:
        return ""
    from ic_factory.protocol.candid.text_writer import format_arguments

    return f"; expected: {format_arguments(types)}"
