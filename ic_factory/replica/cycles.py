"""Fees of a 13-node application subnet, and what follows from them for a canister's balance.

Figures: "Cycle costs" of the IC's documentation; formulas: "Compute and storage", "Messaging",
"Threshold signing" and "HTTPS outcalls" there.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_INSTRUCTIONS_PER_UPDATE = 40_000_000_000
MAX_INSTRUCTIONS_PER_QUERY = 5_000_000_000
MAX_INSTRUCTIONS_PER_INSTALL = 300_000_000_000
MAX_INSTRUCTIONS_PER_INSPECT_MESSAGE = 200_000_000

MAX_RESPONSE_BYTES = 2 * 1024**2
"""A response's largest size; a call prepays the transmission of so much."""

GIB = 1024**3


@dataclass(frozen=True, slots=True)
class FeeTable:
    """Cycles for each thing that has a price. All amounts are in cycles."""

    canister_creation: int = 500_000_000_000
    execution_base: int = 5_000_000
    per_billion_instructions: int = 1_000_000_000
    ingress_message: int = 1_200_000
    ingress_byte: int = 2_000
    call: int = 260_000
    call_byte: int = 1_000
    gib_storage_per_second: int = 127_000
    compute_percent_per_second: int = 10_000_000
    node_count: int = 13

    def execution(self, instructions: int) -> int:
        """One message: the base fee and the instructions."""
        return self.execution_base + self.instructions(instructions)

    def instructions(self, instructions: int) -> int:
        """Instructions alone, without the fee for the message."""
        return instructions * self.per_billion_instructions // 1_000_000_000

    def ingress_induction(self, size: int) -> int:
        """A user's message of `size` bytes of method name, argument and nonce."""
        return self.ingress_message + size * self.ingress_byte

    def call_transmission(self, size: int) -> int:
        """A canister's call of `size` bytes of method name and argument."""
        return self.call + size * self.call_byte

    def response_transmission(self, size: int) -> int:
        """A response of `size` bytes, paid by the caller."""
        return size * self.call_byte

    @property
    def response_prepayment(self) -> int:
        """What a call sets aside for its response: the longest one, and its execution."""
        return self.response_transmission(MAX_RESPONSE_BYTES) + self.execution(
            MAX_INSTRUCTIONS_PER_UPDATE
        )

    def call_in_all(self, method_name_size: int, payload_size: int) -> int:
        """What `ic0.cost_call` answers: the call, and what is set aside for the response."""
        return self.call_transmission(method_name_size + payload_size) + self.response_prepayment

    def http_request(self, request_size: int, max_response_bytes: int) -> int:
        """An HTTPS outcall, answered by every node."""
        nodes = self.node_count
        base = (3_000_000 + 60_000 * nodes) * nodes
        return base + (400 * request_size + 800 * max_response_bytes) * nodes

    def storage(self, size: int, seconds: int) -> int:
        """`size` bytes kept for `seconds`."""
        return size * seconds * self.gib_storage_per_second // GIB

    def compute_allocation(self, percent: int, seconds: int) -> int:
        """`percent` of a core set aside for `seconds`."""
        return percent * seconds * self.compute_percent_per_second


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
)
"""The table for those who do not care about cycles."""
