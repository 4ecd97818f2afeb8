"""`ic-factory personal …`: a capsule to a canister of one's own, and what one does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ic_factory.cli.backend_session import asking_backend, url_of
from ic_factory.cli.commands import personal_admin, personal_config, personal_data
from ic_factory.cli.options import (
    DEFAULT_NETWORK,
    BackendId,
    Identity,
    Json,
    Network,
    User,
    Yes,
)
from ic_factory.cli.personal_documents import (
    creation_document,
    made_document,
    show_creation,
    show_made,
)
from ic_factory.cli.progress import showing_stages
from ic_factory.cli.session import ask_before_spending

if TYPE_CHECKING:
    from ic_factory.drivers.backend import Backend
    from ic_factory.drivers.generated.backend import DetailedCreationStatus
    from ic_factory.protocol.principal import Principal

commands = typer.Typer(
    help="Move your capsule to a canister of your own; for admins, look after those of all.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
commands.add_typer(personal_config.commands, name="config")


@commands.command(epilog="Example:  ic-factory personal create")
def create(
    context: typer.Context,
    capsule: Annotated[
        str | None,
        typer.Argument(metavar="[CAPSULE]", help="Its id; your first one where none is named."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--name", metavar="TEXT", help="In the hub's list of canisters.", show_default=False
        ),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Move a capsule to a canister of its own, and watch until it is yours alone.

    The hub makes the canister, copies all that is in the capsule, compares both by their hashes,
    and hands it over to you. Meanwhile the capsule can be read and not changed. Ctrl-C stops
    watching, not the move: 'personal watch' takes it up again. Where it has been moved already,
    nothing is done; where it has failed, it begins again.
    """
    what = "making a personal canister"
    with asking_backend(context, what, network, identity, backend) as (session, hub):
        from ic_factory.operations.personal_creation import create_personal

        ask_before_spending(session, "moves your capsule to a canister of its own", yes)
        with showing_stages("moving") as progress:
            made = create_personal(hub, capsule_id=capsule, name=name, progress=progress)
        show_made(made_document(made, url_of(session, made.canister_id)), as_json)


@commands.command(epilog="Example:  ic-factory personal status")
def status(
    context: typer.Context,
    user: User = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    as_json: Json = False,
) -> None:
    """Show how far a personal canister is: stages, counts, cycles, and what went wrong."""
    what = "looking at a personal canister"
    with asking_backend(context, what, network, identity, backend) as (session, hub):
        creation = hub.creation(principal_of(user))
        canister_id = creation.personal_canister_id
        url = url_of(session, canister_id) if is_completed(creation) else None
        show_creation(creation_document(creation, url), as_json)


@commands.command(epilog="Example:  ic-factory personal watch")
def watch(
    context: typer.Context,
    user: User = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    as_json: Json = False,
) -> None:
    """Watch a move to its end, stage by stage, with bytes and rate; then show its outcome and URL.

    One that has ended is shown at once. It ends with 1 where the move has failed.
    """
    what = "watching a personal canister"
    with asking_backend(context, what, network, identity, backend) as (session, hub):
        from ic_factory.operations.personal_creation import watch_personal

        with showing_stages("moving") as progress:
            made = watch_personal(hub, principal_of(user), progress=progress)
        show_made(made_document(made, url_of(session, made.canister_id)), as_json)


@commands.command(epilog="Example:  ic-factory personal retry --user USER")
def retry(
    context: typer.Context,
    user: User = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    as_json: Json = False,
) -> None:
    """Begin a move again that has failed: yours, or for admins a user's. It is not watched."""
    what = "beginning a move again"
    with asking_backend(context, what, network, identity, backend) as (_, hub):
        whose = principal_of(user)
        _begin_again(hub, whose)
        show_creation(creation_document(hub.certified.creation(whose), None), as_json)


def principal_of(text: str | None) -> Principal | None:
    """A principal by its text.

    Raises:
        PrincipalError: It is none.
    """
    from ic_factory.protocol.principal import Principal

    return None if text is None else Principal.from_str(text)


def is_completed(creation: DetailedCreationStatus) -> bool:
    """Whether a move has ended well."""
    from ic_factory.drivers.generated.backend import CreationStatus

    return creation.status is CreationStatus.COMPLETED


def _begin_again(hub: Backend, user: Principal | None) -> None:
    if user is None:
        hub.start_personal(hub.creation().capsule_id)
    else:
        hub.retry_creation(user)


commands.command(epilog="Example:  ic-factory personal export my-capsule")(personal_data.export)
commands.command(epilog="Example:  ic-factory personal verify my-capsule --root-key HEX")(
    personal_data.verify
)
commands.command(epilog="Example:  ic-factory personal release CAPSULE --yes")(
    personal_data.release
)
personal_admin.add_to(commands)
