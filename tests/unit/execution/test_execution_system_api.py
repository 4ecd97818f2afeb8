"""Every function of ic0 is there, with its signature, and only where it may be called."""

from __future__ import annotations

import pytest

from ic_factory.protocol.candid.types import NAT64, Record
from ic_factory.protocol.candid.wire import encode
from ic_factory.replica.execution.invocation import NON_REPLICATED, Context
from ic_factory.replica.execution.system_api.table import (
    MODE_NAMES,
    NUMBERED,
    SYSTEM_API,
    SystemFunction,
    contexts_of,
)
from ic_factory.replica.rejects import ErrorCode
from tests.unit.execution.overview_of_imports import OVERVIEW
from tests.unit.execution.stage import (
    SURROUNDINGS,
    completed,
    failed,
    installed,
    invocation,
    reply_of,
    surroundings,
)

ONLY_32_BIT = {
    "msg_cycles_available",
    "msg_cycles_refunded",
    "msg_cycles_accept",
    "canister_cycle_balance",
    "call_cycles_add",
    "mint_cycles",
    "stable_size",
    "stable_grow",
    "stable_write",
    "stable_read",
}
BEYOND_THE_OVERVIEW = {
    "subnet_self_node_count",
    "cost_http_request_v2",
    "mint_cycles",
    "mint_cycles128",
}


def test_the_table_has_the_functions_of_the_specification():
    assert set(SYSTEM_API) == set(OVERVIEW) | BEYOND_THE_OVERVIEW
    assert {f.name for f in NUMBERED if f.only_32_bit} == ONLY_32_BIT


@pytest.mark.parametrize("name", OVERVIEW)
def test_signatures_and_contexts_are_those_of_the_specification(name):
    signature, letters = OVERVIEW[name]
    # "Q" stands for a query of either mode, as in a canister http outcall's transform.
    letters = letters.replace(" Q ", " RQ NRQ TQ ")
    function = SYSTEM_API[name]
    assert f"{function.parameters}:{function.result}" == signature
    assert function.contexts == contexts_of(letters)


def _caller_of(function: SystemFunction, *, is_64_bit: bool) -> str:
    """A canister whose method calls the function with zeros."""
    function_type = function.type_for(is_64_bit=is_64_bit)
    parameters = " ".join(t.name.lower() for t in function_type.parameters)
    results = " ".join(t.name.lower() for t in function_type.results)
    zeros = " ".join(f"({t.name.lower()}.const 0)" for t in function_type.parameters)
    drop = "drop" if results else ""
    return f"""(module
      (import "ic0" "{function.name}" (func $f (param {parameters}) (result {results})))
      (memory {"i64" if is_64_bit else ""} 1)
      (func (export "canister_update go") {zeros} (call $f) {drop}))"""


def _cases() -> list[tuple[SystemFunction, bool]]:
    return [
        (function, is_64_bit)
        for function in NUMBERED
        for is_64_bit in (False, True)
        if not (is_64_bit and function.only_32_bit)
    ]


@pytest.mark.parametrize(
    ("function", "is_64_bit"),
    _cases(),
    ids=lambda value: getattr(value, "name", "64" if value else "32"),
)
def test_a_function_may_be_called_in_its_contexts_only(function, is_64_bit):
    code = installed(_caller_of(function, is_64_bit=is_64_bit))
    for context in Context:
        certificate = b"certificate" if context & NON_REPLICATED else None
        outcome = code.run(invocation(context=context), surroundings(data_certificate=certificate))
        code.roll_back()
        text = f'"ic0_{function.name}" cannot be executed in {MODE_NAMES[context]} mode'
        if context in function.contexts:
            assert "cannot be executed in" not in getattr(outcome, "message", "")
        else:
            assert failed(outcome).error_code is ErrorCode.CANISTER_CONTRACT_VIOLATION
            assert text in failed(outcome).message


BLOBS = {
    "msg_arg_data": (b"argument", Context.UPDATE),
    "msg_caller": (b"\x04", Context.UPDATE),
    "canister_self": (SURROUNDINGS.canister_id, Context.UPDATE),
    "subnet_self": (b"\x11" * 29, Context.UPDATE),
    "msg_reject_msg": ("nein, nö".encode(), Context.REJECT),
    "root_key": (b"k" * 133, Context.UPDATE),
    "data_certificate": (b"certificate", Context.NON_REPLICATED_QUERY),
    "msg_caller_info_data": (b"", Context.UPDATE),
    "msg_caller_info_signer": (b"", Context.UPDATE),
}


