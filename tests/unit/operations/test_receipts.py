"""A receipt verifies as the hub has certified it, and in no other way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.drivers.generated.backend import SignedReceipt
from ic_factory.operations.errors import ReceiptInvalid
from ic_factory.operations.receipts import (
    ReceiptContradicts,
    ReceiptNotIncluded,
    ReceiptUncertified,
    verify_receipt,
)
from ic_factory.protocol.crypto.bls import BlsSecretKey
from tests.unit.operations.certified_receipt import (
    HUB,
    MANIFEST,
    NETWORK,
    NOW,
    PERSONAL,
    RECEIPT,
    USER,
    certified,
    content_of,
)

ROOT_KEY = NETWORK.public_key_der
SIGNED = certified()


def test_what_the_hub_has_certified_verifies() -> None:
    found = verify_receipt(SIGNED, ROOT_KEY, hub=HUB)
    assert found.receipt == RECEIPT
    assert found.certified_at_ns == NOW
    assert verify_receipt(SIGNED, ROOT_KEY) == found


@given(st.sampled_from(["content", "certificate", "witness"]), st.data())
def test_any_bit_that_is_changed_is_found_out(part: str, data: st.DataObject) -> None:
    whole: bytes = getattr(SIGNED, part)
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ReceiptInvalid):
        verify_receipt(replace(SIGNED, **{part: bytes(changed)}), ROOT_KEY, hub=HUB)


@given(st.sampled_from(["content", "certificate", "witness"]), st.data())
def test_any_part_that_is_cut_off_is_missed(part: str, data: st.DataObject) -> None:
    whole: bytes = getattr(SIGNED, part)
    end = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(ReceiptInvalid):
        verify_receipt(replace(SIGNED, **{part: whole[:end]}), ROOT_KEY, hub=HUB)


@given(st.sampled_from(["content", "certificate", "witness"]), st.binary(max_size=200))
def test_any_other_bytes_are_refused(part: str, other: bytes) -> None:
    with pytest.raises(ReceiptInvalid):
        verify_receipt(replace(SIGNED, **{part: other}), ROOT_KEY, hub=HUB)


CHANGES: dict[str, Any] = {
    "api_version": 2,
    "capsule_id": "c0",
    "completed_at_time_ns": 1,
    "controllers": [USER, HUB],
    "cycles_attached": 1,
    "cycles_consumed": 1,
    "hub": PERSONAL,
    "hub_manifest": replace(MANIFEST, memories=4),
    "module_hash": b"\x12" * 32,
    "personal_canister_id": HUB,
    "personal_manifest": replace(MANIFEST, memories=4),
    "started_at_time_ns": 1,
    "user": HUB,
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_receipt_that_says_something_else_than_its_content_is_refused(name: str) -> None:
    told = replace(RECEIPT, **{name: CHANGES[name]})
    with pytest.raises(ReceiptContradicts, match=name):
        verify_receipt(replace(SIGNED, receipt=told), ROOT_KEY)


@pytest.mark.parametrize("name", CHANGES)
def test_a_receipt_that_was_rewritten_as_a_whole_is_refused(name: str) -> None:
    told = replace(RECEIPT, **{name: CHANGES[name]})
    forged = replace(SIGNED, receipt=told, content=content_of(told))
    with pytest.raises(ReceiptInvalid):
        verify_receipt(forged, ROOT_KEY)


def test_another_networks_signature_is_refused() -> None:
    other = BlsSecretKey.from_seed(b"\x08" * 32)
    with pytest.raises(ReceiptUncertified):
        verify_receipt(certified(key=other), ROOT_KEY)


def test_another_hubs_receipt_is_refused_where_the_hub_is_known() -> None:
    other = certified(replace(RECEIPT, hub=PERSONAL))
    assert verify_receipt(other, ROOT_KEY).receipt.hub == PERSONAL
    with pytest.raises(ReceiptContradicts, match="and not by"):
        verify_receipt(other, ROOT_KEY, hub=HUB)


def test_the_proof_of_another_capsule_is_none() -> None:
    other = certified(replace(RECEIPT, capsule_id="c9"), content=SIGNED.content)
    with pytest.raises(ReceiptInvalid):
        verify_receipt(replace(other, receipt=RECEIPT), ROOT_KEY)


def test_a_witness_of_another_time_is_none() -> None:
    later = certified(replace(RECEIPT, cycles_consumed=5))
    with pytest.raises(ReceiptUncertified, match="not the root of its witness"):
        verify_receipt(replace(SIGNED, witness=later.witness), ROOT_KEY)


def test_a_content_that_the_hub_has_not_certified_is_not_included() -> None:
    told = replace(RECEIPT, cycles_consumed=5)
    forged = replace(SIGNED, receipt=told, content=content_of(told))
    with pytest.raises(ReceiptNotIncluded):
        verify_receipt(forged, ROOT_KEY)


def test_an_answer_without_a_certificate_tells_how_to_ask() -> None:
    with pytest.raises(ReceiptUncertified, match="by a query"):
        verify_receipt(replace(SIGNED, certificate=b""), ROOT_KEY)


@pytest.mark.parametrize("name", ["memories", "total_bytes", "root_hash_hex"])
def test_two_sides_that_differ_are_refused_even_if_certified(name: str) -> None:
    value: Any = "cd" * 32 if name == "root_hash_hex" else 0
    told = replace(RECEIPT, personal_manifest=replace(MANIFEST, **{name: value}))
    with pytest.raises(ReceiptContradicts, match=name):
        verify_receipt(certified(told), ROOT_KEY)


def test_manifests_of_another_capsule_are_refused_even_if_certified() -> None:
    other = replace(MANIFEST, capsule_id="c9")
    told = replace(RECEIPT, hub_manifest=other, personal_manifest=other)
    with pytest.raises(ReceiptContradicts, match="c9"):
        verify_receipt(certified(told), ROOT_KEY)


def test_a_content_of_another_type_is_no_receipt() -> None:
    broken: SignedReceipt = certified(content=b"DIDL\x00\x00")
    with pytest.raises(ReceiptContradicts, match="no receipt"):
        verify_receipt(broken, ROOT_KEY)
