"""Examples printed in the Internet Computer's interface specification."""

import pytest

from ic_factory.protocol import hash_tree
from ic_factory.protocol.crypto.keys import public_key_from_der
from ic_factory.protocol.envelope import CallContent
from ic_factory.protocol.hash_tree import (
    EMPTY,
    Absent,
    Fork,
    Found,
    Labeled,
    Leaf,
    Unknown,
    lookup_path,
    witness,
)
from ic_factory.protocol.principal import Principal

TREE = bytes.fromhex(
    "8301830183024161830183018302417882034568656c6c6f810083024179820345776f726c6483024162820344"
    "676f6f648301830241638100830241648203476d6f726e696e67"
)
PRUNED_TREE = bytes.fromhex(
    "83018301830241618301820458201b4feff9bef8131788b0c9dc6dbad6e81e524249c879e9f10f71ce3749f5a6"
    "3883024179820345776f726c6483024162820458207b32ac0c6ba8ce35ac82c255fc7906f7fc130dab2a090f80"
    "fe12f9c2cae83ba6830182045820ec8324b8a1f1ac16bd2e806edba78006479c9877fed4eb464a25485465af60"
    "1d830241648203476d6f726e696e67"
)
ROOT_HASH = bytes.fromhex("eb5c5b2195e62d996b84c9bcc8259d19a83786a2f59e0878cec84c811f669aa0")

COSE_KEY = bytes.fromhex(
    "305E300C060A2B0601040183B8430101034E00A50102032620012158207FFD8363"
    "2072FD1BFEAF3FBAA43146E0EF95C3F55E3994A41BBF2B5174D771DA22582032497EED0A7F6F000928765B"
    "8318162CFD80A94E525A6A368C2363063D04E6ED"
)


def test_certification_example_tree():
    tree = Fork(
        Fork(
            Labeled(
                b"a",
                Fork(
                    Fork(Labeled(b"x", Leaf(b"hello")), EMPTY),
                    Labeled(b"y", Leaf(b"world")),
                ),
            ),
            Labeled(b"b", Leaf(b"good")),
        ),
        Fork(Labeled(b"c", EMPTY), Labeled(b"d", Leaf(b"morning"))),
    )
    assert hash_tree.encode(tree) == TREE
    assert hash_tree.decode(TREE) == tree
    assert tree.digest == ROOT_HASH


def test_certification_example_pruning():
    pruned = witness(hash_tree.decode(TREE), [(b"a", b"y"), (b"ax",), (b"d",)])
    assert hash_tree.encode(pruned) == PRUNED_TREE
    assert hash_tree.decode(PRUNED_TREE) == pruned
    assert pruned.digest == ROOT_HASH


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ((b"a", b"a"), Unknown()),
        ((b"a", b"y"), Found(b"world")),
        ((b"aa",), Absent()),
        ((b"ax",), Absent()),
        ((b"b",), Unknown()),
        ((b"bb",), Unknown()),
        ((b"d",), Found(b"morning")),
        ((b"e",), Absent()),
    ],
)
def test_certification_example_lookups(path, outcome):
    assert lookup_path(hash_tree.decode(PRUNED_TREE), path) == outcome


def test_request_id_example():
    content = CallContent(
        canister_id=Principal(bytes.fromhex("00000000000004D2")),
        method_name="hello",
        arg=b"DIDL\x00\xfd*",
        sender=Principal(b"\x04"),
        ingress_expiry=1685570400000000000,
    )
    assert content.request_id.hex() == (
        "1d1091364d6bb8a6c16b203ee75467d59ead468f523eb058880ae8ec80e2b101"
    )


def test_textual_id_example():
    assert Principal.from_hex("ABCD01").to_str() == "em77e-bvlzu-aq"


def test_the_der_wrapped_cose_key_example_is_read():
    assert public_key_from_der(COSE_KEY).der == COSE_KEY
