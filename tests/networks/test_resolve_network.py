"""A network is found by its name; its root key is taken from it only where it is local."""

import json
import threading
from contextlib import closing, contextmanager
from http.server import ThreadingHTTPServer

import pytest
from ic.constants import IC_ROOT_KEY

from ic_factory.networks.errors import (
    NetworkNotFound,
    NoLocalReplica,
    RootKeyError,
    SeveralReplicasRunning,
    Unreachable,
)
from ic_factory.networks.instance_record import InstanceRecord
from ic_factory.networks.local_replicas import dfx_shared_directory
from ic_factory.networks.network import Network, resolve_network
from ic_factory.networks.network_urls import leads_here
from ic_factory.networks.project_files import load_project
from ic_factory.networks.state_directory import default_state_directory
from ic_factory.protocol.root_key import MAINNET_ROOT_KEY
from tests.networks import fake_programs
from tests.networks.fake_programs import ROOT_KEY

MAINNET = Network("ic", "https://icp-api.io", MAINNET_ROOT_KEY, False, True)


@pytest.fixture(autouse=True)
def no_defaults(monkeypatch):
    """Nothing that happens to run on this machine is found."""
    monkeypatch.setattr("ic_factory.networks.local_replicas.DFX_SHARED_BIND", "127.0.0.1:1")
    monkeypatch.setattr("ic_factory.networks.local_replicas.DFX_PROJECT_BIND", "127.0.0.1:2")


@contextmanager
def replica_server(root_key=ROOT_KEY):
    class Replica(fake_programs.Replica):
        status = fake_programs.STATUS.replace(ROOT_KEY, root_key)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Replica)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with closing(server.socket):
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def port():
    with replica_server() as port:
        yield port


@pytest.fixture
def project_of(project):
    def write(dfx=None, icp=None):
        if dfx is not None:
            (project / "dfx.json").write_text(json.dumps({"networks": dfx}))
        if icp is not None:
            (project / "icp.yaml").write_text(icp)
        return load_project(project)

    return write


@pytest.mark.parametrize("name", ["ic", "mainnet"])
def test_the_mainnet_has_its_key_built_in(name):
    assert resolve_network(name) == MAINNET
    assert MAINNET_ROOT_KEY == IC_ROOT_KEY


def test_a_url_elsewhere_leads_to_the_mainnet():
    assert resolve_network("https://icp0.io/") == Network(
        "https://icp0.io", "https://icp0.io", MAINNET_ROOT_KEY, False, True
    )


def test_a_url_elsewhere_has_another_key_only_where_it_is_given():
    network = resolve_network("https://testnet.example", root_key=ROOT_KEY)
    assert (network.root_key, network.is_local, network.is_mainnet) == (ROOT_KEY, False, False)


def test_a_url_on_this_machine_is_local(port):
    url = f"http://127.0.0.1:{port}"
    assert resolve_network(f"{url}/") == Network(url, url, ROOT_KEY, True, False)
    assert resolve_network(f"http://localhost:{port}").root_key == ROOT_KEY


def test_a_proxy_on_this_machine_that_leads_to_the_mainnet_is_the_mainnet():
    with replica_server(MAINNET_ROOT_KEY) as port:
        network = resolve_network(f"http://127.0.0.1:{port}")
    assert network.is_mainnet
    assert not network.is_local


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8000", True),
        ("http://localhost", True),
        ("http://LOCALHOST.", True),
        ("http://bnz7o-iuaaa-aaaaa-qaaaa-cai.localhost:4943", True),
        ("http://localhost.example", False),
        ("http://notlocalhost", False),
        ("http://127.0.0.1.example", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
        ("https://icp-api.io", False),
    ],
)
def test_which_hosts_are_this_machine(url, here):
    assert leads_here(url) is here


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a",
        "http://",
        "http://a:b",
        "http://a?b",
        "http://u@a",
        "http://a b",
        "://",
        "http://[",
    ],
)
def test_what_is_no_url_is_told(url):
    with pytest.raises(NetworkNotFound):
        resolve_network(url)


def test_an_unknown_name_is_told_with_the_known_ones(project_of):
    with pytest.raises(NetworkNotFound, match=r"no network 'test': there is no dfx\.json"):
        resolve_network("test")
    project = project_of({"one": {"providers": ["https://a"]}})
    with pytest.raises(NetworkNotFound, match="declares one; use one of them"):
        resolve_network("test", project)


def test_a_key_that_is_none_is_refused():
    with pytest.raises(RootKeyError, match="133 bytes that begin with 30818230; these are 3"):
        resolve_network("ic", root_key=b"abc")


def test_silence_is_told():
    with pytest.raises(Unreachable, match="no answer from a replica"):
        resolve_network("http://127.0.0.1:1", timeout_seconds=1)


def test_a_status_with_no_proper_key_is_told():
    with replica_server(bytes(133)) as port, pytest.raises(Unreachable, match="a root key is"):
        resolve_network(f"http://127.0.0.1:{port}")


def test_networks_of_dfx_json_are_known(project_of, port):
    project = project_of(
        {
            "test": {"providers": ["https://test.example/"]},
            "near": {"providers": [f"http://127.0.0.1:{port}"]},
            "managed": {"bind": f"0.0.0.0:{port}"},
            "idle": {"bind": "127.0.0.1:3"},
        }
    )
    assert resolve_network("test", project) == Network(
        "test", "https://test.example", MAINNET_ROOT_KEY, False, True
    )
    for name in ("near", "managed"):
        assert resolve_network(name, project) == Network(
            name, f"http://127.0.0.1:{port}", ROOT_KEY, True, False
        )
    with pytest.raises(
        NoLocalReplica, match=r"network 'idle': .*127\.0\.0\.1:3: Connection refused"
    ):
        resolve_network("idle", project)


