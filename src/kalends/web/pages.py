"""The pages as HTML: templates, styles, and what people are told when something goes wrong."""

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.dates import format_skeleton, get_day_names
from fastapi import Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import Headers
from starlette.types import Scope

from kalends.api.http.edge import CONTENT_POLICY
from kalends.api.output.errors import DomainError
from kalends.localization.language import (
    Language,
    complete_language,
    language_for,
    mark,
)
from kalends.memberships.refusals import InvitationUnknown
from kalends.platform.consent.refusals import (
    ApplicationUnknown,
    ConsentClosed,
    ConsentUnknown,
    RedirectForeign,
)
from kalends.web.refusals import NoLongerPart

if TYPE_CHECKING:
    import jinja2

_STYLE = (files("kalends.web") / "static" / "pages.css").read_bytes()

STYLE_PATH = f"/booking-assets/pages-{hashlib.sha256(_STYLE).hexdigest()[:12]}.css"
"""Where the style is served; it changes with its content."""

# Addresses of these pages are secrets: they are not for caches, and not for search engines.
_HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex, nofollow"}

_DAYS_OF_WEEK = 7


def style() -> Response:
    """Return the style of all pages."""
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(_STYLE, media_type="text/css", headers=headers)


def page(template: str, language: Language, *, status: int = 200, **content: Any) -> Response:
    """Return a page in somebody's language."""
    html = (
        _templates()
        .get_template(template)
        .render(
            language=language,
            text=language.text,
            direction=Locale.parse(language.tag, sep="-").text_direction,
            style_path=STYLE_PATH,
            weekdays=_weekdays,
            **content,
        )
    )
    return HTMLResponse(html, status, headers={**_HEADERS, "content-language": language.tag})


def asked_language(scope: Scope) -> Language:
    """Return the language that a browser asks for."""
    return language_for(complete_language(_asked_code(scope)), "UTC")


def policy_with_form_action(origin: str) -> str:
    """Return the content policy of a page whose form may lead to another origin."""
    return CONTENT_POLICY.replace("form-action 'self'", f"form-action 'self' {origin}")


def show_failure(scope: Scope, refusal: DomainError | None) -> Response:
    """Return the page that says what went wrong."""
    language = asked_language(scope)
    status = refusal.status if refusal is not None else 500
    heading, message = _failure(refusal, status)
    return page("failure.html", language, status=status, heading=heading, message=message)


def _failure(refusal: DomainError | None, status: int) -> tuple[str, str]:
    if isinstance(refusal, NoLongerPart):
        return _NO_LONGER_PART
    if isinstance(refusal, InvitationUnknown | ConsentUnknown):
        return _NOT_VALID
    if isinstance(refusal, ApplicationUnknown):
        return _NO_APPLICATION
    if isinstance(refusal, RedirectForeign):
        return _NOT_ITS_ADDRESS
    if isinstance(refusal, ConsentClosed):
        return _CLOSED
    return _FAILURES.get(status, _FAILURES[400] if status < 500 else _FAILURES[500])


def _weekdays(language: Language) -> list[tuple[str, str]]:
    """Return the weekdays in the visitor's order, each short and in full."""
    first = language.locale.first_week_day
    short = get_day_names("abbreviated", "stand-alone", language.locale)
    full = get_day_names("wide", "stand-alone", language.locale)
    order = [(first + number) % _DAYS_OF_WEEK for number in range(_DAYS_OF_WEEK)]
    return [(short[day], full[day]) for day in order]


def _asked_code(scope: Scope) -> str:
    """Return the first language that a browser asks for."""
    header = Headers(scope=scope).get("accept-language", "")
    return header.partition(",")[0].partition(";")[0].strip()


@cache
def _templates() -> "jinja2.Environment":
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("kalends.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["month"] = _dated("yMMMM")
    environment.filters["long_day"] = _dated("MMMMEEEEd")
    return environment


def _dated(skeleton: str) -> Callable[[Any, Language], str]:
    return lambda day, language: format_skeleton(skeleton, day, locale=language.locale)


_NO_LONGER_PART = (
    mark("You do not attend this booking any more"),
    mark("It was cancelled for you, or moved to another time. The newest mail about it has the right link."),
)

_NOT_VALID = (
    mark("This link is not valid"),
    mark("It may have been cut off or altered on its way. Please open it from the mail once more."),
)

_NO_APPLICATION = (
    mark("There is no such application"),
    mark("The address names none that is known here."),
)

_NOT_ITS_ADDRESS = (
    mark("This application may not be answered there"),
    mark("It asks to be answered at an address that is not one of its own, so nothing was done."),
)

_CLOSED = (
    mark("This link has expired"),
    mark("This link was used already, or its time is over. Please begin anew where you came from."),
)

_FAILURES = {
    400: (mark("This does not work"), mark("Something about this address or form is not as it should be.")),
    403: _NOT_VALID,
    404: (mark("There is no such booking"), mark("The address may be incomplete. Please check the mail.")),
    410: (
        mark("This link has expired"),
        mark("Links work until the booking is over. There is nothing left to change."),
    ),
    429: (mark("Too many requests"), mark("Please wait a minute, then try again.")),
    500: (mark("Something went wrong here"), mark("It is not your fault. Please try again later.")),
}
