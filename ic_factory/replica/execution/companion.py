"""Puts the companion module together, from its WAT and the table of system functions."""

from __future__ import annotations

import re
from importlib.resources import files

from ic_factory.replica.execution.layout import (
    REPLY_START,
    UNDO_ENTRY_BYTES,
    Blob,
    Reason,
    ResponseState,
    Slot,
)
from ic_factory.replica.execution.system_api.table import (
    NUMBERED,
    BlobCopy,
    BlobSize,
    Companion,
    Host,
    Number,
    SystemFunction,
)

_WAT = "companion.wat"
_RESULT_SLOT = f"offset={Slot.RESULT_64:d} (i32.const 0)"

_OWN_FUNCTIONS = {
    "msg_reply_data_append": "(call $append_reply {number} {0} {1})",
    "msg_reply": "(call $reply {number})",
    "stable64_size": "(i64.load $scratch offset={pages} (i32.const 0))",
    "stable64_grow": "(call $grow_stable {0})",
    "stable64_write": "(call $write_stable {number} {0} {1} {2})",
    "stable64_read": "(call $read_stable {number} {0} {1} {2})",
    "data_certificate_size": "(call $require_certificate {number}) (call $blob_size {certificate})",
    "data_certificate_copy": (
        "(call $require_certificate {number}) (call $copy_blob {number} {certificate} {0} {1} {2})"
    ),
    "stable_size": (
        "(call $require_32_bit {number}) (i64.load $scratch offset={pages} (i32.const 0))"
    ),
    "stable_grow": "(call $grow_stable_32_bit {number} {0})",
    "stable_write": "(call $require_32_bit {number}) (call $write_stable {number} {0} {1} {2})",
    "stable_read": "(call $require_32_bit {number}) (call $read_stable {number} {0} {1} {2})",
}
"""Bodies in WAT; arguments are widened to i64, and so is the result where there is one."""


def companion_wat(*, is_64_bit: bool) -> str:
    """The companion's text for canisters whose memory has this width."""
    text = files(__package__).joinpath(_WAT).read_text(encoding="utf-8")
    constants = {
        **{reason.name: reason for reason in Reason},
        **{slot.name.removesuffix("_64"): slot for slot in Slot},
        **{f"ARGUMENT_{index}": Slot.ARGUMENTS_64 + 8 * index for index in range(3)},
        "REPLY_START": REPLY_START,
        "UNDO_ENTRY_BYTES": UNDO_ENTRY_BYTES,
        "REPLIED": ResponseState.REPLIED,
    }
    text = re.sub(r"@(\w+)", lambda match: str(int(constants[match[1]])), text)
    if is_64_bit:
        text = text.replace("(TO_I64 (memory.size $heap))", "(memory.size $heap)")
        text = re.sub(r"\(FROM_I64 \(local\.get (\$\w+)\)\)", r"(local.get \1)", text)
        text = text.replace("HEAP_MEMORY", "i64")
    else:
        text = text.replace("TO_I64", "i64.extend_i32_u").replace("FROM_I64", "i32.wrap_i64")
        text = text.replace("HEAP_MEMORY", "")
    exports = (
        _export(number, function, is_64_bit=is_64_bit)
        for number, function in enumerate(NUMBERED)
        if not (is_64_bit and function.only_32_bit)
    )
    return text.replace("(;EXPORTS;)", "\n".join(exports))


def _export(number: int, function: SystemFunction, *, is_64_bit: bool) -> str:
    function_type = function.type_for(is_64_bit=is_64_bit)
    parameters = [value_type.name.lower() for value_type in function_type.parameters]
    arguments = [
        f"(local.get {index})" if parameter == "i64" else f"(i64.extend_i32_u (local.get {index}))"
        for index, parameter in enumerate(parameters)
    ]
    body = _body(number, function, arguments)
    header = f'(func (export "{function.name}")'
    if parameters:
        header += f" (param {' '.join(parameters)})"
    if function_type.results:
        result = function_type.results[0].name.lower()
        header += f" (result {result})"
        if result == "i32":
            body += " i32.wrap_i64"
    if not isinstance(function.server, Host):
        body = f"(call $require (i32.const {number}) (i32.const {function.contexts.value})) {body}"
    return f"  {header} {body})"


def _body(number: int, function: SystemFunction, arguments: list[str]) -> str:
    """WAT that leaves the function's result, widened to i64, on the stack."""
    here = f"(i32.const {number})"
    match function.server:
        case BlobSize(blob):
            return f"(call $blob_size (i32.const {blob.slot}))"
        case BlobCopy(blob):
            return f"(call $copy_blob {here} (i32.const {blob.slot}) {' '.join(arguments)})"
        case Number(slot):
            load = "i64.load" if slot.name.endswith("_64") else "i64.load32_u"
            return f"({load} $scratch offset={slot:d} (i32.const 0))"
        case Companion():
            return _OWN_FUNCTIONS[function.name].format(
                *arguments,
                number=here,
                pages=int(Slot.STABLE_PAGES_64),
                certificate=f"(i32.const {Blob.CERTIFICATE.slot})",
            )
        case Host():
            stores = " ".join(
                f"(i64.store $scratch offset={Slot.ARGUMENTS_64 + 8 * index} (i32.const 0) "
                f"{argument})"
                for index, argument in enumerate(arguments)
            )
            result = f" (i64.load $scratch {_RESULT_SLOT})" if function.result else ""
            return f"{stores} (call $ask {here}){result}"