@pytest.mark.parametrize("is_64_bit", [False, True])
@pytest.mark.parametrize("name", BLOBS)
def test_blobs_are_copied_whole_and_in_part(name, is_64_bit):
    content, context = BLOBS[name]
    address = "i64" if is_64_bit else "i32"
    code = installed(f"""(module
      (import "ic0" "{name}_size" (func $size (result {address})))
      (import "ic0" "{name}_copy" (func $copy (param {address} {address} {address})))
      (import "ic0" "msg_reply_data_append" (func $append (param {address} {address})))
      (import "ic0" "msg_reply" (func $reply))
      (memory {"i64" if is_64_bit else ""} 1)
      (func (export "canister_update whole")
        (call $copy ({address}.const 100) ({address}.const 0) (call $size))
        (call $append ({address}.const 100) (call $size)) (call $reply))
      (func (export "canister_update tail")
        (call $copy ({address}.const 5) ({address}.const 1)
          ({address}.sub (call $size) ({address}.const 1)))
        (call $append ({address}.const 5) ({address}.sub (call $size) ({address}.const 1)))
        (call $reply))
      (func (export "canister_update beyond")
        (call $copy ({address}.const 0) ({address}.const 1) (call $size)))
      (func (export "canister_update outside")
        (call $copy ({address}.const 65536) ({address}.const 0) ({address}.const 1))))""")

    def run(method):
        outcome = code.run(
            invocation(
                f"canister_update {method}",
                context=context,
                argument=b"argument",
                reject_message="nein, nö",
            ),
            surroundings(data_certificate=b"certificate"),
        )
        code.roll_back()
        return outcome

    assert reply_of(run("whole")) == content
    if content:
        assert reply_of(run("tail")) == content[1:]
    size = len(content)
    assert f"src=1 + length={size} exceeds the slice size={size}" in failed(run("beyond")).message
    outside = failed(run("outside"))
    assert outside.error_code is ErrorCode.CANISTER_CONTRACT_VIOLATION
    assert "src=65536 + length=1 exceeds the slice size=65536" in outside.message


def _number_replier(name: str, signature: str, arguments: str = "") -> str:
    """A canister that replies with what the function answers, as eight bytes."""
    parameters, _, result = signature.partition(":")
    widen = "" if result == "i64" else "i64.extend_i32_u"
    return f"""(module
      (import "ic0" "{name}" (func $f (param {parameters}) (result {result})))
      (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
      (import "ic0" "msg_reply" (func $reply))
      (memory 1) (data (i32.const 16) "\\04NAMEtest_key_1")
      (func (export "canister_update go")
        (i32.const 0) {arguments} (call $f) {widen} (i64.store)
        (call $append (i32.const 0) (i32.const 8)) (call $reply)))"""


