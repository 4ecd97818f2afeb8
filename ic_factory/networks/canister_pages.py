"""Canisters' pages, as a browser asks a network's HTTP gateway for them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from ic_factory.networks.errors import Unreachable
from ic_factory.networks.network_urls import canister_url, leads_here

TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class CanisterPage:
    """What a gateway answered.

    Attributes:
        url: What a browser would be given.
        status: The HTTP status.
        content_type: With its parameters; empty where none was told.
        body: All bytes.
    """

    url: str
    status: int
    content_type: str
    body: bytes


def get_page(network_url: str, canister_id: object, path: str) -> CanisterPage:
    """Gets a page of a canister by the canister's host name.

    Host names below `localhost` need not be known to this machine: the network's own address is
    asked, with the name in the `Host` header.

    Args:
        network_url: The network's address.
        canister_id: The canister, or its text.
        path: What is asked for, beginning with a slash.

    Raises:
        Unreachable: Nothing answers, or something that does not speak HTTP.
    """
    import http.client

    page = urlsplit(canister_url(network_url, canister_id))
    place = urlsplit(network_url) if leads_here(network_url) else page
    secure = place.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=TIMEOUT_SECONDS)
    url = f"{page.scheme}://{page.netloc}{path}"
    try:
        connection.request("GET", path, headers={"Host": page.netloc})
        response = connection.getresponse()
        content_type = response.getheader("content-type", "")
        return CanisterPage(url, response.status, content_type, response.read())
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"no answer from {url}: {error}") from error
    finally:
        connection.close()
