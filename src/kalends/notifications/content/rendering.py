"""Letters as HTML and as text, for mails and for calendars."""

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kalends.notifications.content.letter import Letter, Row

if TYPE_CHECKING:
    import css_inline
    import jinja2


def html(letter: Letter) -> str:
    """Return a mail's HTML form."""
    return _inliner().inline(_template("mail.html").render(letter=letter))


def text(letter: Letter) -> str:
    """Return a mail's text form."""
    return _template("mail.txt").render(letter=letter)


def calendar_text(letter: Letter) -> str:
    """Return what the description of a calendar entry says: what the calendar does not show by itself."""
    parts = [
        f"{row.label}{letter.colon}\n" + "\n".join(line.text for line in row.lines)
        for row in _for_calendar(letter)
    ]
    parts += [f"{change.label}{letter.colon} {change.url}" for change in letter.changes]
    return "\n\n".join(parts)


def calendar_html(letter: Letter) -> str:
    """Return the same as HTML."""
    parts = [
        Markup("<p><b>{}</b><br>{}</p>").format(
            row.label, Markup("<br>").join(line.html or escape(line.text) for line in row.lines)
        )
        for row in _for_calendar(letter)
    ]
    parts += [
        Markup('<p><a href="{}">{}</a></p>').format(change.url, change.label) for change in letter.changes
    ]
    return str(Markup("<html><body>{}</body></html>").format(Markup().join(parts)))


def _for_calendar(letter: Letter) -> list[Row]:
    return [row for row in letter.rows if row.is_for_calendar]


@cache
def _template(name: str) -> "jinja2.Template":
    return _environment().get_template(name)


@cache
def _environment() -> "jinja2.Environment":
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("kalends.notifications", "templates"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _inliner() -> "css_inline.CSSInliner":
    """Return what moves styles into the elements.

    Mail clients ignore style sheets or parts of them. What depends on the screen cannot be inlined: it stays
    in the sheet, for clients that read it.
    """
    import css_inline

    return css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
