"""What a man in the middle may do to an exchange."""

from __future__ import annotations

import time
from collections.abc import Callable

from ic_factory.protocol import cbor
from tests.agent.man_in_the_middle import HANG_UP, Asked, Deed, Forward, Raw, Said

TEXT = (("content-type", "text/plain"),)
HTML = (("content-type", "text/html"),)


def hang_up_before(asked: Asked, forward: Forward) -> Raw:
    return HANG_UP


def hang_up_after(asked: Asked, forward: Forward) -> Raw:
    forward(asked)
    return HANG_UP


def say(said: Said) -> Deed:
    """Answers without asking the replica."""
    return lambda asked, forward: said


def say_after(said: Said) -> Deed:
    """Asks the replica, and answers something else."""

    def deed(asked: Asked, forward: Forward) -> Said:
        forward(asked)
        return said

    return deed


def status(number: int, *headers: tuple[str, str]) -> Said:
    return Said(number, b"<html>busy</html>", (*HTML, *headers))


def truncate(asked: Asked, forward: Forward) -> Said:
    """The answer is cut off."""
    said = forward(asked)
    return Said(said.status, said.body[:-20], said.headers, length=len(said.body))


def truncate_unnoticed(asked: Asked, forward: Forward) -> Raw:
    """The answer is cut off, and no length tells."""
    said = forward(asked)
    return Raw(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + said.body[:-20])


def break_off_headers(asked: Asked, forward: Forward) -> Raw:
    return Raw(forward(asked).encode()[:20])


def delay(seconds: float) -> Deed:
    def deed(asked: Asked, forward: Forward) -> Said:
        time.sleep(seconds)
        said = forward(asked)
        time.sleep(seconds)
        return said

    return deed


def repeat_request(asked: Asked, forward: Forward) -> Said:
    forward(asked)
    return forward(asked)


def repeat_answer_at_once(asked: Asked, forward: Forward) -> Said:
    """Two responses to one request, so that the next one could get the second."""
    said = forward(asked)
    return Twice(said.status, said.body, said.headers)


class Twice(Said):
    """A response that is sent twice at once."""

    def encode(self) -> bytes:
        return super().encode() * 2


def change(changed: Callable[[bytes], bytes]) -> Deed:
    """Changes the body of the answer."""

    def deed(asked: Asked, forward: Forward) -> Said:
        said = forward(asked)
        return Said(said.status, changed(said.body), said.headers)

    return deed


def change_map(changed: Callable[[dict], dict]) -> Deed:
    """Changes the map that the answer is."""
    return change(lambda body: cbor.encode_self_described(changed(cbor.decode(body))))


def flip(where: float, bits: int) -> Deed:
    """Changes one byte, at this part of the body."""

    def flipped(body: bytes) -> bytes:
        at = int(where * len(body))
        return body[:at] + bytes([body[at] ^ bits]) + body[at + 1 :]

    return change(flipped)


def then(deed: Deed, *others: Callable[[], None]) -> Deed:
    """Does something else, such as setting a clock, once the answer is at hand."""

    def both(asked: Asked, forward: Forward) -> Said | Raw:
        done = deed(asked, forward)
        for other in others:
            other()
        return done

    return both
