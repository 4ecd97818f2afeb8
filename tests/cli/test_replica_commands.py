"""`ic-factory replica …` as a user runs it: in processes, through pipes, with signals."""

import base64
import json
import os
import signal
import socket
import sys
import time

import httpx
import pytest

from ic_factory.networks.instance_record import InstanceRecord
from ic_factory.networks.state_directory import StateDirectory
from ic_factory.protocol.principal import Principal
from tests.http.wire import CBOR, answer, content, envelope

posix_signals = pytest.mark.skipif(sys.platform == "win32", reason="no POSIX signals on Windows")


def three_lines(text):
    what, why, advice = text.splitlines()[-3:]
    return what.startswith("error: ") and why.startswith("  why: ") and advice.startswith("  try: ")


def test_start_status_stop(ic_factory):
    started = ic_factory("replica", "start", "--background", "--json")
    assert (started.returncode, started.stderr) == (0, "")
    url = json.loads(started.stdout)["url"]
    assert httpx.get(f"{url}/api/v2/status").status_code == 200

    status = ic_factory("replica", "status", "--json")
    assert (status.returncode, status.stderr) == (0, "")
    document = json.loads(status.stdout)
    assert document["url"] == url
    assert document["healthy"] is True
    assert document["process_id"] == json.loads(started.stdout)["process_id"]
    assert document["state_directory"] == str(ic_factory.state_directory)
    assert {"root_key", "height", "canisters", "cycles", "memory_bytes"} <= set(document)

    stopped = ic_factory("replica", "stop", "--json")
    assert (stopped.returncode, stopped.stderr) == (0, "")
    assert json.loads(stopped.stdout)["stopped"] is True
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/api/v2/status")


def test_status_in_a_pipe_is_plain_and_whole(running):
    create_canister(running)
    shown = running("replica", "status")
    assert shown.returncode == 0
    facts = dict(line.split("\t", 1) for line in shown.stdout.splitlines() if "\t" in line)
    document = json.loads(running("replica", "status", "--json").stdout)
    assert facts["root key"] == document["root_key"]
    assert facts["url"] == document["url"]
    assert document["canisters"][0]["canister_id"] in shown.stdout
    assert "\x1b" not in shown.stdout


@pytest.mark.parametrize("command", ["stop", "status", "logs"])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_no_replica_is_3_in_three_lines(ic_factory, command, options):
    done = ic_factory("replica", command, *options)
    assert (done.returncode, done.stdout) == (3, "")
    assert three_lines(done.stderr)
    assert len(done.stderr.splitlines()) == 3
    assert "replica start" in done.stderr
    assert not ic_factory.state_directory.exists()


def test_debug_adds_the_trace(ic_factory):
    done = ic_factory("--debug", "replica", "status")
    assert done.returncode == 3
    assert "Traceback" in done.stderr
    assert three_lines(done.stderr)


def test_a_second_one_on_the_same_directory_is_1(running):
    done = running("replica", "start", "--background")
    assert (done.returncode, done.stdout) == (1, "")
    assert three_lines(done.stderr)
    assert "already" in done.stderr
    assert running("replica", "status").returncode == 0


