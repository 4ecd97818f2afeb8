"""What a service description says: types, methods, init arguments, ready to encode and decode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ic_factory.protocol.candid.types import (
    CandidType,
    Func,
    FuncMode,
    Service,
    TypeEnvironment,
)
from ic_factory.protocol.candid.wire import ArgumentDecoder, ArgumentEncoder


@dataclass(frozen=True)
class Method:
    """A method of a service; its types are compiled when they are first used.

    Attributes:
        name: The name of the method.
        signature: Its arguments, results and mode.
        docs: The comment above it.
    """

    name: str
    signature: Func
    docs: str = ""

    @property
    def mode(self) -> FuncMode | None:
        """How the method may be called; None for an update."""
        return self.signature.modes[0] if self.signature.modes else None

    def encode_args(self, values: Sequence[Any]) -> bytes:
        """Returns the message to call the method with.

        Raises:
            CandidTypeError: A value is not of its type; the error has the path to it.
        """
        return self._args_encoder.encode(values)

    def decode_args(self, data: bytes | bytearray | memoryview) -> list[Any]:
        """Returns the arguments in a message, as the method takes them.

        Raises:
            CandidWireError: The message is malformed, or not of the method's argument types.
        """
        return self._args_decoder.decode(data)

    def encode_results(self, values: Sequence[Any]) -> bytes:
        """Returns the message to reply with.

        Raises:
            CandidTypeError: A value is not of its type; the error has the path to it.
        """
        return self._results_encoder.encode(values)

    def decode_results(self, data: bytes | bytearray | memoryview) -> list[Any]:
        """Returns the results in a reply.

        Raises:
            CandidWireError: The message is malformed, or not of the method's result types.
        """
        return self._results_decoder.decode(data)

    @cached_property
    def _args_encoder(self) -> ArgumentEncoder:
        return ArgumentEncoder(self.signature.args)

    @cached_property
    def _args_decoder(self) -> ArgumentDecoder:
        return ArgumentDecoder(self.signature.args)

    @cached_property
    def _results_encoder(self) -> ArgumentEncoder:
        return ArgumentEncoder(self.signature.results)

    @cached_property
    def _results_decoder(self) -> ArgumentDecoder:
        return ArgumentDecoder(self.signature.results)


@dataclass(frozen=True, slots=True)
class InterfaceDescription:
    """A service description, checked.

    Attributes:
        environment: The definitions, those of imports included.
        service: The main service, with the methods of imported services; None without one.
        methods: The methods of the service by name.
        init_args: What the service's constructor takes; None if it is no constructor.
        init_arg_names: A name or None an init argument.
        type_docs: The comments above type definitions.
        service_docs: The comment above the service.
    """

    environment: TypeEnvironment
    service: Service | None
    methods: Mapping[str, Method]
    init_args: tuple[CandidType, ...] | None
    init_arg_names: tuple[str | None, ...]
    type_docs: Mapping[str, str]
    service_docs: str

    @property
    def types(self) -> Mapping[str, CandidType]:
        """The definitions by name."""
        return self.environment.definitions

    def encode_init_args(self, values: Sequence[Any]) -> bytes:
        """Returns the message to install the service with.

        Raises:
            CandidTypeError: A value is not of its type; the error has the path to it.
        """
        return ArgumentEncoder(self.init_args or ()).encode(values)

    def decode_init_args(self, data: bytes | bytearray | memoryview) -> list[Any]:
        """Returns the arguments in an install message.

        Raises:
            CandidWireError: The message is malformed, or not of the init argument types.
        """
        return ArgumentDecoder(self.init_args or ()).decode(data)
