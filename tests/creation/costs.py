"""What a personal canister costs, from the published fees and what the replica was seen to count.

`docs/personal-canisters.md` shows its table; `test_costs.py` holds both against the replica.
"""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.replica.cycles import GIB, SECONDS_PER_DAY, FeeTable

PUBLISHED = FeeTable()
TRILLION = 10**12
CYCLES_PER_CREATION = 2 * TRILLION
"""The hub's default."""

MODULE_BYTES = 600_000
"""Of the personal canister, compressed."""

OVERHEAD_BYTES, MEMORY_BYTES = 7_000, 300
"""Candid around the module and the capsule, and of a memory without its asset's content."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """Instructions of one of the two canisters, the base fees of its messages with them."""

    fixed: int
    a_memory: int
    a_byte: int

    def of(self, memories: int, size: int) -> int:
        """For a capsule of so many memories and bytes."""
        return self.fixed + memories * self.a_memory + size * self.a_byte


OF_HUB = Instructions(115_000_000, 850_000, 12)
OF_PERSONAL = Instructions(240_000_000, 2_200_000, 244)
"""`upload_chunk` is in what is fixed; each byte is stored, and hashed twice."""

MODULE_INSTRUCTIONS = 680_000
"""Of the personal canister's module; each costs 6,000 where the mainnet compiles it."""

COMPILED_INSTRUCTION = 6_000
LEAST_BYTES, RESIDENT_BYTES = 69_200_000, 56_000_000
"""What a personal canister takes at least, and besides what is in it."""


@dataclass(frozen=True, slots=True)
class User:
    """What a user has in the capsule.

    Attributes:
        memories: How many.
        size: Bytes of all of them together.
    """

    memories: int
    size: int

    @property
    def sending(self) -> int:
        """What the hub pays besides the cycles that it attaches."""
        sent = MODULE_BYTES + OVERHEAD_BYTES + self.memories * MEMORY_BYTES + self.size
        instructions = OF_HUB.of(self.memories, self.size)
        return PUBLISHED.call_transmission(sent) + PUBLISHED.instructions(instructions)

    @property
    def taking(self) -> int:
        """What the personal canister pays of its own, besides the fee for its creation."""
        return PUBLISHED.instructions(OF_PERSONAL.of(self.memories, self.size))

    @property
    def making(self) -> int:
        """Cycles that are gone once it is done: the fee, the move, and what compiling adds."""
        compiling = MODULE_INSTRUCTIONS * COMPILED_INSTRUCTION
        return PUBLISHED.canister_creation + self.sending + self.taking + compiling

    @property
    def leaving(self) -> int:
        """Cycles that the hub has less: what it attaches, and what it pays itself."""
        return CYCLES_PER_CREATION + self.sending

    @property
    def held(self) -> int:
        """Bytes that the canister is charged for."""
        return max(LEAST_BYTES, RESIDENT_BYTES + self.size)

    @property
    def storage(self) -> int:
        """Cycles a year for what the canister holds, by the published price."""
        year = 365 * SECONDS_PER_DAY
        return self.held * PUBLISHED.gib_storage_per_second * year // GIB


USERS = {
    "100 memories, 10 MB": User(100, 10_000_000),
    "1,000 memories, 1 GB": User(1_000, 1_000_000_000),
}
COUNTS = (1, 1_000, 100_000)


def rows() -> list[str]:
    """The table in `docs/personal-canisters.md`, in trillions of cycles."""
    return [
        f"| {count:,} | {what} | {_t(count * user.leaving)} | {_t(count * user.making)} "
        f"| {_t(count * user.storage)} |"
        for what, user in USERS.items()
        for count in COUNTS
    ]


def _t(cycles: int) -> str:
    value = cycles / TRILLION
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
