"""From an HTTP request's body and URL to a message or a query that may be acted upon.

Specification: "Effective canister id", "Effective subnet id".
"""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.protocol.content import CallContent, QueryContent
from ic_factory.protocol.principal import Principal
from ic_factory.replica.errors import BadRequest
from ic_factory.replica.ingress.envelopes import (
    IngressMessage,
    caller_info_of,
    read_call,
    read_query,
)
from ic_factory.replica.management.router import CREATING_METHODS, ManagementCanister
from ic_factory.replica.queries.evaluation import Query
from ic_factory.replica.scheduling.delivery import MANAGEMENT_CANISTER
from ic_factory.replica.state.subnet import Subnet


@dataclass(frozen=True, slots=True)
class RequestReader:
    """Reads requests for one subnet. Every method raises BadRequest where a rule is broken."""

    subnet: Subnet
    management: ManagementCanister
    root_key: bytes
    """What signatures by canisters are verified with, in DER."""

    def canister_call(self, effective_id: Principal, body: bytes, now: int) -> IngressMessage:
        """A call that came to `/canister/<effective_id>/call`."""
        content = read_call(body, now, self.root_key)
        self._check_effective_id(effective_id, content)
        return _message(content, effective_id, len(body))

    def subnet_call(self, effective_id: Principal, body: bytes, now: int) -> IngressMessage:
        """A call that came to `/subnet/<effective_id>/call`, where canisters are created."""
        content = read_call(body, now, self.root_key)
        self.check_subnet(effective_id)
        if not _is_management(content, CREATING_METHODS):
            raise BadRequest("a subnet's URL takes calls that create a canister, and no others")
        return _message(content, effective_id, len(body))

    def canister_query(self, effective_id: Principal, body: bytes, now: int) -> tuple[bytes, Query]:
        """A query that came to `/canister/<effective_id>/query`, with its request id."""
        content = read_query(body, now, self.root_key)
        self._check_effective_id(effective_id, content)
        return content.request_id, _query(content)

    def subnet_query(self, effective_id: Principal, body: bytes, now: int) -> tuple[bytes, Query]:
        """A query that came to `/subnet/<effective_id>/query`, with its request id."""
        content = read_query(body, now, self.root_key)
        self.check_subnet(effective_id)
        if not _is_management(content, frozenset({"list_canisters"})):
            raise BadRequest("a subnet's URL takes queries to list_canisters, and no others")
        return content.request_id, _query(content)

    def check_hosted(self, canister_id: Principal) -> None:
        """Checks that the id is in one of the subnet's ranges, or the management canister's.

        Agents name the management canister in the URL of calls that any id will do for.
        """
        if canister_id != MANAGEMENT_CANISTER and not self.subnet.hosts(canister_id):
            raise BadRequest(f"canister {canister_id} is in none of this subnet's ranges")

    def check_subnet(self, subnet_id: Principal) -> None:
        """Checks that the id is the subnet's own."""
        if subnet_id != self.subnet.subnet_id:
            raise BadRequest(f"there is no subnet {subnet_id} here, only {self.subnet.subnet_id}")

    def _check_effective_id(
        self, effective_id: Principal, content: CallContent | QueryContent
    ) -> None:
        self.check_hosted(effective_id)
        expected: Principal | None = content.canister_id
        if expected == MANAGEMENT_CANISTER:
            expected = self.management.effective_canister_id(content.method_name, content.arg)
        if expected is not None and expected != effective_id:
            raise BadRequest(
                f"the URL names canister {effective_id}, but the request is for {expected}"
            )


def _is_management(content: CallContent | QueryContent, methods: frozenset[str]) -> bool:
    return content.canister_id == MANAGEMENT_CANISTER and content.method_name in methods


def _message(content: CallContent, effective_id: Principal, size: int) -> IngressMessage:
    return IngressMessage(
        request_id=content.request_id,
        sender=content.sender,
        canister_id=content.canister_id,
        effective_id=effective_id,
        method_name=content.method_name,
        argument=content.arg,
        ingress_expiry=content.ingress_expiry,
        caller_info=caller_info_of(content),
        received_bytes=size,
    )


def _query(content: QueryContent) -> Query:
    return Query(
        content.canister_id,
        content.method_name,
        content.arg,
        content.sender,
        caller_info_of(content),
    )
