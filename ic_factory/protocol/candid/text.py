"""The text format of Candid: argument lists and interfaces to text and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ic_factory.protocol.candid import syntax
from ic_factory.protocol.candid.errors import CandidTextError, CandidTypeError
from ic_factory.protocol.candid.grammar import parse
from ic_factory.protocol.candid.interface import InterfaceDescription
from ic_factory.protocol.candid.text_reader import ValueReader
from ic_factory.protocol.candid.text_writer import (
    ValueWriter,
    block,
    format_arguments,
    format_methods,
    format_type,
    with_docs,
)
from ic_factory.protocol.candid.types import (
    CandidType,
    Opt,
    TypeEnvironment,
    accepts_absence,
    resolve,
)

_TOO_DEEP = "the values nest too deeply"


def parse_args(
    text: str,
    types: Sequence[CandidType] | None = None,
    environment: TypeEnvironment | None = None,
) -> list[Any]:
    """Reads a list of values, such as `(42, opt "x")`.

    Args:
        text: The list, in parentheses.
        types: The types of the values. Fields that these do not have are ignored, and what may
            be null may be left out, at the end of the list too. None takes each value as it
            stands.
        environment: What names in annotations refer to.

    Raises:
        CandidTextError: The text does not parse or is not of the types; it has line and column.
    """
    if types is None:
        return infer_args(text, environment)[1]
    nodes: tuple[syntax.ValueSyntax, ...] = parse(text, "values")
    if len(nodes) > len(types):
        at = syntax.place_of(nodes[len(types)])
        reason = f"{len(nodes)} values where {len(types)} are expected"
        raise CandidTextError(reason, at.line or 1, at.column or 1)
    reader = ValueReader(environment or TypeEnvironment())
    try:
        values = [reader.read(node, type_) for node, type_ in zip(nodes, types, strict=False)]
    except RecursionError:
        raise CandidTextError(_TOO_DEEP, 1, 1) from None
    for type_ in types[len(nodes) :]:
        if not accepts_absence(type_):
            reason = f"{len(nodes)} values where {len(types)} are expected"
            raise CandidTextError(reason, 1, 1)
        values.append([] if isinstance(resolve(type_), Opt) else None)
    return values


def infer_args(
    text: str, environment: TypeEnvironment | None = None
) -> tuple[list[CandidType], list[Any]]:
    """Reads a list of values and works out their types.

    Whole numbers are of type int and others of float64, unless they are annotated.

    Args:
        text: The list, in parentheses.
        environment: What names in annotations refer to.

    Returns:
        The types, and the values, one a type.

    Raises:
        CandidTextError: The text does not parse, or the elements of a vec differ in type.
    """
    nodes: tuple[syntax.ValueSyntax, ...] = parse(text, "values")
    reader = ValueReader(environment or TypeEnvironment())
    try:
        types = [reader.infer(node) for node in nodes]
        return types, [reader.read(node, type_) for node, type_ in zip(nodes, types, strict=True)]
    except RecursionError:
        raise CandidTextError(_TOO_DEEP, 1, 1) from None


def format_args(values: Sequence[Any], types: Sequence[CandidType]) -> str:
    """Writes a list of values, in a form that `parse_args` reads back.

    NaN is the exception: Candid has no text for it, and it is written as `NaN`.

    Raises:
        CandidTypeError: A value is not of its type, or there are too few or too many.
    """
    if len(values) != len(types):
        raise CandidTypeError(f"expected {len(types)} values, got {len(values)}")
    writer = ValueWriter()
    index = 0
    parts = []
    try:
        for index, type_ in enumerate(types):
            parts.append(writer.write(values[index], type_))
    except RecursionError:
        raise CandidTypeError(_TOO_DEEP) from None
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise CandidTypeError(f"not of its type: {error}", (f"[{index}]",)) from error
    return block("(", parts, ",", ")")


def format_interface(interface: InterfaceDescription) -> str:
    """Writes a service description, in a form that `parse_did` reads back."""
    parts = [
        with_docs(interface.type_docs.get(name, ""), f"type {name} = {format_type(type_)};\n")
        for name, type_ in interface.types.items()
    ]
    if interface.service is not None:
        initial = ""
        if interface.init_args is not None:
            initial = f"{format_arguments(interface.init_args, interface.init_arg_names)} -> "
        methods = format_methods(interface.service.methods)
        parts.append(with_docs(interface.service_docs, f"service : {initial}{methods}\n"))
    return "".join(parts)
