"""Choosing another time on the page."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.client import data
from tests.support.teams import Rows
from tests.web.scene import START, Page, Scene, host_token, seat_token, token


def _times(page: Page) -> list[str]:
    form = page.form()
    assert form is not None
    return form.choices.get("start", [])


def _uid_of(page: Page) -> str:
    return page.response.request.url.path.rpartition("/")[2]


async def test_an_attendee_moves_a_booking_and_can_go_on_from_there(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}", token=token(uid))
    page = await scene.browser.opens(page.links["Choose another time"])
    page = await scene.browser.opens(page.links["6"])
    page = await scene.browser.sends(page, start="2050-09-06T09:00:00Z", reason="train is late")
    assert "The booking was moved." in page.text
    assert "Tuesday, September 6, 2050, 11:00 AM" in page.text
    assert "Bo Guest · bo@example.com" in page.text
    new_uid = _uid_of(page)
    moved = await scene.reads(new_uid)
    assert moved["rescheduledFromUid"] == uid
    assert moved["reschedulingReason"] == "train is late"
    assert moved["rescheduledByEmail"] == "bo@example.com"
    page = await scene.browser.opens(page.links["Cancel booking"])
    await scene.browser.sends(page)
    assert (await scene.reads(new_uid))["status"] == "cancelled"


async def test_whoever_knows_the_uid_only_moves_it_too(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/reschedule")
    page = await scene.browser.sends(page, start=_times(page)[0])
    assert "The booking was moved." in page.text
    assert "@example.com" not in page.response.text


async def test_a_host_moves_a_booking_without_asking_for_approval(scene: Scene) -> None:
    await scene.set(requires_confirmation=True)
    uid = (await scene.books())["uid"]
    for reader, status in ((token(uid), "pending"), (None, "accepted")):
        page = await scene.browser.opens(
            f"/booking/{uid}/reschedule", token=reader or host_token(scene.host, uid)
        )
        page = await scene.browser.sends(page, start=_times(page)[0])
        uid = page.response.request.url.path.rpartition("/")[2]
        assert (await scene.reads(uid))["status"] == status


async def test_the_times_are_those_that_the_api_offers_but_for_the_present_one(scene: Scene) -> None:
    await scene.books("2050-09-06T10:00:00Z")
    uid = (await scene.books())["uid"]
    for day in ("2050-09-05", "2050-09-06"):
        page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid), day=day)
        query = {
            "eventTypeId": str(scene.event_type_id),
            "start": day,
            "end": day,
            "bookingUidToReschedule": uid,
        }
        offered = data(await scene.client.get("/v2/slots", params=query))[day]
        starts = [slot["start"].replace(".000Z", "Z") for slot in offered]
        assert _times(page) == [start for start in starts if start not in (START, "2050-09-06T10:00:00Z")]


async def test_days_and_times_are_those_of_the_readers_zone(scene: Scene) -> None:
    await scene.set(schedule_id=(await scene.host.creates_schedule(availability=[NIGHT]))["id"])
    uid = (await scene.books("2050-09-05T21:00:00Z"))["uid"]
    rome = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid), day="2050-09-12")
    assert _times(rome) == ["2050-09-12T20:00:00Z", "2050-09-12T21:00:00Z"]
    auckland = await scene.browser.opens(
        f"/booking/{uid}/reschedule", token=token(uid), zone="Pacific/Auckland", day="2050-09-13"
    )
    assert _times(auckland) == ["2050-09-12T20:00:00Z", "2050-09-12T21:00:00Z"]
    assert "8:00 AM" in auckland.text


NIGHT = {"days": ["Monday"], "startTime": "22:00", "endTime": "23:59"}


async def test_the_page_opens_in_the_month_of_the_booking_and_goes_on_to_one_with_times(
    scene: Scene, clock: Clock
) -> None:
    uid = (await scene.books("2050-10-03T08:00:00Z"))["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid))
    assert "October 2050" in page.text
    assert _times(page)[0].startswith("2050-10-03")
    earlier = await scene.browser.opens(page.links["‹"])
    assert "September 2050" in earlier.text
    assert "‹" not in earlier.links
    clock.now = datetime(2050, 9, 30, 16, 30, tzinfo=UTC)
    late = (await scene.books("2050-10-04T08:00:00Z"))["uid"]
    await scene.set(period_type="range", period_start_date="2050-11-07", period_end_date="2050-11-09")
    page = await scene.browser.opens(f"/booking/{late}/reschedule", token=token(late))
    assert "November 2050" in page.text
    assert _times(page)[0].startswith("2050-11-07")


async def test_a_month_without_times_says_so(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid), month="2050-08")
    assert page.status == 200
    assert "No time is free in this month." in page.text
    assert _times(page) == []


async def test_a_time_that_went_to_somebody_else_is_refused_and_another_can_be_chosen(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid), day="2050-09-06")
    await scene.books("2050-09-06T10:00:00Z", name="Cy Fast")
    refused = await scene.browser.sends(page, start="2050-09-06T10:00:00Z", reason="train is late")
    assert refused.status == 400
    assert "This time is not free any more" in refused.text
    assert "Cy Fast" not in refused.text
    form = refused.form()
    assert form is not None
    assert form.fields["reason"] == "train is late"
    assert (await scene.reads(uid))["status"] == "accepted"
    page = await scene.browser.sends(refused, start="2050-09-06T11:00:00Z")
    assert "The booking was moved." in page.text


async def test_the_second_of_two_moves_is_told_how_it_stands(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid))
    await scene.browser.sends(page, start=_times(page)[0])
    before = await scene.stored()
    again = await scene.browser.sends(page, start=_times(page)[1])
    assert again.status == 409
    assert "not possible any more" in again.text
    assert "Show the booking at its new time" in again.links
    assert await scene.stored() == before


async def test_a_moved_booking_keeps_its_length_while_it_is_offered(scene: Scene) -> None:
    await scene.set(metadata=json.dumps({"multipleDuration": [30, 60, 90]}))
    uid = (await scene.books(lengthInMinutes=90))["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid), day="2050-09-06")
    assert _times(page)[-1] == "2050-09-06T13:00:00Z"
    page = await scene.browser.sends(page, start=_times(page)[-1])
    assert "3:00 PM – 4:30 PM" in page.text


async def test_where_moving_is_switched_off_it_is_not_offered(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid))
    await scene.set(disable_rescheduling=True)
    refused = await scene.browser.sends(page, start=_times(page)[0])
    assert refused.status == 409
    assert "Choose another time" not in refused.links
    assert (await scene.reads(uid))["status"] == "accepted"


async def test_in_the_last_minutes_moving_is_not_offered(scene: Scene, clock: Clock) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid))
    await scene.set(disable_rescheduling_minutes_before=60)
    assert "Choose another time" in (await scene.browser.opens(f"/booking/{uid}", token=token(uid))).links
    clock.advance(timedelta(days=4, hours=3, minutes=1))
    refused = await scene.browser.sends(page, start=_times(page)[-1])
    assert refused.status == 409
    assert "Choose another time" not in refused.links
    assert (await scene.reads(uid))["status"] == "accepted"


async def test_what_is_over_is_moved_where_the_event_type_allows_it(scene: Scene, clock: Clock) -> None:
    uid = (await scene.books())["uid"]
    clock.advance(timedelta(days=4, hours=5))
    assert "Choose another time" not in (await scene.browser.opens(f"/booking/{uid}")).links
    await scene.set(allow_rescheduling_past_bookings=True)
    assert "Choose another time" in (await scene.browser.opens(f"/booking/{uid}")).links
    page = await scene.browser.opens(f"/booking/{uid}/reschedule")
    moved = await scene.browser.sends(page, start=_times(page)[-1])
    assert (await scene.reads(_uid_of(moved)))["rescheduledFromUid"] == uid


async def test_what_was_cancelled_comes_back_where_the_event_type_allows_it(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    data(await scene.client.post(f"/v2/bookings/{uid}/cancel", json={}))
    assert "Choose another time" not in (await scene.browser.opens(f"/booking/{uid}")).links
    await scene.set(allow_rescheduling_cancelled_bookings=True)
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid))
    moved = await scene.browser.sends(page, start=_times(page)[-1])
    assert (await scene.reads(_uid_of(moved)))["rescheduledFromUid"] == uid
    assert "Choose another time" not in (await scene.browser.opens(f"/booking/{uid}")).links


async def test_a_booking_of_a_deleted_event_type_is_shown_but_not_moved(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    data(await scene.host.client.delete(f"/v2/event-types/{scene.event_type_id}"))
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid))
    assert page.status == 200
    assert "Choose another time" not in page.links
    refused = await scene.browser.posts(f"/booking/{uid}/reschedule", token=token(uid), start=START)
    assert refused.status == 409


async def test_a_form_that_demands_a_reason_gets_one(scene: Scene) -> None:
    field = {
        "name": "rescheduleReason",
        "type": "textarea",
        "editable": "system-but-optional",
        "required": True,
    }
    await scene.set(booking_fields=json.dumps([{**field, "views": [{"id": "reschedule", "label": ""}]}]))
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid))
    start = _times(page)[0]
    refused = await scene.browser.sends(page, start=start)
    assert refused.status == 400
    assert "Please say why." in refused.text
    page = await scene.browser.sends(refused, start=start, reason="train is late")
    assert "The booking was moved." in page.text


@pytest.mark.parametrize(
    "start",
    ["", "x", "2050-09-06", "2050-13-06T08:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "👋"],
)
async def test_a_time_that_is_none_is_refused(scene: Scene, start: str) -> None:
    uid = (await scene.books())["uid"]
    refused = await scene.browser.posts(f"/booking/{uid}/reschedule", token=token(uid), start=start)
    assert refused.status == 400
    assert "Please choose a time." in refused.text
    assert (await scene.reads(uid))["status"] == "accepted"


@pytest.mark.parametrize("start", ["1999-01-01T08:00:00Z", "2050-09-03T08:00:00Z", "9998-12-31T23:59:59Z"])
async def test_a_time_that_cannot_be_booked_is_refused(scene: Scene, start: str) -> None:
    uid = (await scene.books())["uid"]
    refused = await scene.browser.posts(f"/booking/{uid}/reschedule", token=token(uid), start=start)
    assert refused.status == 400
    assert "not free" in refused.text
    assert (await scene.reads(uid))["status"] == "accepted"


@pytest.mark.parametrize(
    "query",
    [
        {"month": "2050-13"},
        {"month": "x"},
        {"day": "2050-02-30"},
        {"day": "0001-01-01"},
        {"month": "9999-12"},
    ],
)
async def test_a_month_or_day_that_is_none_is_a_400_page(scene: Scene, query: dict[str, str]) -> None:
    uid = (await scene.books())["uid"]
    assert (await scene.browser.opens(f"/booking/{uid}/reschedule", **query)).status == 400


@pytest.mark.parametrize("month", ["1971-01", "9998-12", "2051-02"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])
async def test_any_month_can_be_opened(scene: Scene, month: str, zone: str) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", month=month, zone=zone)
    assert page.status == 200


# --- Seats -------------------------------------------------------------------------------------------


async def test_a_seat_moves_without_the_others(scene: Scene) -> None:
    await scene.set(seats_per_time_slot=3)
    first = await scene.books()
    await scene.books(name="Cy Next")
    uid = first["uid"]
    link = {"token": seat_token(uid, "bo@example.com", first["seatUid"])}
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", **link)
    page = await scene.browser.sends(page, start="2050-09-05T10:00:00Z")
    assert "12:00 PM – 1:00 PM" in page.text
    assert "Bo Guest · bo@example.com" in page.text
    assert "Cy Next" not in page.text
    assert [one["name"] for one in (await scene.reads(uid))["attendees"]] == ["Cy Next"]
    assert "Give up this seat" in page.links
    left = await scene.browser.opens(f"/booking/{uid}", **link)
    assert left.status == 410


async def test_a_seat_joins_those_at_the_new_time_while_there_is_room(scene: Scene) -> None:
    await scene.set(seats_per_time_slot=2)
    first = await scene.books()
    there: Any = [await scene.books("2050-09-05T10:00:00Z", name=name) for name in ("Cy Next",)]
    uid = first["uid"]
    link = {"token": seat_token(uid, "bo@example.com", first["seatUid"])}
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", **link)
    await scene.books("2050-09-05T10:00:00Z", name="Di Last")
    refused = await scene.browser.sends(page, start="2050-09-05T10:00:00Z")
    assert refused.status == 409
    assert "not free" in refused.text
    await scene.set(seats_per_time_slot=3)
    page = await scene.browser.sends(refused, start="2050-09-05T10:00:00Z")
    assert "The booking was moved." in page.text
    assert page.response.request.url.path.endswith(there[0]["uid"])
    assert len((await scene.reads(there[0]["uid"]))["attendees"]) == 3


async def test_only_the_host_moves_all_who_share_a_booking(scene: Scene) -> None:
    await scene.set(seats_per_time_slot=3)
    uid = (await scene.books())["uid"]
    await scene.books(name="Cy Next")
    for fields in ({}, {"token": token(uid, recipient="bo@example.com")}):
        refused = await scene.browser.posts(
            f"/booking/{uid}/reschedule", start="2050-09-06T08:00:00Z", **fields
        )
        assert refused.status in (403, 409, 303)
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=host_token(scene.host, uid))
    page = await scene.browser.sends(page, start="2050-09-05T12:00:00Z")
    assert "The booking was moved." in page.text
    assert "Cy Next · cy@example.com" in page.text


async def test_other_bookings_of_the_host_are_in_the_way(scene: Scene) -> None:
    other = await scene.host.creates_event_type("other")
    await scene.guest.books(other, "2050-09-06T08:00:00Z")
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/reschedule", token=token(uid), day="2050-09-06")
    assert "2050-09-06T08:00:00Z" not in _times(page)


async def test_a_booking_of_a_team_is_offered_no_other_time_as_none_could_be_taken(
    scene: Scene, rows: Rows
) -> None:
    panel = await rows.event_type(await rows.team("crew", scene.host), scene.host)
    hour = datetime(2050, 9, 5, 8, tzinfo=UTC)
    uid = await rows.is_booked(scene.host, panel, hour, hour + timedelta(hours=1))
    page = await scene.browser.opens(f"/booking/{uid}", token=host_token(scene.host, uid))
    assert (page.status, "Choose another time" in page.links) == (200, False)
    page = await scene.browser.opens(f"/booking/{uid}/reschedule")
    assert (page.status, page.form()) == (200, None)
