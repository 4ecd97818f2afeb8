"""Makes a valid module run beside the companion.

- The memory, defined or imported, becomes an import that the companion shares.
- The scratch memory becomes a second memory, which the module's own code cannot name: it was
  validated as code of a single memory.
- Two functions at the end store the mutable globals there, and load them.
- The start function is exported instead of started, the first table is exported.
"""

from __future__ import annotations

from ic_factory.protocol.leb128 import encode_signed, encode_unsigned
from ic_factory.replica.execution.layout import GLOBAL_BYTES, GLOBALS_START
from ic_factory.replica.execution.prepare.binary import (
    Reader,
    Section,
    SectionId,
    name,
    write_sections,
)
from ic_factory.replica.execution.prepare.module import (
    ExternalKind,
    MemoryType,
    ModuleShape,
    ValueType,
)

LINK_MODULE = "ic_factory"
HEAP_IMPORT = "heap"
SCRATCH_IMPORT = "scratch"
START_EXPORT = "ic_factory:start"
TABLE_EXPORT = "ic_factory:table"
STORE_GLOBALS_EXPORT = "ic_factory:store_globals"
LOAD_GLOBALS_EXPORT = "ic_factory:load_globals"

_ORDER = (
    SectionId.TYPE,
    SectionId.IMPORT,
    SectionId.FUNCTION,
    SectionId.TABLE,
    SectionId.MEMORY,
    SectionId.TAG,
    SectionId.GLOBAL,
    SectionId.EXPORT,
    SectionId.START,
    SectionId.ELEMENT,
    SectionId.DATA_COUNT,
    SectionId.CODE,
    SectionId.DATA,
)
_NO_MEMORY = MemoryType(0, None, is_64_bit=False, flags=0)
_SCRATCH_MEMORY = 1
_ENTRY_POINT_TYPE = b"\x60\x00\x00"
_STORE_OPCODES = {
    ValueType.I32: b"\x36",
    ValueType.I64: b"\x37",
    ValueType.F32: b"\x38",
    ValueType.F64: b"\x39",
    ValueType.V128: b"\xfd\x0b",
}
_LOAD_OPCODES = {
    ValueType.I32: b"\x28",
    ValueType.I64: b"\x29",
    ValueType.F32: b"\x2a",
    ValueType.F64: b"\x2b",
    ValueType.V128: b"\xfd\x00",
}


def rewrite(shape: ModuleShape) -> bytes:
    """The module that runs in place of one that was validated."""
    additions = {
        SectionId.TYPE: [_ENTRY_POINT_TYPE],
        SectionId.IMPORT: _memory_imports(shape),
        SectionId.FUNCTION: [encode_unsigned(len(shape.types))] * 2,
        SectionId.EXPORT: _exports(shape),
        SectionId.CODE: [_store_globals(shape), _load_globals(shape)],
    }
    sections = []
    for section in _with_missing(shape.sections, additions):
        if section.section_id in (SectionId.MEMORY, SectionId.START):
            continue
        added = additions.get(section.section_id)
        if added is None:
            sections.append(section)
            continue
        content = section.content
        if section.section_id is SectionId.IMPORT and shape.memory_is_imported:
            content = _without_memory(content)
        sections.append(Section(section.section_id, _extended(content, added)))
    return write_sections(sections)


def _with_missing(sections: list[Section], wanted: dict[SectionId, list[bytes]]) -> list[Section]:
    """The sections, with empty ones in their places where a wanted one is not there."""
    result = list(sections)
    present = {section.section_id for section in sections}
    for section_id in wanted:
        if section_id in present:
            continue
        later = set(_ORDER[_ORDER.index(section_id) :])
        place = next(
            (index for index, section in enumerate(result) if section.section_id in later),
            len(result),
        )
        result.insert(place, Section(section_id, encode_unsigned(0)))
    return result


def _extended(content: bytes, added: list[bytes]) -> bytes:
    """A vector with more items at its end."""
    reader = Reader(content)
    count = reader.unsigned()
    return b"".join((encode_unsigned(count + len(added)), content[reader.position :], *added))


def _without_memory(content: bytes) -> bytes:
    """An import section of functions and a memory, with the functions alone."""
    reader = Reader(content)
    kept = []
    for _ in range(reader.unsigned()):
        start = reader.position
        reader.sized()
        reader.sized()
        if reader.byte() == ExternalKind.FUNCTION:
            reader.unsigned()
            kept.append(content[start : reader.position])
        else:
            flags = reader.byte()
            for _ in range(1 + (flags & 1)):
                reader.unsigned(64)
    return encode_unsigned(len(kept)) + b"".join(kept)


def _memory_imports(shape: ModuleShape) -> list[bytes]:
    heap = shape.memories[0] if shape.memories else _NO_MEMORY
    limits = bytes([heap.flags]) + encode_unsigned(heap.minimum)
    if heap.maximum is not None:
        limits += encode_unsigned(heap.maximum)
    kind = bytes([ExternalKind.MEMORY])
    return [
        name(LINK_MODULE) + name(HEAP_IMPORT) + kind + limits,
        name(LINK_MODULE) + name(SCRATCH_IMPORT) + kind + b"\x00\x00",
    ]


def _exports(shape: ModuleShape) -> list[bytes]:
    function_count = len(shape.function_imports) + len(shape.functions)
    exports = [
        (STORE_GLOBALS_EXPORT, ExternalKind.FUNCTION, function_count),
        (LOAD_GLOBALS_EXPORT, ExternalKind.FUNCTION, function_count + 1),
    ]
    if shape.table_count:
        exports.append((TABLE_EXPORT, ExternalKind.TABLE, 0))
    if shape.start_function is not None:
        exports.append((START_EXPORT, ExternalKind.FUNCTION, shape.start_function))
    return [name(text) + bytes([kind]) + encode_unsigned(index) for text, kind, index in exports]


def _mutable_globals(shape: ModuleShape) -> list[tuple[int, ValueType]]:
    return [
        (index, global_type.value_type)
        for index, global_type in enumerate(shape.globals)
        if global_type.is_mutable
    ]


def _store_globals(shape: ModuleShape) -> bytes:
    code = [
        _address(order)
        + b"\x23"
        + encode_unsigned(index)
        + _STORE_OPCODES[value_type]
        + _SCRATCH_OPERAND
        for order, (index, value_type) in enumerate(_mutable_globals(shape))
    ]
    return _body(code)


def _load_globals(shape: ModuleShape) -> bytes:
    code = [
        _address(order)
        + _LOAD_OPCODES[value_type]
        + _SCRATCH_OPERAND
        + b"\x24"
        + encode_unsigned(index)
        for order, (index, value_type) in enumerate(_mutable_globals(shape))
    ]
    return _body(code)


_SCRATCH_OPERAND = b"\x40" + encode_unsigned(_SCRATCH_MEMORY) + encode_unsigned(0)
"""Alignment 1 with the bit that says that a memory's index follows, the index, offset 0."""


def _address(order: int) -> bytes:
    return b"\x41" + encode_signed(GLOBALS_START + order * GLOBAL_BYTES)


def _body(code: list[bytes]) -> bytes:
    body = b"\x00" + b"".join(code) + b"\x0b"
    return encode_unsigned(len(body)) + body
