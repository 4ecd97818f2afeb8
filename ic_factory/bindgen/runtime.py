"""What generated modules stand on: the base of their clients, and their types on the wire."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from ic_factory.bindgen.conversions import (
    CaseShape,
    ConversionCompiler,
    EnumShape,
    FuncReference,
    RecordShape,
    Shape,
    Some,
    VariantShape,
)
from ic_factory.bindgen.errors import BindingError
from ic_factory.protocol.candid.errors import CandidTypeError, CandidWireError
from ic_factory.protocol.candid.types import (
    NULL,
    RESERVED,
    CandidType,
    Field,
    Named,
    Record,
    TypeEnvironment,
    Variant,
    label_hash,
)
from ic_factory.protocol.candid.wire import ArgumentDecoder, ArgumentEncoder
from ic_factory.protocol.principal import Principal

__all__ = [
    "BindingError",
    "Caller",
    "CanisterClient",
    "CaseBinding",
    "FuncReference",
    "MethodBinding",
    "Some",
    "TypeBindings",
]

_Result = TypeVar("_Result")

Fields: TypeAlias = Mapping[str, CandidType | Field]
"""The attributes of a class; a `Field` where the attribute is not called as in Candid."""

_TOO_DEEP = "values nest too deeply"


class Caller(Protocol):
    """Who carries calls to canisters, such as an agent."""

    def update(
        self,
        canister_id: Principal,
        method_name: str,
        arg: bytes,
        *,
        effective_canister_id: Principal | None = None,
    ) -> bytes:
        """Calls an update method and returns its reply, once there is one."""
        ...

    def query(
        self,
        canister_id: Principal,
        method_name: str,
        arg: bytes,
        *,
        effective_canister_id: Principal | None = None,
    ) -> bytes:
        """Calls a query method and returns its reply."""
        ...


class MethodBinding(Generic[_Result]):
    """A method's types; they are compiled when they are first used.

    Attributes:
        name: The name of the method.
    """

    def __init__(
        self,
        name: str,
        args: Sequence[CandidType],
        results: Sequence[CandidType],
        conversions: ConversionCompiler,
    ) -> None:
        """Keeps the types of the arguments and results."""
        self.name = name
        self._args = tuple(args)
        self._results = tuple(results)
        self._conversions = conversions

    def encode_args(self, values: Sequence[object]) -> bytes:
        """Returns the message to call the method with.

        Raises:
            BindingError: A value is not of its type; the error has the path to it.
        """
        plain: list[Any] = []
        try:
            for value, convert in zip(values, self._to_plain, strict=True):
                plain.append(convert(value) if convert else value)
            return self._encoder.encode(plain)
        except BindingError as error:
            raise error.within(f"[{len(plain)}]").within(self.name) from None
        except CandidTypeError as error:
            raise BindingError(error.reason, (self.name, *error.path)) from error
        except RecursionError:
            raise BindingError(_TOO_DEEP, (self.name,)) from None

    def decode_results(self, reply: bytes) -> _Result:
        """Returns what a reply says: None, one result, or a tuple of several.

        Raises:
            BindingError: The reply is not Candid, or not of the method's result types.
        """
        try:
            plain = self._decoder.decode(reply)
            pairs = zip(plain, self._from_plain, strict=True)
            values = [convert(each) if convert else each for each, convert in pairs]
        except CandidWireError as error:
            raise BindingError(f"the reply does not fit: {error}", (self.name,)) from error
        except RecursionError:
            raise BindingError(_TOO_DEEP, (self.name,)) from None
        result: Any = tuple(values) if len(values) > 1 else next(iter(values), None)
        answer: _Result = result
        return answer

    @cached_property
    def _encoder(self) -> ArgumentEncoder:
        return ArgumentEncoder(self._args)

    @cached_property
    def _decoder(self) -> ArgumentDecoder:
        return ArgumentDecoder(self._results)

    @cached_property
    def _to_plain(self) -> list[Any]:
        return [self._conversions.compile(each).to_plain for each in self._args]

    @cached_property
    def _from_plain(self) -> list[Any]:
        return [self._conversions.compile(each).from_plain for each in self._results]


@dataclass(frozen=True, slots=True)
class CaseBinding:
    """A case of a variant.

    Attributes:
        cls: The dataclass that stands for it.
        label: Its name in Candid, or its number where it has no name.
        payload: The fields of its record, which are those of the class, or the type of `value`.
    """

    cls: type[Any]
    label: str | int
    payload: Fields | CandidType = NULL


class TypeBindings:
    """The Candid types behind the classes of a module, by the names that they have in Python."""

    def __init__(self) -> None:
        """Begins without types."""
        self._environment = TypeEnvironment()
        self._shapes: dict[str, Shape] = {}
        self._conversions = ConversionCompiler(self._shapes)

    def __getitem__(self, name: str) -> Named:
        """Returns the type of a name, which need not be bound yet."""
        return Named(name, self._environment)

    def alias(self, name: str, type_: CandidType) -> None:
        """Binds a type that has no class of its own."""
        self._environment.define(name, type_)

    def record(self, cls: type[Any], fields: Fields) -> None:
        """Binds a dataclass to the record with these fields."""
        bound = _bound(fields)
        self._environment.define(cls.__name__, Record(tuple(bound.values())))
        self._shapes[cls.__name__] = RecordShape(cls, _attributes(bound))

    def enum(self, cls: type[enum.Enum], *, reserved: Sequence[enum.Enum] = ()) -> None:
        """Binds an enumeration to the variant whose cases its values name.

        Args:
            cls: The enumeration; a value is a name, or the number of a case without one.
            reserved: The members whose payload is `reserved`, not `null`.
        """
        fields = {
            member: _field(member.value, RESERVED if member in reserved else NULL) for member in cls
        }
        self._environment.define(cls.__name__, Variant(tuple(fields.values())))
        members = {field.label: member for member, field in fields.items()}
        self._shapes[cls.__name__] = EnumShape(cls, members)

    def variant(self, name: str, *cases: CaseBinding) -> None:
        """Binds a union of dataclasses to the variant with these cases."""
        fields = []
        shapes = {}
        for case in cases:
            payload, attributes = case.payload, None
            if isinstance(payload, Mapping):
                bound = _bound(payload)
                payload, attributes = Record(tuple(bound.values())), _attributes(bound)
            fields.append(_field(case.label, payload))
            shapes[fields[-1].label] = CaseShape(case.cls, attributes)
        self._environment.define(name, Variant(tuple(fields)))
        self._shapes[name] = VariantShape(shapes)

    def method(
        self, name: str, args: Sequence[CandidType], results: Sequence[CandidType]
    ) -> MethodBinding[Any]:
        """Returns a method with arguments and results of these types."""
        return MethodBinding(name, args, results, self._conversions)


class CanisterClient:
    """Base of generated clients: one canister, and who carries the calls to it.

    Attributes:
        caller: Carries the calls.
        canister_id: The canister.
    """

    def __init__(self, caller: Caller, canister_id: Principal | str) -> None:
        """Binds the client to a canister.

        Raises:
            PrincipalError: `canister_id` is not the text of a principal.
        """
        self.caller = caller
        self.canister_id = Principal.of(canister_id)

    def effective_canister_id(self, values: Sequence[object]) -> Principal | None:  # noqa: ARG002
        """Returns the canister that a call is about, where it is not the one that is called.

        Only the management canister needs one (specification, "Effective canister id").

        Args:
            values: The arguments of the call.
        """
        return None

    def _update(self, method: MethodBinding[_Result], *values: object) -> _Result:
        reply = self.caller.update(
            self.canister_id,
            method.name,
            method.encode_args(values),
            effective_canister_id=self.effective_canister_id(values),
        )
        return method.decode_results(reply)

    def _query(self, method: MethodBinding[_Result], *values: object) -> _Result:
        reply = self.caller.query(
            self.canister_id,
            method.name,
            method.encode_args(values),
            effective_canister_id=self.effective_canister_id(values),
        )
        return method.decode_results(reply)

    def _send(self, method: MethodBinding[None], *values: object) -> None:
        """Calls a oneway method, whose reply would say nothing."""
        self.caller.update(
            self.canister_id,
            method.name,
            method.encode_args(values),
            effective_canister_id=self.effective_canister_id(values),
        )


def _field(label: str | int, type_: CandidType) -> Field:
    return Field(label, type_) if isinstance(label, int) else Field(label_hash(label), type_, label)


def _bound(fields: Fields) -> dict[str, Field]:
    """Returns the field of each attribute."""
    return {
        name: each if isinstance(each, Field) else Field.named(name, each)
        for name, each in fields.items()
    }


def _attributes(fields: Mapping[str, Field]) -> dict[int, str]:
    return {field.label: name for name, field in fields.items()}
