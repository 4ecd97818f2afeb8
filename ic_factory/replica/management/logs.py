"""Canister logs (specification, "IC method fetch_canister_logs")."""

from __future__ import annotations

from typing import Any

from ic_factory.replica.management.calls import Call, Done
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.management.settings import may_view
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.state.logs import LogRecord


def fetch_canister_logs(call: Call) -> Done:
    """The records that are kept, oldest first, for those who may see them."""
    canister = call.canister()
    if not may_view(canister.settings.log_visibility, canister, call.caller):
        raise Refused(
            ErrorCode.CANISTER_REJECTED_MESSAGE,
            f"Caller {call.caller} is not allowed to access canister logs",
        )
    wanted = call.optional("filter")
    records = [
        {"idx": record.index, "timestamp_nanos": record.timestamp, "content": record.content}
        for record in canister.log.records
        if wanted is None or _is_within(record, wanted)
    ]
    return Done(results=({"canister_log_records": records},))


def _is_within(record: LogRecord, wanted: dict[str, Any]) -> bool:
    """Whether a record is in the interval that is asked for; its end is not part of it."""
    ((case, interval),) = wanted.items()
    place = record.index if case == "by_idx" else record.timestamp
    return bool(interval["start"] <= place < interval["end"])
