"""Reads `dfx.json`, the file of a dfx project (dfx-json-schema.json of dfinity/sdk)."""

from __future__ import annotations

import json
from pathlib import Path

from ic_factory.networks.errors import ProjectFileError
from ic_factory.networks.manifest_values import Value, text_of, texts_of
from ic_factory.networks.project import (
    CanisterKind,
    InitArgument,
    Project,
    ProjectCanister,
    ProjectNetwork,
)

KINDS = ("custom", "rust", "motoko", "assets", "pull")
URL_PREFIXES = ("https://", "http://")
RUST_TARGET = "wasm32-unknown-unknown"


def read_dfx_json(path: Path) -> Project:
    """What a dfx.json declares.

    Raises:
        ProjectFileError: it can't be read, is no JSON, or has something wrong in it.
    """
    document = Value(path, "", _load(path))
    canisters, networks = document.member("canisters"), document.member("networks")
    return Project(
        root=path.parent,
        canisters={
            name: _canister(name, value)
            for name, value in (canisters.members() if canisters else ())
        },
        networks={
            name: _network(name, value) for name, value in (networks.members() if networks else ())
        },
        files=(path,),
    )


def _load(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ProjectFileError(f"{path}, {where}: no JSON: {error.msg}; correct it") from error
    except RecursionError as error:
        raise ProjectFileError(f"{path}: nested too deeply; no dfx.json is") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectFileError(f"{path} can't be read: {error}") from error


def _canister(name: str, value: Value) -> ProjectCanister:
    # dfx takes a canister without a type for one in Motoko.
    declared_kind = value.member("type")
    kind = CanisterKind.MOTOKO
    if declared_kind is not None:
        kind = CanisterKind(_known_kind(declared_kind))
    match kind:
        case CanisterKind.CUSTOM:
            canister = _custom(name, value)
        case CanisterKind.RUST:
            canister = _rust(name, value)
        case _:
            canister = _of_other_tools(name, kind, value)
    return canister


def _known_kind(value: Value) -> str:
    text = value.text()
    if text not in KINDS:
        raise value.wrong(
            f"the type {text!r} is not known here; known are {', '.join(KINDS)}, "
            "not those of dfx extensions"
        )
    return text


def _custom(name: str, value: Value) -> ProjectCanister:
    root = value.file.parent
    wasm, candid = value.required("wasm").text(), value.required("candid")
    build = texts_of(value.member("build"))
    is_url = wasm.startswith(URL_PREFIXES)
    if is_url and build:
        raise value.wrong("'build' can't stand beside a 'wasm' that is a URL; remove one")
    return ProjectCanister(
        name=name,
        kind=CanisterKind.CUSTOM,
        folder=root,
        wasm=None if is_url else root / wasm,
        wasm_url=wasm if is_url else None,
        candid=_candid(candid),
        build=build,
        init_argument=_init_argument(value),
        dependencies=texts_of(value.member("dependencies")),
        remote_ids=_remote_ids(value),
        specified_id=text_of(value.member("specified_id")),
    )


def _rust(name: str, value: Value) -> ProjectCanister:
    root = value.file.parent
    package = value.required("package").text()
    crate = text_of(value.member("crate")) or package
    module = f"{crate.replace('-', '_')}.wasm"
    return ProjectCanister(
        name=name,
        kind=CanisterKind.RUST,
        folder=root,
        wasm=root / "target" / RUST_TARGET / "release" / module,
        candid=_candid(value.required("candid")),
        build=(f"cargo build --target {RUST_TARGET} --release -p {package} --locked",),
        init_argument=_init_argument(value),
        dependencies=texts_of(value.member("dependencies")),
        remote_ids=_remote_ids(value),
        specified_id=text_of(value.member("specified_id")),
    )


def _of_other_tools(name: str, kind: CanisterKind, value: Value) -> ProjectCanister:
    remote_ids = _remote_ids(value)
    if kind is CanisterKind.PULL:
        remote_ids = {"ic": value.required("id").text(), **remote_ids}
    candid = value.member("candid")
    return ProjectCanister(
        name=name,
        kind=kind,
        folder=value.file.parent,
        candid=None if candid is None else _candid(candid),
        build=texts_of(value.member("build")),
        init_argument=_init_argument(value),
        dependencies=texts_of(value.member("dependencies")),
        remote_ids=remote_ids,
        specified_id=text_of(value.member("specified_id")),
        refusal=_REFUSALS[kind],
    )


_REFUSALS = {
    CanisterKind.MOTOKO: "it is in Motoko, which dfx compiles; build it with 'dfx build' and "
    "declare the module as type custom",
    CanisterKind.ASSETS: "it is an asset canister, which dfx fills; deploy it with 'dfx deploy'",
    CanisterKind.PULL: "it is pulled from the mainnet; deploy it with 'dfx deps'",
}


def _candid(value: Value) -> Path | None:
    """The file; None for a URL."""
    text = value.text()
    return None if text.startswith(URL_PREFIXES) else value.file.parent / text


def _init_argument(value: Value) -> InitArgument | None:
    text, file = value.member("init_arg"), value.member("init_arg_file")
    if text is not None and file is not None:
        raise value.wrong("'init_arg' can't stand beside 'init_arg_file'; remove one")
    if text is not None:
        return InitArgument(text=text.text())
    if file is not None:
        return InitArgument(file=value.file.parent / file.text())
    return None


def _remote_ids(value: Value) -> dict[str, str]:
    remote = value.member("remote")
    ids = remote and remote.member("id")
    return {network: id_.text() for network, id_ in ids.members()} if ids else {}


def _network(name: str, value: Value) -> ProjectNetwork:
    kind, providers = value.member("type"), value.member("providers")
    declared = kind and kind.one_of("ephemeral", "persistent")
    if providers is None:
        bind = text_of(value.member("bind"))
        return ProjectNetwork(name, value.file, bind=bind, is_persistent=declared == "persistent")
    urls = providers.texts()
    if not urls:
        raise providers.wrong("at least one URL is needed")
    return ProjectNetwork(name, value.file, url=urls[0], is_persistent=declared != "ephemeral")
