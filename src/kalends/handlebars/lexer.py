"""Cutting a template into texts and tags, and removing the white space that tags ask for."""

import re
from dataclasses import dataclass
from enum import Enum

from kalends.handlebars.errors import TemplateError


class TagKind(Enum):
    """What a tag does."""

    OUTPUT = ""
    RAW_OUTPUT = "&"
    OPEN = "#"
    INVERSE = "^"
    CLOSE = "/"
    ELSE = "else"
    COMMENT = "!"


@dataclass(slots=True)
class Piece:
    """A text when `kind` is None, else a tag with what stands in its braces; `line` counts from 1."""

    kind: TagKind | None
    content: str
    line: int
    trims_before: bool = False
    trims_after: bool = False


def pieces(template: str) -> list[Piece]:
    """Return texts and tags in their order, white space already as `~` and lines of their own have it.

    Raises:
        TemplateError: a tag has no end, or is of a kind that is not supported.
    """
    found: list[Piece] = []
    position = counted = 0
    line = 1
    while (opening := template.find("{{", position)) >= 0:
        line += template.count("\n", counted, opening)
        counted = opening
        before = template[position:opening]
        text = before.rstrip("\\")
        # A backslash makes braces mere text; two of them are a backslash before a tag.
        backslashes = len(before) - len(text)
        text += "\\" * (backslashes // 2)
        position = opening + 2
        if backslashes % 2:
            found.append(Piece(None, text + "{{", line))
            continue
        found.append(Piece(None, text, line))
        tag, position = _tag(template, position, line)
        found.append(tag)
    found.append(Piece(None, template[position:], line))
    _drop_lines_of_tags(found)
    _trim(found)
    return found


def _tag(template: str, start: int, line: int) -> tuple[Piece, int]:
    """Read the tag whose braces end at `start`; return it and where it ends."""
    trims_before = template.startswith("~", start)
    start += trims_before
    sign = next((sign for sign in _SIGNS if template.startswith(sign, start)), "")
    if sign in _UNSUPPORTED:
        raise TemplateError(f"line {line}: {_UNSUPPORTED[sign]} are not supported")
    closing = _CLOSINGS.get(sign, _PLAIN_CLOSING).search(template, start + len(sign))
    if closing is None:
        raise TemplateError(f"line {line}: {{{{{sign} has no end")
    content = template[start + len(sign) : closing.start()].strip()
    kind = TagKind.RAW_OUTPUT if sign == "{" else TagKind.COMMENT if sign == "!--" else TagKind(sign)
    if kind in (TagKind.OUTPUT, TagKind.INVERSE):
        kind, content = _else(kind, content)
    return Piece(kind, content, line, trims_before, bool(closing["trim"])), closing.end()


def _else(kind: TagKind, content: str) -> tuple[TagKind, str]:
    """Recognise `{{else}}`, `{{else if …}}` and `{{^}}`."""
    if kind is TagKind.INVERSE:
        return (kind, content) if content else (TagKind.ELSE, "")
    word, *rest = content.split(maxsplit=1)[:2] or [""]
    return (TagKind.ELSE, "".join(rest)) if word == "else" else (kind, content)


def _drop_lines_of_tags(found: list[Piece]) -> None:
    """Remove the lines on which nothing but a block's tag or a comment stands."""
    standing_alone = []
    for index, piece in enumerate(found):
        if piece.kind in (None, TagKind.OUTPUT, TagKind.RAW_OUTPUT):
            continue
        before, after = found[index - 1], found[index + 1]
        is_first, is_last = index == 1, index == len(found) - 2
        begun = before.content.rstrip(_BLANKS)
        ends = _BLANK_AFTER.match(after.content)
        if (
            ends
            and (begun.endswith(("\n", "\r")) or (is_first and not begun))
            and (ends["newline"] or (is_last and ends.end() == len(after.content)))
        ):
            standing_alone.append((before, after))
    # Cut only now: what one tag removes is what the next one looks at.
    for before, after in standing_alone:
        before.content = before.content.rstrip(_BLANKS)
        after.content = _LEADING_BLANK_LINE.sub("", after.content, count=1)


def _trim(found: list[Piece]) -> None:
    for index, piece in enumerate(found):
        if piece.trims_before:
            found[index - 1].content = found[index - 1].content.rstrip()
        if piece.trims_after:
            found[index + 1].content = found[index + 1].content.lstrip()


_SIGNS = ("!--", *"{&#^/!>*")
_PLAIN_CLOSING = re.compile(r"(?P<trim>~)?\}\}")
_CLOSINGS = {
    "{": re.compile(r"\}(?P<trim>~)?\}\}"),
    "!--": re.compile(r"--(?P<trim>~)?\}\}"),
}
_UNSUPPORTED = {">": "partials", "*": "decorators"}
_BLANKS = " \t"
_BLANK_AFTER = re.compile(r"[ \t]*(?P<newline>\r?\n)?")
_LEADING_BLANK_LINE = re.compile(r"\A[ \t]*\r?\n|\A[ \t]+\Z")
