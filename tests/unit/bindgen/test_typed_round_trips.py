"""Random interfaces and values: what a generated module writes is what the plain codec reads."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import HealthCheck, given, settings

from ic_factory.bindgen.generation import generate_module
from ic_factory.bindgen.runtime import CanisterClient
from ic_factory.protocol.candid.type_table import decode_header
from tests.unit.bindgen.generated_modules import Recorder, bindings_of, conforms, module_of
from tests.unit.bindgen.random_interfaces import described_methods

generated = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@generated
@given(described_methods())
def test_values_go_to_bytes_and_back(method):
    module = module_of(method.interface)
    plain = method.interface.methods[method.name]
    message = plain.encode_args(method.values)
    binding = bindings_of(module)[method.name]
    typed = binding.decode_results(message)

    written = binding.encode_args(arguments(typed, len(method.values)))
    assert plain.decode_args(written) == plain.decode_args(message)
    # Types of equal structure but other names may stand in the table twice; the values are equal.
    assert values_in(written) == values_in(message)
    assert binding.decode_results(written) == typed


@pytest.mark.slow
@generated
@given(described_methods())
def test_values_are_what_the_annotations_of_the_client_promise(method):
    module = module_of(method.interface)
    echo = only_method(module)
    client_class = client_class_of(module)
    client = client_class(Recorder(), "aaaaa-aa")
    message = method.interface.methods[method.name].encode_args(method.values)
    typed = bindings_of(module)[method.name].decode_results(message)

    answer = echo(client, *arguments(typed, len(method.values)))
    assert answer == typed
    assert conforms(answer, echo.__annotations__["return"], module)


@settings(generated, max_examples=10)
@given(described_methods())
def test_the_same_interface_gives_the_same_module(method):
    once, twice = (generate_module(method.interface, source_name="x.did") for _ in range(2))
    assert once == twice


def arguments(typed, count):
    return [] if count == 0 else [typed] if count == 1 else list(typed)


def values_in(message):
    return message[decode_header(message).end :]


def client_class_of(module):
    classes = [each for each in vars(module).values() if inspect.isclass(each)]
    (client,) = (
        each for each in classes if issubclass(each, CanisterClient) and each is not CanisterClient
    )
    return client


def only_method(module):
    (method,) = (
        each for each in vars(client_class_of(module)).values() if inspect.isfunction(each)
    )
    return method
