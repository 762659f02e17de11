"""The settings of an event type: what is sent is read back, what breaks a rule is refused by name
(event-types.md 6.1 to 6.9)."""

from typing import Any

import pytest

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
from tests.support.client import Client, Host, booking_of, broken_properties, data, refusal

ECHOED: list[dict[str, Any]] = [
    {"lengthInMinutesOptions": [15, 30]},
    {"title": "", "slug": "gruß-gott-b"},
    {"description": "Zwei\nZeilen"},
    {"slotInterval": 0},
    {"bookingLimitsCount": {"day": 2, "week": 5}},
    {"bookingLimitsCount": {"week": 5, "day": 5}},
    {"bookingLimitsCount": {"year": 1}},
    {"bookingLimitsCount": {}},
    {"bookingLimitsDuration": {"day": 60, "week": 100, "month": 100, "year": 1001}},
    {"bookingLimitsDuration": {"day": 15}},
    {"onlyShowFirstAvailableSlot": True},
    {"bookingWindow": {"type": "range", "value": ["2031-02-01", "2031-02-10"]}},
    {"bookingWindow": {"type": "range", "value": ["2031-02-01", "2031-02-01"]}},
    {"bookingWindow": {"type": "businessDays", "value": 0, "rolling": True}},
    {"bookingWindow": {"type": "calendarDays", "value": 30, "rolling": False}},
    {"bookingWindow": OFF},
    {"bookerLayouts": {"defaultLayout": "week", "enabledLayouts": ["month", "week"]}},
    {"bookerLayouts": {"defaultLayout": "column", "enabledLayouts": ["column"]}},
    {"confirmationPolicy": ALWAYS},
    {"confirmationPolicy": BY_NOTICE},
    {"confirmationPolicy": OFF},
    {"requiresBookerEmailVerification": True},
    {"hideCalendarNotes": True},
    {"hideCalendarEventDetails": True},
    {"hideOrganizerEmail": True},
    {"lockTimeZoneToggleOnBookingPage": True},
    {"color": {"lightThemeHex": "#fff", "darkThemeHex": "292929AA"}},
    {"seats": OFF},
    {"customName": "{Organiser} x {Scheduler}: {Event type title}"},
    {"customName": "{HOST/ATTENDEE} {Organiser first name} {Scheduler last name} {Event duration}"},
    {"customName": "a } before, {} between, { after"},
    {"customName": ""},
    {"useDestinationCalendarEmail": False},
    {"successRedirectUrl": "https://acme.example/thanks?a=b#c"},
    {"successRedirectUrl": "acme.example/thanks"},
    {"successRedirectUrl": "http://192.0.2.7:8080"},
    {"interfaceLanguage": "pt-BR"},
    {"offsetStart": 0},
    {"successRedirectUrl": ""},
    {"locations": []},
    {"hidden": True},
    {"disableCancelling": {"disabled": True}},
    {"disableRescheduling": {"disabled": True}},
    {"disableRescheduling": {"disabled": False, "minutesBefore": 60}},
    {"disableRescheduling": {"disabled": False, "minutesBefore": 0}},
    {"allowReschedulingPastBookings": True},
    {"allowReschedulingCancelledBookings": True},
    {"bookerActiveBookingsLimit": {"maximumActiveBookings": 3, "offerReschedule": True}},
    {"bookingRequiresAuthentication": True},
    {"calVideoSettings": {"disableRecordingForGuests": True, "redirectUrlOnExit": "https://acme.example"}},
    {"showOptimizedSlots": True},
]


@pytest.mark.parametrize("sent", ECHOED, ids=str)
async def test_a_setting_is_read_back_as_it_was_sent(ana: Host, sent: dict[str, Any]) -> None:
    made = await created(ana, **sent)
    assert {name: made[name] for name in sent} == sent
    assert data(await ana.client.get(f"{URL}/{made['id']}")) == made
    plain = await created(ana, slug="plain", title="Plain")
    assert await changed(ana, plain, **{"title": "Plain", **sent, "slug": "other"}) == {
        **made,
        "id": plain["id"],
        "slug": "other",
        "title": sent.get("title", "Plain"),
    }


