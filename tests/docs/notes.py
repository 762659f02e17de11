"""References to the notes of `docs/contract`, such as `bookings.md 2.6`: finding them, and what they name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CONTRACT = Path(__file__).parents[2] / "docs" / "contract"

_HEADING = re.compile(r"^#{2,4} (?:(?P<number>\d+(?:\.\d+)*[a-z]?)(?=[.:\s]))?(?P<title>.*)$")
_APPENDIX = re.compile(r"^## (Appendix [A-Z])\.")
_NAMED = re.compile(r"^(?:\| |[*-] )([A-Z]\d+)\b")
_NUMBERED = re.compile(r"^(?:\| (\d+) \||(\d+)\. )")
_KINDS = {"Traps": "trap", "Checks": "check", "Better than the reference": "no."}
"""Sections whose numbered rows can be referred to, by title, and what one of their rows is called."""

_LINE_BREAK = re.compile(r"\s*\n\s*(?:#:? ?|-- )?")
_LINKED = re.compile(r"\[([a-z-]+\.md)\]\([^)]*\)|`([a-z-]+\.md)`")
_MENTION = re.compile(r"(?<![\w/-])([a-z]+(?:-[a-z]+)*\.md) ")
_TARGET = re.compile(
    r"(?:(?P<rows>check|trap)s? (?P<row>\d+)"
    r"|(?P<id>[A-Z]\d+)"
    r"|(?P<appendix>Appendix [A-Z])"
    r"|(?:sections? )?(?P<section>\d+(?:\.\d+)*[a-z]?)(?:,? no\. (?P<no>\d+))?)(?![\w%]|-\d\d-|\.\d)"
)
_MORE = re.compile(r"; |, and |, | and | to |-(?=[A-Z]?\d)")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a text refers to: `target` is `2.6`, `B19`, `check 14`, `trap 3`, `12 no. 24` or `Appendix A`."""

    note: str
    target: str

    def __str__(self) -> str:
        return f"{self.note} {self.target}"


def references_in(text: str) -> list[Reference]:
    """Return what a text refers to, in order.

    A reference is the name of a note and what follows: `http-core.md 7, B3 to B5; check 5` are four. The note
    may be a link or stand in backquotes, and the line may break in between. A note that is only named is no
    reference, nor is another file.
    """
    line = _LINKED.sub(lambda match: match[1] or match[2], _LINE_BREAK.sub(" ", text))
    return [
        Reference(mention[1], target)
        for mention in _MENTION.finditer(line)
        if mention[1] in _names()
        for target in _targets_at(line, mention.end())
    ]


def resolve(reference: Reference) -> bool:
    """Tell whether a note has what is referred to."""
    path = CONTRACT / reference.note
    return path.is_file() and reference.target in _targets_of(path)


def _targets_at(line: str, position: int) -> Iterator[str]:
    rows = None
    while (match := _TARGET.match(line, position)) is not None:
        if match["rows"]:
            rows = match["rows"]
            yield f"{rows} {match['row']}"
        elif match["no"]:
            yield f"{match['section']} no. {match['no']}"
        elif rows and match["section"] and match["section"].isdigit():
            yield f"{rows} {match['section']}"
        else:
            rows = None
            yield match["id"] or match["appendix"] or match["section"]
        more = _MORE.match(line, match.end())
        if more is None:
            return
        position = more.end()


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in CONTRACT.glob("*.md"))


@cache
def _targets_of(path: Path) -> frozenset[str]:
    """Return what can be referred to in a note: headings, ids in tables and lists, numbered rows."""
    targets: set[str] = set()
    section = kind = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := _HEADING.match(line):
            section = heading["number"]
            kind = next((kind for title, kind in _KINDS.items() if title in heading["title"]), None)
            targets.update([section] if section else [])
        if appendix := _APPENDIX.match(line):
            targets.add(appendix[1])
        if named := _NAMED.match(line):
            targets.add(named[1])
        if kind and (numbered := _NUMBERED.match(line)):
            number = numbered[1] or numbered[2]
            targets.add(f"{section} no. {number}" if kind == "no." else f"{kind} {number}")
    return frozenset(targets)
