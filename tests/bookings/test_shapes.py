"""Which properties each kind of booking has in each state (bookings.md 3.1 and 3.2)."""

from typing import Any

import pytest

from tests.support.bookings import CONFIRMED, SEATS, TWELVE, URL, WEEKLY, attendee
from tests.support.client import Client, Guest, Host, data

COMMON = {
    *("id", "uid", "title", "description", "hosts", "status", "start", "end", "duration", "eventTypeId"),
    *("eventType", "location", "meetingUrl", "absentHost", "createdAt", "updatedAt", "rating", "icsUid"),
    "attendees",
}
PLAIN = COMMON | {"metadata", "bookingFieldsResponses"}
OCCURRENCE = PLAIN | {"recurringBookingUid"}
PERSON = {"name", "email", "timeZone", "language", "absent"}
SITTING = PERSON | {"seatUid", "bookingFieldsResponses", "metadata"}
MOVED = {"rescheduledFromUid", "reschedulingReason", "rescheduledByEmail"}
CANCELLED = {"cancellationReason", "cancelledByEmail"}
KINDS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "plain": ({}, PLAIN),
    "recurring": ({"recurrence": WEEKLY}, OCCURRENCE),
}


def first(shown: Any) -> dict[str, Any]:
    """Return a booking, or the first of a series."""
    booking: dict[str, Any] = shown[0] if isinstance(shown, list) else shown
    return booking


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_unset_is_absent_or_null(ana: Host, guest: Guest, client: Client, kind: str) -> None:
    properties, expected = KINDS[kind]
    booking = first(await guest.books(await ana.creates_event_type(**properties)))
    assert set(booking) == expected
    assert (booking["rating"], booking["updatedAt"], booking["description"]) == (
        None,
        booking["createdAt"],
        "",
    )
    assert set(booking["hosts"][0]) == {"id", "name", "email", "username", "timeZone"}
    assert set(booking["attendees"][0]) == PERSON
    assert data(await client.get(f"{URL}/{booking['uid']}")) == booking
    assert first(data(await ana.client.get(URL))) == booking


@pytest.mark.parametrize("kind", KINDS)
async def test_a_moved_and_cancelled_booking_says_by_whom_and_why(
    ana: Host, guest: Guest, client: Client, kind: str
) -> None:
    properties, expected = KINDS[kind]
    old = first(await guest.books(await ana.creates_event_type(**properties), guests=["g@example.com"]))
    moved = await guest.reschedules(old, TWELVE, reschedulingReason="late", rescheduledBy="bo@example.com")
    assert set(moved) == expected | MOVED | {"guests"}
    assert set(data(await client.get(f"{URL}/{old['uid']}"))) == expected | {"guests"}
    ended = await ana.cancels(moved, "ill")
    assert set(ended) == expected | MOVED | CANCELLED | {"guests"}
    assert ended["icsUid"] == old["icsUid"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_pending_confirmed_or_declined_booking_has_no_more(
    ana: Host, guest: Guest, kind: str
) -> None:
    properties, expected = KINDS[kind]
    ask = await ana.creates_event_type("ask", **properties, confirmationPolicy=CONFIRMED)
    for answer in ("confirm", "decline"):
        waiting = first(await guest.books(ask, attendee=attendee(answer)))
        assert set(waiting) == expected
        shown = data(await ana.client.post(f"{URL}/{waiting['uid']}/{answer}", json={"reason": "so"}))
        assert set(shown) == expected
        await guest.cancels(waiting.get("recurringBookingUid", waiting["uid"]))


async def test_a_phone_number_is_shown_but_for_occurrences_and_seats(ana: Host, guest: Guest) -> None:
    booker = {**attendee("bo"), "phoneNumber": "+393331234567"}
    starts = iter(f"2050-09-05T{hour:02}:00:00Z" for hour in range(8, 11))
    shown = {}
    for slug, properties in (("intro", {}), ("weekly", {"recurrence": WEEKLY}), ("class", {"seats": SEATS})):
        event_type = await ana.creates_event_type(slug, **properties)
        shown[slug] = first(await guest.books(event_type, next(starts), attendee=booker))["attendees"][0]
    assert shown["intro"]["phoneNumber"] == "+393331234567"
    assert "phoneNumber" not in shown["weekly"]
    assert "phoneNumber" not in shown["class"]


async def test_a_seated_booking_tells_only_what_all_share(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type("class", seats=SEATS)
    made = await guest.books(event_type, guests=["g@example.com"], metadata={"a": "b"})
    assert set(made) == COMMON | {"seatUid"}
    booker, companion = made["attendees"]
    assert set(booker) == SITTING
    assert booker["bookingFieldsResponses"] == {"name": "Bo Guest", "guests": ["g@example.com"]}
    assert booker["metadata"] == {"a": "b"}
    assert set(companion) == SITTING - {"seatUid"}
    assert (companion["bookingFieldsResponses"], companion["metadata"]) == ({"name": "unknown"}, {})
    shown = data(await client.get(f"{URL}/{made['uid']}"))
    assert set(shown) == COMMON
    moved = await guest.reschedules(made, TWELVE, seatUid=made["seatUid"])
    assert set(moved) == COMMON | {"seatUid"}
    ended = await ana.cancels(moved, "ill")
    assert set(ended) == COMMON
    assert ended["attendees"] == []
