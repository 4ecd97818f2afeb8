"""The chunk store.

Specification: "IC method upload_chunk", "clear_chunk_store", "stored_chunks".
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from ic_factory.replica.canister_cycles import out_of_cycles
from ic_factory.replica.management.calls import Call, Done
from ic_factory.replica.management.capacity import grant, require_growth
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.state.canister import Canister

MAX_CHUNK_BYTES = 1024**2
CHUNK_STORE_SIZE = 100


def upload_chunk(call: Call) -> Done:
    """Keeps a chunk under its hash; one that is there already is charged for all the same."""
    canister = call.own_or_controlled_canister()
    chunk: bytes = call.arguments["chunk"]
    chunk_hash = hashlib.sha256(chunk).digest()
    fee = _upload_fee(call, canister)
    reserved = 0
    if chunk_hash not in canister.chunk_store:
        reserved = _room_for_one_more(call, canister, chunk, fee)
        canister.chunk_store[chunk_hash] = chunk
    grant(call.subnet, canister, fee, reserved)
    return Done(results=({"hash": chunk_hash},), touched=(canister.canister_id,))


def _upload_fee(call: Call, canister: Canister) -> int:
    """What an upload costs, the canister being able to pay it."""
    fees = call.facts.fees
    fee = fees.instructions(fees.chunk_upload_instructions)
    unpayable = out_of_cycles(canister, fees, fee, call.caller)
    if unpayable is not None:
        raise chunk_store_error(f"Error charging for 'upload_chunk': {unpayable.message}")
    return fee


def _room_for_one_more(call: Call, canister: Canister, chunk: bytes, fee: int) -> int:
    """Checks that the chunk can be kept; returns what is to be set aside for its storage."""
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
    grown = replace(
        canister,
        cycles=canister.cycles - fee,
        chunk_store=canister.chunk_store | {b"": chunk},
    )
    return require_growth(call.subnet, call.facts, canister, grown)


def clear_chunk_store(call: Call) -> Done:
    """Forgets all chunks."""
    canister = call.own_or_controlled_canister()
    canister.chunk_store.clear()
    return Done(touched=(canister.canister_id,))


def stored_chunks(call: Call) -> Done:
    """The hashes of all chunks, in ascending order."""
    chunk_store = call.own_or_controlled_canister().chunk_store
    return Done(results=([{"hash": chunk_hash} for chunk_hash in sorted(chunk_store)],))


def chunk_store_error(reason: str) -> Refused:
    """The refusal for what is wrong with chunks (IC0504)."""
    return Refused(ErrorCode.CANISTER_CONTRACT_VIOLATION, f"Error from Wasm chunk store: {reason}.")
