"""Every ``ic0`` function of a 32-bit module, each with a program that calls it harmlessly.

Where a function may be called, its program does not trap, with these exceptions: `trap` itself;
the three that answer, where an answer was given already; `data_certificate_size` without a
certificate; the `env_var_*` functions without the variable `NAME`.
"""

from __future__ import annotations

from tests.canisters.ic0_program import Program

ENDING = frozenset({"msg_reply", "msg_reject", "trap"})
"""What answers or ends the message, so that no reply can follow."""

DEPRECATED = frozenset(
    {
        "msg_cycles_available",
        "msg_cycles_refunded",
        "msg_cycles_accept",
        "canister_cycle_balance",
        "call_cycles_add",
        "stable_size",
        "stable_grow",
        "stable_write",
        "stable_read",
    }
)
"""What only 32-bit modules may import."""

OUTCALL_PARAMETERS = bytes.fromhex(
    "4449444c016c05bba8d4840478a182a2910578989188980678a4d9e6b90a789595df9c0c780100" + "00" * 40
)
"""Candid of a record of five ``nat64``, all 0: the sizes and times that price an outcall."""


def _call(name: str) -> Program:
    return Program().system_call(name)


def _copy(name: str) -> Program:
    """Copies nothing, which is inside every blob."""
    return Program().system_call(name, 0, 0, 0)


def _pass(name: str) -> Program:
    """Passes no bytes."""
    return Program().system_call(name, 0, 0)


def _begun_call() -> Program:
    """A call to itself that nobody waits for."""
    return Program().call_new(
        Program().self_id(),
        "no_reply",
        on_reply=Program(),
        on_reject=Program(),
        on_cleanup=Program(),
    )


IC0_FUNCTIONS: dict[str, Program] = {
    "msg_arg_data_size": _call("msg_arg_data_size"),
    "msg_arg_data_copy": _copy("msg_arg_data_copy"),
    "msg_caller_size": _call("msg_caller_size"),
    "msg_caller_copy": _copy("msg_caller_copy"),
    "msg_caller_info_data_size": _call("msg_caller_info_data_size"),
    "msg_caller_info_data_copy": _copy("msg_caller_info_data_copy"),
    "msg_caller_info_signer_size": _call("msg_caller_info_signer_size"),
    "msg_caller_info_signer_copy": _copy("msg_caller_info_signer_copy"),
    "msg_reject_code": Program().reject_code(),
    "msg_reject_msg_size": _call("msg_reject_msg_size"),
    "msg_reject_msg_copy": _copy("msg_reject_msg_copy"),
    "msg_deadline": Program().deadline(),
    "msg_reply_data_append": _pass("msg_reply_data_append"),
    "msg_reply": Program().msg_reply(),
    "msg_reject": _pass("msg_reject"),
    "msg_cycles_available128": Program().cycles_available(),
    "msg_cycles_refunded128": Program().cycles_refunded(),
    "msg_cycles_accept128": Program().accept_cycles(0),
    "cycles_burn128": Program().burn_cycles(0),
    "canister_self_size": _call("canister_self_size"),
    "canister_self_copy": _copy("canister_self_copy"),
    "canister_cycle_balance128": Program().balance(),
    "canister_liquid_cycle_balance128": Program().liquid_balance(),
    "canister_status": Program().status(),
    "canister_version": Program().version(),
    "subnet_self_size": _call("subnet_self_size"),
    "subnet_self_copy": _copy("subnet_self_copy"),
    "subnet_self_node_count": Program().subnet_node_count(),
    "msg_method_name_size": _call("msg_method_name_size"),
    "msg_method_name_copy": _copy("msg_method_name_copy"),
    "accept_message": Program().accept_message(),
    "call_new": _begun_call(),
    "call_on_cleanup": _begun_call(),
    "call_data_append": _begun_call().system_call("call_data_append", 0, 0),
    "call_with_best_effort_response": _begun_call().call_with_best_effort_response(10),
    "call_cycles_add128": _begun_call().call_cycles_add128(0),
    "call_perform": _begun_call().call_perform(),
    "stable64_size": Program().stable_size(),
    "stable64_grow": Program().stable_grow(0),
    "stable64_write": Program().stable_write(0, b""),
    "stable64_read": Program().stable_read(0, 0),
    "root_key_size": _call("root_key_size"),
    "root_key_copy": _copy("root_key_copy"),
    "certified_data_set": _pass("certified_data_set"),
    "data_certificate_present": Program().data_certificate_present(),
    "data_certificate_size": _call("data_certificate_size"),
    "data_certificate_copy": _copy("data_certificate_copy"),
    "time": Program().time(),
    "global_timer_set": Program().set_global_timer(0),
    "performance_counter": Program().performance_counter(0),
    "is_controller": _pass("is_controller"),
    "in_replicated_execution": Program().in_replicated_execution(),
    "cost_call": Program().cost_call(0, 0),
    "cost_create_canister": Program().cost_create_canister(),
    "cost_http_request": Program().cost_http_request(0, 0),
    "cost_http_request_v2": Program().cost_http_request_v2(OUTCALL_PARAMETERS),
    "cost_sign_with_ecdsa": Program().cost_sign_with_ecdsa(b"key_1", 0),
    "cost_sign_with_schnorr": Program().cost_sign_with_schnorr(b"key_1", 0),
    "cost_vetkd_derive_key": Program().cost_vetkd_derive_key(b"key_1", 0),
    "env_var_count": Program().env_var_count(),
    "env_var_name_size": Program().system_call("env_var_name_size", 0),
    "env_var_name_copy": Program().env_var_name(0),
    "env_var_name_exists": Program().env_var_name_exists(b"NAME"),
    "env_var_value_size": Program().env_var_value(b"NAME"),
    "env_var_value_copy": Program().env_var_value(b"NAME"),
    "debug_print": _pass("debug_print"),
    "trap": _pass("trap"),
    "msg_cycles_available": _call("msg_cycles_available"),
    "msg_cycles_refunded": _call("msg_cycles_refunded"),
    "msg_cycles_accept": Program().system_call("msg_cycles_accept", 0),
    "canister_cycle_balance": _call("canister_cycle_balance"),
    "call_cycles_add": _begun_call().call_cycles_add(0),
    "stable_size": Program().stable32_size(),
    "stable_grow": Program().stable32_grow(0),
    "stable_write": Program().stable32_write(0, b""),
    "stable_read": Program().stable32_read(0, 0),
}
