"""How the hub moves capsules to canisters of their owners': the part of its driver for that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, TypeVar

from ic_factory.drivers.generated.backend import (
    BackendClient,
    ClearedCreation,
    CreatePersonalCanisterConfig,
    CreationList,
    CreationStatus,
    CreationStatusResponse,
    CyclesReserve,
    CyclesReserveUpdate,
    DetailedCreationStatus,
    HubCopyRelease,
    HubCopyReleaseChecking,
    HubCopyReleaseReleased,
    PersonalCanisterCreationConfig,
    PersonalCanisterCreationConfigUpdate,
    PersonalCanisterCreationStats,
    PersonalCanisterRecord,
    PersonalCanisterRecordFilter,
    PersonalCanisterRecordList,
    PersonalCanisterRecordPage,
    PersonalCanisterWasm,
    RecordStatus,
    SignedReceipt,
)
from ic_factory.drivers.pages import pages
from ic_factory.protocol.principal import Principal

CREATIONS_A_PAGE = 100

Value = TypeVar("Value")


class PersonalCreation(ABC):
    """A hub that makes personal canisters, as one caller sees it; a base of `Backend`.

    Attributes:
        client: The generated client.
    """

    client: BackendClient

    def start_personal(
        self, capsule_id: str | None = None, name: str | None = None
    ) -> CreationStatusResponse:
        """Begins to move a capsule to a canister of its own, and returns at once.

        Again, it changes nothing and tells how far it is; one that has failed begins again.

        Args:
            capsule_id: The capsule; the caller's first one where it is left out.
            name: Of the canister in the hub's registry, at most 200 bytes.
        """
        config = CreatePersonalCanisterConfig(capsule_id=capsule_id, name=name)
        answer = self.client.create_personal_canister(config)
        return self._value(answer, CreationStatusResponse)

    def creation_status(self, user: Principal | None = None) -> CreationStatusResponse:
        """How far the caller's personal canister is, or for admins that of a user."""
        return self._value(self.client.get_creation_status(user), CreationStatusResponse)

    def creation(self, user: Principal | None = None) -> DetailedCreationStatus:
        """The same in detail; refused where nothing was begun."""
        return self._value(self.client.get_detailed_creation_status(user), DetailedCreationStatus)

    def creation_receipt(self, user: Principal | None = None) -> SignedReceipt:
        """What a completed creation has come to, with the hub's proof of it.

        The proof is in the answer of a node's own; `certified` has none.
        """
        return self._value(self.client.get_creation_receipt(user), SignedReceipt)

    def my_personal_canister(self) -> Principal | None:
        """The canister that the caller's capsule has moved to; None before it is completed."""
        return self.client.get_my_personal_canister_id()

    def personal_canister(self, user: Principal) -> Principal | None:
        """The canister that a user's capsule has moved to; None before it is completed."""
        return self.client.get_personal_canister_id(user)

    def release_hub_copy(self, capsule_id: str) -> HubCopyReleaseReleased | None:
        """Lets the hub's copy of a moved capsule go; None while hashes are being compared.

        Call it until it is released.
        """
        answer: HubCopyRelease = self._accepted(self.client.release_hub_copy(capsule_id)).value
        return None if isinstance(answer, HubCopyReleaseChecking) else answer

    def creations(self, status: CreationStatus) -> Iterator[CreationStatusResponse]:
        """Creations of a status, in order of their users; for admins."""

        def ask(after: Principal | None) -> CreationList:
            answer = self.client.get_creation_states_by_status(status, after, CREATIONS_A_PAGE)
            return self._value(answer, CreationList)

        for page in pages(ask):
            yield from page.creations

    def personal_canisters(
        self, *, created_by: Principal | None = None, status: RecordStatus | None = None
    ) -> Iterator[PersonalCanisterRecord]:
        """The personal canisters that the hub has made; for admins."""
        wanted = PersonalCanisterRecordFilter(created_by=created_by, status=status)

        def ask(after: Principal | None) -> PersonalCanisterRecordList:
            page = PersonalCanisterRecordPage(after=after, limit=CREATIONS_A_PAGE)
            answer = self.client.get_personal_canister_records(wanted, page)
            return self._value(answer, PersonalCanisterRecordList)

        for page in pages(ask):
            yield from page.records

    def retry_creation(self, user: Principal) -> CreationStatusResponse:
        """Begins a user's creation again that has failed; for admins."""
        return self._value(self.client.retry_creation(user), CreationStatusResponse)

    def clear_creation(self, user: Principal) -> ClearedCreation:
        """Deletes a user's unfinished canister and forgets the creation; for admins.

        Its cycles come back, and the capsule stays in the hub.
        """
        return self._value(self.client.clear_creation_state(user), ClearedCreation)

    def set_creation_enabled(self, enabled: bool) -> None:
        """Takes in new creations, or none; what runs goes on. For admins."""
        self._accepted(self.client.set_personal_canister_creation_enabled(enabled))

    def creation_stats(self) -> PersonalCanisterCreationStats:
        """What has become of all creations."""
        return self.client.get_personal_canister_creation_stats()

    def creation_config(self) -> PersonalCanisterCreationConfig:
        """The limits of creations."""
        return self.client.get_personal_canister_creation_config()

    def update_creation_config(
        self, update: PersonalCanisterCreationConfigUpdate
    ) -> PersonalCanisterCreationConfig:
        """Changes the limits of creations, all that are given or none; for admins."""
        answer = self.client.update_personal_canister_creation_config(update)
        return self._value(answer, PersonalCanisterCreationConfig)

    def cycles_reserve(self) -> CyclesReserve:
        """The cycles for personal canisters."""
        return self.client.get_cycles_reserve()

    def set_cycles_reserve(
        self, *, reserve: int | None = None, min_threshold: int | None = None
    ) -> CyclesReserve:
        """Puts cycles of the hub aside for personal canisters; for admins.

        Args:
            reserve: How many in all, with those that were consumed; None leaves it.
            min_threshold: What has to stay available after each creation; None leaves it.
        """
        update = CyclesReserveUpdate(reserve=reserve, min_threshold=min_threshold)
        return self._value(self.client.set_cycles_reserve(update), CyclesReserve)

    def personal_wasm(self) -> PersonalCanisterWasm | None:
        """The module that personal canisters run; None before one is set."""
        return self.client.get_personal_canister_wasm()

    def set_personal_wasm(self, upload_id: int) -> PersonalCanisterWasm:
        """Makes a committed upload the module of all that are made from here on; for admins."""
        answer = self.client.set_personal_canister_wasm(upload_id)
        return self._value(answer, PersonalCanisterWasm)

    @abstractmethod
    def _accepted(self, result: Any) -> Any:
        """The result, where it is no refusal; raises what the canister refuses by otherwise."""

    @abstractmethod
    def _value(self, result: Any, kind: type[Value]) -> Value:
        """What a result brings, where it is no refusal."""
