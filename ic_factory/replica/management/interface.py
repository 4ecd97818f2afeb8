"""The Candid types of the management canister's methods.

`management.did` beside this file says the same; a test compares the two. The types are written
out here so that a replica starts without parsing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ic_factory.protocol.candid.types import (
    BLOB,
    BOOL,
    FLOAT32,
    FLOAT64,
    INT32,
    INT64,
    NAT,
    NAT64,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    CandidType,
    Opt,
    Record,
    Variant,
    Vec,
)
from ic_factory.protocol.candid.wire import ArgumentDecoder, ArgumentEncoder
from ic_factory.replica.state.consumption import CANISTER_USES

VISIBILITY = Variant.of({"controllers": NULL, "public": NULL, "allowed_viewers": Vec(PRINCIPAL)})
ENVIRONMENT_VARIABLE = Record.of({"name": TEXT, "value": TEXT})

DEFINITE_SETTINGS = Record.of(
    {
        "controllers": Vec(PRINCIPAL),
        "compute_allocation": NAT,
        "memory_allocation": NAT,
        "freezing_threshold": NAT,
        "reserved_cycles_limit": NAT,
        "minimum_incoming_canister_call_cycles": NAT,
        "log_visibility": VISIBILITY,
        "log_memory_limit": NAT,
        "snapshot_visibility": VISIBILITY,
        "status_visibility": VISIBILITY,
        "wasm_memory_limit": NAT,
        "wasm_memory_threshold": NAT,
        "environment_variables": Vec(ENVIRONMENT_VARIABLE),
    }
)
SETTINGS = Record.of({str(field.name): Opt(field.type) for field in DEFINITE_SETTINGS.fields})

CANISTER = Record.of({"canister_id": PRINCIPAL})
SNAPSHOT_OF_CANISTER = Record.of({"canister_id": PRINCIPAL, "snapshot_id": BLOB})
CONSUMED = Record.of({use.value: NAT for use in CANISTER_USES})
CHUNK_HASH = Record.of({"hash": BLOB})
SNAPSHOT = Record.of({"id": BLOB, "taken_at_timestamp": NAT64, "total_size": NAT64})
SNAPSHOT_SOURCE = Variant.of({"taken_from_canister": RESERVED, "metadata_upload": RESERVED})

INSTALL_MODE = Variant.of(
    {
        "install": NULL,
        "reinstall": NULL,
        "upgrade": Opt(
            Record.of(
                {
                    "skip_pre_upgrade": Opt(BOOL),
                    "wasm_memory_persistence": Opt(Variant.of({"keep": NULL, "replace": NULL})),
                }
            )
        ),
    }
)

CHANGE = Record.of(
    {
        "timestamp_nanos": NAT64,
        "canister_version": NAT64,
        "origin": Variant.of(
            {
                "from_user": Record.of({"user_id": PRINCIPAL}),
                "from_canister": Record.of(
                    {"canister_id": PRINCIPAL, "canister_version": Opt(NAT64)}
                ),
            }
        ),
        "details": Variant.of(
            {
                "creation": Record.of(
                    {"controllers": Vec(PRINCIPAL), "environment_variables_hash": Opt(BLOB)}
                ),
                "code_uninstall": NULL,
                "code_deployment": Record.of(
                    {
                        "mode": Variant.of({"install": NULL, "reinstall": NULL, "upgrade": NULL}),
                        "module_hash": BLOB,
                    }
                ),
                "load_snapshot": Record.of(
                    {
                        "from_canister_id": Opt(PRINCIPAL),
                        "snapshot_id": BLOB,
                        "canister_version": NAT64,
                        "taken_at_timestamp": NAT64,
                        "source": SNAPSHOT_SOURCE,
                    }
                ),
                "controllers_change": Record.of({"controllers": Vec(PRINCIPAL)}),
                "rename_canister": Record.of(
                    {
                        "canister_id": PRINCIPAL,
                        "total_num_changes": NAT64,
                        "rename_to": Record.of(
                            {
                                "canister_id": PRINCIPAL,
                                "version": NAT64,
                                "total_num_changes": NAT64,
                            }
                        ),
                        "requested_by": PRINCIPAL,
                    }
                ),
            }
        ),
    }
)

STATUS = Record.of(
    {
        "status": Variant.of({"running": NULL, "stopping": NULL, "stopped": NULL}),
        "ready_for_migration": BOOL,
        "version": NAT64,
        "settings": DEFINITE_SETTINGS,
        "module_hash": Opt(BLOB),
        "memory_size": NAT,
        "memory_metrics": Record.of(
            {
                "wasm_memory_size": NAT,
                "stable_memory_size": NAT,
                "global_memory_size": NAT,
                "wasm_binary_size": NAT,
                "custom_sections_size": NAT,
                "canister_history_size": NAT,
                "wasm_chunk_store_size": NAT,
                "snapshots_size": NAT,
                "log_memory_store_size": NAT,
            }
        ),
        "cycles": NAT,
        "reserved_cycles": NAT,
        "idle_cycles_burned_per_day": NAT,
        "query_stats": Record.of(
            {
                "num_calls_total": NAT,
                "num_instructions_total": NAT,
                "request_payload_bytes_total": NAT,
                "response_payload_bytes_total": NAT,
            }
        ),
    }
)

NODE_METRICS_SAMPLE = Record.of(
    {
        "timestamp_nanos": NAT64,
        "node_metrics": Vec(
            Record.of(
                {
                    "node_id": PRINCIPAL,
                    "num_blocks_proposed_total": NAT64,
                    "num_block_failures_total": NAT64,
                }
            )
        ),
    }
)

GLOBAL = Variant.of({"i32": INT32, "i64": INT64, "f32": FLOAT32, "f64": FLOAT64, "v128": NAT})
SNAPSHOT_STATE: dict[str, CandidType] = {
    "wasm_module_size": NAT64,
    "globals": Vec(GLOBAL),
    "wasm_memory_size": NAT64,
    "stable_memory_size": NAT64,
    "certified_data": BLOB,
    "global_timer": Opt(Variant.of({"inactive": NULL, "active": NAT64})),
    "on_low_wasm_memory_hook_status": Opt(
        Variant.of({"condition_not_satisfied": NULL, "ready": NULL, "executed": NULL})
    ),
}
SLICE = Record.of({"offset": NAT64, "size": NAT64})
PLACE = Record.of({"offset": NAT64})

LOG_INTERVAL = Record.of({"start": NAT64, "end": NAT64})


@dataclass(frozen=True)
class Signature:
    """A method's argument and result types, with codecs that are made when first needed."""

    arguments: tuple[CandidType, ...]
    results: tuple[CandidType, ...] = ()

    @cached_property
    def decoder(self) -> ArgumentDecoder:
        """Reads the arguments."""
        return ArgumentDecoder(self.arguments)

    @cached_property
    def encoder(self) -> ArgumentEncoder:
        """Writes the results."""
        return ArgumentEncoder(self.results)

    def decode(self, data: bytes) -> dict[str, Any]:
        """The fields of a method's one record; empty where it takes no arguments.

        Raises:
            CandidWireError: `data` is not Candid, or not of these types.
        """
        values = self.decoder.decode(data)
        fields: dict[str, Any] = values[0] if values else {}
        return fields


