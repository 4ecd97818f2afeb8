"""A canister as an object: ic-py's `Canister`, on our reader of service descriptions."""

from __future__ import annotations

import asyncio
from typing import Any

import ic.canister
from ic.candid import FuncClass, Types

from ic_factory.agent.errors import CanisterReject, RequestRefused
from ic_factory.agent.ic_py_candid import IcPyTypes, UnwritableValue, encode
from ic_factory.errors import IcFactoryError
from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.principal import Principal

_METADATA = "candid:service"
_INTERFACE_METHOD = "__get_candid_interface_tmp_hack"
_EFFECTIVE_ID_FIELDS = ("canister_id", "target_canister")


class InterfaceUnknown(IcFactoryError):
    """A canister does not say what its interface is, or says something that has no service."""


class QueryRejected(IcFactoryError):
    """A query was rejected, seen through stock ic-py's agent, which tells the message alone."""


class CanisterMethod(ic.canister.CaniterMethod):  # type: ignore[misc] # untyped; ic-py's spelling
    """A method of a canister; call it with its arguments.

    Attributes:
        agent: Whom it calls through.
        canister_id: The canister.
        name: The name of the method.
        args: ic-py's types of the arguments.
        rets: ic-py's types of the results.
        anno: The mode, such as `query`; None for an update.
    """

    def __call__(self, *args: Any) -> list[Any]:
        """Calls the method and returns its results.

        Args:
            args: The arguments, in ic-py's shape.

        Raises:
            UnwritableValue: An argument is not of its type, or there are too few or too many.
            UnfitMessage: The results are not what the interface says.
            AgentError: There is no answer, or none to be trusted, or it is a reject.
            QueryRejected: A query was rejected, and the agent is stock ic-py's.
        """
        if len(args) != len(self.args):
            raise UnwritableValue(f"{self.name} takes {len(self.args)} arguments, not {len(args)}")
        argument = encode(
            [{"type": type_, "value": value} for type_, value in zip(self.args, args, strict=True)]
        )
        is_query = self.anno in ("query", "composite_query")
        call = self.agent.query_raw if is_query else self.agent.update_raw
        effective = self._effective_canister_id(args)
        results = call(self.canister_id, self.name, argument, self.rets, effective)
        if isinstance(results, str):
            raise QueryRejected(f"query {self.name} of canister {self.canister_id}: {results}")
        return [each["value"] for each in results]

    def _effective_canister_id(self, args: tuple[Any, ...]) -> Any:
        """Returns whom the request is addressed to (specification, "Effective canister id")."""
        is_management = Principal.of(self.canister_id) == Principal.management_canister()
        if is_management and args and isinstance(args[0], dict):
            for field in _EFFECTIVE_ID_FIELDS:
                if field in args[0]:
                    return str(Principal.of(args[0][field]))
        return self.canister_id


class CanisterMethodAsync(CanisterMethod):
    """The same method, to be awaited; it runs in a thread of asyncio's."""

    async def __call__(self, *args: Any) -> list[Any]:  # type: ignore[override]
        """Calls the method and returns its results; see CanisterMethod."""
        return await asyncio.to_thread(super().__call__, *args)


class Canister(ic.canister.Canister):  # type: ignore[misc] # untyped
    """A canister, with a method `name` and a coroutine `name_async` for each of its methods.

    A method with the name of an attribute takes its place, as in ic-py; but methods with names
    like `__init__` are left out, for they would be taken for Python's own.

    Attributes:
        agent: Whom it calls through: ours, or stock ic-py's.
        canister_id: The canister, as it was given.
        candid: Its interface, as text.
        actor: ic-py's types: `arguments` of the service's constructor, `methods` by name.
    """

    def __init__(self, agent: Any, canister_id: Any, candid: str | None = None) -> None:
        """Reads the interface.

        Args:
            agent: Whom to call through.
            canister_id: The canister: text or a principal.
            candid: Its interface; None fetches it, from the canister's public metadata
                `candid:service` if the agent has `read_metadata(canister_id, name)`, else from the
                method that canisters of Motoko and old ones of Rust have for it.

        Raises:
            InterfaceUnknown: The canister tells no interface, or the text has no service.
            DidSyntaxError: The text is no service description; it has line and column.
            AgentError: The interface could not be fetched.
        """
        text = candid or _published_interface(agent, canister_id)
        interface = parse_did(text)
        if interface.service is None:
            raise InterfaceUnknown(f"the interface of canister {canister_id} has no service")
        self.agent = agent
        self.canister_id = canister_id
        self.candid = text
        self.actor = _actor(interface)
        for name, function in self.actor["methods"].items():
            if not (name.startswith("__") and name.endswith("__")):
                self._add(agent, canister_id, name, function)

    def _add(self, agent: Any, canister_id: Any, name: str, function: FuncClass) -> None:
        mode = function.annotations[0] if function.annotations else None
        parts = (agent, canister_id, name, function.argTypes, function.retTypes, mode)
        setattr(self, name, CanisterMethod(*parts))
        setattr(self, f"{name}_async", CanisterMethodAsync(*parts))


def _actor(interface: InterfaceDescription) -> dict[str, Any]:
    types = IcPyTypes()
    return {
        "arguments": [types.convert(type_) for type_ in interface.init_args or ()],
        "methods": {
            name: types.function(method.signature) for name, method in interface.methods.items()
        },
    }


def _published_interface(agent: Any, canister_id: Any) -> str:
    content = _metadata(agent, canister_id)
    if content is None:
        return _told_interface(agent, canister_id)
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise InterfaceUnknown(
            f"the metadata {_METADATA} of canister {canister_id} is no text: give its interface "
            "as `candid`"
        ) from None


def _metadata(agent: Any, canister_id: Any) -> bytes | None:
    read_metadata = getattr(agent, "read_metadata", None)
    if read_metadata is None:
        return None
    try:
        content: bytes | None = read_metadata(canister_id, _METADATA)
    except RequestRefused:
        # It may be private, and still be told by the method.
        return None
    return content


def _told_interface(agent: Any, canister_id: Any) -> str:
    ask = CanisterMethod(agent, canister_id, _INTERFACE_METHOD, [], [Types.Text], "query")
    try:
        (text,) = ask()
    except (CanisterReject, QueryRejected) as reject:
        raise InterfaceUnknown(
            f"canister {canister_id} has neither public metadata {_METADATA} nor a query "
            f"{_INTERFACE_METHOD}: give its interface as `candid` ({reject})"
        ) from reject
    return str(text)
