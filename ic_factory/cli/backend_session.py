"""One canister with capsules, one caller: what the commands about capsules begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from ic_factory.cli.context import context_of
from ic_factory.cli.session import CanisterUnknown, Session, open_session

if TYPE_CHECKING:
    from ic_factory.drivers.backend import Backend
    from ic_factory.drivers.capsule_host import CapsuleHost
    from ic_factory.drivers.personal import Personal


@dataclass(frozen=True, slots=True)
class HostSession:
    """A canister with capsules, and the network that it is on.

    Attributes:
        session: Who calls, and where.
        host: The backend, or the caller's personal canister.
    """

    session: Session
    host: CapsuleHost

    @property
    def trusted(self) -> CapsuleHost:
        """The canister with answers by consensus, where the caller can have them.

        The anonymous caller has the answers of one node.
        """
        from ic_factory.protocol.principal import Principal

        is_anonymous = self.session.agent.sender == Principal.anonymous()
        return self.host if is_anonymous else self.host.certified

    def capsule_id(self, given: str | None) -> str:
        """The capsule that is named, or the caller's first one.

        Raises:
            CanisterRefused: None is named, and the caller has none.
        """
        return self.host.capsule().capsule_id if given is None else given

    def first_capsule(self) -> str:
        """The caller's first capsule, which a backend makes where there is none."""
        from ic_factory.drivers.backend import Backend

        if isinstance(self.host, Backend):
            return self.host.register_capsule().capsule_id
        return self.host.capsule().capsule_id

    def url(self, path: str) -> str:
        """Where something of the canister is served over HTTP."""
        return url_of(self.session, self.host.canister_id) + path.removeprefix("/")


@contextmanager
def asking_backend(
    context: typer.Context, what: str, network: str, identity: str | None, backend: str | None
) -> Iterator[tuple[Session, Backend]]:
    """A backend to ask; what fails meanwhile ends the command with three lines.

    Args:
        context: The command's.
        what: What is being done, for those lines.
        network: The network, by name or URL.
        identity: Who asks, by name; the default one where it is None.
        backend: The backend, by id or name; the project's where it is None.
    """
    run = context_of(context)
    with run.reporting_failure_of(what), open_session(network, identity) as session:
        yield session, session.backend(backend)


@contextmanager
def asking_host(
    context: typer.Context,
    what: str,
    network: str,
    identity: str | None,
    backend: str | None,
    personal: bool = False,
) -> Iterator[HostSession]:
    """A canister with capsules to ask; what fails meanwhile ends the command with three lines.

    Args:
        context: The command's.
        what: What is being done, for those lines.
        network: The network, by name or URL.
        identity: Who asks, by name; the default one where it is None.
        backend: The backend, by id or name; the project's where it is None.
        personal: Whether the caller's personal canister is meant, which the backend knows.
    """
    with asking_backend(context, what, network, identity, backend) as (session, hub):
        yield HostSession(session, personal_of(session, hub) if personal else hub)


def personal_of(session: Session, hub: Backend) -> Personal:
    """The caller's personal canister.

    Raises:
        CanisterUnknown: The hub has made none for the caller.
    """
    from ic_factory.drivers.personal import Personal

    canister_id = hub.my_personal_canister()
    if canister_id is None:
        raise CanisterUnknown(
            f"hub {hub.canister_id} has no personal canister of {session.agent.sender}; make one"
            " with 'ic-factory personal create'"
        )
    return Personal(session.agent, canister_id)


def url_of(session: Session, canister_id: object) -> str:
    """Where a canister's page is, for a browser."""
    from ic_factory.networks.network_urls import canister_url

    return canister_url(session.network.url, canister_id)
