"""URLs of networks: which can be used, and which lead to this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

from ic_factory.networks.errors import NetworkNotFound
from ic_factory.protocol.loopback import is_this_machine


def checked_url(text: str) -> str:
    """The URL of a network, with no slash at its end.

    Raises:
        NetworkNotFound: it is no URL that requests can be sent to.
    """
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 # raises where it is none
    except ValueError as error:
        raise NetworkNotFound(f"{text!r} is no URL: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NetworkNotFound(f"{text!r} is no URL of a network; write it as https://HOST")
    if parts.query or parts.fragment or parts.username is not None:
        raise NetworkNotFound(f"{text!r} must end with the host, the port or a path")
    if not text.isprintable() or " " in text:
        raise NetworkNotFound(f"{text!r} has signs in it that no URL has")
    return text.rstrip("/")


def leads_here(url: str) -> bool:
    """Whether a URL's host can mean this machine alone."""
    return is_this_machine(urlsplit(url).hostname or "")


def canister_url(network_url: str, canister_id: object) -> str:
    """Where a browser finds a canister: by its host name, as gateways serve it.

    Args:
        network_url: The network's address.
        canister_id: The canister, or its text.
    """
    parts = urlsplit(network_url)
    port = "" if parts.port is None else f":{parts.port}"
    host = "localhost" if leads_here(network_url) else "icp0.io"
    return f"{parts.scheme}://{canister_id}.{host}{port}/"
