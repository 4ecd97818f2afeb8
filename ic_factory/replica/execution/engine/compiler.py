"""Compiles modules, and keeps the machine code on disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from importlib.metadata import version
from pathlib import Path

import wasmtime

from ic_factory.errors import ReplicaError
from ic_factory.replica.execution.prepare.invalid_module import InvalidModule

CompiledModule = wasmtime.Module

MAX_WASM_STACK_BYTES = 1024**2
"""Threads that run canisters need a stack of some more than this."""

RESERVED_BYTES = 8 * 1024**3
"""Addresses that each memory may grow into without being moved, which would touch all of it. It is
address space alone: 48 GiB a machine."""

RESERVED_FOR_GROWTH_BYTES = 16 * 1024**3
"""Addresses that are reserved in advance for a stable memory that has outgrown the first."""

_ENTRY_FORMAT = b"ic-factory module 1"


class Compiler:
    """A wasmtime engine for canisters, and a second one that knows the language of canisters.

    Canisters may use one memory and must not see the companion's; the modules that really run
    have more than one.
    """

    def __init__(self, cache_directory: Path | None) -> None:
        self.engine = wasmtime.Engine(_configuration(multi_memory=True))
        self._strict_engine = wasmtime.Engine(_configuration(multi_memory=False))
        self._cache = None if cache_directory is None else _private(cache_directory)

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
        path = self._path(module)
        if path is None or not path.is_file():
            return None
        try:
            return wasmtime.Module.deserialize_file(self.engine, str(path))
        except wasmtime.WasmtimeError:
            # Of another wasmtime or another machine, or damaged: made anew by `compile`.
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
        path = self._path(module)
        if path is not None:
            _write_atomically(path, compiled.serialize())
        return compiled

    def _path(self, module: bytes) -> Path | None:
        if self._cache is None:
            return None
        digest = hashlib.sha256(_ENTRY_FORMAT + version("wasmtime").encode() + b"\0" + module)
        return self._cache / f"{digest.hexdigest()}.cwasm"


def _configuration(*, multi_memory: bool) -> wasmtime.Config:
    configuration = wasmtime.Config()
    configuration.consume_fuel = True
    configuration.cranelift_nan_canonicalization = True
    configuration.max_wasm_stack = MAX_WASM_STACK_BYTES
    configuration.memory_reservation = RESERVED_BYTES
    configuration.memory_reservation_for_growth = RESERVED_FOR_GROWTH_BYTES
    configuration.wasm_multi_memory = multi_memory
    configuration.wasm_memory64 = True
    configuration.wasm_bulk_memory = True
    configuration.wasm_reference_types = True
    configuration.wasm_multi_value = True
    configuration.wasm_simd = True
    configuration.wasm_tail_call = True
    configuration.wasm_threads = False
    configuration.wasm_relaxed_simd = False
    configuration.wasm_function_references = False
    configuration.wasm_gc = False
    configuration.wasm_exceptions = False
    configuration.wasm_wide_arithmetic = False
    configuration.wasm_custom_page_sizes = False
    configuration.wasm_stack_switching = False
    return configuration


def _private(directory: Path) -> Path:
    """A directory for machine code, which nobody else may write to.

    Raises:
        ReplicaError: it is another user's, or others may write to it.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix":
        status = directory.stat()
        if status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise ReplicaError(
                f"the module cache {directory} can be written by others; machine code is loaded "
                "from it, so it must belong to you, with mode 0700"
            )
    return directory


def _write_atomically(path: Path, content: bytes | bytearray) -> None:
    """Writes a cache entry. A cache that cannot be written to is no cache, and no fault."""
    with contextlib.suppress(OSError):
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
