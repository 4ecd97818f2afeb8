"""Any method of any canister: its interface found, its answer read."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ic_factory.agent import Agent, RequestRefused
from ic_factory.operations.candid_json import to_json
from ic_factory.operations.errors import ArgumentError, OperationError
from ic_factory.protocol.candid import InterfaceDescription, Method
from ic_factory.protocol.candid.errors import CandidWireError, DidSyntaxError
from ic_factory.protocol.candid.types import CandidType, FuncMode
from ic_factory.protocol.candid.wire import decode, types_of
from ic_factory.protocol.principal import Principal

METADATA = "candid:service"
"""The custom section that a module's interface is in."""

_QUERIES = (FuncMode.QUERY, FuncMode.COMPOSITE_QUERY)
_NEAR = 5


class MethodUnknown(OperationError):
    """A canister's interface has no such method."""


class AnswerUnreadable(OperationError):
    """An answer is no Candid, or not of the types that the interface says."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method answered.

    Attributes:
        types: The types of its values, by the interface or by the answer itself.
        values: Its values, as `ic_factory.protocol.candid` has them.
    """

    types: Sequence[CandidType]
    values: Sequence[Any]

    def as_text(self) -> str:
        """The values as Candid text."""
        # Loads a parser.
        from ic_factory.protocol.candid.text import format_args

        return format_args(self.values, self.types)

    def as_json(self) -> list[Any]:
        """The values as JSON, see `ic_factory.operations.candid_json`."""
        return [to_json(each, type_) for each, type_ in zip(self.values, self.types, strict=True)]


def read_interface(
    text: str, where: str, folder: Traversable | None = None
) -> InterfaceDescription:
    """Reads an interface.

    Args:
        text: What a `.did` file holds.
        where: Where it is from, for errors.
        folder: Where imports are looked up; they are errors where it is None.

    Raises:
        ArgumentError: It does not parse, or makes no sense.
    """
    # Loads a parser.
    from ic_factory.protocol.candid.did import parse_did

    imported = None if folder is None else lambda path: folder.joinpath(path).read_text("utf-8")
    try:
        return parse_did(text, imported)
    except DidSyntaxError as error:
        raise ArgumentError(f"{where}: {error}") from error


def interface_of_file(path: Path) -> InterfaceDescription:
    """Reads the interface in a `.did` file; its imports are looked up relative to it.

    Raises:
        ArgumentError: It can't be read, does not parse, or makes no sense.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{path} can't be read: {error}") from error
    return read_interface(text, str(path), path.parent)


def certified_interface_text(agent: Agent, canister_id: Principal) -> str | None:
    """The interface that is in a canister's module; None where there is none for the caller.

    Raises:
        AgentError: It can't be read, or is not to be trusted.
    """
    try:
        found = agent.read_metadata(canister_id, METADATA)
    except RequestRefused:
        # It is private, or there is no such canister.
        return None
    return None if found is None else found.decode("utf-8", "replace")


def find_interface(
    agent: Agent, canister_id: Principal, declared: Path | None
) -> InterfaceDescription | None:
    """A canister's interface: by its own certified metadata, else by a file.

    Args:
        agent: Reads the metadata.
        canister_id: The canister.
        declared: What a project declares its interface to be, if it does.

    Raises:
        ArgumentError: It makes no sense, or the file can't be read.
        AgentError: The metadata can't be read, or are not to be trusted.
    """
    if canister_id == Principal.management_canister():
        folder = files("ic_factory.drivers") / "interfaces"
        main = (folder / "management.did").read_text("utf-8")
        return read_interface(main, "interface of the management canister", folder)
    text = certified_interface_text(agent, canister_id)
    if text is not None:
        return read_interface(text, f"{METADATA} of canister {canister_id}")
    return None if declared is None else interface_of_file(declared)


def method_named(interface: InterfaceDescription, name: str, canister_id: Principal) -> Method:
    """A method of a canister by its name.

    Raises:
        MethodUnknown: There is none; the message names those that are called nearly so.
    """
    found = interface.methods.get(name)
    if found is None:
        near = difflib.get_close_matches(name, interface.methods, _NEAR, 0.5)
        hint = f"; near it: {', '.join(near)}" if near else _all_of(interface)
        raise MethodUnknown(f"canister {canister_id} has no method {name!r}{hint}")
    return found


def is_query(method: Method | None) -> bool:
    """Whether a method may be asked as a query; one that nothing is known of may not."""
    return method is not None and method.mode in _QUERIES


def effective_canister_id(
    canister_id: Principal, method: Method | None, arg: bytes
) -> Principal | None:
    """Which canister a call of the management canister is about; None for calls of others.

    Specification, "Effective canister id".

    Args:
        canister_id: The canister that is called.
        method: Its method.
        arg: The argument.
    """
    if canister_id != Principal.management_canister() or method is None:
        return None
    for value in method.decode_args(arg):
        for name in ("canister_id", "target_canister"):
            if isinstance(value, dict) and isinstance(value.get(name), Principal):
                found: Principal = value[name]
                return found
    return None


def read_answer(reply: bytes, method: Method | None) -> Answer:
    """Reads a reply as the results of a method, or as what it says that it is.

    Raises:
        AnswerUnreadable: It is no Candid, or not of those types.
    """
    try:
        if method is None:
            return Answer(types_of(reply), decode(reply))
        if method.mode is FuncMode.ONEWAY:
            return Answer((), [])
        return Answer(method.signature.results, method.decode_results(reply))
    except CandidWireError as error:
        whose = "" if method is None else f", as {method.name} returns by its interface"
        raise AnswerUnreadable(
            f"the answer of {len(reply)} bytes can't be read{whose}: {error}"
        ) from error


def _all_of(interface: InterfaceDescription) -> str:
    return f"; it has {', '.join(sorted(interface.methods)) or 'none'}"
