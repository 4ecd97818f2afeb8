"""Why the gateway answers a request itself, in words for whoever sees it in a browser."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ic_factory.errors import IcFactoryError
from ic_factory.protocol.principal import Principal
from ic_factory.replica.rejects import ErrorCode, Reject


@dataclass(frozen=True, slots=True)
class Problem:
    """What a page about a failure says.

    Attributes:
        status: The HTTP status.
        title: What happened, in a few words.
        reason: What happened, in a sentence or two.
        advice: What can be done, a sentence each.
        details: What the canister or the replica said of it, as it came.
    """

    status: int
    title: str
    reason: str
    advice: tuple[str, ...] = ()
    details: str = ""


class CannotServe(Exception):
    """Ends a request with a page about a problem; caught by the gateway."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def no_canister_named(authority: str) -> Problem:
    """The URL names no canister; `authority` is its host and port."""
    port = authority.rpartition(":")[2] if authority[-1:].isdigit() and ":" in authority else ""
    where = f"localhost:{port}" if port else "localhost"
    return Problem(
        404,
        "No canister named",
        "This is a local replica of the Internet Computer. The address does not say which of its "
        "canisters is meant.",
        (
            f"Name a canister by its id: http://<canister id>.{where}/",
            f"Where names like that lead nowhere: http://{where}/?canisterId=<canister id>",
            f"Or, for that: http://{where}/canister/<canister id>/",
            f"See what there is: http://{where}/_/dashboard",
        ),
    )


def foreign_host(host: str) -> Problem:
    """A page was asked for by a host name that is not of this machine."""
    return Problem(
        403,
        "Not a name of this machine",
        f"The host name {host!r} is none of this machine's, and pages are served by those alone: "
        "otherwise a page elsewhere could pose as one of them.",
        ("Use localhost, a name that ends in .localhost, or a loopback address.",),
    )


def unknown_name(name: str, host: str) -> Problem:
    """A name under `localhost` is neither a canister id nor a known alias."""
    return Problem(
        404,
        "No canister of that name",
        f"{name!r} in {host!r} is no canister id, and no canister of that name is known.",
        (
            "Check the id for typing mistakes.",
            "A name of a project is known if the replica was started for that project.",
            "It is known once the canister has been deployed to this replica.",
        ),
    )


def not_an_id(text: str, reason: str) -> Problem:
    """What stands where a canister id has to is none."""
    return Problem(
        400,
        "Not a canister id",
        f"{text!r} stands where a canister id is expected, and is none.",
        ("Check the id for typing mistakes.",),
        reason,
    )


def malformed_request(reason: str, status: int = 400) -> Problem:
    """The request can't be given to a canister."""
    return Problem(status, "The request can't be passed on", reason)


def rejected(canister_id: Principal, method: str, reject: Reject) -> Problem:
    """The canister, or the replica for it, refused a call."""
    name = f"canister {canister_id}"
    match reject.error_code:
        case ErrorCode.CANISTER_NOT_FOUND | ErrorCode.CANISTER_NOT_HOSTED_BY_SUBNET:
            problem = Problem(
                404,
                "No such canister",
                f"This replica has no {name}.",
                (
                    "Check the id: it may be one of another network.",
                    "A replica that was started anew has to be deployed to again.",
                ),
            )
        case ErrorCode.CANISTER_WASM_MODULE_NOT_FOUND:
            problem = Problem(
                503,
                "The canister is empty",
                f"There is a {name}, but no code is installed in it.",
                ("Install its module, then load this page again.",),
            )
        case ErrorCode.CANISTER_METHOD_NOT_FOUND | ErrorCode.CANISTER_FUNCTION_NOT_FOUND:
            problem = Problem(
                503,
                "The canister serves no pages",
                f"The module of {name} has no method {method}, by which pages are served.",
                (
                    "Call its methods by an agent instead.",
                    "Or give it that method, as the HTTP Gateway Protocol Specification has it.",
                    "If the pages are in another canister, such as an asset canister, open that.",
                ),
            )
        case ErrorCode.CANISTER_STOPPED | ErrorCode.CANISTER_STOPPING:
            problem = Problem(
                503,
                "The canister is stopped",
                f"The {name} is stopped, or about to be.",
                ("Start it, then load this page again.",),
            )
        case ErrorCode.CANISTER_OUT_OF_CYCLES:
            problem = Problem(
                503,
                "The canister is frozen",
                f"The {name} has too few cycles left to answer.",
                ("Top it up with cycles, or lower its freezing threshold.",),
            )
        case ErrorCode.CANISTER_TRAPPED | ErrorCode.CANISTER_CALLED_TRAP:
            problem = Problem(
                503,
                "The canister trapped",
                f"The code of {name} failed in {method}.",
                (f"What it logged is at /_/logs?canister={canister_id} of the replica.",),
            )
        case _:
            problem = Problem(
                503,
                "The canister did not answer",
                f"The call of {method} of {name} was rejected.",
                (f"What it logged is at /_/logs?canister={canister_id} of the replica.",),
            )
    return replace(problem, details=reject.message)


def not_verified(canister_id: Principal, error: IcFactoryError, raw_url: str) -> Problem:
    """The response is not proven to be what the canister certified."""
    return Problem(
        503,
        "The response is not certified",
        f"What canister {canister_id} answered does not prove that it is what the canister has "
        f"certified ({type(error).__name__}). It is not served, since a single malicious node "
        "could have made it up.",
        (
            "Let the canister certify its responses, by version 2 of response verification.",
            "Or let it certify that this path is not certified, where that does no harm.",
            f"To see the response as it is, for a look at what is wrong: {raw_url}",
        ),
        str(error),
    )


def bad_answer(canister_id: Principal, reason: str) -> Problem:
    """What the canister answered can't be served as an HTTP response."""
    return Problem(
        502,
        "The canister's answer can't be served",
        f"Canister {canister_id} answered, but not as the HTTP Gateway Protocol has it.",
        ("Correct the canister's http_request, or what it calls back for the rest of a body.",),
        reason,
    )


def no_answer(canister_id: Principal, seconds: float) -> Problem:
    """An update call had no answer in time."""
    return Problem(
        504,
        "The canister takes too long",
        f"Canister {canister_id} has not answered the update call for this page in "
        f"{seconds:.0f} s, or the replica was rewound meanwhile.",
        ("Load the page again; the first call may still take effect.",),
    )
