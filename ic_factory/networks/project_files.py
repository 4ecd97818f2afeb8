"""From a project's folder to what its files declare."""

from __future__ import annotations

from pathlib import Path

from ic_factory.networks.errors import ProjectError
from ic_factory.networks.project import DFX_JSON, ICP_YAML, Project


def find_project(folder: Path) -> Project | None:
    """The project of a folder, or of the nearest one above it; None where there is none.

    Raises:
        ProjectFileError: a file of the project is not what it must be.
    """
    start = folder.absolute()
    for place in (start, *start.parents):
        if (place / DFX_JSON).is_file() or (place / ICP_YAML).is_file():
            return load_project(place)
    return None


def load_project(root: Path) -> Project:
    """The project whose files are in this folder.

    Where both tools' files are there, what dfx.json declares stands before what icp.yaml declares
    under the same name.

    Raises:
        ProjectError: there is neither file.
        ProjectFileError: a file is not what it must be.
    """
    readings = []
    if (root / DFX_JSON).is_file():
        from ic_factory.networks.dfx_json import read_dfx_json

        readings.append(read_dfx_json(root / DFX_JSON))
    if (root / ICP_YAML).is_file():
        from ic_factory.networks.icp_yaml import read_icp_yaml

        readings.append(read_icp_yaml(root / ICP_YAML))
    if not readings:
        raise ProjectError(f"{root} is no project: it has neither {DFX_JSON} nor {ICP_YAML}")
    return readings[0] if len(readings) == 1 else _merged(*readings)


def _merged(first: Project, second: Project) -> Project:
    return Project(
        root=first.root,
        canisters={**second.canisters, **first.canisters},
        networks={**second.networks, **first.networks},
        environments={**second.environments, **first.environments},
        files=first.files + second.files,
    )
