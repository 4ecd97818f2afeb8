"""Random service descriptions, with names that Python has trouble with, and values for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.candid.literals import quote_name
from ic_factory.protocol.candid.text import format_type
from ic_factory.protocol.candid.types import (
    BLOB,
    INT,
    RESERVED,
    TEXT,
    Field,
    Named,
    Opt,
    Record,
    TypeEnvironment,
    Variant,
    Vec,
    label_hash,
)
from tests.unit.candid.candid_strategies import SCALAR_TYPES, functions, services, values

TROUBLE = (
    *("class", "None", "self", "list", "int", "bytes", "object", "match", "value", "def", "l"),
    *("a-b", "a_b", "a b", "aB", "A_B", "AB", "_x", "__x__", "__init__", "x", "_", "", "1", "5x"),
    *("_5_", "5", "日本", "É", "é", "☃", "ſ", "ß", "İ", "ǆ", '"', "'", "\\n", "\n", "#", "type"),
    *("caller", "canister_id", "effective_canister_id", "init", "types", "token", "mro", "name"),
)
TYPE_NAMES = (
    *("Result", "Result_1", "Result1", "result", "None_", "list", "Principal", "Some", "_", "_1"),
    *("class", "TestClient", "t", "enum", "Never", "RecordA", "record_a", "O", "l", "TypeAlias"),
    *("CaseBinding", "object", "dataclass", "ResultOk", "int_", "self"),
)
names = st.sampled_from(TROUBLE) | st.from_regex(r"[a-z][a-zA-Z0-9_]{0,8}", fullmatch=True)
labels = names | st.integers(0, 9) | st.integers(0, 2**32 - 1)
docs = st.text("ab \\\"'.:#{}\n\t\x0c☃", max_size=12) | st.sampled_from(
    ("Returns:", 'Says "yes"', 'ends with """', "back\\slash", '"quoted" text', "Args", "e.g. this")
)


def fields(types, min_size=0):
    """Fields or cases with distinct labels."""
    field = st.tuples(labels, types, docs)
    return st.lists(field, min_size=min_size, max_size=4).map(_distinct)


def _distinct(drawn):
    chosen = {}
    for label, type_, comment in drawn:
        number = label if isinstance(label, int) else label_hash(label)
        name = None if isinstance(label, int) else label
        chosen.setdefault(number, Field(number, type_, name, _comment(comment)))
    return tuple(chosen.values())


def _comment(text):
    return text.replace("\n", "\n ").strip()


def extended(types):
    """Types made of others."""
    return st.one_of(
        st.builds(Opt, types),
        st.builds(Vec, types),
        st.builds(Record, fields(types)),
        st.builds(lambda parts: Record.tuple_of(*parts), st.lists(types, min_size=1, max_size=3)),
        st.builds(Variant, fields(types, min_size=1)),
        st.builds(Variant, fields(st.sampled_from([SCALAR_TYPES[0], RESERVED]), min_size=1)),
        functions(types),
        services(types),
    )


@dataclass(frozen=True)
class RandomMethod:
    """A description with one method, which takes and returns the same.

    Attributes:
        text: The description.
        interface: The same, read.
        name: The name of the method.
        values: Plain values for it.
    """

    text: str
    interface: InterfaceDescription
    name: str
    values: list[Any]


@st.composite
def described_methods(draw):
    """Draws definitions, a method, and values for it."""
    environment = TypeEnvironment()
    tree, chain = Named("Tree", environment), Named("List", environment)
    environment.define(
        "Tree", Variant.of({"leaf": TEXT, "branch": Record.tuple_of(tree, Vec(tree))})
    )
    environment.define("List", Opt(Record.of({"head": INT, "tail": chain})))
    known = [*SCALAR_TYPES, RESERVED, BLOB, tree, chain]
    for name in draw(st.lists(st.sampled_from(TYPE_NAMES), max_size=3, unique=True)):
        known.append(
            environment.define(
                name, draw(st.recursive(st.sampled_from(known), extended, max_leaves=6))
            )
        )
    types = st.recursive(st.sampled_from(known), extended, max_leaves=6)
    # Named, for what is anonymous has one class as an argument and another as a result.
    arguments = [
        environment.define(f"Argument{index}", type_)
        for index, type_ in enumerate(draw(st.lists(types, max_size=3)))
    ]
    method = draw(names)
    text = description(environment, method, arguments, draw)
    return RandomMethod(text, parse_did(text), method, [draw(values(each)) for each in arguments])


def description(environment, method, arguments, draw):
    """Writes the description."""
    definitions = [
        f"{_commented(draw(docs))}type {name} = {format_type(type_)};"
        for name, type_ in environment.definitions.items()
    ]
    given = draw(st.lists(names, min_size=len(arguments), max_size=len(arguments), unique=True))
    named = ", ".join(
        f"{quote_name(name)} : {format_type(type_)}"
        for name, type_ in zip(given, arguments, strict=True)
    )
    results = ", ".join(map(format_type, arguments))
    mode = draw(st.sampled_from(("", " query", " composite_query")))
    comment = _commented(draw(docs))
    body = f"{comment}{quote_name(method)} : ({named}) -> ({results}){mode};"
    return "\n".join([*definitions, f"service : ({results}) -> {{\n{body}\n}}", ""])


def _commented(text):
    return "".join(f"// {line}\n" for line in text.split("\n")) if text.strip() else ""
