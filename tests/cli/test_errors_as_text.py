"""Every error is told with something to try, and the exit code that fits."""

import importlib
import pkgutil

import pytest

import ic_factory
from ic_factory.agent.errors import AgentError, Attempt, CanisterReject
from ic_factory.agent.identity import BadSignature
from ic_factory.cli.exits import ExitCode, failure_of
from ic_factory.drivers.refusals import CanisterRefused
from ic_factory.errors import IcFactoryError, PrincipalError, ProtocolError
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


ROOMS = ("agent.errors", "agent.identity", "bindgen", "cli", "drivers", "networks", "operations")
"""Whose errors a command may end with."""


def errors_of_commands():
    for module in pkgutil.walk_packages(ic_factory.__path__, "ic_factory."):
        if module.name.startswith(tuple(f"ic_factory.{room}" for room in ROOMS)):
            importlib.import_module(module.name)
    kinds = [IcFactoryError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return sorted(
        {each for each in kinds if each.__module__.startswith("ic_factory") and is_raised(each)},
        key=lambda kind: kind.__qualname__,
    )


def is_raised(kind):
    rooms = tuple(f"ic_factory.{room}" for room in ROOMS)
    # The last one is what ic-py's own `verify` raises, which no command calls.
    others = (AgentError, CanisterRefused, NetworkError, BadSignature)
    return kind.__module__.startswith(rooms) and kind not in others


def made(kind):
    """An error of a kind, whatever it is made of."""
    error = kind.__new__(kind)
    Exception.__init__(error, "the reason")
    return error


@pytest.mark.parametrize("kind", errors_of_commands(), ids=lambda kind: kind.__qualname__)
def test_each_error_of_a_command_has_advice(kind):
    failure = failure_of("it failed", made(kind))
    assert failure.why == "the reason"
    assert failure.advice != GENERAL


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CanisterReject(Attempt("query q", None, "u", b""), "q", 5, "no", None), ExitCode.REFUSED),
        (PrincipalError("no principal"), ExitCode.USAGE),
    ],
)
def test_what_refused_is_told_by_the_exit_code(error, code):
    assert failure_of("it failed", error).exit_code == code
