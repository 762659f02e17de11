"""What settings exclude each other, and what a change keeps (event-types.md 6.9 to 6.11, 11.3, B1-B5)."""

import asyncio
from typing import Any

import httpx
import pytest

from kalends.db.database import Database
from tests.event_types.settings import (
    ALWAYS,
    BY_NOTICE,
    INTRO,
    OFF,
    SEATS,
    URL,
    WEEKLY,
    changed,
    created,
    slugs,
)
from tests.event_types.test_locations import stores
from tests.support.client import Host, booking_of, broken_properties, data, refusal

TWO_LOCATIONS = [{"type": "attendeeDefined"}, {"type": "attendeePhone"}]
EXCLUDED: list[tuple[str, Any, Any]] = [
    ("locations", TWO_LOCATIONS, TWO_LOCATIONS[:1]),
    ("confirmationPolicy", ALWAYS, OFF),
    ("confirmationPolicy", BY_NOTICE, OFF),
    ("recurrence", WEEKLY, OFF),
]


@pytest.mark.parametrize(("name", "value", "off"), EXCLUDED, ids=str)
async def test_seats_exclude_other_settings_and_a_refusal_leaves_the_slug_free(
    ana: Host, name: str, value: Any, off: Any
) -> None:
    error = refusal(await ana.client.post(URL, json={**INTRO, "seats": SEATS, name: value}), 400)
    assert error["code"] == _code_of(name)
    assert "seats" in error["message"]
    assert name in error["message"]
    assert "intro" not in await slugs(ana)
    made = await created(ana, **{"seats": SEATS, name: off})
    assert made["seats"] == {**SEATS, "disabled": False}


@pytest.mark.parametrize(("name", "value", "off"), EXCLUDED, ids=str)
async def test_the_final_state_of_a_change_decides_whether_settings_exclude_each_other(
    ana: Host, name: str, value: Any, off: Any
) -> None:
    seated = await created(ana, seats=SEATS)
    url = f"{URL}/{seated['id']}"
    error = refusal(await ana.client.patch(url, json={"title": "New", name: value}), 400)
    assert name in error["message"]
    assert error["code"] == _code_of(name)
    assert data(await ana.client.get(url)) == seated
    for off_seats in (OFF, {**SEATS, "disabled": True}):
        await changed(ana, seated, **{"seats": off_seats, name: value})
        refusal(await ana.client.patch(url, json={"seats": SEATS}), 400)
        after = await changed(ana, seated, **{"seats": SEATS, name: off})
        assert after["seats"] == {**SEATS, "disabled": False}


def _code_of(excluded: str) -> str:
    return "TRPCError" if excluded == "recurrence" else "BadRequestException"


FULL: dict[str, Any] = {
    "description": "Hello",
    "lengthInMinutesOptions": [15, 45],
    "locations": TWO_LOCATIONS,
    "bookingFields": [{"type": "name", "label": "Who?"}, {"slug": "title"}],
    "disableGuests": True,
    "slotInterval": 15,
    "minimumBookingNotice": 0,
    "beforeEventBuffer": 5,
    "afterEventBuffer": 10,
    "bookingLimitsCount": {"day": 3},
    "bookingLimitsDuration": {"week": 600},
    "onlyShowFirstAvailableSlot": True,
    "offsetStart": 5,
    "bookingWindow": {"type": "businessDays", "value": 20, "rolling": True},
    "bookerLayouts": {"defaultLayout": "week", "enabledLayouts": ["week", "month"]},
    "confirmationPolicy": {**BY_NOTICE, "blockUnconfirmedBookingsInBooker": True},
    "recurrence": WEEKLY,
    "requiresBookerEmailVerification": True,
    "hideCalendarNotes": True,
    "hideCalendarEventDetails": True,
    "hideOrganizerEmail": True,
    "lockTimeZoneToggleOnBookingPage": True,
    "color": {"lightThemeHex": "#fff", "darkThemeHex": "#000"},
    "customName": "{Organiser} x {Scheduler}",
    "successRedirectUrl": "https://acme.example/thanks",
    "interfaceLanguage": "de",
}
ONE_BY_ONE: dict[str, Any] = {
    "title": "New",
    "slug": "new",
    "lengthInMinutes": 90,
    "description": "New",
    "lengthInMinutesOptions": [90],
    "locations": TWO_LOCATIONS[1:],
    "slotInterval": 20,
    "minimumBookingNotice": 7,
    "beforeEventBuffer": 0,
    "afterEventBuffer": 0,
    "bookingLimitsCount": {},
    "bookingLimitsDuration": {"day": 60},
    "onlyShowFirstAvailableSlot": False,
    "offsetStart": 6,
    "bookingWindow": {"type": "range", "value": ["2031-02-01", "2031-02-10"]},
    "bookerLayouts": {"defaultLayout": "column", "enabledLayouts": ["column"]},
    "confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": False},
    "recurrence": {**WEEKLY, "interval": 1, "disabled": False},
    "requiresBookerEmailVerification": False,
    "hideCalendarNotes": False,
    "hideCalendarEventDetails": False,
    "hideOrganizerEmail": False,
    "lockTimeZoneToggleOnBookingPage": False,
    "color": {"lightThemeHex": "#abc", "darkThemeHex": "#abcd"},
    "customName": "",
    "useDestinationCalendarEmail": False,
    "successRedirectUrl": "acme.example",
    "interfaceLanguage": "pt-BR",
}


