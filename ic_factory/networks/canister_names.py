"""The canisters of a project by name, for `http://<name>.localhost` of its local replica."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from ic_factory.networks.errors import NetworkError
from ic_factory.networks.project import LOCAL

if TYPE_CHECKING:
    from ic_factory.networks.canister_ids import CanisterIds
    from ic_factory.protocol.principal import Principal

logger = logging.getLogger(__name__)


class CanisterNames:
    """Looks names up in what the tools noted last for the local network."""

    def __init__(self, folder: Path) -> None:
        """`folder` is a project's, or one below it; the project may come to be later."""
        self._folder = folder
        self._ids: CanisterIds | None = None

    def __call__(self, name: str) -> Principal | None:
        """The canister of a name in lower case; None where none is known, or files are damaged."""
        try:
            ids = self._ids = self._ids or self._find_ids()
            known = {} if ids is None else ids.all(LOCAL)
        except NetworkError as error:
            logger.warning("can't look up the canister %r: %s", name, error)
            return None
        return next((known[each] for each in known if each.lower() == name), None)

    def _find_ids(self) -> CanisterIds | None:
        # Both load parsers that a replica may never need.
        from ic_factory.networks.canister_ids import CanisterIds
        from ic_factory.networks.project_files import find_project

        project = find_project(self._folder)
        return None if project is None else CanisterIds(project)
