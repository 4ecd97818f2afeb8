"""`ic-factory memory …`: what is in capsules."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ic_factory.cli.backend_session import asking_host
from ic_factory.cli.capsule_documents import Kind, show_memories, show_memory
from ic_factory.cli.commands import memory_files
from ic_factory.cli.documents import time_text
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
from ic_factory.cli.quantities import parse_duration
from ic_factory.cli.render import show_facts, show_json, show_line
from ic_factory.cli.session import ask

commands = typer.Typer(
    help="Add files to capsules, find them, and get them back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Memory = Annotated[str, typer.Argument(metavar="MEMORY", help="The memory's id.")]
Type = Annotated[Kind | None, typer.Option("--type", help="Those that are so.", show_default=False)]
Tag = Annotated[
    str | None,
    typer.Option("--tag", metavar="TAG", help="Those with this tag.", show_default=False),
]

commands.command(epilog="Example:  ic-factory memory add holidays letter.txt --tag family")(
    memory_files.add
)


@commands.command("list", epilog="Example:  ic-factory memory list --type image")
def list_(
    context: typer.Context,
    type_: Type = None,
    tag: Tag = None,
    text: Annotated[
        str | None,
        typer.Option(
            "--text",
            metavar="TEXT",
            help="Those with a word in the title that begins so.",
            show_default=False,
        ),
    ] = None,
    capsule: CapsuleId = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """List the memories of a capsule."""
    with asking_host(context, "listing memories", network, identity, backend, personal) as target:
        wanted = _filter(type_, tag, text)
        found = list(target.host.memories(target.capsule_id(capsule), wanted))
        show_memories(found, target, as_json)


@commands.command(epilog="Example:  ic-factory memory search sea")
def search(
    context: typer.Context,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="The beginning of a word of the title.")
    ],
    type_: Type = None,
    tag: Tag = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Search the memories of all your capsules."""
    with asking_host(context, "searching memories", network, identity, backend, personal) as target:
        found = list(target.host.search(_filter(type_, tag, text)))
        show_memories(found, target, as_json)


@commands.command(epilog="Example:  ic-factory memory show MEMORY")
def show(
    context: typer.Context,
    memory: Memory,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Show a memory that you may see, without its bytes."""
    with asking_host(
        context, f"looking at {memory}", network, identity, backend, personal
    ) as target:
        show_memory(target.host.memory(memory), target, as_json)


@commands.command(
    epilog="Example:  ic-factory memory update MEMORY --title 'By the sea' --tag summer"
)
def update(
    context: typer.Context,
    memory: Memory,
    title: Annotated[
        str | None,
        typer.Option("--title", metavar="TEXT", help="Its title.", show_default=False),
    ] = None,
    description: Annotated[
        str | None,
        typer.Option("--description", metavar="TEXT", help="What it shows.", show_default=False),
    ] = None,
    tags: Annotated[
        list[str] | None,
        typer.Option(
            "--tag", metavar="TAG", help="Tags, in place of those there.", show_default=False
        ),
    ] = None,
    type_: Annotated[
        Kind | None, typer.Option("--type", help="What it is.", show_default=False)
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Change what is said of a memory; what is left out stays."""
    if title is None and description is None and type_ is None and not tags:
        raise typer.BadParameter("name something to change")
    with asking_host(context, f"changing {memory}", network, identity, backend, personal) as target:
        from ic_factory.drivers.generated.backend import MemoryType, UpdateMemory

        changes = UpdateMemory(
            title=title,
            description=description,
            tags=tags or None,
            memory_type=None if type_ is None else MemoryType[type_.name],
        )
        capsule_id = target.host.memory(memory).capsule_id
        changed = target.host.update_memory(capsule_id, memory, changes)
        show_memory(changed, target, as_json)


@commands.command(epilog="Example:  ic-factory memory delete MEMORY --yes")
def delete(
    context: typer.Context,
    memory: Memory,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete a memory, and take it out of all galleries."""
    with asking_host(context, f"deleting {memory}", network, identity, backend, personal) as target:
        found = target.host.memory(memory)
        ask(f"Delete memory {memory} {found.title!r}?", yes)
        target.host.delete_memory(found.capsule_id, memory)
        if as_json:
            show_json({"memory_id": memory, "deleted": True})
        else:
            show_line(f"deleted memory {memory}")


commands.command(epilog="Example:  ic-factory memory get MEMORY --to back/")(memory_files.get)
commands.command(epilog="Example:  ic-factory memory compare holidays")(memory_files.compare)


@commands.command(epilog="Example:  ic-factory memory url MEMORY --for 1h")
def url(
    context: typer.Context,
    memory: Memory,
    variant: memory_files.Variant = "original",
    seconds: Annotated[
        int | None,
        typer.Option(
            "--for",
            metavar="TIME",
            parser=parse_duration,
            help="With a token that opens it although it is private, for so long.",
            show_default=False,
        ),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Show where an asset is served over HTTP. Whoever has a token may see what it opens."""
    with asking_host(
        context, f"looking at {memory}", network, identity, backend, personal
    ) as target:
        from ic_factory.operations.memory_files import asset_of

        place = target.url(asset_of(target.host.memory(memory), variant).path)
        document: dict[str, Any] = {"url": place, "token": None, "expires_at_ns": None}
        if seconds is not None:
            made = target.host.asset_token(memory, seconds)
            document = {
                "url": f"{place}?token={made.token}",
                "token": made.token,
                "expires_at_ns": made.expires_at_time_ns,
            }
    if as_json:
        show_json(document)
    elif document["token"] is None:
        show_line(place)
    else:
        expires = time_text(document["expires_at_ns"])
        show_facts({"url": document["url"], "expires at": expires})


def _filter(type_: Kind | None, tag: str | None, text: str | None) -> Any:
    from ic_factory.drivers.generated.backend import MemoryFilter, MemoryType

    memory_type = None if type_ is None else MemoryType[type_.name]
    return MemoryFilter(memory_type=memory_type, tag=tag, text_prefix=text)
