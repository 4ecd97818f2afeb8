"""The methods of the management canister: what serves each, and who may call it how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from ic_factory.replica.management.calls import Call, Done, Waiting
from ic_factory.replica.management.chunk_store import (
    clear_chunk_store,
    stored_chunks,
    upload_chunk,
)
from ic_factory.replica.management.creation import (
    create_canister,
    deposit_cycles,
    provisional_create_canister_with_cycles,
    provisional_top_up_canister,
)
from ic_factory.replica.management.history import canister_info
from ic_factory.replica.management.install_code import (
    CodeInstallation,
    install_chunked_code,
    install_code,
)
from ic_factory.replica.management.lifecycle import (
    delete_canister,
    start_canister,
    stop_canister,
    uninstall,
)
from ic_factory.replica.management.logs import fetch_canister_logs
from ic_factory.replica.management.settings import update_settings
from ic_factory.replica.management.snapshot_reading import (
    read_canister_snapshot_data,
    read_canister_snapshot_metadata,
)
from ic_factory.replica.management.snapshot_upload import (
    upload_canister_snapshot_data,
    upload_canister_snapshot_metadata,
)
from ic_factory.replica.management.snapshots import (
    delete_canister_snapshot,
    list_canister_snapshots,
    load_canister_snapshot,
    take_canister_snapshot,
)
from ic_factory.replica.management.status import (
    canister_metadata,
    canister_metrics,
    canister_status,
)
from ic_factory.replica.management.subnet_methods import (
    list_canisters,
    node_metrics_history,
    raw_rand,
    subnet_info,
)


class Users(Enum):
    """Which users' calls are let in; the handlers check again what the caller may do."""

    NONE = auto()
    """Only canisters may call."""
    ANYONE = auto()
    CONTROLLERS = auto()
    STATUS_VIEWERS = auto()
    SNAPSHOT_VIEWERS = auto()


@dataclass(frozen=True, slots=True)
class Method:
    """One method."""

    handler: Callable[[Call], Done | Waiting | CodeInstallation]
    users: Users
    is_query: bool = False
    """Whether it can be called as a query."""
    is_update: bool = True


METHODS: Mapping[str, Method] = {
    "create_canister": Method(create_canister, Users.NONE),
    "update_settings": Method(update_settings, Users.CONTROLLERS),
    "provisional_create_canister_with_cycles": Method(
        provisional_create_canister_with_cycles, Users.ANYONE
    ),
    "provisional_top_up_canister": Method(provisional_top_up_canister, Users.ANYONE),
    "deposit_cycles": Method(deposit_cycles, Users.NONE),
    "install_code": Method(install_code, Users.CONTROLLERS),
    "install_chunked_code": Method(install_chunked_code, Users.CONTROLLERS),
    "uninstall_code": Method(uninstall, Users.CONTROLLERS),
    "start_canister": Method(start_canister, Users.CONTROLLERS),
    "stop_canister": Method(stop_canister, Users.CONTROLLERS),
    "delete_canister": Method(delete_canister, Users.CONTROLLERS),
    "canister_status": Method(canister_status, Users.STATUS_VIEWERS, is_query=True),
    "canister_metrics": Method(canister_metrics, Users.CONTROLLERS, is_query=True),
    "canister_info": Method(canister_info, Users.NONE),
    "canister_metadata": Method(canister_metadata, Users.NONE),
    "upload_chunk": Method(upload_chunk, Users.CONTROLLERS),
    "clear_chunk_store": Method(clear_chunk_store, Users.CONTROLLERS),
    "stored_chunks": Method(stored_chunks, Users.CONTROLLERS),
    "take_canister_snapshot": Method(take_canister_snapshot, Users.CONTROLLERS),
    "load_canister_snapshot": Method(load_canister_snapshot, Users.CONTROLLERS),
    "list_canister_snapshots": Method(list_canister_snapshots, Users.SNAPSHOT_VIEWERS),
    "delete_canister_snapshot": Method(delete_canister_snapshot, Users.CONTROLLERS),
    "read_canister_snapshot_metadata": Method(
        read_canister_snapshot_metadata, Users.SNAPSHOT_VIEWERS
    ),
    "read_canister_snapshot_data": Method(read_canister_snapshot_data, Users.SNAPSHOT_VIEWERS),
    "upload_canister_snapshot_metadata": Method(
        upload_canister_snapshot_metadata, Users.CONTROLLERS
    ),
    "upload_canister_snapshot_data": Method(upload_canister_snapshot_data, Users.CONTROLLERS),
    "list_canisters": Method(list_canisters, Users.NONE, is_query=True, is_update=False),
    "fetch_canister_logs": Method(fetch_canister_logs, Users.NONE, is_query=True, is_update=False),
    "raw_rand": Method(raw_rand, Users.NONE),
    "subnet_info": Method(subnet_info, Users.NONE),
    "node_metrics_history": Method(node_metrics_history, Users.NONE),
}
