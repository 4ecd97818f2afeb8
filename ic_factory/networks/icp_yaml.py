"""Reads `icp.yaml`, the file of an icp-cli project (configuration.md of dfinity/icp-cli)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ic_factory.networks.errors import ProjectFileError, RootKeyError
from ic_factory.networks.manifest_values import Value, text_of
from ic_factory.networks.project import (
    LOCAL,
    MAINNET,
    ArgumentFormat,
    CanisterKind,
    InitArgument,
    Project,
    ProjectCanister,
    ProjectEnvironment,
    ProjectNetwork,
    RootKeySource,
)
from ic_factory.networks.root_keys import root_key_from_hex

CANISTER_YAML = "canister.yaml"
DEFAULT_BIND, DEFAULT_PORT = "127.0.0.1", 8000


def read_icp_yaml(path: Path) -> Project:
    """What an icp.yaml declares, and the files that it refers to.

    Raises:
        ProjectFileError: a file can't be read, is no YAML, or has something wrong in it.
    """
    document = Value(path, "", _load(path) or {})
    canisters = [_canister(value) for value in _canister_values(document)]
    networks = [_network(value) for value in _item_values(document, "networks")]
    environments = [_environment(value) for value in _item_values(document, "environments")]
    return Project(
        root=path.parent,
        canisters={canister.name: canister for canister in canisters},
        networks={network.name: network for network in networks},
        environments={environment.name: environment for environment in environments},
        files=(path,),
    )


def _load(path: Path) -> Any:
    # Costs more to load than the rest of a command that needs no project.
    import yaml

    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ProjectFileError(f"{path}{where}: no YAML: {error.problem}; correct it") from error
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise ProjectFileError(f"{path} can't be read: {error}") from error


def _item_values(document: Value, section: str) -> Iterator[Value]:
    """The items of a section: mappings, or paths of files with one each."""
    items = document.member(section)
    for item in items.items() if items else ():
        if isinstance(item.content, str):
            file = item.file.parent / item.text()
            if not file.is_file():
                raise item.wrong(f"{file} is not there")
            yield Value(file, "", _load(file))
        else:
            yield item


def _canister_values(document: Value) -> Iterator[Value]:
    """The canisters: mappings, or folders (also by a pattern) with a canister.yaml."""
    items = document.member("canisters")
    for item in items.items() if items else ():
        if isinstance(item.content, str):
            for folder in _canister_folders(item):
                file = folder / CANISTER_YAML
                yield Value(file, "", _load(file))
        else:
            yield item


def _canister_folders(item: Value) -> list[Path]:
    root, pattern = item.file.parent, item.text()
    if any(sign in pattern for sign in "*?[{"):
        try:
            found = sorted(root.glob(pattern))
        except (ValueError, NotImplementedError) as error:
            raise item.wrong(f"{pattern!r} is no pattern of folders: {error}") from error
        return [folder for folder in found if (folder / CANISTER_YAML).is_file()]
    if not (root / pattern / CANISTER_YAML).is_file():
        raise item.wrong(f"{root / pattern / CANISTER_YAML} is not there")
    return [root / pattern]


def _canister(value: Value) -> ProjectCanister:
    name = value.required("name").text()
    recipe, build = value.member("recipe"), value.member("build")
    if (recipe is None) == (build is None):
        raise value.wrong(f"canister {name!r} needs either 'build' or 'recipe'")
    arguments = value.member("init_args")
    argument = None if arguments is None else _init_argument(arguments)
    if recipe is not None:
        source = recipe.required("type").text()
        return ProjectCanister(
            name=name,
            kind=CanisterKind.RECIPE,
            folder=value.file.parent,
            init_argument=argument,
            refusal=f"it is built by the recipe {source}; deploy it with 'icp deploy'",
        )
    assert build is not None
    return _built(name, value, build, argument)


def _built(name: str, value: Value, build: Value, argument: InitArgument | None) -> ProjectCanister:
    wasm = url = sha256 = None
    commands: list[str] = []
    sync, refusal = _sync(value)
    for step in build.required("steps").items():
        if step.required("type").one_of("script", "pre-built") == "script":
            commands += _commands(step)
            if wasm or url:
                refusal = "a script follows its pre-built step; deploy it with 'icp deploy'"
            continue
        path, url = text_of(step.member("path")), text_of(step.member("url"))
        if (path is None) == (url is None):
            raise step.wrong("a pre-built step needs either 'path' or 'url'")
        wasm = None if path is None else value.file.parent / path
        sha256 = text_of(step.member("sha256"))
    if wasm is None and url is None and not commands:
        raise build.wrong("at least one step is needed")
    return ProjectCanister(
        name=name,
        kind=CanisterKind.CUSTOM,
        folder=value.file.parent,
        wasm=wasm,
        wasm_url=url,
        wasm_sha256=sha256,
        build=tuple(commands),
        sync=sync,
        init_argument=argument,
        refusal=refusal,
    )


def _commands(step: Value) -> tuple[str, ...]:
    command, commands = step.member("command"), step.member("commands")
    if (command is None) == (commands is None):
        raise step.wrong("a script step needs either 'command' or 'commands'")
    if command is not None:
        return (command.text(),)
    assert commands is not None
    return tuple(item.text() for item in commands.items())


def _sync(value: Value) -> tuple[tuple[str, ...], str | None]:
    """The commands to run after the installation; and why it can't be deployed, where it can't."""
    sync = value.member("sync")
    steps = sync and sync.member("steps")
    commands: list[str] = []
    for step in steps.items() if steps else ():
        kind = step.required("type").text()
        if kind != "script":
            return (), f"it is filled by a step of type {kind}; deploy it with 'icp deploy'"
        commands += _commands(step)
    return tuple(commands), None


def _init_argument(value: Value) -> InitArgument:
    if isinstance(value.content, str):
        return InitArgument(text=value.text())
    text, path, written = value.member("value"), value.member("path"), value.member("format")
    if (text is None) == (path is None):
        raise value.wrong("a text, or either 'value' or 'path', is expected here")
    form = ArgumentFormat(written.one_of(*ArgumentFormat) if written else "candid")
    if text is not None:
        if form is ArgumentFormat.BINARY:
            raise value.wrong("format 'bin' needs a 'path'")
        return InitArgument(form, text=text.text())
    assert path is not None
    return InitArgument(form, file=value.file.parent / path.text())


def _network(value: Value) -> ProjectNetwork:
    name = value.required("name").text()
    if name == MAINNET:
        raise value.wrong("'ic' is the mainnet and can't be declared anew; choose another name")
    if value.required("mode").one_of("managed", "connected") == "managed":
        return ProjectNetwork(name, value.file, bind=_gateway(value))
    url = value.member("url") or value.member("api-url")
    if url is None:
        raise value.wrong(f"network {name!r} needs a 'url'")
    source, key = _root_key(value.required("root-key"))
    return ProjectNetwork(
        name,
        value.file,
        url=url.text(),
        is_persistent=True,
        root_key_source=source,
        root_key=key,
    )


def _gateway(value: Value) -> str | None:
    """`host:port`; None where the tool chooses the port, or runs it in a container."""
    if value.member("image") is not None:
        return None
    gateway = value.member("gateway")
    host = (gateway and text_of(gateway.member("bind"))) or DEFAULT_BIND
    port = gateway and gateway.member("port")
    number = DEFAULT_PORT if port is None else port.number()
    return f"{host}:{number}" if number else None


def _root_key(value: Value) -> tuple[RootKeySource, bytes | None]:
    text = value.text()
    if text in ("mainnet", "fetch"):
        return RootKeySource(text), None
    try:
        return RootKeySource.GIVEN, root_key_from_hex(text)
    except RootKeyError as error:
        raise value.wrong(f"{error}; 'mainnet' and 'fetch' are possible too") from error


def _environment(value: Value) -> ProjectEnvironment:
    canisters, arguments = value.member("canisters"), value.member("init_args")
    return ProjectEnvironment(
        name=value.required("name").text(),
        network=text_of(value.member("network")) or LOCAL,
        canisters=None if canisters is None else canisters.texts(),
        init_arguments={
            name: _init_argument(argument)
            for name, argument in (arguments.members() if arguments else ())
        },
    )
