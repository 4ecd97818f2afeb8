"""The five kinds of nodes, their digests, and trees from mappings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeAlias

from ic_factory.errors import HashTreeError

DIGEST_LENGTH = 32

Path: TypeAlias = tuple[bytes, ...]
"""Labels from the root downwards."""

_EMPTY_DIGEST = sha256(b"\x11ic-hashtree-empty").digest()

_FORK = b"\x10ic-hashtree-fork"
_LABELED = b"\x13ic-hashtree-labeled"
_LEAF = b"\x10ic-hashtree-leaf"


@dataclass(frozen=True, slots=True)
class Empty:
    """No data."""

    @property
    def digest(self) -> bytes:
        """The root hash."""
        return _EMPTY_DIGEST

    @property
    def lowest_label(self) -> None:
        """None: there are no labels."""
        return


@dataclass(frozen=True, slots=True)
class Pruned:
    """A part of which nothing but its root hash is told."""

    digest: bytes

    @property
    def lowest_label(self) -> None:
        """None: the labels are not known."""
        return


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value."""

    value: bytes
    _digest: bytes | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def digest(self) -> bytes:
        """The root hash."""
        digest = self._digest
        if digest is None:
            # Two steps, so that a large value is not copied.
            hasher = sha256(_LEAF)
            hasher.update(self.value)
            digest = hasher.digest()
            object.__setattr__(self, "_digest", digest)
        return digest

    @property
    def lowest_label(self) -> None:
        """None: there are no labels."""
        return


@dataclass(frozen=True, slots=True)
class Labeled:
    """A subtree behind a label."""

    label: bytes
    subtree: HashTree
    _digest: bytes | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def digest(self) -> bytes:
        """The root hash."""
        digest = self._digest
        if digest is None:
            digest = sha256(_LABELED + self.label + self.subtree.digest).digest()
            object.__setattr__(self, "_digest", digest)
        return digest

    @property
    def lowest_label(self) -> bytes:
        """The label."""
        return self.label


@dataclass(frozen=True, slots=True)
class Fork:
    """Two trees side by side; labels on the left come before those on the right."""

    left: HashTree
    right: HashTree
    lowest_label: bytes | None = field(default=None, init=False, repr=False, compare=False)
    """The first label, if labels are all there is on this level; it leads the search."""
    _digest: bytes | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.right.lowest_label is not None:
            object.__setattr__(self, "lowest_label", self.left.lowest_label)

    @property
    def digest(self) -> bytes:
        """The root hash."""
        digest = self._digest
        if digest is None:
            digest = sha256(_FORK + self.left.digest + self.right.digest).digest()
            object.__setattr__(self, "_digest", digest)
        return digest


HashTree: TypeAlias = Empty | Fork | Labeled | Leaf | Pruned

Branch: TypeAlias = "bytes | HashTree | Mapping[bytes, Branch]"
"""What may stand behind a label of a mapping."""

EMPTY = Empty()


def from_mapping(branches: Mapping[bytes, Branch]) -> HashTree:
    """Makes a balanced tree, labels in order.

    Args:
        branches: What is behind each label: a value, a mapping of further labels, or a tree,
            which becomes part of the new one as it is.

    Raises:
        HashTreeError: A label or a value is of another type.
    """
    for label in branches:
        if type(label) is not bytes:
            raise HashTreeError(f"a label is made of bytes, got {type(label).__name__}")
    return _balanced([Labeled(label, _subtree(branches[label])) for label in sorted(branches)])


def _subtree(branch: Branch) -> HashTree:
    if isinstance(branch, bytes):
        return Leaf(branch)
    if isinstance(branch, Mapping):
        return from_mapping(branch)
    if isinstance(branch, HashTree):
        return branch
    raise HashTreeError(
        f"behind a label are bytes, a mapping or a hash tree, got {type(branch).__name__}"
    )


def _balanced(nodes: list[Labeled]) -> HashTree:
    if not nodes:
        return EMPTY
    level: list[HashTree] = list(nodes)
    while len(level) > 1:
        paired: list[HashTree] = [
            Fork(level[index], level[index + 1]) for index in range(0, len(level) - 1, 2)
        ]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


def flattened(tree: HashTree) -> Iterator[Labeled | Leaf | Pruned]:
    """The nodes on this level: forks taken apart, empty trees left out."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Fork):
            waiting += (node.right, node.left)
        elif not isinstance(node, Empty):
            yield node


def check_well_formed(tree: HashTree) -> None:
    """Checks that labels increase and that values stand alone ("Lookup", `well_formed`).

    Raises:
        HashTreeError: They don't, at the path that the message tells.
    """
    waiting: list[tuple[Path, HashTree]] = [((), tree)]
    while waiting:
        path, subtree = waiting.pop()
        if isinstance(subtree, Leaf):
            continue
        previous: bytes | None = None
        for node in flattened(subtree):
            if isinstance(node, Leaf):
                raise HashTreeError(f"{_shown(path)}: a value stands beside other nodes")
            if isinstance(node, Labeled):
                if previous is not None and node.label <= previous:
                    raise HashTreeError(
                        f"{_shown(path)}: label {node.label!r} comes after {previous!r}"
                    )
                previous = node.label
                waiting.append(((*path, node.label), node.subtree))


def _shown(path: Path) -> str:
    return "hash tree, /" + "/".join(repr(label)[2:-1] for label in path)
