"""Comments of a service description as docstrings.

Text stands as it was written, but for what would end the docstring or pass for a section of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import TextWrapper, dedent

from ic_factory.bindgen.layout import INDENT, MAX_WIDTH, width

_SECTIONS = re.compile(
    r"\s*(args|arguments|attention|attributes|caution|danger|error|example|examples|hint|important|"
    r"keyword args|keyword arguments|methods|note|notes|return|returns|raises|references|see also|"
    r"short summary|extended summary|parameters|other parameters|other args|other arguments|"
    r"receives|tip|todo|warning|warnings|warns|yield|yields)\s*:?\s*",
    re.IGNORECASE,
)
_ENDS = (".", "?", "!")
_FIRST_SENTENCE = re.compile(r"[.?!](?=\s)")


def docstring(
    text: str, indent: str, attributes: Sequence[tuple[str, str]] = (), summary: str = ""
) -> list[str]:
    """Returns the lines of a docstring.

    Args:
        text: What it says.
        indent: The blanks before each line.
        attributes: What is said of attributes, by name, to be listed at the end.
        summary: What stands before the attributes where there is no text.

    Returns:
        No lines where there is nothing to say.
    """
    cleaned = [(name, " ".join(_clean(docs).split())) for name, docs in attributes]
    described = [(name, docs) for name, docs in cleaned if docs]
    lines = _paragraphs(text, indent) or (_paragraphs(summary, indent) if described else [])
    if not lines:
        return []
    if described:
        lines += ["", *_attributes(described, indent)]
    opening = 'r"""' if any("\\" in line for line in lines) else '"""'
    if len(lines) == 1 and width(f'{indent}{opening}{lines[0]}"""') <= MAX_WIDTH:
        return [f'{indent}{opening}{lines[0]}"""']
    rest = [f"{indent}{line}".rstrip() for line in lines[1:]]
    return [f"{indent}{opening}{lines[0]}", *rest, f'{indent}"""']


def wraps_its_summary(lines: Sequence[str]) -> bool:
    """Whether the first sentence of a docstring goes on on a second line."""
    return len(lines) > 2 and lines[1].strip() not in ("", '"""')


def _paragraphs(text: str, indent: str) -> list[str]:
    """Returns the lines of a text: its first sentence as the summary, then the rest."""
    cleaned = _clean(text).strip()
    if not cleaned:
        return []
    first, _, rest = cleaned.partition("\n\n")
    sentence, _, remark = _split(" ".join(first.split()), first)
    summary = _wrapped(_summary(sentence), indent)
    following = [part for part in (dedent(remark).strip(), dedent(rest).strip("\n")) if part]
    lines = summary
    for part in following:
        lines = [*lines, "", *(line for raw in part.split("\n") for line in _wrapped(raw, indent))]
    return [_no_section(line) for line in lines]


def _split(joined: str, paragraph: str) -> tuple[str, str, str]:
    """Returns a paragraph's first sentence, and what follows it."""
    lines = paragraph.split("\n")
    if len(lines) > 1 and not lines[1][:1].isalnum() and not lines[1].startswith(("`", "(", '"')):
        return lines[0].strip(), "", "\n".join(lines[1:])
    end = _FIRST_SENTENCE.search(joined)
    if end is None:
        return joined, "", ""
    return joined[: end.end()], "", joined[end.end() :].strip()


def _summary(sentence: str) -> str:
    if sentence.startswith('"'):
        sentence = sentence.replace('"', "'")
    word = sentence.split(" ", 1)[0]
    if word.isascii() and word.isalpha() and word.islower():
        sentence = sentence[0].upper() + sentence[1:]
    return sentence if sentence.endswith(_ENDS) else f"{sentence.rstrip(':;,')}."


def _attributes(described: Sequence[tuple[str, str]], indent: str) -> list[str]:
    lines = ["Attributes:"]
    for name, docs in described:
        first, *rest = _wrapped(f"{name}: {docs}", indent + INDENT * 2)
        lines += [INDENT + first, *(INDENT * 2 + _no_section(line) for line in rest)]
    return lines


def _wrapped(line: str, indent: str) -> list[str]:
    # One line may be all, with quotes on both sides and an `r` before them.
    room = MAX_WIDTH - len(indent) - 7
    wrapper = TextWrapper(width=room, break_long_words=False, break_on_hyphens=False)
    return wrapper.wrap(line) or [""]


def _no_section(line: str) -> str:
    return f"*{line.strip()}*" if _SECTIONS.fullmatch(line) else line


def _clean(text: str) -> str:
    """Returns a text of printable signs that cannot end a docstring."""
    signs = (sign if sign.isprintable() or sign == "\n" else " " for sign in text.expandtabs(4))
    lines = "".join(signs).replace('"""', "'''").split("\n")
    return "\n".join(line.rstrip() for line in lines)
