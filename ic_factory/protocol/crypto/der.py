"""The DER around public keys: `SubjectPublicKeyInfo` (RFC 5280; specification, "Signatures")."""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.errors import KeyFormatError

ED25519 = "1.3.101.112"
EC_PUBLIC_KEY = "1.2.840.10045.2.1"
SECP256K1 = "1.3.132.0.10"
P256 = "1.2.840.10045.3.1.7"
BLS12381 = "1.3.6.1.4.1.44668.5.3.1.2.1"
BLS12381_G2 = "1.3.6.1.4.1.44668.5.3.2.1"
COSE = "1.3.6.1.4.1.56387.1.1"
CANISTER_SIGNATURE = "1.3.6.1.4.1.56387.1.2"

_SEQUENCE = 0x30
_OBJECT_IDENTIFIER = 0x06
_BIT_STRING = 0x03


@dataclass(frozen=True, slots=True)
class SubjectPublicKeyInfo:
    """A public key and its scheme.

    Attributes:
        algorithm: The algorithm's object identifier, in dotted form.
        parameter: The object identifier of its parameter (in general a curve), if it has one.
        public_key: The key itself, in the scheme's own encoding.
    """

    algorithm: str
    parameter: str | None
    public_key: bytes

    def encode(self) -> bytes:
        """Encodes as DER."""
        identifiers = _element(_OBJECT_IDENTIFIER, _encode_identifier(self.algorithm))
        if self.parameter is not None:
            identifiers += _element(_OBJECT_IDENTIFIER, _encode_identifier(self.parameter))
        bits = _element(_BIT_STRING, b"\x00" + self.public_key)
        return _element(_SEQUENCE, _element(_SEQUENCE, identifiers) + bits)

    @staticmethod
    def decode(der: bytes) -> SubjectPublicKeyInfo:
        """Decodes DER, strictly.

        Raises:
            KeyFormatError: The bytes are not the DER of a public key.
        """
        content, end = _read(der, 0, _SEQUENCE)
        _check_end(der, end)
        identifiers, key_start = _read(content, 0, _SEQUENCE)
        bits, end = _read(content, key_start, _BIT_STRING)
        _check_end(content, end)
        algorithm, parameter_start = _read(identifiers, 0, _OBJECT_IDENTIFIER)
        parameter: bytes | None = None
        if parameter_start < len(identifiers):
            parameter, end = _read(identifiers, parameter_start, _OBJECT_IDENTIFIER)
            _check_end(identifiers, end)
        if bits[:1] != b"\x00":
            raise KeyFormatError("DER public key: its bit string is not one of whole bytes")
        return SubjectPublicKeyInfo(
            _decode_identifier(algorithm),
            None if parameter is None else _decode_identifier(parameter),
            bits[1:],
        )


def _read(data: bytes, start: int, tag: int) -> tuple[bytes, int]:
    """The content of the element at `start`, and the offset of the byte after it."""
    if len(data) < start + 2:
        raise KeyFormatError("DER public key is cut off")
    if data[start] != tag:
        raise KeyFormatError(f"DER public key: tag {tag:#04x} expected, got {data[start]:#04x}")
    length, offset = data[start + 1], start + 2
    if length >= 0x80:
        width = length - 0x80
        offset += width
        length = int.from_bytes(data[offset - width : offset], "big")
        if width not in (1, 2) or length < 0x80 or (width == 2 and length < 0x100):
            raise KeyFormatError("DER public key: a length is not in its shortest form")
    end = offset + length
    if end > len(data):
        raise KeyFormatError("DER public key is cut off")
    return data[offset:end], end


def _check_end(data: bytes, end: int) -> None:
    if end != len(data):
        raise KeyFormatError(f"DER public key: {len(data) - end} bytes too many")


def _element(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    width = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | width)) + length.to_bytes(width, "big") + content


def _encode_identifier(dotted: str) -> bytes:
    first, second, *others = map(int, dotted.split("."))
    return b"".join(_base_128(number) for number in (40 * first + second, *others))


def _base_128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def _decode_identifier(content: bytes) -> str:
    numbers = []
    number = 0
    starts_number = True
    for byte in content:
        if starts_number and byte == 0x80:
            raise KeyFormatError("DER public key: an object identifier is not in its shortest form")
        number = number << 7 | byte & 0x7F
        starts_number = byte < 0x80
        if starts_number:
            numbers.append(number)
            number = 0
    if not numbers or not starts_number:
        raise KeyFormatError("DER public key: an object identifier is cut off")
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))
