from itertools import pairwise
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from ic.certificate import lookup_path as lookup_path_of_ic_py

from ic_factory.errors import CborError, HashTreeError
from ic_factory.protocol import cbor
from ic_factory.protocol.hash_tree import (
    EMPTY,
    MAX_TREE_DEPTH,
    Absent,
    Empty,
    Fork,
    Found,
    Labeled,
    Leaf,
    Malformed,
    Pruned,
    Unknown,
    check_well_formed,
    decode,
    encode,
    from_cbor_value,
    from_mapping,
    labels,
    list_paths,
    lookup_path,
    lookup_subtree,
    witness,
)

short_labels = st.binary(max_size=2)
mappings = st.recursive(
    st.dictionaries(short_labels, st.binary(max_size=4), max_size=6),
    lambda inner: st.dictionaries(short_labels, inner | st.binary(max_size=4), max_size=6),
    max_leaves=12,
)


def shaped(mapping, random):
    """A well-formed tree of a mapping, of any shape, with empty trees strewn in."""

    def of_branch(branch):
        return Leaf(branch) if isinstance(branch, bytes) else of_mapping(branch)

    def of_mapping(branches):
        return of_nodes([Labeled(label, of_branch(branches[label])) for label in sorted(branches)])

    def of_nodes(nodes):
        if not nodes:
            return random.choice([EMPTY, EMPTY, Fork(EMPTY, EMPTY)])
        if len(nodes) == 1 and random.random() < 0.7:
            return nodes[0]
        split = random.randint(0, len(nodes))
        return Fork(of_nodes(nodes[:split]), of_nodes(nodes[split:]))

    return of_mapping(mapping)


def with_parts_pruned(tree, random):
    if random.random() < 0.2:
        return Pruned(tree.digest)
    if isinstance(tree, Fork):
        return Fork(with_parts_pruned(tree.left, random), with_parts_pruned(tree.right, random))
    if isinstance(tree, Labeled):
        return Labeled(tree.label, with_parts_pruned(tree.subtree, random))
    return tree


# Plain generators from a drawn seed: drawing each node on its own is too slow.
generators = st.integers(min_value=0, max_value=2**32).map(Random)
trees = st.builds(shaped, mappings, generators) | mappings.map(from_mapping)
pruned_trees = st.builds(with_parts_pruned, trees, generators)
paths = st.lists(short_labels, max_size=3).map(tuple)


def flatten_forks(tree):
    match tree:
        case Empty():
            return []
        case Fork(left, right):
            return flatten_forks(left) + flatten_forks(right)
    return [tree]


def find_label_by_the_specification(label, nodes):
    for node in nodes:
        if isinstance(node, Labeled) and node.label == label:
            return Found(node.subtree)
    for one, other in pairwise(nodes):
        if (
            isinstance(one, Labeled)
            and isinstance(other, Labeled)
            and one.label < label < other.label
        ):
            return Absent()
    if nodes and isinstance(nodes[0], Labeled) and label < nodes[0].label:
        return Absent()
    if nodes and isinstance(nodes[-1], Labeled) and nodes[-1].label < label:
        return Absent()
    if len(nodes) == 1 and isinstance(nodes[0], Leaf):
        return Absent()
    return Absent() if not nodes else Unknown()


def lookup_path_by_the_specification(tree, path):
    if path:
        found = find_label_by_the_specification(path[0], flatten_forks(tree))
        if isinstance(found, Found):
            return lookup_path_by_the_specification(found.value, path[1:])
        return found
    match tree:
        case Empty():
            return Absent()
        case Leaf(value):
            return Found(value)
        case Pruned():
            return Unknown()
    return Malformed()


@given(trees | pruned_trees, paths)
def test_lookup_is_that_of_the_specification(tree, path):
    assert lookup_path(tree, path) == lookup_path_by_the_specification(tree, path)


@given(mappings)
def test_every_value_of_a_mapping_is_found(mapping):
    def values(branch, path):
        if isinstance(branch, bytes):
            return {path: branch}
        return {
            inner: value
            for label in branch
            for inner, value in values(branch[label], (*path, label)).items()
        }

    tree = from_mapping(mapping)
    check_well_formed(tree)
    expected = values(mapping, ())
    assert list_paths(tree) == sorted(expected)
    assert labels(tree) == sorted(mapping)
    for path, value in expected.items():
        assert lookup_path(tree, path) == Found(value)


@given(st.dictionaries(st.binary(min_size=1, max_size=3), st.binary(), min_size=1))
def test_ic_py_finds_the_same_values(mapping):
    tree = cbor.decode(encode(from_mapping(mapping)))
    for label, value in mapping.items():
        assert lookup_path_of_ic_py([label], tree) == value


def test_a_tree_of_a_mapping_is_balanced():
    def depth(tree):
        return 1 + max(depth(tree.left), depth(tree.right)) if isinstance(tree, Fork) else 0

    for count in (0, 1, 2, 3, 100, 1024, 1025):
        tree = from_mapping({index.to_bytes(4, "big"): b"" for index in range(count)})
        assert depth(tree) == max(count - 1, 0).bit_length()


