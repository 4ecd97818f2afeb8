"""`ic-factory personal export|verify|release`: what is in a personal canister, and is it?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ic_factory.cli.backend_session import asking_backend, personal_of
from ic_factory.cli.context import context_of
from ic_factory.cli.exits import ExitCode
from ic_factory.cli.options import (
    DEFAULT_NETWORK,
    BackendId,
    CapsuleId,
    Identity,
    Json,
    Network,
    Yes,
)
from ic_factory.cli.personal_documents import show_document, show_verification
from ic_factory.cli.progress import showing_bytes
from ic_factory.cli.session import ask, open_session

if TYPE_CHECKING:
    from ic_factory.drivers.backend import Backend
    from ic_factory.drivers.generated.backend import SignedReceipt
    from ic_factory.operations.capsule_export import ExportResult
    from ic_factory.operations.personal_verification import Verification
    from ic_factory.protocol.principal import Principal


def export(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where to; it is made where it is not there.")
    ],
    hub: Annotated[
        bool, typer.Option("--hub", help="What the hub has, in place of your personal canister.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Other files in their places go.")
    ] = False,
    capsule: CapsuleId = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    as_json: Json = False,
) -> None:
    """Write your capsule to a folder: files under their names, and what is said of them as JSON.

    Each file has its SHA-256 checked before it has its name. The same again goes on where it broke
    off. With it go manifest.json, which tells what all of it hashes to, and receipt.json, by which
    'personal verify FOLDER' verifies it, offline and for ever.
    """
    what = "exporting a capsule"
    with asking_backend(context, what, network, identity, backend) as (session, target):
        from ic_factory.operations.capsule_export import export_capsule

        host = target if hub else personal_of(session, target)
        with showing_bytes("exporting") as progress:
            result = export_capsule(
                host,
                folder,
                capsule_id=capsule,
                receipt=None if hub else target.creation_receipt(),
                overwrite=overwrite,
                progress=progress,
            )
    _show_exported(result, as_json)


def verify(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FOLDER]", help="An export to verify, offline.", show_default=False
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Read and hash the bytes of each asset, too.")
    ] = False,
    receipt: Annotated[
        Path | None,
        typer.Option(
            "--receipt",
            metavar="FILE",
            help="The receipt. By default the hub's, or that in the FOLDER.",
            show_default=False,
        ),
    ] = None,
    root_key: Annotated[
        str | None,
        typer.Option(
            "--root-key",
            metavar="HEX",
            help="Of the network; no network is asked then, and FOLDER is verified offline.",
            show_default=False,
        ),
    ] = None,
    issuer: Annotated[
        str | None,
        typer.Option(
            "--issuer",
            metavar="CANISTER",
            help="The hub that must have issued the receipt; by default --backend, and offline "
            "whom the receipt names.",
            show_default=False,
        ),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    as_json: Json = False,
) -> None:
    """Verify your personal canister, or an export of it, against the hub's certified receipt.

    Online, the network certifies module and controllers, and the canister's data are hashed and
    compared with what was moved. With FOLDER, what is in it is. What you have changed since the
    hand-off is no fault, and is said. It ends with 1 where a check fails.
    """
    if folder is None:
        if root_key is not None or issuer is not None:
            raise typer.BadParameter("--root-key and --issuer are for a FOLDER")
        what = "verifying a personal canister"
        with asking_backend(context, what, network, identity, backend) as (_, hub):
            found = _verified_online(hub, receipt, full)
    else:
        with context_of(context).reporting_failure_of(f"verifying {folder}"):
            key = _root_key(root_key, network, identity)
            found = _verified_offline(folder, receipt, key, _principal(issuer))
    show_verification(found, as_json)
    if not found.is_sound:
        raise typer.Exit(ExitCode.FAILED)


def release(
    context: typer.Context,
    capsule: Annotated[str, typer.Argument(metavar="CAPSULE", help="The capsule's id.")],
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Let go the hub's copy of a capsule that has moved, once both sides were compared again.

    Nothing else deletes it. What is in your canister stays, and the hub tells where it is.
    """
    what = f"letting the hub's copy of {capsule} go"
    with asking_backend(context, what, network, identity, backend) as (_, hub):
        from ic_factory.operations.hub_copies import release_hub_copy

        ask(f"Delete the hub's copy of capsule {capsule}?", yes)
        root_hash = release_hub_copy(hub, capsule)
        show_document({"capsule_id": capsule, "released": True, "root_hash": root_hash}, as_json)


def _verified_online(hub: Backend, file: Path | None, full: bool) -> Verification:
    from ic_factory.agent import Agent
    from ic_factory.operations.export_folder import read_receipt
    from ic_factory.operations.personal_verification import verify_personal

    agent = hub.client.caller
    assert isinstance(agent, Agent), "the session's"
    signed = hub.creation_receipt() if file is None else read_receipt(file)
    with showing_bytes("verifying") as progress:
        return verify_personal(agent, signed, hub=hub.canister_id, full=full, progress=progress)


def _verified_offline(
    folder: Path, file: Path | None, root_key: bytes, issuer: Principal | None
) -> Verification:
    from ic_factory.operations.errors import ExportUnreadable
    from ic_factory.operations.export_folder import read_export, read_receipt
    from ic_factory.operations.personal_verification import verify_export

    found = read_export(folder)
    signed: SignedReceipt | None = found.receipt if file is None else read_receipt(file)
    if signed is None:
        raise ExportUnreadable(
            f"{folder} has no receipt.json: it was exported from a hub. Name one with --receipt"
        )
    with showing_bytes("verifying") as progress:
        return verify_export(folder, found, signed, root_key, hub=issuer, progress=progress)


def _root_key(text: str | None, network: str, identity: str | None) -> bytes:
    if text is not None:
        from ic_factory.networks.root_keys import root_key_from_hex

        return root_key_from_hex(text)
    with open_session(network, identity) as session:
        return session.agent.get_root_key()


def _principal(text: str | None) -> Principal | None:
    from ic_factory.protocol.principal import Principal

    return None if text is None else Principal.from_str(text)


def _show_exported(result: ExportResult, as_json: bool) -> None:
    manifest = result.export.manifest
    show_document(
        {
            "folder": str(result.folder),
            "capsule_id": manifest.capsule_id,
            "memories": manifest.memories,
            "galleries": manifest.galleries,
            "connections": manifest.connections,
            "files": len(result.saved),
            "files_written": sum(not each.was_there for each in result.saved),
            "total_bytes": manifest.total_bytes,
            "root_hash": manifest.root_hash_hex,
            "receipt": result.export.receipt is not None,
        },
        as_json,
    )
