"""Compiles modules, or finds them compiled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import wasmtime

from ic_factory.replica.execution.engine.module_cache import open_cache
from ic_factory.replica.execution.layout import MAX_STABLE_PAGES
from ic_factory.replica.execution.prepare.invalid_module import InvalidModule
from ic_factory.replica.state.memory_image import WASM_PAGE_BYTES

CompiledModule = wasmtime.Module

MAX_WASM_STACK_BYTES = 1024**2
"""Threads that run canisters need a stack of some more than this."""

RESERVED_BYTES = MAX_STABLE_PAGES * WASM_PAGE_BYTES
"""Addresses that each memory may grow into without being moved: that would touch all of it, and a
canister could take the host's memory by asking for it. It is address space alone."""

SETTINGS: Mapping[str, int | bool] = MappingProxyType(
    {
        "consume_fuel": True,
        "cranelift_nan_canonicalization": True,
        "max_wasm_stack": MAX_WASM_STACK_BYTES,
        "memory_reservation": RESERVED_BYTES,
        "wasm_multi_memory": True,
        "wasm_memory64": True,
        "wasm_bulk_memory": True,
        "wasm_reference_types": True,
        "wasm_multi_value": True,
        "wasm_simd": True,
        "wasm_tail_call": True,
        "wasm_threads": False,
        "wasm_relaxed_simd": False,
        "wasm_function_references": False,
        "wasm_gc": False,
        "wasm_exceptions": False,
        "wasm_wide_arithmetic": False,
        "wasm_custom_page_sizes": False,
        "wasm_stack_switching": False,
    }
)
"""The engine's configuration, by wasmtime's names. Machine code is good for one of them alone."""


class Compiler:
    """A wasmtime engine for canisters, and a second one that knows the language of canisters.

    Canisters may use one memory and must not see the companion's; the modules that really run
    have more than one.
    """

    def __init__(self, cache_directory: Path | None) -> None:
        self.engine = wasmtime.Engine(_configuration(SETTINGS))
        self._strict_engine = wasmtime.Engine(
            _configuration({**SETTINGS, "wasm_multi_memory": False})
        )
        self._cache = open_cache(cache_directory)

    def validate(self, module: bytes) -> None:
        """Checks a module against the WASM specification.

        Raises:
            InvalidModule: it does not hold.
        """
        try:
            wasmtime.Module.validate(self._strict_engine, module)
        except wasmtime.WasmtimeError as error:
            raise InvalidModule.because(
                f"Wasmtime failed to validate wasm module {error}"
            ) from None

    def cached(self, module: bytes) -> CompiledModule | None:
        """The compiled form of a rewritten module, where the cache has it."""
        if self._cache is None:
            return None
        path = self._cache.find(entry_name(module, SETTINGS))
        if path is None:
            return None
        try:
            return wasmtime.Module.deserialize_file(self.engine, str(path))
        except wasmtime.WasmtimeError:
            # Of another machine, damaged, or gone by now: made anew by `compile`.
            return None

    def compile(self, module: bytes) -> CompiledModule:
        """Compiles a rewritten module and puts it into the cache.

        Raises:
            InvalidModule: wasmtime does not take it.
        """
        try:
            compiled = wasmtime.Module(self.engine, module)
        except wasmtime.WasmtimeError as error:
            raise InvalidModule.because(
                f"Wasmtime failed to validate wasm module {error}"
            ) from None
        if self._cache is not None:
            self._cache.put(entry_name(module, SETTINGS), compiled.serialize())
        return compiled


def entry_name(module: bytes, settings: Mapping[str, int | bool]) -> str:
    """The name of a module's machine code, which is good for one wasmtime and configuration."""
    # It takes long to load, and a start without canisters does not need it.
    from importlib.metadata import version

    made_with = f"wasmtime {version('wasmtime')} {sorted(settings.items())}\0"
    return hashlib.sha256(made_with.encode() + module).hexdigest()


def _configuration(settings: Mapping[str, int | bool]) -> wasmtime.Config:
    configuration = wasmtime.Config()
    for name, value in settings.items():
        setattr(configuration, name, value)
    return configuration
