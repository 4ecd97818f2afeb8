"""The Candid record that `cost_http_request_v2` is given; of it, the price takes two numbers."""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.errors import CandidError
from ic_factory.protocol.candid.types import NAT64, Record
from ic_factory.protocol.candid.wire import ArgumentDecoder

_DECODER = ArgumentDecoder(
    [
        Record.of(
            {
                "request_bytes": NAT64,
                "http_roundtrip_time_ms": NAT64,
                "raw_response_bytes": NAT64,
                "transformed_response_bytes": NAT64,
                "transform_instructions": NAT64,
            }
        )
    ]
)


class OutcallParametersError(CandidError):
    """Bytes that are not the record."""


@dataclass(frozen=True, slots=True)
class OutcallParameters:
    """The resources of an outcall that its price here depends on, in bytes."""

    request_bytes: int
    raw_response_bytes: int


def read_outcall_parameters(encoded: bytes) -> OutcallParameters:
    """Reads the record.

    Raises:
        OutcallParametersError: the bytes are not one.
    """
    try:
        (record,) = _DECODER.decode(encoded)
    except CandidError as error:
        raise OutcallParametersError(f"the parameters cannot be decoded: {error}") from error
    return OutcallParameters(record["request_bytes"], record["raw_response_bytes"])
