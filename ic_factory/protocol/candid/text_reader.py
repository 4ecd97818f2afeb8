"""From the syntax of values to values: read as a type, or with the type worked out from them."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any

from lark import Token

from ic_factory.errors import PrincipalError
from ic_factory.protocol.candid import syntax
from ic_factory.protocol.candid.elaboration import TypeReader, fail, label_of
from ic_factory.protocol.candid.errors import CandidTypeError
from ic_factory.protocol.candid.literals import (
    bytes_of,
    float_of,
    integer_of,
    name_of,
    text_of,
)
from ic_factory.protocol.candid.subtype import is_subtype
from ic_factory.protocol.candid.types import (
    BLOB,
    BOOL,
    EMPTY,
    FLOAT32,
    FLOAT64,
    INT,
    NAT,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    CandidType,
    Field,
    Func,
    Opt,
    Primitive,
    Record,
    Service,
    TypeEnvironment,
    Variant,
    Vec,
    accepts_absence,
    constructor,
    is_blob,
    label_hash,
    resolve,
)
from ic_factory.protocol.principal import Principal

_WHOLE = ("NATURAL", "INTEGER")
_BITS = {
    f"{kind}{bits}": (kind == "int", bits) for kind in ("nat", "int") for bits in (8, 16, 32, 64)
}
_FLOAT32_FORM = Struct("<f")
_TOKEN_TYPES: dict[str, Primitive] = {
    "TRUE": BOOL,
    "FALSE": BOOL,
    "NULL": NULL,
    "TEXT": TEXT,
    "NATURAL": INT,
    "INTEGER": INT,
    "FLOAT": FLOAT64,
}


class ValueReader:
    """Reads values of given types, with the names of an environment in annotations."""

    def __init__(self, environment: TypeEnvironment) -> None:
        self._types = TypeReader(environment, environment.definitions)

    def read(self, node: syntax.ValueSyntax, expected: CandidType) -> Any:
        """Returns the value that a text stands for.

        Raises:
            CandidTextError: The text is no value of the type; the error has its place.
        """
        if isinstance(node, syntax.Annotation):
            return self._annotated(node, expected)
        type_ = resolve(expected)
        match type_, node:
            case Primitive(), _:
                return self._primitive(node, type_)
            case Opt(inner), syntax.OptValue():
                return [self.read(node.inner, inner)]
            case Opt(inner), _:
                return [] if _is_token(node, "NULL") else [self.read(node, inner)]
            case Vec(inner), syntax.VecValue(_, elements):
                values = [self.read(element, inner) for element in elements]
                return bytes(values) if is_blob(type_) else values
            case Vec(), syntax.BlobValue(at) if is_blob(type_):
                return bytes_of(at)
            case Record(), syntax.RecordValue():
                return self._record(node, type_)
            case Variant(), syntax.VariantValue():
                return self._variant(node, type_)
            case Func(), syntax.FuncValue(at, method):
                return _principal(at), name_of(method)
            case Service(), syntax.ServiceValue(at):
                return _principal(at)
        raise _mistyped(node, expected)

    def _annotated(self, node: syntax.Annotation, expected: CandidType) -> Any:
        annotated = self._types.read(node.type)
        self.read(node.value, annotated)
        if not is_subtype(annotated, expected):
            reason = f"{constructor(annotated)} where {constructor(expected)} is expected"
            raise fail(node.at, reason)
        return self.read(node.value, expected)

    def _primitive(self, node: syntax.ValueSyntax, type_: Primitive) -> Any:
        if type_ == RESERVED:
            return None
        if isinstance(node, Token):
            return _from_token(node, type_)
        if type_ == PRINCIPAL and isinstance(node, syntax.PrincipalValue | syntax.ServiceValue):
            return _principal(node.at)
        raise _mistyped(node, type_)

    def _record(self, node: syntax.RecordValue, type_: Record) -> Any:
        parts = _labelled(node)
        value: dict[str, Any] = {}
        for field, key in zip(type_.fields, type_.keys, strict=True):
            part = parts.get(field.label)
            if part is not None:
                value[key] = self.read(part, field.type)
            elif accepts_absence(field.type):
                value[key] = [] if isinstance(resolve(field.type), Opt) else None
            else:
                raise fail(node.at, f"the record has no field {key}")
        return tuple(value.values()) if type_.is_tuple else value

    def _variant(self, node: syntax.VariantValue, type_: Variant) -> dict[str, Any]:
        label = _number_of(_case_label(node))
        for field, key in zip(type_.fields, type_.keys, strict=True):
            if field.label == label:
                return {key: self.read(_case_value(node), field.type)}
        names = ", ".join(type_.keys) or "none"
        raise fail(node.at, f"the variant has no case {node.part.label}; its cases: {names}")

    def infer(self, node: syntax.ValueSyntax) -> CandidType:
        """Returns the type of a value that stands alone.

        Whole numbers are of type int, others of float64, unless they are annotated.

        Raises:
            CandidTextError: The elements of a vec are of types that do not go together.
        """
        match node:
            case Token():
                return _TOKEN_TYPES[node.type]
            case syntax.Annotation():
                return self._types.read(node.type)
            case syntax.BlobValue():
                return BLOB
            case syntax.OptValue(_, inner):
                return Opt(self.infer(inner))
            case syntax.VecValue(at, elements):
                return Vec(self._common_type(at, elements))
            case syntax.RecordValue():
                return self._infer_record(node)
            case syntax.VariantValue():
                return Variant((_field(_case_label(node), self.infer(_case_value(node))),))
            case syntax.PrincipalValue():
                return PRINCIPAL
            case syntax.ServiceValue():
                return Service()
            case syntax.FuncValue():
                return Func()

    def _common_type(self, at: Token, elements: Sequence[syntax.ValueSyntax]) -> CandidType:
        common: CandidType = EMPTY
        for element in elements:
            try:
                common = _join(common, self.infer(element))
            except CandidTypeError as error:
                raise fail(at, f"the elements of the vec differ: {error}") from None
        return common

    def _infer_record(self, node: syntax.RecordValue) -> Record:
        names = {_number_of(label): label for label in _labels(node)}
        return Record(
            tuple(_field(names[label], self.infer(part)) for label, part in _labelled(node).items())
        )


def _join(left: CandidType, right: CandidType) -> CandidType:
    """Returns a type for values of both types, as long as nothing is lost on the way."""
    if left == right or right == EMPTY:
        return left
    if left == EMPTY:
        return right
    match left, right:
        case (Opt(), Primitive()) if right == NULL:
            return left
        case (Primitive(), Opt()) if left == NULL:
            return right
        case (Opt(inner), Opt(other)):
            return Opt(_join(inner, other))
        case (Vec(inner), Vec(other)):
            return Vec(_join(inner, other))
        case (Record(), Record()):
            present = {field.label: field for field in right.fields}
            if present.keys() == {field.label for field in left.fields}:
                return Record(
                    tuple(
                        Field(each.label, _join(each.type, present[each.label].type), each.name)
                        for each in left.fields
                    )
                )
        case (Variant(), Variant()):
            cases = {field.label: field for field in left.fields}
            for each in right.fields:
                known = cases.get(each.label)
                joined = each.type if known is None else _join(known.type, each.type)
                cases[each.label] = Field(each.label, joined, each.name)
            return Variant(tuple(cases.values()))
    raise CandidTypeError(f"{constructor(left)} and {constructor(right)}")


def _field(label: int | str, type_: CandidType) -> Field:
    return Field(label, type_) if isinstance(label, int) else Field.named(label, type_)


def _number_of(label: int | str) -> int:
    return label if isinstance(label, int) else label_hash(label)


def _labels(node: syntax.RecordValue) -> list[int | str]:
    """Returns the label of each part; one without takes the number after the one before it."""
    labels: list[int | str] = []
    following = 0
    for part in node.parts:
        label = following if part.label is None else label_of(part.label)
        following = _number_of(label) + 1
        labels.append(label)
    return labels


def _labelled(node: syntax.RecordValue) -> dict[int, syntax.ValueSyntax]:
    parts: dict[int, syntax.ValueSyntax] = {}
    for label, part in zip(_labels(node), node.parts, strict=True):
        number = _number_of(label)
        if number in parts:
            raise fail(node.at, f"two fields of the record have the id {number}")
        if number >> 32:
            raise fail(node.at, "a field id is out of the 32-bit range")
        assert part.value is not None, "the grammar gives each part of a record a value"
        parts[number] = part.value
    return parts


def _case_label(node: syntax.VariantValue) -> int | str:
    assert node.part.label is not None, "the grammar gives each case a label"
    return label_of(node.part.label)


def _case_value(node: syntax.VariantValue) -> syntax.ValueSyntax:
    """Returns the value of a case, null where none is written."""
    return Token("NULL", "null") if node.part.value is None else node.part.value


def _is_token(node: syntax.ValueSyntax, kind: str) -> bool:
    return isinstance(node, Token) and node.type == kind


def _from_token(token: Token, type_: Primitive) -> Any:
    kind = token.type
    if kind in _WHOLE and (type_ in (NAT, INT) or type_.name in _BITS):
        return _whole(token, type_)
    if kind in (*_WHOLE, "FLOAT") and type_ in (FLOAT32, FLOAT64):
        return _fraction(token, type_)
    if type_ == _TOKEN_TYPES[kind]:
        if type_ == TEXT:
            return text_of(token)
        return None if type_ == NULL else kind == "TRUE"
    raise _mistyped(token, type_)


def _whole(token: Token, type_: Primitive) -> int:
    number = integer_of(token)
    signed, bits = _BITS.get(type_.name, (type_ == INT, 0))
    least = (-1 << bits - 1 if bits else number) if signed else 0
    limit = 1 << bits - signed if bits else number + 1
    if not least <= number < limit:
        raise fail(token, f"the number is out of the range of {type_.name}")
    return number


def _fraction(token: Token, type_: Primitive) -> float:
    number = float_of(token)
    if type_ == FLOAT64:
        return number
    try:
        rounded: float = _FLOAT32_FORM.unpack(_FLOAT32_FORM.pack(number))[0]
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")
    return rounded


def _principal(token: Token) -> Principal:
    try:
        return Principal.from_str(text_of(token))
    except PrincipalError as error:
        raise fail(token, str(error)) from None


def _mistyped(node: syntax.ValueSyntax, expected: CandidType) -> Exception:
    found = type(node).__name__.removesuffix("Value").lower()
    if isinstance(node, Token):
        found = f"{_TOKEN_TYPES[node.type].name} {str(node)[:40]}"
    return fail(syntax.place_of(node), f"{found} where {constructor(expected)} is expected")
