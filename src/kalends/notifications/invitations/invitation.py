"""Invitations: what a mail brings into the calendar of its reader (notifications.md 7 and 12).

An invitation replaces an earlier one of the same UID when its SEQUENCE, or else its DTSTAMP, is higher.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kalends.bookings.facts.fact import FactKind, Series
from kalends.bookings.facts.repetition import is_read_alike
from kalends.bookings.facts.snapshots import AttendeeSnapshot, BookingSnapshot
from kalends.localization.addresses import is_faux, mailbox_of
from kalends.localization.places import place_of
from kalends.localization.plain import one_line
from kalends.notifications.content.head import is_writable
from kalends.notifications.content.letter import Letter
from kalends.notifications.content.rendering import calendar_html, calendar_text
from kalends.notifications.content.scene import Scene
from kalends.notifications.invitations.series import CalendarSeries, Occurrence
from kalends.notifications.invitations.time_zone import time_zone_of
from kalends.notifications.mail import Method, Template

if TYPE_CHECKING:
    from icalendar import Event, vCalAddress

_PRODUCT = "-//Kalends//Kalends//EN"

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
    """A calendar to attach, with one event, and what it asks for."""

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


def invitations_of(
    scene: Scene, letter: Letter, series: CalendarSeries | None, sender: str
) -> list[Invitation]:
    """Return the invitations that a mail carries: one, or for a series that none can tell of several.

    `series` is that of an occurrence; None: the booking stands alone. `sender` is the address that stands
    for a host whose own is not shown.
    """
    method = _METHODS.get(scene.mail.template)
    if method is None:
        return []
    place = scene.fact.series
    if series is None or place is None:
        return [_Writer(scene, letter, sender).invitation(method, object_of(scene.fact.booking))]
    if series.repetition is None if place.is_ruled is None else not place.is_ruled:
        return _of_singles(_Writer(scene, letter, sender), series, method)
    dates = [one.original_start for one in series.occurrences]
    writer = _Writer(scene, letter, sender, series.zone, min(dates), max(dates))
    return _of_series(writer, series, place, method)


def withdrawal_of(scene: Scene, letter: Letter, known: CalendarObject, sender: str) -> Invitation:
    """Return what takes a meeting out of the reader's calendar."""
    return _Writer(scene, letter, sender).invitation(Method.CANCEL, known)


def object_of(booking: BookingSnapshot) -> CalendarObject:
    """Return what calendars know a booking by that stands alone."""
    return CalendarObject(booking.ical_uid, booking.ical_sequence, booking.start, booking.end)


def _of_singles(writer: "_Writer", series: CalendarSeries, method: Method) -> list[Invitation]:
    """Return an invitation for each occurrence that the mail tells of, as objects of their own."""
    booking = writer.scene.fact.booking
    starts = set(writer.scene.starts)
    others = [
        CalendarObject(one.ical_uid, one.sequence, one.start, one.end)
        for one in series.occurrences
        if len(starts) > 1 and one.start in starts and one.ical_uid != booking.ical_uid
    ]
    known = sorted([object_of(booking), *others], key=lambda one: one.start)
    return [writer.invitation(method, one) for one in known]


def _of_series(writer: "_Writer", series: CalendarSeries, place: Series, method: Method) -> list[Invitation]:
    """Return what a change of some or all occurrences means for the calendar object of the series."""
    touched = _touched(writer.scene, series)
    sequence = sum(one.sequence for one in series.occurrences) if place.sequence is None else place.sequence
    known = _KnownSeries(series, place.ical_uid, sequence)
    if not place.is_told_singly:
        is_moving = writer.scene.fact.kind is FactKind.RESCHEDULED
        moved = [one for one in series.live if one.is_moved]
        if method is Method.REQUEST and not is_moving and set(series.live) <= set(touched):
            exceptions = [writer.invitation(method, known.occurrence(one)) for one in moved]
            return [writer.invitation(method, known.whole(), _rules(series)), *exceptions]
        if method is Method.CANCEL and not series.live:
            return [writer.invitation(method, known.whole())]
        if method is Method.CANCEL and len(touched) > 1 and not moved and _is_rest(touched, series):
            # Clients hardly understand one cancellation of several dates; that a series ends earlier they do.
            return [writer.invitation(Method.REQUEST, known.whole(), _rules(series))]
    return [writer.invitation(method, known.occurrence(one)) for one in touched]


def _touched(scene: Scene, series: CalendarSeries) -> list[Occurrence]:
    starts = set(scene.starts)
    own = scene.fact.booking.ical_uid
    if len(starts) == 1:
        return [one for one in series.occurrences if one.ical_uid == own]
    return [one for one in series.occurrences if one.start in starts]


