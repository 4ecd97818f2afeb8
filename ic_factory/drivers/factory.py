"""The factory as Python sees it: plain arguments, typed results, refusals raised.

`Factory.client` is the generated client, with each method of the canister as its interface has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, cast

from ic_factory.drivers.canister_driver import CanisterDriver, refusals_of
from ic_factory.drivers.generated import factory as generated
from ic_factory.drivers.generated.factory import (
    CallerStats,
    CanisterFilter,
    CanisterInfo,
    CanisterList,
    CanisterPage,
    ConfigInfo,
    ConfigUpdate,
    CreateInstallRequest,
    CreateUploadRequest,
    Event,
    FactoryClient,
    FactoryStats,
    HealthReport,
    OperationInfo,
    Reason,
    ReasonUpload,
    SetTemplate,
    TemplateInfo,
    UpgradeRequest,
    UpgradeResponse,
    UploadCommit,
    UploadError,
    UploadInfo,
    Version,
)
from ic_factory.drivers.pages import items_until_none, pages
from ic_factory.drivers.refusals import CanisterRefused
from ic_factory.drivers.upload_sessions import UploadSessions
from ic_factory.protocol.principal import Principal

CANISTERS_A_PAGE = 200
OPERATIONS_A_PAGE = 100
TEMPLATES_A_PAGE = 100
EVENTS_A_PAGE = 500


class FactoryRefused(CanisterRefused):
    """The factory refused a request, and nothing was changed by it."""

    kind: ClassVar[str] = "factory"

    @property
    def reason(self) -> Reason:
        """The typed reason, with fields."""
        return cast(Reason, super().reason)

    @property
    def upload_error(self) -> UploadError | None:
        """What is wrong with an upload, where that is the reason."""
        return self.reason.value if isinstance(self.reason, ReasonUpload) else None


class Factory(CanisterDriver, UploadSessions[UploadInfo]):
    """One factory, as one caller sees it.

    Each method raises FactoryRefused where the factory refuses, CanisterReject where the call is
    rejected, and another AgentError where it brings no answer. Lists are read page by page.

    Attributes:
        kind: What the canister is, in a word.
        client: The generated client.
    """

    kind = FactoryRefused.kind
    client: FactoryClient
    _client_type = FactoryClient
    _refused = FactoryRefused
    _refusals = refusals_of(generated)
    _upload_request = CreateUploadRequest
    _upload_commit = UploadCommit

    def start_creation(self, request: CreateInstallRequest) -> int:
        """Begins to make a canister and returns the operation's id."""
        return self._value(self.client.start_creation(request), int)

    def operation(self, operation_id: int) -> OperationInfo | None:
        """Where an operation is; None where it is not known, or another caller's."""
        return self.client.get_operation(operation_id)

    def operations(self) -> Iterator[OperationInfo]:
        """The caller's operations, oldest first; for an admin all."""
        for page in pages(lambda after: self.client.list_operations(after, OPERATIONS_A_PAGE)):
            yield from page.operations

    def canisters(self, wanted: CanisterFilter | None = None) -> Iterator[CanisterInfo]:
        """Canisters that match a filter: the caller's own where it names no owner."""

        def ask(after: Principal | None) -> CanisterList:
            page = CanisterPage(after=after, limit=CANISTERS_A_PAGE)
            return self.client.list_canisters(wanted, page)

        for page in pages(ask):
            yield from page.canisters

    def canister(self, canister_id: Principal) -> CanisterInfo | None:
        """What the registry knows of a canister; None where it is not known, or another's."""
        return self.client.get_canister_info(canister_id)

    def refresh(self, canister_id: Principal) -> CanisterInfo:
        """Asks the IC how a canister is and brings the registry up to date."""
        return self._value(self.client.refresh_canister_info(canister_id), CanisterInfo)

    def start_canister(self, canister_id: Principal) -> None:
        """Starts a canister that was stopped."""
        self._accepted(self.client.start_canister(canister_id))

    def stop_canister(self, canister_id: Principal) -> None:
        """Stops a canister, once it has answered what it is asked."""
        self._accepted(self.client.stop_canister(canister_id))

    def delete_canister(self, canister_id: Principal) -> None:
        """Deletes a canister for good, after its cycles have come back to the factory."""
        self.client.delete_canister(canister_id)

    def hand_off(self, canister_id: Principal) -> None:
        """Has a canister's owner take the factory's place among its controllers."""
        self._accepted(self.client.handoff_canister(canister_id))

    def top_up(self, canister_id: Principal, cycles: int) -> None:
        """Sends some of the factory's cycles to a canister; for admins."""
        self._accepted(self.client.top_up_canister(canister_id, cycles))

    def upgrade(self, request: UpgradeRequest) -> UpgradeResponse:
        """Upgrades a canister to an upload, or to the newest version of its template."""
        return self._value(self.client.upgrade_canister_with(request), UpgradeResponse)

    def templates(self) -> Iterator[TemplateInfo]:
        """The templates, by name."""
        return items_until_none(
            lambda after: self.client.list_templates(after, TEMPLATES_A_PAGE),
            lambda each: each.name,
        )

    def set_template(self, template: SetTemplate) -> None:
        """Registers a committed upload under a name, or sets a new version of it."""
        self._accepted(self.client.set_template(template))

    def remove_template(self, name: str) -> None:
        """Removes a template; canisters that were made from it stay."""
        self._accepted(self.client.remove_template(name))

    def config(self) -> ConfigInfo:
        """All limits; the lists of principals for admins only."""
        return self.client.get_config()

    def update_config(self, update: ConfigUpdate) -> ConfigInfo:
        """Changes limits, all that are given or none."""
        return self._value(self.client.update_config(update), ConfigInfo)

    def set_allowlist(self, callers: list[Principal] | None) -> None:
        """Lets in these callers only; everybody where it is None."""
        self._accepted(self.client.set_allowlist(callers))

    def add_admin(self, admin: Principal) -> None:
        """Adds an admin."""
        self._accepted(self.client.add_admin(admin))

    def remove_admin(self, admin: Principal) -> None:
        """Removes an admin, but never the last one."""
        self._accepted(self.client.remove_admin(admin))

    def set_emergency_stop(self, stopped: bool) -> None:
        """Refuses all requests but those of admins, or lets them in again."""
        self._accepted(self.client.set_emergency_stop(stopped))

    def health(self) -> HealthReport:
        """Whether the factory can do its work, and what keeps it from it."""
        return self.client.health_check()

    def stats(self) -> FactoryStats:
        """What the factory has done so far."""
        return self.client.get_factory_stats()

    def my_stats(self) -> CallerStats:
        """What the caller has had of the factory."""
        return self.client.my_stats()

    def events(self, after: int | None = None) -> Iterator[Event]:
        """Events behind an id, oldest first; for admins."""
        return items_until_none(
            lambda place: self.client.get_events(place, EVENTS_A_PAGE), lambda each: each.id, after
        )

    def version(self) -> Version:
        """The factory's build and the version of its interface."""
        return self.client.version()