COMPLETED: list[tuple[dict[str, Any], Any]] = [
    ({"recurrence": WEEKLY}, {**WEEKLY, "disabled": False}),
    ({"recurrence": {**WEEKLY, "frequency": "yearly", "disabled": True}}, None),
    ({"recurrence": OFF}, None),
    ({"recurrence": None}, None),
    ({"seats": SEATS}, {**SEATS, "disabled": False}),
    ({"seats": {**SEATS, "disabled": True}}, OFF),
    ({"seats": {}}, OFF),
    ({"seats": {"disabled": False}}, OFF),
    (
        {"bookingWindow": {"type": "calendarDays", "value": 20}},
        {"type": "calendarDays", "value": 20, "rolling": False},
    ),
    ({"bookingWindow": {"type": "weeks", "disabled": True}}, OFF),
    (
        {"bookingWindow": {"type": "range", "value": ["2031-02-01T23:30:00-01:00", "2031-03"]}},
        {"type": "range", "value": ["2031-02-02", "2031-03-01"]},
    ),
    ({"bookingLimitsCount": OFF}, {}),
    ({"bookingLimitsCount": {"day": "many", "disabled": True}}, {}),
    ({"bookingLimitsCount": {"day": 2, "disabled": False}}, {"day": 2}),
    ({"bookingLimitsDuration": {"day": 30, "disabled": False}}, {"day": 30}),
    (
        {"confirmationPolicy": {"type": "always"}},
        {"type": "always", "blockUnconfirmedBookingsInBooker": False},
    ),
    (
        {"confirmationPolicy": {**BY_NOTICE, "type": "always"}},
        {**ALWAYS, "blockUnconfirmedBookingsInBooker": False},
    ),
    ({"confirmationPolicy": {"disabled": True, "type": "never"}}, OFF),
    ({"slotInterval": 30.0}, 30),
    ({"disableCancelling": {}}, {"disabled": False}),
    ({"disableRescheduling": {"minutesBefore": 60}}, {"disabled": False, "minutesBefore": 60}),
    ({"disableRescheduling": {"disabled": False, "minutesBefore": None}}, {"disabled": False}),
    (
        {"bookerActiveBookingsLimit": {"maximumActiveBookings": 2}},
        {"maximumActiveBookings": 2, "offerReschedule": False},
    ),
]


@pytest.mark.parametrize(("sent", "read"), COMPLETED, ids=str)
async def test_a_setting_is_read_back_complete(ana: Host, sent: dict[str, Any], read: Any) -> None:
    (name,) = sent
    made = await created(ana, **sent)
    assert made[name] == read
    plain = await created(ana, slug="plain")
    assert (await changed(ana, plain, **sent))[name] == read


@pytest.mark.parametrize(
    "name",
    [
        "bookerLayouts",
        "bookingLimitsCount",
        "bookingLimitsDuration",
        "color",
        "customName",
        "destinationCalendar",
        "interfaceLanguage",
        "lengthInMinutesOptions",
    ],
)
async def test_what_was_never_set_is_absent(ana: Host, name: str) -> None:
    assert name not in await created(ana)


async def test_length_options_are_in_the_metadata_too_and_layouts_and_notice_are_not(ana: Host) -> None:
    made = await created(
        ana,
        lengthInMinutesOptions=[15, 30],
        bookerLayouts={"defaultLayout": "week", "enabledLayouts": ["week"]},
        confirmationPolicy=BY_NOTICE,
    )
    assert made["metadata"] == {"multipleDuration": [15, 30]}
    assert (await changed(ana, made, title="New"))["metadata"] == {"multipleDuration": [15, 30]}


async def test_an_interface_language_is_cleared_by_null_and_by_nothing(ana: Host) -> None:
    for nothing in (None, ""):
        made = await created(ana, slug=f"for {nothing}", interfaceLanguage="de")
        assert "interfaceLanguage" not in await changed(ana, made, interfaceLanguage=nothing)
        assert "interfaceLanguage" not in await created(ana, slug=f"of {nothing}", interfaceLanguage=nothing)


