"""Every function of `ic0`: its signature, from where it may be called, and who serves it.

Names, signatures and letters are those of the specification, "Overview of imports".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ic_factory.replica.execution.invocation import Context
from ic_factory.replica.execution.layout import Blob, Slot
from ic_factory.replica.execution.prepare.module import FunctionType, ValueType
from ic_factory.replica.execution.system_api import (
    calls,
    costs,
    cycles,
    debugging,
    responding,
    surroundings,
)

_LETTERS = {
    "s": Context.START,
    "I": Context.INIT,
    "G": Context.PRE_UPGRADE,
    "U": Context.UPDATE,
    "RQ": Context.REPLICATED_QUERY,
    "NRQ": Context.NON_REPLICATED_QUERY,
    "TQ": Context.TRANSFORM,
    "CQ": Context.COMPOSITE_QUERY,
    "Ry": Context.REPLY,
    "Rt": Context.REJECT,
    "CRy": Context.COMPOSITE_REPLY,
    "CRt": Context.COMPOSITE_REJECT,
    "C": Context.CLEANUP,
    "CC": Context.COMPOSITE_CLEANUP,
    "F": Context.INSPECT_MESSAGE,
    "T": Context.SYSTEM_TASK,
}
_ALL_BUT_START = "I G U RQ NRQ TQ CQ Ry Rt CRy CRt C CC F T"

MODE_NAMES = {
    Context.START: "start",
    Context.INIT: "init",
    Context.PRE_UPGRADE: "pre upgrade",
    Context.UPDATE: "update",
    Context.REPLICATED_QUERY: "replicated query",
    Context.NON_REPLICATED_QUERY: "non replicated query",
    Context.TRANSFORM: "non replicated query",
    Context.COMPOSITE_QUERY: "composite query",
    Context.REPLY: "reply callback",
    Context.REJECT: "reject callback",
    Context.COMPOSITE_REPLY: "composite reply callback",
    Context.COMPOSITE_REJECT: "composite reject callback",
    Context.CLEANUP: "cleanup",
    Context.COMPOSITE_CLEANUP: "composite cleanup",
    Context.INSPECT_MESSAGE: "inspect message",
    Context.SYSTEM_TASK: "system task",
}
"""Contexts as error messages name them."""


@dataclass(frozen=True, slots=True)
class BlobSize:
    """Served by the companion: the size of a blob."""

    blob: Blob


@dataclass(frozen=True, slots=True)
class BlobCopy:
    """Served by the companion: a copy of a part of a blob."""

    blob: Blob


@dataclass(frozen=True, slots=True)
class Number:
    """Served by the companion: a number of the block."""

    slot: Slot


@dataclass(frozen=True, slots=True)
class Companion:
    """Served by a function of the companion's own, of the same name."""


@dataclass(frozen=True, slots=True)
class Host:
    """Served by the host: called with the execution and the arguments as unsigned integers."""

    function: Callable[..., int | None]


Server = BlobSize | BlobCopy | Number | Companion | Host


@dataclass(frozen=True, slots=True)
class SystemFunction:
    """A function of `ic0`. In signatures, P is a pointer, i is i32 and l is i64."""

    name: str
    parameters: str
    result: str
    contexts: Context
    server: Server
    only_32_bit: bool = False

    def type_for(self, *, is_64_bit: bool) -> FunctionType:
        """The function's type for a module with memory of this width."""
        types = {
            "P": ValueType.I64 if is_64_bit else ValueType.I32,
            "i": ValueType.I32,
            "l": ValueType.I64,
        }
        return FunctionType(
            tuple(types[letter] for letter in self.parameters),
            tuple(types[letter] for letter in self.result),
        )


def contexts_of(letters: str) -> Context:
    """The contexts behind the specification's letters."""
    contexts = Context(0)
    for letter in letters.replace("*", _ALL_BUT_START).split():
        contexts |= _LETTERS[letter]
    return contexts