NUMBERS = [
    ("time", ":i64", "", Context.UPDATE, 1_700_000_000_000_000_000),
    ("canister_version", ":i64", "", Context.UPDATE, 7),
    ("canister_status", ":i32", "", Context.UPDATE, 1),
    ("subnet_self_node_count", ":i32", "", Context.UPDATE, 13),
    ("msg_deadline", ":i64", "", Context.UPDATE, 99),
    ("msg_reject_code", ":i32", "", Context.REJECT, 5),
    ("in_replicated_execution", ":i32", "", Context.UPDATE, 1),
    ("in_replicated_execution", ":i32", "", Context.NON_REPLICATED_QUERY, 0),
    ("in_replicated_execution", ":i32", "", Context.COMPOSITE_QUERY, 0),
    ("in_replicated_execution", ":i32", "", Context.REPLICATED_QUERY, 1),
    ("data_certificate_present", ":i32", "", Context.UPDATE, 0),
    ("env_var_count", ":i32", "", Context.UPDATE, 2),
    ("env_var_name_size", "i32:i32", "(i32.const 1)", Context.UPDATE, 5),
    ("env_var_name_exists", "i32 i32:i32", "(i32.const 17) (i32.const 4)", Context.UPDATE, 1),
    ("env_var_name_exists", "i32 i32:i32", "(i32.const 17) (i32.const 3)", Context.UPDATE, 0),
    ("env_var_value_size", "i32 i32:i32", "(i32.const 17) (i32.const 4)", Context.UPDATE, 5),
    ("is_controller", "i32 i32:i32", "(i32.const 16) (i32.const 1)", Context.UPDATE, 1),
    ("is_controller", "i32 i32:i32", "(i32.const 17) (i32.const 1)", Context.UPDATE, 0),
    ("canister_cycle_balance", ":i64", "", Context.UPDATE, 10**13),
    ("msg_cycles_available", ":i64", "", Context.UPDATE, 1_000),
    ("msg_cycles_accept", "i64:i64", "(i64.const 300)", Context.UPDATE, 300),
    ("msg_cycles_accept", "i64:i64", "(i64.const -1)", Context.UPDATE, 1_000),
    ("msg_cycles_refunded", ":i64", "", Context.REPLY, 44),
    ("global_timer_set", "i64:i64", "(i64.const 5)", Context.UPDATE, 0),
    ("stable64_size", ":i64", "", Context.UPDATE, 0),
    ("stable64_grow", "i64:i64", "(i64.const 3)", Context.UPDATE, 0),
    ("stable_grow", "i32:i32", "(i32.const 65537)", Context.UPDATE, 2**32 - 1),
    ("stable64_grow", "i64:i64", "(i64.const -1)", Context.UPDATE, 2**64 - 1),
    ("stable64_grow", "i64:i64", "(i64.const 8192001)", Context.UPDATE, 2**64 - 1),
]


@pytest.mark.parametrize(("name", "signature", "arguments", "context", "expected"), NUMBERS)
def test_numbers(name, signature, arguments, context, expected):
    code = installed(_number_replier(name, signature, arguments))
    outcome = code.run(
        invocation(
            context=context,
            deadline=99,
            reject_code=5,
            cycles_available=1_000,
            cycles_refunded=44,
        ),
        SURROUNDINGS,
    )
    assert int.from_bytes(reply_of(outcome), "little") == expected


def _cost_replier(name: str, parameters: str, arguments: str) -> str:
    """A canister that replies with the 16 bytes that the function writes at 0."""
    result = "(result i32)" if name.startswith(("cost_sign", "cost_vetkd")) else ""
    drop = "drop" if result else ""
    return f"""(module
      (import "ic0" "{name}" (func $f (param {parameters}) {result}))
      (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
      (import "ic0" "msg_arg_data_size" (func $size (result i32)))
      (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
      (import "ic0" "msg_reply" (func $reply))
      (memory 1) (data (i32.const 100) "test_key_1key_1")
      (func (export "canister_update go")
        (call $copy (i32.const 200) (i32.const 0) (call $size))
        {arguments} (call $f) {drop}
        (call $append (i32.const 0) (i32.const 16)) (call $reply)))"""


FEES = SURROUNDINGS.fees
COSTS = [
    (
        "cost_call",
        "i64 i64 i32",
        "(i64.const 4) (i64.const 6) (i32.const 0)",
        FEES.call_in_all(4, 6),
    ),
    ("cost_create_canister", "i32", "(i32.const 0)", FEES.canister_creation),
    (
        "cost_http_request",
        "i64 i64 i32",
        "(i64.const 10) (i64.const 20) (i32.const 0)",
        FEES.http_request(10, 20),
    ),
    (
        "cost_http_request_v2",
        "i32 i32 i32",
        "(i32.const 200) (call $size) (i32.const 0)",
        FEES.http_request(10, 20),
    ),
    (
        "cost_sign_with_ecdsa",
        "i32 i32 i32 i32",
        "(i32.const 100) (i32.const 10) (i32.const 0) (i32.const 0)",
        10_000_000_000,
    ),
    (
        "cost_sign_with_schnorr",
        "i32 i32 i32 i32",
        "(i32.const 110) (i32.const 5) (i32.const 1) (i32.const 0)",
        26_153_846_153,
    ),
    (
        "cost_vetkd_derive_key",
        "i32 i32 i32 i32",
        "(i32.const 100) (i32.const 10) (i32.const 0) (i32.const 0)",
        10_000_000_000,
    ),
    ("canister_cycle_balance128", "i32", "(i32.const 0)", 10**13),
    ("canister_liquid_cycle_balance128", "i32", "(i32.const 0)", 10**12),
    ("msg_cycles_available128", "i32", "(i32.const 0)", 2**70),
    ("msg_cycles_accept128", "i64 i64 i32", "(i64.const 1) (i64.const 2) (i32.const 0)", 2**64 + 2),
    ("cycles_burn128", "i64 i64 i32", "(i64.const 0) (i64.const 9) (i32.const 0)", 9),
    ("cycles_burn128", "i64 i64 i32", "(i64.const 9) (i64.const 9) (i32.const 0)", 10**12),
]