@pytest.mark.parametrize("options", [[], ["--background"]])
def test_a_port_in_use_is_1(ic_factory, options):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        done = ic_factory("replica", "start", "--port", port, *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert three_lines(done.stderr)
    assert port in done.stderr


def test_a_replica_that_was_killed_is_cleared_up_with_a_word(running):
    before = StateDirectory(running.state_directory).read_record()
    os.kill(before.process_id, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    until(lambda: not StateDirectory(running.state_directory).is_locked())
    assert running("replica", "status").returncode == 3
    again = running("replica", "start", "--background")
    assert again.returncode == 0
    assert str(before.process_id) in again.stderr


@posix_signals
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_in_the_foreground_it_runs_until_a_signal_and_ends_with_0(ic_factory, ending):
    with ic_factory.begin("replica", "start", "--json") as process:
        document = json.loads(read_document(process.stdout))
        assert httpx.get(f"{document['url']}/api/v2/status").status_code == 200
        process.send_signal(ending)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 0
    assert said.endswith("stopped\n")
    assert "Traceback" not in said
    assert StateDirectory(ic_factory.state_directory).read_record() is None


@posix_signals
def test_one_in_the_foreground_can_be_stopped_from_elsewhere(ic_factory):
    with ic_factory.begin("replica", "start") as process:
        assert "http://" in process.stdout.readline()
        assert ic_factory("replica", "stop").returncode == 0
        process.communicate(timeout=20)
    assert process.returncode == 0


def test_the_background_one_outlives_the_command_and_holds_no_pipe(ic_factory):
    # `communicate` of a pipe returns when nobody holds its other end.
    with ic_factory.begin("replica", "start", "--background") as process:
        process.communicate(timeout=30)
    assert ic_factory("replica", "status").returncode == 0


def test_logs_of_the_replica_and_its_canisters(running):
    url = StateDirectory(running.state_directory).read_record().url
    shown = running("replica", "logs")
    assert shown.returncode == 0
    assert f"serves {url}" in shown.stdout
    document = json.loads(running("replica", "logs", "--json").stdout)
    assert document["canisters"] == []
    assert document["replica"] == shown.stdout.splitlines()
    of_canister = running("replica", "logs", "--canister", "aaaaa-aa")
    assert (of_canister.returncode, of_canister.stdout) == (0, "")


def test_the_log_can_be_read_when_the_replica_has_stopped(running):
    running("replica", "stop")
    shown = running("replica", "logs")
    assert shown.returncode == 0
    assert "stops" in shown.stdout


@posix_signals
def test_following_shows_what_comes_and_ends_with_the_replica(running):
    with running.begin("replica", "logs", "--follow") as process:
        assert "serves" in process.stdout.readline()
        running("replica", "stop")
        rest, _ = process.communicate(timeout=20)
    assert "stops" in rest
    assert process.returncode == 0


@posix_signals
def test_following_ends_with_130_when_interrupted(running):
    with running.begin("replica", "logs", "--follow") as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said == "interrupted\n"


@posix_signals
def test_a_reader_that_goes_away_is_no_trace(running):
    with running.begin("replica", "logs", "--follow") as process:
        process.stdout.readline()
        process.stdout.close()
        running("replica", "stop")
        said = process.stderr.read()
        process.wait(timeout=20)
    assert "Traceback" not in said
    assert "Exception" not in said


@pytest.fixture
def unnamed(ic_factory):
    """The command line where neither a state directory nor a port is named."""
    if sys.platform != "linux":
        pytest.skip("the user's state directory is told by XDG on Linux")
    del ic_factory.environment["IC_FACTORY_STATE_DIR"], ic_factory.environment["IC_FACTORY_PORT"]
    started = []

    def run(*arguments):
        if arguments[0] == "start":
            started.append(arguments[-1])
        return ic_factory("replica", *arguments)

    yield run
    for port in started:
        ic_factory("replica", "stop", "--port", port)


def test_the_only_replica_need_not_be_named(unnamed):
    missing = unnamed("status")
    assert missing.returncode == 3
    assert "replica-4943" in missing.stderr
    url = json.loads(unnamed("start", "--background", "--json", "--port", "0").stdout)["url"]
    assert json.loads(unnamed("status", "--json").stdout)["url"] == url
    assert f"serves {url}" in unnamed("logs").stdout
    assert unnamed("status", "--port", "4943").returncode == 3
    stopped = unnamed("stop")
    assert (stopped.returncode, stopped.stdout) == (0, f"stopped {url}\n")


@pytest.mark.slow
def test_one_of_several_replicas_must_be_named(unnamed):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    urls = [
        json.loads(unnamed("start", "--background", "--json", "--port", each).stdout)["url"]
        for each in ("0", port)
    ]
    for command in ("status", "logs", "stop"):
        done = unnamed(command)
        assert (done.returncode, done.stdout) == (1, "")
        assert three_lines(done.stderr)
        assert f"{urls[0]} (--port 0), {urls[1]} (--port {port})" in done.stderr
        assert "--port" in done.stderr.splitlines()[-1]
    assert unnamed("stop", "--port", port).returncode == 0
    assert unnamed("stop").stdout == f"stopped {urls[0]}\n"


def create_canister(command_line):
    record = StateDirectory(command_line.state_directory).read_record()
    assert isinstance(record, InstanceRecord)
    fields = content(
        "call",
        canister_id=b"",
        method_name="provisional_create_canister_with_cycles",
        arg=bytes.fromhex("4449444c016c000100"),
    )
    topology = httpx.get(f"{record.url}/_/topology").json()
    raw = base64.b64decode(topology["default_effective_canister_id"]["canister_id"])
    path = f"{record.url}/api/v4/canister/{Principal(raw)}/call"
    response = httpx.post(path, content=envelope(fields), headers=CBOR)
    assert answer(response)["status"] == "replied"


def read_document(stream):
    lines = []
    for line in stream:
        lines.append(line)
        if line == "}\n":
            break
    return "".join(lines)


def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
