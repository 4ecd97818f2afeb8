"""Changes that keep the form of the input: CBOR stays CBOR, a module has its sections, text tokens.

So they reach what lies behind the first check of a reader.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import cbor2

from ic_factory.protocol.candid import encode
from ic_factory.protocol.candid.text import infer_args
from tests.fuzz.mutation import MAX_LENGTH, Mutator, leb128, odd_number, with_changed_bytes

SELF_DESCRIBED = bytes.fromhex("d9d9f7")
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\w+|\s+|->|.', re.DOTALL)

_ODD_TEXTS = ("", "\0", "\ud7ff", "𝕏", "a" * 5000, "‮", "--", "\\u{110000}", "🦀" * 40)
_ODD_TOKENS = (
    *('"', "(", ")", "{", "}", "[", ";", ":", "=", ",", "->", "/*", "*/", "//", "\\"),
    *("opt", "vec", "record", "variant", "func", "service", "type", "blob", "principal", "null"),
    *("0x", "1e999999", "-0", "+1", "9" * 5000, "0x" + "f" * 400, "1_0", "nan", "inf", "\n"),
)


def mixed(*mutators: Mutator) -> Mutator:
    """Any of these at a time."""

    def mutate(random: Random, seed: bytes, seeds: Sequence[bytes]) -> bytes:
        return random.choice(mutators)(random, seed, seeds)

    return mutate


def with_changed_cbor(random: Random, seed: bytes, seeds: Sequence[bytes]) -> bytes:
    """The same CBOR with a few of its items changed; blind changes where it is none."""
    try:
        value = decoded(seed)
    except (ValueError, cbor2.CBORDecodeError):
        return with_changed_bytes(random, seed, seeds)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        value = changed_item(random, value)
    try:
        encoded = cbor2.dumps(value)
    except (ValueError, OverflowError, RecursionError, cbor2.CBOREncodeError):
        return with_changed_bytes(random, seed, seeds)
    if len(encoded) > MAX_LENGTH:
        return with_changed_bytes(random, seed, seeds)
    return (SELF_DESCRIBED if seed.startswith(SELF_DESCRIBED) else b"") + encoded


def decoded(data: bytes) -> Any:
    """An item of CBOR without its self-describing tag."""
    return cbor2.loads(data.removeprefix(SELF_DESCRIBED))


def changed_item(random: Random, value: Any) -> Any:
    """The value with one item changed: itself, or one inside."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        key = random.choice(list(value))
        if random.random() < 0.15:
            return _changed_entry(random, dict(value), key)
        return {**value, key: changed_item(random, value[key])}
    if isinstance(value, list) and value and random.random() < 0.85:
        place = random.randrange(len(value))
        return [*value[:place], changed_item(random, value[place]), *value[place + 1 :]]
    return _changed_leaf(random, value)


def _changed_entry(random: Random, entries: dict[Any, Any], key: Any) -> dict[Any, Any]:
    value = entries.pop(key)
    if random.random() < 0.5:
        entries[random.choice((7, b"key", "", "unknown", f"{key}s", -1))] = value
    return entries


def _changed_leaf(random: Random, value: Any) -> Any:
    if random.random() < 0.4:
        return random.choice(_replacements(random))
    if isinstance(value, bytes):
        # A nested item of CBOR or a message of Candid is changed by its numbers, like any bytes.
        return with_changed_bytes(random, value, (value, b"DIDL\x00\x00"))
    if isinstance(value, str):
        return value + random.choice(_ODD_TEXTS)
    if isinstance(value, int):
        return value + random.choice((-1, 1, 2**32, 2**64, -(2**64)))
    if isinstance(value, list):
        return value * random.choice((2, 3, 300))
    return _nested(value, random.choice((1, 3, 63, 64, 65, 128, 129, 600)))


def _replacements(random: Random) -> list[Any]:
    number = odd_number(random)
    return [
        *(None, True, False, 0, -1, number, -number, 1.5, float("nan")),
        *(b"", random.randbytes(random.randint(1, 40)), bytes(29), bytes(30)),
        *(random.choice(_ODD_TEXTS), [], {}, [[]], [b""] * 1001, {"a": {}}),
        *(cbor2.CBORTag(55799, {}), cbor2.CBORTag(2, b"\1"), cbor2.undefined),
    ]


