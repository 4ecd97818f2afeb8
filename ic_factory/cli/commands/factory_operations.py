"""`ic-factory factory operations …`: creations, upgrades and deletions, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ic_factory.cli.documents import facts, plain, text_of, time_text
from ic_factory.cli.factory_session import asking_factory
from ic_factory.cli.groups import running
from ic_factory.cli.options import DEFAULT_NETWORK, FactoryId, Identity, Json, Network
from ic_factory.cli.render import Table, cycles_text, show_facts, show_json, show_table

if TYPE_CHECKING:
    from ic_factory.drivers.generated.factory import OperationInfo

commands = typer.Typer(
    help="Creations, upgrades and deletions; 'list' where nothing is said.",
    rich_markup_mode=None,
    invoke_without_command=True,
)
commands.callback()(running("list"))

FORMATS = {
    "created_at_ns": time_text,
    "updated_at_ns": time_text,
    "cycles_attached": cycles_text,
    "cycles_lost": cycles_text,
    "cycles_recovered": cycles_text,
}


@commands.command("list", epilog="Example:  ic-factory factory operations list")
def list_(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """List your operations, oldest first; for an admin all."""
    with asking_factory(context, "listing operations", network, identity, factory) as target:
        found = list(target.operations())
        if as_json:
            show_json({"operations": [_document(each) for each in found]})
        else:
            show_table(_table(found))


@commands.command(epilog="Example:  ic-factory factory operations show 1")
def show(
    context: typer.Context,
    operation_id: Annotated[int, typer.Argument(metavar="N", help="The operation's id.")],
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Show where an operation is."""
    what = f"looking at operation {operation_id}"
    with asking_factory(context, what, network, identity, factory) as target:
        found = target.operation(operation_id)
        if found is None:
            from ic_factory.operations.errors import OperationError

            raise OperationError(
                f"there is no operation {operation_id}, or it is another caller's; see"
                " 'ic-factory factory operations list'"
            )
        if as_json:
            show_json(_document(found))
        else:
            show_facts(facts(_document(found), FORMATS))


def _document(operation: OperationInfo) -> dict[str, Any]:
    document: dict[str, Any] = plain(operation)
    for name in ("created_at", "updated_at"):
        document[f"{name}_ns"] = document.pop(f"{name}_time_ns")
    # Its typed reason has fields of its own, which the message tells in words.
    document["error"] = None if operation.error is None else operation.error.message
    return document


def _table(found: list[OperationInfo]) -> Table:
    columns = ("id", "kind", "stage", "upload", "updated", "canister")
    rows = (
        (
            str(each.operation_id),
            each.kind.name.lower(),
            each.stage.name.lower().replace("_", " "),
            text_of(each.upload_id),
            time_text(each.updated_at_time_ns),
            text_of(plain(each.canister_id)),
        )
        for each in found
    )
    return Table("operations", columns, tuple(rows))
