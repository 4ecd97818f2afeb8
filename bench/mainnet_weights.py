"""What the mainnet counts an instruction and a system call as.

Facts out of the IC's own `instruction_to_cost` (`rs/embedders`, instrumentation) and its tables of
system-call overheads. Modules with 32-bit memories; no SIMD, which the shipped canisters lack.
"""

from __future__ import annotations

FREE = frozenset({0x02, 0x03, 0x05, 0x0B})
"""block, loop, else, end"""

WEIGHTS: dict[int, int] = (
    dict.fromkeys(FREE, 0)
    | dict.fromkeys((0x04, 0x0C, 0x0D, 0x0E), 2)  # if, br, br_if, br_table
    | {0x10: 5, 0x11: 10}  # call, call_indirect
    | {0x23: 2, 0x24: 2, 0x25: 5, 0x26: 5}  # globals, tables
    | {0x3F: 20, 0x40: 300}  # memory.size, memory.grow
    | dict.fromkeys(range(0x5B, 0x67), 3)  # comparisons of floats
    | dict.fromkeys((*range(0x6D, 0x71), *range(0x7F, 0x83)), 10)  # div, rem
    | dict.fromkeys((*range(0x8D, 0x91), 0x92, 0x93, 0x94, 0x98), 2)  # f32
    | {0x91: 5, 0x95: 3, 0x96: 18, 0x97: 18}
    | dict.fromkeys((*range(0x9B, 0x9F), 0xA0, 0xA1, 0xA2), 2)  # f64
    | {0x9F: 8, 0xA3: 5, 0xA4: 18, 0xA5: 18, 0xA6: 3}
    | dict.fromkeys((*range(0xA8, 0xAC), *range(0xAE, 0xB2)), 20)  # trunc
    | dict.fromkeys((0xB2, 0xB4, 0xB7, 0xB9), 3)  # convert, signed
    | dict.fromkeys((0xB3, 0xB5, 0xB8, 0xBA), 16)  # convert, unsigned
    | {0xD1: 5, 0xD2: 130}  # ref.is_null, ref.func
)
"""Opcodes that count as anything but one."""

PREFIXED: dict[int, int] = (
    dict.fromkeys(range(8), 20)  # trunc_sat
    | dict.fromkeys((8, 10, 11, 12, 14, 17), 100)  # init, copy, fill
    | {9: 300, 13: 300, 15: 300, 16: 100}  # drop, table.grow, table.size
)
"""Opcodes after 0xFC."""

BULK = frozenset({8, 10, 11, 12, 14, 17})
"""Opcodes after 0xFC that count one more for each byte or entry, the topmost operand."""

DEFAULT_OVERHEAD = 500
OVERHEADS = {
    "call_new": 1_500,
    "call_perform": 5_000,
    "debug_print": 100,
    "cycles_burn128": 100,
    "is_controller": 1_000,
    "performance_counter": 200,
    "stable_read": 20,
    "stable_size": 20,
    "stable_write": 20,
    "stable_grow": 100,
    "stable64_read": 20,
    "stable64_size": 20,
    "stable64_write": 20,
    "stable64_grow": 100,
}
"""What a system call counts as besides the instruction that makes it."""

COUNTED_BY_BYTE = frozenset(
    {
        "call_data_append",
        "debug_print",
        "msg_arg_data_copy",
        "msg_method_name_copy",
        "msg_reject",
        "msg_reject_msg_copy",
        "msg_reply_data_append",
        "stable_read",
        "stable_write",
        "stable64_read",
        "stable64_write",
        "trap",
    }
)
"""System calls that count one more for each byte, the topmost operand."""

DIRTY_STABLE_PAGE = 1_000
"""For each page of 4 KiB of stable memory that a message is the first to change."""

COMPILED_INSTRUCTION = 6_000
"""For each instruction of a module that is installed."""
