"""Specification: "Overview of imports".

Every function in every context: it works where the specification's letters say so, and traps
everywhere else. A canister HTTP outcall's transform (TQ) can't be reached: there are no outcalls.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode, Payload, Reject
from tests.canisters.universal import ENDING, IC0_FUNCTIONS, Hook, Program
from tests.conformance.canister_interface.canisters import (
    NOT_A_CANISTER,
    OWNER,
    PAGE,
    START_TIME,
    Universal,
    change_settings,
    full_universal,
    install,
    make_universal,
    wat,
)

ANYWHERE = "I G U RQ NRQ CQ Ry Rt CRy CRt C CC F T"
ANYWHERE_OR_START = f"{ANYWHERE} s"
CALLER_INFO = "U RQ NRQ CQ Ry Rt CRy CRt C CC F"
ARGUMENT = "I U RQ NRQ CQ Ry CRy F"
ANSWER = "U RQ NRQ CQ Ry Rt CRy CRt"
CALL = "U CQ Ry Rt CRy CRt T"
REPLICATED = "I G U RQ Ry Rt C T"

LETTERS = {
    "msg_arg_data_size": ARGUMENT,
    "msg_arg_data_copy": ARGUMENT,
    "msg_caller_size": ANYWHERE,
    "msg_caller_copy": ANYWHERE,
    "msg_caller_info_data_size": CALLER_INFO,
    "msg_caller_info_data_copy": CALLER_INFO,
    "msg_caller_info_signer_size": CALLER_INFO,
    "msg_caller_info_signer_copy": CALLER_INFO,
    "msg_reject_code": "Ry Rt CRy CRt C",
    "msg_reject_msg_size": "Rt CRt",
    "msg_reject_msg_copy": "Rt CRt",
    "msg_deadline": ANSWER,
    "msg_reply_data_append": ANSWER,
    "msg_reply": ANSWER,
    "msg_reject": ANSWER,
    "msg_cycles_available128": "U RQ Rt Ry",
    "msg_cycles_refunded128": "Rt Ry",
    "msg_cycles_accept128": "U RQ Rt Ry",
    "cycles_burn128": REPLICATED,
    "canister_self_size": ANYWHERE,
    "canister_self_copy": ANYWHERE,
    "canister_cycle_balance128": ANYWHERE,
    "canister_liquid_cycle_balance128": ANYWHERE,
    "canister_status": ANYWHERE,
    "canister_version": ANYWHERE,
    "subnet_self_size": ANYWHERE,
    "subnet_self_copy": ANYWHERE,
    "subnet_self_node_count": ANYWHERE,
    "msg_method_name_size": "F",
    "msg_method_name_copy": "F",
    "accept_message": "F",
    "call_new": CALL,
    "call_on_cleanup": CALL,
    "call_data_append": CALL,
    "call_with_best_effort_response": CALL,
    "call_cycles_add128": "U Ry Rt T",
    "call_perform": CALL,
    "stable64_size": ANYWHERE_OR_START,
    "stable64_grow": ANYWHERE_OR_START,
    "stable64_write": ANYWHERE_OR_START,
    "stable64_read": ANYWHERE_OR_START,
    "root_key_size": REPLICATED,
    "root_key_copy": REPLICATED,
    "certified_data_set": "I G U Ry Rt T",
    "data_certificate_present": ANYWHERE,
    "data_certificate_size": "NRQ CQ",
    "data_certificate_copy": "NRQ CQ",
    "time": ANYWHERE,
    "global_timer_set": "I G U Ry Rt C T",
    "performance_counter": ANYWHERE_OR_START,
    "is_controller": ANYWHERE_OR_START,
    "in_replicated_execution": ANYWHERE_OR_START,
    "cost_call": ANYWHERE_OR_START,
    "cost_create_canister": ANYWHERE_OR_START,
    "cost_http_request": ANYWHERE_OR_START,
    "cost_http_request_v2": ANYWHERE_OR_START,
    "cost_sign_with_ecdsa": ANYWHERE_OR_START,
    "cost_sign_with_schnorr": ANYWHERE_OR_START,
    "cost_vetkd_derive_key": ANYWHERE_OR_START,
    "env_var_count": ANYWHERE,
    "env_var_name_size": ANYWHERE,
    "env_var_name_copy": ANYWHERE,
    "env_var_name_exists": ANYWHERE,
    "env_var_value_size": ANYWHERE,
    "env_var_value_copy": ANYWHERE,
    "debug_print": ANYWHERE_OR_START,
    "trap": ANYWHERE_OR_START,
    "msg_cycles_available": "U RQ Rt Ry",
    "msg_cycles_refunded": "Rt Ry",
    "msg_cycles_accept": "U RQ Rt Ry",
    "canister_cycle_balance": ANYWHERE,
    "call_cycles_add": "U Ry Rt T",
    "stable_size": ANYWHERE_OR_START,
    "stable_grow": ANYWHERE_OR_START,
    "stable_write": ANYWHERE_OR_START,
    "stable_read": ANYWHERE_OR_START,
}
"""As the specification has them; `subnet_self_node_count` and `cost_http_request_v2`, which only
the crate `ic0` has, like their neighbours."""

WORKS = "works"
FORBIDDEN = "forbidden"
TRAPPED = "trapped"

MARK = b"came to the end"
NEEDS_A_CALL = frozenset(name for name in IC0_FUNCTIONS if name.startswith("call_"))


def test_the_letters_are_of_the_functions_that_there_are() -> None:
    assert LETTERS.keys() == IC0_FUNCTIONS.keys()


@pytest.fixture
def subject(replica: Replica, bob: Universal) -> Universal:
    """A canister with all entry points and an environment variable."""
    subject = make_universal(replica, full_universal())
    variables = [{"name": "NAME", "value": "value"}]
    change_settings(replica, subject.canister_id, environment_variables=variables)
    return subject


def outcome(failure: Reject | None) -> str:
    """What a payload says of the function that was called."""
    if failure is None:
        return WORKS
    if failure.error_code is ErrorCode.CANISTER_CALLED_TRAP:
        return TRAPPED
    assert failure.error_code is ErrorCode.CANISTER_CONTRACT_VIOLATION, failure
    assert "cannot be executed" in failure.message
    return FORBIDDEN


def failure_of(payload: Payload) -> Reject | None:
    """A rejection that the canister did not choose."""
    if isinstance(payload, Reject) and payload.error_code is not CANISTER_REJECTED:
        return payload
    return None


CANISTER_REJECTED = ErrorCode.CANISTER_REJECTED_MESSAGE


def answering(program: Program, name: str) -> Program:
    """The program, and a reply unless it answers itself."""
    return program if name in ENDING else program.reply()


def from_log(subject: Universal) -> str:
    """What the log of a task that leaves a mark says of it."""
    logs = subject.logs
    if MARK in logs:
        return WORKS
    return TRAPPED if any(line.startswith(b"[TRAP]: (no message)") for line in logs) else FORBIDDEN


def in_update(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    return outcome(failure_of(subject.update(answering(program, name))))


def in_replicated_query(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    return outcome(failure_of(subject.update(answering(program, name), "query")))


def in_query(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    return outcome(failure_of(subject.query(answering(program, name))))


def in_composite_query(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    return outcome(failure_of(subject.composite_query(answering(program, name))))


def calling(bob: Universal, program: Program, *, rejected: bool) -> Program:
    """A call to Bob in whose callback the program runs."""
    if rejected:
        return Program().call(NOT_A_CANISTER.bytes, "query", on_reject=program)
    return Program().call(bob.bytes, "query", Program().reply().code, on_reply=program)


def in_reply_callback(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    caller = calling(bob, answering(program, name), rejected=False)
    return outcome(failure_of(subject.update(caller)))


def in_reject_callback(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    caller = calling(bob, answering(program, name), rejected=True)
    return outcome(failure_of(subject.update(caller)))


def in_composite_reply(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    caller = calling(bob, answering(program, name), rejected=False)
    return outcome(failure_of(subject.composite_query(caller)))


def in_composite_reject(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    caller = calling(bob, answering(program, name), rejected=True)
    return outcome(failure_of(subject.composite_query(caller)))


def trapping_call(bob: Universal, cleanup: Program) -> Program:
    """A call whose reply callback traps, and that has this cleanup callback."""
    return Program().call(
        bob.bytes,
        "query",
        Program().reply().code,
        on_reply=Program().trap(b"in the reply callback"),
        on_cleanup=cleanup,
    )


def in_cleanup(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    subject.update(trapping_call(bob, program.debug_print(MARK)))
    return from_log(subject)


def in_composite_cleanup(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    # A cleanup callback in a composite query leaves no trace but the text of the rejection.
    payload = subject.composite_query(trapping_call(bob, program))
    assert isinstance(payload, Reject)
    assert "in the reply callback" in payload.message
    _, failed, why = payload.message.partition("call_on_cleanup also failed")
    if not failed:
        return WORKS
    return FORBIDDEN if "cannot be executed" in why else TRAPPED


def in_init(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    payload = install(
        subject.replica, subject.canister_id, full_universal(), program.code, "reinstall"
    )
    change_settings(
        subject.replica,
        subject.canister_id,
        environment_variables=[{"name": "NAME", "value": "value"}],
    )
    return outcome(failure_of(payload))


def in_post_upgrade(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    payload = install(
        subject.replica, subject.canister_id, full_universal(), program.code, "upgrade"
    )
    return outcome(failure_of(payload))


def in_pre_upgrade(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    subject.set_hook(Hook.PRE_UPGRADE, program)
    payload = install(subject.replica, subject.canister_id, full_universal(), b"", "upgrade")
    return outcome(failure_of(payload))


def in_inspect_message(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    if name != "accept_message":
        program = program.accept_message()
    subject.set_hook(Hook.INSPECT_MESSAGE, program)
    payload = subject.update(Program().reply())
    return outcome(failure_of(payload))


def in_heartbeat(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    subject.set_hook(Hook.HEARTBEAT, program.debug_print(MARK))
    subject.replica.advance_time(10_000_000_000)
    subject.replica.tick()
    return from_log(subject)


def in_global_timer(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    subject.set_hook(Hook.GLOBAL_TIMER, program.debug_print(MARK))
    subject.do(Program().set_global_timer(START_TIME).drop())
    subject.replica.tick()
    return from_log(subject)


def in_low_memory_hook(subject: Universal, bob: Universal, program: Program, name: str) -> str:
    subject.set_hook(Hook.ON_LOW_WASM_MEMORY, program.debug_print(MARK))
    limit = (subject.status()["memory_metrics"]["wasm_memory_size"]) + 4 * PAGE
    change_settings(
        subject.replica,
        subject.canister_id,
        wasm_memory_limit=limit,
        wasm_memory_threshold=2 * PAGE,
    )
    subject.do(Program().memory_grow(3).drop())
    subject.replica.tick()
    return from_log(subject)


Context = Callable[[Universal, Universal, Program, str], str]

CONTEXTS: dict[str, tuple[str, Context]] = {
    "canister_init": ("I", in_init),
    "canister_post_upgrade": ("I", in_post_upgrade),
    "canister_pre_upgrade": ("G", in_pre_upgrade),
    "update": ("U", in_update),
    "replicated query": ("RQ", in_replicated_query),
    "query": ("NRQ", in_query),
    "composite query": ("CQ", in_composite_query),
    "reply callback": ("Ry", in_reply_callback),
    "reject callback": ("Rt", in_reject_callback),
    "reply callback of a composite query": ("CRy", in_composite_reply),
    "reject callback of a composite query": ("CRt", in_composite_reject),
    "cleanup": ("C", in_cleanup),
    "cleanup of a composite query": ("CC", in_composite_cleanup),
    "canister_inspect_message": ("F", in_inspect_message),
    "canister_heartbeat": ("T", in_heartbeat),
    "canister_global_timer": ("T", in_global_timer),
    "canister_on_low_wasm_memory": ("T", in_low_memory_hook),
}


def expected(name: str, letter: str) -> str:
    """What the specification says of a function in a context."""
    if letter not in LETTERS[name].split():
        return FORBIDDEN
    return TRAPPED if name == "trap" else WORKS


def called_there(letter: str, name: str) -> Program:
    """The function's program; where no call may be begun, the function alone."""
    if name in NEEDS_A_CALL and letter not in CALL.split():
        zeros = {"call_new": 8, "call_on_cleanup": 2, "call_data_append": 2}
        arguments = zeros.get(name, 0)
        if name == "call_cycles_add128":
            arguments = 2
        if name in {"call_cycles_add", "call_with_best_effort_response"}:
            arguments = 1
        return Program().system_call(name, *[0] * arguments)
    return IC0_FUNCTIONS[name]