@given(trees | pruned_trees)
def test_trees_round_trip_with_their_digest(tree):
    encoded = encode(tree)
    assert decode(encoded) == tree
    assert decode(encoded).digest == tree.digest
    assert encoded == cbor.encode(cbor.decode(encoded, max_depth=MAX_TREE_DEPTH))


@given(trees | pruned_trees, st.lists(paths, max_size=4))
def test_a_witness_has_the_trees_digest_and_answers_its_paths(tree, requested):
    pruned = witness(tree, requested)
    assert pruned.digest == tree.digest
    check_well_formed(pruned)
    for path in requested:
        assert lookup_path(pruned, path) == lookup_path(tree, path)
        assert lookup_subtree(pruned, path) == lookup_subtree(tree, path)


@given(trees, st.lists(paths, max_size=4))
def test_a_witness_reveals_no_other_value(tree, requested):
    pruned = witness(tree, requested)
    for path in list_paths(pruned):
        # The path of a value is asked for, or leads further than the value.
        assert any(
            path[: len(one)] == one or one[: len(path)] == path for one in map(tuple, requested)
        )


@given(trees, st.lists(paths, max_size=4), paths)
def test_a_witness_never_answers_differently(tree, requested, path):
    answer = lookup_path(witness(tree, requested), path)
    assert isinstance(answer, Unknown) or answer == lookup_path(tree, path)


@given(trees, st.lists(paths, max_size=3))
def test_a_witness_of_a_witness_is_the_same(tree, requested):
    pruned = witness(tree, requested)
    assert witness(pruned, requested) == pruned


def test_a_witness_is_small():
    tree = from_mapping({index.to_bytes(4, "big"): b"value" for index in range(0, 8192, 2)})
    for index in (0, 7, 4096, 8190, 9000):
        pruned = witness(tree, [[index.to_bytes(4, "big")]])
        assert len(encode(pruned)) < 1100
        assert len(labels(pruned)) <= 2


def test_unchanged_subtrees_are_taken_over_as_they_are():
    subtree = from_mapping({b"x": b"1", b"y": b"2"})
    tree = from_mapping({b"a": subtree, b"b": {b"c": b"3"}})
    assert tree == from_mapping({b"a": {b"x": b"1", b"y": b"2"}, b"b": {b"c": b"3"}})
    found = lookup_subtree(tree, [b"a"])
    assert isinstance(found, Found)
    assert found.value is subtree


@pytest.mark.parametrize("mapping", [{"a": b""}, {b"a": "text"}, {b"a": None}, {b"a": {1: b""}}])
def test_labels_and_values_of_other_types_are_refused(mapping):
    with pytest.raises(HashTreeError):
        from_mapping(mapping)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "NoneType instead of an array"),
        ([], "no kind"),
        ([5], "kind 5"),
        ([True, [0], [0]], "no kind"),
        ([0, 0], "array of 2"),
        ([1, [0]], "array of 2"),
        ([1, [0], [0], [0]], "array of 4"),
        ([2, "a", [0]], "array of 3"),
        ([2, b"a"], "array of 2"),
        ([3, "a"], "array of 2"),
        ([3], "array of 1"),
        ([4, b"short"], "32 bytes, got 5"),
        ([2, b"a", [2, b"b", 7]], "int instead"),
        ([1, [2, b"b", [0]], [2, b"a", [0]]], "b'a' comes after b'b'"),
        ([1, [2, b"a", [0]], [2, b"a", [0]]], "comes after"),
        ([2, b"x", [1, [2, b"a", [0]], [3, b"v"]]], "/x: a value stands beside"),
        ([1, [0], [3, b"v"]], "a value stands beside"),
    ],
)
def test_bad_trees_are_refused(value, reason):
    with pytest.raises(HashTreeError, match=reason):
        from_cbor_value(value)


def test_the_bound_on_nesting_is_exact():
    tree = EMPTY
    for _ in range(MAX_TREE_DEPTH - 1):
        tree = Labeled(b"", tree)
    assert decode(encode(tree)) == tree
    with pytest.raises((CborError, HashTreeError), match="deep"):
        decode(encode(Labeled(b"", tree)))
    with pytest.raises((CborError, HashTreeError), match="deep"):
        decode(b"\x83\x02\x40" * 100_000)


@given(st.binary(max_size=100))
def test_any_bytes_are_decoded_or_refused_by_the_typed_errors(data):
    assume(data != b"\x81\x00")
    try:
        decode(data)
    except (CborError, HashTreeError):
        return
    assert data[:1] in (b"\x82", b"\x83", b"\x9f", b"\xd9", b"\x98", b"\x81")


@given(trees, st.data())
def test_a_changed_byte_never_raises_another_error(tree, data):
    encoded = bytearray(encode(tree))
    index = data.draw(st.integers(min_value=0, max_value=len(encoded) - 1))
    encoded[index] = data.draw(st.integers(min_value=0, max_value=255))
    try:
        changed = decode(bytes(encoded))
    except (CborError, HashTreeError):
        return
    assert len(changed.digest) == 32
