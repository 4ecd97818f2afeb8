"""One backend, one caller: what the commands about capsules begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from ic_factory.cli.context import context_of
from ic_factory.cli.session import Session, open_session

if TYPE_CHECKING:
    from ic_factory.drivers.backend import Backend


@dataclass(frozen=True, slots=True)
class BackendSession:
    """A backend, and the network that it is on.

    Attributes:
        session: Who calls, and where.
        backend: The backend.
    """

    session: Session
    backend: Backend

    @property
    def trusted(self) -> Backend:
        """The backend with answers by consensus, where the caller can have them.

        The anonymous caller has the answers of one node.
        """
        from ic_factory.protocol.principal import Principal

        is_anonymous = self.session.agent.sender == Principal.anonymous()
        return self.backend if is_anonymous else self.backend.certified

    def capsule_id(self, given: str | None) -> str:
        """The capsule that is named, or the caller's first one.

        Raises:
            BackendRefused: None is named, and the caller has none.
        """
        return self.backend.capsule().capsule_id if given is None else given

    def url(self, path: str) -> str:
        """Where something of the backend is served over HTTP."""
        from ic_factory.networks.network_urls import canister_url

        site = canister_url(self.session.network.url, self.backend.canister_id)
        return site + path.removeprefix("/")


@contextmanager
def asking_backend(
    context: typer.Context, what: str, network: str, identity: str | None, backend: str | None
) -> Iterator[BackendSession]:
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
        yield BackendSession(session, session.backend(backend))