@pytest.mark.parametrize(("name", "parameters", "arguments", "expected"), COSTS)
def test_amounts_of_128_bits(name, parameters, arguments, expected):
    code = installed(_cost_replier(name, parameters, arguments))
    fields = (
        "request_bytes",
        "http_roundtrip_time_ms",
        "raw_response_bytes",
        "transformed_response_bytes",
        "transform_instructions",
    )
    argument = encode(
        [Record.of(dict.fromkeys(fields, NAT64))],
        [dict(zip(fields, (10, 1, 20, 1, 1), strict=True))],
    )
    outcome = code.run(invocation(argument=argument, cycles_available=2**70), SURROUNDINGS)
    assert int.from_bytes(reply_of(outcome), "little") == expected


@pytest.mark.parametrize(
    ("function", "key", "curve", "expected"),
    [
        ("cost_sign_with_ecdsa", "(i32.const 17) (i32.const 4)", 0, 2),
        ("cost_sign_with_ecdsa", "(i32.const 21) (i32.const 10)", 1, 1),
        ("cost_sign_with_schnorr", "(i32.const 21) (i32.const 10)", 1, 0),
        ("cost_sign_with_schnorr", "(i32.const 21) (i32.const 10)", 2, 1),
        ("cost_vetkd_derive_key", "(i32.const 21) (i32.const 10)", 1, 1),
    ],
)
def test_costs_of_keys_say_what_is_unknown(function, key, curve, expected):
    code = installed(
        _number_replier(
            function, "i32 i32 i32 i32:i32", f"{key} (i32.const {curve}) (i32.const 64)"
        )
    )
    assert int.from_bytes(reply_of(code.run(invocation(), SURROUNDINGS)), "little") == expected


def test_amounts_that_do_not_fit_64_bits_trap():
    code = installed(_number_replier("canister_cycle_balance", ":i64"))
    outcome = failed(code.run(invocation(), surroundings(cycles_balance=2**64)))
    assert outcome.error_code is ErrorCode.CANISTER_TRAPPED
    assert "cycles amount exceeds 64-bit representation" in outcome.message


def test_no_canister_mints_cycles():
    code = installed(_number_replier("mint_cycles", "i64:i64", "(i64.const 5)"))
    outcome = failed(code.run(invocation(), SURROUNDINGS))
    assert outcome.error_code is ErrorCode.CANISTER_CONTRACT_VIOLATION
    assert "non Cycles Minting Canister" in outcome.message


def test_the_certificate_is_seen_where_there_is_one():
    code = installed(_number_replier("data_certificate_present", ":i32"))
    outcome = code.run(
        invocation(context=Context.NON_REPLICATED_QUERY), surroundings(data_certificate=b"c")
    )
    assert reply_of(outcome)[0] == 1


def test_effects_of_timer_and_certified_data():
    code = installed("""(module
      (import "ic0" "global_timer_set" (func $timer (param i64) (result i64)))
      (import "ic0" "certified_data_set" (func $certify (param i32 i32)))
      (memory 1) (data (i32.const 0) "0123456789abcdef0123456789abcdefX")
      (func (export "canister_update go")
        (drop (call $timer (i64.const 5)))
        (if (i64.ne (call $timer (i64.const 6)) (i64.const 5)) (then unreachable))
        (call $certify (i32.const 0) (i32.const 32)))
      (func (export "canister_update long") (call $certify (i32.const 0) (i32.const 33))))""")
    effects = completed(code.run(invocation(), SURROUNDINGS)).effects
    assert effects.global_timer == 6
    assert effects.certified_data == b"0123456789abcdef0123456789abcdef"
    code.commit()
    too_long = failed(code.run(invocation("canister_update long"), SURROUNDINGS))
    assert "no larger than 32 bytes. Found 33 bytes" in too_long.message


