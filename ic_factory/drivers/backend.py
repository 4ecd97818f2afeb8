"""The backend as Python sees it: plain arguments, typed results, refusals raised.

`Backend.client` is the generated client, with each method of the canister as its interface has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, cast

from ic_factory.drivers.canister_driver import CanisterDriver, refusals_of
from ic_factory.drivers.capsule_host import CapsuleHost
from ic_factory.drivers.generated import backend as generated
from ic_factory.drivers.generated.backend import (
    BackendClient,
    BackendStats,
    CapsuleInfo,
    ConfigInfo,
    ConfigUpdate,
    CreateCapsule,
    Event,
    HealthReport,
    Reason,
    ReasonUpload,
    UploadError,
    Version,
    Whoami,
)
from ic_factory.drivers.pages import items_until_none
from ic_factory.drivers.personal_creation import PersonalCreation
from ic_factory.drivers.refusals import CanisterRefused
from ic_factory.protocol.principal import Principal

EVENTS_A_PAGE = 500


class BackendRefused(CanisterRefused):
    """The backend refused a request, and nothing was changed by it."""

    kind: ClassVar[str] = "backend"

    @property
    def reason(self) -> Reason:
        """The typed reason, with fields."""
        return cast(Reason, super().reason)

    @property
    def upload_error(self) -> UploadError | None:
        """What is wrong with an upload, where that is the reason."""
        return self.reason.value if isinstance(self.reason, ReasonUpload) else None


class Backend(CanisterDriver, CapsuleHost, PersonalCreation):
    """One backend, as one caller sees it.

    Each method raises BackendRefused where the backend refuses, CanisterReject where the call is
    rejected, and another AgentError where it brings no answer. Lists are read page by page.

    Attributes:
        kind: What the canister is, in a word.
        client: The generated client.
    """

    kind = BackendRefused.kind
    client: BackendClient
    _client_type = BackendClient
    _refused = BackendRefused
    _refusals = refusals_of(generated)
    _capsule_update = CreateCapsule

    def register(self) -> Whoami:
        """Registers the caller, who may have capsules then; again, it changes nothing."""
        return self._value(self.client.register(), Whoami)

    def whoami(self) -> Whoami:
        """What the backend knows of the caller."""
        return self.client.whoami()

    def register_capsule(self) -> CapsuleInfo:
        """The caller's first capsule; caller and capsule are registered where they are not."""
        return self._value(self.client.register_capsule(), CapsuleInfo)

    def create_capsule(
        self, name: str | None = None, description: str | None = None
    ) -> CapsuleInfo:
        """Makes a capsule.

        Args:
            name: At most 200 bytes.
            description: At most 4,000 bytes.
        """
        request = CreateCapsule(name=name, description=description)
        return self._value(self.client.create_capsule(request), CapsuleInfo)

    def delete_capsule(self, capsule_id: str) -> None:
        """Deletes a capsule for good, with all that is in it."""
        self._accepted(self.client.delete_capsule(capsule_id))

    def config(self) -> ConfigInfo:
        """All limits; the admins for admins only."""
        return self.client.get_config()

    def update_config(self, update: ConfigUpdate) -> ConfigInfo:
        """Changes limits, all that are given or none; for admins."""
        return self._value(self.client.update_config(update), ConfigInfo)

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
        """Whether the backend can do its work, and what keeps it from it."""
        return self.client.health_check()

    def stats(self) -> BackendStats:
        """What the backend holds."""
        return self.client.get_backend_stats()

    def events(self, after: int | None = None) -> Iterator[Event]:
        """Events behind an id, oldest first; for admins."""
        return items_until_none(
            lambda place: self.client.get_events(place, EVENTS_A_PAGE), lambda each: each.id, after
        )

    def version(self) -> Version:
        """The backend's build and the version of its interface."""
        return self.client.version()
