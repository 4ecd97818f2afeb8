"""A server answers when `serve` returns, and frees its port when it is closed."""

import socket
import threading
import time

import httpx
import pytest

from ic_factory.replica.http.errors import CannotListen, NotLoopback, PortInUse
from ic_factory.replica.http.server import serve
from ic_factory.replica.replica import Replica
from tests.http.wire import CBOR, answer, counter_module, message


@pytest.fixture
def by_hand():
    with Replica() as replica:
        yield replica


def test_it_answers_at_once_and_not_after_its_end(by_hand):
    with serve(by_hand) as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert httpx.get(f"{server.url}/api/v2/status").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/api/v2/status")
    assert by_hand.is_healthy


def test_the_port_can_be_used_again_at_once(by_hand):
    with serve(by_hand) as server:
        httpx.get(f"{server.url}/api/v2/status")
    with serve(by_hand, port=server.port) as again:
        assert httpx.get(f"{again.url}/api/v2/status").status_code == 200


def test_a_port_in_use_is_an_error_of_its_own(by_hand):
    with serve(by_hand) as server, pytest.raises(PortInUse, match=str(server.port)) as caught:
        serve(by_hand, port=server.port)
    assert (caught.value.host, caught.value.port) == ("127.0.0.1", server.port)


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_number_that_is_no_port(by_hand, port):
    with pytest.raises(CannotListen, match="a port is a number from 0 to 65535"):
        serve(by_hand, port=port)


@pytest.mark.parametrize(
    "host",
    [
        *("", "0.0.0.0", "::", "192.0.2.1", "126.255.255.255", "128.0.0.0", "::2"),
        *("::ffff:127.0.0.1", "example.com", "localhost.example.com", "127.0.0.1.example.com"),
    ],
)
def test_addresses_that_other_machines_could_reach_are_refused(by_hand, host):
    with pytest.raises(NotLoopback, match="loopback") as caught:
        serve(by_hand, host=host)
    assert caught.value.host == host


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_loopback_addresses_are_served(by_hand, host):
    with serve(by_hand, host=host) as server:
        assert httpx.get(f"{server.url}/api/v2/status").status_code == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_it_serves_ipv6(by_hand):
    try:
        server = serve(by_hand, host="::1")
    except CannotListen:
        pytest.skip("no IPv6 loopback here")
    with server:
        assert server.url.startswith("http://[::1]:")
        assert httpx.get(f"{server.url}/api/v2/status").status_code == 200


def test_a_waiting_call_ends_with_202_when_the_server_closes(by_hand):
    canister_id = by_hand.create_canister()
    by_hand.install_code(canister_id, counter_module())
    server = serve(by_hand)
    answers = []

    def call():
        path = f"{server.url}/api/v4/canister/{canister_id}/call"
        body = message("call", canister_id, "count")
        answers.append(httpx.post(path, content=body, headers=CBOR, timeout=30))

    caller = threading.Thread(target=call)
    caller.start()
    time.sleep(0.3)
    begin = time.monotonic()
    server.close()
    caller.join()
    assert time.monotonic() - begin < 2
    assert (answers[0].status_code, answers[0].content) == (202, b"")


def test_a_waiting_call_is_answered_by_a_round_that_is_run_by_hand(by_hand):
    canister_id = by_hand.create_canister()
    by_hand.install_code(canister_id, counter_module())
    answers = []
    with serve(by_hand) as server:

        def call():
            path = f"{server.url}/api/v4/canister/{canister_id}/call"
            body = message("call", canister_id, "count")
            answers.append(httpx.post(path, content=body, headers=CBOR, timeout=30))

        caller = threading.Thread(target=call)
        caller.start()
        deadline = time.monotonic() + 10
        while caller.is_alive() and time.monotonic() < deadline:
            by_hand.tick()
            time.sleep(0.01)
        caller.join()
    assert answer(answers[0])["status"] == "replied"


def test_sixteen_clients_at_once_are_all_counted(served):
    def count_ten():
        with httpx.Client(base_url=served.client.base_url) as client:
            for _ in range(10):
                body = message("call", served.canister_id, "count")
                response = client.post(served.path("v4", "call"), content=body, headers=CBOR)
                assert answer(response)["status"] == "replied"

    before = _count(served)
    clients = [threading.Thread(target=count_ten) for _ in range(16)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    assert _count(served) == before + 160


def test_a_closed_replica_is_unavailable(by_hand):
    with serve(by_hand) as server:
        by_hand.close()
        status = answer(httpx.get(f"{server.url}/api/v2/status"))
        assert status["replica_health_status"] == "unhealthy"


def _count(served):
    body = message("query", served.canister_id, "read")
    response = served.client.post(served.path("v3", "query"), content=body, headers=CBOR)
    return int.from_bytes(answer(response)["reply"]["arg"], "little")
