"""What does not answer as a replica does is unreachable, with the URL and the reason."""

import http.server
import socket
import threading
from contextlib import contextmanager

import pytest

from ic_factory.networks.errors import Unreachable
from ic_factory.networks.replica_client import ReplicaClient


@contextmanager
def something_that_answers(status, body):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_nothing_listens():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(Unreachable, match=url):
            ReplicaClient(url).status()


def test_something_listens_and_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Unreachable, match="timed out"):
            ReplicaClient(url, timeout_seconds=0.05).status()


@pytest.mark.parametrize(
    ("status", "body"), [(200, b"<html>"), (200, b"[]"), (404, b"{}"), (302, b"{}")]
)
def test_something_else_answers(status, body):
    with something_that_answers(status, body) as url, pytest.raises(Unreachable, match=url):
        ReplicaClient(url).status()


@pytest.mark.parametrize("body", [b"<html>", b"\x03"])
def test_something_else_than_a_replica_has_no_health(body):
    with something_that_answers(200, body) as url, pytest.raises(Unreachable):
        ReplicaClient(url).is_healthy()


def test_a_replica_may_be_unhealthy():
    body = b"\xa1\x75replica_health_status\x69unhealthy"
    with something_that_answers(200, body) as url:
        assert ReplicaClient(url).is_healthy() is False