@pytest.mark.parametrize("name", ONE_BY_ONE)
async def test_a_change_of_one_setting_keeps_all_others(ana: Host, name: str) -> None:
    made = await created(ana, **FULL)
    after = await changed(ana, made, **{name: ONE_BY_ONE[name]})
    metadata = {"multipleDuration": after["lengthInMinutesOptions"]}
    assert after == {**made, "metadata": metadata, name: ONE_BY_ONE[name]}


async def test_a_change_of_the_title_keeps_seats_and_a_series_ends_when_it_is_disabled(ana: Host) -> None:
    layouts = {"defaultLayout": "week", "enabledLayouts": ["week"]}
    seated = await created(ana, seats=SEATS, lengthInMinutesOptions=[15, 30], bookerLayouts=layouts)
    assert await changed(ana, seated, title="New") == {**seated, "title": "New"}
    repeated = await created(ana, slug="repeated", recurrence=WEEKLY)
    assert await changed(ana, repeated, recurrence=OFF) == {**repeated, "recurrence": None}


async def test_an_empty_change_keeps_everything(ana: Host) -> None:
    made = await created(ana, **FULL)
    assert await changed(ana, made) == made
    seated = await created(ana, slug="seated", seats=SEATS)
    assert await changed(ana, seated) == seated
    for nothing in ({}, {"disabled": False}, None):
        assert await changed(ana, seated, seats=nothing) == seated


@pytest.mark.parametrize(
    "name",
    ["description", "slotInterval", "scheduleId", "customName", "successRedirectUrl", "interfaceLanguage"],
)
async def test_null_clears_what_may_be_empty(ana: Host, name: str) -> None:
    schedule = await ana.creates_schedule()
    made = await created(ana, **FULL, scheduleId=schedule["id"])
    never_set = await created(ana, slug="plain", title=made["title"])
    after = await changed(ana, made, **{name: None})
    assert after.get(name) == never_set.get(name)
    assert {**after, name: 0} == {**made, name: 0}
    assert await created(ana, slug="null", **{name: None}) == {
        **never_set,
        "id": never_set["id"] + 1,
        "slug": "null",
    }


@pytest.mark.parametrize(
    "name",
    [
        "locations",
        "bookingFields",
        "bookingLimitsCount",
        "bookingLimitsDuration",
        "bookingWindow",
        "bookerLayouts",
        "confirmationPolicy",
        "recurrence",
        "color",
        "seats",
        "destinationCalendar",
    ],
)
async def test_null_of_an_object_or_array_says_nothing(ana: Host, name: str) -> None:
    made = await created(ana, **FULL)
    assert await changed(ana, made, **{name: None}) == made
    never_set = await created(ana, slug="plain")
    assert await created(ana, slug="null", **{name: None}) == {
        **never_set,
        "id": never_set["id"] + 1,
        "slug": "null",
    }


