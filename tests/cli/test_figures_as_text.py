"""Sizes and cycles as a person reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.cli.render import bytes_text, cycles_text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (18_350_080, "17.5 MiB"),
        (2**50, "1024.0 TiB"),
    ],
)
def test_sizes(size, text):
    assert bytes_text(size) == text


@pytest.mark.parametrize(
    ("cycles", "text"),
    [
        (0, "0"),
        (999_999, "999999"),
        (10**6, "1.000 M"),
        (3_100 * 10**9, "3.100 T"),
        (10**16, "10,000.000 T"),
    ],
)
def test_cycles(cycles, text):
    assert cycles_text(cycles) == text


@given(st.integers(min_value=0, max_value=2**128 - 1))
def test_cycles_are_off_by_less_than_one_in_a_thousand(cycles):
    number, _, unit = cycles_text(cycles).replace(",", "").partition(" ")
    factor = {"": 1, "M": 10**6, "B": 10**9, "T": 10**12}[unit]
    assert abs(float(number) * factor - cycles) <= max(cycles, 1) / 1000
