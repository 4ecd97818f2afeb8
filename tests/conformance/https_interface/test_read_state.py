"""Specification: "Request: Read state", path by path, and "The system state tree"."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import httpx
import pytest

from ic_factory.protocol.principal import Principal
from tests.canisters.universal import Program
from tests.conformance.https_interface.management_calls import manage
from tests.conformance.https_interface.world import (
    CALLER,
    PRIVATE_SECTION,
    PUBLIC_SECTION,
    START,
    World,
    assert_refused,
)
from tests.conformance.spec_client.certificates import (
    decode_self_described,
    raw_public_key,
)
from tests.conformance.spec_client.connection import NOBODY, request_id
from tests.conformance.spec_client.hash_trees import Missing
from tests.conformance.spec_client.identities import Identity
from tests.conformance.spec_client.representation import from_leb128

VERSIONS = pytest.mark.parametrize("version", ["v2", "v3"])
KINDS = pytest.mark.parametrize("kind", ["canister", "subnet"])


def target(world: World, kind: str) -> bytes:
    return world.canister_id if kind == "canister" else world.subnet_id


def read(
    world: World,
    paths: Sequence[Sequence[bytes]],
    identity: Identity = NOBODY,
    *,
    kind: str = "canister",
    version: str = "v3",
):
    effective_id = target(world, kind)
    return world.connection.read_state(effective_id, paths, identity, version=version, kind=kind)


def refused(
    world: World,
    paths: Sequence[Any],
    identity: Identity = NOBODY,
    *,
    kind: str = "canister",
    version: str = "v3",
) -> httpx.Response:
    """The response to a read that must get HTTP 400."""
    content = world.connection.content("read_state", identity, paths=paths)
    response = world.connection.send(
        content, identity, effective_id=target(world, kind), kind=kind, version=version
    )
    assert_refused(world, response)
    return response


@VERSIONS
@KINDS
def test_time_is_always_there(world: World, version: str, kind: str):
    for paths in [[], [[b"time"]]]:
        certificate = read(world, paths, kind=kind, version=version)
        assert list(certificate.values()) == [(b"time",)]
        assert START <= certificate.time <= world.connection.now()


@KINDS
def test_only_what_was_asked_for_is_revealed(world: World, kind: str):
    path = (b"subnet", world.subnet_id, b"public_key")
    assert set(read(world, [path], kind=kind).values()) == {(b"time",), path}


# Subnets.


@VERSIONS
@KINDS
def test_the_subnets_key_is_the_root_key(world: World, version: str, kind: str):
    path = (b"subnet", world.subnet_id, b"public_key")
    key = read(world, [path], kind=kind, version=version)[path]
    assert key == world.replica.root_key
    raw_public_key(key)


@VERSIONS
@KINDS
def test_the_subnets_type(world: World, version: str, kind: str):
    path = (b"subnet", world.subnet_id, b"type")
    assert read(world, [path], kind=kind, version=version)[path] == b"application"


@VERSIONS
@KINDS
def test_the_subnets_nodes(world: World, version: str, kind: str):
    path = (b"subnet", world.subnet_id, b"node")
    certificate = read(world, [path], kind=kind, version=version)
    (node,) = certificate.labels(*path)
    key = certificate[(*path, node, b"public_key")]
    assert isinstance(key, bytes)
    assert key.startswith(bytes.fromhex("302a300506032b6570032100"))
    one = (*path, node, b"public_key")
    assert read(world, [one], kind=kind, version=version)[one] == key


@VERSIONS
@KINDS
def test_the_canister_ranges_of_the_root_subnet(world: World, version: str, kind: str):
    path = (b"subnet", world.subnet_id, b"canister_ranges")
    ranges = decode_self_described(read(world, [path], kind=kind, version=version)[path])
    assert any(first <= world.canister_id <= last for first, last in ranges)
    assert [tuple(each) for each in ranges] == sorted(tuple(each) for each in ranges)


@VERSIONS
@KINDS
def test_all_of_the_subnets_at_once(world: World, version: str, kind: str):
    certificate = read(world, [[b"subnet"]], kind=kind, version=version)
    assert certificate.labels(b"subnet") == [world.subnet_id]
    branch = certificate.labels(b"subnet", world.subnet_id)
    assert {b"public_key", b"type", b"node", b"canister_ranges"} <= set(branch)


@VERSIONS
def test_the_sharded_canister_ranges_are_at_the_subnets_url(world: World, version: str):
    path = (b"canister_ranges", world.subnet_id)
    certificate = read(world, [path], kind="subnet", version=version)
    shards = certificate.labels(*path)
    assert shards == sorted(shards)
    ranges = []
    for shard in shards:
        content = decode_self_described(certificate[(*path, shard)])
        assert content[0][0] == shard
        ranges += [list(each) for each in content]
    whole = (b"subnet", world.subnet_id, b"canister_ranges")
    everything = decode_self_described(read(world, [whole], kind="subnet")[whole])
    assert ranges == [list(each) for each in everything]


@VERSIONS
def test_the_sharded_canister_ranges_are_not_at_a_canisters_url(world: World, version: str):
    refused(world, [[b"canister_ranges", world.subnet_id]], version=version)


def test_canister_ranges_of_two_subnets_are_not_read_at_once(world: World):
    paths = [[b"canister_ranges", world.subnet_id], [b"canister_ranges", bytes(29)]]
    refused(world, paths, kind="subnet")


@VERSIONS
def test_metrics_are_at_the_subnets_url(world: World, version: str):
    path = (b"subnet", world.subnet_id, b"metrics")
    metrics = decode_self_described(read(world, [path], kind="subnet", version=version)[path])
    assert metrics["num_canisters"] == 2
    assert metrics["canister_state_bytes"] > 2 * len(world.module)
    assert metrics["update_transactions_total"] >= 0
    assert metrics["consumed_cycles_total"]["low"] > 0


@VERSIONS
def test_metrics_are_not_at_a_canisters_url(world: World, version: str):
    refused(world, [[b"subnet", world.subnet_id, b"metrics"]], version=version)


def test_metrics_of_another_subnet_are_not_at_a_subnets_url(world: World):
    refused(world, [[b"subnet", b"\x01" * 28 + b"\x02", b"metrics"]], kind="subnet")


def test_transactions_are_counted(world: World):
    path = (b"subnet", world.subnet_id, b"metrics")
    before = decode_self_described(read(world, [path], kind="subnet")[path])
    world.connection.call(world.canister_id, "update", CALLER)
    after = decode_self_described(read(world, [path], kind="subnet")[path])
    assert after["update_transactions_total"] == before["update_transactions_total"] + 1
    assert after["consumed_cycles_total"]["low"] > before["consumed_cycles_total"]["low"]


@KINDS
def test_all_of_the_subnets_include_the_metrics_of_the_own_one(world: World, kind: str):
    certificate = read(world, [[b"subnet"]], kind=kind)
    metrics = certificate[b"subnet", world.subnet_id, b"metrics"]
    assert decode_self_described(metrics)["num_canisters"] == 2


@KINDS
def test_there_are_no_api_boundary_nodes(world: World, kind: str):
    certificate = read(world, [[b"api_boundary_nodes"]], kind=kind)
    assert certificate[b"api_boundary_nodes",] is Missing.ABSENT


@pytest.mark.parametrize("subnet_id", [bytes(29), b"\xff" * 29, b""])
def test_a_subnet_that_is_not_there_is_provably_absent(world: World, subnet_id: bytes):
    path = (b"subnet", subnet_id, b"public_key")
    assert read(world, [path])[path] is Missing.ABSENT


# Canisters.


def canister_path(world: World, *labels: bytes) -> tuple[bytes, ...]:
    return (b"canister", world.canister_id, *labels)


@VERSIONS
def test_the_module_hash(world: World, version: str):
    path = canister_path(world, b"module_hash")
    assert read(world, [path], version=version)[path] == sha256(world.module).digest()


@VERSIONS
def test_the_controllers(world: World, version: str):
    path = canister_path(world, b"controllers")
    controllers = decode_self_described(read(world, [path], version=version)[path])
    assert list(controllers) == [world.controller.sender]


@VERSIONS
@pytest.mark.parametrize("leaf", [b"canister_creation_timestamp", b"last_install_timestamp"])
def test_the_timestamps(world: World, version: str, leaf: bytes):
    path = canister_path(world, leaf)
    value = read(world, [path], version=version)[path]
    assert isinstance(value, bytes)
    assert START <= from_leb128(value) < START + 1000


def test_an_upgrade_moves_the_install_timestamp_alone(world: World):
    created, installed = (
        canister_path(world, leaf)
        for leaf in (b"canister_creation_timestamp", b"last_install_timestamp")
    )
    before = read(world, [created, installed])
    world.advance_time(10**9)
    world.replica.install_code(
        Principal(world.canister_id),
        world.module,
        mode="upgrade",
        sender=Principal(world.controller.sender),
    )
    after = read(world, [created, installed])
    assert after[created] == before[created]
    assert from_leb128(after[installed]) >= START + 10**9


def test_an_empty_canister_has_no_module_and_no_install_timestamp(world: World):
    manage(world, "uninstall_code", {"sender_canister_version": []})
    paths = [
        canister_path(world, leaf)
        for leaf in (b"module_hash", b"last_install_timestamp", b"controllers")
    ]
    certificate = read(world, paths)
    assert [certificate[path] is Missing.ABSENT for path in paths] == [True, True, False]


LEAVES = [b"module_hash", b"controllers", b"canister_creation_timestamp", b"last_install_timestamp"]


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_canister_that_is_not_there_is_provably_absent(world: World, leaf: bytes):
    absent = world.canister_id[:6] + b"\x77\x77\x01\x01"
    path = (b"canister", absent, leaf)
    assert world.connection.read_state(absent, [path])[path] is Missing.ABSENT


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_canister_is_read_at_its_own_url(world: World, leaf: bytes):
    refused(world, [[b"canister", world.other_id, leaf]])


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_canister_is_not_read_at_the_subnets_url(world: World, leaf: bytes):
    refused(world, [[b"canister", world.canister_id, leaf]], kind="subnet")


@pytest.mark.parametrize("leaf", LEAVES)
def test_anybody_reads_a_canisters_facts(world: World, leaf: bytes):
    path = canister_path(world, leaf)
    assert isinstance(read(world, [path], world.stranger)[path], bytes)


def test_certified_data_is_for_the_canister_alone(world: World):
    program = Program().set_certified_data(b"secret").reply().code
    world.connection.call(world.canister_id, "update", program)
    refused(world, [canister_path(world, b"certified_data")])


# Metadata.

PUBLIC_NAME = b"candid:service"
PRIVATE_NAME = b"notes"


def metadata_path(world: World, name: bytes) -> tuple[bytes, ...]:
    return canister_path(world, b"metadata", name)


@VERSIONS
def test_public_metadata_is_for_everybody(world: World, version: str):
    path = metadata_path(world, PUBLIC_NAME)
    for identity in (NOBODY, world.stranger, world.controller):
        assert read(world, [path], identity, version=version)[path] == PUBLIC_SECTION


@VERSIONS
def test_private_metadata_is_for_controllers(world: World, version: str):
    path = metadata_path(world, PRIVATE_NAME)
    assert read(world, [path], world.controller, version=version)[path] == PRIVATE_SECTION
    for identity in (NOBODY, world.stranger):
        refused(world, [list(path)], identity, version=version)


@pytest.mark.parametrize("name", [b"absent", b"", "süß".encode(), b"zzz", b"icp:public notes"])
def test_metadata_that_is_not_there_is_provably_absent(world: World, name: bytes):
    path = metadata_path(world, name)
    assert read(world, [path])[path] is Missing.ABSENT


def test_an_empty_canister_has_no_metadata(world: World):
    manage(world, "uninstall_code", {"sender_canister_version": []})
    for name in (PUBLIC_NAME, PRIVATE_NAME):
        path = metadata_path(world, name)
        assert read(world, [path])[path] is Missing.ABSENT


def test_a_metadata_name_is_utf_8(world: World):
    refused(world, [metadata_path(world, b"\xff\xfe")])


def test_metadata_is_read_name_by_name(world: World):
    refused(world, [canister_path(world, b"metadata")], world.controller)


# What can't be asked for.


@VERSIONS
@KINDS
@pytest.mark.parametrize(
    "path",
    [
        [],
        [b""],
        [b"nothing"],
        [b"canister"],
        [b"request_status"],
        [b"canister_ranges"],
        [b"time", b"more"],
        [b"TIME"],
        [b"streams"],
        [b"metadata"],
    ],
)
def test_other_paths_can_not_be_read(world: World, version: str, kind: str, path: list[bytes]):
    refused(world, [path], kind=kind, version=version)


def test_a_canister_is_not_read_as_a_whole(world: World):
    for path in ([b"canister", world.canister_id], canister_path(world, b"nothing")):
        refused(world, [path], world.controller)


@pytest.mark.parametrize("rest", [[b"nothing"], [b"status", b"more"]])
def test_other_paths_of_a_request_can_not_be_read(world: World, rest: list[bytes]):
    content = world.connection.call_content(world.canister_id, "update", CALLER)
    world.connection.send(content)
    refused(world, [[b"request_status", request_id(content), *rest]])


@pytest.mark.parametrize("label", [b"\n", b"\0", b"\x1b[2J", b"\xff", "é".encode()])
def test_a_refusal_shows_no_raw_bytes(world: World, label: bytes):
    text = refused(world, [[b"canister", world.canister_id, label]]).text
    assert text.isprintable()
    assert label.hex() in text


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_request_id_has_32_bytes(world: World, size: int):
    refused(world, [[b"request_status", bytes(size)]])


def test_one_path_that_may_not_be_read_refuses_them_all(world: World):
    refused(world, [[b"time"], [b"canister", world.other_id, b"module_hash"]])


# How much can be asked for.


def test_a_thousand_paths_and_no_more(world: World):
    assert read(world, [[b"time"]] * 1000).time > 0
    assert "1001" in refused(world, [[b"time"]] * 1001).text


def test_paths_of_127_labels_and_no_more(world: World):
    long = [b"subnet", *[b"x"] * 126]
    assert read(world, [long]).time > 0
    assert "128" in refused(world, [[*long, b"x"]]).text


@pytest.mark.parametrize("paths", ["time", [b"time"], [["time"]], [[1]], {"a": 1}, [[[b"time"]]]])
def test_paths_are_lists_of_lists_of_blobs(world: World, paths: Any):
    assert "paths" in refused(world, paths).text


def test_another_subnets_url_is_not_served(world: World):
    content = world.connection.content("read_state", paths=[[b"time"]])
    response = world.connection.send(content, effective_id=b"\x01" * 28 + b"\x02", kind="subnet")
    assert_refused(world, response)
