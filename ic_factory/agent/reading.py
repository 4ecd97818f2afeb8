"""The course of a read of the certified state (specification, "Request: Read state")."""

from __future__ import annotations

from ic_factory.agent.answers import read_certificate
from ic_factory.agent.certified_state import CertifiedState, shown, verify_state
from ic_factory.agent.errors import Attempt, ForeignCertificate, UntrustedCertificate
from ic_factory.agent.flow import Flow, respond_at_newest
from ic_factory.agent.terms import Terms
from ic_factory.errors import ProtocolError
from ic_factory.protocol.content import ReadStateContent
from ic_factory.protocol.hash_tree import Found, Path, Pruned, Unknown, lookup_subtree
from ic_factory.protocol.principal import Principal


def read_state(
    terms: Terms,
    effective_canister_id: Principal,
    paths: tuple[Path, ...],
    attempt: Attempt | None = None,
    until: int | None = None,
) -> Flow[CertifiedState]:
    """Reads parts of the state of a canister's subnet.

    Args:
        terms: What all requests of the agent have in common.
        effective_canister_id: Whose subnet.
        paths: Which parts; the answer tells of each whether it is there.
        attempt: What it is read for, for errors; the reading itself where it is left out.
        until: When to give up, in nanoseconds since 1970; when the request expires at the latest.

    Raises:
        AgentError: No answer came back, or none to be trusted.
    """
    content = ReadStateContent(
        paths=paths,
        sender=terms.signer.sender,
        ingress_expiry=terms.expiry(),
        nonce=terms.signer.nonce(),
    )
    if attempt is None:
        attempt = terms.attempt("reading the state", effective_canister_id, content)
    expiry = content.ingress_expiry
    answered = yield from respond_at_newest(
        attempt,
        terms.endpoints.paths("read_state", effective_canister_id),
        terms.signer.seal(content),
        expiry if until is None else min(expiry, until),
        terms.surroundings,
    )
    terms.endpoints.found("read_state", answered.path)
    certificate = read_certificate(answered.response.body, attempt)
    state = verified(terms, certificate, effective_canister_id, attempt)
    for path in paths:
        if _is_hidden(state, path):
            raise ForeignCertificate(
                attempt, f"the certificate is valid, but silent about {shown(path)}, as was asked"
            )
    return state


def _is_hidden(state: CertifiedState, path: Path) -> bool:
    found = lookup_subtree(state.tree, path)
    return isinstance(found, Unknown) or (
        isinstance(found, Found) and isinstance(found.value, Pruned)
    )


def verified(
    terms: Terms, certificate: bytes, effective_canister_id: Principal, attempt: Attempt
) -> CertifiedState:
    """A certificate's state.

    Raises:
        UntrustedCertificate: It does not verify.
    """
    try:
        return verify_state(
            certificate, terms.root_key(), effective_canister_id, terms.surroundings.clock()
        )
    except ProtocolError as error:
        raise UntrustedCertificate(attempt, error) from error
