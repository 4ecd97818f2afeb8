# Generated from ic_factory/drivers/interfaces/cycles_ledger.did; changes here are lost.
# To generate it again: scripts/generate-drivers
"""The types and the client of `ic_factory/drivers/interfaces/cycles_ledger.did`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ic_factory.bindgen.runtime import CanisterClient, CaseBinding, MethodBinding, TypeBindings
from ic_factory.protocol.candid import types as t
from ic_factory.protocol.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    owner: Principal
    subaccount: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterSettings:
    compute_allocation: int | None = None
    controllers: list[Principal] | None = None
    freezing_threshold: int | None = None
    memory_allocation: int | None = None
    reserved_cycles_limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubnetSelectionFilter:
    """The case `Filter` of `SubnetSelection`."""

    subnet_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubnetSelectionSubnet:
    """The case `Subnet` of `SubnetSelection`."""

    subnet: Principal


SubnetSelection: TypeAlias = SubnetSelectionFilter | SubnetSelectionSubnet


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCanisterArgsCreationArgs:
    settings: CanisterSettings | None = None
    subnet_selection: SubnetSelection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCanisterArgs:
    """The record `CreateCanisterArgs`.

    Attributes:
        created_at_time: Nanoseconds since 1970. The same request again, within a day,
            makes no second canister.
    """

    amount: int
    created_at_time: int | None = None
    creation_args: CreateCanisterArgsCreationArgs | None = None
    from_subaccount: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCanisterSuccess:
    block_id: int
    canister_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCanisterErrorCreatedInFuture:
    """The case `CreatedInFuture` of `CreateCanisterError`."""

    ledger_time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCanisterErrorDuplicate:
    """The case `Duplicate` of `CreateCanisterError`."""

    duplicate_of: int
    canister_id: Principal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCanisterErrorFailedToCreate:
    """The case `FailedToCreate` of `CreateCanisterError`."""

    error: str
    fee_block: int | None = None
    refund_block: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCanisterErrorGenericError:
    """The case `GenericError` of `CreateCanisterError`."""

    error_code: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCanisterErrorInsufficientFunds:
    """The case `InsufficientFunds` of `CreateCanisterError`."""

    balance: int


@dataclass(frozen=True, slots=True)
class CreateCanisterErrorTemporarilyUnavailable:
    """The case `TemporarilyUnavailable` of `CreateCanisterError`."""


@dataclass(frozen=True, slots=True)
class CreateCanisterErrorTooOld:
    """The case `TooOld` of `CreateCanisterError`."""


CreateCanisterError: TypeAlias = (
    CreateCanisterErrorCreatedInFuture
    | CreateCanisterErrorDuplicate
    | CreateCanisterErrorFailedToCreate
    | CreateCanisterErrorGenericError
    | CreateCanisterErrorInsufficientFunds
    | CreateCanisterErrorTemporarilyUnavailable
    | CreateCanisterErrorTooOld
)


@dataclass(frozen=True, slots=True)
class CreateCanisterResultOk:
    """The case `Ok` of `CreateCanisterResult`."""

    value: CreateCanisterSuccess


@dataclass(frozen=True, slots=True)
class CreateCanisterResultErr:
    """The case `Err` of `CreateCanisterResult`."""

    value: CreateCanisterError


CreateCanisterResult: TypeAlias = CreateCanisterResultOk | CreateCanisterResultErr


class CyclesLedgerClient(CanisterClient):
    """The methods of the canister, each of which is a call.

    All raise BindingError for what does not fit its type, besides what the caller raises.
    """

    def create_canister(self, arg: CreateCanisterArgs) -> CreateCanisterResult:
        return self._update(_CREATE_CANISTER, arg)

    def icrc1_balance_of(self, arg: Account) -> int:
        return self._query(_ICRC1_BALANCE_OF, arg)


# What all of this is in Candid.
_TYPES = TypeBindings()

_TYPES.record(Account, {"owner": t.PRINCIPAL, "subaccount": t.Opt(t.BLOB)})
_TYPES.record(
    CanisterSettings,
    {
        "compute_allocation": t.Opt(t.NAT),
        "controllers": t.Opt(t.Vec(t.PRINCIPAL)),
        "freezing_threshold": t.Opt(t.NAT),
        "memory_allocation": t.Opt(t.NAT),
        "reserved_cycles_limit": t.Opt(t.NAT),
    },
)
_TYPES.variant(
    "SubnetSelection",
    CaseBinding(SubnetSelectionFilter, "Filter", {"subnet_type": t.Opt(t.TEXT)}),
    CaseBinding(SubnetSelectionSubnet, "Subnet", {"subnet": t.PRINCIPAL}),
)
_TYPES.record(
    CreateCanisterArgsCreationArgs,
    {
        "settings": t.Opt(_TYPES["CanisterSettings"]),
        "subnet_selection": t.Opt(_TYPES["SubnetSelection"]),
    },
)
_TYPES.record(
    CreateCanisterArgs,
    {
        "amount": t.NAT,
        "created_at_time": t.Opt(t.NAT64),
        "creation_args": t.Opt(_TYPES["CreateCanisterArgsCreationArgs"]),
        "from_subaccount": t.Opt(t.BLOB),
    },
)
_TYPES.record(CreateCanisterSuccess, {"block_id": t.NAT, "canister_id": t.PRINCIPAL})
_TYPES.variant(
    "CreateCanisterError",
    CaseBinding(CreateCanisterErrorCreatedInFuture, "CreatedInFuture", {"ledger_time": t.NAT64}),
    CaseBinding(
        CreateCanisterErrorDuplicate,
        "Duplicate",
        {"duplicate_of": t.NAT, "canister_id": t.Opt(t.PRINCIPAL)},
    ),
    CaseBinding(
        CreateCanisterErrorFailedToCreate,
        "FailedToCreate",
        {"error": t.TEXT, "fee_block": t.Opt(t.NAT), "refund_block": t.Opt(t.NAT)},
    ),
    CaseBinding(
        CreateCanisterErrorGenericError,
        "GenericError",
        {"error_code": t.NAT, "message": t.TEXT},
    ),
    CaseBinding(CreateCanisterErrorInsufficientFunds, "InsufficientFunds", {"balance": t.NAT}),
    CaseBinding(CreateCanisterErrorTemporarilyUnavailable, "TemporarilyUnavailable"),
    CaseBinding(CreateCanisterErrorTooOld, "TooOld"),
)
_TYPES.variant(
    "CreateCanisterResult",
    CaseBinding(CreateCanisterResultOk, "Ok", _TYPES["CreateCanisterSuccess"]),
    CaseBinding(CreateCanisterResultErr, "Err", _TYPES["CreateCanisterError"]),
)

_CREATE_CANISTER: MethodBinding[CreateCanisterResult] = _TYPES.method(
    "create_canister",
    [_TYPES["CreateCanisterArgs"]],
    [_TYPES["CreateCanisterResult"]],
)
_ICRC1_BALANCE_OF: MethodBinding[int] = _TYPES.method(
    "icrc1_balance_of",
    [_TYPES["Account"]],
    [t.NAT],
)
