"""The logs of an embedded replica: its own, from a file, and its canisters', asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from ic_factory.networks.embedded import find_running
from ic_factory.networks.errors import ReplicaNotRunning
from ic_factory.networks.replica_client import ReplicaClient
from ic_factory.networks.state_directory import StateDirectory

NANOSECONDS_PER_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class CanisterLine:
    """One record of a canister's log."""

    canister_id: str
    index: int
    timestamp_nanoseconds: int
    content: str

    def __str__(self) -> str:
        seconds, rest = divmod(self.timestamp_nanoseconds, NANOSECONDS_PER_SECOND)
        moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f"{moment}.{rest // 1_000_000:03}Z [{self.canister_id}] #{self.index} {self.content}"


@dataclass(slots=True)
class ReplicaLogs:
    """Reads on from where it read last."""

    directory: StateDirectory
    _offset: int = 0
    _next_index: dict[str, int] = field(default_factory=dict)

    def new_lines(self) -> list[str]:
        """Whole lines of the replica's own log that were not read before."""
        try:
            with self.directory.log_file.open("rb") as file:
                if self._offset > file.seek(0, 2):
                    # The log was emptied by a start with `--clean`.
                    self._offset = 0
                file.seek(self._offset)
                whole, newline, _ = file.read().rpartition(b"\n")
        except FileNotFoundError:
            return []
        self._offset += len(whole) + len(newline)
        return whole.decode("utf-8", "replace").splitlines()

    def new_canister_lines(self, canister_id: str | None) -> list[CanisterLine]:
        """Records of one canister or of all that were not read before, oldest first.

        Raises:
            ReplicaNotRunning: no replica runs on the directory.
            Unreachable: one does, but it does not answer.
        """
        client = self._running()
        lines = []
        for record in client.canister_logs(canister_id):
            line = CanisterLine(**record)
            if line.index >= self._next_index.get(line.canister_id, 0):
                self._next_index[line.canister_id] = line.index + 1
                lines.append(line)
        return lines

    @property
    def is_running(self) -> bool:
        """Whether a replica runs on the directory.

        Raises:
            Unreachable: one does, but it does not answer.
        """
        try:
            self._running()
        except ReplicaNotRunning:
            return False
        return True

    def _running(self) -> ReplicaClient:
        running, _ = find_running(self.directory)
        return running.client
