"""The faults that tests of the hub count on; and that what is shipped has none of them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from ic_factory.canisters import personal_wasm
from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.replica import Replica
from tests.canisters.faulty import Fault, faulty_personal_wasm
from tests.personal.bundle import Bundle
from tests.personal.world import HUB, Personal, install_personal

LIMIT = 600_000


@pytest.fixture
def faulty(
    replica: Replica,
    interface: InterfaceDescription,
    bundle: Bundle,
    request: pytest.FixtureRequest,
) -> Iterator[Personal]:
    """A canister with the fault of the test's marker, into which nothing has come."""
    moment = replica.snapshot()
    module = faulty_personal_wasm(request.param)
    yield install_personal(replica, interface, bundle, module)
    replica.rewind(moment)


def with_fault(fault: Fault) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("faulty", [fault], indirect=True, ids=[fault.name])


def test_what_is_shipped_is_small_and_has_no_faults() -> None:
    module = personal_wasm()
    assert len(module) <= LIMIT
    assert b"canister fault" not in gzip.decompress(module)


@with_fault(Fault.NONE)
def test_without_a_fault_all_is_well(faulty: Personal, bundle: Bundle) -> None:
    faulty.take(bundle)
    assert faulty.query("api_version") == 1


@with_fault(Fault.STORES_A_WRONG_BYTE)
def test_a_wrong_byte_is_found_at_the_end(faulty: Personal, bundle: Bundle) -> None:
    session = faulty.begin(bundle)
    faulty.send(session, bundle)
    refused = faulty.by(HUB).refused("finalize_import", session)
    assert list(refused.fields) == ["StoredBytesDiffer"]
    assert faulty.query_refusal("get_manifest") == "ImportUnfinished"


@with_fault(Fault.LOSES_A_MEMORY)
def test_a_lost_memory_is_told_by_the_manifest(faulty: Personal, bundle: Bundle) -> None:
    session = faulty.begin(bundle)
    for _ in range(2):
        faulty.send(session, bundle)
    found = faulty.finalize(session)
    assert found["memories"] == bundle.manifest["memories"] - 1
    assert found["root_hash_hex"] != bundle.manifest["root_hash_hex"]


@with_fault(Fault.LIES_ABOUT_ITS_VERSION)
def test_a_lie_about_the_version_is_told(faulty: Personal) -> None:
    assert faulty.query("api_version") == 2
