"""`GET /v2/slots`: which starts are listed, and how (slots.md 2 and 13)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from kalends.app import Api
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.conftest import Clock
from tests.support.client import Client, Guest, Host, booking_of, data, refusal
from tests.support.refusals import WatchedEdge

WEEK = {"start": "2050-09-05", "end": "2050-09-09"}
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONDAY = {"start": "2050-09-05", "end": "2050-09-05"}


async def listed(client: Client, **parameters: Any) -> Any:
    return data(await client.get("/v2/slots", params=parameters))


async def starts(client: Client, **parameters: Any) -> list[str]:
    days = await listed(client, **parameters)
    return [slot["start"] for slots in days.values() for slot in slots]


async def clock_times(client: Client, zone: str = "Europe/Rome", **parameters: Any) -> list[str]:
    return [start[11:16] for start in await starts(client, timeZone=zone, **parameters)]


async def test_a_week_lists_each_working_day_with_its_hours_in_utc(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    days = await listed(client, eventTypeId=event_type["id"], **WEEK)
    assert list(days) == ["2050-09-05", "2050-09-06", "2050-09-07", "2050-09-08", "2050-09-09"]
    assert [len(slots) for slots in days.values()] == [8] * 5
    assert days["2050-09-05"][0] == {"start": "2050-09-05T07:00:00.000Z"}
    assert days["2050-09-05"][-1] == {"start": "2050-09-05T14:00:00.000Z"}


async def test_a_time_zone_writes_local_times_with_their_offset(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    found = await starts(client, eventTypeId=event_type["id"], timeZone="europe/rome", **MONDAY)
    assert found[0] == "2050-09-05T09:00:00.000+02:00"


@pytest.mark.parametrize(
    ("zone", "suffix"), [("UTC", "Z"), ("GMT", "Z"), ("Etc/UTC", "+00:00"), ("Asia/Kolkata", "+05:30")]
)
async def test_only_utc_and_gmt_are_written_with_z(ana: Host, client: Client, zone: str, suffix: str) -> None:
    event_type = await ana.creates_event_type()
    found = await starts(client, eventTypeId=event_type["id"], timeZone=zone, **MONDAY)
    assert {start[23:] for start in found} == {suffix}


@pytest.mark.parametrize("parameter", ["format", "slotFormat"])
@pytest.mark.parametrize("value", ["range", "RANGE"])
async def test_the_range_format_adds_ends(ana: Host, client: Client, parameter: str, value: str) -> None:
    event_type = await ana.creates_event_type()
    days = await listed(client, eventTypeId=event_type["id"], **{parameter: value}, **MONDAY)
    assert days["2050-09-05"][0] == {
        "start": "2050-09-05T07:00:00.000Z",
        "end": "2050-09-05T08:00:00.000Z",
    }


async def test_an_end_at_midnight_means_the_end_of_that_day(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    address = {"eventTypeId": event_type["id"], "start": "2050-09-05"}
    assert len(await starts(client, **address, end="2050-09-05T00:00:00Z")) == 8
    assert len(await starts(client, **address, end="2050-09-06T02:00:00+02:00")) == 16


async def test_slots_lie_entirely_between_start_and_end(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    found = await starts(
        client, eventTypeId=event_type["id"], start="2050-09-05T09:00:00.000Z", end="2050-09-05T12:00:00Z"
    )
    assert [start[11:16] for start in found] == ["09:00", "10:00", "11:00"]


async def test_a_username_and_a_slug_address_an_event_type(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type("chat")
    by_id = await listed(client, eventTypeId=event_type["id"], **WEEK)
    assert await listed(client, eventTypeSlug="chat", username="ana", **WEEK) == by_id


@pytest.mark.parametrize(
    "address",
    [
        {"eventTypeId": "999999"},
        {"eventTypeId": "2147483647"},
        {"eventTypeId": "2147483648"},
        {"eventTypeId": "99999999999"},
        {"eventTypeId": "9" * 40},
        {"eventTypeId": "-5"},
        {"eventTypeSlug": "chat", "username": "nobody"},
        {"eventTypeSlug": "nothing", "username": "ana"},
        {"eventTypeSlug": "chat", "username": "ana", "organizationSlug": "acme"},
        {"eventTypeSlug": "chat", "teamSlug": "ops"},
    ],
)
async def test_an_address_of_nothing_is_404(ana: Host, client: Client, address: dict[str, str]) -> None:
    await ana.creates_event_type("chat")
    refusal(await client.get("/v2/slots", params={**address, **WEEK}), 404)
    at = {"at": "2050-09-05T10:00:00Z"}
    refusal(await client.get("/v2/slots/explain", params={**address, **at}), 404)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"eventTypeId": "1", "organizationSlug": "x"}, "organizationSlug"),
        ({"eventTypeId": "1", "foo": "1"}, "foo"),
        ({"eventTypeId": "abc"}, "eventTypeId"),
        ({"eventTypeId": ""}, "eventTypeId"),
        ({"eventTypeId": ["1", "2"]}, "eventTypeId"),
        ({"eventTypeId": "1", "start": ""}, "start"),
        ({"eventTypeId": "1", "start": "2050-13-01"}, "start"),
        ({"eventTypeId": "1", "end": "2050-09-05 10:00"}, "end"),
        ({"eventTypeId": "1", "timeZone": "Mars/Base"}, "timeZone"),
        ({"eventTypeId": "1", "format": "foo"}, "format"),
        ({"eventTypeId": "1", "format": ["time", "range"]}, "format"),
        ({"eventTypeId": "1", "duration": "-30"}, "duration"),
        ({"eventTypeId": "1", "duration": "long"}, "duration"),
        ({"eventTypeId": "1", "duration": "99999999"}, "duration"),
        ({"usernames": "a", "organizationSlug": "x"}, "usernames"),
        ({"usernames": "a,b"}, "organizationSlug"),
        ({}, "usernames"),
        ({"eventTypeId": "1", "end": "2052-09-05"}, "start and end"),
    ],
)
async def test_a_bad_query_is_refused_by_the_name_of_its_parameter(
    ana: Host, client: Client, parameters: dict[str, Any], named: str
) -> None:
    await ana.creates_event_type()
    response = await client.get("/v2/slots", params={**WEEK, **parameters})
    error = refusal(response, 400)
    assert named in error["message"]
    assert "errors" not in error["details"]


async def test_a_missing_start_is_refused(client: Client) -> None:
    error = refusal(await client.get("/v2/slots", params={"eventTypeId": "1", "end": "2050-09-05"}), 400)
    assert "start" in error["message"]


async def test_the_version_header_is_required_and_any_later_date_is_the_same(
    ana: Host, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    parameters = {"eventTypeId": event_type["id"], **MONDAY}
    error = refusal(await client.request("GET", "/v2/slots", params=parameters, version=None), 400)
    assert "cal-api-version" in error["message"]
    answers = [
        data(await client.request("GET", "/v2/slots", params=parameters, version=version))
        for version in ("2024-08-13", "2024-09-04", "2030-01-01")
    ]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("dates", [("2050-09-10", "2050-09-11"), ("2020-01-01", "2020-01-31")])
async def test_nothing_open_is_an_empty_object(ana: Host, client: Client, dates: tuple[str, str]) -> None:
    event_type = await ana.creates_event_type()
    assert await listed(client, eventTypeId=event_type["id"], start=dates[0], end=dates[1]) == {}


async def test_a_group_of_an_unknown_organization_has_no_slots(client: Client) -> None:
    assert await listed(client, usernames="ana,ben", organizationSlug="acme", **WEEK) == {}
    assert await listed(client, usernames="ana,ben", organizationSlug="acme", username="x", **WEEK) == {}


async def test_an_accepted_booking_hides_its_time_and_a_cancelled_one_shows_it(
    ana: Host, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    body = booking_of(event_type["id"], "2050-09-05T11:00:00Z")
    booking = data(await client.post("/v2/bookings", json=body), 201)
    free = [f"{hour:02}:00" for hour in range(9, 17)]
    busy = [time for time in free if time != "13:00"]
    assert await clock_times(client, eventTypeId=event_type["id"], **MONDAY) == busy
    await client.post(f"/v2/bookings/{booking['uid']}/cancel", json={})
    assert await clock_times(client, eventTypeId=event_type["id"], **MONDAY) == free


async def test_a_booking_of_another_event_type_of_the_host_hides_its_time(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    other = await ana.creates_event_type("other")
    await client.post("/v2/bookings", json=booking_of(other["id"], "2050-09-05T11:00:00Z"))
    assert "13:00" not in await clock_times(client, eventTypeId=event_type["id"], **MONDAY)


async def test_a_host_is_busy_where_they_attend_by_e_mail(ana: Host, ben: Host, client: Client) -> None:
    hers = await ana.creates_event_type()
    his = await ben.creates_event_type()
    body = booking_of(his["id"], "2050-09-05T11:00:00Z")
    body["attendee"]["email"] = ana.email.upper()
    data(await ana.client.post("/v2/bookings", json=body), 201)
    assert "13:00" not in await clock_times(client, eventTypeId=hers["id"], **MONDAY)
    refused = await client.post("/v2/bookings", json=booking_of(hers["id"], "2050-09-05T11:30:00Z"))
    assert refusal(refused, 400)["details"]["reasons"] == ["booking"]


async def test_the_moved_booking_does_not_hide_its_own_time(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    body = booking_of(event_type["id"], "2050-09-05T11:00:00Z")
    booking = data(await client.post("/v2/bookings", json=body), 201)
    found = await clock_times(
        client, eventTypeId=event_type["id"], bookingUidToReschedule=booking["uid"], **MONDAY
    )
    assert "13:00" in found


async def test_buffers_of_both_bookings_lie_between_them(ana: Host, client: Client) -> None:
    hours = [{"days": ["Monday"], "startTime": "09:00", "endTime": "12:00"}]
    schedule = await ana.creates_schedule(timeZone="UTC", availability=hours, isDefault=True)
    booked = await ana.creates_event_type(
        "booked", lengthInMinutes=30, beforeEventBuffer=5, afterEventBuffer=10
    )
    await client.post("/v2/bookings", json=booking_of(booked["id"], "2050-09-05T10:00:00Z"))
    listing = await ana.creates_event_type(
        "listed",
        lengthInMinutes=30,
        beforeEventBuffer=10,
        afterEventBuffer=15,
        scheduleId=schedule["id"],
    )
    found = await clock_times(client, "UTC", eventTypeId=listing["id"], **MONDAY)
    assert found == ["09:00", "11:00", "11:30"]


async def test_an_after_buffer_reaches_into_the_range(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type(afterEventBuffer=90)
    await client.post("/v2/bookings", json=booking_of(event_type["id"], "2050-09-05T08:00:00Z"))
    found = await starts(
        client, eventTypeId=event_type["id"], start="2050-09-05T09:00:00Z", end="2050-09-05T13:00:00Z"
    )
    assert found[0] == "2050-09-05T11:00:00.000Z"


async def test_an_override_replaces_the_hours_of_its_day_only(ana: Host, client: Client) -> None:
    override = {"date": "2050-09-05", "startTime": "14:00", "endTime": "16:00"}
    await ana.creates_schedule(isDefault=True, overrides=[override])
    event_type = await ana.creates_event_type()
    days = await listed(client, eventTypeId=event_type["id"], timeZone="Europe/Rome", **WEEK)
    assert [slot["start"][11:16] for slot in days["2050-09-05"]] == ["14:00", "15:00"]
    assert len(days["2050-09-06"]) == 8


async def test_an_override_without_length_closes_its_day(ana: Host, client: Client) -> None:
    override = {"date": "2050-09-05", "startTime": "00:00", "endTime": "00:00"}
    await ana.creates_schedule(isDefault=True, overrides=[override])
    event_type = await ana.creates_event_type()
    assert "2050-09-05" not in await listed(client, eventTypeId=event_type["id"], **WEEK)


async def test_an_override_outside_the_range_is_not_listed(ana: Host, client: Client) -> None:
    override = {"date": "2050-09-06", "startTime": "14:00", "endTime": "16:00"}
    await ana.creates_schedule(isDefault=True, overrides=[override])
    event_type = await ana.creates_event_type()
    assert list(await listed(client, eventTypeId=event_type["id"], **MONDAY)) == ["2050-09-05"]


async def test_the_event_types_own_schedule_beats_the_default(ana: Host, client: Client) -> None:
    hours = [{"days": ["Monday"], "startTime": "10:00", "endTime": "11:00"}]
    schedule = await ana.creates_schedule(timeZone="UTC", availability=hours)
    event_type = await ana.creates_event_type(scheduleId=schedule["id"])
    assert await starts(client, eventTypeId=event_type["id"], **WEEK) == ["2050-09-05T10:00:00.000Z"]


async def test_a_host_without_any_schedule_works_nine_to_five_in_their_own_zone(
    ana: Host, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    (only,) = data(await ana.client.get("/v2/schedules"))
    await ana.client.delete(f"/v2/schedules/{only['id']}")
    assert len(await starts(client, eventTypeId=event_type["id"], **MONDAY)) == 8
    assert (await starts(client, eventTypeId=event_type["id"], **MONDAY))[0].startswith("2050-09-05T07:00")


async def test_without_a_default_the_first_schedule_counts(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    (only,) = data(await ana.client.get("/v2/schedules"))
    await ana.creates_schedule(availability=[{"days": ["Monday"], "startTime": "20:00", "endTime": "21:00"}])
    await ana.client.delete(f"/v2/schedules/{only['id']}")
    assert await clock_times(client, eventTypeId=event_type["id"], **MONDAY) == ["20:00"]


@pytest.mark.parametrize(
    ("zone", "hours", "dates", "expected"),
    [
        (
            "Europe/Rome",
            ("09:00", "12:00"),
            ("2025-03-29", "2025-03-31"),
            ["08", "09", "10", "07", "08", "09", "07", "08", "09"],
        ),
        ("America/New_York", ("00:00", "04:00"), ("2025-03-09", "2025-03-09"), ["05", "06", "07"]),
        (
            "America/New_York",
            ("00:00", "04:00"),
            ("2025-11-02", "2025-11-02"),
            ["04", "05", "06", "07", "08"],
        ),
        (
            "America/New_York",
            ("09:00", "12:00"),
            ("2025-11-01", "2025-11-03"),
            ["13", "14", "15", "14", "15", "16", "14", "15", "16"],
        ),
    ],
)
async def test_hours_keep_to_the_wall_clock_when_it_changes(
    ana: Host,
    client: Client,
    clock: Clock,
    zone: str,
    hours: tuple[str, str],
    dates: tuple[str, str],
    expected: list[str],
) -> None:
    clock.now = datetime(2025, 1, 1, tzinfo=UTC)
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    row = {"days": days, "startTime": hours[0], "endTime": hours[1]}
    await ana.creates_schedule(timeZone=zone, isDefault=True, availability=[row])
    event_type = await ana.creates_event_type()
    found = await starts(client, eventTypeId=event_type["id"], start=dates[0], end=dates[1])
    assert [start[11:13] for start in found] == expected


async def test_a_duration_changes_length_and_step(ana: Host, client: Client) -> None:
    row = {"days": ["Monday"], "startTime": "09:00", "endTime": "12:00"}
    await ana.creates_schedule(isDefault=True, availability=[row])
    event_type = await ana.creates_event_type(lengthInMinutesOptions=[60, 90])
    found = await listed(
        client,
        eventTypeId=event_type["id"],
        duration="90abc",
        format="range",
        timeZone="Europe/Rome",
        **MONDAY,
    )
    assert [(slot["start"][11:16], slot["end"][11:16]) for slot in found["2050-09-05"]] == [
        ("09:00", "10:30"),
        ("10:30", "12:00"),
    ]


@pytest.mark.parametrize(
    ("lengths", "duration", "named"),
    [({}, 30, "60"), ({"lengthInMinutesOptions": [15, 60, 90]}, 30, "15, 60, 90")],
)
async def test_a_duration_must_be_one_of_the_event_types_own(
    ana: Host, client: Client, lengths: dict[str, Any], duration: int, named: str
) -> None:
    event_type = await ana.creates_event_type(**lengths)
    at = {"at": "2050-09-05T10:00:00Z"}
    for path, asked in (("/v2/slots", MONDAY), ("/v2/slots/explain", at)):
        parameters = {"eventTypeId": event_type["id"], "duration": duration, **asked}
        refused = refusal(await client.get(path, params=parameters), 400)
        assert refused["message"] == f"duration: the lengths of this event type are {named} minutes."
        data(await client.get(path, params={**parameters, "duration": 0}))
        data(await client.get(path, params={**parameters, "duration": 60}))


async def test_with_a_date_as_end_whatever_begins_on_it_is_listed(ana: Host, client: Client) -> None:
    rows = [
        {"days": ["Monday"], "startTime": "22:00", "endTime": "00:00"},
        {"days": ["Tuesday"], "startTime": "00:00", "endTime": "02:00"},
    ]
    await ana.creates_schedule(timeZone="UTC", isDefault=True, availability=rows)
    event_type = await ana.creates_event_type(lengthInMinutes=90)
    address = {"eventTypeId": event_type["id"], "start": "2050-09-05"}
    both = await listed(client, **address, end="2050-09-06")
    assert [slot["start"][11:16] for slot in both["2050-09-05"]] == ["22:00", "23:30"]
    assert [slot["start"][11:16] for slot in both["2050-09-06"]] == ["00:00"]
    for end in ("2050-09-05", "2050-09-05T00:00:00Z"):
        assert await listed(client, **address, end=end) == {"2050-09-05": both["2050-09-05"]}
    inside = await starts(client, **address, end="2050-09-05T23:59:59Z")
    assert [start[11:16] for start in inside] == ["22:00"]
    tuesday = await listed(client, **{**address, "start": "2050-09-06"}, end="2050-09-06")
    assert tuesday == {"2050-09-06": both["2050-09-06"]}
    booked = await client.post("/v2/bookings", json=booking_of(event_type["id"], "2050-09-05T23:30:00Z"))
    assert data(booked, 201)["end"] == "2050-09-06T01:00:00.000Z"
    explained = {**address, "date": "2050-09-05"}
    del explained["start"]
    assert data(await client.get("/v2/slots/explain", params=explained))["isAvailable"]


async def test_what_begins_on_the_last_day_is_not_listed_over_what_is_booked_on_the_next(
    ana: Host, guest: Guest, client: Client
) -> None:
    row = {"days": ["Monday", "Tuesday", "Wednesday"], "startTime": "00:00", "endTime": "23:59"}
    await ana.creates_schedule(timeZone="UTC", isDefault=True, availability=[row])
    long = await ana.creates_event_type("long", lengthInMinutes=36 * 60)
    asked = {"eventTypeId": long["id"], "start": "2050-09-05", "end": "2050-09-05"}
    assert [start[11:16] for start in await starts(client, **asked)] == ["00:00"]
    short = await ana.creates_event_type("short")
    await guest.books(short, "2050-09-06T11:00:00Z")
    assert await starts(client, **asked) == []


async def test_nothing_is_listed_within_the_minimum_notice(ana: Host, client: Client, clock: Clock) -> None:
    event_type = await ana.creates_event_type(minimumBookingNotice=24 * 60)
    clock.now = datetime(2050, 9, 5, 7, 20, 30, 500, tzinfo=UTC)
    found = await starts(client, eventTypeId=event_type["id"], **WEEK)
    assert found[0] == "2050-09-06T08:00:00.000Z"
    assert {start[17:23] for start in found} == {"00.000"}


async def test_days_are_those_of_the_asked_zone(ana: Host, client: Client) -> None:
    row = {"days": ["Monday"], "startTime": "09:00", "endTime": "12:00"}
    await ana.creates_schedule(timeZone="Asia/Kolkata", isDefault=True, availability=[row])
    event_type = await ana.creates_event_type()
    days = await listed(client, eventTypeId=event_type["id"], timeZone="America/Los_Angeles", **MONDAY)
    assert list(days) == ["2050-09-04"]


async def test_more_slots_than_one_answer_may_have_are_refused(ana: Host, client: Client) -> None:
    row = {"days": DAYS, "startTime": "00:00", "endTime": "23:59"}
    await ana.creates_schedule(isDefault=True, availability=[row])
    event_type = await ana.creates_event_type(lengthInMinutesOptions=[1, 60])
    year = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2051-09-05"}
    assert len(await listed(client, **year)) == 366
    assert len(await starts(client, **year | {"end": "2050-09-11"}, duration=1)) == 7 * 24 * 60
    response = await client.get(
        "/v2/slots", params={**year, "duration": 1, "format": "range", "slotUids": "true"}
    )
    message = refusal(response, 400)["message"]
    assert message.startswith("start, end and duration")
    assert "50000" in message


async def test_slots_are_counted_without_what_keeps_some_of_them(
    ana: Host, client: Client, settings: Settings, clock: Clock
) -> None:
    event_type = await ana.creates_event_type(lengthInMinutesOptions=[60, 120])
    asked = {"eventTypeId": event_type["id"], **MONDAY}
    longer = {**asked, "end": "2050-09-06T08:00:00Z"}
    app = Api(make_runtime(settings.model_copy(update={"slots_most": 8}), clock=clock))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=WatchedEdge(app))
        async with Client(transport=transport, base_url="http://kalends.test") as small:
            assert len(await starts(small, **asked)) == 8
            assert len(await starts(small, **longer, duration=120)) == 4
            refusal(await small.get("/v2/slots", params=longer), 400)
            reservation = {"eventTypeId": event_type["id"], "slotStart": "2050-09-05T10:00:00Z"}
            data(await client.post("/v2/slots/reservations", json=reservation), 201)
            refusal(await small.get("/v2/slots", params=longer), 400)
            booking = booking_of(event_type["id"], "2050-09-05T12:00:00Z")
            data(await client.post("/v2/bookings", json=booking), 201)
            assert len(await starts(small, **longer)) == 7


async def test_slot_uids_are_added_on_request(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    days = await listed(client, eventTypeId=event_type["id"], slotUids="true", **MONDAY)
    uids = [slot["slotUid"] for slot in days["2050-09-05"]]
    assert len(set(uids)) == 8


async def test_an_unknown_api_key_is_refused_but_another_bad_credential_is_ignored(
    ana: Host, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    parameters = {"eventTypeId": event_type["id"], **MONDAY}
    unknown = {"Authorization": "Bearer cal_" + "0" * 32}
    refusal(await client.get("/v2/slots", params=parameters, headers=unknown), 401)
    assert data(await client.get("/v2/slots", params=parameters, headers={"Authorization": "Bearer x"}))


async def test_listing_takes_a_constant_number_of_statements(
    ana: Host, client: Client, clock: Clock, count_statements: Any
) -> None:
    event_type = await ana.creates_event_type()
    with count_statements() as short:
        await listed(client, eventTypeId=event_type["id"], **MONDAY)
    for day in range(5, 10):
        for hour in (8, 10, 12):
            start = datetime(2050, 9, day, hour, tzinfo=UTC) + timedelta(minutes=0)
            body = booking_of(event_type["id"], start.isoformat())
            data(await client.post("/v2/bookings", json=body), 201)
    with count_statements() as long:
        await listed(client, eventTypeId=event_type["id"], start="2050-09-01", end="2051-08-31")
    assert short.count == long.count == 1


@pytest.mark.parametrize(
    "dates",
    [
        {"start": "1000-01-02", "end": "1000-02-01"},
        {"start": "8999-12-01", "end": "8999-12-30"},
    ],
)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
async def test_the_first_and_the_last_year_have_an_answer(
    ana: Host, client: Client, dates: dict[str, str], zone: str
) -> None:
    window = {"type": "businessDays", "value": 2, "rolling": True}
    event_type = await ana.creates_event_type(bookingLimitsCount={"year": 1}, bookingWindow=window)
    assert await listed(client, eventTypeId=event_type["id"], timeZone=zone, **dates) == {}
    free = await ana.creates_event_type("free")
    days = await listed(client, eventTypeId=free["id"], timeZone=zone, **dates)
    assert bool(days) == (dates["start"] > "8")
