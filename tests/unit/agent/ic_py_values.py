"""Random values in the shapes that ic-py takes and gives."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ic_factory.protocol.candid.types import (
    BLOB,
    CandidType,
    Func,
    FuncMode,
    Opt,
    Primitive,
    Record,
    Service,
    Variant,
    Vec,
    is_blob,
    resolve,
)
from ic_factory.protocol.principal import Principal
from tests.unit.candid.candid_strategies import LIST, SCALAR_TYPES, TREE, fields, names, values


def functions(types: st.SearchStrategy[CandidType]) -> st.SearchStrategy[Func]:
    """Functions of the modes that ic-py knows."""
    return st.builds(
        lambda args, results, modes: Func(
            tuple(args), () if FuncMode.ONEWAY in modes else tuple(results), modes
        ),
        st.lists(types, max_size=2),
        st.lists(types, max_size=2),
        st.sampled_from([(), (FuncMode.QUERY,), (FuncMode.ONEWAY,)]),
    )


def extend(types: st.SearchStrategy[CandidType]) -> st.SearchStrategy[CandidType]:
    labels = st.one_of(names, st.integers(0, 2**32 - 1))
    return st.one_of(
        st.builds(Opt, types),
        st.builds(Vec, types),
        st.builds(Record, fields(types, labels)),
        st.builds(lambda parts: Record.tuple_of(*parts), st.lists(types, min_size=1, max_size=3)),
        st.builds(Variant, fields(types, labels, min_size=1)),
        functions(types),
        st.just(Service()),
    )


types_of_ic_py = st.recursive(
    st.sampled_from([*SCALAR_TYPES, BLOB, LIST, TREE]), extend, max_leaves=8
)
"""What ic-py can write: no `reserved`, `composite_query`, or service of several methods."""


def as_argument(value: Any, type_: CandidType) -> Any:
    """A value as ic-py takes it: principals as text."""
    kind = resolve(type_)
    if isinstance(value, Principal):
        return str(value)
    if isinstance(kind, Primitive) or is_blob(kind):
        return value
    match kind:
        case Func():
            return [str(value[0]), value[1]]
        case Opt(inner) | Vec(inner):
            return [as_argument(each, inner) for each in value]
        case Record() if kind.is_tuple:
            pairs = zip(value, kind.fields, strict=True)
            return tuple(as_argument(each, field.type) for each, field in pairs)
        case Record() | Variant():
            parts = {key: field.type for key, field in zip(kind.keys, kind.fields, strict=True)}
            return {key: as_argument(each, parts[key]) for key, each in value.items()}
    raise AssertionError(kind)


def without_bytes(value: Any) -> Any:
    """A decoded value with each blob as the list that ic-py makes of it."""
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, list):
        return [without_bytes(each) for each in value]
    if isinstance(value, dict):
        return {key: without_bytes(each) for key, each in value.items()}
    return value


@st.composite
def arguments(
    draw: st.DrawFn, types: st.SearchStrategy[CandidType] = types_of_ic_py
) -> tuple[list[CandidType], list[Any]]:
    """Types, and values of them as ic-py takes them."""
    chosen = draw(st.lists(types, max_size=3))
    return chosen, [as_argument(draw(values(each)), each) for each in chosen]
