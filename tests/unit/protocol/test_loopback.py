"""Which hosts are this machine."""

import pytest

from ic_factory.protocol.loopback import is_loopback, is_this_machine


@pytest.mark.parametrize("address", ["127.0.0.1", "127.255.0.9", "::1"])
def test_loopback_addresses_are_this_machine(address):
    assert is_loopback(address)
    assert is_this_machine(address)


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "localhost.", "app.localhost"])
def test_localhost_is_this_machine_but_no_address(name):
    assert not is_loopback(name)
    assert is_this_machine(name)


@pytest.mark.parametrize(
    "host",
    [
        *("", ".", "localhost.example", "notlocalhost", "localhost..", "127.0.0.1.example"),
        # A name server could be asked for the first one; the second one is another family's.
        *("127.0.0.1.", "::ffff:127.0.0.1", "0.0.0.0", "::", "10.0.0.1"),
    ],
)
def test_whatever_else_may_be_another_machine(host):
    assert not is_loopback(host)
    assert not is_this_machine(host)
