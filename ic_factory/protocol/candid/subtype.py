"""Subtyping: which types may stand in for which, and which upgrades of a service are safe.

The relation is coinductive: a pair that is met again while it is being shown may be assumed. As no
rule has alternatives, one failing pair settles the question, and pairs can wait in a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ic_factory.protocol.candid.errors import CandidSubtypeError
from ic_factory.protocol.candid.types import (
    EMPTY,
    INT,
    NAT,
    PRINCIPAL,
    RESERVED,
    CandidType,
    Func,
    Named,
    Opt,
    Record,
    ResolvedType,
    Service,
    Variant,
    Vec,
    accepts_absence,
    constructor,
    resolve,
)


@dataclass(frozen=True, slots=True)
class _Goal:
    """One pair to show, and the way that led to it."""

    subtype: CandidType
    supertype: CandidType
    path: tuple[str, ...]


def check_subtype(subtype: CandidType, supertype: CandidType) -> None:
    """Checks that each value of `subtype` can be read at `supertype`.

    Raises:
        CandidSubtypeError: It cannot; the error says which parts do not fit.
        CandidTypeError: A name in the types has no definition.
    """
    _check([_Goal(subtype, supertype, ())])


def is_subtype(subtype: CandidType, supertype: CandidType) -> bool:
    """Returns whether each value of `subtype` can be read at `supertype`."""
    try:
        check_subtype(subtype, supertype)
    except CandidSubtypeError:
        return False
    return True


def check_upgrade(new: CandidType, old: CandidType) -> None:
    """Checks that clients of the service `old` can go on using the service `new`.

    Raises:
        CandidSubtypeError: They cannot; the error names the method.
    """
    for type_, which in ((new, "new"), (old, "old")):
        if not isinstance(resolve(type_), Service):
            raise CandidSubtypeError(f"the {which} type is {constructor(type_)}, not a service")
    check_subtype(new, old)


def _check(goals: list[_Goal]) -> None:
    assumed: set[tuple[CandidType, CandidType]] = set()
    while goals:
        goal = goals.pop()
        if isinstance(goal.subtype, Named) or isinstance(goal.supertype, Named):
            pair = (goal.subtype, goal.supertype)
            if pair in assumed:
                continue
            assumed.add(pair)
        goals += _premises(resolve(goal.subtype), resolve(goal.supertype), goal.path)


def _premises(sub: ResolvedType, sup: ResolvedType, path: tuple[str, ...]) -> Iterator[_Goal]:
    """Yields what remains to be shown for one pair."""
    if sub is sup or sup == RESERVED or sub == EMPTY or isinstance(sup, Opt):
        return
    match sub, sup:
        case Vec(inner), Vec(expected):
            yield _Goal(inner, expected, (*path, "element"))
        case Record(), Record():
            yield from _record_goals(sub, sup, path)
        case Variant(), Variant():
            yield from _variant_goals(sub, sup, path)
        case Func(), Func():
            yield from _func_goals(sub, sup, path)
        case Service(), Service():
            yield from _service_goals(sub, sup, path)
        case _:
            if sub != sup and not _is_primitive_subtype(sub, sup):
                raise CandidSubtypeError(
                    f"{constructor(sub)} is no subtype of {constructor(sup)}", path
                )


def _is_primitive_subtype(sub: ResolvedType, sup: ResolvedType) -> bool:
    return (sub == NAT and sup == INT) or (isinstance(sub, Service) and sup == PRINCIPAL)


def _record_goals(sub: Record, sup: Record, path: tuple[str, ...]) -> Iterator[_Goal]:
    present = {field.label: field.type for field in sub.fields}
    for field, key in zip(sup.fields, sup.keys, strict=True):
        type_ = present.get(field.label)
        if type_ is not None:
            yield _Goal(type_, field.type, (*path, f"field {key}"))
        elif not accepts_absence(field.type):
            raise CandidSubtypeError(
                f"field {key} is missing and {constructor(field.type)} cannot be left out", path
            )


def _variant_goals(sub: Variant, sup: Variant, path: tuple[str, ...]) -> Iterator[_Goal]:
    known = {field.label: field.type for field in sup.fields}
    for field, key in zip(sub.fields, sub.keys, strict=True):
        type_ = known.get(field.label)
        if type_ is None:
            raise CandidSubtypeError(f"case {key} is not expected", path)
        yield _Goal(field.type, type_, (*path, f"case {key}"))


def _func_goals(sub: Func, sup: Func, path: tuple[str, ...]) -> Iterator[_Goal]:
    if sub.modes != sup.modes:
        had, wanted = (" ".join(each.modes) or "update" for each in (sub, sup))
        raise CandidSubtypeError(f"the function is {had}, not {wanted}", path)
    yield from _sequence_goals(sup.args, sub.args, path, "argument")
    yield from _sequence_goals(sub.results, sup.results, path, "result")


def _sequence_goals(
    subs: Sequence[CandidType], sups: Sequence[CandidType], path: tuple[str, ...], what: str
) -> Iterator[_Goal]:
    for index, sup in enumerate(sups):
        if index < len(subs):
            yield _Goal(subs[index], sup, (*path, f"{what} {index}"))
        elif not accepts_absence(sup):
            raise CandidSubtypeError(
                f"{what} {index} is missing and {constructor(sup)} cannot be left out", path
            )


def _service_goals(sub: Service, sup: Service, path: tuple[str, ...]) -> Iterator[_Goal]:
    present = {method.name: method.type for method in sub.methods}
    for method in sup.methods:
        type_ = present.get(method.name)
        if type_ is None:
            raise CandidSubtypeError(f"method {method.name} is missing", path)
        yield _Goal(type_, method.type, (*path, f"method {method.name}"))
