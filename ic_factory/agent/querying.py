"""The course of a query, whose answer the nodes of the subnet sign one by one.

Specification, "Request: Query call".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ic_factory.agent.answers import NodeSignature, QueryAnswer, Reject, read_query_answer
from ic_factory.agent.errors import (
    Attempt,
    CanisterReject,
    UntrustedCertificate,
    UntrustedQueryAnswer,
)
from ic_factory.agent.flow import NANOSECONDS, Flow, respond_at_newest
from ic_factory.agent.reading import read_state
from ic_factory.agent.terms import Terms
from ic_factory.errors import CertificateError, EnvelopeError, KeyFormatError, SignatureError
from ic_factory.protocol.certificate_verification import FIVE_MINUTES
from ic_factory.protocol.content import QueryContent
from ic_factory.protocol.crypto.keys import PublicKey, public_key_from_der
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.request_id import query_response_signing_bytes

MOST_CANISTERS = 10_000
"""Of so many canisters it is remembered which nodes are theirs."""

KEYS_KEPT_FOR = 5 * 60 * NANOSECONDS
"""How long a node is believed to be one of the subnet, since it was certified."""


@dataclass(slots=True)
class NodeKeys:
    """The keys of the nodes that may answer for a canister, as the subnet has certified them.

    Subnets change: a node that is not known makes them be read once more, and so does time.
    """

    _of_canister: dict[Principal, tuple[int, Mapping[bytes, PublicKey]]] = field(
        default_factory=dict
    )

    def known(self, effective_canister_id: Principal, now: int) -> Mapping[bytes, PublicKey]:
        """The keys by the bytes of the nodes' ids; none where they were not read lately."""
        read_at, keys = self._of_canister.get(effective_canister_id, (now, {}))
        return keys if abs(now - read_at) <= KEYS_KEPT_FOR else {}

    def remember(
        self, effective_canister_id: Principal, keys: Mapping[bytes, PublicKey], now: int
    ) -> None:
        """Keeps the keys that were read."""
        if len(self._of_canister) >= MOST_CANISTERS:
            self._of_canister.clear()
        self._of_canister[effective_canister_id] = now, keys


def query(
    terms: Terms,
    node_keys: NodeKeys,
    canister_id: Principal,
    method_name: str,
    arg: bytes,
    effective_canister_id: Principal,
) -> Flow[bytes]:
    """Calls a query method.

    Returns:
        What the canister replied, with the signature of a node verified.

    Raises:
        CanisterReject: The query was rejected.
        AgentError: No answer came back, or none to be trusted.
    """
    content = QueryContent(
        canister_id=canister_id,
        method_name=method_name,
        arg=arg,
        sender=terms.signer.sender,
        ingress_expiry=terms.expiry(),
        nonce=terms.signer.nonce(),
    )
    attempt = terms.attempt(f"query {method_name}", canister_id, content)
    answered = yield from respond_at_newest(
        attempt,
        terms.endpoints.paths("query", effective_canister_id),
        terms.signer.seal(content),
        content.ingress_expiry,
        terms.surroundings,
    )
    terms.endpoints.found("query", answered.path)
    answer = read_query_answer(answered.response.body, attempt)
    yield from _verify(terms, node_keys, answer, effective_canister_id, attempt)
    if isinstance(answer.content, Reject):
        reject = answer.content
        raise CanisterReject(attempt, method_name, reject.code, reject.message, reject.error_code)
    return answer.content.data


def _verify(
    terms: Terms,
    node_keys: NodeKeys,
    answer: QueryAnswer,
    effective_canister_id: Principal,
    attempt: Attempt,
) -> Flow[None]:
    if not answer.signatures:
        raise UntrustedQueryAnswer(attempt, "the answer has no signature")
    now = terms.surroundings.clock()
    keys = node_keys.known(effective_canister_id, now)
    if any(one.node_id not in keys for one in answer.signatures):
        keys = yield from _read_node_keys(terms, effective_canister_id, attempt)
        node_keys.remember(effective_canister_id, keys, now)
    if len(answer.signatures) > len(keys):
        raise UntrustedQueryAnswer(
            attempt,
            f"the answer has {len(answer.signatures)} signatures, by a subnet of {len(keys)} nodes",
        )
    for one in answer.signatures:
        _check_signature(one, keys, answer, attempt, now)


def _read_node_keys(
    terms: Terms, effective_canister_id: Principal, attempt: Attempt
) -> Flow[Mapping[bytes, PublicKey]]:
    state = yield from read_state(terms, effective_canister_id, ((b"subnet",),))
    try:
        return {node: public_key_from_der(key) for node, key in state.node_keys.items()}
    except (CertificateError, KeyFormatError) as error:
        raise UntrustedCertificate(attempt, error) from error


def _check_signature(
    one: NodeSignature,
    keys: Mapping[bytes, PublicKey],
    answer: QueryAnswer,
    attempt: Attempt,
    now: int,
) -> None:
    key = keys.get(one.node_id)
    if key is None:
        raise UntrustedQueryAnswer(
            attempt, f"the answer is signed by {one.node_id.hex()}, no node of the subnet"
        )
    if abs(now - one.timestamp) > FIVE_MINUTES:
        raise UntrustedQueryAnswer(
            attempt, f"the answer is {(now - one.timestamp) / 1e9:.0f} s old; is your clock right?"
        )
    try:
        key.verify(
            query_response_signing_bytes(answer.signed_fields, one.timestamp, attempt.request_id),
            one.signature,
        )
    except (EnvelopeError, SignatureError) as error:
        raise UntrustedQueryAnswer(
            attempt, f"the signature of its node is not one of this answer: {error}"
        ) from error
