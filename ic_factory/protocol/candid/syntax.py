"""What the parser of Candid text makes: the parts of a text, each with a token to point at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from lark import Token


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of a type, primitive or defined."""

    at: Token


@dataclass(frozen=True, slots=True)
class BlobType:
    """`blob`."""

    at: Token


@dataclass(frozen=True, slots=True)
class OptType:
    """`opt inner`."""

    at: Token
    inner: TypeSyntax


@dataclass(frozen=True, slots=True)
class VecType:
    """`vec inner`."""

    at: Token
    inner: TypeSyntax


@dataclass(frozen=True, slots=True)
class FieldSyntax:
    """A field of a record (without a label: of a tuple), or a case (without a type: of null)."""

    label: Token | None
    type: TypeSyntax | None


@dataclass(frozen=True, slots=True)
class RecordType:
    """`record { … }`."""

    at: Token
    fields: tuple[FieldSyntax, ...]


@dataclass(frozen=True, slots=True)
class VariantType:
    """`variant { … }`."""

    at: Token
    fields: tuple[FieldSyntax, ...]


@dataclass(frozen=True, slots=True)
class ArgumentSyntax:
    """An argument or a result, with or without a name."""

    name: Token | None
    type: TypeSyntax


@dataclass(frozen=True, slots=True)
class FunctionSyntax:
    """`(…) -> (…) modes`."""

    args: tuple[ArgumentSyntax, ...]
    results: tuple[ArgumentSyntax, ...]
    modes: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class FuncType:
    """`func (…) -> (…)`."""

    at: Token
    function: FunctionSyntax


@dataclass(frozen=True, slots=True)
class MethodSyntax:
    """A method of a service."""

    name: Token
    type: FunctionSyntax | Reference


@dataclass(frozen=True, slots=True)
class ServiceType:
    """`service { … }`."""

    at: Token
    methods: tuple[MethodSyntax, ...]


TypeSyntax: TypeAlias = (
    Reference | BlobType | OptType | VecType | RecordType | VariantType | FuncType | ServiceType
)


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """`type name = …`."""

    at: Token
    name: Token
    type: TypeSyntax


@dataclass(frozen=True, slots=True)
class Import:
    """`import "path"`, which takes types, or `import service "path"`, which takes methods too."""

    path: Token
    with_service: bool


@dataclass(frozen=True, slots=True)
class Initial:
    """What a service constructor takes."""

    args: tuple[ArgumentSyntax, ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """The main service; `init_args` is None unless it is a constructor."""

    at: Token
    init_args: tuple[ArgumentSyntax, ...] | None
    type: ServiceType | Reference


@dataclass(frozen=True, slots=True)
class Description:
    """A whole .did text."""

    definitions: tuple[TypeDefinition, ...]
    imports: tuple[Import, ...]
    actor: Actor | None


@dataclass(frozen=True, slots=True)
class BlobValue:
    """`blob "…"`."""

    at: Token


@dataclass(frozen=True, slots=True)
class OptValue:
    """`opt value`."""

    at: Token
    inner: ValueSyntax


@dataclass(frozen=True, slots=True)
class VecValue:
    """`vec { … }`."""

    at: Token
    elements: tuple[ValueSyntax, ...]


@dataclass(frozen=True, slots=True)
class PartSyntax:
    """A part of a record (without a label: of a tuple), or a case (without a value: null)."""

    label: Token | None
    value: ValueSyntax | None


@dataclass(frozen=True, slots=True)
class RecordValue:
    """`record { … }`."""

    at: Token
    parts: tuple[PartSyntax, ...]


@dataclass(frozen=True, slots=True)
class VariantValue:
    """`variant { … }`."""

    at: Token
    part: PartSyntax


@dataclass(frozen=True, slots=True)
class PrincipalValue:
    """`principal "…"`."""

    at: Token


@dataclass(frozen=True, slots=True)
class ServiceValue:
    """`service "…"`."""

    at: Token


@dataclass(frozen=True, slots=True)
class FuncValue:
    """`func "…".method`."""

    at: Token
    method: Token


@dataclass(frozen=True, slots=True)
class Annotation:
    """`value : type`."""

    value: ValueSyntax
    type: TypeSyntax

    @property
    def at(self) -> Token:
        """The token to point at."""
        return place_of(self.value)


ValueSyntax: TypeAlias = (
    Token
    | BlobValue
    | OptValue
    | VecValue
    | RecordValue
    | VariantValue
    | PrincipalValue
    | ServiceValue
    | FuncValue
    | Annotation
)
"""A bare token is a number, a text, a truth value or null."""


def place_of(value: ValueSyntax) -> Token:
    """Returns the token to point at when a value is wrong."""
    while isinstance(value, Annotation):
        value = value.value
    return value if isinstance(value, Token) else value.at
