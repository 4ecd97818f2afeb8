"""Scenarios that pass and fail: what is recorded, told and written."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.drivers.generated.backend import (
    CapsuleErrorCapsuleNotFound,
    CapsuleErrorMemoryNotFound,
)
from ic_factory.testing.expectations import (
    Unexpected,
    expect,
    expect_equal,
    expect_refusal,
    expect_reject,
)
from ic_factory.testing.junit import junit_xml
from ic_factory.testing.results import (
    CallText,
    Outcome,
    RunResult,
    ScenarioResult,
    StepFailure,
    StepResult,
)
from ic_factory.testing.running import CLEARED_AWAY, Scenario, run
from tests.testing.places import Silence


def played(place, play, **options):
    """The result of one scenario."""
    return run([Scenario("own", "Shows something.", play)], place, Silence(), **options)


def steps_of(result):
    return result.scenarios[0].steps


def makes_a_capsule(stage):
    with stage.step("a capsule"):
        stage.user("alice").register_capsule()
    with stage.step("no call"):
        pass


def is_refused(stage):
    alice = stage.user("alice")
    with stage.step("registers"):
        alice.register()
    with stage.step("renames a capsule that is not there"):
        alice.update_capsule("no-such-capsule", name="Grüße")
    with stage.step("never reached"):
        alice.whoami()


def is_rejected(stage):
    with stage.step("registers"):
        stage.nobody.register()


def test_a_scenario_that_passes_has_its_steps_and_calls(place):
    result = played(place, makes_a_capsule)
    assert result.has_passed
    assert [(each.name, each.calls) for each in steps_of(result)[:2]] == [
        ("a capsule", 1),
        ("no call", 0),
    ]
    assert all(each.failure is None and each.seconds > 0 for each in steps_of(result))


def test_what_the_users_made_is_deleted(place):
    users = []

    def play(stage):
        alice = stage.user("alice")
        users.append(alice)
        with stage.step("capsules and an upload"):
            alice.register_capsule()
            alice.create_capsule()
            alice.begin_upload(name="never ends")

    result = played(place, play)
    assert steps_of(result)[-1].name == CLEARED_AWAY
    assert list(users[0].capsules()) == list(users[0].uploads()) == []


def test_a_refusal_is_shown_with_the_call_and_its_arguments_in_candid(place):
    result = played(place, is_refused)
    assert not result.has_passed
    assert result.scenarios[0].outcome is Outcome.FAILED
    (failure,) = result.scenarios[0].failures
    assert failure.kind == "BackendRefused"
    assert failure.call.method == "update update_capsule"
    assert failure.call.canister == str(place.backend)
    assert failure.call.argument == (
        '("no-such-capsule", record { name = opt "Grüße"; description = null })'
    )
    assert 'CapsuleNotFound = record { capsule_id = "no-such-capsule" }' in failure.call.answer
    assert "is_refused" in failure.trace


def test_a_reject_is_shown_as_the_answer(place):
    (failure,) = played(place, is_rejected).scenarios[0].failures
    assert failure.kind == "UncertifiedReject"
    assert failure.call.argument == "()"
    assert failure.call.sender == "2vxsx-fae"
    assert "IC0503" in failure.call.answer
    assert "Anonymous caller" in failure.call.answer
    assert all("\n" not in line for line in failure.lines)


def test_a_step_that_fails_ends_its_scenario_and_what_was_made_is_deleted(place):
    names = [each.name for each in steps_of(played(place, is_refused))]
    assert names == ["registers", "renames a capsule that is not there", CLEARED_AWAY]


def test_the_next_scenario_begins_after_one_that_failed(place):
    scenarios = [Scenario("first", "", is_rejected), Scenario("second", "", makes_a_capsule)]
    result = run(scenarios, place, Silence())
    assert [each.outcome for each in result.scenarios] == [Outcome.FAILED, Outcome.PASSED]


def test_it_does_not_where_the_first_failure_is_to_end_all(place):
    scenarios = [Scenario("first", "", is_rejected), Scenario("second", "", makes_a_capsule)]
    result = run(scenarios, place, Silence(), fail_fast=True)
    assert [each.outcome for each in result.scenarios] == [Outcome.FAILED, Outcome.NOT_RUN]
    assert result.scenarios[1].steps == ()


def test_what_fails_between_steps_is_a_failure_too(place):
    def play(stage):
        raise ZeroDivisionError("by mistake")

    (failure,) = played(place, play).scenarios[0].failures
    assert (failure.kind, failure.message, failure.call) == (
        "ZeroDivisionError",
        "by mistake",
        None,
    )


def test_an_interruption_ends_the_run(place):
    def play(stage):
        with stage.step("Ctrl-C"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        played(place, play)


def test_a_long_argument_is_cut_and_its_length_told(place):
    def play(stage):
        with stage.step("a chunk for an upload that is not there"):
            stage.user("alice").put_chunk_at(99_999, 0, bytes(100_000))

    (failure,) = played(place, play).scenarios[0].failures
    assert len(failure.call.argument) < 2_100
    assert "characters in all)" in failure.call.argument


def test_an_expectation_that_is_not_met_says_what_was_found():
    with pytest.raises(Unexpected, match="expected: the same bytes"):
        expect(False, "the same bytes")
    with pytest.raises(Unexpected, match="title: expected 'a', found 'b'"):
        expect_equal("title", "b", "a")
    with pytest.raises(Unexpected, match="and it was done"), expect_refusal(KeyError):
        pass
    with pytest.raises(Unexpected, match="and it was done"), expect_reject("no"):
        pass


def test_another_refusal_or_reject_than_the_expected_one_is_found_out(place):
    def refused(stage):
        alice = stage.user("alice")
        with stage.step("registers"):
            alice.register()
        with stage.step("right"), expect_refusal(CapsuleErrorCapsuleNotFound):
            alice.capsule("no-such-capsule")
        with stage.step("wrong"), expect_refusal(CapsuleErrorMemoryNotFound):
            alice.capsule("no-such-capsule")

    def rejected(stage):
        with stage.step("wrong"), expect_reject("other words"):
            stage.nobody.register()

    (failure,) = played(place, refused).scenarios[0].failures
    assert "CapsuleErrorMemoryNotFound, found CapsuleErrorCapsuleNotFound" in failure.message
    (failure,) = played(place, rejected).scenarios[0].failures
    assert "that says 'other words', found" in failure.message


def test_junit_counts_steps_failures_and_what_was_not_run(place):
    scenarios = [
        Scenario("first", "", makes_a_capsule),
        Scenario("second", "", is_rejected),
        Scenario("third", "", makes_a_capsule),
    ]
    root = ET.fromstring(junit_xml(run(scenarios, place, Silence(), fail_fast=True)))
    counted = [
        (each.get("name"), each.get("tests"), each.get("failures"), each.get("skipped"))
        for each in root
    ]
    assert counted == [
        ("first", "3", "0", "0"),
        ("second", "2", "1", "0"),
        ("third", "1", "0", "1"),
    ]
    assert [len(suite) for suite in root] == [3, 2, 1]
    failure = root.find("testsuite[@name='second']/testcase/failure")
    assert failure.get("type") == "UncertifiedReject"
    assert "arguments: ()" in failure.text


@given(st.text(), st.text())
def test_junit_parses_whatever_a_canister_says(message, answer):
    call = CallText("update m", "aaaaa-aa", "2vxsx-fae", "()", answer)
    step = StepResult("step", 0.1, 1, StepFailure("CanisterReject", message, call, answer))
    scenario = ScenarioResult("own", "", Outcome.FAILED, 0.1, (step,))
    root = ET.fromstring(junit_xml(RunResult((scenario,))))
    assert root.find("testsuite/testcase/failure").get("type") == "CanisterReject"
