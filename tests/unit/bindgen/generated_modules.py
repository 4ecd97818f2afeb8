"""Generated modules in memory, and whether values are what their annotations say."""

from __future__ import annotations

import dataclasses
import enum
import sys
import types
import typing
from typing import Any

from ic_factory.bindgen.generation import generate_module
from ic_factory.bindgen.runtime import CanisterClient, FuncReference, MethodBinding, Some
from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.principal import Principal

CANISTER = Principal.from_str("rrkah-fqaaa-aaaaa-aaaaq-cai")


def load(text: str) -> types.ModuleType:
    """Runs the text of a module."""
    module = types.ModuleType("generated")
    # Where dataclasses look up what their annotations mean.
    sys.modules[module.__name__] = module
    try:
        exec(compile(text, "generated.py", "exec"), vars(module))
    finally:
        del sys.modules[module.__name__]
    return module


def module_of(description: str | InterfaceDescription) -> types.ModuleType:
    """Generates and runs the module of a service description."""
    interface = parse_did(description) if isinstance(description, str) else description
    return load(generate_module(interface, source_name="test.did"))


class Recorder:
    """A caller that notes each call, and answers with `reply` or with the argument."""

    def __init__(self, reply: bytes | None = None) -> None:
        self.reply = reply
        self.calls: list[tuple[str, Principal, str, bytes, Principal | None]] = []

    def update(self, canister_id, method_name, arg, *, effective_canister_id=None):
        return self._call("update", canister_id, method_name, arg, effective_canister_id)

    def query(self, canister_id, method_name, arg, *, effective_canister_id=None):
        return self._call("query", canister_id, method_name, arg, effective_canister_id)

    def _call(self, kind, canister_id, method_name, arg, effective):
        self.calls.append((kind, canister_id, method_name, arg, effective))
        return arg if self.reply is None else self.reply


def client_of(module: types.ModuleType, caller: Any, name: str = "TestClient") -> Any:
    """Returns the module's client for `CANISTER`."""
    client: CanisterClient = getattr(module, name)(caller, CANISTER)
    return client


def bindings_of(module: types.ModuleType) -> dict[str, MethodBinding[Any]]:
    """Returns the methods of a module by their names in Candid; `init` is one only if so named."""
    return {
        each.name: each
        for name, each in vars(module).items()
        if isinstance(each, MethodBinding) and not name.startswith("_INIT_ARGS")
    }


def conforms(value: Any, annotation: Any, module: types.ModuleType) -> bool:
    """Whether a value is what an annotation of the module promises, all the way down."""
    if isinstance(annotation, typing.ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        return conforms(value, eval(annotation, vars(module)), module)
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return any(conforms(value, part, module) for part in parts)
    if origin is list:
        return type(value) is list and all(conforms(each, parts[0], module) for each in value)
    if origin is tuple:
        return (
            type(value) is tuple
            and len(value) == len(parts)
            and all(map(lambda each, part: conforms(each, part, module), value, parts))
        )
    if origin is Some:
        return type(value) is Some and conforms(value.value, parts[0], module)
    return _is_plainly(value, annotation, module)


def _is_plainly(value: Any, annotation: Any, module: types.ModuleType) -> bool:
    if annotation in (None, type(None)):
        return value is None
    if annotation is typing.Never:
        return False
    if annotation in (object, FuncReference) or issubclass(annotation, enum.Enum):
        return isinstance(value, annotation)
    return type(value) is annotation and (
        not dataclasses.is_dataclass(annotation)
        or annotation is Principal
        or all(
            conforms(getattr(value, field.name), field.type, module)
            for field in dataclasses.fields(annotation)
        )
    )
