"""Keys in all the PEM that tools of the IC write, and damaged ones."""

from __future__ import annotations

import base64
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.agent.identity import (
    Identity,
    IdentityError,
    PasswordNeeded,
    UnreadablePem,
    WrongPassword,
    asn1,
    pbes2,
)
from ic_factory.agent.identity.asn1 import Asn1Error
from tests.unit.agent.identity.published import DFX_KEY, PUBLISHED, Published, pem

TYPES = ("ed25519", "secp256k1", "p256")
PASSWORD = "swordfish, schwertfïsch"
SECRET = bytes(range(1, 33))

any_type = pytest.mark.parametrize("key_type", TYPES)
published = pytest.mark.parametrize("vector", PUBLISHED, ids=lambda vector: vector.origin)


@published
def test_published_keys_have_their_published_principals(vector: Published) -> None:
    identity = Identity.from_pem(vector.pem, vector.password)
    assert identity.sender().to_str() == vector.principal


@published
def test_lines_may_end_as_on_windows_and_text_may_stand_around(vector: Published) -> None:
    text = f"Bag Attributes: none\n{vector.pem}\nthe end\n".replace("\n", "\r\n")
    identity = Identity.from_pem(text.encode(), vector.password)
    assert identity.sender().to_str() == vector.principal


@any_type
def test_what_is_written_is_read_by_cryptography(key_type: str) -> None:
    identity = Identity(SECRET.hex(), key_type)
    for password in (None, PASSWORD):
        key = load_pem_private_key(identity.to_pem(password), password and password.encode())
        assert isinstance(key, Ed25519PrivateKey | ec.EllipticCurvePrivateKey)
        raw = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        assert raw == decoded(identity.to_pem())


@any_type
def test_what_is_written_is_read_again(key_type: str) -> None:
    identity = Identity.generate(key_type)
    for password in (None, PASSWORD):
        assert Identity.from_pem(identity.to_pem(password), password).privkey == identity.privkey


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("curve", [ec.SECP256K1(), ec.SECP256R1()], ids=["secp256k1", "p256"])
def test_what_cryptography_writes_is_read(curve: ec.EllipticCurve, form: PrivateFormat) -> None:
    key = ec.derive_private_key(7, curve)
    written = key.private_bytes(Encoding.PEM, form, NoEncryption())
    assert int(Identity.from_pem(written).privkey, 16) == 7


def test_what_cryptography_encrypts_is_read() -> None:
    key = Ed25519PrivateKey.from_private_bytes(SECRET)
    protection = BestAvailableEncryption(PASSWORD.encode())
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)
    assert Identity.from_pem(written, PASSWORD).privkey == SECRET.hex()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")
@pytest.mark.parametrize(
    "scheme",
    [
        "-v2 aes-128-cbc",
        "-v2 aes-192-cbc -v2prf hmacWithSHA512",
        "-v2 aes-256-cbc -v2prf hmacWithSHA1",
        "-scrypt",
    ],
)
def test_what_openssl_encrypts_is_read(scheme: str) -> None:
    command = ["openssl", "pkcs8", "-topk8", *scheme.split(), "-passout", "pass:swordfish"]
    plain = Identity(SECRET.hex()).to_pem()
    written = subprocess.run(command, input=plain, capture_output=True, check=True).stdout
    assert Identity.from_pem(written, "swordfish").privkey == SECRET.hex()


def test_both_forms_of_version_2_are_read() -> None:
    public = bytes.fromhex(Identity(SECRET.hex()).pubkey)
    bits = b"\x00" + public
    for key in (asn1.encode(0x81, bits), asn1.encode(0xA1, asn1.encode(0x03, bits))):
        assert Identity.from_pem(version_2(key)).privkey == SECRET.hex()


def test_a_public_key_of_another_is_refused() -> None:
    strange = asn1.encode(0x81, b"\x00", bytes.fromhex(Identity().pubkey))
    with pytest.raises(UnreadablePem, match="belongs to another"):
        Identity.from_pem(version_2(strange))


def test_a_compressed_public_key_is_taken() -> None:
    point = ec.derive_private_key(5, ec.SECP256K1()).public_key().public_numbers()
    compressed = bytes((2 + point.y % 2,)) + point.x.to_bytes(32, "big")
    parts = (
        asn1.encode_number(1),
        asn1.encode(asn1.OCTET_STRING, b"\x05"),
        asn1.encode(asn1.CONTEXT_1, asn1.encode(asn1.BIT_STRING, b"\x00" + compressed)),
    )
    text = pem("EC PRIVATE KEY", base64.b64encode(asn1.encode(asn1.SEQUENCE, *parts)).decode())
    assert int(Identity.from_pem(text).privkey, 16) == 5
    assert Identity.from_pem(text).key_type == "secp256k1"


