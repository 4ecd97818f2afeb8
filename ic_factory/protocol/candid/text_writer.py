"""Writes values and types as Candid text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ic_factory.protocol.candid.errors import CandidTypeError
from ic_factory.protocol.candid.literals import (
    quote_bytes,
    quote_name,
    quote_text,
    write_integer,
)
from ic_factory.protocol.candid.types import (
    BOOL,
    FLOAT32,
    FLOAT64,
    INT,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    CandidType,
    Field,
    Func,
    Future,
    Named,
    Opt,
    Primitive,
    Record,
    ResolvedType,
    Service,
    ServiceMethod,
    Variant,
    Vec,
    is_blob,
    resolve,
)

_WIDTH = 80


def block(opening: str, parts: Sequence[str], separator: str, closing: str) -> str:
    """Returns parts in brackets, in one line if they are short, else one a line."""
    if not parts:
        return opening + closing
    pad = " " if closing == "}" else ""
    inline = f"{opening}{pad}{f'{separator} '.join(parts)}{pad}{closing}"
    if len(inline) <= _WIDTH and "\n" not in inline:
        return inline
    lines = "".join(f"  {part.replace(chr(10), chr(10) + '  ')}{separator}\n" for part in parts)
    return f"{opening}\n{lines}{closing}"


class ValueWriter:
    """Writes values of given types; numbers get the types that a reader could not guess."""

    def write(self, value: Any, type_: CandidType) -> str:
        """Returns a value, with an annotation where it needs one.

        Raises:
            CandidTypeError: The value is not of its type.
        """
        text, annotation = self._parts(value, resolve(type_))
        return f"{text} : {annotation}" if annotation else text

    def _operand(self, value: Any, type_: CandidType) -> str:
        """Returns a value to stand after `opt`, which binds closer than an annotation."""
        text, annotation = self._parts(value, resolve(type_))
        return f"({text} : {annotation})" if annotation else text

    def _parts(self, value: Any, type_: ResolvedType) -> tuple[str, str]:
        match type_:
            case Primitive():
                return _primitive(value, type_)
            case Opt(inner):
                present = value is not None and len(value) == 1
                return (f"opt {self._operand(value[0], inner)}" if present else "null"), ""
            case Vec(inner):
                if is_blob(type_):
                    return f"blob {quote_bytes(bytes(value))}", ""
                return block("vec {", [self.write(each, inner) for each in value], ";", "}"), ""
            case Record():
                return self._record(value, type_), ""
            case Variant():
                return self._variant(value, type_), ""
            case Func():
                return f"func {quote_text(str(value[0]))}.{quote_name(value[1])}", ""
            case Service():
                return f"service {quote_text(str(value))}", ""
        return "null", "reserved"

    def _record(self, value: Any, type_: Record) -> str:
        if type_.is_tuple:
            pairs = zip(value, type_.fields, strict=True)
            return block("record {", [self.write(v, field.type) for v, field in pairs], ";", "}")
        parts = [
            f"{label_text(field)} = {self.write(value[key], field.type)}"
            for field, key in zip(type_.fields, type_.keys, strict=True)
        ]
        return block("record {", parts, ";", "}")

    def _variant(self, value: Any, type_: Variant) -> str:
        ((case, content),) = value.items()
        for field, key in zip(type_.fields, type_.keys, strict=True):
            if key == case:
                label = label_text(field)
                if resolve(field.type) == NULL:
                    return f"variant {{ {label} }}"
                return block("variant {", [f"{label} = {self.write(content, field.type)}"], "", "}")
        raise CandidTypeError(f"the variant has no case {case!r}")


def _primitive(value: Any, type_: Primitive) -> tuple[str, str]:
    if type_ in (FLOAT32, FLOAT64):
        return _float_text(value), "" if type_ == FLOAT64 else type_.name
    if type_ == TEXT:
        return quote_text(value), ""
    if type_ == BOOL:
        return ("true" if value else "false"), ""
    if type_ == NULL:
        return "null", ""
    if type_ == RESERVED:
        return "null", "reserved"
    if type_ == PRINCIPAL:
        return f"principal {quote_text(str(value))}", ""
    return write_integer(value), "" if type_ == INT else type_.name


def _float_text(value: float) -> str:
    text = repr(float(value))
    if text in ("inf", "-inf"):
        return text.replace("inf", "1e999")
    return text if text != "nan" else "NaN"


def label_text(field: Field) -> str:
    """Returns the name of a field as text writes it, its number without a name."""
    return str(field.label) if field.name is None else quote_name(field.name)


def format_type(type_: CandidType) -> str:
    """Returns a type as text; named types as their names."""
    match type_:
        case Named(name):
            return name
        case Primitive(name):
            return name
        case Opt(inner):
            return f"opt {format_type(inner)}"
        case Vec(inner):
            return "blob" if is_blob(type_) else f"vec {format_type(inner)}"
        case Record(fields):
            return block("record {", _record_fields(type_, fields), ";", "}")
        case Variant(fields):
            return block("variant {", [_case_text(field) for field in fields], ";", "}")
        case Func():
            return f"func {format_function(type_)}"
        case Service(methods):
            return f"service {format_methods(methods)}"
        case Future(opcode):
            return f"/* type {opcode} of a later version of Candid */ reserved"


def with_docs(docs: str, text: str) -> str:
    """Returns a text with the comment that belongs above it."""
    return "".join(f"// {line}".rstrip() + "\n" for line in docs.split("\n") if docs) + text


def _record_fields(record: Record, fields: tuple[Field, ...]) -> list[str]:
    if record.is_tuple:
        return [format_type(field.type) for field in fields]
    return [
        with_docs(field.docs, f"{label_text(field)} : {format_type(field.type)}")
        for field in fields
    ]


def _case_text(field: Field) -> str:
    text = label_text(field)
    return with_docs(
        field.docs, text if field.type == NULL else f"{text} : {format_type(field.type)}"
    )


def format_function(func: Func) -> str:
    """Returns a function type without the word `func`."""
    modes = "".join(f" {mode}" for mode in func.modes)
    results = format_arguments(func.results, func.result_names)
    return f"{format_arguments(func.args, func.arg_names)} -> {results}{modes}"


def format_arguments(types: Sequence[CandidType], names: Sequence[str | None] = ()) -> str:
    """Returns a list of types in parentheses, with their names where there are any."""
    padded = [*names, *[None] * (len(types) - len(names))]
    return block(
        "(",
        [
            format_type(type_) if name is None else f"{quote_name(name)} : {format_type(type_)}"
            for type_, name in zip(types, padded, strict=True)
        ],
        ",",
        ")",
    )


def format_methods(methods: Sequence[ServiceMethod]) -> str:
    """Returns the body of a service type, one method a line."""
    lines = [
        with_docs(
            method.docs,
            f"{quote_name(method.name)} : "
            + (
                format_function(method.type)
                if isinstance(method.type, Func)
                else format_type(method.type)
            ),
        )
        for method in methods
    ]
    body = "".join(f"  {line.replace(chr(10), chr(10) + '  ')};\n" for line in lines)
    return f"{{\n{body}}}" if body else "{}"
