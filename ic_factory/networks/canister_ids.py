"""Canister ids by name and network, in the files that dfx and icp-cli keep them in.

dfx (`canister_id_store.rs` of dfinity/sdk), `{"name": {"network": "id"}}`:

    canister_ids.json                   persistent networks, such as `ic`
    .dfx/<network>/canister_ids.json    ephemeral ones, such as `local`

icp-cli (`store_id.rs` of dfinity/icp-cli), `{"name": "id"}`:

    .icp/data/mappings/<environment>.ids.json     networks elsewhere
    .icp/cache/mappings/<environment>.ids.json    those that icp-cli runs itself

Ids are written to dfx's files where the project has a dfx.json, else to icp-cli's; both are read.
`CANISTER_ID_<NAME>` in the environment is not: dfx sets it for builds and does not read it, and
`.env` files hold those of some network or other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ic_factory.networks.dfx_network_id import adopt_network_id
from ic_factory.networks.errors import CanisterIdMissing, ProjectFileError
from ic_factory.networks.json_document import Document, changing, read_document
from ic_factory.networks.project import LOCAL, MAINNET, Project

if TYPE_CHECKING:
    from ic_factory.protocol.principal import Principal

DEFAULT_NETWORK = "__default"
"""dfx takes the id of this name on networks that are not named."""


@dataclass(frozen=True, slots=True)
class CanisterIds:
    """The canister ids of one project, read and written anew each time.

    Whether an id still leads to a canister is for the caller to find out; see `forget`.
    """

    project: Project

    def find(self, canister: str, network: str) -> Principal | None:
        """A canister's id on a network; None where none is noted.

        As for dfx, an id under `remote` in dfx.json comes first.

        Raises:
            ProjectFileError: a file can't be read, or what it holds is no id.
        """
        found = self._texts(network).get(canister)
        return None if found is None else _principal(canister, *found)

    def get(self, canister: str, network: str) -> Principal:
        """A canister's id on a network.

        Raises:
            CanisterIdMissing: none is noted.
            ProjectFileError: a file can't be read, or what it holds is no id.
        """
        found = self.find(canister, network)
        if found is None:
            raise CanisterIdMissing(
                f"canister {canister!r} has no id on network {network!r} in {self.project.root}; "
                "deploy it there first"
            )
        return found

    def all(self, network: str) -> dict[str, Principal]:
        """The ids of all canisters that have one on a network, by name.

        Raises:
            ProjectFileError: a file can't be read, or what it holds is no id.
        """
        return {
            name: _principal(name, text, file)
            for name, (text, file) in self._texts(network).items()
            # dfx's own, such as `__Candid_UI`.
            if not name.startswith("__")
        }

    def is_remote(self, canister: str, network: str) -> bool:
        """Whether others deploy the canister on that network, by the project's dfx.json."""
        declared = self.project.canisters.get(canister)
        return declared is not None and network in declared.remote_ids

    def record(self, canister: str, network: str, canister_id: Principal) -> None:
        """Notes a canister's id, in place of one that was there; nothing else changes.

        Raises:
            CanisterIdsBusy: another process keeps the file to itself for 10 seconds.
            ProjectFileError: the file can't be read or written.
        """
        if not self._is_dfx():
            with changing(self._icp_file(network), self._lock_file()) as document:
                document[canister] = str(canister_id)
            return
        with changing(self._dfx_file(network), self._lock_file()) as document:
            self._adopt(network, bool(document))
            ids = document.setdefault(canister, {})
            if not isinstance(ids, dict):
                raise _no_ids(canister, self._dfx_file(network))
            ids[network_key(network)] = str(canister_id)

    def forget(self, network: str, canister: str | None = None) -> None:
        """Removes the ids of a network, or of one canister there, from the files.

        For a local replica that has started anew, or canisters that are no more.

        Raises:
            CanisterIdsBusy: another process keeps the file to itself for 10 seconds.
            ProjectFileError: the file can't be read or written.
        """
        icp_file, dfx_file = self._icp_file(network), self._dfx_file(network)
        if icp_file.exists():
            with changing(icp_file, self._lock_file()) as document:
                for name in _named(document, canister):
                    del document[name]
        if not dfx_file.exists():
            return
        with changing(dfx_file, self._lock_file()) as document:
            for name in _named(document, canister):
                ids = document[name]
                if isinstance(ids, dict) and ids.pop(network_key(network), None) and not ids:
                    del document[name]
            self._adopt(network, bool(document))

    def _texts(self, network: str) -> dict[str, tuple[object, Path]]:
        """What stands for an id, and the file that says so; what comes first there replaces."""
        of_icp = _of_icp(self._icp_file(network))
        return of_icp | _of_dfx(self._dfx_file(network), network) | self._remote(network)

    def _remote(self, network: str) -> dict[str, tuple[object, Path]]:
        found: dict[str, tuple[object, Path]] = {}
        for canister in self.project.canisters.values():
            ids = canister.remote_ids
            text = ids.get(network) or ids.get(DEFAULT_NETWORK)
            if text is not None:
                found[canister.name] = (text, self.project.root / "dfx.json")
        return found

    def _is_dfx(self) -> bool:
        return self.project.has_dfx_json or not self.project.has_icp_yaml

    def _dfx_file(self, network: str) -> Path:
        root = self.project.root
        if self._is_persistent(network):
            return root / "canister_ids.json"
        return root / ".dfx" / network_key(network) / "canister_ids.json"

    def _is_persistent(self, network: str) -> bool:
        if network == MAINNET:
            return True
        declared = self.project.networks.get(self._network_of(network))
        if declared is None:
            return self._network_of(network) == MAINNET
        return declared.is_persistent

    def _network_of(self, name: str) -> str:
        """The network of an environment; the name itself where it is none."""
        environment = self.project.environments.get(name)
        if environment is None or name in self.project.networks:
            return name
        return environment.network

    def _icp_file(self, network: str) -> Path:
        place = "data" if self._is_persistent(network) else "cache"
        name = f"{network_key(self._environment(network))}.ids.json"
        return self.project.root / ".icp" / place / "mappings" / name

    def _environment(self, network: str) -> str:
        """icp-cli's word for where the network's canisters are: an environment, not a network."""
        environments = self.project.environments
        if network in environments or network in (LOCAL, MAINNET):
            return network
        on_it = [each.name for each in environments.values() if each.network == network]
        return on_it[0] if len(on_it) == 1 else network

    def _lock_file(self) -> Path:
        # Not beside dfx's own files, which it removes with their folder.
        return self.project.root / (".dfx" if self._is_dfx() else ".icp") / "canister_ids.lock"

    def _adopt(self, network: str, is_in_use: bool) -> None:
        if network == LOCAL and LOCAL not in self.project.networks and not is_in_use:
            adopt_network_id(self._dfx_file(network).parent)