@pytest.mark.parametrize("where", CONTEXTS)
def test_functions_work_where_they_may_be_called_and_trap_elsewhere(
    replica: Replica, subject: Universal, bob: Universal, where: str
) -> None:
    letter, context = CONTEXTS[where]
    moment = replica.snapshot()
    found = {}
    for name in IC0_FUNCTIONS:
        found[name] = context(subject, bob, called_there(letter, name), name)
        replica.rewind(moment)
    assert found == {name: expected(name, letter) for name in IC0_FUNCTIONS}


SIGNATURES = {
    "": "msg_reply accept_message",
    "i32 i32": (
        "msg_reply_data_append msg_reject call_on_cleanup call_data_append certified_data_set "
        "debug_print trap"
    ),
    "i32": (
        "msg_cycles_available128 msg_cycles_refunded128 canister_cycle_balance128 "
        "canister_liquid_cycle_balance128 call_with_best_effort_response cost_create_canister"
    ),
    "i32 i32 i32": (
        "msg_arg_data_copy msg_caller_copy msg_caller_info_data_copy msg_caller_info_signer_copy "
        "msg_reject_msg_copy canister_self_copy subnet_self_copy msg_method_name_copy "
        "root_key_copy data_certificate_copy cost_http_request_v2 stable_write stable_read"
    ),
    "i32 i32 i32 i32": "env_var_name_copy",
    "i32 i32 i32 i32 i32": "env_var_value_copy",
    "i32 i32 i32 i32 i32 i32 i32 i32": "call_new",
    "i64 i64 i32": "msg_cycles_accept128 cycles_burn128 cost_call cost_http_request",
    "i64 i64": "call_cycles_add128",
    "i64 i64 i64": "stable64_write stable64_read",
    "i64": "call_cycles_add",
    " -> i32": (
        "msg_arg_data_size msg_caller_size msg_caller_info_data_size msg_caller_info_signer_size "
        "msg_reject_code msg_reject_msg_size canister_self_size canister_status subnet_self_size "
        "subnet_self_node_count msg_method_name_size call_perform root_key_size "
        "data_certificate_present data_certificate_size in_replicated_execution env_var_count "
        "stable_size"
    ),
    " -> i64": (
        "msg_deadline canister_version stable64_size time msg_cycles_available "
        "msg_cycles_refunded canister_cycle_balance"
    ),
    "i32 -> i32": "env_var_name_size stable_grow",
    "i32 -> i64": "performance_counter",
    "i64 -> i64": "stable64_grow global_timer_set msg_cycles_accept",
    "i32 i32 -> i32": "is_controller env_var_name_exists env_var_value_size",
    "i32 i32 i32 i32 -> i32": "cost_sign_with_ecdsa cost_sign_with_schnorr cost_vetkd_derive_key",
}
"""The types with 32-bit pointers, as the specification has them."""

