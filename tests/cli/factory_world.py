"""A folder, a network and a factory for the command line, as a user has them."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ic_factory.agent import Agent, Client, Identity
from ic_factory.canisters import (
    backend_interface,
    backend_wasm,
    factory_interface,
    factory_wasm,
    personal_wasm,
)
from ic_factory.drivers.backend import Backend
from ic_factory.drivers.factory import Factory
from ic_factory.drivers.generated.backend import (
    NewGallery,
    PersonalCanisterCreationConfigUpdate,
)
from ic_factory.drivers.generated.factory import CreateInstallRequest, Mode
from ic_factory.drivers.management import Management
from ic_factory.operations.creation import create
from ic_factory.operations.errors import CreationFailed
from ic_factory.operations.install import INSTALL, install
from ic_factory.operations.memories import add_bytes
from ic_factory.operations.personal_creation import create_personal
from ic_factory.operations.personal_setup import set_up_personal
from ic_factory.operations.upload import upload
from ic_factory.operations.wasm_source import WasmSource
from ic_factory.protocol.candid import encode
from ic_factory.protocol.principal import Principal
from tests.canisters.universal import cdk_wasm
from tests.cli.warm_process import run_warm
from tests.operations.real_files import png

COMMAND = [sys.executable, "-m", "ic_factory"]
CDK = Path(__file__).parents[1] / "canisters" / "cdk.wasm.gz"
ECHO = CDK.with_name("echo.wasm.gz")
TRILLION = 10**12
NOTHING = encode([], [])

SEA = "sea.png"

ALICE = Identity("11" * 32)
"""She has deployed the factory, and controls all canisters."""

BOB = Identity("22" * 32)

CAROL = Identity("33" * 32)
"""The move of her capsule to a canister of her own has failed."""


@dataclass(frozen=True)
class DeployedHub:
    """A backend on a network, which makes personal canisters; the move of Carol's has failed.

    Attributes:
        backend: The backend.
        capsule: Alice's only capsule.
        memory: Its only memory, of `SEA` in the folder `holidays`.
        gallery: Its only gallery, which holds that.
        root_key: Of the network, in hexadecimal.
    """

    backend: Principal
    capsule: str
    memory: str
    gallery: str
    root_key: str


@dataclass(frozen=True)
class Deployed:
    """What is on a network.

    Attributes:
        factory: The factory; uploads 1 and 2 are committed, operation 1 made `made`.
        made: A canister by the factory from upload 1, controlled by it and by Alice.
        own: A canister that Alice alone controls, with the same code.
        snapshot: The id of a snapshot of `made`.
        hub: The backend, and what Alice has there.
    """

    factory: Principal
    made: Principal
    own: Principal
    snapshot: str
    hub: DeployedHub


def deploy_factory(url: str, root_key: bytes) -> Deployed:
    """Deploys a factory as Alice, and what is listed for `Deployed`."""
    with Agent(ALICE, Client(url), root_key=root_key) as agent:
        management = Management(agent)
        factory_id = management.create_provisionally(cycles=500 * TRILLION)
        install(management, factory_id, factory_wasm(), NOTHING, INSTALL)
        factory = Factory(agent, factory_id)
        upload(factory, WasmSource.from_file(CDK))
        upload(factory, WasmSource.from_file(ECHO))
        made = create(factory, _request(agent.sender)).canister_id
        snapshot = management.take_snapshot(made).id.hex()
        own = management.create_provisionally(cycles=10 * TRILLION)
        install(management, own, cdk_wasm(), NOTHING, INSTALL)
        hub = _deploy_hub(agent)
    return Deployed(factory_id, made, own, snapshot, hub)


def _deploy_hub(agent: Agent) -> DeployedHub:
    management = Management(agent)
    backend_id = management.create_provisionally(cycles=500 * TRILLION)
    install(management, backend_id, backend_wasm(), NOTHING, INSTALL)
    backend = Backend(agent, backend_id)
    capsule = backend.register_capsule().capsule_id
    memory = add_bytes(backend, capsule, png(1), SEA).memory_id
    gallery = backend.store_gallery(NewGallery(title="Holidays", items=[memory]))
    _let_a_move_fail(backend, agent.with_identity(CAROL))
    module = WasmSource.from_bytes(personal_wasm())
    set_up_personal(backend, module, reserve=100 * TRILLION)
    root_key = agent.get_root_key().hex()
    return DeployedHub(backend_id, capsule, memory, gallery.gallery_id, root_key)


def _let_a_move_fail(backend: Backend, carol: Agent) -> None:
    """A move of Carol's capsule by a module that is none of a personal canister."""
    set_up_personal(backend, WasmSource.from_file(ECHO), reserve=100 * TRILLION)
    backend.update_creation_config(PersonalCanisterCreationConfigUpdate(max_attempts=1))
    hub = Backend(carol, backend.canister_id)
    hub.register_capsule()
    with suppress(CreationFailed):
        create_personal(hub)


