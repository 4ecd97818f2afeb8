"""Programs that act as dfx, icp-cli and a PocketIC server are documented to; run by the tests.

Which one it is says the first argument; what goes wrong says $FAKE_TROUBLE. What it was
asked is noted in $FAKE_FOLDER.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path(os.environ.get("FAKE_FOLDER", "."))
TROUBLE = os.environ.get("FAKE_TROUBLE", "")
DER_PREFIX = "308182301d060d2b0601040182dc7c0503010201060c2b0601040182dc7c05030201036100"
ROOT_KEY = bytes.fromhex(DER_PREFIX) + bytes(range(96))
STATUS = (
    bytes.fromhex("d9d9f7a2")
    + b"\x68root_key\x58\x85"
    + ROOT_KEY
    + b"\x75replica_health_status\x67healthy"
)
"""{"root_key": …, "replica_health_status": "healthy"} in CBOR."""


class Replica(BaseHTTPRequestHandler):
    status = STATUS.replace(b"healthy", b"starting") if TROUBLE == "ill" else STATUS

    def do_GET(self):
        self.send_response(200 if self.path == "/api/v2/status" else 404)
        self.end_headers()
        if self.path == "/api/v2/status":
            self.wfile.write(self.status)

    def log_message(self, *_):
        pass


def serve(port=0):
    server = ThreadingHTTPServer(("127.0.0.1", port), Replica)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def note(**what):
    with (FOLDER / "asked.jsonl").open("a") as file:
        file.write(json.dumps({**what, "folder": str(Path.cwd())}) + "\n")


def say(text, stream=sys.stdout):
    stream.write(f"{text}\n")


def fail(text, code=255):
    say(text, sys.stderr)
    sys.exit(code)


def begin_replica(port):
    """Leaves a replica in the background, with this process's streams, as dfx does."""
    if (FOLDER / "pid").exists():
        fail("the network is already running")
    child = subprocess.Popen([sys.executable, __file__, "replica", str(port)])
    (FOLDER / "pid").write_text(str(child.pid))
    while not (FOLDER / "port").exists():
        time.sleep(0.01)
    if TROUBLE == "start fails late":
        fail("it broke on the way")
    if TROUBLE == "start hangs":
        time.sleep(60)


def end_replica():
    try:
        os.kill(int((FOLDER / "pid").read_text()), signal.SIGTERM)
        (FOLDER / "pid").unlink()
        (FOLDER / "port").unlink()
    except FileNotFoundError:
        say("No local network replica found. Nothing to do.", sys.stderr)


def dfx(arguments):
    match arguments:
        case ["start", "--background", *options]:
            if TROUBLE == "start fails":
                fail("Error: the moon is in the wrong quarter")
            host = options[options.index("--host") + 1] if "--host" in options else ":0"
            begin_replica(host.rpartition(":")[2])
        case ["info", "webserver-port"]:
            say("no idea" if TROUBLE == "no port" else (FOLDER / "port").read_text())
        case ["stop"]:
            end_replica()
        case _:
            fail(f"error: unexpected argument {arguments}", 2)


def icp(arguments):
    match arguments:
        case ["network", "start", "local", "--background"]:
            if TROUBLE == "start fails":
                fail("Error: project manifest not found")
            begin_replica("0")
        case ["network", "status", "local", "--json"]:
            url = f"http://localhost:{(FOLDER / 'port').read_text()}/"
            status = {"managed": True, "api_url": url, "root_key": ROOT_KEY.hex()}
            say("{}" if TROUBLE == "no url" else json.dumps(status))
        case ["network", "stop", "local"]:
            end_replica()
        case _:
            fail(f"error: unexpected argument {arguments}", 2)


class PocketIc(BaseHTTPRequestHandler):
    polls = 0

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        note(path=self.path, body=body)
        match self.path:
            case "/instances" if TROUBLE == "refuses":
                self.answer(400, {"Error": {"message": "no subnets today"}})
            case "/instances":
                self.answer(201, {"Created": {"instance_id": 3, "topology": {}}})
            case "/instances/3/auto_progress":
                self.answer(202, {"state_label": "c3RhdGU=", "op_id": "auto_progress"})
            case "/http_gateway":
                self.open_gateway(body["port"] or 0)
            case _:
                self.answer(404, {"message": "not found"})

    def do_GET(self):
        PocketIc.polls += 1
        is_known = self.path == "/read_graph/c3RhdGU=/auto_progress" and PocketIc.polls > 2
        self.answer(200 if is_known else 404, None)

    def open_gateway(self, port):
        try:
            created = {"instance_id": 0, "port": serve(port)}
        except OSError as error:
            self.answer(400, {"Error": {"message": str(error)}})
        else:
            self.answer(201, {"Created": created})

    def answer(self, status, document):
        self.send_response(status)
        self.end_headers()
        if document is not None:
            self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_):
        pass


def pocket_ic(arguments):
    assert arguments[0] == "--port-file"
    assert arguments[2] == "--ttl"
    if TROUBLE == "start fails":
        fail("thread 'main' panicked: no cores left", 101)
    if TROUBLE == "start hangs":
        time.sleep(60)
    port_file = Path(arguments[1])
    with port_file.open("x") as file:
        server = ThreadingHTTPServer(("127.0.0.1", 0), PocketIc)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        file.write(f"{server.server_address[1]}\n")
    # A sandbox of a canister, as the server starts them.
    subprocess.Popen([sys.executable, __file__, "replica", "0"])
    if TROUBLE == "will not end":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(KeyboardInterrupt):
        time.sleep(300)
    port_file.unlink()


def main():
    name, *arguments = sys.argv[1:]
    if name == "replica":
        (FOLDER / "port").write_text(str(serve(int(arguments[0]))))
        time.sleep(300)
        return
    note(program=name, arguments=arguments)
    {"dfx": dfx, "icp": icp, "pocket-ic": pocket_ic}[name](arguments)


if __name__ == "__main__":
    main()
