"""Signatures by canisters, such as Internet Identity's (specification, "Canister signatures").

A canister signs by certified data: the root of a hash tree in which it notes what it signed. A
signature shows that tree and a certificate of the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from ic_factory.errors import (
    CborError,
    CertificateError,
    HashTreeError,
    KeyFormatError,
    PrincipalError,
    SignatureError,
)
from ic_factory.protocol import cbor, hash_tree
from ic_factory.protocol.certificate import MAX_CBOR_DEPTH, Certificate
from ic_factory.protocol.certificate_verification import certified_data, verify_for_canister
from ic_factory.protocol.crypto.der import CANISTER_SIGNATURE, SubjectPublicKeyInfo
from ic_factory.protocol.hash_tree import Found, HashTree, Path, lookup_path
from ic_factory.protocol.principal import Principal

_SELF_DESCRIBING_TAG = b"\xd9\xd9\xf7"


@dataclass(frozen=True, slots=True)
class CanisterSignature:
    """A canister's signature.

    Attributes:
        certificate: A certificate of the canister's certified data, encoded.
        tree: The tree whose root hash the certified data are; it may be pruned.
    """

    certificate: bytes
    tree: HashTree

    def encode(self) -> bytes:
        """Encodes as self-described CBOR."""
        tree = cbor.Encoded(hash_tree.encode(self.tree))
        return cbor.encode_self_described({"certificate": self.certificate, "tree": tree})

    @staticmethod
    def decode(data: bytes) -> CanisterSignature:
        """Decodes self-described CBOR.

        Raises:
            SignatureError: The bytes are not the CBOR of such a signature.
        """
        if not data.startswith(_SELF_DESCRIBING_TAG):
            raise SignatureError("a canister signature is CBOR that begins with the tag 55799")
        try:
            value = cbor.decode(data, max_depth=MAX_CBOR_DEPTH)
            if type(value) is not dict or type(value.get("certificate")) is not bytes:
                raise SignatureError("a canister signature is a map with a certificate")
            return CanisterSignature(
                value["certificate"], hash_tree.from_cbor_value(value.get("tree"))
            )
        except (CborError, HashTreeError) as error:
            raise SignatureError(f"a canister signature: {error}") from error


@dataclass(frozen=True, slots=True)
class CanisterSignatureKey:
    """A public key of a signing canister, which has one for each seed.

    Attributes:
        canister_id: The canister.
        seed: What tells its keys apart, in general a user's number in some form.
    """

    canister_id: Principal
    seed: bytes

    @staticmethod
    def from_info(info: SubjectPublicKeyInfo) -> CanisterSignatureKey:
        """The key in a DER structure whose algorithm is `CANISTER_SIGNATURE`.

        Raises:
            KeyFormatError: It is of another algorithm, has a parameter, or is not a canister's id
                behind its length.
        """
        if (info.algorithm, info.parameter) != (CANISTER_SIGNATURE, None):
            raise KeyFormatError("not the key of a signing canister")
        length, content = info.public_key[:1], info.public_key[1:]
        if not length or len(content) < length[0]:
            raise KeyFormatError("the key of a signing canister ends before the canister's id does")
        try:
            return CanisterSignatureKey(Principal(content[: length[0]]), content[length[0] :])
        except PrincipalError as error:
            raise KeyFormatError(f"the key of a signing canister: {error}") from error

    @property
    def der(self) -> bytes:
        """The key in DER."""
        canister_id = self.canister_id.bytes
        content = bytes((len(canister_id),)) + canister_id + self.seed
        return SubjectPublicKeyInfo(CANISTER_SIGNATURE, None, content).encode()

    def path_of(self, message: bytes) -> Path:
        """Where the tree has an empty value if the canister signed the message by this key."""
        return (b"sig", sha256(self.seed).digest(), sha256(message).digest())


@dataclass(frozen=True, slots=True)
class CanisterPublicKey:
    """A signing canister's key on a network, which vouches for the canister's data.

    Attributes:
        key: The key.
        root_key: The network's root key, in DER.
    """

    key: CanisterSignatureKey
    root_key: bytes

    @property
    def der(self) -> bytes:
        """The key in DER; the root key is no part of it."""
        return self.key.der

    def verify(self, message: bytes, signature: bytes) -> None:
        """Checks a signature; any age of its certificate will do.

        Args:
            message: What was to be signed.
            signature: The CBOR of a `CanisterSignature`.

        Raises:
            SignatureError: It is not this key's signature on the message.
        """
        given = CanisterSignature.decode(signature)
        if lookup_path(given.tree, self.key.path_of(message)) != Found(b""):
            raise SignatureError(
                f"canister {self.key.canister_id} did not sign this: its tree has no empty value"
                " at /sig/<hash of the seed>/<hash of the message>"
            )
        certified = _certified_data(given.certificate, self.root_key, self.key.canister_id)
        if certified != given.tree.digest:
            raise SignatureError(
                f"the tree of the signature is not what canister {self.key.canister_id} certified"
            )


@lru_cache(maxsize=64)
def _certified_data(encoded: bytes, root_key: bytes, canister_id: Principal) -> bytes | None:
    # A user's delegation comes again with each of their requests.
    try:
        certificate = Certificate.decode(encoded)
        verify_for_canister(certificate, root_key, canister_id)
    except CertificateError as error:
        raise SignatureError(f"signature by canister {canister_id}: {error}") from error
    return certified_data(certificate, canister_id)
