"""The IC's rules for modules (specification, "WebAssembly module requirements")."""

from __future__ import annotations

from ic_factory.replica.execution.prepare.invalid_module import InvalidModule
from ic_factory.replica.execution.prepare.module import (
    Export,
    ExternalKind,
    FunctionType,
    ModuleShape,
)
from ic_factory.replica.execution.system_api.table import SYSTEM_API

MAX_FUNCTIONS = 50_000
MAX_GLOBALS = 1_000
MAX_CUSTOM_SECTIONS = 16
MAX_CUSTOM_SECTIONS_BYTES = 1024**2
MAX_METHODS = 1_000
MAX_METHOD_NAMES_LENGTH = 20_000
MAX_CODE_SECTION_BYTES = 11 * 1024**2
MAX_FUNCTION_BYTES = 4_000_000
"""The IC counts 1,000,000 instructions; so long a body has more than that."""
MAX_HEAP_PAGES_32 = 65_536
MAX_HEAP_PAGES_64 = 98_304

RESERVED_PREFIX = "ic_factory:"
METHOD_KINDS = ("canister_update", "canister_query", "canister_composite_query")
SYSTEM_METHODS = frozenset(
    {
        "canister_init",
        "canister_inspect_message",
        "canister_pre_upgrade",
        "canister_post_upgrade",
        "canister_heartbeat",
        "canister_on_low_wasm_memory",
        "canister_global_timer",
    }
)
_RESERVED_SYMBOLS = frozenset(
    {
        "canister counter_instructions",
        "canister counter_dirty_pages",
        "canister counter_accessed_pages",
        "canister_start",
        "stable_memory",
        "stable_memory_bytemap",
    }
)
_ENTRY_POINT = FunctionType((), ())


def validate(shape: ModuleShape) -> dict[str, tuple[bool, bytes]]:
    """Holds a module against the rules.

    Returns:
        Each `icp:` custom section by its name: whether it is public, and its content.

    Raises:
        InvalidModule: a rule is broken; the message names it.
    """
    _check_code(shape)
    _check_memory(shape)
    _check_imports(shape)
    _check_exports(shape)
    _check_globals(shape)
    if len(shape.functions) > MAX_FUNCTIONS:
        raise InvalidModule.because(
            f"Wasm module defined {len(shape.functions)} functions which exceeds the maximum "
            f"number allowed {MAX_FUNCTIONS}."
        )
    return _custom_sections(shape)


def _check_code(shape: ModuleShape) -> None:
    if shape.code_bytes > MAX_CODE_SECTION_BYTES:
        raise InvalidModule.because(
            f"Wasm module code section size of {shape.code_bytes} exceeds the maximum allowed "
            f"size of {MAX_CODE_SECTION_BYTES}"
        )
    for index, size in enumerate(shape.body_sizes):
        if size > MAX_FUNCTION_BYTES:
            raise InvalidModule.because(
                f"Wasm module contains a function at index {index} of size {size} that exceeds "
                f"the maximum allowed size of {MAX_FUNCTION_BYTES}"
            )
    if shape.start_function is not None and shape.type_of(shape.start_function) != _ENTRY_POINT:
        raise InvalidModule.because("Wasm module has a start function that is not () -> ().")


def _check_memory(shape: ModuleShape) -> None:
    if len(shape.memories) > 1:
        raise InvalidModule.because(
            f"Wasm module declares {len(shape.memories)} memories, at most one is allowed."
        )
    for memory in shape.memories:
        limit = MAX_HEAP_PAGES_64 if memory.is_64_bit else MAX_HEAP_PAGES_32
        if memory.minimum > limit:
            raise InvalidModule.because(
                f"Wasm module declares a memory of {memory.minimum} pages, at most {limit} "
                "are allowed."
            )


def _check_imports(shape: ModuleShape) -> None:
    is_64_bit = any(memory.is_64_bit for memory in shape.memories)
    for index, wanted in enumerate(shape.function_imports):
        function = SYSTEM_API.get(wanted.name)
        if function is not None and wanted.module != "ic0":
            raise InvalidModule.because(
                "Wasm module has an invalid import section. Module imports function "
                f"'{wanted.name}' from '{wanted.module}', expected to be imported from "
                '["ic0"] instead.'
            )
        if function is None or (is_64_bit and function.only_32_bit):
            raise InvalidModule.because(
                "Wasm module has an invalid import section. Module imports function "
                f"'{wanted.name}' from '{wanted.module}' that is not exported by the runtime."
            )
        actual = shape.type_of(index)
        expected = function.type_for(is_64_bit=is_64_bit)
        if actual != expected:
            raise InvalidModule.because(
                "Wasm module has an invalid function signature. "
                f"Expected {expected} for '{wanted.name}', got {actual}."
            )