def _function(
    name: str, signature: str, letters: str, server: Server, *, only_32_bit: bool = False
) -> SystemFunction:
    parameters, _, result = signature.partition(":")
    return SystemFunction(
        name, parameters, result, contexts_of(letters), server, only_32_bit=only_32_bit
    )


def _blob(name: str, letters: str, blob: Blob) -> list[SystemFunction]:
    return [
        _function(f"{name}_size", ":P", letters, BlobSize(blob)),
        _function(f"{name}_copy", "PPP", letters, BlobCopy(blob)),
    ]


def _host(
    name: str, signature: str, letters: str, function: Callable[..., int | None]
) -> SystemFunction:
    return _function(name, signature, letters, Host(function))


_ARGUMENT = "I U RQ NRQ TQ CQ Ry CRy F"
_CALLER_INFO = "U RQ NRQ CQ Ry Rt CRy CRt C CC F"
_RESPOND = "U RQ NRQ TQ CQ Ry Rt CRy CRt"
_CALL = "U CQ Ry Rt CRy CRt T"
_CALL_CYCLES = "U Ry Rt T"
_CYCLES = "U RQ Rt Ry"
_REFUND = "Rt Ry"
_REPLICATED = "I G U RQ Ry Rt C T"
_EVERYWHERE = "* s"

_FUNCTIONS = [
    *_blob("msg_arg_data", _ARGUMENT, Blob.ARGUMENT),
    *_blob("msg_caller", "*", Blob.CALLER),
    *_blob("msg_caller_info_data", _CALLER_INFO, Blob.CALLER_INFO_DATA),
    *_blob("msg_caller_info_signer", _CALLER_INFO, Blob.CALLER_INFO_SIGNER),
    _function("msg_reject_code", ":i", "Ry Rt CRy CRt C", Number(Slot.REJECT_CODE)),
    *_blob("msg_reject_msg", "Rt CRt", Blob.REJECT_MESSAGE),
    _function("msg_deadline", ":l", "U RQ NRQ TQ CQ Ry Rt CRy CRt", Number(Slot.DEADLINE_64)),
    _function("msg_reply_data_append", "PP", _RESPOND, Companion()),
    _function("msg_reply", "", _RESPOND, Companion()),
    _host("msg_reject", "PP", _RESPOND, responding.msg_reject),
    _host("msg_cycles_available128", "P", _CYCLES, cycles.msg_cycles_available128),
    _host("msg_cycles_refunded128", "P", _REFUND, cycles.msg_cycles_refunded128),
    _host("msg_cycles_accept128", "llP", _CYCLES, cycles.msg_cycles_accept128),
    _host("cycles_burn128", "llP", _REPLICATED, cycles.cycles_burn128),
    *_blob("canister_self", "*", Blob.CANISTER_ID),
    _host("canister_cycle_balance128", "P", "*", cycles.canister_cycle_balance128),
    _host("canister_liquid_cycle_balance128", "P", "*", cycles.canister_liquid_cycle_balance128),
    _function("canister_status", ":i", "*", Number(Slot.STATUS)),
    _function("canister_version", ":l", "*", Number(Slot.VERSION_64)),
    *_blob("subnet_self", "*", Blob.SUBNET_ID),
    _function("subnet_self_node_count", ":i", "*", Number(Slot.NODE_COUNT)),
    *_blob("msg_method_name", "F", Blob.METHOD_NAME),
    _host("accept_message", "", "F", responding.accept_message),
    _host("call_new", "PPPPPPPP", _CALL, calls.call_new),
    _host("call_on_cleanup", "PP", _CALL, calls.call_on_cleanup),
    _host("call_data_append", "PP", _CALL, calls.call_data_append),
    _host("call_with_best_effort_response", "i", _CALL, calls.call_with_best_effort_response),
    _host("call_cycles_add128", "ll", _CALL_CYCLES, calls.call_cycles_add128),
    _host("call_perform", ":i", _CALL, calls.call_perform),
    _function("stable64_size", ":l", _EVERYWHERE, Companion()),
    _function("stable64_grow", "l:l", _EVERYWHERE, Companion()),
    _function("stable64_write", "lll", _EVERYWHERE, Companion()),
    _function("stable64_read", "lll", _EVERYWHERE, Companion()),
    *_blob("root_key", _REPLICATED, Blob.ROOT_KEY),
    _host("certified_data_set", "PP", "I G U Ry Rt T", surroundings.certified_data_set),
    _function("data_certificate_present", ":i", "*", Number(Slot.HAS_CERTIFICATE)),
    _function("data_certificate_size", ":P", "NRQ CQ", Companion()),
    _function("data_certificate_copy", "PPP", "NRQ CQ", Companion()),
    _function("time", ":l", "*", Number(Slot.TIME_64)),
    _host("global_timer_set", "l:l", "I G U Ry Rt C T", surroundings.global_timer_set),
    _host("performance_counter", "i:l", _EVERYWHERE, surroundings.performance_counter),
    _host("is_controller", "PP:i", _EVERYWHERE, surroundings.is_controller),
    _function("in_replicated_execution", ":i", _EVERYWHERE, Number(Slot.IS_REPLICATED)),
    _host("cost_call", "llP", _EVERYWHERE, costs.cost_call),
    _host("cost_create_canister", "P", _EVERYWHERE, costs.cost_create_canister),
    _host("cost_http_request", "llP", _EVERYWHERE, costs.cost_http_request),
    _host("cost_http_request_v2", "PPP", _EVERYWHERE, costs.cost_http_request_v2),
    _host("cost_sign_with_ecdsa", "PPiP:i", _EVERYWHERE, costs.cost_sign_with_ecdsa),
    _host("cost_sign_with_schnorr", "PPiP:i", _EVERYWHERE, costs.cost_sign_with_schnorr),
    _host("cost_vetkd_derive_key", "PPiP:i", _EVERYWHERE, costs.cost_vetkd_derive_key),
    _host("env_var_count", ":P", "*", surroundings.env_var_count),
    _host("env_var_name_size", "P:P", "*", surroundings.env_var_name_size),
    _host("env_var_name_copy", "PPPP", "*", surroundings.env_var_name_copy),
    _host("env_var_name_exists", "PP:i", "*", surroundings.env_var_name_exists),
    _host("env_var_value_size", "PP:P", "*", surroundings.env_var_value_size),
    _host("env_var_value_copy", "PPPPP", "*", surroundings.env_var_value_copy),
    _host("debug_print", "PP", _EVERYWHERE, debugging.debug_print),
    _host("trap", "PP", _EVERYWHERE, debugging.trap),
    _host("mint_cycles128", "llP", _CALL_CYCLES, cycles.mint_cycles128),
]