REFUSED: list[tuple[str, Any]] = [
    ("lengthInMinutes", 0),
    ("lengthInMinutes", -5),
    ("lengthInMinutes", 1.5),
    ("lengthInMinutes", "45"),
    ("lengthInMinutes", True),
    ("lengthInMinutes", 10**12),
    ("lengthInMinutesOptions", []),
    ("lengthInMinutesOptions", [15, 15]),
    ("lengthInMinutesOptions", ["15"]),
    ("lengthInMinutesOptions", [0]),
    ("lengthInMinutesOptions", 15),
    ("title", 5),
    ("title", "a\0b"),
    ("title", "a" * 5001),
    ("slug", ["intro"]),
    ("slug", "a" * 501),
    ("description", 5),
    ("disableGuests", "true"),
    ("slotInterval", -5),
    ("slotInterval", "15"),
    ("minimumBookingNotice", -1),
    ("beforeEventBuffer", -1),
    ("afterEventBuffer", 1.5),
    ("scheduleId", "1"),
    ("scheduleId", 0),
    ("bookingLimitsCount", 5),
    ("bookingLimitsCount", []),
    ("bookingLimitsCount", {"day": 0}),
    ("bookingLimitsCount", {"day": 1.5}),
    ("bookingLimitsCount", {"day": None}),
    ("bookingLimitsCount", {"day": "5"}),
    ("bookingLimitsCount", {"day": 5, "week": 3}),
    ("bookingLimitsCount", {"day": 5, "year": 3}),
    ("bookingLimitsCount", {"week": 5, "month": 9, "year": 8}),
    ("bookingLimitsCount", {"day": 1, "decade": 3}),
    ("bookingLimitsCount", {"day": 1, "disabled": "no"}),
    ("bookingLimitsDuration", {"day": 14}),
    ("bookingLimitsDuration", {"day": 60, "month": 45}),
    ("bookingLimitsDuration", {"hour": 60}),
    ("onlyShowFirstAvailableSlot", 1),
    ("offsetStart", -1),
    ("hidden", 1),
    ("hidden", None),
    ("disableCancelling", True),
    ("disableCancelling", {"disabled": "yes"}),
    ("disableRescheduling", {"minutesBefore": -1}),
    ("disableRescheduling", {"minutesBefore": 1.5}),
    ("disableRescheduling", {"disabled": True, "minutesBefore": 60}),
    ("allowReschedulingPastBookings", "no"),
    ("allowReschedulingCancelledBookings", None),
    ("bookerActiveBookingsLimit", 3),
    ("bookerActiveBookingsLimit", {"maximumActiveBookings": 0}),
    ("bookerActiveBookingsLimit", {"offerReschedule": True}),
    ("bookerActiveBookingsLimit", {"maximumActiveBookings": 1, "offerReschedule": 1}),
    ("bookingRequiresAuthentication", "true"),
    ("calVideoSettings", []),
    ("calVideoSettings", {"disableRecordingForGuests": 1}),
    ("calVideoSettings", {"redirectUrlOnExit": "http://localhost"}),
    ("showOptimizedSlots", 0),
    ("bookingWindow", "20"),
    ("bookingWindow", {}),
    ("bookingWindow", {"disabled": False}),
    ("bookingWindow", {"type": "weeks", "value": 1}),
    ("bookingWindow", {"type": ["range"], "value": 1}),
    ("bookingWindow", {"type": "calendarDays"}),
    ("bookingWindow", {"type": "calendarDays", "value": "20"}),
    ("bookingWindow", {"type": "calendarDays", "value": -1}),
    ("bookingWindow", {"type": "businessDays", "value": 1.5}),
    ("bookingWindow", {"type": "businessDays", "value": 36_501}),
    ("bookingWindow", {"type": "businessDays", "value": 1, "rolling": "true"}),
    ("bookingWindow", {"type": "range", "value": "2031-02-01"}),
    ("bookingWindow", {"type": "range", "value": ["2031-02-01"]}),
    ("bookingWindow", {"type": "range", "value": ["2031-02-01", "2031-02-02", "2031-02-03"]}),
    ("bookingWindow", {"type": "range", "value": ["2031-02-10", "2031-02-01"]}),
    ("bookingWindow", {"type": "range", "value": ["2031-02-30", "2031-03-01"]}),
    ("bookingWindow", {"type": "range", "value": ["soon", "later"]}),
    ("bookerLayouts", {"defaultLayout": "week", "enabledLayouts": ["month"]}),
    ("bookerLayouts", {"defaultLayout": "day", "enabledLayouts": ["day"]}),
    ("bookerLayouts", {"defaultLayout": "week", "enabledLayouts": []}),
    ("bookerLayouts", {"enabledLayouts": ["week"]}),
    ("bookerLayouts", {"defaultLayout": "week"}),
    ("bookerLayouts", "week"),
    ("confirmationPolicy", {}),
    ("confirmationPolicy", {"disabled": False}),
    ("confirmationPolicy", {"type": "never"}),
    ("confirmationPolicy", {"type": "always", "blockUnconfirmedBookingsInBooker": "no"}),
    ("confirmationPolicy", {"type": "time", "blockUnconfirmedBookingsInBooker": True}),
    ("confirmationPolicy", {**BY_NOTICE, "noticeThreshold": {"unit": "hours"}}),
    ("confirmationPolicy", {**BY_NOTICE, "noticeThreshold": {"unit": "days", "count": 2}}),
    ("confirmationPolicy", {**BY_NOTICE, "noticeThreshold": {"unit": ["hours"], "count": 2}}),
    ("confirmationPolicy", {**BY_NOTICE, "noticeThreshold": {"unit": "hours", "count": 2.5}}),
    ("confirmationPolicy", {**BY_NOTICE, "noticeThreshold": {"unit": "hours", "count": -2}}),
    ("recurrence", {}),
    ("recurrence", {"disabled": False}),
    ("recurrence", {"occurrences": 6, "frequency": "weekly"}),
    ("recurrence", {"interval": 2, "disabled": True}),
    ("recurrence", {**WEEKLY, "interval": 1.5}),
    ("recurrence", {**WEEKLY, "interval": 0}),
    ("recurrence", {**WEEKLY, "occurrences": 0}),
    ("recurrence", {**WEEKLY, "occurrences": 367}),
    ("recurrence", {**WEEKLY, "frequency": "daily"}),
    ("requiresBookerEmailVerification", 1),
    ("hideCalendarNotes", "yes"),
    ("hideCalendarEventDetails", 0),
    ("hideOrganizerEmail", "no"),
    ("lockTimeZoneToggleOnBookingPage", []),
    ("color", {"lightThemeHex": "#fff"}),
    ("color", {"lightThemeHex": "white", "darkThemeHex": "#000"}),
    ("color", {"lightThemeHex": "#fffff", "darkThemeHex": "#000"}),
    ("color", {"lightThemeHex": "#fff", "darkThemeHex": 0}),
    ("color", "#fff"),
    ("seats", 5),
    ("seats", {**SEATS, "seatsPerTimeSlot": 1001}),
    ("seats", {**SEATS, "seatsPerTimeSlot": 0}),
    ("seats", {**SEATS, "seatsPerTimeSlot": None}),
    ("seats", {**SEATS, "seatsPerTimeSlot": "5"}),
    ("seats", {"seatsPerTimeSlot": 5, "showAttendeeInfo": True}),
    ("seats", {"seatsPerTimeSlot": 5, "disabled": True}),
    ("seats", {"disabled": "yes"}),
    ("customName", "{Foo}"),
    ("customName", "{Organiser} and {organiser}"),
    ("customName", 5),
    ("destinationCalendar", {"integration": "google_calendar"}),
    ("destinationCalendar", {"integration": 5, "externalId": "a"}),
    ("destinationCalendar", "google_calendar"),
    ("useDestinationCalendarEmail", "yes"),
    ("successRedirectUrl", "http://localhost:3000"),
    ("successRedirectUrl", "gopher://acme.example"),
    ("successRedirectUrl", "https://acme.example/a b"),
    ("successRedirectUrl", " "),
    ("successRedirectUrl", 5),
    ("interfaceLanguage", "klingon"),
    ("interfaceLanguage", 5),
]


