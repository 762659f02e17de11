"""A mail before it has a form: what it says to one person, in their language."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a row. `url` makes it a link; `html` is what HTML shows in place of the text."""

    text: str
    url: str | None = None
    html: Markup | None = None
    is_struck: bool = False
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled part, such as who attends. `is_for_calendar` false: a calendar shows it by itself."""

    label: str
    lines: Sequence[Line]
    is_for_calendar: bool = True


@dataclass(frozen=True, slots=True)
class Button:
    """Something that the reader can do by following a link."""

    label: str
    url: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a mail says. `tag` is the language of its sentences, `url` the booking's page.

    `colon` follows labels in plain text. `buttons` ask for an answer; `changes` offer to change what is
    settled, after `offer`.
    """

    tag: str
    colon: str
    subject: str
    title: str
    heading: str
    intro: str
    rows: Sequence[Row]
    buttons: Sequence[Button] = ()
    offer: str = ""
    changes: Sequence[Button] = ()
    url: str | None = None
