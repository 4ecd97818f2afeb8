"""From the syntax of types to types: names looked up, labels hashed, clashes refused."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TypeAlias

from lark import Token

from ic_factory.protocol.candid import syntax
from ic_factory.protocol.candid.errors import CandidTextError, CandidTypeError
from ic_factory.protocol.candid.literals import integer_of, name_of
from ic_factory.protocol.candid.types import (
    BLOB,
    NULL,
    PRIMITIVES,
    CandidType,
    Field,
    Func,
    FuncMode,
    Named,
    Opt,
    Record,
    Service,
    ServiceMethod,
    TypeEnvironment,
    Variant,
    Vec,
)

MAXIMUM_NESTING = 100
"""How deep one type may nest in a text, names not followed."""

Docs: TypeAlias = Callable[[Token], str]


def no_docs(_: Token) -> str:
    """Stands in where comments are of no interest."""
    return ""


def fail(at: Token, reason: str) -> CandidTextError:
    """Returns the error that points at a token."""
    return CandidTextError(reason, at.line or 1, at.column or 1)


def label_of(label: Token) -> int | str:
    """Returns a field's number, or its name.

    Raises:
        CandidTextError: The number is out of the 32-bit range, or the name is not text.
    """
    if label.type != "NATURAL":
        return name_of(label)
    number = integer_of(label)
    if number >> 32:
        raise fail(label, "the field id is out of the 32-bit range")
    return number


class TypeReader:
    """Makes types of their syntax.

    Args:
        environment: What names refer to.
        declared: The names that may be used, defined already or not.
        docs: Finds the comment above a token.
    """

    def __init__(
        self, environment: TypeEnvironment, declared: Container[str], docs: Docs = no_docs
    ) -> None:
        self._environment = environment
        self._declared = declared
        self._docs = docs
        self._depth = 0

    def read(self, node: syntax.TypeSyntax) -> CandidType:
        """Returns the type.

        Raises:
            CandidTextError: The type is not well formed; the error has its place.
        """
        self._depth += 1
        if self._depth > MAXIMUM_NESTING:
            raise fail(node.at, f"the type nests deeper than {MAXIMUM_NESTING} levels")
        try:
            return self._read(node)
        except CandidTypeError as error:
            raise fail(node.at, error.reason) from None
        finally:
            self._depth -= 1

    def _read(self, node: syntax.TypeSyntax) -> CandidType:
        match node:
            case syntax.Reference(at):
                return self._reference(at)
            case syntax.BlobType():
                return BLOB
            case syntax.OptType(_, inner):
                return Opt(self.read(inner))
            case syntax.VecType(_, inner):
                return Vec(self.read(inner))
            case syntax.RecordType(_, fields):
                return Record(self._record_fields(fields))
            case syntax.VariantType(_, fields):
                return Variant(self._cases(fields))
            case syntax.FuncType(_, function):
                return self.function(function)
            case syntax.ServiceType():
                return self.service(node)

    def _reference(self, at: Token) -> CandidType:
        primitive = PRIMITIVES.get(at)
        if primitive is not None:
            return primitive
        if at not in self._declared:
            raise fail(at, f"type {at} is not defined")
        return Named(str(at), self._environment)

    def _record_fields(self, fields: tuple[syntax.FieldSyntax, ...]) -> tuple[Field, ...]:
        read = []
        following = 0
        for field in fields:
            read.append(self._field(field, following))
            following = read[-1].label + 1
        return _distinct(fields, read)

    def _cases(self, cases: tuple[syntax.FieldSyntax, ...]) -> tuple[Field, ...]:
        return _distinct(cases, [self._field(case, 0) for case in cases])

    def _field(self, node: syntax.FieldSyntax, position: int) -> Field:
        type_ = NULL if node.type is None else self.read(node.type)
        if node.label is None:
            return Field(position, type_)
        label, docs = label_of(node.label), self._docs(node.label)
        if isinstance(label, int):
            return Field(label, type_, docs=docs)
        return Field.named(label, type_, docs)

    def function(self, node: syntax.FunctionSyntax) -> Func:
        """Returns a function type.

        Raises:
            CandidTextError: A name stands for two arguments, or a part is not well formed.
            CandidTypeError: The modes do not fit the function.
        """
        return Func(
            tuple(self.read(each.type) for each in node.args),
            tuple(self.read(each.type) for each in node.results),
            tuple(FuncMode(mode) for mode in node.modes),
            argument_names(node.args),
            argument_names(node.results),
        )

    def service(self, node: syntax.ServiceType) -> Service:
        """Returns a service type; whether its methods are functions is not known yet.

        Raises:
            CandidTextError: A part is not well formed.
        """
        names: set[str] = set()
        methods = []
        for method in node.methods:
            methods.append(self._method(method))
            if methods[-1].name in names:
                raise fail(method.name, f"two methods are named {methods[-1].name}")
            names.add(methods[-1].name)
        return Service(tuple(methods))

    def _method(self, node: syntax.MethodSyntax) -> ServiceMethod:
        name = name_of(node.name)
        if isinstance(node.type, syntax.Reference):
            return ServiceMethod(name, self.read(node.type), self._docs(node.name))
        try:
            return ServiceMethod(name, self.function(node.type), self._docs(node.name))
        except CandidTypeError as error:
            raise fail(node.name, error.reason) from None


def _distinct(nodes: tuple[syntax.FieldSyntax, ...], fields: list[Field]) -> tuple[Field, ...]:
    """Returns the fields; two of one label are refused where the second one stands."""
    seen: dict[int, Field] = {}
    for node, field in zip(nodes, fields, strict=True):
        earlier = seen.setdefault(field.label, field)
        if earlier is not field:
            names = [each.label if each.name is None else each.name for each in (field, earlier)]
            raise fail(
                _place_of(node), f"field {names[0]} has the same id {field.label} as {names[1]}"
            )
    return tuple(fields)


def _place_of(field: syntax.FieldSyntax) -> Token:
    if field.label is not None:
        return field.label
    assert field.type is not None, "the grammar gives a field a label or a type"
    return field.type.at


def argument_names(arguments: tuple[syntax.ArgumentSyntax, ...]) -> tuple[str | None, ...]:
    """Returns the name of each argument, None without one.

    Raises:
        CandidTextError: A name stands for two arguments.
    """
    names: list[str | None] = []
    for argument in arguments:
        name = None if argument.name is None else name_of(argument.name)
        if argument.name is not None and name in names:
            raise fail(argument.name, f"two arguments are named {name}")
        names.append(name)
    return tuple(names)
