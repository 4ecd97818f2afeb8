"""A project to begin with: the factory, as this package brings it, in a folder of its own."""

from __future__ import annotations

import json
from pathlib import Path

from ic_factory.canisters import factory_interface, factory_wasm
from ic_factory.networks.project import Project
from ic_factory.networks.project_files import load_project

FOLDER = "ic-factory-quickstart"

_MODULE = "canisters/factory.wasm.gz"
_INTERFACE = "canisters/factory.did"
_DFX_JSON = {
    "version": 1,
    "canisters": {
        "canister_factory": {
            "type": "custom",
            "wasm": _MODULE,
            "candid": _INTERFACE,
            "init_arg": "(null)",
        }
    },
}


def starter_project(root: Path) -> Project:
    """The project in a folder; what it lacks is written, what is there stays.

    Raises:
        OSError: The folder can't be written to.
        ProjectError: What is there is no project.
    """
    (root / _MODULE).parent.mkdir(parents=True, exist_ok=True)
    _write_new(root / _MODULE, factory_wasm())
    _write_new(root / _INTERFACE, factory_interface().encode())
    _write_new(root / "dfx.json", (json.dumps(_DFX_JSON, indent=2) + "\n").encode())
    return load_project(root)


def _write_new(path: Path, content: bytes) -> None:
    if not path.exists():
        path.write_bytes(content)