SIGNATURES = {
    "create_canister": Signature(
        (Record.of({"settings": Opt(SETTINGS), "sender_canister_version": Opt(NAT64)}),),
        (CANISTER,),
    ),
    "update_settings": Signature(
        (
            Record.of(
                {
                    "canister_id": PRINCIPAL,
                    "settings": SETTINGS,
                    "sender_canister_version": Opt(NAT64),
                }
            ),
        )
    ),
    "provisional_create_canister_with_cycles": Signature(
        (
            Record.of(
                {
                    "amount": Opt(NAT),
                    "settings": Opt(SETTINGS),
                    "specified_id": Opt(PRINCIPAL),
                    "sender_canister_version": Opt(NAT64),
                }
            ),
        ),
        (CANISTER,),
    ),
    "provisional_top_up_canister": Signature(
        (Record.of({"canister_id": PRINCIPAL, "amount": NAT}),)
    ),
    "deposit_cycles": Signature((CANISTER,)),
    "install_code": Signature(
        (
            Record.of(
                {
                    "mode": INSTALL_MODE,
                    "canister_id": PRINCIPAL,
                    "wasm_module": BLOB,
                    "arg": BLOB,
                    "sender_canister_version": Opt(NAT64),
                }
            ),
        )
    ),
    "install_chunked_code": Signature(
        (
            Record.of(
                {
                    "mode": INSTALL_MODE,
                    "target_canister": PRINCIPAL,
                    "store_canister": Opt(PRINCIPAL),
                    "chunk_hashes_list": Vec(CHUNK_HASH),
                    "wasm_module_hash": BLOB,
                    "arg": BLOB,
                    "sender_canister_version": Opt(NAT64),
                }
            ),
        )
    ),
    "uninstall_code": Signature(
        (Record.of({"canister_id": PRINCIPAL, "sender_canister_version": Opt(NAT64)}),)
    ),
    "start_canister": Signature((CANISTER,)),
    "stop_canister": Signature((CANISTER,)),
    "delete_canister": Signature((CANISTER,)),
    "canister_status": Signature((CANISTER,), (STATUS,)),
    "canister_metrics": Signature((CANISTER,), (Record.of({"cycles_consumed": CONSUMED}),)),
    "canister_info": Signature(
        (Record.of({"canister_id": PRINCIPAL, "num_requested_changes": Opt(NAT64)}),),
        (
            Record.of(
                {
                    "total_num_changes": NAT64,
                    "recent_changes": Vec(CHANGE),
                    "module_hash": Opt(BLOB),
                    "controllers": Vec(PRINCIPAL),
                }
            ),
        ),
    ),
    "canister_metadata": Signature(
        (Record.of({"canister_id": PRINCIPAL, "name": TEXT}),), (Record.of({"value": BLOB}),)
    ),
    "upload_chunk": Signature(
        (Record.of({"canister_id": PRINCIPAL, "chunk": BLOB}),), (CHUNK_HASH,)
    ),
    "clear_chunk_store": Signature((CANISTER,)),
    "stored_chunks": Signature((CANISTER,), (Vec(CHUNK_HASH),)),
    "take_canister_snapshot": Signature(
        (
            Record.of(
                {
                    "canister_id": PRINCIPAL,
                    "replace_snapshot": Opt(BLOB),
                    "uninstall_code": Opt(BOOL),
                    "sender_canister_version": Opt(NAT64),
                }
            ),
        ),
        (SNAPSHOT,),
    ),
    "load_canister_snapshot": Signature(
        (
            Record.of(
                {
                    "canister_id": PRINCIPAL,
                    "snapshot_id": BLOB,
                    "sender_canister_version": Opt(NAT64),
                }
            ),
        )
    ),
    "list_canister_snapshots": Signature((CANISTER,), (Vec(SNAPSHOT),)),
    "delete_canister_snapshot": Signature((SNAPSHOT_OF_CANISTER,)),
    "read_canister_snapshot_metadata": Signature(
        (SNAPSHOT_OF_CANISTER,),
        (
            Record.of(
                {
                    "source": SNAPSHOT_SOURCE,
                    "taken_at_timestamp": NAT64,
                    "canister_version": NAT64,
                    "wasm_chunk_store": Vec(CHUNK_HASH),
                    **SNAPSHOT_STATE,
                }
            ),
        ),
    ),
    "read_canister_snapshot_data": Signature(
        (
            Record.of(
                {
                    "canister_id": PRINCIPAL,
                    "snapshot_id": BLOB,
                    "kind": Variant.of(
                        {
                            "wasm_module": SLICE,
                            "wasm_memory": SLICE,
                            "stable_memory": SLICE,
                            "wasm_chunk": CHUNK_HASH,
                        }
                    ),
                }
            ),
        ),
        (Record.of({"chunk": BLOB}),),
    ),
    "upload_canister_snapshot_metadata": Signature(
        (Record.of({"canister_id": PRINCIPAL, "replace_snapshot": Opt(BLOB), **SNAPSHOT_STATE}),),
        (Record.of({"snapshot_id": BLOB}),),
    ),
    "upload_canister_snapshot_data": Signature(
        (
            Record.of(
                {
                    "canister_id": PRINCIPAL,
                    "snapshot_id": BLOB,
                    "kind": Variant.of(
                        {
                            "wasm_module": PLACE,
                            "wasm_memory": PLACE,
                            "stable_memory": PLACE,
                            "wasm_chunk": NULL,
                        }
                    ),
                    "chunk": BLOB,
                }
            ),
        )
    ),
    "list_canisters": Signature(
        (), (Record.of({"canisters": Vec(Record.of({"start": PRINCIPAL, "end": PRINCIPAL}))}),)
    ),
    "fetch_canister_logs": Signature(
        (
            Record.of(
                {
                    "canister_id": PRINCIPAL,
                    "filter": Opt(
                        Variant.of({"by_idx": LOG_INTERVAL, "by_timestamp_nanos": LOG_INTERVAL})
                    ),
                }
            ),
        ),
        (
            Record.of(
                {
                    "canister_log_records": Vec(
                        Record.of({"idx": NAT64, "timestamp_nanos": NAT64, "content": BLOB})
                    )
                }
            ),
        ),
    ),
    "raw_rand": Signature((), (BLOB,)),
    "subnet_info": Signature(
        (Record.of({"subnet_id": PRINCIPAL}),),
        (Record.of({"replica_version": TEXT, "registry_version": NAT64}),),
    ),
    "node_metrics_history": Signature(
        (Record.of({"subnet_id": PRINCIPAL, "start_at_timestamp_nanos": NAT64}),),
        (Vec(NODE_METRICS_SAMPLE),),
    ),
}
"""The methods that this replica serves."""

TARGET = Signature((CANISTER,))
"""What all methods about one canister begin with; their other fields are read over."""

TARGET_OF_CHUNKED_INSTALL = Signature((Record.of({"target_canister": PRINCIPAL}),))


def encode_arguments(method_name: str, fields: dict[str, Any]) -> bytes:
    """The Candid argument of a method that takes one record.

    Raises:
        CandidTypeError: A field has a value that is not of its type.
    """
    return ArgumentEncoder(SIGNATURES[method_name].arguments).encode((fields,))


def decode_reply(method_name: str, reply: bytes) -> Any:
    """The value that a method replied; None for one that replies nothing.

    Raises:
        CandidWireError: `reply` is not Candid, or not of the method's type.
    """
    values = ArgumentDecoder(SIGNATURES[method_name].results).decode(reply)
    return values[0] if values else None
