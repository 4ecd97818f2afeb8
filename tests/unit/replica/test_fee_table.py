"""The arithmetic of the fee table; what is charged for real is in `tests/conformance`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ic_factory.replica.cycles import FREE, GIB, RESERVATION_SECONDS, SECONDS_PER_DAY, FeeTable

FEES = FeeTable()
SIZES = st.integers(0, 2**42)


@given(size=SIZES, days=st.integers(0, 10_000))
def test_storage_is_rounded_by_the_day(size: int, days: int) -> None:
    a_day = size * 127_000 * SECONDS_PER_DAY // GIB
    assert FEES.storage(size, SECONDS_PER_DAY) == a_day
    assert FEES.storage(size, days * SECONDS_PER_DAY) == days * a_day


def test_a_canister_that_holds_nothing_has_no_base_fee() -> None:
    fees = FeeTable(canister_per_second=10_000)
    assert fees.storage(0, 100) == 0
    assert fees.storage(1, 100) == 10_000 * 100


@given(used=SIZES, more=SIZES, threshold=SIZES, room=st.integers(1, 2**42))
def test_what_is_paid_ahead_grows_with_what_is_used(
    used: int, more: int, threshold: int, room: int
) -> None:
    capacity = threshold + room
    one, other = (FEES.storage_reservation(u, threshold, capacity) for u in (used, used + more))
    assert 0 <= one <= other
    assert FEES.storage_reservation(threshold, threshold, capacity) == 0


def test_a_full_subnet_is_paid_half_the_time_ahead_as_the_first_byte_was_not() -> None:
    assert FEES.storage_reservation(GIB, 0, GIB) == 127_000 * RESERVATION_SECONDS // 2
    assert FEES.storage_reservation(2 * GIB, 0, GIB) == FEES.storage_reservation(GIB, 0, GIB)


def test_64_bit_instructions_cost_twice_and_messages_the_same() -> None:
    wide = FEES.for_64_bit()
    assert wide.instructions(7) == 2 * FEES.instructions(7) == 14
    assert wide.execution(0) == FEES.execution(0)


def test_keys_have_the_price_of_the_subnet_that_holds_them() -> None:
    assert FEES.signature("test_key_1") == FEES.signature("dfx_test_key") == 10_000_000_000
    assert FEES.signature("key_1") == 10_000_000_000 * 34 // 13
    assert FEES.signature("another") is None


def test_the_free_table_is_free() -> None:
    assert FREE.call_in_all(100, 100) == 0
    assert FREE.http_request(100, 100) == 0
    assert FREE.signature("key_1") == 0
    assert FREE.storage(GIB, 10**9) == FREE.compute_allocation(100, 10**9) == 0
    assert FREE.storage_reservation(GIB, 0, GIB) == 0
