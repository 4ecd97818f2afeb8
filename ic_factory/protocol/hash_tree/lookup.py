"""What a tree says about a path (specification, "Lookup")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from ic_factory.protocol.hash_tree.nodes import (
    Empty,
    Fork,
    HashTree,
    Labeled,
    Leaf,
    Path,
    Pruned,
    flattened,
)

Value = TypeVar("Value", covariant=True)


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """The path leads to `value`."""

    value: Value


@dataclass(frozen=True, slots=True)
class Absent:
    """The tree proves that there is nothing at the path."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The part that the path leads to has been pruned, or may have been."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """The path leads to a tree instead of a value (`Error` in the specification)."""


Lookup: TypeAlias = Found[bytes] | Absent | Unknown | Malformed

_ABSENT = Absent()
_UNKNOWN = Unknown()
_MALFORMED = Malformed()


def lookup_path(tree: HashTree, path: Iterable[bytes]) -> Lookup:
    """Looks up the value at a path in a well-formed tree."""
    outcome = lookup_subtree(tree, path)
    if not isinstance(outcome, Found):
        return outcome
    node = outcome.value
    if isinstance(node, Leaf):
        return Found(node.value)
    if isinstance(node, Empty):
        return _ABSENT
    if isinstance(node, Pruned):
        return _UNKNOWN
    return _MALFORMED


def lookup_subtree(tree: HashTree, path: Iterable[bytes]) -> Found[HashTree] | Absent | Unknown:
    """Looks up what is behind the last label of a path, whatever kind of node that is."""
    node = tree
    for label in path:
        outcome = _find_label(node, label)
        if not isinstance(outcome, Found):
            return outcome
        node = outcome.value
    return Found(node)


def _find_label(tree: HashTree, label: bytes) -> Found[HashTree] | Absent | Unknown:
    if tree.lowest_label is None:
        return _find_among(list(flattened(tree)), label)
    node: HashTree = tree
    while isinstance(node, Fork):
        lowest_right = node.right.lowest_label
        node = node.right if lowest_right is not None and lowest_right <= label else node.left
    if isinstance(node, Labeled) and node.label == label:
        return Found(node.subtree)
    return _ABSENT


def _find_among(
    nodes: Sequence[Labeled | Leaf | Pruned], label: bytes
) -> Found[HashTree] | Absent | Unknown:
    if not nodes or (len(nodes) == 1 and isinstance(nodes[0], Leaf)):
        return _ABSENT
    # Labels increase, so the first that is not lower decides, with the node before it.
    follows_lower = True
    for node in nodes:
        if not isinstance(node, Labeled):
            follows_lower = False
        elif node.label == label:
            return Found(node.subtree)
        elif node.label > label:
            return _ABSENT if follows_lower else _UNKNOWN
        else:
            follows_lower = True
    return _ABSENT if follows_lower else _UNKNOWN


def labels(tree: HashTree) -> list[bytes]:
    """The labels at the top of the tree, as far as they are not pruned."""
    return [node.label for node in flattened(tree) if isinstance(node, Labeled)]


def list_paths(tree: HashTree) -> list[Path]:
    """The paths to all values in the tree, in order."""
    paths: list[Path] = []
    waiting: list[tuple[Path, HashTree]] = [((), tree)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, Fork):
            waiting += ((path, node.right), (path, node.left))
        elif isinstance(node, Labeled):
            waiting.append(((*path, node.label), node.subtree))
        elif isinstance(node, Leaf):
            paths.append(path)
    return paths
