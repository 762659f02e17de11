"""Links that put a booking into a calendar (bookings.md 11; notifications.md 11)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from kalends.bookings.booking import Booking
from kalends.bookings.draft.draft import VIDEO_CALL_URL
from kalends.event_types.event_type import EventType
from kalends.event_types.locations.kinds import INTEGRATION_PREFIX, ROW_KINDS
from kalends.localization.plain import one_line

ICS = "ics"
"""The id of the link that is a file."""

_PRODUCT = "-//Kalends//Kalends//EN"

# Bare kinds of location that are no place a person could find.
_CODES = frozenset(ROW_KINDS.values())


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """A link, the calendar it is for, and that calendar's name."""

    id: str
    label: str
    link: str


def links_of(booking: Booking, event_type: EventType, title: str) -> list[CalendarLink]:
    """Return the links of a booking, in the order that clients know; `title` is the reader's."""
    entry = _Entry(booking, one_line(title), event_type.description or "", _place(booking))
    return [
        CalendarLink("googleCalendar", "Google Calendar", _google(entry)),
        CalendarLink("microsoftOffice", "Microsoft Office", _microsoft("outlook.office.com", entry)),
        CalendarLink("microsoftOutlook", "Microsoft Outlook", _microsoft("outlook.live.com", entry)),
        CalendarLink(ICS, "ICS", _ics(entry)),
    ]


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a calendar is to show of a booking."""

    booking: Booking
    title: str
    description: str
    location: str


def _place(booking: Booking) -> str:
    """Return where the meeting is, in words or as a link; empty for a code that only the server knows."""
    location: str = booking.metadata.get(VIDEO_CALL_URL) or booking.location or ""
    is_code = location.startswith(INTEGRATION_PREFIX) or location in _CODES
    return "" if is_code else location


def _google(entry: _Entry) -> str:
    values = {
        "dates": f"{_basic(entry.booking.start)}/{_basic(entry.booking.end)}",
        "text": entry.title,
        "details": entry.description,
    }
    if entry.location:
        values["location"] = entry.location
    query = urlencode(values, safe="/", quote_via=quote)
    return f"https://calendar.google.com/calendar/r/eventedit?{query}"


def _microsoft(host: str, entry: _Entry) -> str:
    values = {
        "body": entry.description,
        "enddt": _extended(entry.booking.end),
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "startdt": _extended(entry.booking.start),
        "subject": entry.title,
    }
    if entry.location:
        values["location"] = entry.location
    query = urlencode(values, safe="", quote_via=quote)
    return f"https://{host}/calendar/0/deeplink/compose?{query}"


def _ics(entry: _Entry) -> str:
    from icalendar import Calendar, Event  # here, as few requests need it and it takes long to load

    booking = entry.booking
    event = Event()
    event.add("uid", booking.ical_uid)
    event.add("sequence", booking.ical_sequence)
    event.add("dtstamp", booking.updated_at or booking.created_at)
    event.add("dtstart", booking.start.astimezone(UTC))
    event.add("duration", timedelta(minutes=(booking.end - booking.start).total_seconds() // 60))
    event.add("summary", entry.title)
    if entry.description:
        event.add("description", entry.description)
    if entry.location:
        event.add("location", one_line(entry.location))
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return "data:text/calendar," + quote(calendar.to_ical().decode(), safe="")


def _basic(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _extended(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
