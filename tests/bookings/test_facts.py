"""Every change states one fact, in its own transaction, with what is due later (bookings.md 14)."""

from datetime import timedelta

import pytest

from kalends.bookings import service
from kalends.bookings.facts.timers import TimerKind
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
    facts,
    kinds_of_facts,
    statuses,
    timers,
)
from tests.support.client import Client, Guest, Host, booking_of, data, refusal


async def test_a_booking_is_stated_with_all_that_follows_from_it(
    ana: Host, guest: Guest, database: Database
) -> None:
    intro = await ana.creates_event_type(description="Hello")
    booking = await guest.books(intro, guests=["g@example.com"])
    [fact] = await facts(database)
    assert fact.kind.value == "booking.created"
    assert fact.booking.uid == booking["uid"]
    assert [one.email for one in fact.booking.attendees] == ["bo@example.com", "g@example.com"]
    assert fact.event_type is not None
    assert fact.event_type.description == "Hello"
    assert (fact.series, fact.previous, fact.is_lead) == (None, None, True)


async def test_what_is_due_moves_with_a_booking_and_goes_with_it(
    ana: Host, guest: Guest, database: Database
) -> None:
    intro = await ana.creates_event_type()
    first = await guest.books(intro)
    due = ["reminder", "meeting.started", "meeting.ended"]
    assert await timers(database) == [(first["uid"], kind) for kind in due]
    moved = await guest.reschedules(first, TWELVE)
    assert await timers(database) == [(moved["uid"], kind) for kind in due]
    await guest.cancels(moved)
    assert await timers(database) == []
    assert await kinds_of_facts(database) == ["booking.created", "booking.rescheduled", "booking.cancelled"]


async def test_a_request_reminds_its_host_until_it_is_decided(
    ana: Host, guest: Guest, database: Database
) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    waiting = await guest.books(ask)
    kinds = [kind for _, kind in await timers(database)]
    assert kinds == [
        "approval_reminder.3h",
        "approval_reminder.24h",
        "approval_reminder.48h",
        "request.expired",
    ]
    await ana.confirms(waiting)
    assert [kind for _, kind in await timers(database)] == ["reminder", "meeting.started", "meeting.ended"]


async def test_no_reminder_is_due_in_the_past(
    ana: Host, guest: Guest, database: Database, clock: Clock
) -> None:
    intro = await ana.creates_event_type()
    clock.advance(timedelta(days=4, hours=3, minutes=30))
    await guest.books(intro)
    assert [kind for _, kind in await timers(database)] == ["meeting.started", "meeting.ended"]


async def test_a_refused_booking_states_nothing(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    intro = await ana.creates_event_type()
    await guest.books(intro)
    refusal(await client.post(URL, json=booking_of(intro["id"], "2050-09-05T10:30:00Z")), 400)
    refusal(await client.post(URL, json=booking_of(intro["id"], ELEVEN, location={"type": "link"})), 400)
    assert await kinds_of_facts(database) == ["booking.created"]


@pytest.mark.parametrize(
    ("timer", "fact"),
    [
        (TimerKind.REMINDER, "booking.reminder_due"),
        (TimerKind.MEETING_STARTED, "meeting.started"),
        (TimerKind.MEETING_ENDED, "meeting.ended"),
        (TimerKind.APPROVAL_REMINDER_3H, None),
    ],
)
async def test_a_due_timer_tells_of_an_accepted_booking_as_it_is(
    timer: TimerKind, fact: str | None, ana: Host, guest: Guest, database: Database, clock: Clock
) -> None:
    booking = await guest.books(await ana.creates_event_type())
    async with database.connection() as connection:
        event = await service.timer_fact(connection, booking["id"], timer, now=clock.now)
    assert (None if event is None else event.kind.value) == fact


async def test_a_due_timer_tells_nothing_of_a_cancelled_booking(
    ana: Host, guest: Guest, database: Database, clock: Clock
) -> None:
    booking = await guest.books(await ana.creates_event_type())
    await guest.cancels(booking)
    async with database.connection() as connection:
        for timer in TimerKind:
            assert await service.timer_fact(connection, booking["id"], timer, now=clock.now) is None


async def test_blocked_addresses_neither_book_nor_attend(ana: Host, guest: Guest, client: Client) -> None:
    intro = await ana.creates_event_type()
    blocked = {"name": "Eve", "email": "Blocked+x@example.com", "timeZone": "Europe/Rome"}
    error = refusal(await client.post(URL, json=booking_of(intro["id"], TEN, attendee=blocked)), 403)
    assert "attendee.email" in error["message"]
    booking = await guest.books(intro, guests=["blocked@example.com", "g@example.com"])
    assert [one["email"] for one in booking["attendees"]] == ["bo@example.com", "g@example.com"]


async def test_a_locked_host_cannot_be_booked(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    intro = await ana.creates_event_type()
    booking = await guest.books(intro)
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET is_locked = true WHERE id = %s", (ana.id,))
    error = refusal(await client.post(URL, json=booking_of(intro["id"], ELEVEN)), 404)
    assert error["message"] == "eventTypeUser.notFound"
    url = f"{URL}/{booking['uid']}/reschedule"
    error = refusal(await client.post(url, json={"start": ELEVEN}), 404)
    assert error["message"] == "eventTypeUser.notFound"
    assert (await guest.cancels(booking))["status"] == "cancelled"


async def test_an_unanswered_occurrence_leaves_the_rest_of_its_series(
    ana: Host, guest: Guest, client: Client, database: Database, clock: Clock
) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY, confirmationPolicy=CONFIRMED)
    series = await guest.books(weekly)
    clock.advance(timedelta(days=5))
    async with database.transaction() as work:
        await service.expire_request(work, series[0]["id"], now=clock.now)
    shown = data(await client.get(f"{URL}/{series[0]['recurringBookingUid']}"))
    assert statuses(shown) == ["rejected", "pending", "pending", "pending"]
    fact = (await facts(database))[-1]
    assert fact.series is not None
    assert not fact.series.covers_rest


async def test_who_gives_up_the_last_seat_is_known_by_it(ana: Host, guest: Guest, database: Database) -> None:
    event_type = await ana.creates_event_type("class", seats=SEATS)
    booking = await guest.books(event_type)
    await guest.cancels(booking, seatUid=booking["seatUid"])
    assert (await facts(database))[-1].actor == "bo@example.com"
