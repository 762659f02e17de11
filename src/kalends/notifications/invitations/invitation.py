"""Invitations: what a mail brings into the calendar of its reader (notifications.md 7 and 12).

An invitation replaces an earlier one of the same UID when its SEQUENCE, or else its DTSTAMP, is higher.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from kalends.bookings.facts.fact import FactKind
from kalends.bookings.facts.snapshots import AttendeeSnapshot
from kalends.localization.addresses import is_faux
from kalends.localization.places import place_of
from kalends.notifications.content.head import is_writable
from kalends.notifications.content.letter import Letter
from kalends.notifications.content.plain import one_line
from kalends.notifications.content.rendering import calendar_html, calendar_text
from kalends.notifications.content.scene import Scene
from kalends.notifications.invitations.series import CalendarSeries, Occurrence
from kalends.notifications.mail import Method, Template

if TYPE_CHECKING:
    from icalendar import Event, vCalAddress

_PRODUCT = "-//Kalends//Kalends//EN"
_MARGIN = timedelta(days=366)  # of a time zone's rules around the dates that need them

_METHODS = {
    Template.HOST_SCHEDULED: Method.REQUEST,
    Template.HOST_RESCHEDULED: Method.REQUEST,
    Template.HOST_SEAT_JOINED: Method.REQUEST,
    Template.HOST_SEAT_MOVED: Method.REQUEST,
    Template.HOST_CANCELLED: Method.CANCEL,
    Template.SCHEDULED: Method.REQUEST,
    Template.RESCHEDULED: Method.REQUEST,
    Template.CANCELLED: Method.CANCEL,
    Template.SEAT_LEFT: Method.CANCEL,
}


@dataclass(frozen=True, slots=True)
class Invitation:
    """A calendar to attach, and what it asks for."""

    method: Method
    content: bytes


@dataclass(frozen=True, slots=True)
class CalendarObject:
    """What a calendar knows a meeting by; `start` and `end` are when it stands there."""

    uid: str
    sequence: int
    start: datetime
    end: datetime
    recurrence_id: datetime | None = None


def invitation_of(
    scene: Scene, letter: Letter, series: CalendarSeries | None, sender: str
) -> Invitation | None:
    """Return the invitation that a mail carries, if it carries one.

    `series` is that of an occurrence; None: the booking stands alone. `sender` is the address that stands
    for a host whose own is not shown.
    """
    method = _METHODS.get(scene.mail.template)
    if method is None:
        return None
    if series is not None:
        dates = [one.original_start for one in series.occurrences]
        writer = _Writer(scene, letter, sender, series.zone, min(dates), max(dates))
        return _of_series(writer, series, method)
    booking = scene.fact.booking
    known = CalendarObject(booking.ical_uid, booking.ical_sequence, booking.start, booking.end)
    writer = _Writer(scene, letter, sender, UTC, booking.start, booking.end)
    return writer.calendar(method, [writer.event(known, method)])


def withdrawal_of(scene: Scene, letter: Letter, known: CalendarObject, sender: str) -> Invitation:
    """Return what takes a meeting out of the reader's calendar."""
    writer = _Writer(scene, letter, sender, UTC, known.start, known.end)
    return writer.calendar(Method.CANCEL, [writer.event(known, Method.CANCEL)])


def _of_series(writer: "_Writer", series: CalendarSeries, method: Method) -> Invitation:
    """Return what a change of some or all occurrences means for the calendar object of the series."""
    touched = _touched(writer.scene, series)
    is_moving = writer.scene.fact.kind is FactKind.RESCHEDULED
    if method is Method.REQUEST and not is_moving and set(series.live) <= set(touched):
        return _whole(writer, series, method)
    if method is Method.CANCEL and not series.live:
        return _whole(writer, series, method)
    if method is Method.CANCEL and len(touched) > 1 and touched[-1] == series.occurrences[-1]:
        # Clients hardly understand one cancellation of several dates; that a series ends earlier they do.
        return _whole(writer, series, Method.REQUEST)
    return writer.calendar(method, [_occurrence(writer, series, one, method) for one in touched])


def _touched(scene: Scene, series: CalendarSeries) -> list[Occurrence]:
    starts = set(scene.starts)
    own = scene.fact.booking.ical_uid
    if len(starts) == 1:
        return [one for one in series.occurrences if one.ical_uid == own]
    return [one for one in series.occurrences if one.start in starts]