def _check_exports(shape: ModuleShape) -> None:
    methods: set[str] = set()
    for export in shape.exports:
        if export.name in _RESERVED_SYMBOLS or export.name.startswith(RESERVED_PREFIX):
            raise _invalid_export(f"Exporting reserved symbol {export.name} not allowed.")
        if export.kind is not ExternalKind.FUNCTION:
            continue
        kind, separator, method = export.name.partition(" ")
        if kind in METHOD_KINDS and separator:
            if method in methods:
                raise _invalid_export(
                    f"Duplicate function '{method}' exported multiple times with different "
                    "call types: update, query, or composite_query."
                )
            methods.add(method)
            _check_entry_point(shape, export)
        elif export.name in SYSTEM_METHODS:
            _check_entry_point(shape, export)
        elif export.name.startswith("canister_"):
            raise _invalid_export(
                f"Exporting reserved function '{export.name}' with \"canister_\" prefix"
            )
    _check_method_names(methods)


def _check_method_names(methods: set[str]) -> None:
    called = (
        "exported functions called `canister_update <name>`, `canister_query <name>`, or "
        "`canister_composite_query <name>` exceeds"
    )
    if len(methods) > MAX_METHODS:
        raise _invalid_export(f"The number of {called} {MAX_METHODS}.")
    if sum(len(method.encode()) for method in methods) > MAX_METHOD_NAMES_LENGTH:
        raise _invalid_export(f"The sum of `<name>` lengths in {called} {MAX_METHOD_NAMES_LENGTH}.")


def _check_entry_point(shape: ModuleShape, export: Export) -> None:
    actual = shape.type_of(export.index)
    if actual != _ENTRY_POINT:
        raise InvalidModule.because(
            "Wasm module has an invalid function signature. "
            f"Expected {_ENTRY_POINT} for '{export.name}', got {actual}."
        )


def _check_globals(shape: ModuleShape) -> None:
    if len(shape.globals) > MAX_GLOBALS:
        raise InvalidModule.because(
            f"Wasm module defined {len(shape.globals)} globals which exceeds the maximum number "
            f"allowed {MAX_GLOBALS}."
        )
    for global_type in shape.globals:
        if not global_type.value_type.is_number:
            raise InvalidModule.because(
                "Wasm module has an invalid global section. "
                f"Unsupported global type: {global_type.value_type.name.lower()}"
            )


def _custom_sections(shape: ModuleShape) -> dict[str, tuple[bool, bytes]]:
    sections: dict[str, tuple[bool, bytes]] = {}
    total_size = 0
    for full_name, content in shape.custom_sections:
        is_public = full_name.startswith("icp:public ")
        if not is_public and not full_name.startswith("icp:private "):
            raise _invalid_custom(
                f"Invalid custom section: Custom section '{full_name}' has no public/private "
                "scope defined."
            )
        name = full_name.partition(" ")[2]
        if name in sections:
            raise _invalid_custom(f"Invalid custom section: name {name} already exists")
        sections[name] = (is_public, content)
        total_size += len(name.encode()) + len(content)
    if total_size > MAX_CUSTOM_SECTIONS_BYTES:
        raise _invalid_custom(
            "Invalid custom sections: total size of the custom sections exceeds the maximum "
            f"allowed: size {total_size} bytes, allowed {MAX_CUSTOM_SECTIONS_BYTES} bytes"
        )
    if len(sections) > MAX_CUSTOM_SECTIONS:
        raise InvalidModule.because(
            f"Wasm module defined {len(sections)} custom sections which exceeds the maximum "
            f"number allowed {MAX_CUSTOM_SECTIONS}."
        )
    return sections


def _invalid_export(reason: str) -> InvalidModule:
    return InvalidModule.because(f"Wasm module has an invalid export section. {reason}")


def _invalid_custom(reason: str) -> InvalidModule:
    return InvalidModule.because(f"Wasm module has an invalid custom section. {reason}")
