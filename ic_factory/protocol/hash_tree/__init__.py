"""Hash trees: data whose root hash stays the same when parts are pruned.

Specification, "Certification". Nodes are immutable and keep their digest, so an unchanged subtree
can be part of any number of bigger trees at no cost.
"""

from ic_factory.protocol.hash_tree.encoding import (
    MAX_TREE_DEPTH,
    decode,
    encode,
    from_cbor_value,
)
from ic_factory.protocol.hash_tree.lookup import (
    Absent,
    Found,
    Lookup,
    Malformed,
    Unknown,
    labels,
    list_paths,
    lookup_path,
    lookup_subtree,
)
from ic_factory.protocol.hash_tree.nodes import (
    EMPTY,
    Branch,
    Empty,
    Fork,
    HashTree,
    Labeled,
    Leaf,
    Path,
    Pruned,
    check_well_formed,
    from_mapping,
)
from ic_factory.protocol.hash_tree.pruning import witness

__all__ = [
    "EMPTY",
    "MAX_TREE_DEPTH",
    "Absent",
    "Branch",
    "Empty",
    "Fork",
    "Found",
    "HashTree",
    "Labeled",
    "Leaf",
    "Lookup",
    "Malformed",
    "Path",
    "Pruned",
    "Unknown",
    "check_well_formed",
    "decode",
    "encode",
    "from_cbor_value",
    "from_mapping",
    "labels",
    "list_paths",
    "lookup_path",
    "lookup_subtree",
    "witness",
]
