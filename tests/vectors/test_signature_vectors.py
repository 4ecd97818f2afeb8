"""Published signatures: RFC 8032, section 7.1; RFC 6979, appendix A.2.5; secp256k1's usual ones."""

import pytest

from ic_factory.protocol.crypto.keys import (
    Ed25519SigningKey,
    P256SigningKey,
    Secp256k1SigningKey,
    public_key_from_der,
)

RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]

P256_SECRET = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
P256_POINT = (
    "04"
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
)
RFC_6979 = [
    (
        b"sample",
        (
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        ),
    ),
    (
        b"test",
        (
            "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
            "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
        ),
    ),
]

# Both by the secret key 1.
SECP256K1 = [
    (
        b"Satoshi Nakamoto",
        (
            "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
            "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"
        ),
    ),
    (
        b"All those moments will be lost in time, like tears in rain. Time to die...",
        (
            "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b"
            "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21"
        ),
    ),
]


@pytest.mark.parametrize(("seed", "public_key", "message", "signature"), RFC_8032)
def test_ed25519(seed, public_key, message, signature):
    key = Ed25519SigningKey.from_seed(bytes.fromhex(seed))
    assert key.public_key.raw.hex() == public_key
    assert key.sign(bytes.fromhex(message)).hex() == signature
    public_key_from_der(key.public_key_der).verify(bytes.fromhex(message), bytes.fromhex(signature))


@pytest.mark.parametrize(("message", "signature"), RFC_6979)
def test_p256(message, signature):
    key = P256SigningKey.from_seed(bytes.fromhex(P256_SECRET))
    assert key.public_key.point.hex() == P256_POINT
    public_key_from_der(key.public_key_der).verify(message, bytes.fromhex(signature))


@pytest.mark.parametrize(("message", "signature"), SECP256K1)
def test_secp256k1(message, signature):
    key = Secp256k1SigningKey.from_seed((1).to_bytes(32, "big"))
    public_key_from_der(key.public_key_der).verify(message, bytes.fromhex(signature))
