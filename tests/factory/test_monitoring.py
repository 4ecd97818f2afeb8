"""What the factory tells monitors and people: health, figures, metrics, its interface."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest

from ic_factory.canisters import factory_interface
from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.hash_tree import Found, decode, lookup_path
from ic_factory.replica import Reply
from ic_factory.replica.management.interface import decode_reply, encode_arguments
from tests import surgery
from tests.canisters.universal import Program
from tests.factory import flows
from tests.factory.world import (
    ADMIN,
    ANONYMOUS,
    CONTROLLER,
    MANAGEMENT,
    STRANGER,
    TRILLION,
    USER,
    Factory,
    install_request,
    template,
    upgrade_request,
)

SECOND = 10**9
TOO_FEW_FOR_A_CALL = 45 * 10**9
EMPTY = b"\0asm\1\0\0\0"
OTHER = EMPTY + b"\0\2\1x"
SAMPLE = re.compile(r'factory_(?P<name>[a-z_]+)(\{method="(?P<method>[a-z_]+)"\})? (?P<value>\d+)')


def http(factory: Factory, url: str, method: str = "GET") -> Any:
    """The answer to an HTTP request, with its headers by their names."""
    request = {"method": method, "url": url, "headers": [], "body": b""}
    response = factory.by(ANONYMOUS).query("http_request", request)
    names = [name.lower() for name, _ in response["headers"]]
    assert len(names) == len(set(names))
    headers = {name.lower(): value for name, value in response["headers"]}
    return {**response, "headers": headers}


def problems(factory: Factory) -> list[str]:
    """What the problems begin with."""
    return [each.partition(":")[0] for each in factory.query("health_check")["problems"]]


# Health.


def test_a_new_factory_has_no_problems(factory: Factory) -> None:
    report = factory.by(ANONYMOUS).query("health_check")
    assert report.pop("cycles_balance") == factory.cycles
    assert report.pop("time_ns") >= factory.replica.now
    assert report == {
        "max_stored_bytes": 4 << 30,
        "emergency_stop": False,
        "min_factory_cycles": 5 * TRILLION,
        "problems": [],
        "stored_bytes": 0,
        "stuck_operations": [],
        "open_operations": 0,
    }


def test_an_emergency_stop_is_a_problem(factory: Factory) -> None:
    factory.by(ADMIN).update("set_emergency_stop", True)
    assert problems(factory) == ["Emergency stop is in force"]
    factory.by(ADMIN).update("set_emergency_stop", False)
    assert problems(factory) == []


def test_few_cycles_are_a_problem(factory: Factory) -> None:
    factory.limit(min_factory_cycles=factory.cycles - TRILLION)
    assert problems(factory) == []
    factory.limit(min_factory_cycles=factory.cycles)
    assert problems(factory) == ["Factory low on cycles"]


def test_storage_that_is_nearly_full_is_a_problem(factory: Factory) -> None:
    factory.limit(max_stored_bytes=100)
    upload_id = factory.update("create_upload")
    factory.update("put_chunk", upload_id, bytes(89))
    assert problems(factory) == []
    factory.update("put_chunk", upload_id, b"x")
    assert problems(factory) == ["Storage for uploads nearly full"]
    factory.update("delete_upload", upload_id)
    assert problems(factory) == []


@pytest.mark.parametrize(("seconds", "is_stuck"), [(599, False), (601, True)])
def test_an_operation_that_does_not_move_for_ten_minutes_is_a_problem(
    factory: Factory, seconds: int, is_stuck: bool
) -> None:
    operation_id = factory.update("start_creation", install_request(factory.upload(EMPTY)))
    factory.manage("stop_canister", CONTROLLER, canister_id=factory.canister_id)
    factory.replica.advance_time(seconds * SECOND)
    factory.manage("start_canister", CONTROLLER, canister_id=factory.canister_id)
    report = factory.query("health_check")
    assert (report["open_operations"], bool(report["stuck_operations"])) == (1, is_stuck)
    assert problems(factory) == ["Operations have not moved"] * is_stuck
    assert report["stuck_operations"] == [operation_id] * is_stuck
    factory.pass_seconds(0)
    assert factory.query("health_check")["open_operations"] == 0
    assert problems(factory) == []


def test_an_operation_that_is_refused_again_and_again_is_a_problem(factory: Factory) -> None:
    request = install_request(factory.upload(EMPTY + b"\1"))
    with surgery.message_by_message():
        operation_id = factory.update("start_creation", request)
        while surgery.next_call(factory.replica) != "install_code":
            factory.replica.tick()
        state = surgery.canister(factory.replica, factory.canister_id)
        balance, state.cycles = state.cycles, TOO_FEW_FOR_A_CALL
        for _ in range(70):
            factory.pass_seconds(1)
        surgery.canister(factory.replica, factory.canister_id).cycles += balance
    assert factory.query("health_check")["stuck_operations"] == [operation_id]
    assert problems(factory) == ["Operations have not moved"]
    flows.run_to_end(factory)
    assert problems(factory) == []


def test_health_is_200_while_there_is_no_problem_and_else_503_with_all(factory: Factory) -> None:
    healthy = http(factory, "/health")
    assert (healthy["status_code"], healthy["body"]) == (200, b"ok\n")
    factory.limit(min_factory_cycles=factory.cycles)
    factory.by(ADMIN).update("set_emergency_stop", True)
    ill = http(factory, "/health")
    assert ill["status_code"] == 503
    assert ill["body"].decode().splitlines() == factory.query("health_check")["problems"]
    assert len(problems(factory)) == 2


# Figures.


def story(factory: Factory) -> None:
    """Something of each kind that is counted."""
    factory.by(ADMIN).update("set_template", template("user", factory.upload(EMPTY)))
    other = factory.by(STRANGER).upload(OTHER)
    factory.update("put_chunk", factory.update("create_upload"), b"more")
    canisters = [factory.update("create_user_canister", USER) for _ in range(3)]
    factory.update("upgrade_canister_with", upgrade_request(canisters[0], upload_id=other))
    factory.update("delete_canister", canisters[1])
    broken = factory.upload(EMPTY + b"\1")
    factory.refused("create_and_install_with", install_request(broken))


def test_figures_tell_what_happened(factory: Factory) -> None:
    story(factory)
    admin = factory.by(ADMIN)
    found = factory.query("get_factory_stats")
    deleted = admin.events("CanisterDeleted")
    assert found == {
        "active_canisters": 2,
        "total_canisters_created": 3,
        "total_canisters_upgraded": 1,
        "total_canisters_deleted": 2,
        "stored_modules": 3,
        "stored_bytes": len(EMPTY) + len(OTHER) + len(EMPTY + b"\1") + len(b"more"),
        "total_uploads": 4,
        "active_uploads": 1,
        "committed_uploads": 3,
        "unique_callers": 2,
        "open_operations": 0,
        "failed_operations": 1,
        "cycles_spent": 4 * TRILLION,
        "cycles_recovered": sum(each["cycles_recovered"] for each in deleted),
        "cycles_lost": sum(each["cycles_lost"] for each in deleted),
        "factory_cycles_balance": factory.cycles,
        "events": len(admin.events()),
    }


def test_each_caller_has_figures_of_their_own(factory: Factory) -> None:
    story(factory)
    figures = {
        USER: {
            "canisters_created": 3,
            "canisters_held": 2,
            "max_canisters": 100,
            "uploads_begun": 3,
            "bytes_uploaded": len(EMPTY) + len(EMPTY + b"\1"),
            "cycles_used": 3 * TRILLION,
        },
        STRANGER: {
            "canisters_created": 0,
            "canisters_held": 0,
            "max_canisters": 100,
            "uploads_begun": 1,
            "bytes_uploaded": len(OTHER),
            "cycles_used": 0,
        },
    }
    for caller, expected in figures.items():
        assert factory.by(caller).query("my_stats") == expected
        assert factory.by(caller).query("get_caller_stats") == expected
    for caller in (ADMIN, CONTROLLER, ANONYMOUS):
        nothing = dict.fromkeys(figures[USER], 0) | {"max_canisters": 100}
        assert factory.by(caller).query("my_stats") == nothing


def test_an_upload_that_comes_with_an_upgrade_is_counted_and_logged(factory: Factory) -> None:
    canister_id = factory.create(factory.upload(EMPTY))
    factory.update("upgrade_canister", canister_id, OTHER)
    mine = factory.query("my_stats")
    assert mine["uploads_begun"] == factory.query("get_factory_stats")["total_uploads"] == 2
    assert mine["bytes_uploaded"] == len(EMPTY) + len(OTHER)
    committed = factory.by(ADMIN).events("UploadCommitted")
    assert [each["upload_id"] for each in committed] == [1, 2]


def test_a_canister_that_its_controllers_deleted_is_no_active_one(factory: Factory) -> None:
    canister_id = factory.create(factory.upload(EMPTY), extra_controllers=[USER])
    factory.manage("stop_canister", USER, canister_id=canister_id)
    factory.manage("delete_canister", USER, canister_id=canister_id)
    factory.update("refresh_canister_info", canister_id)
    assert factory.by(ADMIN).events("CanisterFoundGone") == [{"canister_id": canister_id}]
    assert factory.query("my_stats")["canisters_held"] == 0
    assert factory.query("get_factory_stats")["active_canisters"] == 0


# Version and interface.


def test_the_version_is_that_of_the_build_in_the_log(factory: Factory) -> None:
    version = factory.by(ANONYMOUS).query("version")
    assert version["api_version"] == 1
    assert re.fullmatch(r"\d+\.\d+\.\d+", version["build"])
    assert factory.by(ADMIN).events("FactoryInstalled") == [{"build": version["build"]}]


def test_anybody_can_read_the_interface_from_the_canister(factory: Factory, module: bytes) -> None:
    reader = factory.replica.create_canister()
    factory.replica.install_code(reader, module)
    asked = {"canister_id": factory.canister_id, "name": "candid:service"}
    argument = encode_arguments("canister_metadata", asked)
    call = Program().call(MANAGEMENT.bytes, "canister_metadata", argument).code
    answer = factory.replica.update(reader, "update", call)
    assert isinstance(answer, Reply), answer
    found = decode_reply("canister_metadata", answer.data)
    assert found["value"].decode() == factory_interface()


# HTTP.


def samples(text: str) -> dict[str, dict[str | None, int]]:
    """Values by the name of their family, and by method; each family has its two headers."""
    families: dict[str, dict[str | None, int]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("# HELP factory_"):
            name, help_text = line.removeprefix("# HELP factory_").split(" ", 1)
            assert help_text
            assert name not in families
            families[name] = {}
        elif line.startswith("# TYPE"):
            kind = "counter" if name.endswith("_total") else "gauge"
            assert line == f"# TYPE factory_{name} {kind}"
            assert not families[name]
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample is not None, line
            assert sample["name"] == name
            assert sample["method"] not in families[name]
            families[name][sample["method"]] = int(sample["value"])
    return families


FIGURES = {
    "cycles_balance": "factory_cycles_balance",
    "canisters_active": "active_canisters",
    "uploads_open": "active_uploads",
    "uploads_committed": "committed_uploads",
    "stored_bytes": "stored_bytes",
    "operations_open": "open_operations",
    "canisters_created_total": "total_canisters_created",
    "canisters_deleted_total": "total_canisters_deleted",
    "canisters_upgraded_total": "total_canisters_upgraded",
    "operations_failed_total": "failed_operations",
    "uploads_total": "total_uploads",
    "cycles_spent_total": "cycles_spent",
    "cycles_recovered_total": "cycles_recovered",
    "cycles_lost_total": "cycles_lost",
    "modules_stored": "stored_modules",
    "callers": "unique_callers",
    "events_total": "events",
}
BY_METHOD = {"method_calls_total", "method_instructions_total", "method_instructions_max"}


def test_metrics_are_the_figures_in_the_format_of_prometheus(factory: Factory) -> None:
    story(factory)
    factory.by(ADMIN).update("set_emergency_stop", True)
    response = http(factory, "/metrics")
    assert response["status_code"] == 200
    assert response["headers"]["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response["body"].endswith(b"\n")
    found = samples(response["body"].decode())
    figures = factory.query("get_factory_stats")
    expected = {name: figures[figure] for name, figure in FIGURES.items()}
    expected |= {"min_cycles": 5 * TRILLION, "emergency_stop": 1, "problems": 1}
    assert {name: each[None] for name, each in found.items() if None in each} == expected
    assert set(found) == set(expected) | BY_METHOD


def test_metrics_count_calls_and_instructions_by_method(factory: Factory) -> None:
    story(factory)
    found = samples(http(factory, "/metrics")["body"].decode())
    spent, most = found["method_instructions_total"], found["method_instructions_max"]
    calls = found["method_calls_total"]
    assert calls == {
        "commit_upload": 3,
        "create_and_install_with": 1,
        "create_upload": 4,
        "create_user_canister": 3,
        "delete_canister": 1,
        "put_chunk": 4,
        "set_template": 1,
        "upgrade_canister_with": 1,
    }
    assert spent.keys() == most.keys() == calls.keys()
    for method, count in calls.items():
        assert 0 < most[method] <= spent[method] <= count * most[method]


@pytest.mark.parametrize("path", ["/health", "/metrics", "/health?probe=1", "/metrics?a=/health"])
def test_a_head_request_has_no_body_and_the_same_headers(factory: Factory, path: str) -> None:
    got, head = http(factory, path), http(factory, path, "HEAD")
    assert (got["status_code"], head["status_code"], head["body"]) == (200, 200, b"")
    assert got["body"]
    assert got["headers"].keys() == head["headers"].keys()
    assert got["headers"]["content-type"] == head["headers"]["content-type"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("url", ["/", "", "/metrics/", "/Health", "/metricsx", "/healthz?/health"])
def test_other_paths_are_not_found(factory: Factory, url: str, method: str) -> None:
    response = http(factory, url, method)
    assert response["status_code"] == 404
    assert response["body"].startswith(b"Not found" if method == "GET" else b"")


@pytest.mark.parametrize("url", ["/metrics", "/health", "/other"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "get", ""])
def test_other_methods_are_not_allowed(factory: Factory, url: str, method: str) -> None:
    response = http(factory, url, method)
    assert response["status_code"] == 405
    assert response["body"].startswith(b"Method not allowed")


@pytest.mark.parametrize("url", ["/metrics", "/health", "/other"])
def test_answers_are_certified_to_need_no_certification(factory: Factory, url: str) -> None:
    headers = http(factory, url)["headers"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "no_certification" in headers["ic-certificateexpression"]
    given = dict(re.findall(r"(\w+)=:([^:]+):", headers["ic-certificate"]))
    certificate = Certificate.decode(base64.b64decode(given["certificate"]))
    tree = decode(base64.b64decode(given["tree"]))
    path = (b"canister", factory.canister_id.bytes, b"certified_data")
    assert lookup_path(certificate.tree, path) == Found(tree.digest)
    expression = hashlib.sha256(headers["ic-certificateexpression"].encode()).digest()
    assert lookup_path(tree, (b"http_expr", b"<*>", expression)) == Found(b"")
