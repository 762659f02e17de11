"""Bookings of event types with a recurrence: all or nothing, one uid for all (bookings.md 2.10 and 7)."""

from datetime import timedelta

from kalends.bookings.refusals import NOT_AVAILABLE
from kalends.db.database import Database
from tests.conftest import Clock
from tests.support.bookings import TEN, URL, WEEKLY, facts, kinds_of_facts, statuses, timers
from tests.support.client import Client, Guest, Host, booking_of, data, refusal


async def test_a_series_is_booked_as_a_whole(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    series = await guest.books(weekly)
    assert [one["start"] for one in series] == [
        TEN,
        "2050-09-12T10:00:00.000Z",
        "2050-09-19T10:00:00.000Z",
        "2050-09-26T10:00:00.000Z",
    ]
    assert len({one["recurringBookingUid"] for one in series}) == 1
    assert len({one["uid"] for one in series}) == 4
    assert data(await client.get(f"{URL}/{series[0]['recurringBookingUid']}")) == series
    assert data(await client.get(f"{URL}/{series[1]['uid']}")) == series[1]
    stated = await facts(database)
    assert [fact.kind.value for fact in stated] == ["booking.created"] * 4
    assert [fact.is_lead for fact in stated] == [True, False, False, False]
    assert [fact.series.position for fact in stated if fact.series] == [0, 1, 2, 3]


async def test_a_booker_may_ask_for_fewer_occurrences_and_not_for_more(
    ana: Host, guest: Guest, client: Client
) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    assert len(await guest.books(weekly, recurrenceCount=2)) == 2
    later = "2050-09-05T12:00:00Z"
    refused = await client.post(URL, json=booking_of(weekly["id"], later, recurrenceCount=5))
    assert "recurrenceCount" in refusal(refused, 400)["message"]


async def test_a_count_is_ignored_where_nothing_recurs(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type()
    assert (await guest.books(intro, recurrenceCount=3))["start"] == TEN


async def test_occurrences_keep_their_time_in_the_bookers_zone(ana: Host, guest: Guest) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence={**WEEKLY, "interval": 4})
    series = await guest.books(weekly, "2050-10-10T08:00:00Z", recurrenceCount=2)
    assert [one["start"] for one in series] == ["2050-10-10T08:00:00.000Z", "2050-11-07T09:00:00.000Z"]


async def test_months_that_are_too_short_do_not_shorten_those_after_them(ana: Host, guest: Guest) -> None:
    await ana.creates_schedule(
        isDefault=True,
        availability=[
            {
                "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
                "startTime": "00:00",
                "endTime": "23:59",
            }
        ],
    )
    monthly = await ana.creates_event_type(
        "monthly", recurrence={"interval": 1, "occurrences": 3, "frequency": "monthly"}
    )
    series = await guest.books(monthly, "2051-01-31T10:00:00Z")
    assert [one["start"][:10] for one in series] == ["2051-01-31", "2051-02-28", "2051-03-31"]


async def test_a_series_with_one_taken_occurrence_is_refused_whole(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    intro = await ana.creates_event_type()
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    taken = await guest.books(intro, "2050-09-26T10:30:00Z")
    error = refusal(await client.post(URL, json=booking_of(weekly["id"], TEN)), 400)
    assert error["details"]["reasons"] == ["booking"]
    assert error["message"] == NOT_AVAILABLE
    assert error["details"]["hint"].startswith("The occurrence at 2050-09-26T10:00:00.000Z cannot be booked")
    listed = data(await ana.client.get(URL))
    assert [one["uid"] for one in listed] == [taken["uid"]]
    assert await kinds_of_facts(database) == ["booking.created"]


async def test_a_limit_counts_the_occurrences_before(ana: Host, client: Client) -> None:
    daily = await ana.creates_event_type(
        "weekly", recurrence={**WEEKLY, "occurrences": 2}, bookingLimitsCount={"month": 1}
    )
    error = refusal(await client.post(URL, json=booking_of(daily["id"], TEN)), 403)
    assert error["message"] == "booking_limit_reached"
    assert data(await ana.client.get(URL)) == []


async def test_cancelling_a_series_leaves_what_has_begun(ana: Host, guest: Guest, clock: Clock) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    series = await guest.books(weekly)
    clock.advance(timedelta(days=7))
    cancelled = await guest.cancels(series[0]["recurringBookingUid"])
    assert statuses(cancelled) == ["accepted", "cancelled", "cancelled", "cancelled"]


async def test_an_occurrence_is_cancelled_with_those_after_it(
    ana: Host, guest: Guest, database: Database
) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    series = await guest.books(weekly)
    cancelled = await guest.cancels(series[2], cancelSubsequentBookings=True)
    assert statuses(cancelled) == ["accepted", "accepted", "cancelled", "cancelled"]
    stated = (await facts(database))[4:]
    assert [(fact.kind.value, fact.is_lead) for fact in stated] == [
        ("booking.cancelled", True),
        ("booking.cancelled", False),
    ]
    left = {uid for uid, _ in await timers(database)}
    assert left == {series[0]["uid"], series[1]["uid"]}


async def test_one_occurrence_is_cancelled_alone(ana: Host, guest: Guest, client: Client) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    series = await guest.books(weekly)
    assert (await guest.cancels(series[1]))["status"] == "cancelled"
    shown = data(await client.get(f"{URL}/{series[0]['recurringBookingUid']}"))
    assert statuses(shown) == ["accepted", "cancelled", "accepted", "accepted"]


async def test_reasons_of_what_was_cancelled_before_stay(ana: Host, guest: Guest) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    series = await guest.books(weekly)
    await guest.cancels(series[1], "first")
    cancelled = await guest.cancels(series[0]["recurringBookingUid"], "all")
    assert [one["cancellationReason"] for one in cancelled] == ["all", "first", "all", "all"]


async def test_those_after_can_be_cancelled_of_an_occurrence_only(
    ana: Host, guest: Guest, client: Client
) -> None:
    intro = await ana.creates_event_type()
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    series = await guest.books(weekly)
    alone = await guest.books(intro, "2050-09-06T10:00:00Z")
    for uid in (alone["uid"], series[0]["recurringBookingUid"]):
        refused = await client.post(f"{URL}/{uid}/cancel", json={"cancelSubsequentBookings": True})
        assert "cancelSubsequentBookings" in refusal(refused, 400)["message"]
    assert data(await client.get(f"{URL}/{alone['uid']}"))["status"] == "accepted"


async def test_a_host_says_why_a_series_is_cancelled(ana: Host, guest: Guest) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    uid = (await guest.books(weekly))[0]["recurringBookingUid"]
    assert (
        "cancellationReason" in refusal(await ana.client.post(f"{URL}/{uid}/cancel", json={}), 400)["message"]
    )
    assert statuses(await ana.cancels(uid, "ill")) == ["cancelled"] * 4


async def test_an_occurrence_moves_within_its_series(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    series = await guest.books(weekly)
    moved = await guest.reschedules(series[1], "2050-09-13T10:00:00Z")
    assert moved["recurringBookingUid"] == series[0]["recurringBookingUid"]
    assert moved["rescheduledFromUid"] == series[1]["uid"]
    shown = data(await client.get(f"{URL}/{series[0]['recurringBookingUid']}"))
    assert statuses(shown) == ["accepted", "cancelled", "accepted", "accepted", "accepted"]
    fact = (await facts(database))[-1]
    assert fact.kind.value == "booking.rescheduled"
    assert fact.series is not None
    assert (fact.series.position, fact.series.count) == (1, 4)
    assert fact.series.original_start.isoformat() == "2050-09-12T10:00:00+00:00"
    assert fact.series.ical_uid == series[0]["icsUid"]


async def test_a_series_cannot_be_moved_by_its_uid(ana: Host, guest: Guest, client: Client) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    uid = (await guest.books(weekly))[0]["recurringBookingUid"]
    refusal(await client.post(f"{URL}/{uid}/reschedule", json={"start": TEN}), 404)


async def test_a_series_outlives_its_event_type(ana: Host, guest: Guest, client: Client) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    uid = (await guest.books(weekly))[0]["recurringBookingUid"]
    data(await ana.client.delete(f"/v2/event-types/{weekly['id']}"))
    shown = data(await client.get(f"{URL}/{uid}"))
    assert [one["eventType"] for one in shown] == [None] * 4
    assert statuses(await guest.cancels(uid)) == ["cancelled"] * 4


async def test_a_series_beyond_the_calendar_is_refused(ana: Host, client: Client) -> None:
    yearly = await ana.creates_event_type(
        "yearly", recurrence={"interval": 100_000, "occurrences": 2, "frequency": "yearly"}
    )
    refused = await client.post(URL, json=booking_of(yearly["id"], TEN))
    assert "start" in refusal(refused, 400)["message"]