def test_networks_and_environments_of_icp_yaml_are_known(project_of, port):
    key = ROOT_KEY.hex()
    project = project_of(
        icp=f"""\
networks:
  - {{name: fetched, mode: connected, url: "http://127.0.0.1:{port}", root-key: fetch}}
  - {{name: edge, mode: connected, url: "https://edge", root-key: mainnet}}
  - {{name: own, mode: connected, url: "https://own", root-key: {key}}}
environments:
  - {{name: staging, network: own}}
  - {{name: production, network: ic}}
"""
    )
    url = f"http://127.0.0.1:{port}"
    assert resolve_network("fetched", project) == Network("fetched", url, ROOT_KEY, True, False)
    assert resolve_network("edge", project).is_mainnet
    assert resolve_network("own", project).root_key == ROOT_KEY
    assert resolve_network("staging", project) == Network(
        "staging", "https://own", ROOT_KEY, False, False
    )
    assert resolve_network("production", project) == Network(
        "production", MAINNET.url, MAINNET_ROOT_KEY, False, True
    )


def test_local_is_our_own_replica_before_those_of_others(project_of, port, user_folder):
    directory = default_state_directory(4943)
    directory.prepare()
    with directory.lock(), replica_server() as other:
        project = project_of({"local": {"bind": f"127.0.0.1:{other}"}})
        directory.write_record(InstanceRecord(1, f"http://127.0.0.1:{port}", "secret", "0"))
        assert resolve_network("local", project).url == f"http://127.0.0.1:{port}"


def test_local_is_not_guessed_where_several_of_ours_run(user_folder):
    directories = [default_state_directory(number) for number in (1, 2)]
    for directory in directories:
        directory.prepare()
    with directories[0].lock(), directories[1].lock(), pytest.raises(SeveralReplicasRunning):
        resolve_network()


@pytest.mark.parametrize("content", ["{port}", " {port}\n"])
def test_local_is_where_dfx_noted_its_port(project_of, port, content):
    project = project_of({"local": {"bind": "localhost:8000"}})
    noted = project.root / ".dfx/network/local/webserver-port"
    noted.parent.mkdir(parents=True)
    noted.write_text(content.format(port=port))
    assert resolve_network("local", project).url == f"http://localhost:{port}"


def test_local_is_what_dfx_shares_between_projects(port, user_folder):
    shared = dfx_shared_directory("local")
    if user_folder not in shared.parents:
        pytest.skip("dfx's folder is told in another way here")
    shared.mkdir(parents=True)
    (shared / "webserver-port").write_text(str(port))
    assert resolve_network() == Network("local", f"http://127.0.0.1:{port}", ROOT_KEY, True, False)


def test_local_is_where_icp_runs_it(project_of, port):
    project = project_of(icp="")
    descriptor = project.root / ".icp/cache/networks/local/descriptor.json"
    descriptor.parent.mkdir(parents=True)
    descriptor.write_text(json.dumps({"v": "1", "gateway": {"fixed": False, "port": port}}))
    assert resolve_network("local", project).url == f"http://127.0.0.1:{port}"


def test_a_file_of_a_project_can_not_name_a_machine_elsewhere_as_local(project_of):
    project = project_of(icp="")
    descriptor = project.root / ".icp/cache/networks/local/descriptor.json"
    descriptor.parent.mkdir(parents=True)
    gateway = {"fixed": False, "port": 80, "ip": "192.0.2.1"}
    descriptor.write_text(json.dumps({"gateway": gateway}))
    with pytest.raises(NoLocalReplica, match=r"http://192\.0\.2\.1:80 is not on this machine"):
        resolve_network("local", project)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"gateway": []}', '{"gateway": {"port": "x"}}']
)
def test_what_a_tool_has_not_finished_writing_is_passed_over(project_of, content):
    project = project_of(dfx={}, icp="")
    for name in (".icp/cache/networks/local/descriptor.json", ".dfx/network/local/webserver-port"):
        (project.root / name).parent.mkdir(parents=True)
        (project.root / name).write_text(content)
    with pytest.raises(NoLocalReplica):
        resolve_network("local", project)


def test_a_state_directory_names_the_replica_that_is_meant(port, tmp_path):
    directory = default_state_directory(7)
    directory.prepare()
    with pytest.raises(NoLocalReplica, match="nothing says where"):
        resolve_network(state_directory=directory)
    directory.write_record(InstanceRecord(1, f"http://127.0.0.1:{port}", "secret", "0"))
    assert resolve_network(state_directory=directory).root_key == ROOT_KEY


def test_a_path_in_the_url_is_kept(port):
    # The server knows one path alone.
    with pytest.raises(Unreachable, match="GET /api/v2/status: HTTP 404"):
        resolve_network(f"http://127.0.0.1:{port}/prefix")


def test_a_url_that_speaks_tls_is_asked_so(port):
    with pytest.raises(Unreachable, match=r"no answer from a replica at https://127\.0\.0\.1"):
        resolve_network(f"https://127.0.0.1:{port}", timeout_seconds=2)
