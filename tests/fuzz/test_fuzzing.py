"""A few of the inputs of `python -m tests.fuzz`, and all that once led to a fault."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from tests.fuzz.campaign import (
    CORPUS,
    Findings,
    Target,
    corpus_of,
    inputs_of,
    run_input,
    run_target,
)
from tests.fuzz.endpoints import ServedReplica, endpoint_targets, served_replica
from tests.fuzz.mutation import MAX_LENGTH, with_changed_bytes
from tests.fuzz.readers import READERS
from tests.fuzz.structure import changed_item

READER_INPUTS = 250
ENDPOINT_INPUTS = 60

BY_NAME = {target.name: target for target in READERS}
ENDPOINTS = (
    *("v2_call", "v3_call", "v4_call", "management_call", "v2_query", "v3_query"),
    *("v2_read_state", "v3_read_state", "subnet_call", "subnet_query", "subnet_read_state"),
    *("http", "gateway"),
)


@pytest.fixture(scope="module")
def served() -> Iterator[ServedReplica]:
    with served_replica() as served:
        yield served


@pytest.fixture(scope="module")
def endpoints(served: ServedReplica) -> dict[str, Target]:
    return {target.name: target for target in endpoint_targets(served)}


def assert_nothing_found(target: Target, count: int) -> None:
    findings = run_target(target, 1, count)
    assert findings.faults == {}, str(findings)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_reader_takes_an_input_or_refuses_it_with_a_reason(name: str):
    assert_nothing_found(BY_NAME[name], READER_INPUTS)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_endpoint_answers_or_refuses_with_a_reason(name: str, endpoints: dict[str, Target]):
    assert_nothing_found(endpoints[name], ENDPOINT_INPUTS)


def test_every_endpoint_is_among_those(endpoints: dict[str, Target]):
    assert set(endpoints) == set(ENDPOINTS)


def test_what_once_led_to_a_fault_does_not_any_more(endpoints: dict[str, Target]):
    targets = {**BY_NAME, **endpoints}
    folders = {path.name for path in CORPUS.iterdir() if path.is_dir()}
    assert folders <= set(targets)
    faults = {}
    for target in targets.values():
        for path in corpus_of(target):
            fault = run_input(target, path.read_bytes(), Findings(target))
            if fault is not None:
                faults[f"{target.name}/{path.name}"] = fault
    assert faults == {}


@pytest.mark.parametrize("name", BY_NAME)
def test_the_same_number_gives_the_same_inputs(name: str):
    target = BY_NAME[name]
    count = len(target.seeds) + 20
    first, again = (list(inputs_of(target, 5, count)) for _ in range(2))
    assert first == again
    assert len(set(first)) > len(set(target.seeds))


def test_seeds_of_readers_are_mostly_taken():
    for target in READERS:
        findings = run_target(target, 0, len(target.seeds))
        assert findings.outcomes["refused"] < max(2, len(target.seeds)), str(findings)


def found_by(run, **options) -> dict[bytes, str]:
    target = Target("t", (b"a", b"b"), with_changed_bytes, run, **options)
    return run_target(target, 0, 2).faults


def test_an_exception_that_is_no_refusal_is_found():
    def run(data: bytes) -> None:
        if data == b"b":
            raise KeyError("x")

    assert found_by(run) == {b"b": "KeyError: 'x'"}
    assert found_by(run, refusals=(KeyError,)) == {}


def test_a_refusal_without_a_reason_is_found():
    def run(data: bytes) -> None:
        raise ValueError

    assert set(found_by(run, refusals=(ValueError,))) == {b"a", b"b"}


def test_an_error_in_the_log_is_found(caplog: pytest.LogCaptureFixture):
    def run(data: bytes) -> None:
        import logging

        logging.getLogger("some.library").error("failed to serve %s", data)

    assert "failed to serve" in found_by(run)[b"a"]


def test_memory_that_grows_is_found(monkeypatch: pytest.MonkeyPatch):
    # So much at once is never taken out of memory that was freed before.
    kept: list[bytearray] = []
    monkeypatch.setattr("tests.fuzz.campaign.MAX_GROWTH_BYTES", 2**20)
    assert "memory" in found_by(lambda _: kept.append(bytearray(b"x" * 2**26)))[b""]


def test_mutations_stay_within_their_length():
    random = Random(1)
    assert len(with_changed_bytes(random, bytes(MAX_LENGTH), (bytes(MAX_LENGTH),))) <= MAX_LENGTH


def test_one_item_is_changed_at_a_time():
    value = {"a": [1, {"b": b"x"}], "c": "text"}
    random = Random(2)
    changed = [changed_item(random, value) for _ in range(50)]
    assert value == {"a": [1, {"b": b"x"}], "c": "text"}
    assert all(one != value or one is not value for one in changed)