_FUNCTIONS_OF_32_BIT_MODULES: list[tuple[str, str, str, Server]] = [
    ("msg_cycles_available", ":l", _CYCLES, Host(cycles.msg_cycles_available)),
    ("msg_cycles_refunded", ":l", _REFUND, Host(cycles.msg_cycles_refunded)),
    ("msg_cycles_accept", "l:l", _CYCLES, Host(cycles.msg_cycles_accept)),
    ("canister_cycle_balance", ":l", "*", Host(cycles.canister_cycle_balance)),
    ("call_cycles_add", "l", _CALL_CYCLES, Host(calls.call_cycles_add)),
    ("mint_cycles", "l:l", _CALL_CYCLES, Host(cycles.mint_cycles)),
    ("stable_size", ":i", _EVERYWHERE, Companion()),
    ("stable_grow", "i:i", _EVERYWHERE, Companion()),
    ("stable_write", "iii", _EVERYWHERE, Companion()),
    ("stable_read", "iii", _EVERYWHERE, Companion()),
]

SYSTEM_API: dict[str, SystemFunction] = {
    function.name: function
    for function in (
        *_FUNCTIONS,
        *(
            _function(name, signature, letters, server, only_32_bit=True)
            for name, signature, letters, server in _FUNCTIONS_OF_32_BIT_MODULES
        ),
    )
}
"""Name → function."""

NUMBERED = tuple(SYSTEM_API.values())
"""The functions by the number that the companion calls them by."""
