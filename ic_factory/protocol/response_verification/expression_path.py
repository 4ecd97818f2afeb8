"""Whether a proof is for the path that was asked (HTTP Gateway Protocol, "Expression Path").

A path is compared by its decoded segments, as canisters' libraries insert it, and one that ends
in `/` has an empty last segment. What is shown must be the most specific path that the canister
has certified, so the tree has to prove that there is no other between it and the request.
"""

from __future__ import annotations

from collections.abc import Iterator

from ic_factory.protocol.hash_tree import Absent, Found, HashTree, lookup_subtree
from ic_factory.protocol.response_verification.errors import WrongPath

PREFIX = "http_expr"
EXACT = "<$>"
WILDCARD = "<*>"

Segments = tuple[str, ...]


def check_expression_path(path: Segments, request_path: str, tree: HashTree) -> None:
    """Checks that a path in the tree is the one to prove an answer for the requested path.

    Args:
        path: The path that the response names.
        request_path: The requested path, percent-decoded.
        tree: The canister's hash tree, as far as it is shown.

    Raises:
        WrongPath: It is not.
    """
    if len(path) < 2 or path[0] != PREFIX or path[-1] not in (EXACT, WILDCARD):
        raise WrongPath(
            f"expr_path {_shown(path)} does not begin with {PREFIX} "
            f"and end in {EXACT} or {WILDCARD}"
        )
    requested = segments_of(request_path)
    if path[-1] == EXACT:
        if path[1:-1] != requested:
            raise WrongPath(f"expr_path {_shown(path)} is not the path {request_path!r}")
    else:
        _check_wildcard(path[1:-1], requested, tree)
    if not isinstance(lookup_subtree(tree, _labels(path)), Found):
        raise WrongPath(f"expr_path {_shown(path)} is not in the tree")


def segments_of(request_path: str) -> Segments:
    """The segments of a path; empty ones are left out but for one at its end."""
    segments = tuple(segment for segment in request_path.split("/") if segment)
    return (*segments, "") if request_path.endswith("/") else segments


def _check_wildcard(prefix: Segments, requested: Segments, tree: HashTree) -> None:
    # A wildcard for a directory holds for what is in it too.
    is_directory = bool(prefix) and prefix[-1] == ""
    covered = prefix[:-1] if is_directory else prefix
    if requested[: len(prefix)] != prefix and requested[: len(covered)] != covered:
        raise WrongPath(
            f"the wildcard {_shown((PREFIX, *prefix, WILDCARD))} does not cover {_shown(requested)}"
        )
    for candidate in ((*requested, EXACT), *_more_specific(prefix, requested)):
        if not isinstance(lookup_subtree(tree, _labels((PREFIX, *candidate))), Absent):
            raise WrongPath(
                f"{_shown((PREFIX, *candidate))} is more specific than the path shown, "
                f"{_shown((PREFIX, *prefix, WILDCARD))}, and the tree does not prove it absent"
            )


def _more_specific(prefix: Segments, requested: Segments) -> Iterator[Segments]:
    """The wildcards that would go before the one of this prefix, the most specific first."""
    candidate = requested
    while len(candidate) > len(prefix) or candidate[-1:] != prefix[-1:]:
        yield (*candidate, WILDCARD)
        if not candidate:
            return
        # Above a file is its directory, `a/`, and above that `a`.
        is_directory = candidate[-1] == ""
        candidate = candidate[:-1] if is_directory else (*candidate[:-1], "")


def _labels(path: Segments) -> list[bytes]:
    return [segment.encode() for segment in path]


def _shown(path: Segments) -> str:
    return "/" + "/".join(path)
