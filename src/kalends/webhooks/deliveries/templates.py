"""What a delivery's body is: the envelope, or what the webhook's own template makes of the event.

Three kinds of template (webhooks.md 7). One that is JSON is filled in value by value, so that no
quote in somebody's name breaks the document. One like `a={{b}}&c={{d}}` has its values percent-encoded. Any
other is text, with values escaped the way existing clients know it.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from kalends.handlebars.budget import Budget
from kalends.handlebars.errors import TemplateError
from kalends.handlebars.parser import parse
from kalends.handlebars.render import render

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"

MOST_CHARACTERS = 65_536
"""Longest template."""

MOST_TAGS = 1_000
"""Most tags of a template."""

MOST_BYTES = 1_048_576
"""Longest body."""

Fill = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes to send, and their content type.

    `cost` is that of filling a template in: its steps, and one for each ten bytes.
    """

    content: bytes
    content_type: str
    cost: int = 0


def check(template: str) -> None:
    """Refuse a template that could never be filled in.

    Raises:
        TemplateError: it is malformed, or has too many tags.
    """
    if template.count("{{") > MOST_TAGS:
        raise TemplateError(f"it has more than {MOST_TAGS} tags")
    document = _document(template)
    if document is None or not _are_texts_whole(document):
        parse(template)
    _encode(document)


def plain(document: Mapping[str, Any]) -> Body:
    """Return a body without a template."""
    return Body(_encode(document), JSON_TYPE)


def filled(template: str, context: Mapping[str, Any]) -> Body:
    """Return the body that a template makes of an event, within one budget for all of its texts.

    Raises:
        TemplateError: it cannot be filled in, becomes no JSON though it began as JSON, becomes nothing, or
            more than a body may be.
    """
    budget = Budget()
    document = _document(template)
    if document is None:
        content, content_type = _form(template, context, budget), FORM_TYPE
    elif _are_texts_whole(document):
        content = _encode(
            _with_texts(document, lambda text: render(text, context, escape=str, budget=budget))
        )
        content_type = JSON_TYPE
    else:
        content, content_type = _encode(_reparsed(_as_text(template, context, budget))), JSON_TYPE
    if len(content) > MOST_BYTES:
        raise TemplateError(f"the result is longer than {MOST_BYTES} bytes")
    return Body(content, content_type, budget.spent + len(content) // 10)


def _document(template: str) -> object:
    """Return the JSON that a template is as it stands; None: it is none, or stands for nothing."""
    try:
        return json.loads(template, parse_constant=_refuse) or _empty_but_there(template)
    except (ValueError, RecursionError):
        return None


def _empty_but_there(template: str) -> object:
    return {"{": {}, "[": []}.get(template.strip()[:1])


def _refuse(name: str) -> None:
    raise ValueError(name)


def _are_texts_whole(document: object) -> bool:
    """Tell whether each text of a document is a template by itself; else blocks go from one into another."""
    try:
        _with_texts(document, _parsed)
    except TemplateError:
        return False
    return True


def _parsed(text: str) -> str:
    parse(text)
    return text


def _with_texts(value: object, fill: Fill, depth: int = 0) -> object:
    if depth > _DEEPEST:
        raise TemplateError(f"the template is nested deeper than {_DEEPEST} levels")
    if isinstance(value, str):
        return fill(value)
    if isinstance(value, list):
        return [_with_texts(item, fill, depth + 1) for item in value]
    if isinstance(value, dict):
        return {fill(name): _with_texts(item, fill, depth + 1) for name, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _reparsed(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise TemplateError(f"the template became no valid JSON: {error}") from error


def _form(template: str, context: Mapping[str, Any], budget: Budget) -> bytes:
    if _PAIRS.fullmatch(_TAGS.sub("x", template.strip())):
        text = render(template.strip(), context, escape=_percent_encoded, budget=budget)
    else:
        text = _as_text(template, context, budget)
    if not text:
        raise TemplateError("the template became an empty text")
    return text.encode()


def _as_text(template: str, context: Mapping[str, Any], budget: Budget) -> str:
    return render(template, context, escape=_with_entities, budget=budget).replace("&quot;", '"')


def _percent_encoded(value: str) -> str:
    return quote(value, safe="")


def _with_entities(value: str) -> str:
    return value.translate(_ENTITIES)


def _encode(document: object) -> bytes:
    try:
        return msgspec.json.encode(document)
    except (UnicodeEncodeError, RecursionError) as error:
        raise TemplateError(f"the template is no JSON that can be sent: {error}") from error


_DEEPEST = 100

_ENTITIES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#x27;",
        "`": "&#x60;",
        "=": "&#x3D;",
    }
)
_TAGS = re.compile(r"\{\{\{[^{}]*\}\}\}|\{\{[^{}]*\}\}")
_PAIRS = re.compile(r"[^\s=&]+=[^\s=&]*(?:&[^\s=&]+=[^\s=&]*)*")
