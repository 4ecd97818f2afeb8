"""How canisters fail, and the texts that their callers read ("Execution errors")."""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.protocol.principal import Principal
from ic_factory.replica.rejects import ErrorCode

_DOCUMENTATION = "https://internetcomputer.org/docs/current/references/execution-errors#"
TOOLCHAIN_HELP = (
    "This is likely an error with the compiler/CDK toolchain being used to build the canister. "
    "Please report the error to IC devs on the forum: https://forum.dfinity.org and include "
    "which language/CDK was used to create the canister."
)
_TRAP_HELP = (
    "Consider gracefully handling failures from this canister or altering the canister to "
    "handle exceptions."
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A guest failure before it is told to anybody."""

    error_code: ErrorCode
    text: str
    help_text: str = ""
    log_line: str | None = None
    """What the canister's log gets."""


class GuestFailure(Exception):
    """Carries a failure out of a system call; it never leaves the execution layer."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


def message_of(failure: Failure, canister_id: bytes, backtrace: str) -> str:
    """The reject message for a failure.

    Args:
        failure: what went wrong.
        canister_id: the canister that failed.
        backtrace: the text of `backtrace_text`, or nothing.
    """
    text = failure.text if not backtrace else f"{failure.text}\n{backtrace}"
    lead = f"Error from Canister {Principal(canister_id)}: {text}"
    return f"{lead}.\n{failure.help_text}" if failure.help_text else lead


def log_line_of(failure: Failure, backtrace: str) -> bytes | None:
    """What the canister's log gets for a failure; None for nothing."""
    if failure.log_line is None:
        return None
    line = f"[TRAP]: {failure.log_line}"
    return (line if not backtrace else f"{line}\n{backtrace}").encode()


def backtrace_text(frames: list[tuple[int, str | None]]) -> str:
    """Functions from the innermost to the entry point; nothing where none has a name."""
    if all(function_name is None for _, function_name in frames):
        return ""
    lines = [name or f"unknown function at index {index}" for index, name in frames]
    return "\n".join(("Canister Backtrace:", *lines)) + "\n"


def trapped(kind: str) -> Failure:
    """A trap of the WASM code, or of a system call that behaves as one."""
    return Failure(
        ErrorCode.CANISTER_TRAPPED,
        f"Canister trapped: {kind}",
        f"{_TRAP_HELP} See documentation: {_DOCUMENTATION}trapped",
        log_line=kind,
    )


def called_trap(message: str) -> Failure:
    """The canister called `ic0.trap`."""
    return Failure(
        ErrorCode.CANISTER_CALLED_TRAP,
        f"Canister called `ic0.trap` with message: '{message}'",
        f"{_TRAP_HELP} See documentation: {_DOCUMENTATION}trapped-explicitly",
        log_line=message or "(no message)",
    )


def violated_contract(what: str) -> Failure:
    """The canister used the system API in a way that its toolchain should have prevented."""
    return Failure(
        ErrorCode.CANISTER_CONTRACT_VIOLATION,
        f"Canister violated contract: {what}",
        TOOLCHAIN_HELP,
    )


def misused(what: str, suggestion: str = "", anchor: str = "") -> Failure:
    """The canister's author used the system API in a way that it does not allow."""
    help_text = f"{suggestion} See documentation: {_DOCUMENTATION}{anchor}" if suggestion else ""
    return Failure(
        ErrorCode.CANISTER_CONTRACT_VIOLATION, f"Canister violated contract: {what}", help_text
    )


def forbidden(function: str, mode: str) -> Failure:
    """A system call from where it may not be made."""
    return misused(
        f'"ic0_{function}" cannot be executed in {mode} mode',
        "Check the ICP documentation to make sure APIs are being called in the correct message "
        "types.",
        "calling-a-system-api-from-the-wrong-mode",
    )


def out_of_bounds(what: str, start: int, size: int, limit: int) -> Failure:
    """A range that does not lie in what it should lie in."""
    return violated_contract(f"{what}: src={start} + length={size} exceeds the slice size={limit}")


def invalid_principal() -> Failure:
    """Bytes that are no principal."""
    return Failure(
        ErrorCode.CANISTER_CONTRACT_VIOLATION,
        "Canister provided invalid principal id",
        TOOLCHAIN_HELP,
    )


def out_of_instructions(limit: int) -> Failure:
    """The message took too many instructions."""
    return Failure(
        ErrorCode.CANISTER_INSTRUCTION_LIMIT_EXCEEDED,
        f"Canister exceeded the limit of {limit} instructions for single message execution.",
        "Try optimizing this method to consume fewer instructions or split the work across "
        f"multiple messages. See documentation: {_DOCUMENTATION}instruction-limit-exceeded",
    )


def out_of_memory() -> Failure:
    """The canister grew its memories beyond what the subnet has."""
    return Failure(
        ErrorCode.CANISTER_OUT_OF_MEMORY,
        "Canister cannot grow its memory usage.",
        "Check the canister's memory usage against its allocation and the system wide limits to "
        "determine why more memory cannot be allocated. See documentation: "
        f"{_DOCUMENTATION}out-of-memory",
    )


def heap_limit_exceeded(used: int, limit: int) -> Failure:
    """The heap grew beyond `wasm_memory_limit`."""
    return Failure(
        ErrorCode.CANISTER_WASM_MEMORY_LIMIT_EXCEEDED,
        f"Canister exceeded its current Wasm memory limit of {limit} bytes. The peak Wasm memory "
        f"usage was {used} bytes. If the canister reaches 4GiB, then it may stop functioning and "
        "may become unrecoverable. Please reach out to the canister owner to investigate the "
        "reason for the increased memory usage. It might be necessary to move data from the Wasm "
        "memory to the stable memory. If such high Wasm memory usage is expected and safe, then "
        "the developer can increase the Wasm memory limit in the canister settings.",
        "Try checking the canister for a possible memory leak or modifying it to use more stable "
        f"memory instead of Wasm memory. See documentation: {_DOCUMENTATION}"
        "wasm-memory-limit-exceeded",
    )


def out_of_cycles(canister_id: bytes) -> Failure:
    """More cycles were to be sent than may be spent."""
    return Failure(
        ErrorCode.CANISTER_CONTRACT_VIOLATION,
        f"Canister {Principal(canister_id)} is out of cycles",
    )


def function_not_found(function: int) -> Failure:
    """A callback that is no function of the right type in the table."""
    return Failure(
        ErrorCode.CANISTER_FUNCTION_NOT_FOUND,
        f"Canister requested to invoke a non-existent Wasm function {function} from table 0",
        TOOLCHAIN_HELP,
    )


def method_not_found(name: str) -> Failure:
    """An entry point that the module does not export."""
    return Failure(
        ErrorCode.CANISTER_METHOD_NOT_FOUND,
        f"Canister has no exported function '{name}'.",
        "Check that the method being called is exported by the target canister. "
        f"See documentation: {_DOCUMENTATION}method-not-found",
    )
