"""Interfaces are found, methods named, answers read, whatever a canister is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ic_factory.agent import Agent
from ic_factory.drivers.management import Management
from ic_factory.operations.arguments import NO_ARGUMENTS
from ic_factory.operations.calling import (
    AnswerUnreadable,
    MethodUnknown,
    effective_canister_id,
    find_interface,
    interface_of_file,
    is_query,
    method_named,
    read_answer,
    read_interface,
)
from ic_factory.operations.errors import ArgumentError
from ic_factory.operations.install import INSTALL, install
from ic_factory.protocol.candid import encode
from ic_factory.protocol.candid.types import NAT, TEXT
from ic_factory.protocol.principal import Principal
from tests.canisters.universal import cdk_wasm, universal_wasm

MANAGEMENT = Principal.management_canister()
DID = """
service : {
  asked : () -> (nat) query;
  composed : () -> (nat) composite_query;
  told : (text) -> () oneway;
  done : (text) -> (record { name : text; 7 : nat });
}
"""
NO_PROGRAM = b""
INTERFACE = read_interface(DID, "the test")


def test_a_canisters_own_word_goes_before_the_projects(
    agent: Agent, management: Management, tmp_path: Path
) -> None:
    canister_id = management.create_provisionally()
    declared = tmp_path / "service.did"
    declared.write_text(DID)
    assert find_interface(agent, canister_id, None) is None
    install(management, canister_id, universal_wasm(), NO_PROGRAM, INSTALL)
    by_project = find_interface(agent, canister_id, declared)
    assert by_project is not None
    assert "asked" in by_project.methods
    other = management.create_provisionally()
    install(management, other, cdk_wasm(), NO_ARGUMENTS, INSTALL)
    by_canister = find_interface(agent, other, declared)
    assert by_canister is not None
    assert "increment" in by_canister.methods


def test_the_management_canister_has_the_interface_of_the_driver(agent: Agent) -> None:
    interface = find_interface(agent, MANAGEMENT, None)
    assert interface is not None
    method = method_named(interface, "canister_status", MANAGEMENT)
    subject = Principal.from_str("rrkah-fqaaa-aaaaa-aaaaq-cai")
    argument = method.encode_args([{"canister_id": subject}])
    assert effective_canister_id(MANAGEMENT, method, argument) == subject
    assert effective_canister_id(subject, method, argument) is None
    assert effective_canister_id(MANAGEMENT, None, argument) is None


def test_imports_are_looked_up_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "types.did").write_text("type t = nat;")
    (tmp_path / "main.did").write_text('import "types.did"; service : { m : (t) -> () }')
    assert "m" in interface_of_file(tmp_path / "main.did").methods


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.did", None),
        ("bad.did", b"service : {"),
        ("binary.did", b"\xff\xfe"),
        ("lost.did", b'import "nothing.did"; service : {}'),
    ],
)
def test_a_file_that_makes_no_sense_is_named(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ArgumentError, match=name):
        interface_of_file(tmp_path / name)


def test_an_unknown_method_is_told_with_those_near_it() -> None:
    with pytest.raises(MethodUnknown, match=r"no method 'aksed'; near it: asked"):
        method_named(INTERFACE, "aksed", MANAGEMENT)
    with pytest.raises(MethodUnknown, match="it has asked, composed, done, told"):
        method_named(INTERFACE, "zzzzzzz", MANAGEMENT)


def test_only_queries_are_asked_as_queries() -> None:
    asked = {name for name, method in INTERFACE.methods.items() if is_query(method)}
    assert asked == {"asked", "composed"}
    assert not is_query(None)


def test_an_answer_is_read_as_the_interface_says() -> None:
    done = method_named(INTERFACE, "done", MANAGEMENT)
    answer = read_answer(done.encode_results([{"name": "n", 7: 1}]), done)
    assert answer.as_text() == '(record { 7 = 1 : nat; name = "n" })'
    told = method_named(INTERFACE, "told", MANAGEMENT)
    assert read_answer(b"", told).as_json() == []


def test_without_an_interface_it_is_read_as_what_it_says_it_is() -> None:
    answer = read_answer(encode([NAT, TEXT], [5, "x"]), None)
    assert answer.as_text() == '(5 : nat, "x")'
    assert answer.as_json() == [5, "x"]


@pytest.mark.parametrize("reply", [b"", b"DIDX", encode([TEXT], ["x"])])
def test_an_answer_of_another_kind_is_an_error(reply: bytes) -> None:
    with pytest.raises(AnswerUnreadable, match="asked"):
        read_answer(reply, method_named(INTERFACE, "asked", MANAGEMENT))
