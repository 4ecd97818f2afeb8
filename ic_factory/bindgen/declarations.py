"""What a generated module declares: a model between the interface and the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ic_factory.bindgen.layout import Expression
from ic_factory.protocol.candid.types import FuncMode


@dataclass(frozen=True, slots=True)
class TypeUse:
    """A type where it is used.

    Attributes:
        annotation: What it is in Python.
        wire: The expression of its Candid type.
        may_be_left_out: Whether None stands for it where nothing is given.
    """

    annotation: str
    wire: Expression
    may_be_left_out: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field of a dataclass.

    Attributes:
        name: What it is called in Python.
        label: Its name in Candid, or its number.
        type: Its type.
        docs: The comment above it.
    """

    name: str
    label: str | int
    type: TypeUse
    docs: str


@dataclass(frozen=True, slots=True)
class RecordClass:
    """A dataclass for a record."""

    name: str
    docs: str
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A case without payload; `is_reserved` tells a payload of `reserved` from one of `null`."""

    name: str
    label: str | int
    docs: str
    is_reserved: bool


@dataclass(frozen=True, slots=True)
class EnumClass:
    """An enumeration for a variant without payloads."""

    name: str
    docs: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class CaseClass:
    """A dataclass for a case of a variant.

    Attributes:
        name: What it is called in Python.
        label: Its name in Candid, or its number.
        docs: The comment above it.
        payload: The fields of its record; else its type; None without one.
        has_value: Whether the payload is an attribute of the class; it is not if it says nothing.
    """

    name: str
    label: str | int
    docs: str
    payload: tuple[Attribute, ...] | TypeUse | None
    has_value: bool = False


@dataclass(frozen=True, slots=True)
class UnionType:
    """A union of dataclasses for a variant."""

    name: str
    docs: str
    cases: tuple[CaseClass, ...]


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name for a type; `wire` is None where Candid has no such name."""

    name: str
    docs: str
    annotation: str
    wire: Expression | None


Declaration: TypeAlias = RecordClass | EnumClass | UnionType | Alias


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a method."""

    name: str
    type: TypeUse


@dataclass(frozen=True, slots=True)
class ClientMethod:
    """A method of the client.

    Attributes:
        name: What it is called in Python.
        constant: The constant that holds its types.
        wire_name: What it is called in Candid.
        docs: The comment above it.
        mode: How it may be called; None for an update.
        arguments: What it takes.
        results: The types of what it replies.
        returns: Whether it returns something; None and Never are nothing.
    """

    name: str
    constant: str
    wire_name: str
    docs: str
    mode: FuncMode | None
    arguments: tuple[Argument, ...]
    results: tuple[TypeUse, ...]
    returns: bool

    @property
    def annotation(self) -> str:
        """What it returns in Python."""
        annotations = [each.annotation for each in self.results]
        if len(annotations) > 1:
            return f"tuple[{', '.join(annotations)}]"
        return annotations[0] if annotations else "None"


@dataclass(frozen=True, slots=True)
class ModuleModel:
    """All that a module declares.

    Attributes:
        declarations: Types; each after those that it is made of, as far as that goes.
        client: The name of the client; None without a service.
        client_docs: The comment above the service.
        methods: The methods of the client.
        init_arguments: What the service's constructor takes; None if it is no constructor.
        imports: Names that the annotations and expressions need.
        shared: Those of the types that are taken from another module.
        shared_module: That module's full name.
    """

    declarations: tuple[Declaration, ...]
    client: str | None
    client_docs: str
    methods: tuple[ClientMethod, ...]
    init_arguments: tuple[Argument, ...] | None
    imports: frozenset[str]
    shared: frozenset[str] = frozenset()
    shared_module: str = ""

    @property
    def own_declarations(self) -> tuple[Declaration, ...]:
        """The types that are declared in the module itself."""
        return tuple(each for each in self.declarations if each.name not in self.shared)
