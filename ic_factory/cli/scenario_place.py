"""Where scenarios are played: a replica that is thrown away, or a network's backend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ic_factory.cli.session import (
    BACKEND_NAME,
    Session,
    ask_before_spending,
    open_session,
)

if TYPE_CHECKING:
    from ic_factory.protocol.principal import Principal
    from ic_factory.testing.stage import Place


@contextmanager
def scenario_place(
    network: str | None, identity: str | None, backend: str | None, yes: bool
) -> Iterator[Place]:
    """A place to play scenarios.

    Args:
        network: The network, by name or URL; None for a replica that is thrown away.
        identity: Who deploys the backend where that is to be done, by name.
        backend: The backend, by id or name; the project's where it is None.
        yes: Whether nobody is asked before cycles are spent.

    Raises:
        CanisterUnknown: The network has no backend, and none may be deployed there unasked.
    """
    from ic_factory.testing.stage import Place
    from ic_factory.testing.throwaway import throwaway_place

    if network is None:
        with throwaway_place() as place:
            yield place
        return
    with open_session(network, identity) as session:
        ask_before_spending(session, "spends the backend's cycles on test users", yes)
        found = _backend_of(session, backend)
        if session.network.is_local:
            _prepare(session, found)
        yield Place(session.name, session.agent, found)


def _prepare(session: Session, backend: Principal) -> None:
    """Has a local backend make personal canisters, where it does not and the caller may say so."""
    from ic_factory.agent.errors import AgentError
    from ic_factory.drivers.backend import Backend
    from ic_factory.drivers.refusals import CanisterRefused
    from ic_factory.testing.personal_hub import prepare_hub

    hub = Backend(session.agent, backend)
    # Where it does not work, the scenarios say what is missing.
    with suppress(AgentError, CanisterRefused):
        if hub.personal_wasm() is None:
            prepare_hub(hub)


def _backend_of(session: Session, backend: str | None) -> Principal:
    """The backend that is given, or the project's, deployed first where it is not there yet."""
    project, ids = session.project, session.canister_ids
    is_ours = backend is None and project is not None and BACKEND_NAME in project.canisters
    if not is_ours or not session.network.is_local or project is None or ids is None:
        return session.backend(backend).canister_id
    from ic_factory.operations.canister_creation import provisionally
    from ic_factory.operations.deploy import Site, deploy, existing, init_argument

    canister = project.canister(BACKEND_NAME)
    site = Site(session.agent, session.name, ids, provisionally(session.management))
    argument = init_argument(canister, project.init_argument(BACKEND_NAME, session.name))
    return existing(site, canister) or deploy(site, canister, argument).canister_id
