"""The header `IC-CertificateExpression`, which says what is certified.

HTTP Gateway Protocol, "The Certificate Expression Header". White space between the tokens is
allowed, as it is in CEL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from ic_factory.protocol.response_verification.errors import MalformedProof, Uncertified
from ic_factory.protocol.response_verification.messages import Header, values_of

EXPRESSION = "ic-certificateexpression"

_TOKEN = re.compile(r'\s*(?:(?P<word>\w+)|"(?P<text>[^"\0\n]*)"|(?P<sign>[(){}\[\]:,]))', re.ASCII)
_MAX_DEPTH = 16


@dataclass(frozen=True, slots=True)
class CertifiedRequest:
    """Which parts of the request count, beside method and body; header names in lower case."""

    headers: frozenset[str]
    query_parameters: frozenset[str]


@dataclass(frozen=True, slots=True)
class CertifiedHeaders:
    """Which headers of the response count; names in lower case."""

    names: frozenset[str]
    are_excluded: bool
    """Whether all but these count."""

    def include(self, name: str) -> bool:
        """Whether a header counts; its name in lower case."""
        return (name in self.names) is not self.are_excluded


@dataclass(frozen=True, slots=True)
class NoCertification:
    """Nothing of request or response is certified."""


@dataclass(frozen=True, slots=True)
class Certification:
    """What is certified of a response, and of its request unless that is None."""

    request: CertifiedRequest | None
    response_headers: CertifiedHeaders


Expression: TypeAlias = NoCertification | Certification


@dataclass(frozen=True, slots=True)
class _Object:
    """`Name{key: value, …}`."""

    name: str
    properties: dict[str, _Value]


@dataclass(frozen=True, slots=True)
class _Call:
    """`name(value, …)`."""

    name: str
    arguments: list[_Value]


_Value: TypeAlias = "_Object | _Call | list[_Value] | str"


def find_expression(headers: Iterable[Header]) -> str:
    """Finds the header's value among the headers of a response.

    Raises:
        Uncertified: There is none.
        MalformedProof: There are two.
    """
    values = values_of(headers, EXPRESSION)
    if not values:
        raise Uncertified("the response has no header IC-CertificateExpression")
    if len(values) > 1:
        raise MalformedProof(
            f"the response has {len(values)} headers IC-CertificateExpression, not one"
        )
    return values[0]


def read_expression(text: str) -> Expression:
    """Reads the header's value.

    Raises:
        MalformedProof: It is not an expression of the protocol.
    """
    reader = _Reader(text)
    value = reader.value(_MAX_DEPTH)
    reader.expect_end()
    if not isinstance(value, _Call) or value.name != "default_certification":
        raise _wrong("it is no call of default_certification")
    if len(value.arguments) != 1:
        raise _wrong("default_certification takes one argument")
    arguments = _object(value.arguments[0], "ValidationArgs")
    name, certification = _either(arguments, "no_certification", "certification")
    if name == "no_certification":
        return NoCertification()
    return _certification(_object(certification, "Certification"))


def _certification(properties: dict[str, _Value]) -> Certification:
    name, request = _either(properties, "no_request_certification", "request_certification")
    if "response_certification" not in properties:
        raise _wrong("Certification has no response_certification")
    response = _object(properties["response_certification"], "ResponseCertification")
    kind, headers = _either(response, "certified_response_headers", "response_header_exclusions")
    names = _texts(_object(headers, "ResponseHeaderList"), "headers")
    return Certification(
        None if name == "no_request_certification" else _certified_request(request),
        CertifiedHeaders(_lower(names), are_excluded=kind == "response_header_exclusions"),
    )


def _certified_request(value: _Value) -> CertifiedRequest:
    properties = _object(value, "RequestCertification")
    return CertifiedRequest(
        _lower(_texts(properties, "certified_request_headers")),
        _lower(_texts(properties, "certified_query_parameters")),
    )


def _object(value: _Value, name: str) -> dict[str, _Value]:
    if not isinstance(value, _Object) or value.name != name:
        raise _wrong(f"it has no {name} where one has to be")
    return value.properties


def _either(properties: dict[str, _Value], first: str, second: str) -> tuple[str, _Value]:
    """The one property of two that is there, which must not both be."""
    if (first in properties) == (second in properties):
        raise _wrong(f"there has to be one of {first} and {second}")
    name = first if first in properties else second
    return name, properties[name]


def _texts(properties: dict[str, _Value], name: str) -> list[str]:
    value = properties.get(name)
    if not isinstance(value, list):
        raise _wrong(f"{name} is missing or no list")
    texts = [each for each in value if isinstance(each, str)]
    if len(texts) < len(value):
        raise _wrong(f"{name} is not a list of texts")
    return texts


def _lower(names: list[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _wrong(reason: str) -> MalformedProof:
    return MalformedProof(f"IC-CertificateExpression: {reason}")


class _Reader:
    """Reads the values of an expression, one after another."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def value(self, depth: int) -> _Value:
        if depth == 0:
            raise _wrong(f"nested deeper than {_MAX_DEPTH} levels")
        token = self._take()
        if token["text"] is not None:
            return token["text"]
        if token["sign"] == "[":
            return self._list("]", depth)
        name = self._word(token)
        opening = self._take()["sign"]
        if opening == "(":
            return _Call(name, self._list(")", depth))
        if opening == "{":
            return _Object(name, self._properties(depth))
        raise self._unexpected("( or {")

    def expect_end(self) -> None:
        if self._text[self._position :].strip():
            raise self._unexpected("its end")

    def _list(self, closing: str, depth: int) -> list[_Value]:
        values: list[_Value] = []
        if self._skip(closing):
            return values
        while True:
            values.append(self.value(depth - 1))
            if self._skip(closing):
                return values
            self._expect(",")

    def _properties(self, depth: int) -> dict[str, _Value]:
        properties: dict[str, _Value] = {}
        if self._skip("}"):
            return properties
        while True:
            name = self._word(self._take())
            if name in properties:
                raise _wrong(f"{name} stands twice in one object")
            self._expect(":")
            properties[name] = self.value(depth - 1)
            if self._skip("}"):
                return properties
            self._expect(",")

    def _word(self, token: re.Match[str]) -> str:
        word = token["word"]
        if word is None:
            raise self._unexpected("a name")
        return str(word)

    def _expect(self, sign: str) -> None:
        if self._take()["sign"] != sign:
            raise self._unexpected(sign)

    def _skip(self, sign: str) -> bool:
        token = _TOKEN.match(self._text, self._position)
        if token is None or token["sign"] != sign:
            return False
        self._position = token.end()
        return True

    def _take(self) -> re.Match[str]:
        token = _TOKEN.match(self._text, self._position)
        if token is None:
            raise self._unexpected("a name, a text or a bracket")
        self._position = token.end()
        return token

    def _unexpected(self, expected: str) -> MalformedProof:
        return _wrong(f"expected {expected} at character {self._position}")
