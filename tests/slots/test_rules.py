"""What an event type's limits and booking windows leave of its slots (slots.md 4.9 and 4.14)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.client import Client, Guest, Host, booking_of, data, refusal

WEEK = {"start": "2050-09-05", "end": "2050-09-09"}
DAYS = ["2050-09-05", "2050-09-06", "2050-09-07", "2050-09-08", "2050-09-09"]


async def days(client: Client, event_type: dict[str, Any], **parameters: Any) -> list[str]:
    """Return the days that have slots."""
    asked = {"eventTypeId": event_type["id"], **WEEK, **parameters}
    return list(data(await client.get("/v2/slots", params=asked)))


async def reasons(client: Client, event_type: dict[str, Any], at: str) -> list[str]:
    asked = {"eventTypeId": event_type["id"], "at": at}
    found: list[str] = data(await client.get("/v2/slots/explain", params=asked))["reasons"]
    return found


async def test_a_day_with_its_number_of_bookings_is_closed(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type(bookingLimitsCount={"day": 1})
    await guest.books(event_type, "2050-09-05T10:00:00Z")
    assert await days(client, event_type) == DAYS[1:]
    assert await reasons(client, event_type, "2050-09-05T12:00:00Z") == ["limit"]


async def test_bookings_of_other_event_types_and_ended_ones_count_for_no_limit(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type(bookingLimitsCount={"day": 1})
    other = await ana.creates_event_type("other")
    await guest.books(other, "2050-09-05T10:00:00Z")
    ended = await guest.books(event_type, "2050-09-05T12:00:00Z")
    await client.post(f"/v2/bookings/{ended['uid']}/cancel", json={})
    assert await days(client, event_type) == DAYS


async def test_a_booking_that_is_moved_counts_for_no_limit(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type(bookingLimitsCount={"day": 1})
    booking = await guest.books(event_type, "2050-09-05T10:00:00Z")
    assert await days(client, event_type, bookingUidToReschedule=booking["uid"]) == DAYS


async def test_a_day_of_a_limit_is_one_of_the_hosts_zone(ana: Host, guest: Guest, client: Client) -> None:
    row = {"days": ["Monday", "Tuesday"], "startTime": "00:00", "endTime": "23:59"}
    await ana.creates_schedule(timeZone="America/New_York", isDefault=True, availability=[row])
    event_type = await ana.creates_event_type(bookingLimitsCount={"day": 1})
    # Monday evening in New York.
    await guest.books(event_type, "2050-09-06T00:30:00Z")
    listed = await client.get(
        "/v2/slots",
        params={"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-07"},
    )
    assert next(iter(data(listed).values()))[0] == {"start": "2050-09-06T04:00:00.000Z"}


@pytest.mark.parametrize(
    ("week_start", "open_days"),
    [
        (None, ["2050-09-12"]),
        ("Sunday", ["2050-09-12"]),
        ("Monday", ["2050-09-12"]),
        ("Wednesday", ["2050-09-05", "2050-09-06", "2050-09-07", "2050-09-08", "2050-09-09", "2050-09-12"]),
        ("Friday", ["2050-09-05", "2050-09-06", "2050-09-07", "2050-09-08", "2050-09-09", "2050-09-12"]),
    ],
)
async def test_a_week_of_a_limit_begins_on_the_owners_first_day(
    ana: Host, guest: Guest, client: Client, week_start: str | None, open_days: list[str]
) -> None:
    if week_start is not None:
        data(await ana.client.patch("/v2/me", json={"weekStart": week_start}))
    event_type = await ana.creates_event_type(bookingLimitsCount={"week": 2})
    await guest.books(event_type, "2050-09-05T10:00:00Z")
    await guest.books(event_type, "2050-09-09T10:00:00Z")
    assert await days(client, event_type, end="2050-09-12") == open_days
    third = await client.post("/v2/bookings", json=booking_of(event_type["id"], "2050-09-08T10:00:00Z"))
    assert third.status_code == (201 if "2050-09-08" in open_days else 403)


@pytest.mark.parametrize("unit", ["month", "year"])
async def test_months_and_years_have_limits_too(ana: Host, guest: Guest, client: Client, unit: str) -> None:
    event_type = await ana.creates_event_type(bookingLimitsCount={unit: 1})
    await guest.books(event_type, "2050-09-30T10:00:00Z")
    left = await days(client, event_type, start="2050-09-29", end="2050-10-03")
    assert left == (["2050-10-03"] if unit == "month" else [])


async def test_booked_minutes_and_the_length_asked_for_must_fit_a_limit(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type(
        bookingLimitsDuration={"day": 90}, lengthInMinutesOptions=[30, 60, 120]
    )
    await guest.books(event_type, "2050-09-05T10:00:00Z")
    assert await days(client, event_type) == DAYS[1:]
    assert await days(client, event_type, duration=30) == DAYS
    assert await days(client, event_type, duration=120) == []


async def test_a_limit_that_is_switched_off_closes_nothing(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type(bookingLimitsCount={"disabled": True})
    await guest.books(event_type, "2050-09-05T10:00:00Z")
    assert await days(client, event_type) == DAYS


async def test_a_request_that_waits_counts_for_no_limit_but_takes_its_time(
    ana: Host, guest: Guest, client: Client
) -> None:
    policy = {"type": "always", "blockUnconfirmedBookingsInBooker": True}
    event_type = await ana.creates_event_type(bookingLimitsCount={"day": 1}, confirmationPolicy=policy)
    booking = await guest.books(event_type, "2050-09-05T10:00:00Z")
    assert booking["status"] == "pending"
    assert await days(client, event_type) == DAYS
    assert await reasons(client, event_type, "2050-09-05T10:00:00Z") == ["booking"]
    await ana.confirms(booking)
    assert await days(client, event_type) == DAYS[1:]


async def test_a_request_takes_no_time_unless_the_event_type_says_so(
    ana: Host, guest: Guest, client: Client
) -> None:
    policy = {"type": "always", "blockUnconfirmedBookingsInBooker": False}
    event_type = await ana.creates_event_type(confirmationPolicy=policy)
    await guest.books(event_type, "2050-09-05T10:00:00Z")
    assert await reasons(client, event_type, "2050-09-05T10:00:00Z") == []


async def test_the_host_learns_which_limit_is_reached(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type(bookingLimitsCount={"day": 1})
    await guest.books(event_type, "2050-09-05T10:00:00Z")
    asked = {"eventTypeId": event_type["id"], "at": "2050-09-05T12:00:00Z", "timeZone": "Europe/Rome"}
    found = data(await ana.client.get("/v2/slots/explain", params=asked))
    assert found["hosts"][0]["reasons"] == [
        {
            "code": "limit",
            "start": "2050-09-05T00:00:00.000+02:00",
            "end": "2050-09-06T00:00:00.000+02:00",
            "limit": "bookingLimitsCount.day",
        }
    ]


def days_ahead(value: int, kind: str, *, rolling: bool = False) -> dict[str, Any]:
    return {"type": kind, "value": value, "rolling": rolling}


def dates(first: str, last: str) -> dict[str, Any]:
    return {"type": "range", "value": [first, last]}


# Friday, three days before the week that is listed.
FRIDAY = datetime(2050, 9, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (days_ahead(4, "calendarDays"), DAYS[:2]),
        (days_ahead(0, "calendarDays"), []),
        (days_ahead(2, "businessDays"), DAYS[:2]),
        (days_ahead(3, "calendarDays", rolling=True), DAYS[:2]),
        (days_ahead(3, "businessDays", rolling=True), DAYS[:2]),
        (dates("2050-09-06", "2050-09-07"), DAYS[1:3]),
    ],
)
async def test_a_booking_window_bounds_the_days(
    ana: Host, client: Client, clock: Clock, window: dict[str, Any], expected: list[str]
) -> None:
    clock.now = FRIDAY
    event_type = await ana.creates_event_type(bookingWindow=window)
    assert await days(client, event_type) == expected


async def test_a_rolling_window_counts_days_that_have_a_slot_whatever_is_asked(
    ana: Host, client: Client, clock: Clock
) -> None:
    clock.now = FRIDAY
    overrides = [{"date": day, "startTime": "00:00", "endTime": "00:00"} for day in DAYS[:2]]
    await ana.creates_schedule(isDefault=True, overrides=overrides)
    event_type = await ana.creates_event_type(bookingWindow=days_ahead(3, "calendarDays", rolling=True))
    assert await days(client, event_type) == DAYS[2:4]
    assert await days(client, event_type, start="2050-09-08", end="2050-09-20") == [DAYS[3]]


async def test_the_last_day_of_a_window_ends_in_the_zone_of_the_query(
    ana: Host, client: Client, clock: Clock
) -> None:
    clock.now = FRIDAY
    row = {"days": ["Tuesday", "Wednesday"], "startTime": "00:00", "endTime": "23:59"}
    await ana.creates_schedule(timeZone="UTC", isDefault=True, availability=[row])
    event_type = await ana.creates_event_type(bookingWindow=days_ahead(2, "businessDays"))
    assert await days(client, event_type) == ["2050-09-06"]
    found = data(
        await client.get(
            "/v2/slots",
            params={"eventTypeId": event_type["id"], **WEEK, "timeZone": "America/Los_Angeles"},
        )
    )
    assert found["2050-09-06"][-1] == {"start": "2050-09-06T23:00:00.000-07:00"}
    assert list(found)[-1] == "2050-09-06"


async def test_a_range_of_dates_is_one_of_the_hosts_zone(ana: Host, client: Client) -> None:
    rows = [{"days": ["Monday", "Tuesday", "Wednesday"], "startTime": "00:00", "endTime": "23:59"}]
    await ana.creates_schedule(timeZone="America/New_York", isDefault=True, availability=rows)
    event_type = await ana.creates_event_type(bookingWindow=dates("2050-09-06", "2050-09-06"))
    listed = data(await client.get("/v2/slots", params={"eventTypeId": event_type["id"], **WEEK}))
    found = [slot["start"] for slots in listed.values() for slot in slots]
    assert (found[0], found[-1]) == ("2050-09-06T04:00:00.000Z", "2050-09-07T03:00:00.000Z")


@pytest.mark.parametrize(
    "window",
    [
        days_ahead(2, "businessDays"),
        days_ahead(2, "businessDays", rolling=True),
        dates("2050-09-05", "2050-09-06"),
    ],
)
async def test_what_a_window_hides_is_refused_for_that_reason(
    ana: Host, client: Client, clock: Clock, window: dict[str, Any]
) -> None:
    clock.now = FRIDAY
    event_type = await ana.creates_event_type(bookingWindow=window)
    assert await reasons(client, event_type, "2050-09-09T10:00:00Z") == ["booking_window"]
    answer = await client.post("/v2/bookings", json=booking_of(event_type["id"], "2050-09-09T10:00:00Z"))
    assert refusal(answer, 400)["details"]["reasons"] == ["booking_window"]


async def test_only_the_first_slot_of_each_day_is_shown_on_request(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type(onlyShowFirstAvailableSlot=True)
    await guest.books(event_type, "2050-09-05T07:00:00Z")
    listed = data(await client.get("/v2/slots", params={"eventTypeId": event_type["id"], **WEEK}))
    assert [len(slots) for slots in listed.values()] == [1] * 5
    assert listed["2050-09-05"] == [{"start": "2050-09-05T08:00:00.000Z"}]


async def test_a_booking_of_another_length_sees_the_window_of_slots_of_that_length(
    ana: Host, client: Client, clock: Clock
) -> None:
    clock.now = FRIDAY
    rows = [
        # Half past nine is on the grid of half hours, but not on that of hours.
        {"days": ["Monday"], "startTime": "09:30", "endTime": "10:30"},
        {"days": ["Tuesday", "Wednesday"], "startTime": "09:00", "endTime": "12:00"},
    ]
    await ana.creates_schedule(isDefault=True, availability=rows)
    event_type = await ana.creates_event_type(
        lengthInMinutes=30,
        lengthInMinutesOptions=[30, 60],
        bookingWindow=days_ahead(2, "calendarDays", rolling=True),
    )
    assert await days(client, event_type) == DAYS[:2]
    assert await days(client, event_type, duration=60) == DAYS[1:3]
    body = booking_of(event_type["id"], "2050-09-07T08:00:00Z")
    refusal(await client.post("/v2/bookings", json=body), 400)
    data(await client.post("/v2/bookings", json={**body, "lengthInMinutes": 60}), 201)
