"""A canister's code and memories while they are in this process."""

from __future__ import annotations

import ctypes

from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.execution.engine.machine import Machine
from ic_factory.replica.execution.executor import Executor
from ic_factory.replica.execution.globals import pack_globals, unpack_globals
from ic_factory.replica.execution.invocation import Context, Invocation, Surroundings
from ic_factory.replica.execution.layout import STABLE_PAGE_BYTES, Slot
from ic_factory.replica.execution.outcome import Completed, Effects, Failed, Outcome
from ic_factory.replica.execution.prepare.invalid_module import InvalidModule
from ic_factory.replica.execution.prepare.rewrite import START_EXPORT
from ic_factory.replica.execution.prepared import PreparedModule
from ic_factory.replica.state.memory_image import (
    EMPTY_MEMORY,
    IMAGE_PAGE_BYTES,
    WASM_PAGE_BYTES,
    FrozenMemories,
    MemoryImage,
)

MANAGEMENT_CANISTER_ID = b""
MAX_ABANDONED_BYTES = 64 * 1024**2
"""Heaps that were given up stay allocated until the machine goes; so many bytes of them may."""
MAX_RENEWALS = 256
MAX_IDLE_UNDO_BYTES = 64 * 1024**2


class ResidentCode:
    """Installed code. Runs change its memories, which then are committed or rolled back.

    Its memories live in a machine while it runs, and in an image before and after. One thread at
    a time may use it.
    """

    def __init__(self, engine: Engine, module: PreparedModule, memories: FrozenMemories) -> None:
        """Use `fresh` or `restored`."""
        self._engine = engine
        self.module = module
        self._image = memories
        """The memories as they last were frozen; older than the machine's where not current."""
        self._image_is_current = True
        self._machine: Machine | None = None
        self._is_pending = False
        self._heap_pages = memories.heap.page_count
        self._stable_pages = memories.stable.page_count
        self._globals = pack_globals(module.mutable_globals, memories.exported_globals)
        self._changed_stable: set[int] = set()
        self._abandoned_bytes = 0
        self._renewals = 0

    @classmethod
    def fresh(
        cls,
        engine: Engine,
        module: PreparedModule,
        stable: MemoryImage = EMPTY_MEMORY,
        heap: MemoryImage | None = None,
    ) -> ResidentCode:
        """Code that was just installed; `start` is yet to run.

        Args:
            engine: the engine that loaded the module.
            module: the module.
            stable: stable memory that an upgrade leaves.
            heap: the heap that an upgrade with `wasm_memory_persistence = keep` leaves.

        Raises:
            InvalidModule: the heap that is to be kept is larger than the module allows.
        """
        if heap is not None and heap.page_count > module.maximum_pages:
            raise InvalidModule.because(
                f"Wasm module allows a memory of {module.maximum_pages} pages, the memory that is "
                f"to be kept has {heap.page_count}."
            )
        memories = FrozenMemories(
            module.initial_heap if heap is None else _at_least(heap, module.minimum_pages),
            stable,
            unpack_globals(module.mutable_globals, module.initial_globals),
        )
        return cls(engine, module, memories)

    @classmethod
    def restored(
        cls, engine: Engine, module: PreparedModule, memories: FrozenMemories
    ) -> ResidentCode:
        """Code with the memories of a snapshot, a checkpoint or another replica.

        Raises:
            ValueError: the globals are not those of the module.
        """
        return cls(engine, module, memories)

    @property
    def module_bytes(self) -> bytes:
        """The module as it was installed, compressed or not."""
        return self.module.module_bytes

    @property
    def module_hash(self) -> bytes:
        """SHA-256 of the module as it was installed."""
        return self.module.module_hash

    @property
    def is_64_bit(self) -> bool:
        """Whether its memory is one of 64 bits."""
        return self.module.is_64_bit

    @property
    def custom_sections(self) -> dict[str, tuple[bool, bytes]]:
        """Name of each `icp:` section → (is public, content)."""
        return self.module.custom_sections

    @property
    def heap_bytes(self) -> int:
        """Size of the heap, with what an uncommitted run has added."""
        if self._machine is not None and self._is_pending:
            return self._machine.heap_pages * WASM_PAGE_BYTES
        return self._heap_pages * WASM_PAGE_BYTES

    @property
    def stable_bytes(self) -> int:
        """Size of the stable memory, with what an uncommitted run has added."""
        if self._machine is not None and self._is_pending:
            return self._machine.number(Slot.STABLE_PAGES_64) * WASM_PAGE_BYTES
        return self._stable_pages * WASM_PAGE_BYTES

    @property
    def globals_bytes(self) -> int:
        """What the globals are charged as: eight bytes each."""
        return 8 * len(self.module.mutable_globals)

    @property
    def is_live(self) -> bool:
        """Whether the memories are in a machine."""
        return self._machine is not None

    def has_export(self, name: str) -> bool:
        """Whether the module exports a function of this name, such as `canister_update put`."""
        return name in self.module.exported_functions

    def start(self, surroundings: Surroundings, instruction_limit: int) -> Outcome:
        """Runs the module's start function, where it has one."""
        if not self.module.has_start:
            return Completed(Effects(), 0, ())
        return self.run(
            Invocation(
                context=Context.START,
                entry_point=START_EXPORT,
                caller=MANAGEMENT_CANISTER_ID,
                instruction_limit=instruction_limit,
            ),
            surroundings,
        )

    def run(self, invocation: Invocation, surroundings: Surroundings) -> Outcome:
        """Runs an invocation.

        Changes of one that completed wait for `commit` or `roll_back`; more may be run before
        that. One that failed has undone all that waited.
        """
        executor = Executor(self._live(), self.module, invocation, surroundings)
        self._is_pending = True
        try:
            outcome = executor.run()
        except BaseException:
            self.roll_back()
            raise
        if isinstance(outcome, Failed):
            self.roll_back()
        return outcome

    def commit(self) -> None:
        """Keeps the changes of the last runs."""
        machine = self._machine
        if machine is None or not self._is_pending:
            return
        self._globals = machine.stored_globals()
        self._heap_pages = machine.heap_pages
        machine.keep_heap()
        self._stable_pages = machine.number(Slot.STABLE_PAGES_64)
        touched = machine.number(Slot.UNDO_COUNT_64)
        if touched:
            self._changed_stable.update(machine.touched_stable_pages(touched))
            _forget_undo_log(machine)
        self._image_is_current = False
        self._is_pending = False
        if machine.table_has_grown:
            self._renew(machine)
        elif machine.undo_bytes > MAX_IDLE_UNDO_BYTES:
            self.put_away()

    def roll_back(self) -> None:
        """Undoes the changes since the last commit; a query ends in this."""
        machine = self._machine
        if machine is None or not self._is_pending:
            return
        if machine.number(Slot.UNDO_COUNT_64):
            machine.roll_back_stable()
            _forget_undo_log(machine)
        machine.set_number(Slot.STABLE_PAGES_64, self._stable_pages)
        self._is_pending = False
        if machine.heap_pages != self._heap_pages or machine.table_has_grown:
            self._renew(machine)
        else:
            machine.restore_heap()
            machine.load_globals(self._globals)

    def freeze(self) -> FrozenMemories:
        """The committed memories as an immutable image, without what waits to be committed."""
        machine = self._machine
        if machine is not None and not self._image_is_current:
            self._image = FrozenMemories(
                self._frozen_heap(machine),
                self._frozen_stable(machine),
                unpack_globals(self.module.mutable_globals, self._globals),
            )
            self._image_is_current = True
            self._changed_stable.clear()
        return self._image

    def copy(self) -> ResidentCode:
        """The same code and memories, on its own from here on."""
        return ResidentCode(self._engine, self.module, self.freeze())

    def put_away(self) -> None:
        """Frees the machine and keeps an image; uncommitted changes are undone."""
        self.roll_back()
        self.freeze()
        self._machine = None
        self._abandoned_bytes = 0
        self._renewals = 0

    def _live(self) -> Machine:
        machine = self._machine
        if machine is not None:
            return machine
        machine = self._engine.start(self.module)
        heap, stable = self._image.heap, self._image.stable
        machine.grow_heap(heap.page_count)
        self._write_heap(machine, heap)
        machine.keep_heap()
        machine.fit_stable(stable.page_count)
        _write_pages(machine.stable_address, stable)
        machine.set_number(Slot.STABLE_PAGES_64, stable.page_count)
        machine.set_number(Slot.EPOCH, 1)
        if self._globals != self.module.initial_globals:
            machine.load_globals(self._globals)
        self._machine = machine
        return machine

    def _write_heap(self, machine: Machine, heap: MemoryImage) -> None:
        """Turns a new instance's heap into that of an image."""
        address = machine.heap_address
        if heap is self.module.initial_heap:
            return
        if heap.base is not self.module.initial_heap:
            for number, _ in self.module.initial_heap.pages():
                ctypes.memset(address + number * IMAGE_PAGE_BYTES, 0, IMAGE_PAGE_BYTES)
            _write_pages(address, heap)
            return
        for number, page in heap.changed_pages.items():
            ctypes.memmove(address + number * IMAGE_PAGE_BYTES, page, IMAGE_PAGE_BYTES)

    def _renew(self, machine: Machine) -> None:
        """Gives the committed memories new instances."""
        self._abandoned_bytes += machine.heap_pages * WASM_PAGE_BYTES
        self._renewals += 1
        if self._abandoned_bytes > MAX_ABANDONED_BYTES or self._renewals > MAX_RENEWALS:
            self.put_away()
            return
        machine.renew_instances()
        machine.refill_heap(self._heap_pages)
        machine.load_globals(self._globals)

    def _frozen_heap(self, machine: Machine) -> MemoryImage:
        size = self._heap_pages * WASM_PAGE_BYTES
        return MemoryImage.of(
            self._heap_pages,
            *machine.kept_heap(size),
            base=self.module.initial_heap,
            previous=self._image.heap,
        )

    def _frozen_stable(self, machine: Machine) -> MemoryImage:
        address = machine.stable_address
        pages = {
            number: ctypes.string_at(address + number * STABLE_PAGE_BYTES, STABLE_PAGE_BYTES)
            for number in self._changed_stable
        }
        for number, page in machine.undo_log(machine.number(Slot.UNDO_COUNT_64)):
            if number in pages:
                pages[number] = page
        return self._image.stable.with_pages(self._stable_pages, pages)


def _forget_undo_log(machine: Machine) -> None:
    machine.set_number(Slot.UNDO_COUNT_64, 0)
    machine.set_number(Slot.EPOCH, machine.number(Slot.EPOCH) + 1)


def _write_pages(address: int, image: MemoryImage) -> None:
    for number, page in image.pages():
        ctypes.memmove(address + number * IMAGE_PAGE_BYTES, page, IMAGE_PAGE_BYTES)


def _at_least(heap: MemoryImage, page_count: int) -> MemoryImage:
    return heap if heap.page_count >= page_count else heap.with_pages(page_count, {})
