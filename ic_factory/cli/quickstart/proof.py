"""What shows that the move was what it says: bytes, receipt, controllers, and the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ic_factory.cli.context import CommandContext
from ic_factory.cli.quickstart.capsule import FilledCapsule
from ic_factory.cli.session import Session
from ic_factory.errors import IcFactoryError

if TYPE_CHECKING:
    from ic_factory.drivers.backend import Backend
    from ic_factory.networks.canister_pages import CanisterPage
    from ic_factory.operations.personal_verification import Verification
    from ic_factory.protocol.principal import Principal


class QuickstartFailed(IcFactoryError):
    """Something is not what was put there."""


def read_back(
    run: CommandContext, session: Session, canister_id: Principal, capsule: FilledCapsule
) -> int:
    """Compares each file with what the personal canister has of it, and returns the bytes.

    Raises:
        QuickstartFailed: A file differs.
        CanisterRefused: The user may not see it.
        AgentError: The canister can't be reached.
    """
    from ic_factory.drivers.personal import Personal
    from ic_factory.operations.memory_files import asset_bytes
    from ic_factory.operations.sample_memories import FOLDER

    personal = Personal(session.agent, canister_id)
    total = 0
    for each in capsule.files:
        found = asset_bytes(personal, personal.certified.memory(each.memory_id))
        if found != (capsule.folder / FOLDER / each.path).read_bytes():
            raise QuickstartFailed(f"canister {canister_id} has other bytes of {each.path}")
        total += len(found)
    run.say(f"6. read back from it: {len(capsule.files)} files, equal byte for byte")
    return total


def verified(
    run: CommandContext, session: Session, hub: Backend, canister_id: Principal
) -> Verification:
    """Verifies the hub's receipt, and the canister and its data against it.

    Raises:
        QuickstartFailed: A check has failed.
        AgentError: A canister can't be reached.
    """
    from ic_factory.operations.personal_verification import Outcome, verify_personal

    found = verify_personal(session.agent, hub.creation_receipt(), hub=hub.canister_id, full=True)
    failed = [each for each in found.checks if each.outcome is Outcome.FAILED]
    if failed:
        raise QuickstartFailed("; ".join(f"{each.name}: {each.why}" for each in failed))
    passed = [each.name for each in found.checks if each.outcome is Outcome.OK]
    run.say(f"7. verified against the hub's receipt: {', '.join(passed)}")
    controllers = session.agent.read_controllers(canister_id) or ()
    run.say(f"   controllers: {', '.join(map(str, controllers))}, which is you")
    return found


def opened(
    run: CommandContext, session: Session, canister_id: Principal, capsule: FilledCapsule
) -> str:
    """Opens the canister's page and its public image as a browser does; the image's URL.

    Raises:
        QuickstartFailed: A page is not what it should be.
        Unreachable: The gateway does not answer.
    """
    from ic_factory.operations.sample_memories import FOLDER

    image = capsule.image
    page = _page(session, canister_id, "/")
    if image.memory_id.encode() not in page.body:
        raise QuickstartFailed(f"{page.url} does not show memory {image.memory_id}")
    shown = _page(session, canister_id, f"/asset/{image.memory_id}/original")
    if shown.body != (capsule.folder / FOLDER / image.path).read_bytes():
        raise QuickstartFailed(f"{shown.url} is not {image.path}")
    run.say(f"8. opened {page.url}, and the image there: {shown.content_type}, equal")
    return shown.url


def _page(session: Session, canister_id: Principal, path: str) -> CanisterPage:
    from ic_factory.networks.canister_pages import get_page

    page = get_page(session.network.url, canister_id, path)
    if page.status != 200:
        said = page.body[:200].decode("utf-8", "replace").strip()
        raise QuickstartFailed(f"{page.url} answered with HTTP {page.status}: {said}")
    return page