def _is_rest(touched: Sequence[Occurrence], series: CalendarSeries) -> bool:
    """Tell whether nothing takes place after what was cancelled."""
    return series.live[-1].original_start < touched[0].original_start


@dataclass(frozen=True, slots=True)
class _KnownSeries:
    """A series as calendars know it: one object with a rule, of which occurrences differ."""

    series: CalendarSeries
    uid: str
    sequence: int

    def whole(self) -> CalendarObject:
        first = (self.series.kept or self.series.occurrences)[0].original_start
        return CalendarObject(self.uid, self.sequence, first, first + self.series.length)

    def occurrence(self, one: Occurrence) -> CalendarObject:
        return CalendarObject(self.uid, self.sequence, one.start, one.end, one.original_start)


def _rules(series: CalendarSeries) -> "_Rules":
    missing = [one.original_start for one in series.kept if not one.is_live]
    return _Rules(series.recurrence(), missing)


@dataclass(frozen=True, slots=True)
class _Rules:
    """When an event of a series takes place: by an RRULE, but for the dates that are `missing`."""

    recurrence: Mapping[str, object] | None = None
    missing: Sequence[datetime] = ()


_NO_RULES = _Rules()


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the invitations of one mail, by the clock of `zone` from `first` to `last`; None: in UTC."""

    scene: Scene
    letter: Letter
    sender: str
    zone: ZoneInfo | None = None
    first: datetime | None = None
    last: datetime | None = None

    def invitation(self, method: Method, known: CalendarObject, rules: _Rules = _NO_RULES) -> Invitation:
        from icalendar import Calendar

        calendar = Calendar()
        calendar.add("prodid", _PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", method.value)
        if self.zone is not None and self.first is not None and self.last is not None:
            calendar.add_component(time_zone_of(self.zone, self.first, self.last))
        event = self._event(known, method)
        if rules.recurrence is not None:
            event.add("rrule", rules.recurrence)
        if rules.missing:
            event.add("exdate", [self._local(instant) for instant in rules.missing])
        calendar.add_component(event)
        return Invitation(method, calendar.to_ical())

    def _local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone or UTC)

    def _period(self, known: CalendarObject) -> tuple[datetime, datetime]:
        """Return start and end by the zone's clock, or in UTC where clients would not agree what it says."""
        is_safe = self.zone is None or is_read_alike(known.start, known.end - known.start, self.zone)
        zone = UTC if self.zone is None or not is_safe else self.zone
        return known.start.astimezone(zone), known.end.astimezone(zone)

    def _event(self, known: CalendarObject, method: Method) -> "Event":
        from icalendar import Event, vText

        scene, letter = self.scene, self.letter
        event = Event()
        event.add("uid", known.uid)
        event.add("sequence", known.sequence)
        event.add("dtstamp", scene.fact.occurred_at.astimezone(UTC))
        start, end = self._period(known)
        event.add("dtstart", start)
        event.add("dtend", end)
        if known.recurrence_id is not None:
            event.add("recurrence-id", self._local(known.recurrence_id))
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
        """Add who invites, and one line for each address that attends, with the strongest of its roles."""
        scene = self.scene
        organizer = scene.fact.booking.organizer
        # Clients take no invitation without an address of whoever invites.
        is_shown = scene.shows_host_address and is_writable(organizer.email)
        address = mailbox_of(organizer.email) if is_shown else self.sender
        event.add("organizer", _person(address, CN=scene.host_name))
        told = set()
        if is_shown:
            event.add("attendee", _person(address, CN=scene.host_name, ROLE="CHAIR", PARTSTAT="ACCEPTED"))
            told.add(address.lower())
        for attendee in sorted(filter(scene.knows, scene.attendees), key=self._is_guest):
            own = mailbox_of(attendee.email).lower()
            if own in told or is_faux(attendee.email) or not is_writable(attendee.email):
                continue
            told.add(own)
            event.add("attendee", self._attendee(attendee))

    def _attendee(self, attendee: AttendeeSnapshot) -> "vCalAddress":
        return _person(
            mailbox_of(attendee.email),
            CN=attendee.name or mailbox_of(attendee.email),
            ROLE="REQ-PARTICIPANT",
            PARTSTAT="NEEDS-ACTION" if self._is_guest(attendee) else "ACCEPTED",
            RSVP="TRUE",
        )

    def _is_guest(self, attendee: AttendeeSnapshot) -> bool:
        booking = self.scene.fact.booking
        return attendee.seat is None if booking.is_seated else attendee != booking.attendees[0]


def _person(address: str, **parameters: str) -> "vCalAddress":
    from icalendar import vCalAddress

    person = vCalAddress(f"mailto:{address}")
    for name, value in parameters.items():
        person.params[name] = one_line(value)
    return person
