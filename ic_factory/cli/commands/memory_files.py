"""`ic-factory memory add|get|compare`: files into capsules and back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ic_factory.cli.backend_session import HostSession, asking_host
from ic_factory.cli.capsule_documents import Kind
from ic_factory.cli.exits import ExitCode
from ic_factory.cli.options import (
    DEFAULT_NETWORK,
    BackendId,
    CapsuleId,
    Identity,
    Json,
    Network,
    Personal,
)
from ic_factory.cli.progress import showing_bytes
from ic_factory.cli.render import Table, bytes_text, show_json, show_line, show_table

if TYPE_CHECKING:
    from ic_factory.drivers.generated.backend import MemoryInfo
    from ic_factory.operations.memories import AddResult, Details
    from ic_factory.operations.memory_comparison import Comparison
    from ic_factory.operations.memory_files import SavedFile

Hidden = Annotated[bool, typer.Option("--hidden", help="Those whose name begins with a dot too.")]
Variant = Annotated[str, typer.Option("--variant", metavar="NAME", help="Which of the assets.")]


def add(
    context: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files, and folders with all in them.")
    ],
    title: Annotated[
        str | None,
        typer.Option(
            "--title", metavar="TEXT", help="By default the file's name.", show_default=False
        ),
    ] = None,
    description: Annotated[
        str | None,
        typer.Option("--description", metavar="TEXT", help="What they show.", show_default=False),
    ] = None,
    tags: Annotated[
        list[str] | None,
        typer.Option(
            "--tag", metavar="TAG", help="A tag, once or several times.", show_default=False
        ),
    ] = None,
    type_: Annotated[
        Kind | None,
        typer.Option("--type", help="By default what the file is.", show_default=False),
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="Everybody may see them.")] = False,
    hidden: Hidden = False,
    capsule: CapsuleId = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Add files to a capsule, each as a memory. Your first capsule is made where you have none.

    What is there by its path and SHA-256 is not sent again, so the same command goes on where it
    broke off. Links are not followed out of a folder. It ends with 1 where a file could not be
    added while others could.
    """
    with asking_host(context, "adding files", network, identity, backend, personal) as target:
        from ic_factory.operations.folder_files import files_at
        from ic_factory.operations.memories import add_files

        files = [file for path in paths for file in files_at(path, hidden=hidden)]
        if capsule is None:
            capsule = target.first_capsule()
        details = _details(title, description, tags, type_, public)
        with showing_bytes("adding") as progress:
            result = add_files(target.host, capsule, files, details=details, progress=progress)
    _show_added(result, capsule, as_json)
    if result.failed:
        raise typer.Exit(ExitCode.FAILED)


def get(
    context: typer.Context,
    memories: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MEMORY]...", help="Memories, by their ids."),
    ] = None,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="PATH",
            help="A folder; for one memory a file, unless it is a folder or ends with /.",
        ),
    ] = ".",
    capsule: Annotated[
        str | None,
        typer.Option(
            "--capsule", metavar="CAPSULE", help="All of this capsule.", show_default=False
        ),
    ] = None,
    gallery: Annotated[
        str | None,
        typer.Option(
            "--gallery", metavar="GALLERY", help="All of this gallery.", show_default=False
        ),
    ] = None,
    variant: Variant = "original",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Other files in their places go.")
    ] = False,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Get memories back as files, each with its SHA-256 checked before it has its name.

    What was added as a folder comes back as one. A file that is there with the same bytes stays,
    and one with others is never overwritten unasked.
    """
    if sum(map(bool, (memories, capsule, gallery))) != 1:
        raise typer.BadParameter("name memories, --capsule or --gallery")
    with asking_host(context, "getting memories", network, identity, backend, personal) as target:
        found = _wanted(target, memories, capsule, gallery)
        with showing_bytes("getting") as progress:
            saved = _saved(target, found, to, bool(memories), variant, overwrite, progress)
    _show_saved(saved, as_json)


def compare(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder.")],
    hidden: Hidden = False,
    capsule: CapsuleId = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Compare a folder with a capsule, by paths and SHA-256; where they differ it ends with 1."""
    with asking_host(
        context, f"comparing {folder}", network, identity, backend, personal
    ) as target:
        from ic_factory.operations.folder_files import files_at
        from ic_factory.operations.memory_comparison import compare as compare_files

        files = files_at(folder, hidden=hidden)
        capsule_id = target.capsule_id(capsule)
        with showing_bytes("comparing") as progress:
            found = compare_files(files, target.trusted.memories(capsule_id), progress=progress)
    _show_comparison(found, as_json)
    if not found.is_equal:
        raise typer.Exit(ExitCode.FAILED)


