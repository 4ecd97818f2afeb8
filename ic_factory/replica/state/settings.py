"""Canister settings (specification, "IC method update_settings")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ic_factory.protocol.principal import Principal


class Visibility(Enum):
    """Who may read a part of a canister besides its controllers."""

    CONTROLLERS = "controllers"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class AllowedViewers:
    """Controllers and these principals may read."""

    principals: tuple[Principal, ...]


Viewers = Visibility | AllowedViewers


@dataclass(frozen=True, slots=True)
class CanisterSettings:
    """All settings of a canister with the values that a new one has."""

    controllers: tuple[Principal, ...] = ()
    compute_allocation: int = 0
    memory_allocation: int = 0
    freezing_threshold: int = 2_592_000
    reserved_cycles_limit: int = 5_000_000_000_000
    wasm_memory_limit: int = 0
    wasm_memory_threshold: int = 0
    log_visibility: Viewers = Visibility.CONTROLLERS
    log_memory_limit: int = 4096
    snapshot_visibility: Viewers = Visibility.CONTROLLERS
    status_visibility: Viewers = Visibility.CONTROLLERS
    minimum_incoming_canister_call_cycles: int = 0
    environment_variables: tuple[tuple[str, str], ...] = ()