@pytest.mark.parametrize(
    "name",
    [
        "lengthInMinutes",
        "lengthInMinutesOptions",
        "title",
        "slug",
        "disableGuests",
        "minimumBookingNotice",
        "beforeEventBuffer",
        "afterEventBuffer",
        "onlyShowFirstAvailableSlot",
        "offsetStart",
        "requiresBookerEmailVerification",
        "hideCalendarNotes",
        "hideCalendarEventDetails",
        "hideOrganizerEmail",
        "lockTimeZoneToggleOnBookingPage",
        "useDestinationCalendarEmail",
    ],
)
async def test_null_is_refused_where_something_must_be(ana: Host, name: str) -> None:
    assert broken_properties(refusal(await ana.client.post(URL, json={**INTRO, name: None}), 400)) == {name}
    made = await created(ana)
    url = f"{URL}/{made['id']}"
    assert broken_properties(refusal(await ana.client.patch(url, json={name: None}), 400)) == {name}
    assert data(await ana.client.get(url)) == made


async def test_a_policy_that_does_not_say_whether_it_blocks_keeps_that(ana: Host) -> None:
    made = await created(ana, confirmationPolicy=ALWAYS)
    after = await changed(
        ana, made, confirmationPolicy={"type": "time", "noticeThreshold": {"unit": "hours", "count": 2}}
    )
    assert after["confirmationPolicy"] == {**BY_NOTICE, "blockUnconfirmedBookingsInBooker": True}
    after = await changed(ana, made, confirmationPolicy={"type": "always"})
    assert after["confirmationPolicy"] == ALWAYS
    await changed(ana, made, confirmationPolicy=OFF)
    after = await changed(ana, made, confirmationPolicy={"type": "always"})
    assert after["confirmationPolicy"] == {**ALWAYS, "blockUnconfirmedBookingsInBooker": False}


async def test_a_request_takes_its_time_from_all_event_types_as_the_policy_was(ana: Host, ben: Host) -> None:
    day = {"start": "2050-09-05", "end": "2050-09-05"}

    async def offered(event_type: dict[str, Any]) -> bool:
        slots = data(await ben.client.get("/v2/slots", params={"eventTypeId": event_type["id"], **day}))
        return any(slot["start"].startswith("2050-09-05T10:00") for slot in slots.get("2050-09-05", []))

    async def asks(event_type: dict[str, Any]) -> httpx.Response:
        return await ben.client.post(
            "/v2/bookings", json=booking_of(event_type["id"], "2050-09-05T10:00:00Z")
        )

    ask = await ana.creates_event_type("ask", confirmationPolicy=ALWAYS)
    intro = await ana.creates_event_type()
    request = data(await asks(ask), 201)
    await changed(ana, ask, confirmationPolicy={**ALWAYS, "blockUnconfirmedBookingsInBooker": False})
    for event_type in (ask, intro):
        assert not await offered(event_type)
    assert refusal(await asks(intro), 400)["details"]["reasons"] == ["booking"]
    url = f"/v2/bookings/{request['uid']}"
    data(await ana.client.post(f"{url}/decline", json={}))
    assert data(await asks(ask), 201)["status"] == "pending"
    for event_type in (ask, intro):
        assert await offered(event_type)


async def test_what_the_api_cannot_write_of_the_metadata_is_kept(ana: Host, database: Database) -> None:
    made = await created(ana, lengthInMinutesOptions=[15])
    stored = {"multipleDuration": [15], "additionalNotesRequired": True}
    await stores(database, made["id"], "metadata", stored)
    after = await changed(ana, made, title="New", confirmationPolicy=BY_NOTICE)
    assert after["metadata"] == stored
    after = await changed(ana, made, lengthInMinutesOptions=[30], confirmationPolicy=OFF)
    assert after["metadata"] == {**stored, "multipleDuration": [30]}
    assert after["confirmationPolicy"] == OFF


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (
            {"destinationCalendar": {"integration": "google_calendar", "externalId": "ana@example.com"}},
            "destinationCalendar",
        ),
        ({"useDestinationCalendarEmail": True}, "useDestinationCalendarEmail"),
        ({"locations": [{"type": "integration", "integration": "zoom"}]}, "locations.0.integration"),
    ],
)
async def test_what_is_not_connected_is_refused_and_changes_nothing(
    ana: Host, ben: Host, sent: dict[str, Any], named: str
) -> None:
    assert named in refusal(await ana.client.post(URL, json={**INTRO, **sent}), 400)["message"]
    assert "intro" not in await slugs(ana)
    made = await created(ana)
    url = f"{URL}/{made['id']}"
    for host in (ana, ben):
        assert named in refusal(await host.client.patch(url, json={**sent, "title": "New"}), 400)["message"]
    assert data(await ana.client.get(url)) == made


