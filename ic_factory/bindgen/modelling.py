"""From an interface to what its module declares."""

from __future__ import annotations

from collections.abc import Sequence

from ic_factory.bindgen.declarations import (
    Alias,
    Argument,
    Attribute,
    CaseClass,
    ClientMethod,
    Declaration,
    EnumClass,
    Member,
    ModuleModel,
    RecordClass,
    TypeUse,
    UnionType,
)
from ic_factory.bindgen.layout import Expression
from ic_factory.bindgen.names import (
    RESERVED_ATTRIBUTES,
    RESERVED_METHODS,
    TypeNames,
    cap_words,
    distinct,
    snake_case,
    upper_case,
)
from ic_factory.bindgen.wire_types import WireTypes
from ic_factory.protocol.candid import InterfaceDescription, Method
from ic_factory.protocol.candid.types import (
    EMPTY,
    NULL,
    RESERVED,
    CandidType,
    Field,
    Func,
    Named,
    Opt,
    Primitive,
    Record,
    Service,
    Variant,
    Vec,
    accepts_absence,
    is_blob,
    resolve,
)

_MAX_ANNOTATION = 60
"""An annotation that is longer gets a name of its own."""

_RESERVED_TYPES = (
    *("CanisterClient", "CaseBinding", "FuncReference", "MethodBinding", "Never", "Principal"),
    *("Some", "TypeAlias", "TypeBindings"),
)
_RESERVED_CONSTANTS = ("TYPES", "INIT_ARGS")
_SCALARS = {
    "null": "None",
    "bool": "bool",
    "text": "str",
    "float32": "float",
    "float64": "float",
    "principal": "Principal",
    "reserved": "object",
    "empty": "Never",
}


def model_of(interface: InterfaceDescription, client: str) -> ModuleModel:
    """Returns what the module of an interface declares.

    Args:
        interface: The interface.
        client: The name of its client.
    """
    return _Modeller(interface, client).model()


