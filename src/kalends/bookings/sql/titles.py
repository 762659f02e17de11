"""How the words of a title are kept: what the event type was called in one column, the rest in another."""

from collections.abc import Mapping
from typing import Any

from kalends.bookings.booking import TitleWords


def title_columns_of(words: TitleWords) -> dict[str, Any]:
    """Return the columns that keep what a booking is called."""
    if words.whole is not None:
        return {"title": words.whole, "title_parts": None}
    parts = {"template": words.template, "place": words.place}
    return {
        "title": words.event,
        "title_parts": {name: value for name, value in parts.items() if value is not None},
    }


def title_words_from(title: str, parts: Mapping[str, Any] | None) -> TitleWords:
    """Return what a booking is called; without `parts` the title is as release 0.1.0 stored it."""
    if parts is None:
        return TitleWords(event="", whole=title)
    return TitleWords(title, parts.get("template"), parts.get("place"))
