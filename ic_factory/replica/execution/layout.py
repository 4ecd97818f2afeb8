"""Where the host, the companion and the rewritten module put what they tell each other.

All of it lies in one small memory, the scratch memory: a block of numbers at its start, the
values of the module's globals, the reply that is being put together, and what the message came
with.
"""

from __future__ import annotations

from enum import IntEnum
from struct import Struct


class Slot(IntEnum):
    """Offsets of the numbers in the block. Names ending in `_64` are eight bytes, others four."""

    FAILED = 0
    RESPONSE = 4
    CONTEXT = 8
    FUNCTION = 12
    REASON = 16
    RESULT_64 = 24
    ARGUMENTS_64 = 32
    REPLY_SIZE_64 = 96
    REPLY_LIMIT_64 = 104
    TIME_64 = 112
    VERSION_64 = 120
    DEADLINE_64 = 128
    STATUS = 136
    REJECT_CODE = 140
    IS_REPLICATED = 144
    HAS_CERTIFICATE = 148
    NODE_COUNT = 152
    EPOCH = 156
    STABLE_PAGES_64 = 160
    STABLE_LIMIT_64 = 168
    UNDO_COUNT_64 = 176
    BLOBS = 184


class Blob(IntEnum):
    """Blobs that the canister may copy; each has its address and its size in the block."""

    ARGUMENT = 0
    CALLER = 1
    CANISTER_ID = 2
    SUBNET_ID = 3
    REJECT_MESSAGE = 4
    METHOD_NAME = 5
    ROOT_KEY = 6
    CERTIFICATE = 7
    CALLER_INFO_DATA = 8
    CALLER_INFO_SIGNER = 9

    @property
    def slot(self) -> int:
        """Offset of the blob's address; its size follows."""
        return Slot.BLOBS + 8 * self


class Reason(IntEnum):
    """Why the companion turns to the host."""

    CALL = 0
    FORBIDDEN = 1
    HEAP_BOUNDS = 2
    BLOB_BOUNDS = 3
    STABLE_BOUNDS = 4
    STABLE_HEAP_BOUNDS = 5
    STABLE_TOO_BIG = 6
    ALREADY_REPLIED = 7
    REPLY_TOO_LARGE = 8


class ResponseState(IntEnum):
    """What has become of the response to the call at hand."""

    OPEN = 0
    REPLIED = 1
    REJECTED = 2
    CLOSED = 3
    """It was given before, or none is wanted."""


CALL_ARGUMENTS = Struct("<8Q")
MESSAGE_NUMBERS = Struct("<6IQ8Q5Q5I")
"""The numbers that each message sets, from the start of the block up to `NODE_COUNT`."""
BLOB_PLACES = Struct(f"<{2 * len(Blob)}I")
BLOCK_BYTES = Slot.BLOBS + BLOB_PLACES.size

GLOBALS_START = 4_096
GLOBAL_BYTES = 16
REPLY_START = 65_536
REPLY_CAPACITY = 3 * 1024**2
DATA_START = REPLY_START + REPLY_CAPACITY

STABLE_PAGE_BYTES = 4_096
"""The undo log keeps stable memory in pages of this size."""
UNDO_ENTRY_BYTES = 8 + STABLE_PAGE_BYTES
MAX_STABLE_PAGES = 32 * 1024**3 // 65_536
"""What a stable memory may grow to: as much as its addresses are reserved for."""
