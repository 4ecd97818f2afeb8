"""The code of a snapshot that is uploaded bit by bit, and may not be a module yet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.execution.prepare.invalid_module import InvalidModule
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.management.snapshot_globals import mutable_globals
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.state.memory_image import FrozenMemories, MemoryImage

_GLOBAL_BYTES = 8


@dataclass(frozen=True, slots=True)
class UploadedCode:
    """Satisfies `state.canister.InstalledCode`; nothing can run it before it is loaded."""

    module_size: int
    module_image: MemoryImage
    """The module's bytes so far, zeros where there are none yet."""
    heap: MemoryImage
    stable: MemoryImage
    globals: tuple[dict[str, Any], ...]
    """The exported or mutable globals, as they were given in Candid."""

    @property
    def module_bytes(self) -> bytes:
        """The module, zeros where nothing has been uploaded yet."""
        return self.module_image.read(0, self.module_size)

    @property
    def module_hash(self) -> bytes:
        """SHA-256 of the module as it is now."""
        return hashlib.sha256(self.module_bytes).digest()

    @property
    def custom_sections(self) -> dict[str, tuple[bool, bytes]]:
        """None: they are known when the module is complete and loaded."""
        return {}

    @property
    def heap_bytes(self) -> int:
        """Size of the heap."""
        return self.heap.size

    @property
    def stable_bytes(self) -> int:
        """Size of the stable memory."""
        return self.stable.size

    @property
    def globals_bytes(self) -> int:
        """What the globals are charged as."""
        return _GLOBAL_BYTES * len(self.globals)

    @property
    def is_64_bit(self) -> bool:
        """Not known before the module is."""
        return False

    def freeze(self) -> FrozenMemories:
        """The memories; the globals' values are known when the module is."""
        return FrozenMemories(self.heap, self.stable, ())

    def copy(self) -> UploadedCode:
        """The same: it never changes."""
        return self

    def written(self, kind: str, offset: int, chunk: bytes) -> UploadedCode:
        """This code with `chunk` at `offset`, within the size of what it is written to.

        `kind` is `wasm_module`, `wasm_memory` or `stable_memory`.
        """
        match kind:
            case "wasm_module":
                return replace(self, module_image=self.module_image.written(offset, chunk))
            case "wasm_memory":
                return replace(self, heap=self.heap.written(offset, chunk))
            case _:
                return replace(self, stable=self.stable.written(offset, chunk))

    def loaded(self, engine: Engine) -> ResidentCode:
        """The code, ready to run.

        Raises:
            Refused: The module is not valid (IC0505), or does not fit the rest (IC0408).
        """
        try:
            module = engine.load(self.module_bytes)
        except InvalidModule as error:
            raise Refused(ErrorCode.CANISTER_INVALID_WASM, str(error)) from error
        values = mutable_globals(module.module_bytes, list(self.globals))
        pages = self.heap.page_count
        if not module.minimum_pages <= pages <= module.maximum_pages:
            raise Refused(
                ErrorCode.INVALID_MANAGEMENT_PAYLOAD,
                f"The snapshot's Wasm memory has {pages} pages, its module declares "
                f"{module.minimum_pages} to {module.maximum_pages}",
            )
        return ResidentCode.restored(engine, module, FrozenMemories(self.heap, self.stable, values))
