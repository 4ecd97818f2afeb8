"""ic-py's `encode` and `decode`, on the Candid of `ic_factory.protocol`.

ic-py's types go in, and its shapes of values go in and come out: `opt` is `[]` or `[value]`, a
tuple goes in as a tuple and comes out as a list, a function is `[principal, method]`, variants and
records are dicts, `_<id>` is the key of a field whose name is not known. What differs:

- `vec nat8` comes out as `bytes`; principals come out as `ic_factory.protocol.principal.Principal`,
  which equals ic-py's of the same bytes and does what it does.
- Messages are read by the subtyping of the Candid specification, where ic-py refuses them: what may
  be null may be left out, a `nat` serves as an `int`, unexpected fields of tuples are read over, an
  `opt` of an unexpected type is `[]`. References to functions and services of another type are
  refused, which ic-py lets pass.
- Without types, a record or vec is named by its structure, where ic-py says `rec_<count>`.
- More goes in: principals as objects, tuples as lists, None for an absent `opt`, records without
  fields that may be null. A tuple that is too long is refused, where ic-py cuts it off.
- ic-py fails on these, and they work: functions that are `composite_query`, values of type
  `reserved`, a type without parts behind a `Rec`, services whose methods' names are not in the
  order of their hashes.

Specification: Candid, "Binary Format", "Coercions".
"""

from ic_factory.agent.ic_py_candid.codec import decode, encode
from ic_factory.agent.ic_py_candid.errors import (
    UnfitMessage,
    UnreadableMessage,
    UnwritableValue,
)
from ic_factory.agent.ic_py_candid.from_ic_py import translate
from ic_factory.agent.ic_py_candid.to_ic_py import IcPyTypes

__all__ = [
    "IcPyTypes",
    "UnfitMessage",
    "UnreadableMessage",
    "UnwritableValue",
    "decode",
    "encode",
    "translate",
]
