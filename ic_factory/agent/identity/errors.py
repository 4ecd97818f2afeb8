"""What can go wrong with identities.

IdentityError
├── IdentityNotFound      no store has an identity of this name
├── AmbiguousIdentity     stores have different keys of this name
├── IdentityExists        the name is taken
├── BadIdentityName       no name that an identity can have
├── PasswordNeeded        the key is encrypted, and no password was given
├── PasswordTooShort      a password that dfx would not take for a new identity
├── WrongPassword         the password does not open the key
├── UnreadablePem         a PEM with no key in it that the IC knows
├── UnusableKey           hexadecimal digits that are no secret key, or an unknown type
├── NoKey                 what was asked needs a key, and the identity is anonymous
├── UnsupportedStorage    the key lies where only the tool that put it there gets it
├── StoreUnusable         files of a store that can't be read or written, or are damaged
├── DelegationInvalid     a chain of delegations that does not hold
└── DelegationExpired     a chain of delegations that is over

`BadSignature` of `identity.py` is a `SignatureError`. No message holds a secret.
"""

from __future__ import annotations

from ic_factory.errors import IcFactoryError


class IdentityError(IcFactoryError):
    """An identity that can't be found, read, kept or used."""


class IdentityNotFound(IdentityError):
    """No store has an identity of this name."""


class AmbiguousIdentity(IdentityError):
    """Several stores have an identity of this name, and not known to be of one key."""


class IdentityExists(IdentityError):
    """The name is taken."""


class BadIdentityName(IdentityError):
    """A text that is no name for an identity."""


class PasswordNeeded(IdentityError):
    """The key is encrypted, and no password was given."""


class PasswordTooShort(IdentityError):
    """A password that dfx would not take for a new identity."""


class WrongPassword(IdentityError):
    """The password does not open the key, or the encrypted bytes are damaged."""


class UnreadablePem(IdentityError):
    """A PEM with no key in it that the IC knows."""


class UnusableKey(IdentityError):
    """A text that is no secret key in hexadecimal digits, or a type of key that is unknown."""


class NoKey(IdentityError, AttributeError):
    """The anonymous identity was asked for a key; ic-py's own has no such attribute then."""


class UnsupportedStorage(IdentityError):
    """The key lies where only the tool that put it there gets it: a keyring, an HSM."""


class StoreUnusable(IdentityError):
    """Files of a store that can't be read or written, or are damaged."""


class DelegationInvalid(IdentityError):
    """A chain of delegations that does not hold."""


class DelegationExpired(IdentityError):
    """A chain of delegations that is over."""
