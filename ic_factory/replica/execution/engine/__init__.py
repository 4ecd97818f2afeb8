"""The WASM engine. Nothing outside this package imports wasmtime."""

from ic_factory.replica.execution.engine.engine import Engine, ModuleCounts

__all__ = ["Engine", "ModuleCounts"]