TYPES = {name: signature for signature, names in SIGNATURES.items() for name in names.split()}


def starting_with(name: str) -> bytes:
    """A module whose start function calls this function with zeros."""
    parameters, _, result = TYPES[name].partition(" -> ")
    parameters = parameters.strip()
    zeros = "".join(f"({kind}.const 0)" for kind in parameters.split())
    declared = (f"(param {parameters})" if parameters else "") + (
        f"(result {result})" if result else ""
    )
    drop = "drop" if result else ""
    return wat(
        f'(module (import "ic0" "{name}" (func $function {declared}))'
        f"(memory 1) (func $start {zeros} call $function {drop}) (start $start))"
    )


def test_the_types_are_of_the_functions_that_there_are() -> None:
    assert TYPES.keys() == IC0_FUNCTIONS.keys()


def test_functions_work_in_start_where_they_may_be_called_and_trap_elsewhere(
    replica: Replica,
) -> None:
    canister_id = replica.create_canister(OWNER)
    moment = replica.snapshot()
    found = {}
    for name in IC0_FUNCTIONS:
        payload = install(replica, canister_id, starting_with(name))
        if name == "cost_http_request_v2":
            # No bytes are not the parameters that it takes: allowed here, but trapping.
            assert isinstance(payload, Reject)
            found[name] = FORBIDDEN if "cannot be executed" in payload.message else WORKS
        else:
            found[name] = outcome(failure_of(payload))
        replica.rewind(moment)
    assert found == {name: expected(name, "s") for name in IC0_FUNCTIONS}


def test_an_unknown_import_is_refused_by_its_name(replica: Replica) -> None:
    canister_id = replica.create_canister(OWNER)
    module = wat('(module (import "ic0" "no_such_function" (func)))')
    payload = install(replica, canister_id, module)
    assert isinstance(payload, Reject)
    assert payload.error_code is ErrorCode.CANISTER_INVALID_WASM
    assert "no_such_function" in payload.message
