"""Numbers, quoted text and names, as Candid text writes them."""

from __future__ import annotations

import re

from lark import Token

from ic_factory.protocol.candid.errors import CandidTextError

_ESCAPE = re.compile(
    rb"\\(?:u\{([0-9a-fA-F][0-9a-fA-F_]*)\}|([0-9a-fA-F]{2})|([nrt\\\"'])|(.?))", re.DOTALL
)
_ONLY_HEX = re.compile(r'"(?:\\[0-9a-fA-F]{2})*"')
_SHORT_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\", b'"': b'"', b"'": b"'"}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYWORDS = frozenset(
    (
        *("blob", "composite_query", "false", "func", "import", "null", "oneway", "opt"),
        *("principal", "query", "record", "service", "true", "type", "variant", "vec"),
    )
)
_UNPRINTED = {code: f"\\u{{{code:x}}}" for code in (*range(0x20), 0x7F)}
_TEXT_ESCAPES = _UNPRINTED | {
    ord(sign): escape
    for sign, escape in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), ("\\", "\\\\"), ('"', '\\"'))
}
_BLOB_ESCAPES = tuple(
    chr(byte) if 0x20 <= byte < 0x7F and chr(byte) not in '"\\' else f"\\{byte:02x}"
    for byte in range(256)
)


def bytes_of(token: Token) -> bytes:
    """Returns the bytes that a quoted text stands for.

    Raises:
        CandidTextError: An escape is not one of Candid's.
    """
    if "\\" not in token:
        return token[1:-1].encode("utf-8", "surrogatepass")
    if _ONLY_HEX.fullmatch(token):
        return bytes.fromhex(token[1:-1].replace("\\", ""))

    def unescape(found: re.Match[bytes]) -> bytes:
        scalar, raw, short, _ = found.groups()
        if raw is not None:
            return bytes.fromhex(raw.decode())
        if short is not None:
            return _SHORT_ESCAPES[short]
        code = int(scalar.replace(b"_", b""), 16) if scalar is not None else -1
        if not 0 <= code < 0x110000 or 0xD800 <= code < 0xE000:
            written = found.group()[:20].decode(errors="replace")
            raise CandidTextError(f"no such escape: {written}", *_place(token))
        return chr(code).encode()

    return _ESCAPE.sub(unescape, token[1:-1].encode("utf-8", "surrogatepass"))


def text_of(token: Token) -> str:
    """Returns the text that a quoted text stands for.

    Raises:
        CandidTextError: An escape is wrong, or the bytes are not UTF-8.
    """
    try:
        return bytes_of(token).decode()
    except UnicodeDecodeError as error:
        raise CandidTextError(f"the text is not UTF-8: {error.reason}", *_place(token)) from None


def name_of(token: Token) -> str:
    """Returns a name, which stands as an identifier or in quotes."""
    return text_of(token) if token.type == "TEXT" else str(token)


def integer_of(token: Token) -> int:
    """Returns a whole number, decimal or hexadecimal.

    Raises:
        CandidTextError: The number is too long; hexadecimal ones may have any length.
    """
    digits = token.replace("_", "")
    try:
        return int(digits, 16 if "x" in digits else 10)
    except ValueError:
        raise CandidTextError(
            "a decimal number this long is to be written in hexadecimal", *_place(token)
        ) from None


def float_of(token: Token) -> float:
    """Returns a number as a float; one beyond all floats is infinite.

    Raises:
        CandidTextError: A hexadecimal number is beyond all floats.
    """
    digits = token.replace("_", "")
    if "x" not in digits:
        return float(digits)
    try:
        return float.fromhex(digits)
    except OverflowError:
        raise CandidTextError("the number is beyond all floats", *_place(token)) from None


def _place(token: Token) -> tuple[int, int]:
    return token.line or 1, token.column or 1


def quote_text(text: str) -> str:
    """Returns a text in quotes."""
    return f'"{text.translate(_TEXT_ESCAPES)}"'


def quote_bytes(content: bytes) -> str:
    """Returns bytes in quotes: printable ASCII as it is, all others in hexadecimal."""
    return f'"{"".join([_BLOB_ESCAPES[byte] for byte in content])}"'


def quote_name(name: str) -> str:
    """Returns a name as an identifier if it is one, else in quotes."""
    if _IDENTIFIER.fullmatch(name) and name not in _KEYWORDS:
        return name
    return quote_text(name)


def write_integer(value: int) -> str:
    """Returns a whole number with `_` between thousands; very long ones in hexadecimal."""
    return f"{value:_d}" if value.bit_length() < 4096 else f"{value:#x}"
