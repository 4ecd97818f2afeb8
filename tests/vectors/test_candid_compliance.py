"""The compliance suite of the Candid specification, each assertion a test."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from ic_factory.protocol.candid import CandidError, decode
from ic_factory.protocol.candid.did import parse_did, parse_types
from ic_factory.protocol.candid.text import parse_args

SUITE = Path(__file__).parents[3] / "shared" / "vectors" / "candid"

pytestmark = pytest.mark.skipif(
    not SUITE.is_dir(), reason="the Candid compliance suite is not here"
)

TOKEN = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>\w+)|(?P<sign>!:|->|==|!=|\S)',
    re.DOTALL,
)


@dataclass(frozen=True)
class Assertion:
    definitions: str
    left: str
    relation: str
    right: str
    types: str
    label: str


def statements(source):
    """Yields each statement of a test file as its tokens, comments dropped."""
    statement, depth = [], 0
    for found in TOKEN.finditer(source):
        if found.lastgroup == "comment":
            continue
        token = found.group()
        depth += (token in "({") - (token in ")}") if found.lastgroup == "sign" else 0
        if token == ";" and depth == 0:
            yield statement
            statement = []
        else:
            statement.append(token)
    assert not statement


def assertions_in(path):
    definitions = ""
    for statement in statements(path.read_text()):
        if statement[0] == "type":
            definitions += " ".join(statement) + ";\n"
            continue
        assert statement.pop(0) == "assert"
        label = statement.pop() if statement[-1].startswith('"') else '""'
        begin = statement.index("(")
        inputs, relation = " ".join(statement[: begin - 1]), statement[begin - 1]
        types = " ".join(statement[begin:])
        split = next((sign for sign in ("==", "!=") if sign in statement[:begin]), None)
        left, _, right = inputs.partition(f" {split} ") if split else (inputs, "", "")
        yield Assertion(definitions, left, split or relation, right, types, label.strip('"'))


def all_assertions():
    for path in sorted(SUITE.glob("*.test.did")):
        for number, assertion in enumerate(assertions_in(path)):
            name = f"{path.name.removesuffix('.test.did')}-{number}-{assertion.label}"
            yield pytest.param(assertion, id=name.encode("ascii", "replace").decode())


def values_of(text, types):
    (source,) = parse_args(f"({text})")
    if text.startswith("blob"):
        return decode(source, types)
    return parse_args(source, types)


@pytest.mark.parametrize("assertion", list(all_assertions()))
def test_holds(assertion):
    environment = parse_did(assertion.definitions).environment
    types = parse_types(assertion.types, environment)
    started = time.perf_counter()
    if assertion.relation == "!:":
        with pytest.raises(CandidError):
            values_of(assertion.left, types)
    else:
        left = values_of(assertion.left, types)
        if assertion.relation == "==":
            assert left == values_of(assertion.right, types)
        elif assertion.relation == "!=":
            assert left != values_of(assertion.right, types)
    assert time.perf_counter() - started < 1


def test_the_suite_is_all_here():
    assert len(list(all_assertions())) >= 467
