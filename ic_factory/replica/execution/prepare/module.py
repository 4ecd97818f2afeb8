"""What a module declares, read from its sections without decoding its code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from ic_factory.replica.execution.prepare.binary import Reader, Section, SectionId, read_sections
from ic_factory.replica.execution.prepare.invalid_module import InvalidModule


class ValueType(IntEnum):
    """Value types by their code in the binary format."""

    I32 = 0x7F
    I64 = 0x7E
    F32 = 0x7D
    F64 = 0x7C
    V128 = 0x7B
    FUNCREF = 0x70
    EXTERNREF = 0x6F

    @property
    def is_number(self) -> bool:
        """Whether the type is a number or a vector, not a reference."""
        return self > ValueType.FUNCREF


class ExternalKind(IntEnum):
    """What an import or an export is, by its code in the binary format."""

    FUNCTION = 0
    TABLE = 1
    MEMORY = 2
    GLOBAL = 3
    TAG = 4


@dataclass(frozen=True, slots=True)
class FunctionType:
    """A function's parameters and results."""

    parameters: tuple[ValueType, ...]
    results: tuple[ValueType, ...]

    def __str__(self) -> str:
        parameters = ", ".join(value_type.name.lower() for value_type in self.parameters)
        results = ", ".join(value_type.name.lower() for value_type in self.results)
        return f"({parameters}) -> ({results})"


@dataclass(frozen=True, slots=True)
class FunctionImport:
    """A function that the module asks for."""

    module: str
    name: str
    type_index: int


@dataclass(frozen=True, slots=True)
class MemoryType:
    """A memory's limits in pages of 64 KiB."""

    minimum: int
    maximum: int | None
    is_64_bit: bool
    flags: int
    """As in the binary format, so that limits of a kind we do not know are not lost."""


@dataclass(frozen=True, slots=True)
class GlobalType:
    """A global's type."""

    value_type: ValueType
    is_mutable: bool


@dataclass(frozen=True, slots=True)
class Export:
    """Something that the module offers under a name."""

    name: str
    kind: ExternalKind
    index: int


@dataclass(slots=True)
class ModuleShape:
    """The declarations of a module."""

    sections: list[Section]
    types: list[FunctionType] = field(default_factory=list)
    function_imports: list[FunctionImport] = field(default_factory=list)
    memories: list[MemoryType] = field(default_factory=list)
    memory_is_imported: bool = False
    functions: list[int] = field(default_factory=list)
    """Type index of each function that the module defines."""
    table_count: int = 0
    globals: list[GlobalType] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    start_function: int | None = None
    code_bytes: int = 0
    body_sizes: list[int] = field(default_factory=list)
    custom_sections: list[tuple[str, bytes]] = field(default_factory=list)
    """Name and content of the sections whose name starts with `icp:`."""

    def type_of(self, function_index: int) -> FunctionType:
        """The type of a function, imported or defined.

        Raises:
            InvalidModule: there is no such function or type.
        """
        imported = len(self.function_imports)
        try:
            if function_index < imported:
                return self.types[self.function_imports[function_index].type_index]
            return self.types[self.functions[function_index - imported]]
        except IndexError:
            raise InvalidModule.undecodable(
                f"function {function_index} or its type is not declared"
            ) from None


def read_module(module: bytes) -> ModuleShape:
    """Reads a module's declarations.

    Raises:
        InvalidModule: the bytes are no module, or declare what the IC does not know.
    """
    shape = ModuleShape(read_sections(module))
    seen: set[SectionId] = set()
    for section in shape.sections:
        if section.section_id is SectionId.CUSTOM:
            _read_custom(shape, section.content)
            continue
        if section.section_id in seen:
            raise InvalidModule.undecodable(f"there are two {section.section_id.name} sections")
        seen.add(section.section_id)
        _read_section(shape, section)
    return shape


def _read_section(shape: ModuleShape, section: Section) -> None:  # noqa: C901 - one case a section
    reader = Reader(section.content)
    match section.section_id:
        case SectionId.TYPE:
            shape.types = [_function_type(reader) for _ in _vector(reader)]
        case SectionId.IMPORT:
            for _ in _vector(reader):
                _read_import(shape, reader)
        case SectionId.FUNCTION:
            shape.functions = [reader.unsigned() for _ in _vector(reader)]
        case SectionId.TABLE:
            shape.table_count = reader.unsigned()
        case SectionId.MEMORY:
            shape.memories += [_memory_type(reader) for _ in _vector(reader)]
        case SectionId.GLOBAL:
            for _ in _vector(reader):
                shape.globals.append(_global_type(reader))
                _skip_constant(reader)
        case SectionId.EXPORT:
            shape.exports = [_export(reader) for _ in _vector(reader)]
        case SectionId.START:
            shape.start_function = reader.unsigned()
        case SectionId.CODE:
            shape.code_bytes = len(section.content)
            for _ in _vector(reader):
                size = reader.unsigned()
                reader.skip(size)
                shape.body_sizes.append(size)
        case SectionId.TAG:
            raise InvalidModule.because("Wasm module uses exceptions, which are not supported.")
        case _:
            pass


