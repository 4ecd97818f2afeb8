"""How things of a service description are called in Python. Candid's names stay on the wire.

| what                          | Python              | `createdAt`, `Result_1`, `class`     |
|-------------------------------|---------------------|--------------------------------------|
| types, classes                | words in capitals   | `CreatedAt`, `Result1`, `Class`      |
| fields, methods, arguments    | words with `_`      | `created_at`, `result_1`, `class_`   |
| members of enumerations       | the same, in capitals | `CREATED_AT`, `RESULT_1`, `CLASS`  |

1. Signs that cannot stand in an identifier part words, as `_` does; so `_x` and `__x__` are `x`.
2. What begins with a digit, or has no sign left, gets a word before it: `field_5`, `Type2`. A field
   without a name is called by its number.
3. A keyword, a builtin that annotations need, or a name that the generated module needs, gets a `_`
   behind it: `class_`, `list_`, `self_`. For a type it counts as taken (see 4).
4. Of two things that would have the same name, the one keeps it that is called so in Candid, else
   the first one; the others get a number: `a_b_2`, `Value2`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Mapping
from itertools import count
from keyword import iskeyword
from typing import TypeVar
from unicodedata import normalize

_Key = TypeVar("_Key", bound=Hashable)

BUILTINS_OF_ANNOTATIONS = frozenset(
    ("bool", "bytes", "float", "int", "list", "object", "str", "tuple")
)
RESERVED_ATTRIBUTES = BUILTINS_OF_ANNOTATIONS | {"self"}
RESERVED_METHODS = RESERVED_ATTRIBUTES | {"caller", "canister_id", "effective_canister_id"}

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str, otherwise: str) -> str:
    """Returns words in small letters with `_` between them.

    Args:
        name: The words, parted by anything that is no letter or digit, or by capitals.
        otherwise: What to put before what is no identifier.
    """
    words = "_".join(_words(_HUMP.sub("_", normalize("NFKC", name)).lower()))
    return words if words.isidentifier() else f"{otherwise}_{words}".rstrip("_")


def upper_case(name: str, otherwise: str) -> str:
    """Returns words in capitals with `_` between them; arguments as for `snake_case`."""
    words = "_".join(_words(snake_case(name, otherwise).upper()))
    return words if words.isidentifier() else f"{otherwise}_{words}".upper()


def cap_words(name: str) -> str:
    """Returns words with a capital each; `Type` goes before what would begin with no capital."""
    joined = "".join(word[0].upper() + word[1:] for word in _words(name))
    words = "".join(_words(joined))
    return words if words[:1].isupper() and words.isidentifier() else f"Type{words}"


def _words(name: str) -> list[str]:
    """Returns the words of a name, as Python would read them."""
    signs = (sign if f"a{sign}".isidentifier() else "_" for sign in normalize("NFKC", name))
    return [word for word in "".join(signs).split("_") if word]


def distinct(wanted: Mapping[_Key, tuple[str, str]], reserved: Collection[str]) -> dict[_Key, str]:
    """Returns a name for each thing, no two the same.

    Args:
        wanted: The name in Candid and the one wished for in Python, for each thing.
        reserved: Names that none may have.
    """
    taken: set[str] = set()
    names: dict[_Key, str] = {}
    exact_first = sorted(wanted, key=lambda key: wanted[key][0] != wanted[key][1])
    for key in exact_first:
        wish = wanted[key][1]
        safe = f"{wish}_" if iskeyword(wish) or wish in reserved else wish
        names[key] = _first_free(safe, taken, "_")
        taken.add(names[key])
    return {key: names[key] for key in wanted}


class TypeNames:
    """Names of types and classes, each given once."""

    def __init__(self, reserved: Iterable[str]) -> None:
        """Begins with the names that none may have."""
        self._taken = set(reserved)

    def claim(self, wish: str) -> str:
        """Returns a name that begins with `wish` and is free; it is taken then."""
        name = _first_free(cap_words(wish), self._taken, "")
        self._taken.add(name)
        return name


def _first_free(wish: str, taken: Collection[str], joint: str) -> str:
    if wish not in taken and not iskeyword(wish):
        return wish
    return next(name for number in count(2) if (name := f"{wish}{joint}{number}") not in taken)
