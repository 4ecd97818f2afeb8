"""The flows of several calls, begun so that a test can go through them message by message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ic_factory.protocol.principal import Principal
from tests import surgery
from tests.conformance.custom_sections import with_custom_sections
from tests.factory.world import Factory, install_request, upgrade_request


@dataclass(frozen=True)
class Flow:
    """A flow that has begun.

    Attributes:
        method: of the factory.
        request_id: of the call.
        canister_id: the canister it is about; None while there is none.
    """

    factory: Factory
    method: str
    request_id: bytes
    canister_id: Principal | None

    @property
    def target(self) -> Principal | None:
        """The canister it is about, or has made."""
        if self.canister_id is not None:
            return self.canister_id
        factory = self.factory.canister_id
        canisters = self.factory.replica._machine.subnet.canisters
        made = [each for each in canisters if each != factory]
        return made[0] if made else None


def create(factory: Factory, module: bytes, *, handoff: bool = False, arg: bytes = b"") -> Flow:
    upload_id = factory.upload(module)
    request = install_request(upload_id, handoff=handoff, init_arg=arg)
    method = "create_and_install_with"
    return Flow(factory, method, factory.submit(method, request), None)


def upgrade(
    factory: Factory,
    module: bytes,
    *,
    snapshot_first: bool = True,
    stopped: bool = False,
    arg: bytes = b"",
) -> Flow:
    canister_id = factory.create(factory.upload(module))
    upload_id = factory.upload(other(module))
    if stopped:
        factory.update("stop_canister", canister_id)
    request = upgrade_request(
        canister_id, upload_id=upload_id, arg=arg, snapshot_first=snapshot_first
    )
    method = "upgrade_canister_with"
    return Flow(factory, method, factory.submit(method, request), canister_id)


def reinstall(factory: Factory, module: bytes, *, arg: bytes = b"") -> Flow:
    canister_id = factory.create(factory.upload(module))
    upload_id = factory.upload(other(module))
    request = install_request(upload_id, mode="Reinstall", canister_id=canister_id, init_arg=arg)
    method = "create_and_install_with"
    return Flow(factory, method, factory.submit(method, request), canister_id)


def single(method: str) -> Callable[[Factory, bytes], Flow]:
    """The flow of a method that names one canister."""

    def begin(factory: Factory, module: bytes) -> Flow:
        canister_id = factory.create(factory.upload(module))
        if method == "start_canister":
            factory.update("stop_canister", canister_id)
        return Flow(factory, method, factory.submit(method, canister_id), canister_id)

    return begin


FLOWS: dict[str, Callable[[Factory, bytes], Flow]] = {
    "create": create,
    "create and hand off": lambda factory, module: create(factory, module, handoff=True),
    "upgrade": upgrade,
    "upgrade without snapshot": lambda factory, module: upgrade(
        factory, module, snapshot_first=False
    ),
    "upgrade of a stopped canister": lambda factory, module: upgrade(factory, module, stopped=True),
    "reinstall": reinstall,
    "delete": single("delete_canister"),
    "start": single("start_canister"),
    "stop": single("stop_canister"),
    "hand off": single("handoff_canister"),
}


def other(module: bytes) -> bytes:
    """A module that does the same and has another hash."""
    return with_custom_sections(module, {"icp:private version": b"2"})


def moments(flow: Flow) -> Iterator[str | None]:
    """Stops between any two messages of a flow; whatever the test does there is undone.

    Yields:
        The method of the management canister that comes next, or None.
    """
    replica = flow.factory.replica
    while replica.answer_of(flow.request_id) is None:
        moment = replica.snapshot()
        yield surgery.next_call(replica)
        replica.rewind(moment)
        replica.tick()


def run_to_end(factory: Factory) -> None:
    """Runs rounds, and lets the factory's timers come, until no operation is open."""
    for _ in range(8):
        surgery.rest(factory.replica)
        if factory.query("get_factory_stats")["open_operations"] == 0:
            return
        factory.replica.advance_time(61 * surgery.SECOND)
