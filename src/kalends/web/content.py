"""What the page of a booking says, as far as its visitor may know it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kalends.bookings.access import hides_host_address
from kalends.bookings.booking import Attendee, Status
from kalends.bookings.calendar_links import ICS, links_of
from kalends.localization import titles
from kalends.localization.addresses import is_faux
from kalends.localization.answers import answer_text, is_shown
from kalends.localization.language import mark
from kalends.localization.places import place_of
from kalends.localization.titles import TitleReader
from kalends.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a row. `url` makes it a link."""

    text: str
    url: str | None = None
    is_struck: bool = False
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled part of the page."""

    label: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class State:
    """Where a booking stands, in words; `kind` chooses the colour."""

    kind: str
    text: str


def title_of(visit: Visit) -> str:
    """Return the booking's title, made for the visitor."""
    reader = TitleReader(visit.language, is_host=visit.is_host, attendee=visit.attendee)
    return titles.title_of(visit.booking.title_words, visit.booking, reader)


def host_name(visit: Visit) -> str:
    """Return what the host is called."""
    organizer = visit.booking.organizer
    return organizer.name or organizer.username


def state_of(visit: Visit) -> State:
    """Return where the booking stands."""
    booking = visit.booking
    if booking.status is Status.CANCELLED and booking.is_rescheduled:
        return State("moved", visit.language.text("Rescheduled"))
    kind, text = _STATES[booking.status]
    if booking.status is Status.ACCEPTED and visit.is_over:
        kind, text = "past", _PAST
    return State(kind, visit.language.text(text))


def rows_of(visit: Visit) -> list[Row]:
    """Return the rows of the page; those that have nothing to say are left out."""
    text = visit.language.text
    rows = [
        Row(text("When"), list(_when(visit))),
        Row(text("Who"), list(_who(visit))),
        Row(text("Where"), list(_where(visit))),
        Row(text("Notes"), list(_notes(visit))),
        *_answers(visit),
        _reason(visit),
    ]
    return [row for row in rows if row.lines]


def calendars_of(visit: Visit) -> list[Line]:
    """Return the links by which who takes part puts into their calendar what is still to take place."""
    booking, event_type = visit.booking, visit.event_type
    if booking.is_seated and visit.attendee is None and not visit.is_host:
        return []
    if event_type is None or booking.status is not Status.ACCEPTED or visit.is_over:
        return []
    return [
        Line(visit.language.text("Calendar file") if link.id == ICS else link.label, url=link.link)
        for link in links_of(booking, event_type, title_of(visit))
    ]


def sees_all(visit: Visit) -> bool:
    """Tell whether the visitor may know who else attends; strangers who share a booking only if set so."""
    if visit.is_host or not visit.booking.is_seated:
        return True
    seats = visit.event_type.terms.seats if visit.event_type is not None else None
    return seats is not None and seats.shows_attendees


def _when(visit: Visit) -> Iterator[Line]:
    booking, language = visit.booking, visit.language
    yield Line(language.period(booking.start, booking.end), is_struck=booking.status.is_final)
    yield Line(f"{language.zone.key.replace('_', ' ')}", is_quiet=True)


def _who(visit: Visit) -> Iterator[Line]:
    booking, language = visit.booking, visit.language
    hides_host = visit.grant is None or hides_host_address(booking)
    address = "" if hides_host and not visit.is_host else booking.organizer.email
    yield Line(_joined(f"{host_name(visit)} ({language.text('organizer')})", address))
    own = visit.attendee
    nameless = 0
    for attendee in booking.attendees:
        if attendee is own or visit.is_host or _is_known_to(visit, attendee):
            yield Line(_joined(attendee.name, _email(attendee), attendee.phone_number or ""))
        elif sees_all(visit) and attendee.name:
            yield Line(attendee.name)
        elif sees_all(visit):
            nameless += 1
    if nameless:
        yield Line(language.plural("%(count)s guest", "%(count)s guests", nameless))


def _is_known_to(visit: Visit, attendee: Attendee) -> bool:
    """Tell whether the visitor knows an attendee's address: bookers know those of guests they named."""
    booking = visit.booking
    return (
        visit.attendee is not None
        and not booking.is_seated
        and visit.attendee is booking.attendees[0]
        and not attendee.name
    )


def _email(attendee: Attendee) -> str:
    return "" if is_faux(attendee.email) else attendee.email


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _where(visit: Visit) -> Iterator[Line]:
    place = place_of(visit.booking, visit.language)
    if place is not None:
        yield Line(place.text, url=place.url)
        if place.note:
            yield Line(place.note, is_quiet=True)


def _notes(visit: Visit) -> Iterator[Line]:
    if visit.grant is None:
        return
    if visit.event_type is not None and visit.event_type.hide_calendar_notes and not visit.is_host:
        return
    seat = visit.attendee.seat if visit.attendee is not None else None
    text = seat.description if seat is not None else visit.booking.description
    for line in (text or "").strip().splitlines():
        yield Line(line)


def _answers(visit: Visit) -> Iterator[Row]:
    """Yield what the booker answered, to them and to the host; hidden questions only to the host."""
    if visit.event_type is None or visit.grant is None:
        return
    answers = _answers_known(visit)
    for field in visit.event_type.booking_fields or ():
        answer = answer_text(answers.get(field["name"]), visit.language)
        if answer and is_shown(field, is_for_host=visit.is_host):
            yield Row(str(field.get("label") or field["name"]), [Line(answer)])


def _answers_known(visit: Visit) -> Mapping[str, Any]:
    if visit.booking.is_seated:
        seat = visit.attendee.seat if visit.attendee is not None else None
        return {} if seat is None else seat.responses
    return visit.booking.responses or {}


def _reason(visit: Visit) -> Row:
    """Return the reason for cancelling, declining or moving the booking; strangers are not told."""
    booking = visit.booking
    label, said = {
        Status.CANCELLED: (_CANCELLED_BECAUSE, booking.cancellation_reason),
        Status.REJECTED: (_DECLINED_BECAUSE, booking.rejection_reason),
    }.get(booking.status, (_MOVED_BECAUSE, (booking.responses or {}).get("rescheduledReason")))
    may_know = visit.grant is not None and isinstance(said, str)
    lines = str(said).strip().splitlines() if may_know else ()
    return Row(visit.language.text(label), [Line(line) for line in lines])


_DECLINED_BECAUSE = mark("Reason")
_CANCELLED_BECAUSE = mark("Reason for cancelling")
_MOVED_BECAUSE = mark("Reason for rescheduling")

_PAST = mark("Over")
_STATES = {
    Status.ACCEPTED: ("accepted", mark("Confirmed")),
    Status.PENDING: ("pending", mark("Awaiting confirmation")),
    Status.CANCELLED: ("cancelled", mark("Cancelled")),
    Status.REJECTED: ("cancelled", mark("Declined")),
    Status.AWAITING_HOST: ("pending", mark("Waiting for a host")),
}
