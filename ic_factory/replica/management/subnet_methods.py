"""Methods about the subnet.

Specification: "IC method raw_rand", "subnet_info", "node_metrics_history".
"""

from __future__ import annotations

from typing import NoReturn

import ic_factory
from ic_factory.replica.management.calls import Call, Done
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.rejects import ErrorCode

REGISTRY_VERSION = 1
"""A local subnet's registry never changes."""


def raw_rand(call: Call) -> Done:
    """32 bytes that nobody could foresee, but for who knows the replica's seed."""
    return Done(results=(call.subnet.random.bytes32(),))


def subnet_info(call: Call) -> Done:
    """What runs the subnet."""
    _require_own_subnet(call)
    version = f"ic-factory {ic_factory.__version__}"
    return Done(results=({"replica_version": version, "registry_version": REGISTRY_VERSION},))


def node_metrics_history(call: Call) -> Done:
    """No samples: no node of a local subnet proposes blocks."""
    _require_own_subnet(call)
    return Done(results=([],))


def list_canisters(call: Call) -> NoReturn:
    """Nothing: only subnet admins may ask, and a local subnet has none."""
    raise Refused(
        ErrorCode.CANISTER_REJECTED_MESSAGE,
        f"The caller {call.caller} is not authorized to call this method.",
    )


def _require_own_subnet(call: Call) -> None:
    subnet_id = call.arguments["subnet_id"]
    if subnet_id != call.subnet.subnet_id:
        raise Refused(ErrorCode.SUBNET_NOT_FOUND, f"Subnet {subnet_id} not found.")