def test_a_curve_that_is_named_nowhere_is_that_of_the_public_key() -> None:
    key = ec.derive_private_key(9, ec.SECP256R1()).private_bytes(
        Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    parts = [part for part in asn1.only(key, asn1.SEQUENCE).inside() if part.tag != asn1.CONTEXT_0]
    without = asn1.encode(asn1.SEQUENCE, *(asn1.encode(part.tag, part.content) for part in parts))
    text = pem("EC PRIVATE KEY", base64.b64encode(without).decode())
    assert Identity.from_pem(text).key_type == "p256"


def test_an_encrypted_key_needs_its_password() -> None:
    written = Identity().to_pem(PASSWORD)
    with pytest.raises(PasswordNeeded, match="no password was given"):
        Identity.from_pem(written)
    with pytest.raises(WrongPassword):
        Identity.from_pem(written, "another")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no whole block"),
        ("-----BEGIN PRIVATE KEY-----\nMC4C", "no whole block"),
        (pem("PUBLIC KEY", "MC4C"), "only PUBLIC KEY"),
        (pem("OPENSSH PRIVATE KEY", "MC4C"), "only OPENSSH PRIVATE KEY"),
        (pem("PRIVATE KEY", "MC4_"), "not base64"),
        (pem("PRIVATE KEY", ""), "0 elements"),
        (pem("PRIVATE KEY", "MC4C"), "cut off"),
        (pem("PRIVATE KEY", "BAA="), "tag 0x04 where 0x30"),
        (pem("EC PRIVATE KEY", "Proc-Type: 4,ENCRYPTED", "", "MC4C"), "openssl pkcs8 -topk8"),
        (DFX_KEY + DFX_KEY, "several blocks of EC PRIVATE KEY"),
        (DFX_KEY + pem("PRIVATE KEY", "MC4C"), "one key was expected"),
        (pem("EC PARAMETERS", "BgUrgQQAIw==") + DFX_KEY, None),
    ],
)
def test_what_is_no_key_is_refused_with_the_reason(text: str, said: str | None) -> None:
    if said is None:
        # The key names its curve itself.
        Identity.from_pem(text)
        return
    with pytest.raises(UnreadablePem, match=said):
        Identity.from_pem(text)


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_keys_of_other_schemes_are_refused(form: PrivateFormat) -> None:
    strange = ec.generate_private_key(ec.SECP521R1())
    with pytest.raises(UnreadablePem, match="a curve that the IC doesn't know"):
        Identity.from_pem(strange.private_bytes(Encoding.PEM, form, NoEncryption()))


def test_an_rsa_key_is_refused() -> None:
    written = rsa.generate_private_key(65537, 1024).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with pytest.raises(UnreadablePem, match="no scheme that the IC knows"):
        Identity.from_pem(written)


@pytest.mark.parametrize(
    ("n", "r", "p"), [(1 << 30, 8, 1), (3, 8, 1), (1024, 1 << 40, 1), (2, 1, 99)]
)
def test_scrypt_that_asks_for_too_much_is_refused(n: int, r: int, p: int) -> None:
    numbers = [asn1.encode_number(number) for number in (n, r, p)]
    with pytest.raises(Asn1Error, match="scrypt with N ="):
        pbes2.decrypt(encrypted_by("2b06010401da47040b", *numbers), lambda: "word")


def test_pbkdf2_that_asks_for_too_much_is_refused() -> None:
    with pytest.raises(Asn1Error, match="rounds"):
        pbes2.decrypt(encrypted_by("2a864886f70d01050c", asn1.encode_number(1 << 40)), lambda: "w")


@given(st.integers(0, 2**70), st.binary(max_size=300))
def test_der_is_read_as_it_was_written(number: int, content: bytes) -> None:
    written = asn1.encode(
        asn1.SEQUENCE, asn1.encode_number(number), asn1.encode(asn1.OCTET_STRING, content)
    )
    first, second = asn1.only(written, asn1.SEQUENCE).inside()
    assert (asn1.number(first), second.content) == (number, content)
    for end in range(1, len(written)):
        with pytest.raises(Asn1Error):
            asn1.only(written[:end], asn1.SEQUENCE)


@given(place=st.integers(0, 200), value=st.integers(0, 255))
def test_a_changed_byte_gives_a_typed_error_or_a_key(place: int, value: int) -> None:
    original = decoded(DFX_KEY.encode())
    changed = bytearray(original)
    changed[place % len(original)] = value
    text = pem("EC PRIVATE KEY", base64.b64encode(changed).decode())
    try:
        Identity.from_pem(text)
    except UnreadablePem as error:
        assert Identity.from_pem(DFX_KEY).privkey not in str(error)  # noqa: PT017


@given(st.binary(max_size=120) | st.just(b"\x30" * 5000))
def test_any_bytes_give_a_typed_error_or_a_key(content: bytes) -> None:
    for label in ("PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"):
        try:
            Identity.from_pem(pem(label, base64.b64encode(content).decode()), "word")
        except IdentityError:
            continue


@given(st.text(max_size=300))
def test_any_text_gives_a_typed_error(text: str) -> None:
    with pytest.raises(UnreadablePem):
        Identity.from_pem(text)


def decoded(text: bytes) -> bytes:
    return base64.b64decode(b"".join(text.splitlines()[1:-1]))


def version_2(public_key: bytes) -> str:
    content = asn1.encode(
        asn1.SEQUENCE,
        asn1.encode_number(1),
        asn1.encode(asn1.SEQUENCE, asn1.encode(asn1.OBJECT_IDENTIFIER, bytes.fromhex("2b6570"))),
        asn1.encode(asn1.OCTET_STRING, asn1.encode(asn1.OCTET_STRING, SECRET)),
        public_key,
    )
    return pem("PRIVATE KEY", base64.b64encode(content).decode())


def encrypted_by(derivation: str, *numbers: bytes) -> bytes:
    """PBES2 with AES-256-CBC and this derivation of the key."""

    def algorithm(identifier: str, *parameters: bytes) -> bytes:
        name = asn1.encode(asn1.OBJECT_IDENTIFIER, bytes.fromhex(identifier))
        return asn1.encode(asn1.SEQUENCE, name, *parameters)

    kdf = algorithm(
        derivation, asn1.encode(asn1.SEQUENCE, asn1.encode(asn1.OCTET_STRING, b"salt"), *numbers)
    )
    cipher = algorithm("60864801650304012a", asn1.encode(asn1.OCTET_STRING, bytes(16)))
    scheme = algorithm("2a864886f70d01050d", asn1.encode(asn1.SEQUENCE, kdf, cipher))
    return asn1.encode(asn1.SEQUENCE, scheme, asn1.encode(asn1.OCTET_STRING, bytes(32)))
