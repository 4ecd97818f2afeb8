"""`ic-factory gallery …`: memories of a capsule, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ic_factory.cli.backend_session import asking_host
from ic_factory.cli.capsule_documents import document_of, show_one
from ic_factory.cli.options import (
    DEFAULT_NETWORK,
    BackendId,
    CapsuleId,
    Identity,
    Json,
    Network,
    Personal,
    Yes,
)
from ic_factory.cli.render import Table, show_json, show_line, show_table
from ic_factory.cli.session import ask

if TYPE_CHECKING:
    from ic_factory.drivers.generated.backend import GalleryInfo

commands = typer.Typer(
    help="Put memories together, in galleries.", no_args_is_help=True, rich_markup_mode=None
)

Gallery = Annotated[str, typer.Argument(metavar="GALLERY", help="The gallery's id.")]
Description = Annotated[
    str | None,
    typer.Option("--description", metavar="TEXT", help="What it shows.", show_default=False),
]


@commands.command(epilog="Example:  ic-factory gallery create Summer MEMORY")
def create(
    context: typer.Context,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Its title.")],
    items: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ITEM]...", help="Ids of memories and galleries of the capsule, in order."
        ),
    ] = None,
    description: Description = None,
    public: Annotated[bool, typer.Option("--public", help="Everybody may see it.")] = False,
    capsule: CapsuleId = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Keep a gallery until it is deleted."""
    with asking_host(context, "making a gallery", network, identity, backend, personal) as target:
        from ic_factory.drivers.generated.backend import NewGallery, Visibility

        new = NewGallery(
            title=title,
            items=items or [],
            description=description,
            capsule_id=capsule,
            visibility=Visibility.PUBLIC if public else None,
        )
        show_one(document_of(target.host.store_gallery(new)), as_json)


@commands.command(epilog="Example:  ic-factory gallery show GALLERY")
def show(
    context: typer.Context,
    gallery: Gallery,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Show a gallery, with those of its items that you may see."""
    with asking_host(
        context, f"looking at {gallery}", network, identity, backend, personal
    ) as target:
        show_one(document_of(target.host.gallery(gallery)), as_json)


@commands.command("list", epilog="Example:  ic-factory gallery list")
def list_(
    context: typer.Context,
    owner: Annotated[
        str | None,
        typer.Option(
            "--owner",
            metavar="PRINCIPAL",
            help="Those of another that you may see.",
            show_default=False,
        ),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """List the galleries of your capsules, oldest first."""
    with asking_host(context, "listing galleries", network, identity, backend, personal) as target:
        from ic_factory.protocol.principal import Principal

        whose = None if owner is None else Principal.from_str(owner)
        found = list(target.host.galleries(whose))
        if as_json:
            show_json({"galleries": [document_of(each) for each in found]})
        else:
            show_table(_table(found))


@commands.command(epilog="Example:  ic-factory gallery update GALLERY --title 'By the sea'")
def update(
    context: typer.Context,
    gallery: Gallery,
    title: Annotated[
        str | None,
        typer.Option("--title", metavar="TEXT", help="Its title.", show_default=False),
    ] = None,
    description: Description = None,
    add: Annotated[
        list[str] | None,
        typer.Option("--add", metavar="ITEM", help="Put behind the others.", show_default=False),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="ITEM", help="Taken out.", show_default=False),
    ] = None,
    items: Annotated[
        list[str] | None,
        typer.Option(
            "--item", metavar="ITEM", help="All items, in their order.", show_default=False
        ),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Change a gallery; what is left out stays."""
    if title is None and description is None and not (add or remove or items):
        raise typer.BadParameter("name something to change")
    with asking_host(
        context, f"changing {gallery}", network, identity, backend, personal
    ) as target:
        from ic_factory.drivers.generated.backend import UpdateGallery

        changes = UpdateGallery(
            title=title,
            description=description,
            add_items=add or None,
            remove_items=remove or None,
            items=items or None,
        )
        show_one(document_of(target.host.update_gallery(gallery, changes)), as_json)


@commands.command(epilog="Example:  ic-factory gallery delete GALLERY --yes")
def delete(
    context: typer.Context,
    gallery: Gallery,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete a gallery; what is in it stays."""
    with asking_host(
        context, f"deleting {gallery}", network, identity, backend, personal
    ) as target:
        ask(f"Delete gallery {gallery}?", yes)
        target.host.delete_gallery(gallery)
        if as_json:
            show_json({"gallery_id": gallery, "deleted": True})
        else:
            show_line(f"deleted gallery {gallery}")


def _table(found: list[GalleryInfo]) -> Table:
    columns = ("title", "items", "visibility", "id")
    rows = (
        (each.title, str(len(each.items)), each.visibility.name.lower(), each.gallery_id)
        for each in found
    )
    return Table("galleries", columns, tuple(rows))
