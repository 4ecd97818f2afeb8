"""Problems as pages: HTML with no script for browsers, plain text for other clients."""

from __future__ import annotations

from html import escape

from ic_factory.replica.http.gateway.problems import Problem
from ic_factory.replica.http.gateway.sending import Answer

_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'"),
    (b"x-content-type-options", b"nosniff"),
]
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}"
    "h1{font-size:1.4rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:.8rem;"
    "background:#8882;border-radius:4px}footer{opacity:.6;margin-top:2rem}"
    ":root{color-scheme:light dark}"
)
_MAX_DETAILS = 4000


def wants_html(accept: str) -> bool:
    """Whether a client that sent this header `Accept` is likely a browser."""
    return "text/html" in accept.lower()


def problem_page(problem: Problem, accept: str) -> Answer:
    """The answer that tells of a problem, in the form that the client asked for."""
    if wants_html(accept):
        kind, text = b"text/html; charset=utf-8", as_html(problem)
    else:
        kind, text = b"text/plain; charset=utf-8", as_text(problem)
    return Answer(problem.status, [(b"content-type", kind), *_HEADERS], text.encode())


def as_text(problem: Problem) -> str:
    """The problem in lines of text."""
    lines = [f"{problem.title}.", problem.reason, *(f"- {each}" for each in problem.advice)]
    if problem.details:
        lines += ["", _shortened(problem.details)]
    return "\n".join(lines) + "\n"


def as_html(problem: Problem) -> str:
    """The problem as a page; nothing in it but our own words is markup."""
    title = escape(problem.title)
    advice = "".join(f"<li>{escape(each)}</li>" for each in problem.advice)
    details = escape(_shortened(problem.details))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1><p>{escape(problem.reason)}</p>"
        + (f"<ul>{advice}</ul>" if advice else "")
        + (f"<pre>{details}</pre>" if details else "")
        + f"<footer>HTTP {problem.status}, by the gateway of ic-factory's local replica"
        "</footer></body></html>\n"
    )


def _shortened(details: str) -> str:
    return details if len(details) <= _MAX_DETAILS else details[:_MAX_DETAILS] + " …"
