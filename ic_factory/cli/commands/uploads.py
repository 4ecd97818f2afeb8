"""`ic-factory upload` and `ic-factory uploads …`: modules in the factory."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ic_factory.cli.context import context_of
from ic_factory.cli.documents import facts, time_text
from ic_factory.cli.factory_session import asking_factory
from ic_factory.cli.options import DEFAULT_NETWORK, FactoryId, Identity, Json, Network, Yes
from ic_factory.cli.progress import showing_bytes
from ic_factory.cli.render import Table, bytes_text, show_facts, show_json, show_line, show_table
from ic_factory.cli.session import ask, ask_before_spending, open_session

if TYPE_CHECKING:
    from ic_factory.drivers.generated.factory import UploadInfo
    from ic_factory.operations.upload import UploadResult

commands = typer.Typer(
    help="List, look at and delete uploads.", no_args_is_help=True, rich_markup_mode=None
)

FORMATS = {
    "bytes_received": bytes_text,
    "bytes_expected": bytes_text,
    "chunk_size": bytes_text,
    "created_at_ns": time_text,
    "expires_at_ns": time_text,
}

UploadId = Annotated[int, typer.Argument(metavar="UPLOAD", help="The upload's id.")]


def upload(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .wasm or .wasm.gz file.")],
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    parallel: Annotated[
        int,
        typer.Option("--parallel", min=1, max=32, help="Chunks on their way at the same time."),
    ] = 4,
    as_json: Json = False,
    yes: Yes = False,
) -> None:
    """Upload a WASM module to the factory, in chunks, committed by its SHA-256.

    What the factory has already is not sent again: a second run finds the first one's upload, and
    one that broke off is taken up where it was.
    """
    run = context_of(context)
    with run.reporting_failure_of(f"uploading {file}"):
        from ic_factory.operations.upload import upload as upload_module
        from ic_factory.operations.wasm_source import WasmSource

        source = WasmSource.from_file(file)
        with open_session(network, identity) as session:
            ask_before_spending(session, f"stores {bytes_text(source.size)}", yes)
            begun = time.monotonic()
            target = session.factory(factory)
            with showing_bytes(f"uploading {file.name}") as progress:
                result = upload_module(target, source, progress=progress, parallel=parallel)
            seconds = time.monotonic() - begun
        if as_json:
            show_json(_document(result, seconds, str(target.canister_id), session.name))
        else:
            show_facts(_facts(result, seconds))


@commands.command("list", epilog="Example:  ic-factory uploads list --json")
def list_(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    owner: Annotated[
        str | None,
        typer.Option("--owner", metavar="PRINCIPAL", help="Another owner's; for admins."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List your uploads, oldest first."""
    with asking_factory(context, "listing uploads", network, identity, factory) as target:
        from ic_factory.protocol.principal import Principal

        whose = None if owner is None else Principal.from_str(owner)
        found = list(target.uploads(whose))
        if as_json:
            show_json({"uploads": [_info_document(each) for each in found]})
        else:
            show_table(_table(found))


@commands.command(epilog="Example:  ic-factory uploads info 1")
def info(
    context: typer.Context,
    upload_id: UploadId,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Show what the factory knows of an upload."""
    what = f"looking at upload {upload_id}"
    with asking_factory(context, what, network, identity, factory) as target:
        found = target.upload_info(upload_id)
        if found is None:
            from ic_factory.operations.errors import OperationError

            raise OperationError(f"there is no upload {upload_id}, or it is another caller's")
        if as_json:
            show_json(_info_document(found))
        else:
            show_facts(facts(_info_document(found), FORMATS))


@commands.command(epilog="Example:  ic-factory uploads delete 1 --yes")
def delete(
    context: typer.Context,
    upload_id: UploadId,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete an upload. Canisters that were made from it stay."""
    what = f"deleting upload {upload_id}"
    with asking_factory(context, what, network, identity, factory) as target:
        ask(f"Delete upload {upload_id}?", yes)
        deleted = target.delete_upload(upload_id)
        if as_json:
            show_json({"upload_id": upload_id, "deleted": deleted})
        else:
            show_line(f"{'deleted' if deleted else 'there was no'} upload {upload_id}")


@commands.command(epilog="Example:  ic-factory uploads cleanup")
def cleanup(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Delete uploads that have expired, as the factory does by itself; for admins."""
    what = "deleting expired uploads"
    with asking_factory(context, what, network, identity, factory) as target:
        deleted = target.clean_up_uploads()
        if as_json:
            show_json({"deleted": deleted})
        else:
            show_line(f"deleted {deleted} expired uploads")


def _document(result: UploadResult, seconds: float, factory: str, network: str) -> dict[str, Any]:
    return {
        "upload_id": result.upload_id,
        "sha256": result.sha256.hex(),
        "size": result.size,
        "chunks": result.chunks,
        "chunks_sent": result.chunks_sent,
        "bytes_sent": result.bytes_sent,
        "resumed": result.was_resumed,
        "seconds": round(seconds, 3),
        "factory": factory,
        "network": network,
    }


def _facts(result: UploadResult, seconds: float) -> dict[str, str]:
    if result.was_there:
        sent = "nothing: the factory has these bytes"
    else:
        rate = bytes_text(int(result.bytes_sent / max(seconds, 1e-3)))
        again = ", the rest had arrived before" if result.was_resumed else ""
        sent = f"{bytes_text(result.bytes_sent)} in {seconds:.1f} s ({rate}/s){again}"
    return {
        "upload": str(result.upload_id),
        "sha256": result.sha256.hex(),
        "size": bytes_text(result.size),
        "sent": sent,
    }


def _info_document(info: UploadInfo) -> dict[str, Any]:
    return {
        "upload_id": info.upload_id,
        "name": info.name,
        "owner": str(info.owner),
        "sha256": None if info.committed_hash is None else info.committed_hash.hex(),
        "committed": info.committed_hash is not None,
        "bytes_received": info.total_len,
        "bytes_expected": info.expected_len,
        "chunk_size": info.chunk_size,
        "used_by": info.used_by,
        "created_at_ns": info.created_at_time_ns,
        "expires_at_ns": info.expires_at_time_ns,
    }


def _table(found: list[UploadInfo]) -> Table:
    columns = ("id", "name", "received", "state", "used by", "sha256")
    return Table("uploads", columns, tuple(_row(each) for each in found))


def _row(info: UploadInfo) -> tuple[str, ...]:
    return (
        str(info.upload_id),
        info.name or "",
        bytes_text(info.total_len),
        "open" if info.committed_hash is None else "committed",
        str(info.used_by),
        "" if info.committed_hash is None else info.committed_hash.hex(),
    )