def network_key(network: str) -> str:
    """How dfx names a network in its files; one that is a URL by its letters and digits."""
    if "://" not in network:
        return network
    return re.sub(r"[^A-Za-z0-9]", "_", network)


def _of_dfx(file: Path, network: str) -> dict[str, tuple[object, Path]]:
    found: dict[str, tuple[object, Path]] = {}
    for name, ids in read_document(file).items():
        if not isinstance(ids, dict):
            raise _no_ids(name, file)
        text = ids.get(network_key(network), ids.get(DEFAULT_NETWORK))
        if text is not None:
            found[name] = (text, file)
    return found


def _of_icp(file: Path) -> dict[str, tuple[object, Path]]:
    return {name: (text, file) for name, text in read_document(file).items()}


def _principal(name: str, text: object, file: Path) -> Principal:
    from ic_factory.errors import PrincipalError
    from ic_factory.protocol.principal import Principal

    if not isinstance(text, str):
        raise ProjectFileError(f"{file}, {name}: {text!r} is no canister id; remove or correct it")
    try:
        return Principal.from_str(text)
    except PrincipalError as error:
        raise ProjectFileError(f"{file}, {name}: {error}; remove or correct it") from error


def _named(document: Document, canister: str | None) -> list[str]:
    return [name for name in document if canister is None or name == canister]


def _no_ids(name: str, file: Path) -> ProjectFileError:
    return ProjectFileError(f"{file}, {name}: a mapping from networks to canister ids is expected")
