"""A project to begin with: factory and backend, as this package brings them, in its own folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ic_factory.canisters import (
    backend_interface,
    backend_wasm,
    factory_interface,
    factory_wasm,
)
from ic_factory.networks.project import DFX_JSON, Project
from ic_factory.networks.project_files import load_project

FOLDER = "ic-factory-quickstart"


@dataclass(frozen=True, slots=True)
class _Canister:
    """A canister of the project: its name, its files' name, and what is in them."""

    name: str
    stem: str
    wasm: Callable[[], bytes]
    interface: Callable[[], str]

    @property
    def module(self) -> str:
        return f"canisters/{self.stem}.wasm.gz"

    @property
    def candid(self) -> str:
        return f"canisters/{self.stem}.did"

    @property
    def declaration(self) -> dict[str, str]:
        return {
            "type": "custom",
            "wasm": self.module,
            "candid": self.candid,
            "init_arg": "(null)",
        }


_CANISTERS = (
    _Canister("canister_factory", "factory", factory_wasm, factory_interface),
    _Canister("backend", "backend", backend_wasm, backend_interface),
)


def starter_project(root: Path) -> Project:
    """The project in a folder; what it lacks is written, what is there stays.

    A project that an earlier version began with fewer canisters gets those that it lacks.

    Raises:
        OSError: The folder can't be written to.
        ProjectError: What is there is no project.
    """
    for canister in _CANISTERS:
        (root / canister.module).parent.mkdir(parents=True, exist_ok=True)
        _write_new(root / canister.module, canister.wasm())
        _write_new(root / canister.candid, canister.interface().encode())
    _write_new(root / DFX_JSON, _as_json({"version": 1, "canisters": {}}))
    lacking = [each for each in _CANISTERS if each.name not in load_project(root).canisters]
    if lacking:
        _declare(root / DFX_JSON, lacking)
    return load_project(root)


def _declare(dfx_json: Path, canisters: list[_Canister]) -> None:
    """Adds canisters to what a dfx.json declares."""
    document = json.loads(dfx_json.read_bytes())
    document.setdefault("canisters", {}).update({it.name: it.declaration for it in canisters})
    dfx_json.write_bytes(_as_json(document))


def _as_json(document: object) -> bytes:
    return (json.dumps(document, indent=2) + "\n").encode()


def _write_new(path: Path, content: bytes) -> None:
    if not path.exists():
        path.write_bytes(content)
