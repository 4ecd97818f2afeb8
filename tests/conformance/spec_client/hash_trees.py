"""Hash trees as they come in certificates (specification, "Certificate", "Lookup")."""

from __future__ import annotations

import itertools
from enum import Enum
from hashlib import sha256
from typing import Any

Tree = list[Any]
"""As decoded from CBOR: [0], [1, left, right], [2, label, tree], [3, value], [4, hash]."""


class Missing(Enum):
    """What a path leads to that has no value."""

    ABSENT = "provably not in the tree"
    UNKNOWN = "may have been pruned"
    INNER = "in the tree, with no value of its own"


def root_hash(tree: Tree) -> bytes:
    """The hash that the certificate's signature is for."""
    match tree:
        case [0]:
            return _hash("empty")
        case [1, left, right]:
            return _hash("fork", root_hash(left), root_hash(right))
        case [2, bytes(label), subtree]:
            return _hash("labeled", label, root_hash(subtree))
        case [3, bytes(value)]:
            return _hash("leaf", value)
        case [4, bytes(pruned)] if len(pruned) == 32:
            return pruned
    raise ValueError(f"not a hash tree: {tree!r:.80}")


def _hash(kind: str, *parts: bytes) -> bytes:
    domain = f"ic-hashtree-{kind}".encode()
    return sha256(bytes([len(domain)]) + domain + b"".join(parts)).digest()


def is_well_formed(tree: Tree) -> bool:
    """Whether labels are in strictly increasing order, and not mixed with leaves."""
    if tree[0] == 3:
        return True
    branches = _flatten(tree)
    labels = [branch[1] for branch in branches if branch[0] == 2]
    return (
        all(left < right for left, right in itertools.pairwise(labels))
        and all(branch[0] != 3 for branch in branches)
        and all(is_well_formed(branch[2]) for branch in branches if branch[0] == 2)
    )


def lookup(tree: Tree, path: tuple[bytes, ...]) -> bytes | Missing:
    """The value at a path, or why there is none."""
    found = find(tree, path)
    if isinstance(found, Missing):
        return found
    match found:
        case [0]:
            return Missing.ABSENT
        case [3, value]:
            return bytes(value)
        case [4, _]:
            return Missing.UNKNOWN
    return Missing.INNER


def find(tree: Tree, path: tuple[bytes, ...]) -> Tree | Missing:
    """The subtree at a path."""
    for label in path:
        step = _find_label(label, _flatten(tree))
        if isinstance(step, Missing):
            return step
        tree = step
    return tree


def labels(tree: Tree) -> list[bytes]:
    """The labels right below the top."""
    return [branch[1] for branch in _flatten(tree) if branch[0] == 2]


def values(tree: Tree, prefix: tuple[bytes, ...] = ()) -> dict[tuple[bytes, ...], bytes]:
    """Every value that is revealed, by its path."""
    if tree[0] == 3:
        return {prefix: tree[1]}
    found: dict[tuple[bytes, ...], bytes] = {}
    for branch in _flatten(tree):
        if branch[0] == 2:
            found.update(values(branch[2], (*prefix, branch[1])))
    return found


def _flatten(tree: Tree) -> list[Tree]:
    if tree[0] == 0:
        return []
    if tree[0] == 1:
        return [*_flatten(tree[1]), *_flatten(tree[2])]
    return [tree]


def _find_label(label: bytes, branches: list[Tree]) -> Tree | Missing:
    if not branches or branches[0][0] == 3:
        return Missing.ABSENT
    for index, branch in enumerate(branches):
        if branch[0] != 2:
            continue
        if branch[1] == label:
            return list(branch[2])
        if branch[1] > label:
            is_gap_known = index == 0 or branches[index - 1][0] == 2
            return Missing.ABSENT if is_gap_known else Missing.UNKNOWN
    return Missing.ABSENT if branches[-1][0] == 2 else Missing.UNKNOWN
