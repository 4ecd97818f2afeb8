"""Personal canisters that go wrong, for tests of the hub."""

from __future__ import annotations

import gzip
from enum import Enum
from pathlib import Path

_MODULE = Path(__file__).parent / "personal_faulty.wasm.gz"
_PLACE = b"personal canister fault: %b..."


class Fault(Enum):
    """What goes wrong."""

    NONE = b"none"
    STORES_A_WRONG_BYTE = b"byte"
    LOSES_A_MEMORY = b"lost"
    LIES_ABOUT_ITS_VERSION = b"lies"


def faulty_personal_wasm(fault: Fault) -> bytes:
    """The module with a fault, gzipped: its name is written over that of none."""
    module = gzip.decompress(_MODULE.read_bytes())
    written = _PLACE % Fault.NONE.value
    assert module.count(written) == 1
    return gzip.compress(module.replace(written, _PLACE % fault.value), mtime=0)
