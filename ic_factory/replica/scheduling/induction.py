"""Users' calls as they are taken in: who pays for that, and what if he can't.

Fees: "Ingress message reception", "Ingress byte reception"; the IC's own `ingress_induction_cost`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import consume, out_of_cycles
from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.ingress.envelopes import IngressMessage
from ic_factory.replica.management.router import ManagementCanister
from ic_factory.replica.rejects import Payload, Reject, Reply
from ic_factory.replica.scheduling.delivery import MANAGEMENT_CANISTER
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.consumption import CyclesUse
from ic_factory.replica.state.messages import IngressOrigin, Request
from ic_factory.replica.state.subnet import Subnet

SMALL_SETTINGS_BYTES = 366
"""An argument of `update_settings` up to this size is taken in whatever the canister has, so that
one that froze itself by its freezing threshold can be helped; it pays when the settings are in
force."""


@dataclass(frozen=True, slots=True)
class Induction:
    """Charges for users' calls."""

    management: ManagementCanister
    fees: FeeTable

    def refusal(self, subnet: Subnet, message: IngressMessage) -> Reject | None:
        """The reject for a call that its canister can't pay for and stay unfrozen."""
        payer = self._payer(subnet, message)
        if payer is None or is_paid_later(message):
            return None
        return out_of_cycles(payer, self.fees, self.fee(message), message.sender)

    def charge(self, subnet: Subnet, message: IngressMessage) -> None:
        """Takes the fee for a call, where it is due now."""
        payer = self._payer(subnet, message)
        if payer is not None and not is_paid_later(message):
            consume(subnet, payer, CyclesUse.INGRESS_INDUCTION, self.fee(message))

    def charge_later(self, subnet: Subnet, request: Request, payload: Payload) -> None:
        """Takes the fee for a user's call that was let in unpaid and has done its work."""
        if (
            isinstance(request.origin, IngressOrigin)
            and isinstance(payload, Reply)
            and _helps(request.receiver, request.method_name, request.argument)
        ):
            payer_id = self.management.effective_canister_id(request.method_name, request.argument)
            payer = None if payer_id is None else subnet.canisters.get(payer_id)
            if payer is not None:
                size = len(request.method_name.encode()) + len(request.argument)
                fee = self.fees.ingress_induction(size)
                consume(subnet, payer, CyclesUse.INGRESS_INDUCTION, fee)

    def fee(self, message: IngressMessage) -> int:
        """What it costs to take the call in."""
        return self.fees.ingress_induction(message.size)

    def _payer(self, subnet: Subnet, message: IngressMessage) -> Canister | None:
        """The canister that is called, or managed; none where one is created by the call."""
        payer_id: Principal | None = message.canister_id
        if payer_id == MANAGEMENT_CANISTER:
            payer_id = self.management.effective_canister_id(message.method_name, message.argument)
        return None if payer_id is None else subnet.canisters.get(payer_id)


def is_paid_later(message: IngressMessage) -> bool:
    """Whether the fee is due after the call has been carried out."""
    return _helps(message.canister_id, message.method_name, message.argument)


def _helps(receiver: Principal, method_name: str, argument: bytes) -> bool:
    """Whether a call may bring a canister out of being frozen, and is let in for that."""
    if receiver != MANAGEMENT_CANISTER:
        return False
    if method_name == "update_settings":
        return len(argument) <= SMALL_SETTINGS_BYTES
    return method_name == "provisional_top_up_canister"
