"""Turns text into the parts of syntax.py, with the grammar of candid.lark."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal, TypeAlias

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import UnexpectedToken

from ic_factory.protocol.candid import syntax
from ic_factory.protocol.candid.errors import CandidTextError

Start: TypeAlias = Literal["description", "types", "values"]

_COMMENT_OR_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"?|//[^\n]*|/\*', re.DOTALL)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_NOT_NEWLINE = re.compile(r"[^\n]")


@v_args(inline=True)
class _Builder(Transformer[Token, Any]):
    """Builds each part as soon as its text has been read, so that no depth of it matters."""

    reference = syntax.Reference
    blob_type = syntax.BlobType
    opt_type = syntax.OptType
    vec_type = syntax.VecType
    func_type = syntax.FuncType
    method = syntax.MethodSyntax
    labelled_field = syntax.FieldSyntax
    named_argument = syntax.ArgumentSyntax
    type_definition = syntax.TypeDefinition
    blob_value = syntax.BlobValue
    opt_value = syntax.OptValue
    principal_value = syntax.PrincipalValue
    service_value = syntax.ServiceValue
    func_value = syntax.FuncValue
    variant_value = syntax.VariantValue
    annotation = syntax.Annotation
    labelled_part = syntax.PartSyntax

    def unlabelled_field(self, type_: syntax.TypeSyntax) -> syntax.FieldSyntax:
        return syntax.FieldSyntax(None, type_)

    def empty_case(self, label: Token) -> syntax.FieldSyntax:
        return syntax.FieldSyntax(label, None)

    def record_type(self, at: Token, *fields: syntax.FieldSyntax) -> syntax.RecordType:
        return syntax.RecordType(at, fields)

    def variant_type(self, at: Token, *fields: syntax.FieldSyntax) -> syntax.VariantType:
        return syntax.VariantType(at, fields)

    def unnamed_argument(self, type_: syntax.TypeSyntax) -> syntax.ArgumentSyntax:
        return syntax.ArgumentSyntax(None, type_)

    def arguments(self, *arguments: syntax.ArgumentSyntax) -> tuple[syntax.ArgumentSyntax, ...]:
        return arguments

    initial = syntax.Initial

    def function(
        self,
        args: tuple[syntax.ArgumentSyntax, ...],
        results: tuple[syntax.ArgumentSyntax, ...],
        *modes: Token,
    ) -> syntax.FunctionSyntax:
        return syntax.FunctionSyntax(args, results, modes)

    def service_body(self, *methods: syntax.MethodSyntax) -> tuple[syntax.MethodSyntax, ...]:
        return methods

    service_type = syntax.ServiceType

    def type_import(self, path: Token) -> syntax.Import:
        return syntax.Import(path, with_service=False)

    def service_import(self, path: Token) -> syntax.Import:
        return syntax.Import(path, with_service=True)

    def actor(self, at: Token, *parts: Any) -> syntax.Actor:
        initial = next((part for part in parts if isinstance(part, syntax.Initial)), None)
        body = parts[-1]
        type_ = body if isinstance(body, syntax.Reference) else syntax.ServiceType(at, body)
        return syntax.Actor(at, None if initial is None else initial.args, type_)

    def description(self, *parts: Any) -> syntax.Description:
        return syntax.Description(
            tuple(part for part in parts if isinstance(part, syntax.TypeDefinition)),
            tuple(part for part in parts if isinstance(part, syntax.Import)),
            next((part for part in parts if isinstance(part, syntax.Actor)), None),
        )

    def types(self, *types: syntax.TypeSyntax) -> tuple[syntax.TypeSyntax, ...]:
        return types

    def unlabelled_part(self, value: syntax.ValueSyntax) -> syntax.PartSyntax:
        return syntax.PartSyntax(None, value)

    def empty_part(self, label: Token) -> syntax.PartSyntax:
        return syntax.PartSyntax(label, None)

    def vec_value(self, at: Token, *elements: syntax.ValueSyntax) -> syntax.VecValue:
        return syntax.VecValue(at, elements)

    def record_value(self, at: Token, *parts: syntax.PartSyntax) -> syntax.RecordValue:
        return syntax.RecordValue(at, parts)

    def values(self, *values: syntax.ValueSyntax) -> tuple[syntax.ValueSyntax, ...]:
        return values


@cache
def _parser() -> Lark:
    # The basic lexer takes a keyword for one wherever it stands, as the language does.
    return Lark.open_from_package(
        __package__,
        "candid.lark",
        start=["description", "types", "values"],
        parser="lalr",
        lexer="basic",
        transformer=_Builder(),
    )


def parse(text: str, start: Start) -> Any:
    """Returns the parts of a text: a Description, a tuple of types or a tuple of values.

    Raises:
        CandidTextError: The text does not follow the grammar.
    """
    try:
        return _parser().parse(_without_block_comments(text), start=start)
    except UnexpectedToken as error:
        expected = _names_of(error.expected)
        if error.token.type == "$END":
            reason = f"the text ends where {expected} may stand"
            raise CandidTextError(reason, *_end_of(text)) from None
        reason = f"found {str(error.token)[:40]!r} where {expected} may stand"
        raise CandidTextError(reason, error.line, error.column) from None
    except UnexpectedInput as error:
        raise CandidTextError("no such sign in Candid", error.line, error.column) from None


def _names_of(terminals: set[str]) -> str:
    """Returns what the grammar allows, as it is written."""
    patterns = {terminal.name: terminal.pattern for terminal in _parser().terminals}
    names = set()
    for name in terminals:
        pattern = patterns.get(name)
        literal = pattern is not None and pattern.type == "str"
        names.add(repr(pattern.value) if literal and pattern else name.strip("$").lower())
    return ", ".join(sorted(names))


def _end_of(text: str) -> tuple[int, int]:
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1


def _without_block_comments(text: str) -> str:
    """Returns the text with blanks for comments, so that each token keeps its place."""
    if "/" not in text:
        return text
    pieces = []
    kept = 0
    position = 0
    while (found := _COMMENT_OR_TEXT.search(text, position)) is not None:
        position = found.end()
        if found.group().startswith('"'):
            continue
        if found.group() == "/*":
            position = _block_end(text, found.start())
        pieces.append(text[kept : found.start()])
        pieces.append(_NOT_NEWLINE.sub(" ", text[found.start() : position]))
        kept = position
    return "".join((*pieces, text[kept:]))


def _block_end(text: str, start: int) -> int:
    depth = 0
    for edge in _BLOCK_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    line, column = _end_of(text[:start])
    raise CandidTextError("the comment that begins here has no end", line, column)
