"""Who signs: ic-py's identities made fit for work, and those that dfx and icp-cli have stored.

>>> Identity("00" * 32).sender()
Principal(535yc-uxytb-gfk7h-tny7p-vjkoe-i4krp-3qmcl-uqfgr-cpgej-yqtjq-rqe)
"""

from ic_factory.agent.identity.delegate_identity import DelegateIdentity, delegate
from ic_factory.agent.identity.delegation_chain import DelegationChain
from ic_factory.agent.identity.entry import IdentityEntry
from ic_factory.agent.identity.errors import (
    AmbiguousIdentity,
    BadIdentityName,
    DelegationExpired,
    DelegationInvalid,
    IdentityError,
    IdentityExists,
    IdentityNotFound,
    NoKey,
    PasswordNeeded,
    PasswordTooShort,
    StoreUnusable,
    UnreadablePem,
    UnsupportedStorage,
    UnusableKey,
    WrongPassword,
)
from ic_factory.agent.identity.identity import BadSignature, Identity
from ic_factory.agent.identity.keys import KeyType
from ic_factory.agent.identity.lookup import (
    create_identity,
    find_identity,
    import_pem,
    list_identities,
    remove_identity,
)
from ic_factory.agent.identity.pem import Password

__all__ = [
    "AmbiguousIdentity",
    "BadIdentityName",
    "BadSignature",
    "DelegateIdentity",
    "DelegationChain",
    "DelegationExpired",
    "DelegationInvalid",
    "Identity",
    "IdentityEntry",
    "IdentityError",
    "IdentityExists",
    "IdentityNotFound",
    "KeyType",
    "NoKey",
    "Password",
    "PasswordNeeded",
    "PasswordTooShort",
    "StoreUnusable",
    "UnreadablePem",
    "UnsupportedStorage",
    "UnusableKey",
    "WrongPassword",
    "create_identity",
    "delegate",
    "find_identity",
    "import_pem",
    "list_identities",
    "remove_identity",
]
