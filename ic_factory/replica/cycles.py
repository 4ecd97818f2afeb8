"""Fees of a 13-node application subnet.

Figures and formulas: "Cycle costs" of the IC's documentation; what the management canister does for
a canister, and how fees are rounded: the IC's own `subnet_config` and `CyclesAccountManager`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

MAX_INSTRUCTIONS_PER_UPDATE = 40_000_000_000
MAX_INSTRUCTIONS_PER_QUERY = 5_000_000_000
MAX_INSTRUCTIONS_PER_INSTALL = 300_000_000_000
MAX_INSTRUCTIONS_PER_INSPECT_MESSAGE = 200_000_000

MAX_RESPONSE_BYTES = 2 * 1024**2
"""A response's largest size; a call prepays the transmission of so much."""

GIB = 1024**3
SECONDS_PER_DAY = 86_400

RESERVATION_SECONDS = 300_000_000
"""For how long storage is paid ahead on a subnet that is full."""

TEST_KEYS = frozenset({"dfx_test_key", "test_key_1"})
"""Keys that a subnet of 13 nodes holds."""

PRODUCTION_KEYS = frozenset({"key_1"})
"""Keys that a subnet of 34 nodes holds."""


@dataclass(frozen=True, slots=True)
class FeeTable:
    """Cycles for each thing that has a price. All amounts are in cycles, or instructions."""

    canister_creation: int = 500_000_000_000
    execution_base: int = 5_000_000
    per_billion_instructions: int = 1_000_000_000
    ingress_message: int = 1_200_000
    ingress_byte: int = 2_000
    call: int = 260_000
    call_byte: int = 1_000
    gib_storage_per_second: int = 127_000
    canister_per_second: int = 0
    """For any canister that holds memory; the IC's source has one that is not published yet."""
    compute_percent_per_second: int = 10_000_000
    http_request_per_node: int = 3_000_000
    http_request_per_pair_of_nodes: int = 60_000
    http_request_byte: int = 400
    http_response_byte: int = 800
    test_key_signature: int = 10_000_000_000
    production_key_signature: int = 26_153_846_153
    chunk_upload_instructions: int = 200_000_000
    snapshot_instructions: int = 2_000_000_000
    """Taking, loading or describing a snapshot, besides an instruction a byte of it."""
    snapshot_read_instructions: int = 5_000_000
    """Reading a part of a snapshot, besides an instruction a byte of it."""
    node_count: int = 13

    def execution(self, instructions: int) -> int:
        """One message: the base fee and the instructions."""
        return self.execution_base + self.instructions(instructions)

    def instructions(self, instructions: int) -> int:
        """Instructions alone, without the fee for the message."""
        return instructions * self.per_billion_instructions // 1_000_000_000

    def for_64_bit(self) -> FeeTable:
        """The table for a canister with a 64-bit memory: its instructions cost twice as much."""
        return _for_64_bit(self)

    def ingress_induction(self, size: int) -> int:
        """A user's message of `size` bytes."""
        return self.ingress_message + size * self.ingress_byte

    def call_transmission(self, size: int) -> int:
        """A canister's call of `size` bytes of method name and argument."""
        return self.call + size * self.call_byte

    def response_transmission(self, size: int) -> int:
        """A response of `size` bytes, paid by the caller."""
        return size * self.call_byte

    @property
    def transmission_prepayment(self) -> int:
        """What a call sets aside for the transmission of its response: of the longest one."""
        return self.response_transmission(MAX_RESPONSE_BYTES)

    @property
    def execution_prepayment(self) -> int:
        """What a call sets aside for the execution of its response."""
        return self.execution(MAX_INSTRUCTIONS_PER_UPDATE)

    def call_in_all(self, method_name_size: int, payload_size: int) -> int:
        """What `ic0.cost_call` answers: the call, and what is set aside for its response."""
        sent = self.call_transmission(method_name_size + payload_size)
        return sent + self.transmission_prepayment + self.execution_prepayment

    def signature(self, key_name: str) -> int | None:
        """A signature by a key, or a key derived from it; None where there is no such key."""
        if key_name in TEST_KEYS:
            return self.test_key_signature
        return self.production_key_signature if key_name in PRODUCTION_KEYS else None

    def http_request(self, request_size: int, max_response_bytes: int) -> int:
        """An HTTPS outcall, answered by every node."""
        nodes = self.node_count
        base = self.http_request_per_node + self.http_request_per_pair_of_nodes * nodes
        size = self.http_request_byte * request_size + self.http_response_byte * max_response_bytes
        return (base + size) * nodes

    def storage(self, size: int, seconds: int) -> int:
        """`size` bytes kept for `seconds`, by the rate of a day, as the IC rounds it."""
        of_a_day = size * self.gib_storage_per_second * SECONDS_PER_DAY // GIB
        if size:
            of_a_day += self.canister_per_second * SECONDS_PER_DAY
        return of_a_day * seconds // SECONDS_PER_DAY

    def compute_allocation(self, percent: int, seconds: int) -> int:
        """`percent` of a core set aside for `seconds`."""
        return percent * seconds * self.compute_percent_per_second

    def storage_reservation(self, used: int, threshold: int, capacity: int) -> int:
        """What is paid ahead for all storage of a subnet on which `used` bytes are taken.

        Nothing up to `threshold`; from there the time that is paid ahead grows, in proportion, up
        to `RESERVATION_SECONDS` at `capacity`.
        """
        above = min(used, capacity) - threshold
        if above <= 0:
            return 0
        seconds = RESERVATION_SECONDS * above // (capacity - threshold) // 2
        return above * self.gib_storage_per_second * seconds // GIB


@cache
def _for_64_bit(fees: FeeTable) -> FeeTable:
    return replace(fees, per_billion_instructions=2 * fees.per_billion_instructions)


FREE = FeeTable(
    canister_creation=0,
    execution_base=0,
    per_billion_instructions=0,
    ingress_message=0,
    ingress_byte=0,
    call=0,
    call_byte=0,
    gib_storage_per_second=0,
    compute_percent_per_second=0,
    http_request_per_node=0,
    http_request_per_pair_of_nodes=0,
    http_request_byte=0,
    http_response_byte=0,
    test_key_signature=0,
    production_key_signature=0,
)
"""The table for those who do not care about cycles: the IC's own free cost schedule."""
