"""A canister's code in a state to run: its memories, and the companion beside it."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import wasmtime

from ic_factory.replica.execution.engine.touched_pages import Range, touched_ranges
from ic_factory.replica.execution.engine.traps import RETURNED, RunEnd, end_of
from ic_factory.replica.execution.layout import (
    BLOCK_BYTES,
    DATA_START,
    GLOBAL_BYTES,
    GLOBALS_START,
    MAX_STABLE_PAGES,
    STABLE_PAGE_BYTES,
    UNDO_ENTRY_BYTES,
    Slot,
)
from ic_factory.replica.execution.prepare.rewrite import (
    HEAP_IMPORT,
    LINK_MODULE,
    LOAD_GLOBALS_EXPORT,
    SCRATCH_IMPORT,
    STORE_GLOBALS_EXPORT,
    TABLE_EXPORT,
)
from ic_factory.replica.state.memory_image import WASM_PAGE_BYTES

if TYPE_CHECKING:
    from ic_factory.replica.execution.engine.compiler import CompiledModule

MAX_TABLE_ELEMENTS = 1_000_000
MAX_MARKS_PAGES = MAX_STABLE_PAGES * 64 // WASM_PAGE_BYTES + 1
HOUSEKEEPING_FUEL = 2**62
_SYSTEM_API = "ic0"
_CANISTER = "canister"


class Machine:
    """One canister's memories and instances in a store. Used by one thread at a time."""

    def __init__(
        self,
        engine: wasmtime.Engine,
        module: CompiledModule,
        companion: CompiledModule,
        *,
        is_64_bit: bool,
        minimum_pages: int,
        maximum_pages: int,
        global_count: int,
    ) -> None:
        self._engine = engine
        self._module = module
        self._companion = companion
        self.on_host_call: Callable[[], None] = _nobody
        self._is_64_bit = is_64_bit
        self._heap_type = wasmtime.MemoryType(
            wasmtime.Limits(minimum_pages, maximum_pages), is_64=is_64_bit
        )
        self._globals_size = global_count * GLOBAL_BYTES
        self._store = wasmtime.Store(engine)
        self._store.set_limits(table_elements=MAX_TABLE_ELEMENTS)
        self._scratch = self._memory(wasmtime.Limits(DATA_START // WASM_PAGE_BYTES, None))
        growing = wasmtime.Limits(0, None)
        self._stable = self._memory(wasmtime.Limits(0, MAX_STABLE_PAGES), is_64=True)
        self._marks = self._memory(wasmtime.Limits(0, MAX_MARKS_PAGES), is_64=True)
        self._undo = self._memory(growing, is_64=True)
        self._shadow = self._memory(growing, is_64=True)
        self._scratch_address = self._address(self._scratch)
        self.block = (ctypes.c_ubyte * BLOCK_BYTES).from_address(self._scratch_address)
        # The store keeps the callback alive, so the callback must not keep the store.
        itself = weakref.ref(self)

        def host() -> None:
            machine = itself()
            if machine is not None:
                machine.on_host_call()

        self._host = wasmtime.Func(self._store, wasmtime.FuncType([], []), host)
        self._functions: dict[str, wasmtime.Func] = {}
        self.renew_instances()

    def renew_instances(self) -> None:
        """Makes new instances with a new heap; all other memories stay.

        A heap that has grown cannot shrink, and a table that was changed cannot be reset.

        Raises:
            wasmtime.WasmtimeError, wasmtime.Trap: a segment does not fit.
        """
        self._store.set_fuel(HOUSEKEEPING_FUEL)
        self._heap = wasmtime.Memory(self._store, self._heap_type)
        linker = wasmtime.Linker(self._engine)
        for name, item in (
            ("host", self._host),
            (HEAP_IMPORT, self._heap),
            (SCRATCH_IMPORT, self._scratch),
            ("stable", self._stable),
            ("marks", self._marks),
            ("undo", self._undo),
        ):
            linker.define(self._store, LINK_MODULE, name, item)
        companion = linker.instantiate(self._store, self._companion)
        linker.define_instance(self._store, _SYSTEM_API, companion)
        instance = linker.instantiate(self._store, self._module)
        linker.define_instance(self._store, _CANISTER, instance)
        self._linker = linker
        self._functions.clear()
        self._table = self._exported(_CANISTER, TABLE_EXPORT)
        self._table_size = self.table_size

    def run_export(self, name: str, fuel: int) -> RunEnd:
        """Runs an exported function of type () -> ()."""
        return self._run(self._function(_CANISTER, name), fuel)

    def run_table_entry(self, index: int, environment: int, fuel: int) -> RunEnd | None:
        """Runs a callback; None where the table has no function of the right type there."""
        if not isinstance(self._table, wasmtime.Table) or index >= self.table_size:
            return None
        function = self._table.get(self._store, index)
        if not isinstance(function, wasmtime.Func):
            return None
        function_type = function.type(self._store)
        address = wasmtime.ValType.i64() if self._is_64_bit else wasmtime.ValType.i32()
        if function_type.params != [address] or function_type.results:
            return None
        return self._run(function, fuel, environment)

    def _run(self, function: wasmtime.Func, fuel: int, *arguments: int) -> RunEnd:
        self._store.set_fuel(fuel)
        try:
            function(self._store, *arguments)
        except wasmtime.Trap as trap:
            # Frames of wasmtime's own hold the trap; in a circle, all would wait for the collector.
            trap.__traceback__ = None
            return end_of(trap)
        return RETURNED

    @property
    def fuel(self) -> int:
        """Fuel that is left."""
        return self._store.get_fuel()

    def burn(self, fuel: int) -> None:
        """Takes fuel away; a run that has none left ends."""
        self._store.set_fuel(max(0, self._store.get_fuel() - fuel))

    @property
    def heap_pages(self) -> int:
        """Size of the heap in WASM pages."""
        return self._heap.size(self._store)

    @property
    def heap_address(self) -> int:
        """Where the heap lies; it may move when it grows."""
        return self._address(self._heap)

    def grow_heap(self, pages: int) -> None:
        """Makes the heap so many pages large."""
        missing = pages - self.heap_pages
        if missing > 0:
            self._heap.grow(self._store, missing)

    def read_heap(self, start: int, size: int) -> bytes:
        """Bytes of the heap; the range is within it."""
        return ctypes.string_at(self.heap_address + start, size)

    def write_heap(self, start: int, data: bytes) -> None:
        """Writes into the heap; the range is within it."""
        ctypes.memmove(self.heap_address + start, data, len(data))

    def keep_heap(self) -> None:
        """Copies the heap to its shadow."""
        size = self.heap_pages * WASM_PAGE_BYTES
        self._fit(self._shadow, size)
        heap, shadow = self.heap_address, self._address(self._shadow)
        for offset, length in touched_ranges(heap, size):
            ctypes.memmove(shadow + offset, heap + offset, length)

    def restore_heap(self) -> None:
        """Copies the shadow to the heap, which is of the same size."""
        size = self.heap_pages * WASM_PAGE_BYTES
        heap, shadow = self.heap_address, self._address(self._shadow)
        for offset, length in touched_ranges(heap, size):
            ctypes.memmove(heap + offset, shadow + offset, length)

    def refill_heap(self, old_heap_pages: int) -> None:
        """Copies the shadow of so many pages to the heap of a new instance."""
        self.grow_heap(old_heap_pages)
        size = old_heap_pages * WASM_PAGE_BYTES
        heap, shadow = self.heap_address, self._address(self._shadow)
        for offset, length in touched_ranges(shadow, size):
            ctypes.memmove(heap + offset, shadow + offset, length)

    def kept_heap(self, size: int) -> tuple[memoryview, list[Range]]:
        """The shadow, and the ranges outside of which it is zero."""
        address = self._address(self._shadow)
        return _view(address, size), touched_ranges(address, size)

    def heap(self) -> tuple[memoryview, list[Range]]:
        """The heap, and the ranges outside of which it is zero."""
        size = self.heap_pages * WASM_PAGE_BYTES
        address = self.heap_address
        return _view(address, size), touched_ranges(address, size)

    def stored_globals(self) -> bytes:
        """The values of the mutable globals, 16 bytes each."""
        if not self._globals_size:
            return b""
        self._housekeeping(self._function(_CANISTER, STORE_GLOBALS_EXPORT))
        return ctypes.string_at(self._scratch_address + GLOBALS_START, self._globals_size)

    def load_globals(self, values: bytes) -> None:
        """Sets the mutable globals."""
        if self._globals_size:
            ctypes.memmove(self._scratch_address + GLOBALS_START, values, self._globals_size)
            self._housekeeping(self._function(_CANISTER, LOAD_GLOBALS_EXPORT))

    @property
    def table_size(self) -> int:
        """Elements of the first table; 0 where there is none."""
        return self._table.size(self._store) if isinstance(self._table, wasmtime.Table) else 0

    @property
    def table_has_grown(self) -> bool:
        """Whether the first table is not as large as in a new instance."""
        return self.table_size != self._table_size

    @property
    def stable_address(self) -> int:
        """Where the stable memory lies; it may move when it grows."""
        return self._address(self._stable)

    def fit_stable(self, pages: int) -> None:
        """Makes room for stable memory of so many WASM pages."""
        self._fit(self._stable, pages * WASM_PAGE_BYTES)
        self._fit(self._marks, pages * (WASM_PAGE_BYTES // STABLE_PAGE_BYTES) * 4)

    def touched_stable_pages(self, count: int) -> list[int]:
        """The first `count` page numbers of the undo log."""
        address = self._address(self._undo)
        read = ctypes.c_uint64.from_address
        return [read(address + index * UNDO_ENTRY_BYTES).value for index in range(count)]

    def undo_log(self, count: int) -> Iterator[tuple[int, bytes]]:
        """Number and former content of the first `count` pages that the undo log holds."""
        address = self._address(self._undo)
        for index, number in enumerate(self.touched_stable_pages(count)):
            content = address + index * UNDO_ENTRY_BYTES + 8
            yield number, ctypes.string_at(content, STABLE_PAGE_BYTES)

    def roll_back_stable(self) -> None:
        """Puts back what the undo log holds."""
        self._housekeeping(self._function(_SYSTEM_API, "roll_back_stable"))

    @property
    def undo_bytes(self) -> int:
        """How large the undo log has ever been."""
        return self._undo.data_len(self._store)

    def put(self, address: int, data: bytes) -> None:
        """Writes into the scratch memory, which grows as needed."""
        self._fit(self._scratch, address + len(data))
        ctypes.memmove(self._scratch_address + address, data, len(data))

    def get(self, address: int, size: int) -> bytes:
        """Reads from the scratch memory."""
        return ctypes.string_at(self._scratch_address + address, size)

    def number(self, slot: Slot) -> int:
        """A number of the block."""
        kind = ctypes.c_uint64 if slot.name.endswith("_64") else ctypes.c_uint32
        return kind.from_buffer(self.block, slot).value

    def set_number(self, slot: Slot, value: int) -> None:
        """Sets a number of the block."""
        kind = ctypes.c_uint64 if slot.name.endswith("_64") else ctypes.c_uint32
        kind.from_buffer(self.block, slot).value = value

    def _memory(self, limits: wasmtime.Limits, *, is_64: bool = False) -> wasmtime.Memory:
        return wasmtime.Memory(self._store, wasmtime.MemoryType(limits, is_64=is_64))

    def _address(self, memory: wasmtime.Memory) -> int:
        return ctypes.addressof(memory.data_ptr(self._store).contents)

    def _fit(self, memory: wasmtime.Memory, size: int) -> None:
        missing = -(-size // WASM_PAGE_BYTES) - memory.size(self._store)
        if missing > 0:
            memory.grow(self._store, missing)

    def _function(self, instance: str, name: str) -> wasmtime.Func:
        function = self._functions.get(name)
        if function is None:
            exported = self._exported(instance, name)
            assert isinstance(exported, wasmtime.Func), f"{name} is no exported function"
            function = self._functions[name] = exported
        return function

    def _exported(self, instance: str, name: str) -> object:
        try:
            return self._linker.get(self._store, instance, name)
        except wasmtime.WasmtimeError:
            return None

    def _housekeeping(self, function: wasmtime.Func) -> None:
        self._store.set_fuel(HOUSEKEEPING_FUEL)
        function(self._store)


def _view(address: int, size: int) -> memoryview:
    return memoryview((ctypes.c_ubyte * size).from_address(address)).cast("B")


def _nobody() -> None:
    """Nothing calls the host before a run sets who answers."""
    raise AssertionError("code called the host outside a run")
