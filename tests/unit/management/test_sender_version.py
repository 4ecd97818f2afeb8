"""The version that a canister states of itself in its calls to the management canister."""

from __future__ import annotations

from typing import Any

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.management.interface import encode_arguments
from ic_factory.replica.management.sender_version import METHODS_WITH_VERSION, stated_version

CANISTER = Principal(b"\x80\0\0\0\0\x10\0\0\x01\x01")


def uninstall(version: list[int]) -> bytes:
    fields: dict[str, Any] = {"canister_id": CANISTER, "sender_canister_version": version}
    return encode_arguments("uninstall_code", fields)


@pytest.mark.parametrize("version", [0, 1, 2**64 - 1])
def test_a_stated_version_is_read(version: int) -> None:
    assert stated_version("uninstall_code", uninstall([version])) == version


def test_none_is_stated() -> None:
    assert stated_version("uninstall_code", uninstall([])) is None
    assert stated_version("uninstall_code", encode_arguments("start_canister", START)) is None


START: dict[str, Any] = {"canister_id": CANISTER}


def test_other_methods_state_none() -> None:
    assert stated_version("start_canister", uninstall([7])) is None
    assert stated_version("no_such_method", uninstall([7])) is None


@pytest.mark.parametrize("argument", [b"", b"DIDL", b"garbage", b"DIDL\0\1\x7e\1"])
def test_what_can_not_be_decoded_states_none(argument: bytes) -> None:
    assert stated_version("uninstall_code", argument) is None


def test_the_methods_are_those_of_the_specification() -> None:
    assert {
        "create_canister",
        "update_settings",
        "install_code",
        "install_chunked_code",
        "uninstall_code",
        "provisional_create_canister_with_cycles",
    } <= METHODS_WITH_VERSION
