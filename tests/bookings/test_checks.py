"""What clients of the API check for (bookings.md 20), as far as no other file says it already."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from psycopg import errors

from kalends.db.database import Database
from kalends.db.rows import first_row
from tests.conftest import Clock
from tests.support.bookings import CONFIRMED, ELEVEN, SEATS, TEN, TWELVE, URL, WEEKLY, attendee, statuses
from tests.support.client import Client, Guest, Host, booking_of, data, refusal


async def at_once(client: Client, *bodies: dict[str, Any]) -> list[httpx.Response]:
    """Send bookings at the same time, and return the answers, made bookings first."""
    answers = await asyncio.gather(*(client.post(URL, json=body) for body in bodies))
    return sorted(answers, key=lambda answer: answer.status_code)


async def test_a_booking_is_accepted_at_once_and_says_when_it_was_made(ana: Host, guest: Guest) -> None:
    booking = await guest.books(await ana.creates_event_type())
    assert booking["status"] == "accepted"
    assert len(booking["hosts"]) == 1
    assert booking["attendees"][0]["email"] == "bo@example.com"
    assert abs(datetime.fromisoformat(booking["createdAt"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert "guests" not in booking


async def test_a_slot_is_booked_once_whoever_asks(ana: Host, guest: Guest, client: Client) -> None:
    intro = await ana.creates_event_type()
    await guest.books(intro)
    error = refusal(await client.post(URL, json=booking_of(intro["id"], TEN, attendee=attendee("cy"))), 400)
    assert error["code"] == "BadRequestException"
    assert error["details"]["reasons"] == ["booking"]


async def test_of_two_bookings_of_a_slot_at_once_one_is_made(ana: Host, client: Client) -> None:
    intro = await ana.creates_event_type()
    bodies = [booking_of(intro["id"], TEN, attendee=attendee(name)) for name in ("bo", "cy")]
    made, refused = await at_once(client, *bodies)
    assert made.status_code == 201
    assert refusal(refused, 400)["details"]["reasons"] == ["booking"]


async def test_of_two_bookings_of_the_last_seat_at_once_one_is_made(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type("class", seats=SEATS)
    await guest.books(event_type)
    bodies = [booking_of(event_type["id"], TEN, attendee=attendee(name)) for name in ("cy", "di")]
    made, refused = await at_once(client, *bodies)
    assert made.status_code == 201
    assert refusal(refused, 409)["details"]["reasons"] == ["seats_full"]


async def test_metadata_takes_numbers_and_booleans_too(ana: Host, guest: Guest, client: Client) -> None:
    metadata = {"crm": 5, "vip": True, "rate": 1.5, "least": -(2**53 - 1), "note": "x"}
    booking = await guest.books(await ana.creates_event_type(), metadata=metadata)
    assert booking["metadata"] == metadata
    assert data(await client.get(f"{URL}/{booking['uid']}"))["metadata"] == metadata
    assert (await guest.reschedules(booking["uid"], ELEVEN))["metadata"] == metadata


@pytest.mark.parametrize("value", [None, [], {}, 2**53, 10**30, 1e300], ids=str)
async def test_metadata_takes_nothing_else(ana: Host, client: Client, value: object) -> None:
    intro = await ana.creates_event_type()
    refused = await client.post(URL, json=booking_of(intro["id"], TEN, metadata={"crm": value}))
    assert "metadata" in refusal(refused, 400)["message"]


async def test_a_length_is_one_of_those_offered_or_the_default(
    ana: Host, guest: Guest, client: Client
) -> None:
    opts = await ana.creates_event_type("opts", lengthInMinutes=15, lengthInMinutesOptions=[15, 30, 60])
    refused = await client.post(URL, json=booking_of(opts["id"], TEN, lengthInMinutes=45))
    assert "lengthInMinutes" in refusal(refused, 400)["message"]
    assert (await guest.books(opts, lengthInMinutes=30))["duration"] == 30
    assert (await guest.books(opts, ELEVEN))["duration"] == 15


async def test_a_uid_that_nothing_has_is_404(client: Client) -> None:
    refusal(await client.get(f"{URL}/k3PqW7k3PqW7k3PqW7k3Pq"), 404)


async def test_no_event_type_has_seats_and_a_recurrence(ana: Host, database: Database) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    seats = "UPDATE event_types SET seats_per_time_slot = 2 WHERE id = %s"
    with pytest.raises(errors.CheckViolation, match="seats_or_recurrence"):
        async with database.connection() as connection:
            await connection.execute(seats, (weekly["id"],))


async def test_a_moved_booking_keeps_its_attendees_and_leaves_a_cancelled_one(
    ana: Host, guest: Guest, client: Client
) -> None:
    old = await guest.books(await ana.creates_event_type(), guests=["g@example.com"])
    new = await guest.reschedules(old, TWELVE, reschedulingReason="late")
    assert (new["rescheduledFromUid"], new["reschedulingReason"]) == (old["uid"], "late")
    assert new["attendees"] == old["attendees"]
    replaced = data(await client.get(f"{URL}/{old['uid']}"))
    assert replaced["status"] == "cancelled"
    assert "cancellationReason" not in replaced
    listed = data(await ana.client.get(URL, params={"status": "cancelled"}))
    assert [one["uid"] for one in listed] == [old["uid"]]


async def test_a_cancelled_booking_says_why(ana: Host, guest: Guest, client: Client) -> None:
    uid = (await guest.books(await ana.creates_event_type()))["uid"]
    assert (await guest.cancels(uid, "ill"))["cancellationReason"] == "ill"
    assert data(await client.get(f"{URL}/{uid}"))["cancellationReason"] == "ill"


async def test_pages_are_cut_from_the_list_in_its_order(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type()
    made = [(await guest.books(intro, start))["uid"] for start in (TEN, ELEVEN, TWELVE)]
    page = data(await ana.client.get(URL, params={"take": 2, "skip": 1}))
    assert [one["uid"] for one in page] == made[1:]
    assert data(await ana.client.get(URL, params={"skip": 2**31 - 1})) == []


async def test_bookings_of_months_ago_are_listed(ana: Host, guest: Guest, clock: Clock) -> None:
    uid = (await guest.books(await ana.creates_event_type()))["uid"]
    clock.advance(timedelta(days=90))
    assert [one["uid"] for one in data(await ana.client.get(URL))] == [uid]


async def test_a_booking_outlives_its_event_type(ana: Host, guest: Guest, client: Client) -> None:
    intro = await ana.creates_event_type()
    booking = await guest.books(intro)
    data(await ana.client.delete(f"/v2/event-types/{intro['id']}"))
    shown = data(await client.get(f"{URL}/{booking['uid']}"))
    assert (shown["eventType"], shown["eventTypeId"]) == (None, None)
    refusal(await client.post(f"{URL}/{booking['uid']}/reschedule", json={"start": TWELVE}), 404)
    assert (await guest.cancels(booking))["status"] == "cancelled"


@pytest.mark.parametrize("action", ["", "/reschedule", "/cancel"])
async def test_an_unknown_key_is_refused_where_no_credential_is_needed_and_an_unknown_token_is_nobody(
    ana: Host, guest: Guest, client: Client, action: str
) -> None:
    intro = await ana.creates_event_type()
    booking = await guest.books(intro)
    bodies = {"": booking_of(intro["id"], TWELVE), "/reschedule": {"start": TWELVE}, "/cancel": {}}
    url = f"{URL}/{booking['uid']}{action}" if action else URL
    unknown = {"Authorization": "Bearer cal_unknown"}
    refusal(await client.post(url, json=bodies[action], headers=unknown), 401)
    token = {"Authorization": "Bearer nobodys.token"}
    assert (await client.post(url, json=bodies[action], headers=token)).is_success


async def test_a_limit_of_minutes_is_known_by_its_code(ana: Host, guest: Guest, client: Client) -> None:
    intro = await ana.creates_event_type(bookingLimitsDuration={"day": 60})
    await guest.books(intro)
    error = refusal(await client.post(URL, json=booking_of(intro["id"], TWELVE)), 403)
    assert error["message"] == "duration_limit_reached"
    assert error["details"]["reasons"] == ["limit"]


async def test_a_blocking_request_does_not_count_for_a_limit_until_it_is_confirmed(
    ana: Host, guest: Guest
) -> None:
    blocking = {**CONFIRMED, "blockUnconfirmedBookingsInBooker": True}
    ask = await ana.creates_event_type("ask", confirmationPolicy=blocking, bookingLimitsCount={"day": 1})
    waiting = [await guest.books(ask, start) for start in (TEN, TWELVE)]
    assert statuses(waiting) == ["pending", "pending"]
    await ana.confirms(waiting[1])
    refused = await ana.client.post(f"{URL}/{waiting[0]['uid']}/confirm")
    assert refusal(refused, 403)["message"] == "booking_limit_reached"


async def test_an_event_type_that_is_deleted_meanwhile_is_not_booked(
    ana: Host, client: Client, database: Database
) -> None:
    intro = await ana.creates_event_type()
    async with database.connection() as watcher, database.transaction() as work:
        await work.connection.execute("DELETE FROM event_types WHERE id = %s", (intro["id"],))
        answer = asyncio.create_task(client.post(URL, json=booking_of(intro["id"], TEN)))
        while await first_row(watcher, _WAITING, ()) is None and not answer.done():
            await asyncio.sleep(0.01)
    refusal(await answer, 404)


_WAITING = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
