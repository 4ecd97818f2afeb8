"""Which addresses only this machine can reach."""

from __future__ import annotations

import ipaddress

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def is_loopback(address: str) -> bool:
    """Whether the text is a loopback address; a name is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in LOOPBACK)
