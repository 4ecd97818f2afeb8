"""From what a module declares to its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from ic_factory.bindgen.binding_section import binding_lines
from ic_factory.bindgen.declarations import (
    Alias,
    Argument,
    Attribute,
    CaseClass,
    ClientMethod,
    Declaration,
    EnumClass,
    ModuleModel,
    RecordClass,
    TypeUse,
    UnionType,
)
from ic_factory.bindgen.docstrings import docstring, wraps_its_summary
from ic_factory.bindgen.layout import INDENT, Group, lay_out, quoted, union
from ic_factory.bindgen.module_head import exemption_lines, import_lines
from ic_factory.bindgen.names import BUILTINS_OF_ANNOTATIONS
from ic_factory.protocol.candid.types import FuncMode

_DATACLASS = "@dataclass(frozen=True, slots=True, kw_only=True)"
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_PASSWORD_LIKE = re.compile(
    r"(^|_)(pas+wo?r?d|pass(phrase)?|pwd|token|secrete?)($|_)", re.IGNORECASE
)
_AMBIGUOUS = frozenset("lIO")
_RAISED = "All raise BindingError for what does not fit its type, besides what the caller raises."
_CALLS = {
    None: "_update",
    FuncMode.QUERY: "_query",
    FuncMode.COMPOSITE_QUERY: "_query",
    FuncMode.ONEWAY: "_send",
}


def module_text(model: ModuleModel, source_name: str, regenerate: str) -> str:
    """Returns the text of a module.

    Args:
        model: What it declares.
        source_name: What it is generated from.
        regenerate: The command that generates it again.
    """
    writer = _Writer(model)
    sections = [*writer.types(), *writer.client(), *binding_lines(model), *writer.constructor()]
    body = "\n".join(sections).strip("\n").split("\n") if sections else []
    intro = docstring(f"The types and the client of `{_printable(source_name)}`.", "")
    gap = [""] if body[:1] and not body[0].startswith(("@", "class ", "def ")) else ["", ""]
    lines = [*intro, "", *import_lines(model), *([*gap, *body] if body else [])]
    origin = [
        f"# Generated from {_printable(source_name)}; changes here are lost.",
        f"# To generate it again: {_printable(regenerate)}",
    ]
    exemptions = exemption_lines([*origin, *lines], writer.exemptions)
    return "\n".join([*origin, *exemptions, *lines, ""])


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


class _Writer:
    """Writes sections; each line list ends with the two blank lines that part top-level things.

    Attributes:
        exemptions: Rules of the linter that what was written does not keep.
    """

    def __init__(self, model: ModuleModel) -> None:
        self._model = model
        # What annotations may name where they are evaluated at once; other names are quoted.
        self._bound = {"Principal", "FuncReference", "Some", "Never", "None"}
        self._bound |= BUILTINS_OF_ANNOTATIONS | model.shared
        self.exemptions: set[str] = set()

    def types(self) -> list[str]:
        lines: list[str] = []
        for declaration, following in pairwise([*self._model.own_declarations, None]):
            assert declaration is not None, "only what follows the last one is None"
            lines += self._declared(declaration)
            in_a_row = isinstance(declaration, Alias) and isinstance(following, Alias)
            lines += [] if in_a_row and not declaration.docs else ["", ""]
        return lines

    def _declared(self, declaration: Declaration) -> Iterator[str]:
        match declaration:
            case RecordClass(name, docs, attributes):
                otherwise = "" if attributes else "A record without fields."
                yield from self._dataclass(name, docs or otherwise, attributes)
            case EnumClass():
                yield from self._enum(declaration)
            case UnionType(name, docs, cases):
                for case in cases:
                    yield from (*self._case(case, name), "", "")
                self._variable(name)
                yield from union(name, [case.name for case in cases])
                yield from self._docstring(docs, "")
                self._bound.add(name)
            case Alias():
                yield from self._alias(declaration)

    def _dataclass(self, name: str, docs: str, attributes: Sequence[Attribute]) -> Iterator[str]:
        self._class(name)
        yield _DATACLASS
        yield f"class {name}:"
        described = [(each.name, each.docs) for each in attributes]
        documentation = self._docstring(docs, INDENT, described, f"The record `{name}`.")
        yield from documentation
        if documentation and attributes:
            yield ""
        for each in attributes:
            self._variable(each.name)
            default = " = None" if each.type.may_be_left_out else ""
            yield f"{INDENT}{each.name}: {each.type.annotation}{default}"

    def _case(self, case: CaseClass, variant: str) -> Iterator[str]:
        docs = case.docs or f"The case `{case.label}` of `{variant}`."
        if isinstance(case.payload, tuple):
            yield from self._dataclass(case.name, docs, case.payload)
            return
        self._class(case.name)
        yield "@dataclass(frozen=True, slots=True)"
        yield f"class {case.name}:"
        yield from self._docstring(docs, INDENT)
        if isinstance(case.payload, TypeUse) and case.has_value:
            default = " = None" if case.payload.may_be_left_out else ""
            yield from ("", f"{INDENT}value: {case.payload.annotation}{default}")

    def _enum(self, declaration: EnumClass) -> Iterator[str]:
        self._class(declaration.name)
        yield f"class {declaration.name}(enum.Enum):"
        described = [(each.name, each.docs) for each in declaration.members]
        summary = f"The variant `{declaration.name}`."
        documentation = self._docstring(declaration.docs, INDENT, described, summary)
        yield from documentation
        if documentation:
            yield ""
        for each in declaration.members:
            self._variable(each.name)
            if _PASSWORD_LIKE.search(each.name) and isinstance(each.label, str) and each.label:
                self.exemptions.add("S105")
            value = quoted(each.label) if isinstance(each.label, str) else str(each.label)
            yield f"{INDENT}{each.name} = {value}"

    def _alias(self, alias: Alias) -> Iterator[str]:
        known = self._bound.issuperset(_IDENTIFIER.findall(alias.annotation))
        value = alias.annotation if known else f'"{alias.annotation}"'
        if known:
            self._bound.add(alias.name)
        self._variable(alias.name)
        yield f"{alias.name}: TypeAlias = {value}"
        yield from self._docstring(alias.docs, "")

    def client(self) -> list[str]:
        model = self._model
        if model.client is None:
            return []
        lines = [f"class {model.client}(CanisterClient):"]
        docs = model.client_docs or "The methods of the canister, each of which is a call."
        lines += self._docstring(f"{docs}\n\n{_RAISED}", INDENT)
        for method in model.methods:
            lines += ["", *self._method(method)]
        return [*lines, "", ""]

    def _method(self, method: ClientMethod) -> Iterator[str]:
        if method.name in _AMBIGUOUS:
            self.exemptions.add("E743")
        self._small_letters(method.name)
        parameters = ["self", *self._parameters(method.arguments)]
        yield from _signature(method.name, parameters, method.annotation)
        documentation = self._docstring(method.docs, INDENT * 2)
        if documentation and _says_signature(documentation[0], method.name):
            self.exemptions.add("D402")
        yield from documentation
        passed = [method.constant, *(each.name for each in method.arguments)]
        returning = "return " if method.returns else ""
        invocation = Group(f"{returning}self.{_CALLS[method.mode]}(", tuple(passed), ")")
        yield from lay_out(invocation, INDENT * 2)

    def constructor(self) -> list[str]:
        arguments = self._model.init_arguments
        if arguments is None:
            return []
        values = Group("return _INIT_ARGS.encode_args([", tuple(a.name for a in arguments), "])")
        return [
            "",
            "",
            *_signature("encode_init_args", self._parameters(arguments), "bytes", ""),
            f'{INDENT}"""Returns the argument to install the canister with."""',
            *lay_out(values, INDENT),
        ]

    def _parameters(self, arguments: Sequence[Argument]) -> list[str]:
        """Returns the parameters; those at the end that may be left out have defaults."""
        last = takewhile(lambda each: each.type.may_be_left_out, reversed(arguments))
        optional = len(list(last))
        required = len(arguments) - optional
        for each in arguments:
            self._variable(each.name)
            self._small_letters(each.name)
        return [
            f"{each.name}: {each.type.annotation}" + (" = None" if index >= required else "")
            for index, each in enumerate(arguments)
        ]

    def _docstring(
        self,
        text: str,
        indent: str,
        attributes: Sequence[tuple[str, str]] = (),
        summary: str = "",
    ) -> list[str]:
        lines = docstring(text, indent, attributes, summary)
        if wraps_its_summary(lines):
            self.exemptions.add("D205")
        return lines

    def _small_letters(self, name: str) -> None:
        # The linter asks for small letters, which most scripts do not have. Whether it would have
        # asked for an exemption cannot be told for all signs, so that need is exempted as well.
        if not name.isascii():
            self.exemptions |= {"N802", "N803", "RUF100"}

    def _class(self, name: str) -> None:
        self._bound.add(name)
        if name in _AMBIGUOUS:
            self.exemptions.add("E742")

    def _variable(self, name: str) -> None:
        if name in _AMBIGUOUS:
            self.exemptions.add("E741")


def _says_signature(line: str, name: str) -> bool:
    return re.search(rf"(^|[ \t;,\"]){re.escape(name)}\(", line) is not None


def _signature(
    name: str, parameters: Sequence[str], result: str, indent: str = INDENT
) -> list[str]:
    return lay_out(Group(f"def {name}(", tuple(parameters), f") -> {result}:"), indent)
