"""What an event type permits those who book: who, how often, and what they may change (bookings.md 2.16)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from kalends.db.database import Database
from tests.conftest import Clock
from tests.support.bookings import (
    CONFIRMED,
    ELEVEN,
    SEATS,
    TEN,
    TWELVE,
    URL,
    WEEKLY,
    attendee,
    kinds_of_facts,
)
from tests.support.client import Client, Guest, Host, booking_of, data, make_host, refusal
from tests.support.teams import Rows

TO_THE_START_OF_TEN = timedelta(days=4, hours=4)
"""From the clock of the tests, which stands at six in the morning of the first of September."""

AN_HOUR = timedelta(hours=1)
LAST_HOUR = {"minutesBefore": 60}
ONE, TWO = {"maximumActiveBookings": 1}, {"maximumActiveBookings": 2}


async def sets(host: Host, event_type: dict[str, Any], **settings: Any) -> None:
    """Change an event type after something was booked of it."""
    data(await host.client.patch(f"/v2/event-types/{event_type['id']}", json=settings))


async def refuses(client: Client, command: str, uid: str, **body: Any) -> dict[str, Any]:
    """Return how a command on a booking is refused, which leaves it as it was."""
    before = data(await client.get(f"{URL}/{uid}"))
    error = refusal(await client.post(f"{URL}/{uid}/{command}", json=body), 400)
    assert data(await client.get(f"{URL}/{uid}")) == before
    return error


async def refuses_to_book(client: Client, event_type: dict[str, Any], start: str, **body: Any) -> Any:
    """Return how somebody is refused another booking."""
    return refusal(await client.post(URL, json=booking_of(event_type["id"], start, **body)), 400)


# Cancelling and rescheduling


async def test_where_cancelling_is_disabled_nobody_cancels(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type(disableCancelling={"disabled": True})
    uid = (await guest.books(event_type))["uid"]
    await refuses(client, "cancel", uid)
    await refuses(ana.client, "cancel", uid, cancellationReason="ill")
    await sets(ana, event_type, disableCancelling={"disabled": False})
    assert (await guest.cancels(uid))["status"] == "cancelled"


async def test_where_cancelling_is_disabled_neither_a_series_nor_a_seat_is(
    ana: Host, guest: Guest, client: Client
) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY, disableCancelling={"disabled": True})
    occurrence = (await guest.books(weekly))[0]
    await refuses(client, "cancel", occurrence["uid"], cancelSubsequentBookings=True)
    await refuses(client, "cancel", occurrence["recurringBookingUid"])
    course = await ana.creates_event_type("class", seats=SEATS, disableCancelling={"disabled": True})
    seat = await guest.books(course, TWELVE)
    await refuses(client, "cancel", seat["uid"], seatUid=seat["seatUid"])


async def test_where_rescheduling_is_disabled_nobody_reschedules(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type(disableRescheduling={"disabled": True})
    uid = (await guest.books(event_type))["uid"]
    await refuses(client, "reschedule", uid, start=TWELVE)
    await refuses(ana.client, "reschedule", uid, start=TWELVE)
    assert (await guest.cancels(uid))["status"] == "cancelled"


async def test_rescheduling_ends_some_minutes_before_the_start(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    event_type = await ana.creates_event_type(disableRescheduling=LAST_HOUR)
    uid = (await guest.books(event_type))["uid"]
    clock.advance(TO_THE_START_OF_TEN - AN_HOUR)
    moved = await guest.reschedules(uid, ELEVEN)
    clock.advance(AN_HOUR + timedelta(seconds=1))
    for caller in (client, ana.client):
        error = await refuses(caller, "reschedule", moved["uid"], start=TWELVE)
        assert "60 minutes" in error["message"]
    await sets(ana, event_type, disableRescheduling={"disabled": False})
    assert (await guest.reschedules(moved["uid"], TWELVE))["status"] == "accepted"


async def test_a_seat_is_not_rescheduled_in_the_last_minutes_either(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    course = await ana.creates_event_type("class", seats=SEATS, disableRescheduling=LAST_HOUR)
    seat = await guest.books(course)
    clock.advance(TO_THE_START_OF_TEN - timedelta(minutes=59))
    await refuses(client, "reschedule", seat["uid"], start=TWELVE, seatUid=seat["seatUid"])
    await refuses(ana.client, "reschedule", seat["uid"], start=TWELVE)


async def test_what_is_over_is_rescheduled_only_where_it_is_allowed(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    event_type = await ana.creates_event_type(disableRescheduling=LAST_HOUR)
    uid = (await guest.books(event_type))["uid"]
    clock.advance(TO_THE_START_OF_TEN + AN_HOUR)
    for caller in (client, ana.client):
        assert "over" in (await refuses(caller, "reschedule", uid, start=TWELVE))["message"]
    await sets(ana, event_type, allowReschedulingPastBookings=True)
    moved = await guest.reschedules(uid, TWELVE)
    assert moved["rescheduledFromUid"] == uid


async def test_what_was_cancelled_takes_place_after_all_where_it_is_allowed(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    event_type = await ana.creates_event_type()
    uid = (await guest.books(event_type))["uid"]
    await guest.cancels(uid, "ill")
    await refuses(client, "reschedule", uid, start=TWELVE)
    await sets(ana, event_type, allowReschedulingCancelledBookings=True)
    moved = await guest.reschedules(uid, TWELVE)
    assert (moved["status"], moved["rescheduledFromUid"]) == ("accepted", uid)
    former = data(await client.get(f"{URL}/{uid}"))
    assert (former["status"], former["cancellationReason"]) == ("cancelled", "ill")
    assert (await kinds_of_facts(database))[-1] == "booking.rescheduled"
    # Once, as any other booking.
    await refuses(client, "reschedule", uid, start=ELEVEN)
    assert (await guest.cancels(moved["uid"]))["status"] == "cancelled"
    assert (await guest.reschedules(moved["uid"], TEN))["status"] == "accepted"


async def test_what_comes_back_takes_any_slot_that_is_offered_for_it_and_keeps_its_length(
    ana: Host, client: Client
) -> None:
    event_type = await ana.creates_event_type(
        lengthInMinutesOptions=[60, 90], allowReschedulingCancelledBookings=True
    )
    body = booking_of(event_type["id"], TEN, lengthInMinutes=90)
    uid = data(await client.post(URL, json=body), 201)["uid"]
    data(await client.post(f"{URL}/{uid}/cancel", json={}))
    query = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-05", "format": "range"}
    offered = data(await client.get("/v2/slots", params={**query, "bookingUidToReschedule": uid}))
    last = offered["2050-09-05"][-1]
    moved = data(await client.post(f"{URL}/{uid}/reschedule", json={"start": last["start"]}), 201)
    assert (moved["start"], moved["end"], moved["duration"]) == (last["start"], last["end"], 90)


async def test_what_was_declined_or_is_over_does_not_come_back(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    ask = await ana.creates_event_type(
        "ask", confirmationPolicy=CONFIRMED, allowReschedulingCancelledBookings=True
    )
    uid = (await guest.books(ask))["uid"]
    await ana.declines(uid)
    refusal(await client.post(f"{URL}/{uid}/reschedule", json={"start": TWELVE}), 404)
    intro = await ana.creates_event_type(allowReschedulingCancelledBookings=True)
    uid = (await guest.books(intro))["uid"]
    await guest.cancels(uid)
    clock.advance(TO_THE_START_OF_TEN + AN_HOUR)
    await refuses(client, "reschedule", uid, start=TWELVE)
    await sets(ana, intro, allowReschedulingPastBookings=True)
    assert (await guest.reschedules(uid, TWELVE))["status"] == "accepted"


async def test_of_a_cancelled_booking_with_seats_nothing_comes_back(
    ana: Host, guest: Guest, client: Client
) -> None:
    course = await ana.creates_event_type("class", seats=SEATS, allowReschedulingCancelledBookings=True)
    seat = await guest.books(course)
    await guest.cancels(seat["uid"], seatUid=seat["seatUid"])
    await refuses(ana.client, "reschedule", seat["uid"], start=TWELVE)


# The limit of a booker


@pytest.mark.parametrize("policy", [{"disabled": True}, CONFIRMED], ids=["accepted", "pending"])
async def test_a_booker_has_only_so_many_bookings_before_them(
    ana: Host, guest: Guest, client: Client, clock: Clock, policy: dict[str, Any]
) -> None:
    event_type = await ana.creates_event_type(bookerActiveBookingsLimit=TWO, confirmationPolicy=policy)
    first = await guest.books(event_type, TEN)
    await guest.books(event_type, ELEVEN, attendee={**attendee("bo"), "email": "BO@example.com"})
    error = await refuses_to_book(client, event_type, TWELVE)
    assert error["message"].startswith("Attendee with this email can't book")
    assert error["details"]["maximumActiveBookings"] == 2
    # Others may, one may book elsewhere, move what one has, and book again once something is over or gone.
    await guest.books(event_type, TWELVE, attendee=attendee("cleo"))
    await guest.books(await ana.creates_event_type("other"), "2050-09-06T10:00:00Z")
    moved = await guest.reschedules(first["uid"], "2050-09-06T11:00:00Z")
    await refuses_to_book(client, event_type, "2050-09-06T12:00:00Z")
    await guest.cancels(moved["uid"])
    await guest.books(event_type, "2050-09-06T12:00:00Z")
    clock.advance(TO_THE_START_OF_TEN + 2 * AN_HOUR)
    await guest.books(event_type, "2050-09-06T13:00:00Z")


async def test_what_comes_back_counts_as_another_booking(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    event_type = await ana.creates_event_type(
        bookerActiveBookingsLimit=ONE,
        allowReschedulingCancelledBookings=True,
        allowReschedulingPastBookings=True,
    )
    gone = await guest.books(event_type, TEN)
    await guest.cancels(gone["uid"])
    over = await guest.books(event_type, TEN)
    for caller in (client, ana.client):
        await refuses(caller, "reschedule", gone["uid"], start=ELEVEN)
    clock.advance(TO_THE_START_OF_TEN + AN_HOUR)
    last = await guest.books(event_type, "2050-09-06T10:00:00Z")
    for uid in (gone["uid"], over["uid"]):
        error = await refuses(client, "reschedule", uid, start="2050-09-06T11:00:00Z")
        assert error["details"]["maximumActiveBookings"] == 1
    await guest.cancels(last["uid"])
    moved = await guest.reschedules(over["uid"], "2050-09-06T11:00:00Z")
    # What counts already moves as ever.
    await guest.reschedules(moved["uid"], "2050-09-06T12:00:00Z")


async def test_a_seat_that_is_over_counts_as_another_one_where_it_is_moved(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    course = await ana.creates_event_type(
        "class", seats=SEATS, bookerActiveBookingsLimit=ONE, allowReschedulingPastBookings=True
    )
    over = await guest.books(course, TEN)
    clock.advance(TO_THE_START_OF_TEN + AN_HOUR)
    await guest.books(course, "2050-09-06T10:00:00Z")
    await refuses(client, "reschedule", over["uid"], start="2050-09-06T11:00:00Z", seatUid=over["seatUid"])


async def test_guests_have_booked_nothing(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type(bookerActiveBookingsLimit=ONE)
    await guest.books(event_type, TEN, attendee=attendee("cleo"), guests=["bo@example.com"])
    await guest.books(event_type, ELEVEN)
    await refuses_to_book(client, event_type, TWELVE)


async def test_a_series_counts_as_many_as_it_has(ana: Host, guest: Guest, client: Client) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY, bookerActiveBookingsLimit=TWO)
    await refuses_to_book(client, weekly, TEN)
    await refuses_to_book(client, weekly, TEN, recurrenceCount=3)
    assert len(await guest.books(weekly, TEN, recurrenceCount=2)) == 2


async def test_a_seat_counts_too_and_keeps_to_those_who_have_one(
    ana: Host, guest: Guest, client: Client
) -> None:
    course = await ana.creates_event_type("class", seats=SEATS, bookerActiveBookingsLimit=ONE)
    first = await guest.books(course)
    await guest.books(course, attendee=attendee("cleo"))
    await refuses_to_book(client, course, ELEVEN)
    moved = await guest.reschedules(first["uid"], ELEVEN, seatUid=first["seatUid"])
    await refuses_to_book(client, course, TWELVE)
    await guest.cancels(moved["uid"], seatUid=moved["seatUid"])
    await guest.books(course, TWELVE)


async def test_the_last_booking_is_offered_to_be_moved_to_whoever_proves_to_be_its_booker(
    ana: Host, ben: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type(bookerActiveBookingsLimit={**TWO, "offerReschedule": True})
    bens = attendee("ben")
    for start in (ELEVEN, TEN):
        await guest.books(event_type, start, attendee=bens)
    last = data(await ben.client.get(URL, params={"sortStart": "desc"}))[0]
    for proven in (ben.client, ana.client):
        error = await refuses_to_book(proven, event_type, TWELVE, attendee=bens)
        assert error["details"]["rescheduleUid"] == last["uid"]
        assert "moved" in error["details"]["hint"]
    error = await refuses_to_book(client, event_type, TWELVE, attendee=bens)
    assert "rescheduleUid" not in error["details"]
    assert "moved" in error["details"]["hint"]
    await sets(ana, event_type, bookerActiveBookingsLimit=TWO)
    assert (
        "rescheduleUid"
        not in (await refuses_to_book(ben.client, event_type, TWELVE, attendee=bens))["details"]
    )


async def test_at_once_a_booker_gets_no_more_than_the_limit(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type(
        bookerActiveBookingsLimit=TWO, lengthInMinutes=30, slotInterval=30
    )
    starts = [f"2050-09-05T{hour:02}:{minute:02}:00Z" for hour in range(8, 15) for minute in (0, 30)]
    answers = await asyncio.gather(
        *(client.post(URL, json=booking_of(event_type["id"], start)) for start in starts)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, *[400] * (len(starts) - 2)]


# Bookings that need a credential


async def test_a_booking_needs_the_credential_of_the_owner(
    ana: Host, ben: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type(bookingRequiresAuthentication=True)
    body = booking_of(event_type["id"], TEN)
    refusal(await client.post(URL, json=body), 401)
    refusal(await client.post(URL, json=body, headers={"Authorization": "Bearer eyJ.x.y"}), 401)
    refusal(await ben.client.post(URL, json=body), 403)
    booking = await ana.books(event_type)
    # Whoever has a booking moves it as any other.
    assert (await guest.reschedules(booking["uid"], TWELVE))["status"] == "accepted"


@pytest.mark.parametrize(
    ("role", "accepted", "status"),
    [("ADMIN", True, 201), ("OWNER", True, 201), ("MEMBER", True, 403), ("ADMIN", False, 403)],
)
@pytest.mark.parametrize("place", ["team", "organization", "organization around a team"])
async def test_administrators_of_the_owners_team_or_organization_may_book(
    ana: Host, ben: Host, database: Database, place: str, role: str, accepted: bool, status: int
) -> None:
    event_type = await ana.creates_event_type(bookingRequiresAuthentication=True)
    rows = Rows(database)
    if place == "team":
        administered = await rows.team("crew", ana)
    elif place == "organization":
        administered = await rows.organization("acme", ana)
    else:
        administered = await rows.organization("acme")
        await rows.team("crew", ana, organization=administered)
    await rows.joins(ben, administered, accepted=accepted)
    async with database.connection() as connection:
        await connection.execute("UPDATE memberships SET role = %s WHERE user_id = %s", (role, ben.id))
    answer = await ben.client.post(URL, json=booking_of(event_type["id"], TEN))
    assert answer.status_code == status, answer.text


async def test_an_owner_who_only_was_invited_is_nobodys(ana: Host, ben: Host, database: Database) -> None:
    event_type = await ana.creates_event_type(bookingRequiresAuthentication=True)
    rows = Rows(database)
    crew = await rows.team("crew", ben)
    await rows.joins(ana, crew, accepted=False)
    async with database.connection() as connection:
        await connection.execute("UPDATE memberships SET role = 'OWNER' WHERE user_id = %s", (ben.id,))
    refusal(await ben.client.post(URL, json=booking_of(event_type["id"], TEN)), 403)


async def test_a_system_administrator_may_book(ana: Host, client: Client, database: Database) -> None:
    event_type = await ana.creates_event_type(bookingRequiresAuthentication=True)
    admin = await make_host(client, database, "root", time_zone="Europe/Rome", is_system_admin=True)
    await admin.books(event_type)


# What is hidden


async def test_what_is_hidden_is_booked_by_its_id_and_by_its_address(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type(hidden=True)
    slots = {"start": "2050-09-05", "end": "2050-09-05"}
    for address in ({"eventTypeId": event_type["id"]}, {"username": "ana", "eventTypeSlug": "intro"}):
        offered = data(await client.get("/v2/slots", params={**slots, **address}))
        start = offered["2050-09-05"][0]["start"]
        body = {"start": start, "attendee": attendee("bo"), **address}
        assert data(await client.post(URL, json=body), 201)["eventTypeId"] == event_type["id"]


async def offered_to(client: Client, event_type: dict[str, Any], uid: str) -> list[str]:
    """Return the times that are offered for a booking that is to be moved, on the day of `TEN`."""
    query = {"eventTypeId": event_type["id"], "bookingUidToReschedule": uid}
    days = data(await client.get("/v2/slots", params={**query, "start": "2050-09-05", "end": "2050-09-05"}))
    explained = data(await client.get("/v2/slots/explain", params={**query, "at": TWELVE}))
    assert ("not_movable" in explained["reasons"]) == (not explained["isAvailable"]) == (days == {})
    on_date = data(await client.get("/v2/slots/explain", params={**query, "date": "2050-09-05"}))
    assert on_date["isAvailable"] == (days != {})
    return [slot["start"] for slot in days.get("2050-09-05", [])]


@pytest.mark.parametrize(
    "permissions",
    [
        {},
        {"disableRescheduling": {"disabled": True}},
        {"disableRescheduling": {"disabled": False, "minutesBefore": 60}},
        {"allowReschedulingPastBookings": True},
        {"allowReschedulingCancelledBookings": True},
        {"allowReschedulingPastBookings": True, "allowReschedulingCancelledBookings": True},
        {"allowReschedulingCancelledBookings": True, "disableRescheduling": {"disabled": True}},
    ],
)
@pytest.mark.parametrize(
    "state", ["accepted", "pending", "seated", "cancelled", "empty", "declined", "moved"]
)
@pytest.mark.parametrize("is_over", [False, True], ids=["before", "over"])
async def test_times_are_offered_for_those_bookings_only_that_can_be_moved(
    ana: Host,
    guest: Guest,
    client: Client,
    clock: Clock,
    permissions: dict[str, Any],
    state: str,
    is_over: bool,
) -> None:
    makes: dict[str, Any] = {}
    if state in ("pending", "declined"):
        makes["confirmationPolicy"] = CONFIRMED
    elif state in ("seated", "empty"):
        makes["seats"] = SEATS
    event_type = await ana.creates_event_type(**makes)
    uid = (await guest.books(event_type))["uid"]
    if state in ("cancelled", "empty"):
        await ana.cancels(uid, "ill")
    elif state == "declined":
        await ana.declines(uid)
    elif state == "moved":
        await guest.reschedules(uid, ELEVEN)
    await sets(ana, event_type, **permissions)
    clock.advance(TO_THE_START_OF_TEN - timedelta(minutes=30))
    if is_over:
        clock.advance(timedelta(minutes=91))
    offered = await offered_to(ana.client, event_type, uid)
    answer = await ana.client.post(f"{URL}/{uid}/reschedule", json={"start": TWELVE})
    assert (TWELVE in offered) == (answer.status_code == 201)
    if answer.status_code != 201:
        assert offered == []
