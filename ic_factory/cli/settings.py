"""Settings from `[tool.ic-factory]` in the nearest pyproject.toml, below flags and environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ic_factory.errors import IcFactoryError

FILE = "pyproject.toml"
NAMES = frozenset({"network", "identity", "factory", "backend", "port", "state-dir", "provider"})


class SettingsError(IcFactoryError):
    """The settings of a project can't be read."""


def read_settings(folder: Path) -> Mapping[str, str]:
    """The settings of the nearest pyproject.toml from a folder upwards; none without one.

    Raises:
        SettingsError: The file can't be read, or has a setting that there is not.
    """
    path = next(
        (each / FILE for each in (folder, *folder.parents) if (each / FILE).is_file()), None
    )
    if path is None:
        return {}
    import tomllib

    try:
        table = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("ic-factory", {})
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} can't be read: {error}") from error
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: tool.ic-factory is no table")
    unknown = sorted(table.keys() - NAMES)
    if unknown:
        raise SettingsError(
            f"{path}: [tool.ic-factory] has {unknown[0]!r}, which is none of"
            f" {', '.join(sorted(NAMES))}"
        )
    return {name: str(value) for name, value in table.items()}


def defaults_for(command: Any, settings: Mapping[str, str]) -> dict[str, Any]:
    """The settings as defaults of a command and of those below it, as click takes them."""
    below = getattr(command, "commands", None)
    if below is not None:
        return {name: defaults_for(each, settings) for name, each in below.items()}
    return {name.replace("-", "_"): value for name, value in settings.items()}