def _whole(writer: "_Writer", series: CalendarSeries, method: Method) -> Invitation:
    """Return the series, with what is different about single occurrences."""
    kept = series.kept or series.occurrences
    first = kept[0].original_start
    event = writer.event(CalendarObject(series.uid, series.sequence, first, first + series.length), method)
    if method is Method.CANCEL:
        return writer.calendar(method, [event])
    rule = series.recurrence()
    if rule is not None:
        event.add("rrule", rule)
    elif len(kept) > 1:
        event.add("rdate", [writer.local(one.original_start) for one in kept[1:]])
    missing = [writer.local(one.original_start) for one in kept if not one.is_live]
    if missing:
        event.add("exdate", missing)
    moved = [_occurrence(writer, series, one, method) for one in kept if one.is_live and one.is_moved]
    return writer.calendar(method, [event, *moved])


def _occurrence(writer: "_Writer", series: CalendarSeries, one: Occurrence, method: Method) -> "Event":
    return writer.event(
        CalendarObject(series.uid, series.sequence, one.start, one.end, one.original_start), method
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the events of one mail's invitation, from `first` to `last`, by the clock of `zone`."""

    scene: Scene
    letter: Letter
    sender: str
    zone: tzinfo
    first: datetime
    last: datetime

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone)

    def calendar(self, method: Method, events: Sequence["Event"]) -> Invitation:
        from icalendar import Calendar

        calendar = Calendar()
        calendar.add("prodid", _PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", method.value)
        for event in events:
            calendar.add_component(event)
        calendar.add_missing_timezones((self.first - _MARGIN).date(), (self.last + _MARGIN).date())
        return Invitation(method, calendar.to_ical())

    def event(self, known: CalendarObject, method: Method) -> "Event":
        from icalendar import Event, vText

        scene, letter = self.scene, self.letter
        event = Event()
        event.add("uid", known.uid)
        event.add("sequence", known.sequence)
        event.add("dtstamp", scene.fact.occurred_at.astimezone(UTC))
        event.add("dtstart", self.local(known.start))
        event.add("dtend", self.local(known.end))
        if known.recurrence_id is not None:
            event.add("recurrence-id", self.local(known.recurrence_id))
        event.add("summary", one_line(letter.title))
        event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
        description = calendar_text(letter)
        if description:
            event.add("description", description)
            html = vText(one_line(calendar_html(letter)))
            event.add("x-alt-desc", html, parameters={"FMTTYPE": "text/html"})
        place = place_of(scene.fact.booking, scene.language)
        if place is not None:
            event.add("location", one_line(place.text))
        if letter.url is not None:
            event.add("url", letter.url)
        if scene.fact.event_type is not None and scene.fact.event_type.hide_calendar_event_details:
            event.add("class", "PRIVATE")
        event.add("transp", "OPAQUE")
        event.add("x-microsoft-cdo-busystatus", "BUSY")
        self._add_people(event)
        return event

    def _add_people(self, event: "Event") -> None:
        scene = self.scene
        organizer = scene.fact.booking.organizer
        # Clients take no invitation without an address of whoever invites.
        is_shown = scene.shows_host_address and is_writable(organizer.email)
        address = organizer.email if is_shown else self.sender
        event.add("organizer", _person(address, CN=scene.host_name))
        if is_shown:
            event.add("attendee", _person(address, CN=scene.host_name, ROLE="CHAIR", PARTSTAT="ACCEPTED"))
        for attendee in scene.attendees:
            if not is_faux(attendee.email) and is_writable(attendee.email):
                event.add("attendee", self._attendee(attendee))

    def _attendee(self, attendee: AttendeeSnapshot) -> "vCalAddress":
        booking = self.scene.fact.booking
        is_guest = attendee.seat is None if booking.is_seated else attendee != booking.attendees[0]
        return _person(
            attendee.email,
            CN=attendee.name or attendee.email,
            ROLE="REQ-PARTICIPANT",
            PARTSTAT="NEEDS-ACTION" if is_guest else "ACCEPTED",
            RSVP="TRUE",
        )


def _person(address: str, **parameters: str) -> "vCalAddress":
    from icalendar import vCalAddress

    person = vCalAddress(f"mailto:{address}")
    for name, value in parameters.items():
        person.params[name] = one_line(value)
    return person
