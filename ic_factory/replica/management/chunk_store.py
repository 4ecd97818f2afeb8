"""The chunk store.

Specification: "IC method upload_chunk", "clear_chunk_store", "stored_chunks".
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from ic_factory.replica.canister_cycles import held_bytes, memory_usage
from ic_factory.replica.management.calls import Call, Done
from ic_factory.replica.management.capacity import (
    charge,
    require_cycles_to_grow,
    require_memory,
)
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.rejects import ErrorCode

MAX_CHUNK_BYTES = 1024**2
CHUNK_STORE_SIZE = 100
UPLOAD_INSTRUCTIONS = 2_000_000_000
"""What storing a chunk is charged for."""


def upload_chunk(call: Call) -> Done:
    """Keeps a chunk under its hash."""
    canister = call.own_or_controlled_canister()
    chunk: bytes = call.arguments["chunk"]
    chunk_hash = hashlib.sha256(chunk).digest()
    done = Done(results=({"hash": chunk_hash},))
    if chunk_hash in canister.chunk_store:
        return done
    if len(chunk) > MAX_CHUNK_BYTES:
        raise chunk_store_error(
            f"Wasm chunk size {len(chunk)} exceeds the maximum chunk size of {MAX_CHUNK_BYTES}"
        )
    if len(canister.chunk_store) >= CHUNK_STORE_SIZE:
        raise chunk_store_error(
            "Wasm chunk store has already reached maximum capacity of "
            f"{CHUNK_STORE_SIZE * MAX_CHUNK_BYTES} bytes or the maximum number of entries, "
            f"{CHUNK_STORE_SIZE}"
        )
    fee = call.facts.fees.execution(UPLOAD_INSTRUCTIONS)
    grown = replace(
        canister,
        cycles=canister.cycles - fee,
        chunk_store=canister.chunk_store | {chunk_hash: chunk},
    )
    require_memory(
        call.subnet, call.facts.subnet_memory_bytes, held_bytes(canister), held_bytes(grown)
    )
    require_cycles_to_grow(grown, memory_usage(canister), call.facts.fees)
    canister.chunk_store[chunk_hash] = chunk
    charge(call.subnet, canister, fee)
    return done


def clear_chunk_store(call: Call) -> Done:
    """Forgets all chunks."""
    call.own_or_controlled_canister().chunk_store.clear()
    return Done()


def stored_chunks(call: Call) -> Done:
    """The hashes of all chunks, in ascending order."""
    chunk_store = call.own_or_controlled_canister().chunk_store
    return Done(results=([{"hash": chunk_hash} for chunk_hash in sorted(chunk_store)],))


def chunk_store_error(reason: str) -> Refused:
    """The refusal for what is wrong with chunks (IC0504)."""
    return Refused(ErrorCode.CANISTER_CONTRACT_VIOLATION, f"Error from Wasm chunk store: {reason}.")
