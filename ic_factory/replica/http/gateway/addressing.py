"""Which canister a request is for, and by which URL the canister is asked.

HTTP Gateway Protocol, "Canister ID Resolution". Host names are those under `localhost`; elsewhere,
as dfx has it, the query parameter `canisterId` names the canister, of the request itself or of the
page that it comes from, and a path of our own does. A name that leads to another machine's pages
is never served: a page there could reach this replica by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import URL, QueryParams

from ic_factory.errors import PrincipalError
from ic_factory.protocol.loopback import is_loopback
from ic_factory.protocol.principal import Principal
from ic_factory.replica.http.cors import ADMIN_PREFIX
from ic_factory.replica.http.gateway.problems import (
    CannotServe,
    foreign_host,
    no_canister_named,
    not_an_id,
    unknown_name,
)

ResolveName = Callable[[str], Principal | None]
"""Gives the canister of a name in lower case, such as dfx.json has; None where there is none."""

_INTERFACE = re.compile(r"/api/v[0-9]+/(status$|(canister|subnet)/)")
_INTERFACE_PREFIX = "/api/"
_IN_PATH = re.compile(r"/canister/([^/]+)(?:/(.*))?", re.DOTALL)
_PARAMETER = "canisterId"
_SUFFIX = ".localhost"
_RAW = ".raw"


@dataclass(frozen=True, slots=True)
class RequestLine:
    """What of a request says where it goes.

    Attributes:
        authority: The header `Host`: name and port.
        path: The path, not decoded.
        query: The query, with no `?`.
        referer: The page that it comes from.
        shows_pages: Whether the client is a browser that would show a page.
    """

    authority: str
    path: str
    query: str
    referer: str
    shows_pages: bool

    @property
    def host(self) -> str:
        """The name or address alone, in lower case."""
        authority = self.authority.lower()
        if authority.startswith("["):
            return authority[1:].partition("]")[0]
        return authority.partition(":")[0].rstrip(".")

    @property
    def url(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Address:
    """Which canister is asked for what.

    Attributes:
        canister_id: The canister.
        url: Path and query for the canister.
        is_raw: Whether the response may be one that is not certified.
    """

    canister_id: Principal
    url: str
    is_raw: bool = False


def address_of(line: RequestLine, resolve_name: ResolveName) -> Address | None:
    """Finds out which canister a request is for; None if it is for the replica itself.

    Raises:
        CannotServe: It is for a canister that can't be told, or by a name that is not served.
    """
    if _INTERFACE.match(line.path):
        return None
    host = line.host
    if host.endswith(_SUFFIX):
        return _by_host(line, host, resolve_name)
    if line.path.startswith((_INTERFACE_PREFIX, ADMIN_PREFIX)):
        return None
    if host != "localhost" and not is_loopback(host):
        raise CannotServe(foreign_host(host))
    return _by_url(line)


def raw_url_of(address: Address, authority: str) -> str:
    """Where the same is served with no verification."""
    port = re.search(r":\d+$", authority)
    where = f"{address.canister_id}.raw.localhost{port.group() if port else ''}"
    return f"http://{where}{address.url}"


def _by_host(line: RequestLine, host: str, resolve_name: ResolveName) -> Address | None:
    name = host.removesuffix(_SUFFIX)
    is_raw = name.endswith(_RAW)
    name = name.removesuffix(_RAW)
    canister_id = _named(name, resolve_name)
    if canister_id is not None:
        return Address(canister_id, line.url, is_raw)
    if line.path.startswith(ADMIN_PREFIX):
        return None
    raise CannotServe(unknown_name(name, host))


def _named(name: str, resolve_name: ResolveName) -> Principal | None:
    try:
        # Before the id may stand any word, as on the mainnet.
        return Principal.from_str(name.rpartition("--")[2])
    except PrincipalError:
        return resolve_name(name)


def _by_url(line: RequestLine) -> Address | None:
    address = _in_url(line.path, line.query) or _by_referer(line)
    if address is None and line.shows_pages:
        raise CannotServe(no_canister_named(line.authority))
    return address


def _in_url(path: str, query: str) -> Address | None:
    in_path = _IN_PATH.fullmatch(path)
    if in_path is not None:
        text, rest = in_path.groups()
        url = f"/{rest or ''}"
        return Address(_canister_id(text), f"{url}?{query}" if query else url)
    named = QueryParams(query).get(_PARAMETER)
    if named is None:
        return None
    return Address(_canister_id(named), f"{path}?{query}")


def _by_referer(line: RequestLine) -> Address | None:
    """By the page that has a link to what is asked for, if it is of the same origin."""
    try:
        page = URL(line.referer)
        is_ours = page.netloc.lower() == line.authority.lower()
    except ValueError:
        return None
    found = _in_url(page.path, page.query) if line.referer and is_ours else None
    return None if found is None else Address(found.canister_id, line.url)


def _canister_id(text: str) -> Principal:
    try:
        return Principal.from_str(text.lower())
    except PrincipalError as error:
        raise CannotServe(not_an_id(text, str(error))) from error
