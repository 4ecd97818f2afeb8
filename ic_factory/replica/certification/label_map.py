"""A persistent map from labels to subtrees that is a hash tree at every moment.

The state tree has a branch for each canister and each request. A change of one of them makes new
nodes on its own path alone and shares the rest, so a round costs O(changes × log(size)).
The form is a crit-bit tree over the labels' bits; the order of labels is that of the
specification ("Certification", well-formed trees).
"""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.protocol.hash_tree import EMPTY, Fork, HashTree, Labeled


@dataclass(frozen=True, slots=True)
class _Tip:
    label: bytes
    tree: Labeled


@dataclass(frozen=True, slots=True)
class _Branch:
    bit: int
    """The first bit at which labels on the left (0) and on the right (1) differ."""
    left: _Node
    right: _Node
    tree: Fork


_Node = _Tip | _Branch


def _bit_of(label: bytes, bit: int) -> int:
    # Nine bits a byte: one that says that there is a byte, so a prefix comes before its extensions.
    index, offset = divmod(bit, 9)
    if index >= len(label):
        return 0
    if offset == 0:
        return 1
    return (label[index] >> (8 - offset)) & 1


def _first_difference(one: bytes, other: bytes) -> int:
    """The first bit at which two different labels differ."""
    shortest = min(len(one), len(other))
    for index in range(shortest):
        difference = one[index] ^ other[index]
        if difference:
            return 9 * index + 9 - difference.bit_length()
    return 9 * shortest


def _branch(bit: int, left: _Node, right: _Node) -> _Branch:
    return _Branch(bit, left, right, Fork(left.tree, right.tree))


def _nearest(node: _Node, label: bytes) -> _Tip:
    while isinstance(node, _Branch):
        node = node.right if _bit_of(label, node.bit) else node.left
    return node


def _placed(node: _Node, bit: int, tip: _Tip) -> _Node:
    """`node` with `tip`, which differs at `bit` from the nearest label in it."""
    if isinstance(node, _Tip) or node.bit > bit:
        if _bit_of(tip.label, bit):
            return _branch(bit, node, tip)
        return _branch(bit, tip, node)
    if _bit_of(tip.label, node.bit):
        return _branch(node.bit, node.left, _placed(node.right, bit, tip))
    return _branch(node.bit, _placed(node.left, bit, tip), node.right)


def _replaced(node: _Node, tip: _Tip) -> _Node:
    if isinstance(node, _Tip):
        return tip
    if _bit_of(tip.label, node.bit):
        return _branch(node.bit, node.left, _replaced(node.right, tip))
    return _branch(node.bit, _replaced(node.left, tip), node.right)


def _without(node: _Node, label: bytes) -> _Node | None:
    if isinstance(node, _Tip):
        return None
    if _bit_of(label, node.bit):
        right = _without(node.right, label)
        return node.left if right is None else _branch(node.bit, node.left, right)
    left = _without(node.left, label)
    return node.right if left is None else _branch(node.bit, left, node.right)


@dataclass(frozen=True, slots=True)
class LabelMap:
    """Labels with a subtree each; changing it gives a new map."""

    _root: _Node | None = None

    @property
    def tree(self) -> HashTree:
        """The map as a hash tree, labels in order."""
        return EMPTY if self._root is None else self._root.tree

    def with_label(self, label: bytes, subtree: HashTree) -> LabelMap:
        """The map with `subtree` under `label`, in place of what was there."""
        tip = _Tip(label, Labeled(label, subtree))
        if self._root is None:
            return LabelMap(tip)
        nearest = _nearest(self._root, label).label
        if nearest == label:
            return LabelMap(_replaced(self._root, tip))
        return LabelMap(_placed(self._root, _first_difference(nearest, label), tip))

    def without_label(self, label: bytes) -> LabelMap:
        """The map without `label`; the same one where it isn't there."""
        if self._root is None or _nearest(self._root, label).label != label:
            return self
        return LabelMap(_without(self._root, label))
