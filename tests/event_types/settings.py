"""What the tests of settings share."""

from typing import Any

from tests.support.client import Host, data

URL = "/v2/event-types"
INTRO = {"lengthInMinutes": 45, "title": "Intro", "slug": "intro"}
SEATS = {"seatsPerTimeSlot": 5, "showAttendeeInfo": True, "showAvailabilityCount": False}
WEEKLY = {"interval": 2, "occurrences": 6, "frequency": "weekly"}
ALWAYS = {"type": "always", "blockUnconfirmedBookingsInBooker": True}
BY_NOTICE = {
    "type": "time",
    "noticeThreshold": {"unit": "hours", "count": 2},
    "blockUnconfirmedBookingsInBooker": False,
}
OFF = {"disabled": True}


async def created(host: Host, **properties: Any) -> dict[str, Any]:
    """Return an event type that was just made with these properties."""
    made: dict[str, Any] = data(await host.client.post(URL, json={**INTRO, **properties}), 201)
    return made


async def changed(host: Host, event_type: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """Return an event type after a change, which a read must confirm."""
    url = f"{URL}/{event_type['id']}"
    after: dict[str, Any] = data(await host.client.patch(url, json=properties))
    assert data(await host.client.get(url)) == after
    return after


async def slugs(host: Host) -> list[str]:
    """Return the slugs of a host's event types."""
    listed = data(await host.client.get(URL, params={"username": host.username}))
    return [one["slug"] for one in listed]