@pytest.mark.parametrize(("name", "value"), REFUSED, ids=str)
async def test_what_breaks_a_rule_is_refused_by_name_and_changes_nothing(
    ana: Host, name: str, value: Any
) -> None:
    error = refusal(await ana.client.post(URL, json={**INTRO, name: value}), 400)
    assert broken_properties(error) == {name}
    assert name in error["message"]
    assert "intro" not in await slugs(ana)
    made = await created(ana)
    url = f"{URL}/{made['id']}"
    error = refusal(await ana.client.patch(url, json={"title": "New", name: value}), 400)
    assert broken_properties(error) == {name}
    assert data(await ana.client.get(url)) == made


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({"bookingLimitsCount": {"day": 5, "week": 3}}, "bookingLimitsCount.day must not be greater"),
        ({"bookingWindow": {"type": "weeks"}}, "bookingWindow.type must be one of"),
        ({"confirmationPolicy": {"type": "time"}}, "confirmationPolicy.noticeThreshold must be"),
        ({"confirmationPolicy": {**BY_NOTICE, "noticeThreshold": {"count": 2}}}, "noticeThreshold.unit is"),
        ({"seats": {**SEATS, "seatsPerTimeSlot": 1001}}, "seats.seatsPerTimeSlot must not be greater"),
        ({"seats": {"disabled": "yes"}}, "seats.disabled must be a boolean value"),
        ({"recurrence": {**WEEKLY, "frequency": "daily"}}, "recurrence.frequency must be one of"),
        ({"recurrence": {**WEEKLY, "occurrences": 367}}, "recurrence.occurrences must not be greater"),
        ({"color": {"lightThemeHex": "#fff", "darkThemeHex": "x"}}, "color.darkThemeHex must be a color"),
        ({"customName": "Hi {Foo}"}, "customName has the unknown variable {Foo}; known are {Event"),
    ],
)
async def test_a_refusal_says_where_and_what_is_accepted(ana: Host, sent: dict[str, Any], named: str) -> None:
    assert named in refusal(await ana.client.post(URL, json={**INTRO, **sent}), 400)["message"]


async def test_the_longest_series_that_is_accepted_can_be_booked(ana: Host, client: Client) -> None:
    longest = await created(ana, recurrence={**WEEKLY, "occurrences": 366})
    series = await client.post("/v2/bookings", json=booking_of(longest["id"], "2050-09-05T10:00:00Z"))
    assert len(data(series, 201)) == 366


async def test_all_broken_properties_are_named_at_once(ana: Host) -> None:
    body = {**INTRO, "title": 5, "seats": {"seatsPerTimeSlot": 0}, "color": "red", "slotInterval": -1}
    error = refusal(await ana.client.post(URL, json=body), 400)
    assert broken_properties(error) == {"title", "seats", "color", "slotInterval"}
