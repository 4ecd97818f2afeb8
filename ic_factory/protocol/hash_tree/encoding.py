"""Hash trees as CBOR arrays (specification, "Encoding of certificates")."""

from __future__ import annotations

from typing import Any

from ic_factory.errors import HashTreeError
from ic_factory.protocol import cbor
from ic_factory.protocol.hash_tree.nodes import (
    DIGEST_LENGTH,
    EMPTY,
    Fork,
    HashTree,
    Labeled,
    Leaf,
    Pruned,
    check_well_formed,
)

MAX_TREE_DEPTH = 128
"""How deep nodes may be nested; the IC's Rust clients stop there too."""

_BYTE_STRING = 2


def encode(tree: HashTree) -> bytes:
    """Encodes a tree, with no self-describing tag before it."""
    parts: list[bytes] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Fork):
            parts.append(b"\x83\x01")
            waiting += (node.right, node.left)
        elif isinstance(node, Labeled):
            parts += (b"\x83\x02", cbor.head(_BYTE_STRING, len(node.label)), node.label)
            waiting.append(node.subtree)
        elif isinstance(node, Pruned):
            parts += (b"\x82\x04\x58\x20", node.digest)
        elif isinstance(node, Leaf):
            parts += (b"\x82\x03", cbor.head(_BYTE_STRING, len(node.value)), node.value)
        else:
            parts.append(b"\x81\x00")
    return b"".join(parts)


def decode(data: bytes) -> HashTree:
    """Decodes a tree, and checks that it is well-formed.

    Raises:
        CborError: The bytes are not CBOR, or nested too deep.
        HashTreeError: They are not a well-formed hash tree.
    """
    return from_cbor_value(cbor.decode(data, max_depth=MAX_TREE_DEPTH))


def from_cbor_value(value: Any) -> HashTree:
    """Makes a tree of decoded CBOR, and checks that it is well-formed.

    Raises:
        HashTreeError: The value is not a well-formed hash tree.
    """
    tree = _node(value, MAX_TREE_DEPTH)
    check_well_formed(tree)
    return tree


def _node(value: Any, depth: int) -> HashTree:
    if depth == 0:
        raise HashTreeError(f"a hash tree is nested deeper than {MAX_TREE_DEPTH} nodes")
    if type(value) is list and value and type(value[0]) is int:
        kind, rest = value[0], value[1:]
        if kind == 1 and len(rest) == 2:
            return Fork(_node(rest[0], depth - 1), _node(rest[1], depth - 1))
        if kind == 2 and len(rest) == 2 and type(rest[0]) is bytes:
            return Labeled(rest[0], _node(rest[1], depth - 1))
        if kind in (3, 4) and len(rest) == 1 and type(rest[0]) is bytes:
            return _leaf_or_pruned(kind, rest[0])
        if kind == 0 and not rest:
            return EMPTY
    raise HashTreeError(f"not a hash tree node: {_shown(value)}")


def _leaf_or_pruned(kind: int, content: bytes) -> HashTree:
    if kind == 3:
        return Leaf(content)
    if len(content) != DIGEST_LENGTH:
        raise HashTreeError(
            f"a pruned node has a digest of {DIGEST_LENGTH} bytes, got {len(content)}"
        )
    return Pruned(content)


def _shown(value: Any) -> str:
    if not isinstance(value, list):
        return f"{type(value).__name__} instead of an array"
    kind = value[0] if value and type(value[0]) is int else "no kind"
    return f"an array of {len(value)} items of kind {kind}"
