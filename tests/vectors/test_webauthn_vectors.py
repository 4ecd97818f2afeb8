"""Keys and signatures of real authenticators, as the IC's own tests publish them (dfinity/ic,
rs/validator/src/webauthn.rs and rs/crypto/internal/crypto_lib/basic_sig/cose/tests)."""

import pytest

from ic_factory.errors import KeyFormatError, SignatureError
from ic_factory.protocol.crypto.cose import key_from_cose
from ic_factory.protocol.crypto.keys import public_key_from_der
from ic_factory.protocol.crypto.webauthn import WebAuthnSignature
from ic_factory.protocol.delegation import Delegation

YUBIKEY = bytes.fromhex(
    "305e300c060a2b0601040183b8430101034e00a5010203262001215820b487d183dc4806058eb31a29bedefd7bcc"
    "a987b77a381a3684871d8449c183942258202a122cc711a80453678c3032de4b6fff2c86342e82d1e7adb617c416"
    "5c43ce5e"
)
HELLO_BY_YUBIKEY = bytes.fromhex(
    "d9d9f7a37261757468656e74696361746f725f646174615825bfabc37432958b063360d3ad6461c9c4735ae7f8ed"
    "d46592a5e0f01452b2e4b5010000000170636c69656e745f646174615f6a736f6e58517b2274797065223a202277"
    "6562617574686e2e676574222c20226368616c6c656e6765223a202261475673624738222c20226f726967696e22"
    "3a202268747470733a2f2f6578616d706c652e6f7267227d697369676e617475726558463044022063627c696610"
    "48fb111b13dec2f3675010493c1c276c6a144f44e1fabab01d300220517d3cbd70658933dab63fd23cf05f7274ae"
    "a6afad206be04d4ec5e268b471d2"
)
DELEGATION_BY_YUBIKEY = bytes.fromhex(
    "d9d9f7a37261757468656e74696361746f725f646174615825bfabc37432958b063360d3ad6461c9c4735ae7f8ed"
    "d46592a5e0f01452b2e4b5010000000170636c69656e745f646174615f6a736f6e58997b2274797065223a202277"
    "6562617574686e2e676574222c20226368616c6c656e6765223a2022476d6c6a4c584a6c6358566c633351745958"
    "56306143316b5a57786c5a32463061573975624d7952313366786f7246576730775069346566504e774b562d7a76"
    "486467504868716649536d77677141222c20226f726967696e223a202268747470733a2f2f6578616d706c652e6f"
    "7267227d697369676e617475726558483046022100d4b7541f3b1b61dd9c6f818f20f54f8b938fe222d88cca6700"
    "fabd82a522f13b022100c636b52dfd679b1f86eeb5fcaff360e70b57caa9fe186e1e77c42228eca49037"
)
WINDOWS_HELLO = bytes.fromhex(
    "30820123300c060a2b0601040183b84301010382011100a401030339010020590100c6b690341eef02719f6d1dfc"
    "e2db1f77ac9bd632ba70efcee92bae2073c09927ee3670a6696eec0cee96189ddb448d04ec4e4674e940af9f905e"
    "893b4ce25821ada8b45c6cd11f2ee0cda668c7c2a2a8a56d5e1f23f5ca0bb6e193c1d34ead16d84cc4b72e267637"
    "11fcf49fac3b508715dc9f494ec1379ed5a95c53b9b1edcc027d7013248bbe6d1e1445912a5a21b27168db7f60aa"
    "73253e981c33f54f61c67dbce3d9c10d5f0e6af1c112a65c8ce64a1d01ae1e31a53e3d4525addcece402f1e62208"
    "d42ebde528830f93bebc898901947ec0fb218a96a53968d07e09b8a067e5a4c825632e24e450c4c9ef8138dcc91f"
    "9f9168a603c13bd4f2f8a0d3ee6b2143010001"
)
HELLO_BY_WINDOWS_HELLO = bytes.fromhex(
    "d9d9f7a3697369676e617475726559010001dac0ad9ee89c9b9d3f772bb8dd79bc16839a026bf4378629789bede8"
    "e5e284bce9c59e2c5b2fd5d8daff964d4eec1a43eb6f083595f1ce42c9f78445dba95146e3338680ca72f7720371"
    "d88d56ab6578a67f9791954787d54e4c5687bb0d3379a268dbaa9dc8dd550187953c349e10e454c0950cfeaf37c5"
    "f01ff09a5b581fb81de8bfe9be21a8baa5f96653fce6eaf485d8726e1f620454c145fa542756e7b606f1ab9439a0"
    "81bb01fec8be7679c72e2ce110655a36a01bde34be7be9e6270334d9b3f242ff12852992eeb515b13989245d0495"
    "00629a5ac38c40f09dd218e8e1a790d3034418b7c3b59a6ac73e91b5bf4cf7c62d8e6de2dbaf00117045c070636c"
    "69656e745f646174615f6a736f6e786a7b2274797065223a22776562617574686e2e676574222c226368616c6c65"
    "6e6765223a2261475673624738222c226f726967696e223a2268747470733a2f2f6333656634366165616437622e"
    "6e67726f6b2e696f222c2263726f73734f726967696e223a66616c73657d7261757468656e74696361746f725f64"
    "6174615825 2f8ceaf48dec5b53d9ddacaaf8b66392ded1691211f24e687badad8049b59ef60500000001"
)
HELLOS = pytest.mark.parametrize(
    ("key", "signature"),
    [(YUBIKEY, HELLO_BY_YUBIKEY), (WINDOWS_HELLO, HELLO_BY_WINDOWS_HELLO)],
    ids=["P-256", "RSA"],
)