def _request(controller: Principal) -> CreateInstallRequest:
    return CreateInstallRequest(
        upload_id=1,
        init_arg=NOTHING,
        cycles=2 * TRILLION,
        mode=Mode.INSTALL,
        handoff=False,
        extra_controllers=[controller],
    )


def lay_out(folder: Path, url: str, deployed: Deployed) -> None:
    """A project in a folder, with a module, keys, and the ids of the network's canisters."""
    (folder / "factory.did").write_text(factory_interface())
    (folder / "factory.wasm.gz").write_bytes(factory_wasm())
    (folder / "personal.wasm.gz").write_bytes(cdk_wasm())
    (folder / "bob.pem").write_bytes(BOB.to_pem())
    (folder / "backend.did").write_text(backend_interface())
    (folder / "backend.wasm.gz").write_bytes(backend_wasm())
    (folder / "letter.txt").write_text("Dear Bob\n")
    (folder / "holidays").mkdir()
    (folder / "holidays" / SEA).write_bytes(png(1))
    project = {
        "version": 1,
        "canisters": {
            "canister_factory": {
                "type": "custom",
                "wasm": "factory.wasm.gz",
                "candid": "factory.did",
                "init_arg": "(null)",
            },
            "backend": {
                "type": "custom",
                "wasm": "backend.wasm.gz",
                "candid": "backend.did",
                "init_arg": "(null)",
            },
        },
        "networks": {"local": {"bind": url.removeprefix("http://")}},
    }
    (folder / "dfx.json").write_text(json.dumps(project))
    ids = folder / ".dfx" / "local" / "canister_ids.json"
    ids.parent.mkdir(parents=True)
    known = {"canister_factory": deployed.factory, "backend": deployed.hub.backend}
    ids.write_text(json.dumps({name: {"local": str(each)} for name, each in known.items()}))


def keep_alice(home: Path) -> None:
    """Keeps Alice's key in the store below a home folder, and has her call by default."""
    home.mkdir(parents=True)
    (home / "alice.pem").write_bytes(ALICE.to_pem())
    for words in (["import", "alice", "alice.pem"], ["default", "alice"]):
        done = subprocess.run(
            [*COMMAND, "identity", *words], cwd=home, env=environment_of(home), check=False
        )
        assert done.returncode == 0


def environment_of(home: Path) -> dict[str, str]:
    """The environment of a user with this home, who has set nothing of ours."""
    foreign = ("IC_FACTORY", "XDG_", "DFX_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    places = {f"XDG_{each}_HOME": str(home / each.lower()) for each in ("STATE", "CONFIG", "DATA")}
    return (
        kept
        | places
        | {
            "HOME": str(home),
            # Compiled modules are shared by all tests.
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "COLUMNS": "100",
            "TERM": "xterm",
        }
    )


@dataclass
class World:
    """The command line of Alice, in her project, on a network of her own.

    Attributes:
        folder: Where commands run.
        url: The network's address.
        deployed: What is on the network.
        environment: The environment of commands.
    """

    folder: Path
    url: str
    deployed: Deployed
    environment: dict[str, str]

    def run(self, *arguments, **environment):
        """Runs a command in pipes, in a process that had its modules loaded before."""
        return run_warm(list(map(str, arguments)), self.folder, self.environment | environment)

    def done(self, *arguments, **options):
        """Runs a command that is to succeed and returns what it writes on stdout."""
        ended = self.run(*arguments, **options)
        assert ended.returncode == 0, (arguments, ended.stdout, ended.stderr)
        return ended.stdout

    def document(self, *arguments):
        """Runs a command with --json and returns its document."""
        return json.loads(self.done(*arguments, "--json"))

    def begin(self, *arguments):
        """Starts a command in pipes and does not wait for its end."""
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def on_terminal(self, *arguments, typed=""):
        """Runs a command on a terminal where a user types; returns its exit code and all shown."""
        ours, theirs = os.openpty()
        process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        try:
            shown = _conversation(ours, typed.splitlines(keepends=True))
        finally:
            os.close(ours)
        return process.wait(timeout=30), shown


def _conversation(terminal, answers, timeout=60):
    """All that a terminal shows until it is closed; an answer is typed at each question."""
    shown = b""
    asked_at = 0
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        if not ready:
            continue
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
        # The blank comes when the question is listened to.
        if answers and shown[asked_at:].endswith(b": "):
            asked_at = len(shown)
            os.write(terminal, answers.pop(0).encode())
    return shown.decode()


def copied_home(home: Path, to: Path) -> dict[str, str]:
    """The environment of a home of its own, with what is in another."""
    shutil.copytree(home, to)
    return environment_of(to)
