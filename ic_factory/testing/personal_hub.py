"""A hub that makes personal canisters, for tests."""

from __future__ import annotations

from ic_factory.canisters import personal_wasm
from ic_factory.drivers.backend import Backend
from ic_factory.operations.personal_setup import PersonalSetup, set_up_personal
from ic_factory.operations.wasm_source import WasmSource

TRILLION = 10**12

HUB_CYCLES = 1_000 * TRILLION
"""What a test's hub has."""

RESERVE = 500 * TRILLION
"""What of it is put aside for personal canisters."""


def prepare_hub(hub: Backend) -> PersonalSetup:
    """Gives a hub the module that comes with the package, and cycles for many canisters.

    Args:
        hub: The hub, as an admin.

    Raises:
        BackendRefused: The caller is no admin.
        AgentError: The hub can't be reached.
    """
    module = WasmSource.from_bytes(personal_wasm(), "personal.wasm.gz")
    return set_up_personal(hub, module, reserve=RESERVE, is_enabled=True)
