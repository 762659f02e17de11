"""What a booking is called (bookings.md 2.8; event-types.md 6.8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kalends.event_types.event_type import EventType
from kalends.event_types.locations.kinds import INTEGRATION_PREFIX

_LOCATION_LABELS = {
    "inPerson": "In person",
    "attendeeInPerson": "In person",
    "link": "Link meeting",
    "userPhone": "Phone call",
    "phone": "Phone call",
    "somewhereElse": "Somewhere else",
    "integrations:daily": "Video call",
    "integrations:google:meet": "Google Meet",
    "integrations:office365_video": "Microsoft Teams",
    "integrations:zoom": "Zoom",
}

_VARIABLE = re.compile(r"\{([^{}]*)\}")

LONGEST_TITLE = 1_000


@dataclass(frozen=True, slots=True)
class Names:
    """What a title may name: who meets whom, and the row form's kind of the location, such as `phone`."""

    host: str
    attendee: str
    location_kind: str | None


def title_of(event_type: EventType, names: Names, responses: Mapping[str, Any]) -> str:
    """Return the title of a new booking: the event type's template, else who meets whom.

    Unknown variables stay as they are.
    """
    if not event_type.event_name:
        return f"{event_type.title} between {names.host} and {names.attendee}"[:LONGEST_TITLE]
    values = _values(event_type, names, responses)

    def substituted(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in values:
            return values[name]
        answer = responses.get(name)
        return str(answer) if isinstance(answer, str | int | float) else match.group(0)

    return _VARIABLE.sub(substituted, event_type.event_name)[:LONGEST_TITLE]


def _values(event_type: EventType, names: Names, responses: Mapping[str, Any]) -> dict[str, str]:
    host, attendee, location = names.host, names.attendee, _location_label(names.location_kind)
    values = {
        "Event type title": event_type.title,
        "Organiser": host,
        "Organiser first name": host.split(" ")[0],
        "Scheduler": attendee,
        "Scheduler first name": attendee.split(" ")[0],
        "Location": location,
        "LOCATION": location,
        "Event duration": f"{event_type.terms.length} mins",
        "HOST": host,
        "ATTENDEE": attendee,
        "USER": attendee,
        # What attendees see; a title is stored once.
        "HOST/ATTENDEE": host,
    }
    name = responses.get("name")
    if isinstance(name, dict):
        values["Scheduler first name"] = str(name.get("firstName") or "")
        values["Scheduler last name"] = str(name.get("lastName") or "")
    return values


def _location_label(kind: str | None) -> str:
    if kind is None:
        return ""
    if kind in _LOCATION_LABELS:
        return _LOCATION_LABELS[kind]
    if kind.startswith(INTEGRATION_PREFIX):
        return kind.removeprefix(INTEGRATION_PREFIX).replace("_", " ").title()
    return kind
