"""The canister ranges of a subnet, as the state tree has them.

Specification, "Subnet information", "Canister ranges": once in one piece, once in shards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from ic_factory.errors import CborError, PrincipalError
from ic_factory.protocol import cbor
from ic_factory.protocol.certificate_errors import MalformedCertificateError
from ic_factory.protocol.hash_tree import (
    Found,
    HashTree,
    list_paths,
    lookup_path,
    lookup_subtree,
)
from ic_factory.protocol.principal import Principal


class RangesFormat(Enum):
    """Where a certificate shows a subnet's canister ranges."""

    WHOLE = "whole"
    """`/subnet/<subnet_id>/canister_ranges`: v2 read_state and v3 calls."""
    SHARDED = "sharded"
    """`/canister_ranges/<subnet_id>/<first_id>`: v3 read_state and v4 calls."""


@dataclass(frozen=True, slots=True)
class CanisterIdRange:
    """All canister ids from `first` to `last`, both included."""

    first: Principal
    last: Principal

    def __contains__(self, canister_id: Principal) -> bool:
        return self.first.bytes <= canister_id.bytes <= self.last.bytes


def encode_ranges(ranges: Iterable[CanisterIdRange]) -> bytes:
    """Encodes ranges as a value of the state tree."""
    return cbor.encode_self_described([[one.first, one.last] for one in ranges])


def decode_ranges(data: bytes) -> tuple[CanisterIdRange, ...]:
    """Decodes a value of the state tree.

    Raises:
        MalformedCertificateError: The bytes are not ranges.
    """
    try:
        ranges = cbor.decode(data)
        if type(ranges) is not list:
            raise MalformedCertificateError("canister ranges are not an array")
        return tuple(_range(one) for one in ranges)
    except (CborError, PrincipalError) as error:
        raise MalformedCertificateError(f"canister ranges: {error}") from error


def ranges_of(
    tree: HashTree, subnet_id: Principal, ranges_format: RangesFormat
) -> tuple[CanisterIdRange, ...] | None:
    """The ranges that a tree shows for a subnet; None where it shows none in this format.

    Raises:
        MalformedCertificateError: A value is not ranges.
    """
    values = list(_values(tree, subnet_id, ranges_format))
    if not values:
        return None
    return tuple(one for value in values for one in decode_ranges(value))


def _values(tree: HashTree, subnet_id: Principal, ranges_format: RangesFormat) -> Iterator[bytes]:
    if ranges_format is RangesFormat.WHOLE:
        whole = lookup_path(tree, (b"subnet", subnet_id.bytes, b"canister_ranges"))
        if isinstance(whole, Found):
            yield whole.value
        return
    shards = lookup_subtree(tree, (b"canister_ranges", subnet_id.bytes))
    if isinstance(shards, Found):
        for path in list_paths(shards.value):
            shard = lookup_path(shards.value, path)
            if isinstance(shard, Found):
                yield shard.value


def _range(value: object) -> CanisterIdRange:
    if type(value) is not list or len(value) != 2:
        raise MalformedCertificateError("a canister range is not an array of two principals")
    return CanisterIdRange(Principal(value[0]), Principal(value[1]))
