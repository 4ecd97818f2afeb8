"""Random types with definitions that refer to each other, and values of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ic_factory.protocol.candid import encode
from ic_factory.protocol.candid.text_writer import format_arguments, format_type
from ic_factory.protocol.candid.types import (
    BLOB,
    INT,
    NAT,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    CandidType,
    Field,
    Func,
    Named,
    Opt,
    Record,
    Service,
    TypeEnvironment,
    Variant,
    Vec,
    resolve,
)
from tests.unit.candid.candid_strategies import (
    SCALAR_TYPES,
    extend,
    fields,
    names,
    values,
)

MAGIC_LENGTH = len("DIDL")
STRANGERS = (RESERVED, INT, NAT, NULL, TEXT, Opt(TEXT), PRINCIPAL, Record(), Service(), Func())


@dataclass(frozen=True)
class Typed:
    """Types and values of them.

    Attributes:
        types: The types.
        values: A value a type.
    """

    types: list[CandidType]
    values: list[Any]

    @property
    def message(self) -> bytes:
        """The message of ours that holds the values."""
        return encode(self.types, self.values)

    @property
    def did(self) -> str:
        """The types as the echo canister takes them."""
        return did_of(self.types)


def did_of(types: list[CandidType]) -> str:
    """A description of a service whose method `values` takes the types."""
    definitions = {each.name: each for type_ in types for each in references(type_)}
    lines = [f"type {name} = {format_type(resolve(each))};" for name, each in definitions.items()]
    return "\n".join([*lines, f"service : {{ values : {format_arguments(types)} -> () }}"])


def references(type_: CandidType, known: set[Named] | None = None) -> Iterator[Named]:
    """Yields each name that a type refers to, once."""
    known = set() if known is None else known
    if isinstance(type_, Named):
        if type_ in known:
            return
        known.add(type_)
        yield type_
    for part in parts(resolve(type_)):
        yield from references(part, known)


def parts(type_: CandidType) -> list[CandidType]:
    match type_:
        case Opt(inner) | Vec(inner):
            return [inner]
        case Record(fields) | Variant(fields):
            return [each.type for each in fields]
        case Func(args, results):
            return [*args, *results]
        case Service(methods):
            return [each.type for each in methods]
    return []


@st.composite
def environments(draw: st.DrawFn) -> list[CandidType]:
    """Names whose definitions refer to each other and to themselves.

    References stand behind `opt` and `vec`, so that values are finite.
    """
    environment = TypeEnvironment()
    knots = [Named(f"T{index}", environment) for index in range(draw(st.integers(1, 3)))]
    guarded = [wrap(knot) for knot in knots for wrap in (Opt, Vec)]
    members = st.sampled_from([*guarded, *SCALAR_TYPES, BLOB])
    labels = st.one_of(names, st.integers(0, 2**32 - 1))
    bodies = st.one_of(
        st.builds(lambda two: Record(two[:2]), fields(members, labels)),
        st.builds(lambda two: Variant(two[:2]), fields(members, labels, min_size=1)),
        st.builds(lambda two: Record.tuple_of(*two), st.lists(members, min_size=1, max_size=2)),
    )
    for knot in knots:
        environment.define(knot.name, draw(bodies))
    return list(knots)


@st.composite
def all_of_candid(draw: st.DrawFn) -> list[CandidType]:
    """Draws types of the whole algebra."""
    leaves = st.sampled_from([*SCALAR_TYPES, RESERVED, BLOB, *draw(environments())])
    return draw(st.lists(st.recursive(leaves, extend, max_leaves=6), max_size=2))


@st.composite
def typed_values(
    draw: st.DrawFn, types: st.SearchStrategy[list[CandidType]] | None = None
) -> Typed:
    """Draws types, of the whole algebra where no others are given, and values of them."""
    chosen = draw(all_of_candid() if types is None else types)
    return Typed(chosen, [draw(values(each)) for each in chosen])


@st.composite
def relatives(draw: st.DrawFn, type_: CandidType, depth: int = 0) -> CandidType:
    """Draws a type that differs from another one here and there."""
    if depth < 4 and draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from([Opt(type_), *STRANGERS]))

    def relative(part: CandidType) -> CandidType:
        return draw(relatives(part, depth + 1))

    match type_:
        case Opt(inner):
            return Opt(relative(inner))
        case Vec(inner):
            return Vec(relative(inner))
        case Record(known):
            return Record(draw(other_fields(known, depth)))
        case Variant(known):
            return Variant(draw(other_fields(known, depth)))
        case Func(args, results, modes):
            return Func(tuple(map(relative, args)), tuple(map(relative, results)), modes)
    return type_


@st.composite
def other_fields(draw: st.DrawFn, known: tuple[Field, ...], depth: int) -> tuple[Field, ...]:
    """Draws fields of which some are gone, some are of other types and one may be new."""
    kept = {
        each.label: Field(each.label, draw(relatives(each.type, depth + 1)), each.name)
        for each in known
        if draw(st.integers(0, 4))
    }
    if draw(st.integers(0, 3)) == 0:
        label = draw(st.integers(0, 2**32 - 1))
        new = Field(label, draw(st.sampled_from([Opt(NAT), NULL, RESERVED, TEXT])))
        kept.setdefault(label, new)
    return tuple(kept.values())


@st.composite
def damaged(draw: st.DrawFn, message: bytes) -> bytes:
    """Draws a message with a byte or two changed, inserted or lost, or with its end cut off."""
    found = bytearray(message)
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(MAGIC_LENGTH, max(MAGIC_LENGTH, len(found) - 1)))
        byte = draw(st.binary(min_size=1, max_size=1))
        end = draw(st.sampled_from([place, place + 1, len(found)]))
        found[place:end] = draw(st.sampled_from([b"", byte]))
    return bytes(found)
