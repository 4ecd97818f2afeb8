"""A personal canister as Python sees it: plain arguments, typed results, refusals raised.

`Personal.client` is the generated client, with each method of the canister as its interface has it;
those by which the hub imports a capsule are there alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, cast

from ic_factory.drivers.canister_driver import CanisterDriver, refusals_of
from ic_factory.drivers.capsule_host import CapsuleHost
from ic_factory.drivers.generated import personal as generated
from ic_factory.drivers.generated.backend import UploadError, Version
from ic_factory.drivers.generated.personal import (
    CanisterInfo,
    CanisterStats,
    ConfigInfo,
    ConfigUpdate,
    CyclesStatus,
    Event,
    HealthReport,
    ImportedManifest,
    ImportStatus,
    PersonalClient,
    Reason,
    ReasonUpload,
    UpdateCapsule,
    Whoami,
)
from ic_factory.drivers.pages import items_until_none
from ic_factory.drivers.refusals import CanisterRefused
from ic_factory.protocol.principal import Principal

EVENTS_A_PAGE = 500


class PersonalRefused(CanisterRefused):
    """A personal canister refused a request, and nothing was changed by it."""

    kind: ClassVar[str] = "personal canister"

    @property
    def reason(self) -> Reason:
        """The typed reason, with fields."""
        return cast(Reason, super().reason)

    @property
    def upload_error(self) -> UploadError | None:
        """What is wrong with an upload, where that is the reason."""
        return self.reason.value if isinstance(self.reason, ReasonUpload) else None


class Personal(CanisterDriver, CapsuleHost):
    """One personal canister, as one caller sees it.

    Each method raises PersonalRefused where the canister refuses, CanisterReject where the call is
    rejected, and another AgentError where it brings no answer. Lists are read page by page.

    Attributes:
        kind: What the canister is, in words.
        client: The generated client.
    """

    kind = PersonalRefused.kind
    client: PersonalClient
    _client_type = PersonalClient
    _refused = PersonalRefused
    _refusals = refusals_of(generated)
    _capsule_update = UpdateCapsule

    def info(self) -> CanisterInfo:
        """Whose the canister is, where its capsule comes from, and how far that has come."""
        return self.client.get_canister_info()

    def owner(self) -> Principal:
        """Whose the canister is."""
        return self.client.get_owner()

    def whoami(self) -> Whoami:
        """What the canister knows of the caller."""
        return self.client.whoami()

    def manifest(self) -> ImportedManifest:
        """What the import has brought, as it was checked; for owner, hub and controllers."""
        return self._value(self.client.get_manifest(), ImportedManifest)

    def import_status(self) -> ImportStatus:
        """How far the import has come."""
        return self.client.get_import_status()

    def cycles(self) -> CyclesStatus:
        """How many cycles there are."""
        return self.client.cycles_status()

    def config(self) -> ConfigInfo:
        """All limits."""
        return self.client.get_config()

    def update_config(self, update: ConfigUpdate) -> ConfigInfo:
        """Changes limits, all that are given or none; for the owner and controllers."""
        return self._value(self.client.update_config(update), ConfigInfo)

    def health(self) -> HealthReport:
        """Whether the canister can do its work, and what keeps it from it."""
        return self.client.health_check()

    def stats(self) -> CanisterStats | None:
        """What the canister holds; None for strangers."""
        return self.client.get_canister_stats()

    def events(self, after: int | None = None) -> Iterator[Event]:
        """Events behind an id, oldest first; for the owner and controllers."""
        return items_until_none(
            lambda place: self.client.get_events(place, EVENTS_A_PAGE), lambda each: each.id, after
        )

    def api_version(self) -> int:
        """The version of the methods by which a capsule is moved, and of the manifest."""
        return self.client.api_version()

    def version(self) -> Version:
        """The canister's build and the version of its interface."""
        return self.client.version()
