"""`ic-factory identity …`: who calls."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ic_factory.cli.context import context_of
from ic_factory.cli.documents import facts
from ic_factory.cli.options import Json, Yes
from ic_factory.cli.render import Table, show_facts, show_json, show_line, show_table
from ic_factory.cli.session import ask, ask_for_password

if TYPE_CHECKING:
    from ic_factory.agent.identity import IdentityEntry, Password

PASSWORD_VARIABLE = "IC_FACTORY_IDENTITY_PASSWORD"  # noqa: S105 # its name, not its value

commands = typer.Typer(
    help="List, make and keep identities: who calls.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class KeyType(StrEnum):
    """On which curve a key is."""

    ED25519 = "ed25519"
    SECP256K1 = "secp256k1"
    P256 = "p256"


Name = Annotated[str, typer.Argument(metavar="NAME", help="What the identity is called.")]
Encrypted = Annotated[
    bool,
    typer.Option(
        "--password",
        help=f"Encrypt the key: asks for a password, or takes it from {PASSWORD_VARIABLE}.",
    ),
]


@commands.command("list", epilog="Example:  ic-factory identity list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List the identities of ic-factory, dfx and icp-cli; * marks who calls by default.

    Who calls is what --identity names, else IC_FACTORY_IDENTITY, else 'identity' in
    [tool.ic-factory] of pyproject.toml, else the default: what 'ic-factory identity default' has
    chosen, else the one that is called default, else dfx's own default, else icp-cli's. Where
    there is none at all, the first command that calls makes one.
    """
    with context_of(context).reporting_failure_of("listing identities"):
        from ic_factory.agent.identity import list_identities
        from ic_factory.agent.identity.default_choice import default_identity

        chosen = default_identity()
        found = [(each, each == chosen) for each in list_identities()]
        if as_json:
            show_json({"identities": [_document(each, default) for each, default in found]})
        else:
            show_table(_table(found))


@commands.command(epilog="Example:  ic-factory identity new alice")
def new(
    context: typer.Context,
    name: Name,
    type_: Annotated[
        KeyType, typer.Option("--type", help="On which curve its key is.")
    ] = KeyType.ED25519,
    password: Encrypted = False,
    as_json: Json = False,
) -> None:
    """Make an identity with a new key.

    The key is kept in a file for you alone, and in the clear where no --password is asked for.
    """
    with context_of(context).reporting_failure_of(f"making identity {name}"):
        from ic_factory.agent.identity import create_identity

        made = create_identity(name, type_.value, _new_password() if password else None)
        _show_made(name, str(made.sender()), as_json)


