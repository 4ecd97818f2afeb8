"""Which addresses and names of hosts only this machine can mean."""

from __future__ import annotations

import ipaddress

# What `is_loopback` of `ipaddress` holds for loopback differs between versions of Python.
_NETWORKS = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def is_loopback(address: str) -> bool:
    """Whether the text is a loopback address; a name is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in _NETWORKS)


def is_this_machine(host: str) -> bool:
    """Whether a URL's host is a loopback address, `localhost` or a name below it (RFC 6761)."""
    name = host.lower().removesuffix(".")
    return name == "localhost" or name.endswith(".localhost") or is_loopback(host)
