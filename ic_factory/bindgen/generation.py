"""Typed Python modules from service descriptions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePath

from ic_factory.bindgen.modelling import model_of
from ic_factory.bindgen.names import cap_words
from ic_factory.bindgen.sharing import Source, common_names
from ic_factory.bindgen.writing import module_text
from ic_factory.protocol.candid import InterfaceDescription


def generate_module(
    interface: InterfaceDescription,
    *,
    source_name: str,
    service_class: str | None = None,
    regenerate: str | None = None,
    shared: Source | None = None,
) -> str:
    """Returns a Python module with the types of an interface and a client for its service.

    The same interface gives the same text. The module passes the linter, formatter and type
    checker as this project has them set.

    Args:
        interface: The interface.
        source_name: What the module says that it is generated from, such as `factory.did`.
        service_class: The name of the client; without it, `FactoryClient` for `factory.did`.
        regenerate: The command that the module names for generating it again; `ic-factory bindgen`
            without it.
        shared: Another generated module, which it takes those types from that are the same there.
    """
    stem = PurePath(source_name).stem
    client = service_class or f"{cap_words(stem)}Client"
    command = regenerate or f"ic-factory bindgen {source_name} -o FILE"
    model = model_of(interface, client)
    if shared is not None:
        names = common_names(model, model_of(shared.interface, client))
        model = replace(model, shared=names, shared_module=shared.module)
    return module_text(model, source_name, command)


def generate_module_from_file(
    path: Path,
    *,
    source_name: str | None = None,
    service_class: str | None = None,
    regenerate: str | None = None,
    shared: Source | None = None,
) -> str:
    """Returns the module of a `.did` file; its imports are looked up relative to it.

    Args:
        path: The file.
        source_name: What the module says that it is generated from; the file's name without it.
        service_class: As for `generate_module`.
        regenerate: As for `generate_module`.
        shared: As for `generate_module`.

    Raises:
        DidSyntaxError: The file, or one that it imports, does not parse or makes no sense.
        OSError: The file cannot be read.
        UnicodeDecodeError: The file is not UTF-8.
    """
    return generate_module(
        interface_from_file(path),
        source_name=source_name or path.name,
        service_class=service_class,
        regenerate=regenerate,
        shared=shared,
    )


def interface_from_file(path: Path) -> InterfaceDescription:
    """Returns the interface of a `.did` file; its imports are looked up relative to it.

    Raises:
        DidSyntaxError: The file, or one that it imports, does not parse or makes no sense.
        OSError: The file cannot be read.
        UnicodeDecodeError: The file is not UTF-8.
    """
    # Loads a parser, which users of generated modules never need.
    from ic_factory.protocol.candid.did import parse_did

    def imported(relative: str) -> str:
        return (path.parent / relative).read_text(encoding="utf-8")

    return parse_did(path.read_text(encoding="utf-8"), imported)
