"""Python expressions on lines of bounded width, as the formatter of this project would lay them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from unicodedata import east_asian_width

MAX_WIDTH = 100
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Group:
    """Expressions between brackets: on one line where they fit, else one a line.

    Attributes:
        opening: All up to the bracket that opens.
        items: The expressions.
        closing: All from the bracket that closes.
        is_tuple: Whether one item alone needs a comma behind it.
    """

    opening: str
    items: tuple[Expression, ...]
    closing: str
    is_tuple: bool = False


Expression: TypeAlias = str | Group


def call(function: str, *arguments: Expression) -> Group:
    """Returns a call."""
    return Group(f"{function}(", arguments, ")")


def list_of(items: Iterable[Expression]) -> Group:
    """Returns a list."""
    return Group("[", tuple(items), "]")


def tuple_of(items: Iterable[Expression]) -> Group:
    """Returns a tuple."""
    return Group("(", tuple(items), ")", is_tuple=True)


def dict_of(entries: Iterable[tuple[str, Expression]]) -> Group:
    """Returns a dict with strings as keys."""
    return Group("{", tuple(prefixed(f"{quoted(key)}: ", each) for key, each in entries), "}")


def prefixed(prefix: str, expression: Expression) -> Expression:
    """Returns an expression with text before it."""
    if isinstance(expression, Group):
        return replace(expression, opening=prefix + expression.opening)
    return prefix + expression


def flat(expression: Expression) -> str:
    """Returns an expression on one line."""
    if isinstance(expression, str):
        return expression
    items = ", ".join(map(flat, expression.items))
    if expression.is_tuple and len(expression.items) == 1:
        items += ","
    return f"{expression.opening}{items}{expression.closing}"


def lay_out(expression: Expression, indent: str = "", ending: str = "") -> list[str]:
    """Returns the lines of an expression.

    Args:
        expression: The expression.
        indent: The blanks before each line.
        ending: What follows it on the last line.
    """
    line = f"{indent}{flat(expression)}{ending}"
    if isinstance(expression, str) or not expression.items or width(line) <= MAX_WIDTH:
        return [line]
    lines = [indent + expression.opening]
    for item in expression.items:
        lines += lay_out(item, indent + INDENT, ",")
    return [*lines, f"{indent}{expression.closing}{ending}"]


def union(name: str, members: Sequence[str]) -> list[str]:
    """Returns the lines that give a union of types a name."""
    joined = " | ".join(members)
    if width(f"{name}: TypeAlias = {joined}") <= MAX_WIDTH:
        return [f"{name}: TypeAlias = {joined}"]
    if width(INDENT + joined) <= MAX_WIDTH and len(members) > 1:
        return [f"{name}: TypeAlias = (", INDENT + joined, ")"]
    rest = (f"{INDENT}| {member}" for member in members[1:])
    return [f"{name}: TypeAlias = (", INDENT + members[0], *rest, ")"]


def quoted(text: str) -> str:
    """Returns the literal of a string, in double quotes unless single ones need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(sign, quote) for sign in text) + quote


def _escaped(sign: str, quote: str) -> str:
    if sign in ("\\", quote):
        return "\\" + sign
    return sign if sign.isprintable() else repr(sign)[1:-1]


def width(line: str) -> int:
    """Returns how many columns a line takes; signs of East Asian scripts take two."""
    if line.isascii():
        return len(line)
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line)
