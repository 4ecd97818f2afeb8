"""Pruning: the smallest tree of the same root hash that tells about given paths."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Optional, TypeAlias

from ic_factory.protocol.hash_tree.nodes import (
    EMPTY,
    Empty,
    Fork,
    HashTree,
    Labeled,
    Leaf,
    Pruned,
    flattened,
)

_Request: TypeAlias = dict[bytes, Optional["_Request"]]
"""What is asked for behind each label: further labels, or all of it (None)."""


def witness(tree: HashTree, paths: Iterable[Iterable[bytes]]) -> HashTree:
    """Prunes a tree to what the paths lead to.

    All that is below a path is kept. Where there is nothing at a path, the labels before and
    after it are kept (without what is behind them), so that a lookup proves the absence.
    The cost is about log(size) a path, plus what is kept.

    Args:
        tree: A well-formed tree.
        paths: What to keep; the empty path keeps the whole tree.
    """
    request: _Request = {}
    for path in paths:
        if not _add(request, tuple(path)):
            return tree
    return _revealed(tree, request) if request else _hidden(tree)


def _add(request: _Request, path: tuple[bytes, ...]) -> bool:
    """Notes a path; false if it asks for all of the tree."""
    if not path:
        return False
    for label in path[:-1]:
        below = request.setdefault(label, {})
        if below is None:
            return True
        request = below
    request[path[-1]] = None
    return True


def _hidden(tree: HashTree) -> HashTree:
    return tree if isinstance(tree, Empty | Pruned) else Pruned(tree.digest)


def _revealed(tree: HashTree, request: _Request) -> HashTree:
    if not isinstance(tree, Fork | Labeled):
        # A value proves that there are no labels, so it stays.
        return tree
    kept: dict[bytes, HashTree] = {}
    for label, below in request.items():
        for node in _around(tree, label):
            if node.label != label:
                kept.setdefault(node.label, _hidden(node.subtree))
            elif below is None:
                kept[label] = node.subtree
            else:
                kept[label] = _revealed(node.subtree, below)
    if not kept and next(flattened(tree), None) is None:
        return tree
    return _pruned(tree, kept, sorted(kept))


def _around(tree: Fork | Labeled, label: bytes) -> list[Labeled]:
    """The node of this label, or else its neighbours before and after, as far as there are any."""
    if tree.lowest_label is None:
        return _around_among(list(flattened(tree)), label)
    node: HashTree = tree
    before: HashTree = EMPTY
    after: HashTree = EMPTY
    while isinstance(node, Fork):
        lowest_right = node.right.lowest_label
        if lowest_right is not None and lowest_right <= label:
            before, node = node.left, node.right
        else:
            after, node = node.right, node.left
    if not isinstance(node, Labeled):
        return []
    if node.label == label:
        return [node]
    if node.label < label:
        return [node, *_first(after)]
    return [*_last(before), node]


def _first(tree: HashTree) -> list[Labeled]:
    while isinstance(tree, Fork):
        tree = tree.left
    return [tree] if isinstance(tree, Labeled) else []


def _last(tree: HashTree) -> list[Labeled]:
    while isinstance(tree, Fork):
        tree = tree.right
    return [tree] if isinstance(tree, Labeled) else []


def _around_among(nodes: list[Labeled | Leaf | Pruned], label: bytes) -> list[Labeled]:
    before: list[Labeled] = []
    for node in nodes:
        if not isinstance(node, Labeled):
            before = []
        elif node.label == label:
            return [node]
        elif node.label > label:
            return [*before, node]
        else:
            before = [node]
    return before


def _pruned(tree: HashTree, kept: dict[bytes, HashTree], order: list[bytes]) -> HashTree:
    """The tree with these labels alone; `order` has them in order."""
    if not order:
        # What holds nothing is kept, since hiding it would leave open what it holds.
        return tree if next(flattened(tree), None) is None else _hidden(tree)
    if isinstance(tree, Labeled):
        subtree = kept.get(tree.label)
        return _hidden(tree) if subtree is None else Labeled(tree.label, subtree)
    if not isinstance(tree, Fork):
        return _hidden(tree)
    boundary = tree.right.lowest_label
    if boundary is None:
        left, right = _pruned(tree.left, kept, order), _pruned(tree.right, kept, order)
    else:
        split = bisect_left(order, boundary)
        left = _pruned(tree.left, kept, order[:split])
        right = _pruned(tree.right, kept, order[split:])
    if isinstance(left, Pruned | Empty) and isinstance(right, Pruned | Empty):
        # Two empty trees prove that nothing was pruned between the labels around them.
        return tree if left == right == EMPTY else Pruned(tree.digest)
    return Fork(left, right)
