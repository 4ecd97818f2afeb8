"""The persistent map of labels is the well-formed tree that a mapping makes."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ic_factory.protocol.hash_tree import (
    EMPTY,
    Found,
    Leaf,
    check_well_formed,
    lookup_path,
    witness,
)
from ic_factory.replica.certification.label_map import LabelMap

LABELS = st.binary(max_size=3)


class LabelMapAgainstADict(RuleBasedStateMachine):
    """Setting and removing labels, in step with a plain dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.map = LabelMap()
        self.model: dict[bytes, bytes] = {}

    @rule(label=LABELS, value=st.binary(max_size=2))
    def set_label(self, label: bytes, value: bytes) -> None:
        self.map = self.map.with_label(label, Leaf(value))
        self.model[label] = value

    @rule(label=LABELS)
    def remove_label(self, label: bytes) -> None:
        self.map = self.map.without_label(label)
        self.model.pop(label, None)

    @invariant()
    def holds_what_the_dictionary_holds(self) -> None:
        check_well_formed(self.map.tree)
        for label, value in self.model.items():
            assert lookup_path(self.map.tree, (label,)) == Found(value)

    @invariant()
    def has_the_form_of_one_built_afresh(self) -> None:
        fresh = LabelMap()
        for label in sorted(self.model):
            fresh = fresh.with_label(label, Leaf(self.model[label]))
        assert fresh.tree.digest == self.map.tree.digest


TestLabelMap = LabelMapAgainstADict.TestCase


@given(st.sets(LABELS, min_size=1), LABELS)
def test_absence_can_be_shown(labels: set[bytes], missing: bytes) -> None:
    labels.discard(missing)
    built = LabelMap()
    for label in labels:
        built = built.with_label(label, Leaf(b"x"))
    tree = built.tree
    shown = witness(tree, [(missing,)])
    assert shown.digest == tree.digest
    assert not isinstance(lookup_path(shown, (missing,)), Found)


def test_an_empty_map_is_the_empty_tree() -> None:
    assert LabelMap().tree is EMPTY
    assert LabelMap().with_label(b"a", Leaf(b"")).without_label(b"a").tree is EMPTY


def test_an_older_map_stays_as_it_was() -> None:
    older = LabelMap().with_label(b"a", Leaf(b"1"))
    digest = older.tree.digest
    newer = older.with_label(b"a", Leaf(b"2")).with_label(b"b", Leaf(b"3"))
    assert older.tree.digest == digest
    assert newer.tree.digest != digest
