"""The quickstart's user: a capsule with three files and a gallery, and its own canister."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ic_factory.cli.backend_session import personal_of
from ic_factory.cli.context import CommandContext
from ic_factory.cli.progress import showing_stages
from ic_factory.cli.render import bytes_text
from ic_factory.cli.session import Session

if TYPE_CHECKING:
    from ic_factory.drivers.backend import Backend
    from ic_factory.drivers.capsule_host import CapsuleHost
    from ic_factory.drivers.generated.backend import GalleryInfo
    from ic_factory.operations.memories import AddedFile
    from ic_factory.operations.personal_creation import PersonalCanister

GALLERY = "What we keep"


@dataclass(frozen=True, slots=True)
class FilledCapsule:
    """What the user has.

    Attributes:
        capsule_id: The capsule.
        folder: Where the files are.
        files: The files, each in a memory.
        image: The one of them that everybody may see.
        gallery_id: The gallery of all.
        gallery_was_there: Whether it was there before.
    """

    capsule_id: str
    folder: Path
    files: tuple[AddedFile, ...]
    image: AddedFile
    gallery_id: str
    gallery_was_there: bool


def filled(run: CommandContext, session: Session, hub: Backend) -> FilledCapsule:
    """The user's first capsule with the sample files in it, wherever it is by now.

    Raises:
        FileNotSaved: The files can't be written.
        CanisterRefused: The canister does not take them.
        AgentError: The canister can't be reached.
    """
    assert session.project is not None
    folder = session.project.root
    host, capsule_id = _where_it_is(session, hub)
    files = _added(host, capsule_id, folder)
    gallery, was_there = _gallery(host, [each.memory_id for each in files])
    known = "are there already" if all(each.was_there for each in files) else "added"
    shown = ", ".join(f"{each.path} ({bytes_text(each.size)})" for each in files)
    run.say(f"4. capsule {capsule_id}")
    run.say(f"   {shown} {known}")
    state = "is there already" if was_there else "stored"
    run.say(f"   gallery {gallery.title!r} {state}; it and the image are public")
    return FilledCapsule(capsule_id, folder, files, files[-1], gallery.gallery_id, was_there)


def moved(run: CommandContext, hub: Backend, capsule_id: str) -> PersonalCanister:
    """The capsule's own canister, watched until it is there.

    Raises:
        CreationFailed: It did not come to its end.
        BackendRefused: The hub does not begin it.
        AgentError: The hub can't be reached.
    """
    from ic_factory.operations.personal_creation import create_personal, stage_words

    if hub.my_personal_canister() is not None:
        made = create_personal(hub, capsule_id=capsule_id)
        run.say(f"5. personal canister: {made.canister_id} is there already")
        return made
    with showing_stages("   moving") as progress:
        made = create_personal(hub, capsule_id=capsule_id, name="quickstart", progress=progress)
    run.say(f"5. personal canister: {made.canister_id} made, and handed over to you")
    times = (f"{stage_words(each.stage)} {each.seconds * 1000:.0f} ms" for each in made.stages)
    run.say(f"   {', '.join(times)}")
    return made


def _where_it_is(session: Session, hub: Backend) -> tuple[CapsuleHost, str]:
    if hub.my_personal_canister() is None:
        return hub, hub.register_capsule().capsule_id
    personal = personal_of(session, hub)
    return personal, personal.capsule().capsule_id


def _added(host: CapsuleHost, capsule_id: str, folder: Path) -> tuple[AddedFile, ...]:
    """The files in memories: those for the user alone, and the image behind them."""
    from ic_factory.drivers.generated.backend import Visibility
    from ic_factory.operations.errors import FileNotSaved
    from ic_factory.operations.folder_files import files_at
    from ic_factory.operations.memories import Details, add_files
    from ic_factory.operations.sample_memories import FOLDER, sample_files

    try:
        files = sample_files(folder / FOLDER)
    except OSError as error:
        raise FileNotSaved(f"{folder / FOLDER} can't be written: {error.strerror}") from error

    def add(paths: Sequence[Path], visibility: Visibility) -> tuple[AddedFile, ...]:
        found = [each for path in paths for each in files_at(path)]
        details = Details(tags=("quickstart",), visibility=visibility)
        return add_files(host, capsule_id, found, details=details).added

    private = add((files.text, files.document), Visibility.PRIVATE)
    return (*private, *add((files.image,), Visibility.PUBLIC))


def _gallery(host: CapsuleHost, items: list[str]) -> tuple[GalleryInfo, bool]:
    from ic_factory.drivers.generated.backend import NewGallery, Visibility

    for each in host.galleries():
        if each.title == GALLERY:
            return each, True
    wanted = NewGallery(title=GALLERY, items=items, visibility=Visibility.PUBLIC)
    return host.store_gallery(wanted), False
