"""The door of the management canister: takes a call apart, has it served, answers it.

Specification: "The IC management canister". A refusal is a value from here on, and a method that
refuses has changed nothing.
"""

from __future__ import annotations

from typing import Any

from ic_factory.errors import CandidError
from ic_factory.protocol.principal import Principal
from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.management.calls import (
    Answered,
    Call,
    Done,
    Waiting,
    canister_of,
)
from ic_factory.replica.management.install_code import CodeInstallation
from ic_factory.replica.management.interface import (
    SIGNATURES,
    TARGET,
    TARGET_OF_CHUNKED_INSTALL,
)
from ic_factory.replica.management.methods import METHODS, Method, Users
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.management.settings import may_view
from ic_factory.replica.management.status import may_view_status
from ic_factory.replica.management.unsupported import UNSUPPORTED_METHODS, absent_method
from ic_factory.replica.rejects import ErrorCode, Payload, Reject, Reply
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.messages import CanisterOrigin, Origin, Request, SystemOrigin
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.surroundings import SystemFacts

__all__ = ["Answered", "CodeInstallation", "ManagementCanister", "Waiting"]


class ManagementCanister:
    """Serves the calls to `aaaaa-aa`; it has no state of its own."""

    def __init__(self, engine: Engine, facts: SystemFacts, limits: InstructionLimits) -> None:
        """Keeps what is the same for all calls.

        Args:
            engine: Compiles the modules that are installed.
            facts: Fees and the subnet's size.
            limits: The most instructions for an installation.
        """
        self._engine = engine
        self._facts = facts
        self._limits = limits

    def handle(self, subnet: Subnet, request: Request) -> Answered | Waiting | CodeInstallation:
        """Serves a call from a user or a canister, in a round of `subnet`.

        Returns:
            The answer; or that it comes later (`lifecycle` gives it); or an installation to run
            and commit.
        """
        try:
            method = _update_method(request)
            call = self._call(
                subnet,
                request.sender,
                request.origin,
                request.cycles,
                _decoded(request.method_name, request.argument),
            )
            result = method.handler(call)
        except Refused as refused:
            return Answered(refused.reject, request.cycles)
        if not isinstance(result, Done):
            return result
        return Answered(
            _reply(request.method_name, result),
            request.cycles - result.cycles_used,
            result.also,
            result.touched,
        )

    def query(
        self, subnet: Subnet, sender: Principal, method_name: str, argument: bytes
    ) -> Payload:
        """Serves a call made as a query, by a user or from a canister's composite query."""
        method = METHODS.get(method_name)
        if method is None or not method.is_query:
            if method_name in UNSUPPORTED_METHODS:
                return absent_method(method_name)
            return Reject.of(
                ErrorCode.CANISTER_METHOD_NOT_FOUND, f"Query method {method_name} not found."
            )
        try:
            arguments = _decoded(method_name, argument)
            result = method.handler(self._call(subnet, sender, SystemOrigin(), 0, arguments))
        except Refused as refused:
            return refused.reject
        assert isinstance(result, Done)
        return _reply(method_name, result)

    def inspect_ingress(
        self, subnet: Subnet, sender: Principal, method_name: str, argument: bytes
    ) -> Reject | None:
        """Why a user's call is not let in; None where it is.

        Specification: "API Request submission".
        """
        method = METHODS.get(method_name)
        if method is None:
            return absent_method(method_name)
        if not method.is_update:
            return _queries_only(method_name)
        if method.users is Users.NONE:
            return Reject.of(
                ErrorCode.CANISTER_REJECTED_MESSAGE,
                f"Only canisters can call ic00 method {method_name}",
            )
        if method.users is Users.ANYONE:
            return None
        canister_id = self.effective_canister_id(method_name, argument)
        if canister_id is None:
            return Reject.of(
                ErrorCode.INVALID_MANAGEMENT_PAYLOAD,
                f"Failed to decode payload for ic00 method: {method_name}",
            )
        try:
            canister = canister_of(subnet, canister_id)
        except Refused as refused:
            return refused.reject
        if _is_let_in(method.users, canister, sender):
            return None
        return Reject.of(
            ErrorCode.CANISTER_INVALID_CONTROLLER,
            f"Only controllers of canister {canister_id} can call ic00 method {method_name}",
        )

    def effective_canister_id(self, method_name: str, argument: bytes) -> Principal | None:
        """The canister that a call is about, which its URL must name.

        None where any id will do: for a method that creates a canister, and for an argument that
        names no canister, as such a call is refused whatever its URL is.

        Specification: "Effective canister id".
        """
        if method_name in CREATING_METHODS:
            return None
        is_chunked_install = method_name == "install_chunked_code"
        signature = TARGET_OF_CHUNKED_INSTALL if is_chunked_install else TARGET
        try:
            fields = signature.decode(argument)
        except CandidError:
            return None
        canister_id: Principal = fields["target_canister" if is_chunked_install else "canister_id"]
        return canister_id

    def _call(
        self,
        subnet: Subnet,
        caller: Principal,
        origin: Origin,
        cycles: int,
        arguments: dict[str, Any],
    ) -> Call:
        return Call(
            subnet=subnet,
            engine=self._engine,
            facts=self._facts,
            limits=self._limits,
            caller=caller,
            origin=origin,
            cycles=cycles,
            arguments=arguments,
        )


CREATING_METHODS = frozenset({"create_canister", "provisional_create_canister_with_cycles"})


def _update_method(request: Request) -> Method:
    """The method that a replicated call names, where such a caller may call it at all."""
    method = METHODS.get(request.method_name)
    if method is None:
        raise Refused.with_reject(absent_method(request.method_name))
    if not method.is_update:
        raise Refused.with_reject(_queries_only(request.method_name))
    if method.users is Users.NONE and not isinstance(request.origin, CanisterOrigin):
        raise Refused(
            ErrorCode.CANISTER_CONTRACT_VIOLATION,
            f"{request.method_name} cannot be called by a user.",
        )
    return method


def _queries_only(method_name: str) -> Reject:
    return Reject.of(
        ErrorCode.CANISTER_REJECTED_MESSAGE,
        f"{method_name} API is only accessible in non-replicated mode",
    )


def _is_let_in(users: Users, canister: Canister, sender: Principal) -> bool:
    if users is Users.STATUS_VIEWERS:
        return may_view_status(canister, sender)
    if users is Users.SNAPSHOT_VIEWERS:
        return may_view(canister.settings.snapshot_visibility, canister, sender)
    return sender in canister.controllers


def _decoded(method_name: str, argument: bytes) -> dict[str, Any]:
    try:
        return SIGNATURES[method_name].decode(argument)
    except CandidError as error:
        raise Refused(
            ErrorCode.INVALID_MANAGEMENT_PAYLOAD, f"Error decoding candid: {error}"
        ) from error


def _reply(method_name: str, done: Done) -> Reply:
    return Reply(SIGNATURES[method_name].encoder.encode(done.results))
