"""The embedded local replica: an Internet Computer of one process.

It runs real canister WASM and speaks the IC's HTTPS interface, so any IC client works against it.
For development and tests: keys are local and nothing is replicated.
"""

from ic_factory.replica.clock import Clock, FrozenClock, HostClock
from ic_factory.replica.config import InstructionLimits, ReplicaConfig
from ic_factory.replica.errors import (
    BadRequest,
    CallRejected,
    NoAnswer,
    ReplicaClosed,
    UnknownSnapshot,
)
from ic_factory.replica.rejects import ErrorCode, Payload, Reject, RejectCode, Reply
from ic_factory.replica.replica import Accepted, Replica
from ic_factory.replica.snapshots import SnapshotToken
from ic_factory.replica.storage.storage import Storage

__all__ = [
    "Accepted",
    "BadRequest",
    "CallRejected",
    "Clock",
    "ErrorCode",
    "FrozenClock",
    "HostClock",
    "InstructionLimits",
    "NoAnswer",
    "Payload",
    "Reject",
    "RejectCode",
    "Replica",
    "ReplicaClosed",
    "ReplicaConfig",
    "Reply",
    "SnapshotToken",
    "Storage",
    "UnknownSnapshot",
]