def _details(
    title: str | None,
    description: str | None,
    tags: Sequence[str] | None,
    type_: Kind | None,
    public: bool,
) -> Details:
    from ic_factory.drivers.generated.backend import MemoryType, Visibility
    from ic_factory.operations.memories import Details

    return Details(
        title=title,
        description=description,
        tags=tuple(tags or ()),
        memory_type=None if type_ is None else MemoryType[type_.name],
        visibility=Visibility.PUBLIC if public else None,
    )


def _wanted(
    target: HostSession, memories: list[str] | None, capsule: str | None, gallery: str | None
) -> list[MemoryInfo]:
    """The memories to get, as consensus has them, so that their hashes can be trusted."""
    if capsule is not None:
        return list(target.trusted.memories(capsule))
    if gallery is not None:
        items = target.trusted.gallery(gallery).items
        memories = [each for each in items if each.startswith("m")]
    return [target.trusted.memory(each) for each in memories or ()]


def _saved(
    target: HostSession,
    found: list[MemoryInfo],
    to: str,
    are_named: bool,
    variant: str,
    overwrite: bool,
    progress: Any,
) -> tuple[SavedFile, ...]:
    from ic_factory.operations.memory_files import (
        asset_of,
        file_name_of,
        make_folder,
        save_file,
        save_folder,
    )

    options: dict[str, Any] = {"variant": variant, "overwrite": overwrite, "progress": progress}
    if are_named:
        for each in found:
            asset_of(each, variant)
    if not are_named or len(found) > 1:
        return save_folder(target.host, found, Path(to), **options)
    is_folder = Path(to).is_dir() or to.endswith(("/", os.sep))
    place = Path(to, file_name_of(found[0], variant)) if is_folder else Path(to)
    make_folder(place.parent)
    return (save_file(target.host, found[0], place, **options),)


def _show_added(result: AddResult, capsule_id: str, as_json: bool) -> None:
    if as_json:
        show_json(
            {
                "capsule_id": capsule_id,
                "files": [
                    {
                        "path": each.path,
                        "memory_id": each.memory_id,
                        "size": each.size,
                        "sha256": each.sha256.hex(),
                        "bytes_sent": each.bytes_sent,
                        "was_there": each.was_there,
                    }
                    for each in result.added
                ],
                "failed": [{"path": each.path, "why": each.why} for each in result.failed],
            }
        )
        return
    rows = [
        (
            each.path,
            bytes_text(each.size),
            "was there" if each.was_there else "added",
            each.memory_id,
        )
        for each in result.added
    ]
    rows += [(each.path, "-", each.why, "-") for each in result.failed]
    show_table(Table("memories", ("path", "size", "state", "id"), tuple(rows)))


def _show_saved(saved: Sequence[SavedFile], as_json: bool) -> None:
    if as_json:
        files = [
            {
                "memory_id": each.memory_id,
                "variant": each.variant,
                "path": str(each.path),
                "size": each.size,
                "sha256": each.sha256.hex(),
                "was_there": each.was_there,
            }
            for each in saved
        ]
        show_json({"files": files})
        return
    rows = (
        (str(each.path), bytes_text(each.size), "was there" if each.was_there else "written")
        for each in saved
    )
    show_table(Table("files", ("path", "size", "state"), tuple(rows)))


def _show_comparison(found: Comparison, as_json: bool) -> None:
    sides = {
        "different": found.different,
        "only_here": found.only_here,
        "only_there": found.only_there,
    }
    if as_json:
        lists = {name: list(paths) for name, paths in sides.items()}
        show_json({"equal": found.is_equal, "same": list(found.same), **lists})
        return
    for name, paths in sides.items():
        for path in paths:
            show_line(f"{name.replace('_', ' ')}: {path}")
    show_line(f"same: {len(found.same)}")