@commands.command(epilog="Example:  ic-factory identity show alice --public-key")
def show(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="Which one; the default one where none is named."),
    ] = None,
    public_key: Annotated[
        bool, typer.Option("--public-key", help="Its public key too: DER, in hexadecimal.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show who an identity is, and where its key is; never the key."""
    with context_of(context).reporting_failure_of("looking at an identity"):
        entry = _entry(name)
        document = _document(entry, _is_default(entry)) | {"public_key": None}
        if public_key or document["principal"] is None:
            from ic_factory.agent.identity import find_identity

            opened = find_identity(entry.full_name, _asked_password)
            document["principal"] = str(opened.sender())
            if public_key:
                document["public_key"] = opened.der_pubkey.hex()
        if as_json:
            show_json(document)
        else:
            show_facts(facts(document, {}))


@commands.command(epilog="Example:  ic-factory identity default alice")
def default(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Choose who calls where nobody is named."""
    with context_of(context).reporting_failure_of(f"choosing identity {name}"):
        from ic_factory.agent.identity.default_choice import choose_default

        choose_default(name)
        if as_json:
            show_json({"default": name})
        else:
            show_line(f"{name} calls where nobody is named")


@commands.command("import", epilog="Example:  ic-factory identity import bob bob.pem")
def import_(
    context: typer.Context,
    name: Name,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A secret key in PEM, as dfx and OpenSSL write.")
    ],
    password: Encrypted = False,
    as_json: Json = False,
) -> None:
    """Keep a key that there is, under a name."""
    with context_of(context).reporting_failure_of(f"importing {file}"):
        from ic_factory.agent.identity import import_pem

        kept = import_pem(
            name,
            _read_pem(file),
            _new_password() if password else None,
            pem_password=_asked_password,
        )
        _show_made(name, str(kept.sender()), as_json)


@commands.command(epilog="Example:  ic-factory identity export alice --yes")
def export(context: typer.Context, name: Name, yes: Yes = False) -> None:
    """Write an identity's secret key to stdout, in PEM and in the clear."""
    with context_of(context).reporting_failure_of(f"exporting identity {name}"):
        from ic_factory.agent.identity import Identity, UnsupportedStorage, find_identity

        ask(f"Show the secret key of {name}? Who has it is {name}.", yes)
        opened = find_identity(name, _asked_password)
        if not isinstance(opened, Identity):
            raise UnsupportedStorage(
                f"{name} is a session key with a delegation, which its own tool renews"
            )
        show_line(opened.to_pem().decode().rstrip())


@commands.command(epilog="Example:  ic-factory identity remove alice --yes")
def remove(context: typer.Context, name: Name, yes: Yes = False, as_json: Json = False) -> None:
    """Remove an identity; its key is lost, and so is what it alone controls."""
    with context_of(context).reporting_failure_of(f"removing identity {name}"):
        from ic_factory.agent.identity import remove_identity

        entry = _entry(name if ":" in name else f"own:{name}")
        ask(f"Remove {entry.full_name}, principal {entry.principal or 'not known'}, for good?", yes)
        remove_identity(entry.full_name)
        if as_json:
            show_json({"name": entry.name, "removed": True})
        else:
            show_line(f"removed {entry.full_name}")


def _entry(name: str | None) -> IdentityEntry:
    """An identity by its name, as it is looked for, or the default one."""
    from ic_factory.agent.identity import IdentityNotFound, list_identities
    from ic_factory.agent.identity.default_choice import default_identity

    if name is None:
        chosen = default_identity()
        if chosen is None:
            raise IdentityNotFound("there is no identity yet; 'ic-factory identity new' makes one")
        return chosen
    for entry in list_identities():
        if name in (entry.full_name, entry.name):
            return entry
    raise IdentityNotFound(f"no identity is called {name!r}")


def _is_default(entry: IdentityEntry) -> bool:
    from ic_factory.agent.identity.default_choice import default_identity

    return entry == default_identity()


def _new_password() -> Password:
    """Asks twice on the terminal; a script gives it by the environment."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return lambda _: given
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"nobody is there to ask for a password; set {PASSWORD_VARIABLE}")
    return lambda what: str(
        typer.prompt(f"New password of {what}", hide_input=True, confirmation_prompt=True, err=True)
    )


def _asked_password(what: str) -> str:
    given = os.environ.get(PASSWORD_VARIABLE)
    return ask_for_password(what) if given is None else given


def _read_pem(file: Path) -> bytes:
    from ic_factory.agent.identity import StoreUnusable

    try:
        return file.read_bytes()
    except OSError as error:
        raise StoreUnusable(f"{file} can't be read: {error.strerror or error}") from error


def _document(entry: IdentityEntry, is_default: bool) -> dict[str, Any]:
    return {
        "name": entry.name,
        "store": entry.store,
        "kind": entry.kind,
        "principal": None if entry.principal is None else str(entry.principal),
        "path": None if entry.path is None else str(entry.path),
        "default": is_default,
    }


def _table(found: list[tuple[IdentityEntry, bool]]) -> Table:
    rows = (
        (
            "*" if is_default else "",
            entry.name,
            entry.store,
            entry.kind,
            "-" if entry.principal is None else str(entry.principal),
        )
        for entry, is_default in found
    )
    return Table("identities", ("", "name", "store", "kind", "principal"), tuple(rows))


def _show_made(name: str, principal: str, as_json: bool) -> None:
    if as_json:
        show_json({"name": name, "principal": principal})
    else:
        show_line(f"{name}\t{principal}")
