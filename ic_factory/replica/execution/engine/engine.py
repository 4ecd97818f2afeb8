"""Loads modules and starts machines that run them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

import wasmtime

from ic_factory.replica.execution.companion import companion_wat
from ic_factory.replica.execution.engine.compiler import CompiledModule, Compiler
from ic_factory.replica.execution.engine.machine import Machine
from ic_factory.replica.execution.prepare.inflate import inflate
from ic_factory.replica.execution.prepare.invalid_module import InvalidModule
from ic_factory.replica.execution.prepare.module import ExternalKind, ModuleShape, read_module
from ic_factory.replica.execution.prepare.rewrite import rewrite
from ic_factory.replica.execution.prepare.validate import (
    MAX_HEAP_PAGES_32,
    MAX_HEAP_PAGES_64,
    validate,
)
from ic_factory.replica.execution.prepared import PreparedModule
from ic_factory.replica.state.memory_image import MemoryImage

RECENT_MODULES = 16
"""How many modules are kept in memory though no canister has them."""


@dataclass(slots=True)
class ModuleCounts:
    """How modules came to be ready to run."""

    from_memory: int = 0
    from_disk: int = 0
    compiled: int = 0


class Engine:
    """Compiles modules and runs them; one a process is enough. Any thread may use it."""

    def __init__(self, cache_directory: Path | None = None) -> None:
        """Starts an engine.

        Args:
            cache_directory: where compiled modules are kept, made with mode 0700 where it is
                not there; None for memory alone. One that can't be made, or that others have
                rights to, is not used: a warning in the log says so.
        """
        self._compiler = Compiler(cache_directory)
        self._lock = Lock()
        self._modules: WeakValueDictionary[bytes, PreparedModule] = WeakValueDictionary()
        self._recent: OrderedDict[bytes, PreparedModule] = OrderedDict()
        self._companions: dict[bool, CompiledModule] = {}
        self.counts = ModuleCounts()

    def load(self, module_bytes: bytes) -> PreparedModule:
        """Makes a module ready to run; modules that were loaded before are found again.

        Args:
            module_bytes: a module in binary format, or compressed with gzip.

        Raises:
            InvalidModule: the module breaks a rule of WASM or of the IC.
        """
        module_hash = hashlib.sha256(module_bytes).digest()
        with self._lock:
            module = self._modules.get(module_hash)
            self.counts.from_memory += module is not None
        if module is None:
            module = self._prepare(module_bytes, module_hash)
        with self._lock:
            module = self._modules.setdefault(module_hash, module)
            self._recent[module_hash] = module
            self._recent.move_to_end(module_hash)
            if len(self._recent) > RECENT_MODULES:
                self._recent.popitem(last=False)
        return module

    def start(self, module: PreparedModule) -> Machine:
        """A machine with the module's initial heap and globals."""
        return self._machine(
            module.compiled,
            is_64_bit=module.is_64_bit,
            minimum_pages=module.minimum_pages,
            maximum_pages=module.maximum_pages,
            global_count=len(module.mutable_globals),
        )

    def _prepare(self, module_bytes: bytes, module_hash: bytes) -> PreparedModule:
        binary = inflate(module_bytes)
        shape = read_module(binary)
        custom_sections = validate(shape)
        rewritten = rewrite(shape)
        compiled = self._compiler.cached(rewritten)
        was_on_disk = compiled is not None
        if compiled is None:
            self._compiler.validate(binary)
            compiled = self._compiler.compile(rewritten)
        with self._lock:
            self.counts.from_disk += was_on_disk
            self.counts.compiled += not was_on_disk
        minimum, maximum = _heap_limits(shape)
        is_64_bit = any(memory.is_64_bit for memory in shape.memories)
        mutable_globals = tuple(
            global_type.value_type for global_type in shape.globals if global_type.is_mutable
        )
        try:
            machine = self._machine(
                compiled,
                is_64_bit=is_64_bit,
                minimum_pages=minimum,
                maximum_pages=maximum,
                global_count=len(mutable_globals),
            )
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            raise InvalidModule.because(f"Wasm module cannot be instantiated: {error}") from None
        return PreparedModule(
            module_bytes=module_bytes,
            module_hash=module_hash,
            custom_sections=custom_sections,
            exported_functions=frozenset(
                export.name for export in shape.exports if export.kind is ExternalKind.FUNCTION
            ),
            is_64_bit=is_64_bit,
            minimum_pages=minimum,
            maximum_pages=maximum,
            mutable_globals=mutable_globals,
            has_start=shape.start_function is not None,
            initial_heap=MemoryImage.of(minimum, *machine.heap()),
            initial_globals=machine.stored_globals(),
            compiled=compiled,
        )

    def _machine(
        self,
        compiled: CompiledModule,
        *,
        is_64_bit: bool,
        minimum_pages: int,
        maximum_pages: int,
        global_count: int,
    ) -> Machine:
        return Machine(
            self._compiler.engine,
            compiled,
            self._companion(is_64_bit=is_64_bit),
            is_64_bit=is_64_bit,
            minimum_pages=minimum_pages,
            maximum_pages=maximum_pages,
            global_count=global_count,
        )

    def _companion(self, *, is_64_bit: bool) -> CompiledModule:
        with self._lock:
            companion = self._companions.get(is_64_bit)
            if companion is None:
                binary = bytes(wasmtime.wat2wasm(companion_wat(is_64_bit=is_64_bit)))
                companion = self._compiler.cached(binary) or self._compiler.compile(binary)
                self._companions[is_64_bit] = companion
        return companion


def _heap_limits(shape: ModuleShape) -> tuple[int, int]:
    if not shape.memories:
        return 0, MAX_HEAP_PAGES_32
    memory = shape.memories[0]
    limit = MAX_HEAP_PAGES_64 if memory.is_64_bit else MAX_HEAP_PAGES_32
    return memory.minimum, limit if memory.maximum is None else min(memory.maximum, limit)