async def test_a_schedule_must_be_the_owners(ana: Host, ben: Host) -> None:
    schedule = await ben.creates_schedule()
    sent = {"scheduleId": schedule["id"]}
    refusal(await ana.client.post(URL, json={**INTRO, **sent}), 404)
    assert "intro" not in await slugs(ana)
    made = await created(ana)
    for unknown in (sent, {"scheduleId": 999_999}):
        error = refusal(await ana.client.patch(f"{URL}/{made['id']}", json={**unknown, "title": "New"}), 404)
        assert "scheduleId" in error["message"]
    assert data(await ana.client.get(f"{URL}/{made['id']}")) == made


async def test_a_bad_change_of_somebody_elses_event_type_is_bad_before_it_is_unknown(
    ana: Host, ben: Host
) -> None:
    made = await created(ana)
    url = f"{URL}/{made['id']}"
    refusal(await ben.client.patch(url, json={"title": 5}), 400)
    refusal(await ben.client.patch(url, json={"locations": [{}]}), 400)
    refusal(await ben.client.patch(url, json={"title": "Mine"}), 404)
    assert data(await ana.client.get(url)) == made


async def test_slugs_are_not_told_apart_by_case_or_blanks(ana: Host) -> None:
    assert (await created(ana, slug=" Intro "))["slug"] == "intro"
    for slug in ("intro", "Intro", " intro "):
        answer = await ana.client.post(URL, json={**INTRO, "slug": slug})
        assert "'intro'" in refusal(answer, 400)["message"]


async def test_of_several_requests_for_one_slug_one_is_served(ana: Host) -> None:
    answers = await asyncio.gather(*(ana.client.post(URL, json=INTRO) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, *[400] * 7]
    assert all("slug" in answer.text for answer in answers)
    first = next(answer for answer in answers if answer.status_code == 201).json()["data"]
    second = await created(ana, slug="second")
    changes = (
        ana.client.patch(f"{URL}/{event_type['id']}", json={"slug": "third"})
        for event_type in (first, second)
    )
    assert sorted([answer.status_code for answer in await asyncio.gather(*changes)]) == [200, 400]


async def test_simultaneous_changes_never_add_up_to_what_is_excluded(ana: Host) -> None:
    for name, value, _ in EXCLUDED:
        made = await created(ana, slug=f"{name} {value}")
        url = f"{URL}/{made['id']}"
        changes = [ana.client.patch(url, json=change) for change in ({"seats": SEATS}, {name: value}) * 3]
        answers = await asyncio.gather(*changes)
        assert {answer.status_code for answer in answers} <= {200, 400}
        final = data(await ana.client.get(url))
        is_seated = final["seats"] != OFF
        is_set = final[name] != made[name]
        assert (is_seated, is_set) in ((True, False), (False, True))


async def test_simultaneous_changes_of_different_settings_all_last(ana: Host) -> None:
    made = await created(ana)
    url = f"{URL}/{made['id']}"
    changes = {
        "lengthInMinutesOptions": [15, 30],
        "bookerLayouts": {"defaultLayout": "week", "enabledLayouts": ["week"]},
        "confirmationPolicy": BY_NOTICE,
        "title": "New",
        "disableGuests": True,
    }
    requests = (ana.client.patch(url, json={name: value}) for name, value in changes.items())
    for answer in await asyncio.gather(*requests):
        data(answer)
    final = data(await ana.client.get(url))
    assert {name: final[name] for name in changes} == changes
