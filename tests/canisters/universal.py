"""The universal test canister: a canister that runs the programs that its messages bring along.

Its update method ``update``, query ``query`` and composite query ``composite_query`` run their
argument (``program.code``), as do installation and upgrade. ``stored`` (update) and ``transform``
(query) run a program stored before, so their argument is free, like the hooks of the system
(``Hook``). ``no_reply`` (update) and ``query_no_reply`` return without an answer; the update method
``a name with blanks`` does what ``update`` does. A mistake in a program traps with a text that
begins with ``universal canister:``.
"""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.canisters.ic0_functions import DEPRECATED, ENDING, IC0_FUNCTIONS
from tests.canisters.ic0_program import FORWARD_REJECT, FORWARD_REPLY, Program
from tests.canisters.module_exports import without_exports
from tests.canisters.stack_program import Callback, Hook

__all__ = [
    "DEPRECATED",
    "ENDING",
    "FORWARD_REJECT",
    "FORWARD_REPLY",
    "IC0_FUNCTIONS",
    "METHODS",
    "Callback",
    "Hook",
    "Program",
    "call",
    "cdk_wasm",
    "reply",
    "universal_wasm",
    "universal_wasm_without",
]

METHODS = {
    "update": "update",
    "a name with blanks": "update",
    "stored": "update",
    "no_reply": "update",
    "query": "query",
    "transform": "query",
    "query_no_reply": "query",
    "composite_query": "composite_query",
}
"""The kind of each method."""

reply = Program().reply
"""Starts a program with a reply."""

call = Program().call
"""Starts a program with a call."""

_HERE = Path(__file__).parent


def universal_wasm() -> bytes:
    """The module of the universal canister, gzipped as it is installed."""
    return (_HERE / "universal.wasm.gz").read_bytes()


def universal_wasm_without(*exports: str) -> bytes:
    """The module, unpacked, without some of its entry points.

    Without ``canister_heartbeat`` an idle canister has nothing to run; without
    ``canister_inspect_message`` every message is let in unasked.
    """
    return without_exports(gzip.decompress(universal_wasm()), exports)


def cdk_wasm() -> bytes:
    """The module of the canister that is written with ic-cdk, gzipped as it is installed."""
    return (_HERE / "cdk.wasm.gz").read_bytes()
