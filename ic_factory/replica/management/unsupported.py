"""Methods that the specification has and this replica has not."""

from __future__ import annotations

from ic_factory.replica.rejects import ErrorCode, Reject

UNSUPPORTED_METHODS = frozenset(
    {
        "http_request",
        "flexible_http_request",
        "ecdsa_public_key",
        "sign_with_ecdsa",
        "schnorr_public_key",
        "sign_with_schnorr",
        "vetkd_public_key",
        "vetkd_derive_key",
        "bitcoin_get_balance",
        "bitcoin_get_utxos",
        "bitcoin_send_transaction",
        "bitcoin_get_current_fee_percentiles",
        "bitcoin_get_block_headers",
    }
)


def absent_method(method_name: str) -> Reject:
    """The reject for a method that isn't served: known to the specification, or to nobody."""
    if method_name in UNSUPPORTED_METHODS:
        return Reject.of(
            ErrorCode.UNKNOWN_MANAGEMENT_MESSAGE,
            f"Management canister method '{method_name}' is not supported by this replica",
        )
    return Reject.of(
        ErrorCode.CANISTER_METHOD_NOT_FOUND,
        f"Management canister has no method '{method_name}'",
    )