def test_performance_counters_and_instructions():
    code = installed("""(module
      (import "ic0" "performance_counter" (func $counter (param i32) (result i64)))
      (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
      (import "ic0" "msg_reply" (func $reply))
      (memory 1)
      (func (export "canister_update go") (local $n i32)
        (i64.store (i32.const 0) (call $counter (i32.const 0)))
        (local.set $n (i32.const 1000))
        (loop $l (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if $l (local.get $n)))
        (i64.store (i32.const 8) (call $counter (i32.const 0)))
        (i64.store (i32.const 16) (call $counter (i32.const 1)))
        (call $append (i32.const 0) (i32.const 24)) (call $reply))
      (func (export "canister_update two") (drop (call $counter (i32.const 2)))))""")
    outcome = completed(code.run(invocation(call_context_instructions=10**6), SURROUNDINGS))
    data = reply_of(outcome)
    before, after, in_context = (int.from_bytes(data[at : at + 8], "little") for at in (0, 8, 16))
    assert 0 < before < 100
    assert before + 4_000 < after < before + 8_000
    assert 10**6 + after < in_context < 10**6 + outcome.instructions
    unknown = failed(code.run(invocation("canister_update two"), SURROUNDINGS))
    assert "performance counter type 2" in unknown.message


def test_environment_variables():
    code = installed("""(module
      (import "ic0" "env_var_value_copy" (func $value (param i32 i32 i32 i32 i32)))
      (import "ic0" "env_var_name_copy" (func $name (param i32 i32 i32 i32)))
      (import "ic0" "env_var_name_size" (func $name_size (param i32) (result i32)))
      (import "ic0" "env_var_name_exists" (func $exists (param i32 i32) (result i32)))
      (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
      (import "ic0" "msg_reply" (func $reply))
      (memory 1) (data (i32.const 0) "NAME\\ff")
      (func (export "canister_update go")
        (call $value (i32.const 0) (i32.const 4) (i32.const 10) (i32.const 1) (i32.const 4))
        (call $name (i32.const 1) (i32.const 14) (i32.const 0) (i32.const 5))
        (call $append (i32.const 10) (i32.const 9)) (call $reply))
      (func (export "canister_update unknown")
        (call $value (i32.const 0) (i32.const 3) (i32.const 10) (i32.const 0) (i32.const 0)))
      (func (export "canister_update index") (drop (call $name_size (i32.const 2))))
      (func (export "canister_update long") (drop (call $exists (i32.const 0) (i32.const 129))))
      (func (export "canister_update text") (drop (call $exists (i32.const 0) (i32.const 5))))
      (func (export "canister_update far")
        (call $value (i32.const 0) (i32.const 4) (i32.const 10) (i32.const 1) (i32.const 5))))""")
    assert reply_of(code.run(invocation(), SURROUNDINGS)) == b"alueOTHER"
    for method, text in {
        "unknown": "Environment variable NAM not found.",
        "index": "Environment variable index 2 is out of bounds. The number of environment "
        "variables is 2.",
        "long": "Variable name is too large",
        "text": "not a valid UTF-8 string",
        "far": "src=1 + length=5 exceeds the slice size=5",
    }.items():
        outcome = failed(code.run(invocation(f"canister_update {method}"), SURROUNDINGS))
        assert outcome.error_code is ErrorCode.CANISTER_CONTRACT_VIOLATION
        assert text in outcome.message


def test_inspection():
    code = installed("""(module
      (import "ic0" "msg_method_name_size" (func $size (result i32)))
      (import "ic0" "msg_method_name_copy" (func $copy (param i32 i32 i32)))
      (import "ic0" "accept_message" (func $accept))
      (memory 1)
      (func (export "canister_inspect_message")
        (call $copy (i32.const 0) (i32.const 0) (call $size))
        (if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 121)) (then (call $accept)))
        (if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 122))
          (then (call $accept) (call $accept)))))""")

    def inspected(method):
        outcome = code.run(
            invocation(
                "canister_inspect_message", context=Context.INSPECT_MESSAGE, method_name=method
            ),
            SURROUNDINGS,
        )
        code.roll_back()
        return outcome

    assert completed(inspected("yes")).effects.message_accepted
    assert not completed(inspected("no")).effects.message_accepted
    assert "the function was already called" in failed(inspected("z")).message
