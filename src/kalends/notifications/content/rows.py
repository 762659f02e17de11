"""The rows of a letter, in their order (notifications.md 5)."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from kalends.bookings.facts.fact import FactKind
from kalends.bookings.facts.snapshots import AttendeeSnapshot, RecurrenceSnapshot
from kalends.event_types.event_type import Frequency
from kalends.localization.addresses import is_faux, mailbox_of
from kalends.localization.answers import answer_text, is_shown
from kalends.localization.language import Language, mark
from kalends.localization.places import place_of
from kalends.notifications.content.letter import Line, Row
from kalends.notifications.content.scene import Scene

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_REASONS = {
    FactKind.REJECTED: mark("Reason"),
    FactKind.CANCELLED: mark("Reason for cancelling"),
    FactKind.SEAT_CANCELLED: mark("Reason for cancelling"),
    FactKind.RESCHEDULED: mark("Reason for rescheduling"),
    FactKind.SEAT_RESCHEDULED: mark("Reason for rescheduling"),
    FactKind.REQUESTED: mark("Reason for rescheduling"),
}

_EXPIRED = mark("The host did not answer before the booking was to start.")
"""The reason that the server itself gives."""


def rows_of(scene: Scene) -> list[Row]:
    """Return the rows of a letter; those that have nothing to say are left out."""
    language = scene.language
    rows = (
        _reason(scene),
        Row(language.text("What"), [Line(scene.title)], is_for_calendar=False),
        _when(scene),
        _former(scene),
        Row(language.text("Who"), list(_people(scene))),
        Row(language.text("Where"), list(_where(scene)), is_for_calendar=False),
        Row(language.text("Description"), list(_description(scene))),
        Row(language.text("Notes"), list(_notes(scene))),
        *_answers(scene),
    )
    return [row for row in rows if row is not None and row.lines]


def _reason(scene: Scene) -> Row | None:
    reason, label = scene.fact.reason, _REASONS.get(scene.fact.kind)
    if not reason or label is None:
        return None
    lines = [Line(scene.language.text(reason) if reason == _EXPIRED else reason)]
    return Row(scene.language.text(label), lines)


def _when(scene: Scene) -> Row:
    language = scene.language
    lines = [
        Line(language.period(start, start + scene.length), is_struck=scene.is_ending)
        for start in scene.starts
    ]
    rule = scene.fact.event_type.recurrence if scene.fact.event_type is not None else None
    if len(lines) > 1 and rule is not None and not scene.is_ending:
        lines.append(Line(_frequency(rule, language), is_quiet=True))
    lines.append(Line(f"({language.zone.key})", is_quiet=True))
    return Row(language.text("When"), lines, is_for_calendar=False)


def _former(scene: Scene) -> Row | None:
    previous = scene.fact.previous
    if previous is None:
        return None
    former = scene.language.period(previous.start, previous.end)
    return Row(scene.language.text("Former time"), [Line(former, is_struck=True)])


def _frequency(rule: RecurrenceSnapshot, language: Language) -> str:
    match rule.frequency:
        case Frequency.YEARLY:
            return language.plural("every year", "every %(count)s years", rule.interval)
        case Frequency.MONTHLY:
            return language.plural("every month", "every %(count)s months", rule.interval)
        case Frequency.WEEKLY:
            return language.plural("every week", "every %(count)s weeks", rule.interval)


def _people(scene: Scene) -> Iterator[Line]:
    language, organizer = scene.language, scene.fact.booking.organizer
    address = mailbox_of(organizer.email) if scene.shows_host_address else ""
    role = language.text("organizer")
    yield Line(_person(f"{scene.host_name} ({role})", address))
    for attendee in scene.attendees:
        text = _attendee(attendee) if scene.knows(attendee) else attendee.name
        if text:
            yield Line(text)


def _person(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _attendee(attendee: AttendeeSnapshot) -> str:
    email = "" if is_faux(attendee.email) else mailbox_of(attendee.email)
    return _person(attendee.name, email, attendee.phone_number or "")


def _where(scene: Scene) -> Iterator[Line]:
    place = place_of(scene.fact.booking, scene.language)
    if place is not None:
        yield Line(place.text, url=place.url)
        if place.note:
            yield Line(place.note, is_quiet=True)


def _description(scene: Scene) -> Iterator[Line]:
    event_type = scene.fact.event_type
    text = (event_type.description or "").strip() if event_type is not None else ""
    if text:
        yield Line(text, html=Markup(_markdown().render(text)))  # noqa: S704 - made by a renderer that escapes


@cache
def _markdown() -> "MarkdownIt":
    """Return a renderer that is safe for whoever reads what it makes.

    HTML in the text stays text, links lead to the web or to mail only, and images, which would report the
    reader to a stranger's server, are left out.
    """
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")


def _notes(scene: Scene) -> Iterator[Line]:
    event_type, attendee = scene.fact.event_type, scene.told_of
    if event_type is not None and event_type.hide_calendar_notes and not scene.is_for_host:
        return
    seat = attendee.seat if attendee is not None and scene.fact.booking.is_seated else None
    text = seat.description if seat is not None else scene.fact.booking.description
    for line in (text or "").strip().splitlines():
        yield Line(line)


def _answers(scene: Scene) -> Iterator[Row]:
    event_type = scene.fact.event_type
    if event_type is None:
        return
    responses = _responses(scene)
    for field in event_type.booking_fields or ():
        answer = answer_text(responses.get(field["name"]), scene.language)
        if answer and is_shown(field, is_for_host=scene.is_for_host):
            yield Row(str(field.get("label") or field["name"]), [Line(answer)])


def _responses(scene: Scene) -> Mapping[str, Any]:
    """Return the answers that the reader may see: of a shared booking, those of the attendee it tells of."""
    booking, attendee = scene.fact.booking, scene.told_of
    if not booking.is_seated:
        return booking.responses or {}
    return attendee.seat.responses if attendee is not None and attendee.seat is not None else {}