def _read_custom(shape: ModuleShape, content: bytes) -> None:
    reader = Reader(content)
    name = reader.name()
    if name.startswith("icp:"):
        shape.custom_sections.append((name, content[reader.position :]))


MAX_VECTOR_ITEMS = 1_000_000
"""More than any limit allows, so that a hostile module is not read for minutes."""


def _vector(reader: Reader) -> Iterator[int]:
    count = reader.unsigned()
    if count > MAX_VECTOR_ITEMS:
        raise InvalidModule.undecodable(f"a vector of {count} items is too long")
    if count > reader.end - reader.position:
        raise InvalidModule.undecodable(f"a vector of {count} items does not fit its section")
    return iter(range(count))


def _value_type(reader: Reader) -> ValueType:
    code = reader.byte()
    try:
        return ValueType(code)
    except ValueError:
        raise InvalidModule.undecodable(f"value type 0x{code:02x} is not supported") from None


def _function_type(reader: Reader) -> FunctionType:
    form = reader.byte()
    if form != 0x60:
        raise InvalidModule.undecodable(f"type form 0x{form:02x} is not supported")
    parameters = tuple(_value_type(reader) for _ in _vector(reader))
    return FunctionType(parameters, tuple(_value_type(reader) for _ in _vector(reader)))


def _memory_type(reader: Reader) -> MemoryType:
    flags = reader.byte()
    if flags & ~0x05:
        raise InvalidModule.because("Wasm module declares a memory that is shared or not of pages.")
    bits = 64 if flags & 0x04 else 32
    minimum = reader.unsigned(bits)
    maximum = reader.unsigned(bits) if flags & 0x01 else None
    return MemoryType(minimum, maximum, bits == 64, flags)


def _global_type(reader: Reader) -> GlobalType:
    return GlobalType(_value_type(reader), bool(reader.byte()))


def _export(reader: Reader) -> Export:
    name = reader.name()
    return Export(name, _external_kind(reader), reader.unsigned())


def _external_kind(reader: Reader) -> ExternalKind:
    code = reader.byte()
    try:
        return ExternalKind(code)
    except ValueError:
        raise InvalidModule.undecodable(f"external kind {code} is not known") from None


def _read_import(shape: ModuleShape, reader: Reader) -> None:
    module, name = reader.name(), reader.name()
    kind = _external_kind(reader)
    if kind is ExternalKind.FUNCTION:
        shape.function_imports.append(FunctionImport(module, name, reader.unsigned()))
    elif kind is ExternalKind.MEMORY:
        if module != "env":
            raise InvalidModule.because(
                "Wasm module has an invalid import section. "
                "Only memory imported from env.memory is allowed."
            )
        shape.memories.append(_memory_type(reader))
        shape.memory_is_imported = True
    else:
        raise InvalidModule.because(
            "Wasm module has an invalid import section. "
            f"Importing {kind.name.lower()}s is not allowed: {module}.{name}."
        )


_CONSTANT_OPERAND_BYTES = {0x43: 4, 0x44: 8}
_CONSTANT_INDEX_OPCODES = {0x23, 0xD2}
_CONSTANT_ARITHMETIC = {0x6A, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E}


def _skip_constant(reader: Reader) -> None:
    """Skips a constant expression up to its `end`."""
    while (opcode := reader.byte()) != 0x0B:
        if opcode == 0x41:
            reader.signed(32)
        elif opcode == 0x42:
            reader.signed(64)
        elif opcode in _CONSTANT_OPERAND_BYTES:
            reader.skip(_CONSTANT_OPERAND_BYTES[opcode])
        elif opcode in _CONSTANT_INDEX_OPCODES:
            reader.unsigned()
        elif opcode == 0xD0:
            reader.byte()
        elif opcode == 0xFD:
            reader.unsigned()
            reader.skip(16)
        elif opcode not in _CONSTANT_ARITHMETIC:
            raise InvalidModule.undecodable(f"opcode 0x{opcode:02x} in a constant expression")
