"""Reads service descriptions, the language of .did files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import TypeAlias

from lark import Token

from ic_factory.protocol.candid import syntax
from ic_factory.protocol.candid.elaboration import TypeReader, argument_names, fail
from ic_factory.protocol.candid.errors import (
    CandidTextError,
    CandidTypeError,
    DidSyntaxError,
)
from ic_factory.protocol.candid.grammar import parse
from ic_factory.protocol.candid.interface import InterfaceDescription, Method
from ic_factory.protocol.candid.literals import text_of
from ic_factory.protocol.candid.types import (
    CandidType,
    Func,
    Service,
    ServiceMethod,
    TypeEnvironment,
    resolve,
)

ImportResolver: TypeAlias = Callable[[str], str]
"""Takes the path of an import, relative to the main text, and returns the text there.

It raises LookupError or OSError where there is none.
"""


@dataclass(slots=True)
class _Source:
    """One of the texts that make up a description.

    Attributes:
        path: Where it was imported from; None for the main text.
        description: Its parts.
        lines: Its lines, for the comments.
        imported_at: The import that brought it in first.
        importer: The path of the text with that import; None for the main text.
        with_service: Whether the methods of its service are wanted.
    """

    path: str | None
    description: syntax.Description
    lines: list[str]
    imported_at: Token | None = None
    importer: str | None = None
    with_service: bool = field(default=False)

    def docs(self, token: Token) -> str:
        """Returns the line comments right above the line that a token begins."""
        row = (token.line or 1) - 1
        if self.lines[row][: (token.column or 1) - 1].strip():
            return ""
        found: list[str] = []
        while row > 0 and (above := self.lines[row - 1].strip()).startswith("//"):
            found.append(above.removeprefix("//").removeprefix(" "))
            row -= 1
        return "\n".join(reversed(found))


def parse_did(text: str, resolve_import: ImportResolver | None = None) -> InterfaceDescription:
    """Reads a service description.

    Args:
        text: The description.
        resolve_import: Finds imported descriptions; without it, an import is an error.

    Raises:
        DidSyntaxError: The text does not parse, or makes no sense: an undefined, doubly defined
            or cyclic name, colliding fields, a method that is no function, a main service that
            is none, an import that is not found, and so on. It has line and column.
    """
    main = _read_source(text, None)
    sources = [*_Importer(resolve_import).load(main), main]
    return _Linker(sources).link()


def parse_types(text: str, environment: TypeEnvironment | None = None) -> list[CandidType]:
    """Reads a list of types in parentheses, such as `(nat, opt text)`.

    Args:
        text: The list.
        environment: What names in it refer to.

    Raises:
        CandidTextError: The text is no list of types, or a name in it is not defined.
    """
    names = environment or TypeEnvironment()
    reader = TypeReader(names, names.definitions)
    return [reader.read(node) for node in parse(text, "types")]


def _placed(error: CandidTextError, path: str | None) -> DidSyntaxError:
    return DidSyntaxError(error.reason, error.line, error.column, path)


def _read_source(text: str, path: str | None) -> _Source:
    try:
        return _Source(path, parse(text, "description"), text.split("\n"))
    except CandidTextError as error:
        raise _placed(error, path) from None


class _Importer:
    """Loads what a description imports, each text once, a text after those that it imports."""

    def __init__(self, resolver: ImportResolver | None) -> None:
        self._resolver = resolver
        self._loaded: dict[str, _Source] = {}
        self._order: list[_Source] = []

    def load(self, main: _Source) -> list[_Source]:
        pending = [(main, iter(main.description.imports))]
        while pending:
            source, imports = pending[-1]
            wanted = next(imports, None)
            if wanted is None:
                pending.pop()
                if source is not main:
                    self._order.append(source)
                continue
            imported, is_new = self._imported(source, wanted)
            imported.with_service |= wanted.with_service
            if is_new:
                pending.append((imported, iter(imported.description.imports)))
        return self._order

    def _imported(self, source: _Source, wanted: syntax.Import) -> tuple[_Source, bool]:
        try:
            path = normpath(join(dirname(source.path or ""), text_of(wanted.path)))
            known = self._loaded.get(path)
            if known is not None:
                return known, False
            text = self._text(path, wanted.path)
        except CandidTextError as error:
            raise _placed(error, source.path) from None
        imported = self._loaded[path] = _read_source(text, path)
        imported.imported_at, imported.importer = wanted.path, source.path
        return imported, True

    def _text(self, path: str, at: Token) -> str:
        if self._resolver is None:
            raise fail(at, f"cannot import {path!r}: imports are not provided for here")
        try:
            return self._resolver(path)
        except (LookupError, OSError) as error:
            raise fail(at, f"cannot import {path!r}: {error}") from None


class _Linker:
    """Makes one description of all sources, the main one last."""

    def __init__(self, sources: list[_Source]) -> None:
        self._sources = sources
        self._main = sources[-1]
        self._environment = TypeEnvironment()
        self._declared: set[str] = set()
        self._type_docs: dict[str, str] = {}

    def link(self) -> InterfaceDescription:
        for source in self._sources:
            self._in(source, self._declare)
        for source in self._sources:
            self._in(source, self._define)
        for source in self._sources:
            self._in(source, self._check)
        methods: dict[str, ServiceMethod] = {}
        has_service = False
        for source in self._sources:
            if source.with_service or (source is self._main and source.description.actor):
                has_service = True
                self._in(source, lambda each: self._add_methods(each, methods))
        actor = self._main.description.actor
        service = Service(tuple(methods.values())) if has_service else None
        init_args: tuple[CandidType, ...] | None = None
        names: tuple[str | None, ...] = ()
        if actor is not None and actor.init_args is not None:
            reader = self._reader(self._main)
            try:
                init_args = tuple(reader.read(each.type) for each in actor.init_args)
                names = argument_names(actor.init_args)
            except CandidTextError as error:
                raise _placed(error, None) from None
        return InterfaceDescription(
            environment=self._environment,
            service=service,
            methods={method.name: _method(method) for method in service.methods} if service else {},
            init_args=init_args,
            init_arg_names=names,
            type_docs=self._type_docs,
            service_docs=self._main.docs(actor.at) if actor else "",
        )

    def _in(self, source: _Source, action: Callable[[_Source], None]) -> None:
        try:
            action(source)
        except CandidTextError as error:
            raise _placed(error, source.path) from None

    def _reader(self, source: _Source) -> TypeReader:
        return TypeReader(self._environment, self._declared, source.docs)

    def _declare(self, source: _Source) -> None:
        for definition in source.description.definitions:
            if definition.name in self._declared:
                raise fail(definition.name, f"type {definition.name} is defined twice")
            self._declared.add(str(definition.name))

    def _define(self, source: _Source) -> None:
        reader = self._reader(source)
        for definition in source.description.definitions:
            self._environment.define(str(definition.name), reader.read(definition.type))
            docs = source.docs(definition.at)
            if docs:
                self._type_docs[str(definition.name)] = docs

    def _check(self, source: _Source) -> None:
        for definition in source.description.definitions:
            try:
                resolve(self._environment.definitions[definition.name])
            except CandidTypeError as error:
                raise fail(definition.name, error.reason) from None
        for node in _services_in(source.description):
            self._check_methods(node)

    def _check_methods(self, node: syntax.ServiceType) -> None:
        for method in node.methods:
            if isinstance(method.type, syntax.Reference):
                reader = TypeReader(self._environment, self._declared)
                if not isinstance(resolve(reader.read(method.type)), Func):
                    raise fail(method.type.at, f"{method.type.at} is not a function type")

    def _add_methods(self, source: _Source, methods: dict[str, ServiceMethod]) -> None:
        actor = source.description.actor
        if actor is None:
            raise _bad_import(source, "the import has no service")
        if source is not self._main and actor.init_args is not None:
            raise _bad_import(source, "the import has a service constructor")
        reader = self._reader(source)
        service = resolve(reader.read(actor.type))
        if not isinstance(service, Service):
            raise fail(actor.type.at, f"{actor.type.at} is not a service type")
        for method in service.methods:
            if method.name in methods:
                reason = f"method {method.name} is imported twice, or imported and defined"
                raise fail(actor.at, reason)
            methods[method.name] = method


def _bad_import(source: _Source, reason: str) -> DidSyntaxError:
    assert source.imported_at is not None, "only imports are refused as such"
    return _placed(fail(source.imported_at, reason), source.importer)


def _method(method: ServiceMethod) -> Method:
    signature = resolve(method.type)
    assert isinstance(signature, Func), "checked before"
    return Method(method.name, signature, method.docs)


def _services_in(description: syntax.Description) -> list[syntax.ServiceType]:
    """Returns each service type that is written out in a description."""
    found = []
    pending: list[syntax.TypeSyntax] = [each.type for each in description.definitions]
    if description.actor is not None:
        pending.append(description.actor.type)
        pending += [each.type for each in description.actor.init_args or ()]
    while pending:
        node = pending.pop()
        if isinstance(node, syntax.ServiceType):
            found.append(node)
        pending += _parts_of(node)
    return found


def _parts_of(node: syntax.TypeSyntax) -> list[syntax.TypeSyntax]:
    match node:
        case syntax.OptType(_, inner) | syntax.VecType(_, inner):
            return [inner]
        case syntax.RecordType(_, fields) | syntax.VariantType(_, fields):
            return [each.type for each in fields if each.type is not None]
        case syntax.FuncType(_, function):
            return [each.type for each in (*function.args, *function.results)]
        case syntax.ServiceType(_, methods):
            functions = [m.type for m in methods if isinstance(m.type, syntax.FunctionSyntax)]
            return [each.type for f in functions for each in (*f.args, *f.results)]
    return []
