"""Lists that a canister tells page by page, as if they were told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

Item = TypeVar("Item")
Place = TypeVar("Place")


class Page(Protocol):
    """A part of a list that tells where the next part begins."""

    @property
    def next(self) -> object | None:
        """What the next page is asked for by; None where there is none."""
        ...


PageT = TypeVar("PageT", bound=Page)


def pages(ask: Callable[[Any], PageT]) -> Iterator[PageT]:
    """The pages of a list, each asked for when it is needed.

    Args:
        ask: Asks for the page behind a place, which a page has told of; the first one by None.
    """
    after = None
    while True:
        page = ask(after)
        yield page
        if page.next is None:
            return
        after = page.next


def items_until_none(
    ask: Callable[[Place | None], Sequence[Item]],
    place: Callable[[Item], Place],
    after: Place | None = None,
) -> Iterator[Item]:
    """The items of a list whose pages tell of no next one: it ends with an empty page.

    Args:
        ask: Asks for the items behind a place; the first ones by None.
        place: Where an item stands.
        after: Where to begin.
    """
    while page := ask(after):
        yield from page
        after = place(page[-1])
