"""Every error of a network is told with something to try, and the exit code that fits."""

import pytest

from ic_factory.cli.exits import ExitCode, failure_of
from ic_factory.errors import IcFactoryError, ProtocolError
from ic_factory.networks import errors
from ic_factory.networks.errors import NetworkError

GENERAL = failure_of("it failed", ProtocolError("so")).advice


def all_errors():
    return [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, NetworkError) and kind is not NetworkError
    ]


@pytest.mark.parametrize("kind", all_errors())
def test_each_error_of_a_network_has_advice_of_its_own(kind):
    failure = failure_of("starting failed", kind("the reason"))
    assert failure.advice != GENERAL
    assert failure.exit_code in (ExitCode.FAILED, ExitCode.UNREACHABLE)
    assert failure.lines[:2] == ("error: starting failed", "  why: the reason")


@pytest.mark.parametrize("kind", [errors.ReplicaNotRunning, errors.Unreachable])
def test_an_unreachable_network_has_a_code_of_its_own(kind):
    assert failure_of("it failed", kind("so")).exit_code == 3


def test_a_reason_of_several_lines_is_one_line():
    failure = failure_of("it failed", IcFactoryError("first\n  second"))
    assert failure.why == "first second"
    assert failure.exit_code == 1