def _nested(value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = [value]
    return value


def with_changed_tokens(random: Random, seed: bytes, seeds: Sequence[bytes]) -> bytes:
    """The same text with a few of its tokens changed."""
    tokens = TOKEN.findall(seed.decode("utf-8", "replace"))
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        _change_tokens(random, tokens, seeds)
    return "".join(tokens).encode("utf-8", "surrogatepass")[:MAX_LENGTH]


def _change_tokens(random: Random, tokens: list[str], seeds: Sequence[bytes]) -> None:
    place = random.randrange(len(tokens) + 1)
    match random.randrange(6):
        case 0:
            del tokens[place : place + random.randint(1, 4)]
        case 1:
            tokens.insert(place, random.choice(_ODD_TOKENS))
        case 2:
            tokens[place : place + 1] = [random.choice(_ODD_TOKENS)]
        case 3:
            tokens[place:place] = tokens[place : place + 5] * random.choice((1, 2, 100))
        case 4:
            tokens.insert(place, random.choice(("opt ", "vec ", "(", "{", "/*")) * 400)
        case 5:
            other = TOKEN.findall(random.choice(seeds).decode("utf-8", "replace"))
            start = random.randrange(len(other) + 1)
            tokens[place:place] = other[start : start + 9]


def random_values(random: Random) -> str:
    """A list of Candid values as text."""
    return f"({', '.join(_random_value(random, 4) for _ in range(random.randint(0, 4)))})"


def _random_value(random: Random, depth: int) -> str:
    if depth == 0 or random.random() < 0.4:
        return random.choice(
            (
                *("null", "true", '"text \\u{e9}"', "-7", "2.5", "(5 : nat8)", "(1.5 : float32)"),
                *('blob "\\00\\ff"', 'principal "aaaaa-aa"', 'func "aaaaa-aa".m', "vec {}"),
                *(f"{odd_number(random)}", f"({random.getrandbits(32)} : nat32)", "(0 : int64)"),
            )
        )
    inner = [_random_value(random, depth - 1) for _ in range(random.randint(0, 4))]
    match random.randrange(4):
        case 0:
            return f"opt {_random_value(random, depth - 1)}"
        case 1:
            return f"vec {{ {'; '.join(inner[:1] * random.randint(1, 5))} }}"
        case 2:
            return f"variant {{ f{random.randrange(9)} = {_random_value(random, depth - 1)} }}"
    return f"record {{ {'; '.join(f'f{place} = {one}' for place, one in enumerate(inner))} }}"


def with_random_values(random: Random, _: bytes, seeds: Sequence[bytes]) -> bytes:
    """The message of random values of Candid, as it is, or with bytes changed."""
    types, values = infer_args(random_values(random))
    message = encode(types, values)
    return message if random.random() < 0.3 else with_changed_bytes(random, message, seeds)


def with_random_texts(random: Random, _: bytes, seeds: Sequence[bytes]) -> bytes:
    """The text of random values of Candid, as it is, or with tokens changed."""
    text = random_values(random).encode()
    return text if random.random() < 0.3 else with_changed_tokens(random, text, seeds)


def with_changed_sections(random: Random, seed: bytes, seeds: Sequence[bytes]) -> bytes:
    """The same module with a section changed, and sizes that are right again."""
    is_packed = seed.startswith(b"\x1f\x8b")
    try:
        module = gzip.decompress(seed) if is_packed else seed
        sections = list(_sections(module))
    except (OSError, EOFError, zlib.error, IndexError):
        return with_changed_bytes(random, seed, seeds)
    place = random.randrange(len(sections) or 1)
    match random.randrange(8):
        case 0:
            sections[place:place] = sections[place : place + 1]
        case 1:
            del sections[place : place + 1]
        case 2:
            random.shuffle(sections)
        case 3:
            sections.insert(place, (0, _custom_section(random)))
        case _:
            if sections:
                kind, content = sections[place]
                sections[place] = (kind, with_changed_bytes(random, content, (content,)))
    changed = module[:8] + b"".join(
        bytes([kind]) + leb128(len(content)) + content for kind, content in sections
    )
    return gzip.compress(changed, 1) if is_packed else changed


def _sections(module: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 8
    while offset < len(module):
        kind, offset = module[offset], offset + 1
        size = shift = 0
        while True:
            byte, offset = module[offset], offset + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        yield kind, module[offset : offset + size]
        offset += size


def _custom_section(random: Random) -> bytes:
    name = random.choice((b"name", b"icp:public x", b"icp:private x", b"icp:x", b"\xff", b""))
    return leb128(len(name)) + name + random.randbytes(random.randint(0, 60))
