"""What tools on the same machine ask of the replica."""

import base64
import os
import threading

import httpx
import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.http.admin import Shutdown
from ic_factory.replica.http.server import serve
from ic_factory.replica.replica import Replica
from tests.http.wire import CBOR, message


def test_the_topology_has_pocket_ics_shape(served):
    topology = served.client.get("/_/topology").json()
    assert set(topology) == {"subnet_configs", "default_effective_canister_id"}
    ((subnet_id, subnet),) = topology["subnet_configs"].items()
    assert subnet_id == str(served.replica.subnet_id)
    assert subnet["subnet_kind"] == "Application"
    assert subnet["instruction_config"] == "Production"
    assert len(subnet["subnet_seed"]) == 32
    default = _raw(topology["default_effective_canister_id"])
    assert default == served.replica.default_effective_canister_id.bytes
    ranges = [(_raw(each["start"]), _raw(each["end"])) for each in subnet["canister_ranges"]]
    assert any(start <= default <= end for start, end in ranges)


def test_the_status_has_the_replica_and_its_canisters_in_figures(served):
    status = served.client.get("/_/status").json()
    assert status["healthy"] is True
    assert status["process_id"] == os.getpid()
    assert bytes.fromhex(status["root_key"]) == served.replica.root_key
    assert status["cycles"] == sum(canister["cycles"] for canister in status["canisters"])
    counter = next(
        each for each in status["canisters"] if each["canister_id"] == str(served.canister_id)
    )
    assert counter["status"] == "running"
    assert len(bytes.fromhex(counter["module_hash"])) == 32
    assert counter["memory_bytes"] >= 65_536
    assert counter["controllers"] == [str(Principal.anonymous())]


def test_logs_of_one_canister_and_of_all(served):
    body = message("call", served.canister_id, "count")
    served.client.post(served.path("v4", "call"), content=body, headers=CBOR)
    all_records = served.client.get("/_/logs").json()["records"]
    query = {"canister": str(served.canister_id)}
    records = served.client.get("/_/logs", params=query).json()["records"]
    assert records == all_records
    assert records[-1]["content"] == "counted"
    assert records[-1]["canister_id"] == str(served.canister_id)
    assert [record["index"] for record in records] == list(range(len(records)))
    absent = served.client.get("/_/logs", params={"canister": "aaaaa-aa"})
    assert absent.json() == {"records": []}


def test_logs_of_what_is_no_canister_are_refused(served):
    response = served.client.get("/_/logs", params={"canister": "nonsense"})
    assert response.status_code == 400
    assert "principal" in response.text


@pytest.mark.parametrize("host", ["rebound.example", "192.0.2.7:80", "127.0.0.1.example"])
def test_names_that_are_not_this_machine_are_refused(served, host):
    assert served.client.get("/_/status", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:1234", "app.localhost", "[::1]:80", "127.0.0.1"])
def test_names_of_this_machine_are_served(served, host):
    assert served.client.get("/_/status", headers={"host": host}).status_code == 200


def test_there_is_no_shutdown_unless_the_server_was_given_one(served):
    assert served.client.post("/_/shutdown").status_code == 404


def test_shutdown_is_for_those_who_know_the_token():
    asked = threading.Event()
    with Replica() as replica, serve(replica, shutdown=Shutdown("secret", asked.set)) as server:
        url = f"{server.url}/_/shutdown"
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Bearer é"}):
            headers = {name: value.encode() for name, value in headers.items()}
            assert httpx.post(url, headers=headers).status_code == 403
        assert not asked.is_set()
        assert httpx.post(url, headers={"authorization": "Bearer secret"}).status_code == 202
        assert asked.wait(5)


def _raw(canister_id):
    return base64.b64decode(canister_id["canister_id"])


def test_a_page_that_a_canister_serves_from_this_origin_learns_nothing(served):
    for path in ("/_/status", "/_/logs", "/_/topology"):
        script = served.client.get(path, headers={"Sec-Fetch-Dest": "empty"})
        assert (script.status_code, "scripts of a page" in script.text) == (403, True)
        person = served.client.get(path, headers={"Sec-Fetch-Dest": "document"})
        assert person.status_code == 200
