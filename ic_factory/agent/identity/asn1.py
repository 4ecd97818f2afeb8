"""The little DER that files of keys are made of (X.690)."""

from __future__ import annotations

from dataclasses import dataclass, field

INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
CONTEXT_0 = 0xA0
CONTEXT_1 = 0xA1
CONTEXT_1_PRIMITIVE = 0x81

_LONG = 0x80
_MAX_LENGTH_BYTES = 3


class Asn1Error(ValueError):
    """Bytes that are not the DER that was expected. Its text shows none of them."""


@dataclass(frozen=True, slots=True)
class Element:
    """A tag and what it holds, which may be secret."""

    tag: int
    content: bytes = field(repr=False)

    def inside(self) -> list[Element]:
        """The elements that this one is made of.

        Raises:
            Asn1Error: It is not made of elements.
        """
        return elements(self.content)


def elements(encoded: bytes) -> list[Element]:
    """Reads elements to the end of the bytes.

    Raises:
        Asn1Error: The bytes are cut off, or a length is not in its shortest form.
    """
    found = []
    offset = 0
    while offset < len(encoded):
        start, length = _content(encoded, offset)
        found.append(Element(encoded[offset], encoded[start : start + length]))
        offset = start + length
    if offset > len(encoded):
        raise Asn1Error("DER is cut off")
    return found


def only(encoded: bytes, tag: int) -> Element:
    """Reads the one element that the bytes are.

    Raises:
        Asn1Error: They are something else.
    """
    found = elements(encoded)
    if len(found) != 1:
        raise Asn1Error(f"DER has {len(found)} elements where one was expected")
    return expect(found, 0, tag)


def expect(found: list[Element], index: int, tag: int) -> Element:
    """Takes the element at this place.

    Raises:
        Asn1Error: There is none, or it has another tag.
    """
    if index >= len(found):
        raise Asn1Error(f"DER ends where tag {tag:#04x} was expected")
    if found[index].tag != tag:
        raise Asn1Error(f"DER has tag {found[index].tag:#04x} where {tag:#04x} was expected")
    return found[index]


def with_tag(found: list[Element], tag: int) -> Element | None:
    """The first element with this tag, if there is one."""
    return next((element for element in found if element.tag == tag), None)


def number(element: Element) -> int:
    """The value of an INTEGER that is not negative.

    Raises:
        Asn1Error: It is something else.
    """
    if element.tag != INTEGER or not element.content or element.content[0] >= _LONG:
        raise Asn1Error("DER has no natural number where one was expected")
    return int.from_bytes(element.content, "big")


def encode(tag: int, *contents: bytes) -> bytes:
    """Encodes an element whose content is the given bytes, one after another."""
    content = b"".join(contents)
    length = len(content)
    if length < _LONG:
        return bytes((tag, length)) + content
    width = (length.bit_length() + 7) // 8
    return bytes((tag, _LONG | width)) + length.to_bytes(width, "big") + content


def encode_number(value: int) -> bytes:
    """Encodes a natural number as INTEGER."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _content(encoded: bytes, offset: int) -> tuple[int, int]:
    """Where the content of the element at this offset starts, and how long it is."""
    if offset + 2 > len(encoded):
        raise Asn1Error("DER is cut off")
    length = encoded[offset + 1]
    if length < _LONG:
        return offset + 2, length
    width = length - _LONG
    digits = encoded[offset + 2 : offset + 2 + width]
    length = int.from_bytes(digits, "big")
    if not 0 < width <= _MAX_LENGTH_BYTES or len(digits) != width or digits[0] == 0:
        raise Asn1Error("DER has a length that is not in its shortest form, or too large")
    if length < _LONG:
        raise Asn1Error("DER has a length that is not in its shortest form")
    return offset + 2 + width, length
