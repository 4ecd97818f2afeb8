"""A canister's page is asked for by the canister's host name, wherever the network is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ic_factory.networks.canister_pages import get_page
from ic_factory.networks.errors import Unreachable

CANISTER = "bkyz2-fmaaa-aaaaa-qaaaq-cai"


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked for."""

    def do_GET(self) -> None:
        body = f"{self.headers['host']} {self.path}".encode()
        self.send_response(404)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def gateway() -> Iterator[int]:
    """The port of something that answers."""
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_the_gateway_is_told_the_host_name(gateway: int) -> None:
    page = get_page(f"http://127.0.0.1:{gateway}", CANISTER, "/asset/m/original")
    host = f"{CANISTER}.localhost:{gateway}"
    assert page.url == f"http://{host}/asset/m/original"
    assert page.body.decode() == f"{host} /asset/m/original"
    assert (page.status, page.content_type) == (404, "text/plain")


def test_silence_is_told() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unreachable, match=f"no answer from http://{CANISTER}.localhost:{port}/"):
        get_page(f"http://127.0.0.1:{port}", CANISTER, "/")
