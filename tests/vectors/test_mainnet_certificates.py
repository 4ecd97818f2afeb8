"""Certificates of the Internet Computer itself, as agent-rs tests against them."""

from pathlib import Path

import pytest
from ic.constants import IC_ROOT_KEY

from ic_factory.errors import CertificateError
from ic_factory.protocol import cbor
from ic_factory.protocol.canister_ranges import RangesFormat
from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.certificate_errors import (
    CanisterOutOfRangeError,
    CertificateSignatureError,
    MalformedCertificateError,
    WrongSubnetError,
)
from ic_factory.protocol.certificate_verification import (
    certified_time,
    verify_for_canister,
    verify_for_subnet,
)
from ic_factory.protocol.crypto.keys import Ed25519PublicKey, public_key_from_der
from ic_factory.protocol.hash_tree import Found, labels, lookup_path, lookup_subtree
from ic_factory.protocol.principal import Principal

FOLDER = Path(__file__).parents[3] / "shared" / "vectors" / "certificates"

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the external vectors (certificates) are not here"
)

CANISTER = Principal.from_str("ivg37-qiaaa-aaaab-aaaga-cai")
OTHER_CANISTER = Principal.from_str("rdmx6-jaaaa-aaaaa-aaadq-cai")
ROOT_SUBNET = Principal.from_str("tdb26-jop6k-aogll-7ltgs-eruif-6kk7m-qpktf-gdiqx-mxtrf-vb5e6-eqe")


def encoded(name):
    return cbor.decode((FOLDER / name).read_bytes())["certificate"]


def certificate(name):
    return Certificate.decode(encoded(name))


def test_the_root_subnets_id_is_that_of_the_root_key():
    assert Principal.self_authenticating(IC_ROOT_KEY) == ROOT_SUBNET


@pytest.mark.parametrize(
    "name",
    [
        "224od_subnet.bin",
        "ivg37_delegated_v2.bin",
        "ivg37_time.bin",
        "o3ow2_subnet_key.bin",
        "uzr34_node_keys.bin",
    ],
)
def test_certificates_are_encoded_as_the_mainnet_does(name):
    assert certificate(name).encode() == encoded(name)
    assert certified_time(certificate(name)) > 1_600_000_000 * 10**9


@pytest.mark.parametrize(
    ("name", "ranges_format"),
    [
        ("ivg37_delegated_v2.bin", RangesFormat.WHOLE),
        ("ivg37_time.bin", RangesFormat.SHARDED),
    ],
)
def test_certificates_verify_for_their_canister_alone(name, ranges_format):
    one = certificate(name)
    verify_for_canister(one, IC_ROOT_KEY, CANISTER, ranges_format)
    verify_for_canister(one, IC_ROOT_KEY, CANISTER)
    with pytest.raises(CanisterOutOfRangeError):
        verify_for_canister(one, IC_ROOT_KEY, OTHER_CANISTER, ranges_format)
    (other_format,) = set(RangesFormat) - {ranges_format}
    with pytest.raises(MalformedCertificateError):
        verify_for_canister(one, IC_ROOT_KEY, CANISTER, other_format)


@pytest.mark.parametrize(
    "name", ["ivg37_time_pruned_ranges.bin", "ivg37_delegated_v2_pruned_subnet.bin"]
)
def test_certificates_without_their_ranges_are_refused(name):
    with pytest.raises(MalformedCertificateError, match="no canister ranges"):
        verify_for_canister(certificate(name), IC_ROOT_KEY, CANISTER)


@pytest.mark.parametrize("name", ["o3ow2_subnet_key.bin", "uzr34_node_keys.bin"])
def test_certificates_verify_for_their_subnet_alone(name):
    one = certificate(name)
    verify_for_subnet(one, IC_ROOT_KEY, one.delegation.subnet_id)
    with pytest.raises(WrongSubnetError):
        verify_for_subnet(one, IC_ROOT_KEY, ROOT_SUBNET)


def test_another_signature_is_refused():
    one = certificate("ivg37_time.bin")
    other = certificate("ivg37_delegated_v2.bin")
    mixed = Certificate(one.tree, other.signature, one.delegation)
    with pytest.raises(CertificateSignatureError):
        verify_for_canister(mixed, IC_ROOT_KEY, CANISTER)


def test_without_its_delegation_a_certificate_is_not_one_by_the_root_key():
    one = certificate("ivg37_time.bin")
    with pytest.raises(CertificateError):
        verify_for_canister(Certificate(one.tree, one.signature), IC_ROOT_KEY, CANISTER)


def test_node_keys_are_ed25519():
    one = certificate("uzr34_node_keys.bin")
    node_path = (b"subnet", one.delegation.subnet_id.bytes, b"node")
    nodes = lookup_subtree(one.tree, node_path)
    assert isinstance(nodes, Found)
    assert len(labels(nodes.value)) > 10
    for node in labels(nodes.value):
        key = lookup_path(one.tree, (*node_path, node, b"public_key"))
        assert isinstance(key, Found)
        assert isinstance(public_key_from_der(key.value), Ed25519PublicKey)
        assert Principal.self_authenticating(key.value).bytes == node