class _Modeller:
    """Collects declarations, those of anonymous types before the ones that they stand in."""

    def __init__(self, interface: InterfaceDescription, client: str) -> None:
        self._interface = interface
        self._client = client
        self._type_names = TypeNames((*_RESERVED_TYPES, client))
        self._declarations: list[Declaration] = []
        self._imports: set[str] = set()
        definitions = interface.types
        exact_first = sorted(definitions, key=lambda name: cap_words(name) != name)
        self._names = {name: self._type_names.claim(name) for name in exact_first}
        self._wire = WireTypes(self._names, self._imports)

    def model(self) -> ModuleModel:
        for name, type_ in self._interface.types.items():
            docs = self._interface.type_docs.get(name, "")
            self._declarations.append(self._declaration(self._names[name], type_, docs))
        methods = self._methods()
        has_service = self._interface.service is not None
        return ModuleModel(
            client=self._client if has_service else None,
            client_docs=self._interface.service_docs,
            methods=methods,
            init_arguments=self._init_arguments(),
            declarations=tuple(self._declarations),
            imports=frozenset(self._imports),
        )

    # Types

    def _declaration(self, name: str, type_: CandidType, docs: str) -> Declaration:
        match type_:
            case Record() if not type_.is_tuple:
                return RecordClass(name, docs, self._attributes(type_, name))
            case Variant(cases) if cases and all(_says_nothing(case.type) for case in cases):
                return EnumClass(name, docs, _members(cases))
            case Variant(cases) if cases:
                return UnionType(name, docs, self._cases(type_, name))
            case Opt():
                use = self._use(type_, f"{name}Value")
            case Vec():
                use = self._use(type_, f"{name}Item")
            case _:
                use = self._use(type_, name)
        return Alias(name, docs, use.annotation, use.wire)

    def _use(self, type_: CandidType, hint: str) -> TypeUse:
        """Returns a type where it is used; `hint` names what is anonymous in it."""
        annotation, wire = self._translated(type_, hint)
        if len(annotation) > _MAX_ANNOTATION and not isinstance(type_, Named):
            name = self._type_names.claim(hint)
            self._declarations.append(Alias(name, "", annotation, None))
            annotation = name
        return TypeUse(annotation, wire, accepts_absence(type_))

    def _translated(self, type_: CandidType, hint: str) -> tuple[str, Expression]:
        match type_:
            case Named(name):
                return self._names[name], self._wire.reference(self._names[name])
            case Primitive(name):
                return self._needing(_SCALARS.get(name, "int")), self._wire.inline(type_)
            case Opt(inner):
                return self._opt(inner, hint)
            case Vec(inner) if not is_blob(type_):
                use = self._use(inner, hint)
                return f"list[{use.annotation}]", self._wire.call("Vec", use.wire)
            case Vec():
                return "bytes", self._wire.name("BLOB")
            case Record(fields) if type_.is_tuple:
                parts = [self._use(each.type, f"{hint}{each.label}") for each in fields]
                annotation = f"tuple[{', '.join(part.annotation for part in parts)}]"
                return annotation, self._wire.call("Record.tuple_of", *(p.wire for p in parts))
            case Variant(()):
                return self._needing("Never"), self._wire.inline(type_)
            case Record() | Variant():
                return self._anonymous(type_, hint)
            case Func():
                return self._needing("FuncReference"), self._wire.inline(type_)
            case Service():
                return self._needing("Principal"), self._wire.inline(type_)
        raise AssertionError(f"no description has the type {type_}")

    def _needing(self, name: str) -> str:
        self._imports.add(name)
        return name

    def _opt(self, inner: CandidType, hint: str) -> tuple[str, Expression]:
        use = self._use(inner, hint)
        wire = self._wire.call("Opt", use.wire)
        if use.may_be_left_out:
            return f"{self._needing('Some')}[{use.annotation}] | None", wire
        return f"{use.annotation} | None", wire

    def _anonymous(self, type_: CandidType, hint: str) -> tuple[str, Expression]:
        name = self._type_names.claim(hint)
        self._declarations.append(self._declaration(name, type_, ""))
        return name, self._wire.reference(name)

    def _attributes(self, record: Record, owner: str) -> tuple[Attribute, ...]:
        """Returns a record's fields: those that must be given first, then by name."""
        names = _field_names(record.fields, RESERVED_ATTRIBUTES)
        attributes = []
        for field in sorted(record.fields, key=lambda each: names[each.label]):
            name = names[field.label]
            use = self._use(field.type, owner + cap_words(name))
            attributes.append(Attribute(name, _label(field), use, field.docs))
        return tuple(sorted(attributes, key=lambda each: each.type.may_be_left_out))

    def _cases(self, variant: Variant, owner: str) -> tuple[CaseClass, ...]:
        ordered = sorted(variant.fields, key=_sort_key)
        return tuple(self._case(case, owner) for case in ordered)

    def _case(self, case: Field, owner: str) -> CaseClass:
        name = self._type_names.claim(owner + cap_words(case.name or f"Case{case.label}"))
        label = _label(case)
        if _says_nothing(case.type):
            reserved = resolve(case.type) == RESERVED
            use = TypeUse("", self._wire.name("RESERVED")) if reserved else None
            return CaseClass(name, label, case.docs, use)
        if isinstance(case.type, Record) and not case.type.is_tuple:
            return CaseClass(name, label, case.docs, self._attributes(case.type, name))
        return CaseClass(name, label, case.docs, self._use(case.type, f"{name}Value"), True)

    # Methods

    def _methods(self) -> tuple[ClientMethod, ...]:
        methods = list(self._interface.methods.values())
        wanted = {each.name: (each.name, snake_case(each.name, "method")) for each in methods}
        names = distinct(wanted, RESERVED_METHODS)
        constants = distinct(
            {each: (each, upper_case(each, "method")) for each in names}, _RESERVED_CONSTANTS
        )
        return tuple(self._method(each, names[each.name], constants[each.name]) for each in methods)

    def _method(self, method: Method, name: str, constant: str) -> ClientMethod:
        signature = method.signature
        hint = cap_words(name)
        return ClientMethod(
            name=name,
            constant=f"_{constant}",
            wire_name=method.name,
            docs=method.docs,
            mode=method.mode,
            arguments=self._arguments(signature.args, signature.arg_names, hint),
            results=self._results(signature.results, signature.result_names, hint),
            returns=any(map(_can_be_returned, signature.results)) or len(signature.results) > 1,
        )

    def _init_arguments(self) -> tuple[Argument, ...] | None:
        types, names = self._interface.init_args, self._interface.init_arg_names
        return None if types is None else self._arguments(types, names, "Init")

    def _arguments(
        self, types: Sequence[CandidType], given: Sequence[str | None], hint: str
    ) -> tuple[Argument, ...]:
        names = _argument_names(given, len(types))
        return tuple(
            Argument(name, self._use(type_, hint + cap_words(name)))
            for name, type_ in zip(names, types, strict=True)
        )

    def _results(
        self, types: Sequence[CandidType], given: Sequence[str | None], hint: str
    ) -> tuple[TypeUse, ...]:
        names = [*given, *[None] * (len(types) - len(given))]
        numbers = [str(index or "") for index in range(len(types))]
        return tuple(
            self._use(type_, hint + (cap_words(name) if name else f"Result{number}"))
            for type_, name, number in zip(types, names, numbers, strict=True)
        )


def _says_nothing(payload: CandidType) -> bool:
    return resolve(payload) in (NULL, RESERVED)


def _can_be_returned(result: CandidType) -> bool:
    return resolve(result) not in (NULL, EMPTY, Variant())


def _label(field: Field) -> str | int:
    return field.label if field.name is None else field.name


def _sort_key(field: Field) -> tuple[bool, bool, str, int]:
    """Puts cases in the order of their names: `Ok` first, those without a name last."""
    name = field.name or ""
    return name.lower() != "ok", field.name is None, name, field.label


def _field_names(fields: Sequence[Field], reserved: frozenset[str]) -> dict[int, str]:
    """Returns the attribute for each label."""
    wanted = {
        each.label: (each.name, snake_case(each.name, "field"))
        if each.name is not None
        else ("", f"field_{each.label}")
        for each in fields
    }
    return distinct(wanted, reserved)


def _members(cases: Sequence[Field]) -> tuple[Member, ...]:
    ordered = sorted(cases, key=_sort_key)
    wanted = {each.label: (each.name or "", _member_name(each)) for each in ordered}
    names = distinct(wanted, ())
    return tuple(
        Member(names[each.label], _label(each), each.docs, resolve(each.type) == RESERVED)
        for each in ordered
    )


def _member_name(case: Field) -> str:
    return f"CASE_{case.label}" if case.name is None else upper_case(case.name, "case")


def _argument_names(given: Sequence[str | None], count: int) -> list[str]:
    """Returns a name for each argument: the one it has, else `arg`, `arg1`, `arg2` and so on."""
    wanted = {}
    for index in range(count):
        name = given[index] if index < len(given) else None
        default = f"arg{index or ''}"
        wanted[index] = (default, default) if name is None else (name, snake_case(name, "arg"))
    return list(distinct(wanted, RESERVED_ATTRIBUTES).values())