@HELLOS
def test_a_signature_by_an_authenticator_verifies(key, signature):
    public_key = public_key_from_der(key)
    public_key.verify(b"hello", signature)
    assert public_key.der == key


@HELLOS
def test_it_verifies_for_no_other_message(key, signature):
    with pytest.raises(SignatureError, match="challenge"):
        public_key_from_der(key).verify(b"hello!", signature)


def test_no_key_verifies_the_signature_of_the_other():
    for key, signature in (YUBIKEY, HELLO_BY_WINDOWS_HELLO), (WINDOWS_HELLO, HELLO_BY_YUBIKEY):
        with pytest.raises(SignatureError):
            public_key_from_der(key).verify(b"hello", signature)


def test_a_delegation_signed_by_an_authenticator_verifies():
    delegation = Delegation(b"\x01\x02\x03", 0)
    public_key_from_der(YUBIKEY).verify(delegation.signing_bytes, DELEGATION_BY_YUBIKEY)


def test_the_parts_of_a_signature_are_read():
    signature = WebAuthnSignature.decode(
        bytes.fromhex(
            "d9d9f7a37261757468656e74696361746f725f6461746158252f1b671a93f444b8ec77e0211f9624c9c26121"
            "82b864f0d4ac9d335f5b4fe502010000005370636c69656e745f646174615f6a736f6e78987b227479706522"
            "3a22776562617574686e2e676574222c226368616c6c656e6765223a225044786863476b74636d5678645756"
            "7a644331705a43776758334a6c6358566c6333516761575266506a34222c226f726967696e223a2268747470"
            "733a2f2f63636763652d62616261612d61616161612d61616161612d63616161612d61616161612d61616161"
            "612d712e6963302e617070227d697369676e617475726558473045022100c69c75c6d6c449ea936094476e8b"
            "fcad90d831a6437a87117615add6d6a5168802201e2e4535976794286fa264eb81d7b14b3f168ab7f62ad5c0"
            "b9d6ebfc64eb0c8c"
        )
    )
    assert signature.signed_bytes.hex() == (
        "2f1b671a93f444b8ec77e0211f9624c9c2612182b864f0d4ac9d335f5b4fe50201000000537f91225ffff1e2"
        "912a0f8ca7a0ef61df01ae3d8898fca283036239259bab4f82"
    )
    key = key_from_cose(
        bytes.fromhex(
            "a501020326200121582051556cab67bc37cc806d4b0666b2553a35f8a96e1ea0025942a1f140b6e42d4e2258"
            "200b203014c786088b3525fd5a41ce16cec81de536186efdbc8f9ab9bf9df2f366"
        )
    )
    key.verify(signature.signed_bytes, signature.signature)


# Windows Hello's key of the IC's COSE tests, and two spoilt ones: algorithm 257, and no exponent.
MODULUS = (
    "a7078a1a8fde64c537ae5ca8d4b3a9139d68050cf76e45e77dbe47cecEb162f7095adb6260998775203aa42a444f86"
    "5deb995c2b70b548ecee01695deb069ed18744c12fd24aeacda4b2b7a5e97e7167caf7d4b8904ce20ca9a8928978ca"
    "957ff2d9fcae0859618b0ad74c164faf5ab1de7d7228a89bd3f8b497cef9e45e1203cc40ee252140157c331a584f39"
    "16e569a8c39573d542a3577fb12332ebd3c9f421c9ef8a23d5acf6ba439f7c3d6b73ba4e56b9b8efbc42a2e5e734b9"
    "9fdf7ab046813e43c65c926793919a7ae54f71aaf57c6876001a0558bc847d7555b1ae71f56a70272d786be69a23a2"
    "1a56c426371bd9882d40e7eca6b7da5d8169b7030f"
)


def test_rsa_keys_of_another_algorithm_or_without_an_exponent_are_refused():
    key_from_cose(bytes.fromhex("a401030339010020590100" + MODULUS + "2143010001"))
    for spoilt, reason in (
        ("a401030319010120590100" + MODULUS + "2143010001", "algorithm 257"),
        ("a301030339010020590100" + MODULUS, "exponent"),
    ):
        with pytest.raises(KeyFormatError, match=reason):
            key_from_cose(bytes.fromhex(spoilt))
