"""The page of a booking: what it shows, and to whom."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import vobject

from kalends.security.link_tokens import Purpose
from tests.conftest import Clock, Statements
from tests.web.scene import START, Browser, Scene, host_token, seat_token, token

FIELDS = [
    {"name": "plate", "type": "text", "label": "Licence plate", "editable": "user", "required": False},
    {
        "name": "source",
        "type": "text",
        "label": "Where from",
        "editable": "user",
        "required": False,
        "hidden": True,
    },
]


async def test_an_attendee_sees_what_when_who_and_where(scene: Scene) -> None:
    booking = await scene.books(location="https://meet.example.com/room")
    page = await scene.browser.opens(f"/booking/{booking['uid']}", token=token(booking["uid"]))
    assert page.status == 200
    assert "Intro between Ana and Bo Guest" in page.text
    assert "Monday, September 5, 2050, 10:00 AM – 11:00 AM Europe/Rome" in page.text
    assert "Ana (organizer) · ana@example.com" in page.text
    assert "Bo Guest · bo@example.com" in page.text
    assert page.links["https://meet.example.com/room"] == "https://meet.example.com/room"
    assert {"Choose another time", "Cancel booking"} <= set(page.links)


async def test_whoever_knows_the_uid_only_sees_nobodys_address(scene: Scene) -> None:
    await scene.set(booking_fields=json.dumps(FIELDS))
    booking = await scene.books(
        guests=["guest@example.com"],
        attendee={"phoneNumber": "+39061234567"},
        bookingFieldsResponses={"plate": "AB 123", "notes": "I am shy"},
    )
    page = await scene.browser.opens(f"/booking/{booking['uid']}")
    assert "Bo Guest" in page.text
    assert "1 guest" in page.text
    for secret in ("@example.com", "39061234567", "AB 123", "am shy"):
        assert secret not in page.response.text
    assert {"Choose another time", "Cancel booking"} <= set(page.links)


async def test_the_host_sees_addresses_notes_and_every_answer(scene: Scene) -> None:
    await scene.set(booking_fields=json.dumps(FIELDS), hide_calendar_notes=True, hide_organizer_email=True)
    booking = await scene.books(
        guests=["guest@example.com"],
        bookingFieldsResponses={"plate": "AB 123", "source": "a friend", "notes": "I am shy"},
    )
    page = await scene.browser.opens(
        f"/booking/{booking['uid']}", token=host_token(scene.host, booking["uid"])
    )
    for known in ("bo@example.com", "guest@example.com", "Licence plate AB 123", "a friend", "I am shy"):
        assert known in page.text


async def test_an_attendee_sees_their_answers_but_not_to_hidden_questions(scene: Scene) -> None:
    await scene.set(booking_fields=json.dumps(FIELDS))
    booking = await scene.books(
        bookingFieldsResponses={"plate": "AB 123", "source": "a friend", "notes": "I am shy"}
    )
    page = await scene.browser.opens(f"/booking/{booking['uid']}", token=token(booking["uid"]))
    assert "Licence plate AB 123" in page.text
    assert "I am shy" in page.text
    assert "a friend" not in page.text


async def test_hidden_notes_and_a_hidden_host_address_stay_hidden(scene: Scene) -> None:
    await scene.set(hide_calendar_notes=True, hide_organizer_email=True)
    booking = await scene.books(bookingFieldsResponses={"notes": "I am shy"})
    page = await scene.browser.opens(f"/booking/{booking['uid']}", token=token(booking["uid"]))
    assert "am shy" not in page.response.text
    assert "ana@example.com" not in page.response.text


async def test_guests_see_the_booker_but_not_each_others_addresses(scene: Scene) -> None:
    booking = await scene.books(guests=["one@example.com", "two@example.com"])
    uid = booking["uid"]
    booker = await scene.browser.opens(f"/booking/{uid}", token=token(uid))
    assert "one@example.com" in booker.text
    guest = await scene.browser.opens(f"/booking/{uid}", token=token(uid, recipient="one@example.com"))
    assert "Bo Guest" in guest.text
    assert "one@example.com" in guest.text
    assert "two@example.com" not in guest.response.text
    assert "bo@example.com" not in guest.response.text


async def _seated(scene: Scene, *, shows_attendees: bool) -> tuple[str, str, str]:
    await scene.set(seats_per_time_slot=3, seats_show_attendees=shows_attendees)
    first = await scene.books(bookingFieldsResponses={"notes": "first note"})
    second = await scene.books(name="Cy Next", bookingFieldsResponses={"notes": "second note"})
    assert first["uid"] == second["uid"]
    return first["uid"], first["seatUid"], second["seatUid"]


@pytest.mark.parametrize("part", ["", "/cancel", "/reschedule"])
async def test_whoever_shares_a_booking_with_hidden_attendees_sees_only_themselves(
    scene: Scene, part: str
) -> None:
    uid, _, second = await _seated(scene, shows_attendees=False)
    page = await scene.browser.opens(f"/booking/{uid}{part}", token=seat_token(uid, "cy@example.com", second))
    assert page.status == 200
    assert "Intro between Ana and Cy Next" in page.text
    for secret in ("Bo Guest", "bo@example.com", "first note"):
        assert secret not in page.response.text
    public = await scene.browser.opens(f"/booking/{uid}")
    assert "Intro with Ana" in public.text
    for secret in ("Bo Guest", "Cy Next", "@example.com", "note"):
        assert secret not in public.response.text


async def test_whoever_shares_a_booking_with_shown_attendees_sees_names_only(scene: Scene) -> None:
    uid, _, second = await _seated(scene, shows_attendees=True)
    page = await scene.browser.opens(f"/booking/{uid}", token=seat_token(uid, "cy@example.com", second))
    assert "Bo Guest" in page.text
    assert "Cy Next · cy@example.com" in page.text
    assert "second note" in page.text
    for secret in ("bo@example.com", "first note"):
        assert secret not in page.response.text


async def test_the_host_of_a_shared_booking_sees_everybody(scene: Scene) -> None:
    uid, _, _ = await _seated(scene, shows_attendees=False)
    page = await scene.browser.opens(f"/booking/{uid}", token=host_token(scene.host, uid))
    assert "Bo Guest · bo@example.com" in page.text
    assert "Cy Next · cy@example.com" in page.text


async def test_times_are_shown_in_the_readers_zone_and_clock_or_one_they_choose(scene: Scene) -> None:
    booking = await scene.books(attendee={"timeZone": "Asia/Tokyo"})
    uid = booking["uid"]
    attendee = await scene.browser.opens(f"/booking/{uid}", token=token(uid))
    assert "5:00 PM" in attendee.text
    assert "Asia/Tokyo" in attendee.text
    chosen = await scene.browser.opens(f"/booking/{uid}", token=token(uid), zone="america/new_york")
    assert "4:00 AM" in chosen.text
    assert "America/New York" in chosen.text
    assert "zone=America%2FNew_York" in chosen.links["Cancel booking"]
    async with scene.database.connection() as connection:
        await connection.execute("UPDATE users SET time_format = 24, time_zone = 'Europe/London'")
    host = await scene.browser.opens(f"/booking/{uid}", token=host_token(scene.host, uid))
    assert "09:00 – 10:00 Europe/London" in host.text


async def test_an_event_type_can_leave_no_choice_of_the_zone(scene: Scene) -> None:
    await scene.set(lock_time_zone_toggle=True)
    uid = (await scene.books())["uid"]
    for part in ("", "/reschedule"):
        page = await scene.browser.opens(f"/booking/{uid}{part}", token=token(uid))
        assert "<select" not in page.response.text


async def test_a_page_is_in_the_readers_language(scene: Scene) -> None:
    uid = (await scene.books(attendee={"language": "de"}))["uid"]
    page = await scene.browser.opens(f"/booking/{uid}", token=token(uid))
    assert "Montag, 5. September 2050, 10:00 – 11:00" in page.text
    assert "Bestätigt" in page.text
    assert "Intro mit Ana und Bo Guest" in page.text
    calendars = {"Google Calendar", "Microsoft Office", "Microsoft Outlook", "Kalenderdatei"}
    assert {"Anderen Termin wählen", "Buchung absagen", *calendars} == set(page.links)
    assert page.response.headers["content-language"] == "de"
    for part in ("cancel", "reschedule"):
        page = await scene.browser.opens(f"/booking/{uid}/{part}", token=token(uid))
        assert '<html lang="de" dir="ltr">' in page.response.text
    await scene.set(interface_language="fr")
    page = await scene.browser.opens(f"/booking/{uid}", token=token(uid))
    assert "lundi 5 septembre 2050, 10:00 – 11:00" in page.text
    host = await scene.browser.opens(f"/booking/{uid}", token=host_token(scene.host, uid))
    assert "Monday, September 5, 2050" in host.text


async def test_a_page_has_links_that_put_what_takes_place_into_a_calendar(scene: Scene, clock: Clock) -> None:
    uid = (await scene.books(name="Bo & Co; #1"))["uid"]
    page = await scene.browser.opens(f"/booking/{uid}", token=token(uid))
    google = parse_qs(urlsplit(page.links["Google Calendar"]).query)
    assert google["text"] == ["Intro between Ana and Bo & Co; #1"]
    assert google["dates"] == ["20500905T080000Z/20500905T090000Z"]
    assert "outlook.live.com" in page.links["Microsoft Outlook"]
    calendar = unquote(page.links["Calendar file"].removeprefix("data:text/calendar,"))
    event = vobject.readOne(calendar).vevent
    assert event.summary.value == "Intro between Ana and Bo & Co; #1"
    assert event.dtstart.value == datetime(2050, 9, 5, 8, tzinfo=UTC)
    clock.now = datetime(2050, 9, 5, 10, tzinfo=UTC)
    over = await scene.browser.opens(f"/booking/{uid}", token=token(uid))
    assert "Google Calendar" not in over.links


async def test_the_links_of_who_shares_a_booking_with_strangers_name_none_of_them(scene: Scene) -> None:
    await scene.set(seats_per_time_slot=5)
    await scene.books(name="Zoe Stranger")
    seat = await scene.books()
    page = await scene.browser.opens(
        f"/booking/{seat['uid']}", token=seat_token(seat["uid"], "bo@example.com", seat["seatUid"])
    )
    assert "Google Calendar" in page.links
    assert not [link for link in page.links.values() if "Zoe" in unquote(link)]


@pytest.mark.parametrize("shows_attendees", [True, False])
async def test_a_title_names_nobody_else_on_a_seat_and_calendars_are_told_the_same(
    scene: Scene, shows_attendees: bool
) -> None:
    uid, first, second = await _seated(scene, shows_attendees=shows_attendees)
    own = {"bo@example.com": (first, "Bo Guest"), "cy@example.com": (second, "Cy Next")}
    for address, (seat, name) in own.items():
        page = await scene.browser.opens(f"/booking/{uid}", token=seat_token(uid, address, seat))
        title = f"Intro between Ana and {name}"
        assert f"<h1>{title}</h1>" in page.response.text
        assert parse_qs(urlsplit(page.links["Google Calendar"]).query)["text"] == [title]
    stranger = await scene.browser.opens(f"/booking/{uid}")
    assert "<h1>Intro with Ana</h1>" in stranger.response.text
    host = await scene.browser.opens(f"/booking/{uid}", token=host_token(scene.host, uid))
    assert "<h1>Intro between Ana and Bo Guest</h1>" in host.response.text


async def test_a_title_is_in_the_language_of_who_reads_the_page(scene: Scene) -> None:
    await scene.set(event_name="{HOST/ATTENDEE}, {Event duration}")
    uid = (await scene.books(attendee={"language": "de"}))["uid"]
    booker = await scene.browser.opens(f"/booking/{uid}", token=token(uid))
    assert "<h1>Ana, 60 Min.</h1>" in booker.response.text
    host = await scene.browser.opens(f"/booking/{uid}", token=host_token(scene.host, uid))
    assert "<h1>Bo Guest, 60 mins</h1>" in host.response.text


async def test_a_booking_without_a_place_promises_no_video_meeting(scene: Scene) -> None:
    booking = await scene.books()
    assert booking["location"] == "integrations:daily"
    page = await scene.browser.opens(f"/booking/{booking['uid']}", token=token(booking["uid"]))
    assert "Where The host will tell where" in page.text
    assert "Cal Video" not in page.text


async def test_a_moved_booking_tells_where_it_came_from_and_where_it_went(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    moved = await scene.client.post(f"/v2/bookings/{uid}/reschedule", json={"start": "2050-09-06T08:00:00Z"})
    between = moved.json()["data"]["uid"]
    moved = await scene.client.post(
        f"/v2/bookings/{between}/reschedule", json={"start": "2050-09-07T08:00:00Z"}
    )
    for reader in (token(uid), host_token(scene.host, uid), ""):
        old = await scene.browser.opens(f"/booking/{uid}", token=reader)
        assert "Rescheduled" in old.text
        assert "moved to Wednesday, September 7, 2050" in old.text
        assert "Cancel booking" not in old.links
        new = await scene.browser.opens(old.links["Show the booking at its new time"])
        assert "Confirmed" in new.text
        assert ("bo@example.com" in new.text) is bool(reader)
        assert "Moved from Tuesday, September 6, 2050" in new.text
        assert "Monday, September 5, 2050" in new.text
        assert "Cancel booking" in new.links


async def test_a_series_shows_its_dates_and_leads_to_each(scene: Scene) -> None:
    await scene.set(recurring_event=json.dumps({"freq": 2, "interval": 1, "count": 3}))
    series = await scene.books()
    page = await scene.browser.opens(f"/booking/{series[0]['uid']}", token=token(series[0]["uid"]))
    third = next(address for text, address in page.links.items() if text.startswith("Monday, September 19"))
    page = await scene.browser.opens(third)
    assert page.status == 200
    assert "Bo Guest · bo@example.com" in page.text
    assert page.text.count("September 5, 2050") == 1


async def test_the_statements_of_a_page_do_not_grow_with_the_series(
    scene: Scene, count_statements: Callable[[], AbstractContextManager[Statements]]
) -> None:
    counts = []
    for count, start in ((2, START), (8, "2050-09-06T08:00:00Z")):
        await scene.set(recurring_event=json.dumps({"freq": 2, "interval": 1, "count": count}))
        uid = (await scene.books(start))[0]["uid"]
        with count_statements() as statements:
            await scene.browser.opens(f"/booking/{uid}", token=token(uid))
        counts.append(statements.count)
    assert counts[0] == counts[1]


async def test_a_booking_that_is_over_offers_nothing(scene: Scene, clock: Clock) -> None:
    uid = (await scene.books())["uid"]
    clock.now = datetime(2050, 9, 5, 9, 0, tzinfo=UTC)
    page = await scene.browser.opens(f"/booking/{uid}", token=token(uid))
    assert "Over" in page.text
    assert page.links == {}


async def test_a_cancelled_booking_says_so_and_why(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    await scene.client.post(f"/v2/bookings/{uid}/cancel", json={"cancellationReason": "ill"})
    page = await scene.browser.opens(f"/booking/{uid}", token=token(uid))
    assert "Cancelled" in page.text
    assert "Reason for cancelling ill" in page.text
    assert "<s>Monday, September 5" in page.response.text
    public = await scene.browser.opens(f"/booking/{uid}")
    assert "Reason for cancelling ill" not in public.text


@pytest.mark.parametrize("part", ["", "/cancel", "/reschedule", "/approve", "/decline"])
async def test_opening_any_page_changes_nothing(scene: Scene, part: str) -> None:
    await scene.set(requires_confirmation=True)
    uid = (await scene.books())["uid"]
    before = await scene.stored()
    for query in ({"token": host_token(scene.host, uid)}, {"token": token(uid)}, {}):
        for more in (
            {},
            {"done": "cancelled", "scope": "later", "reason": "x", "start": "2050-09-06T08:00:00Z"},
        ):
            await scene.browser.opens(f"/booking/{uid}{part}", **query, **more)
    assert await scene.stored() == before


# --- Links that do not work --------------------------------------------------------------------------


async def test_a_booking_that_is_not_there_is_a_404_page(browser: Browser) -> None:
    page = await browser.opens("/booking/4uBzPq8VxNMpqLrT2fTn2q")
    assert page.status == 404
    assert "There is no such booking" in page.text


@pytest.mark.parametrize("part", ["", "/cancel", "/reschedule", "/approve", "/decline"])
async def test_a_link_of_another_booking_is_refused(scene: Scene, part: str) -> None:
    uid = (await scene.books())["uid"]
    other = (await scene.books("2050-09-06T08:00:00Z"))["uid"]
    page = await scene.browser.opens(f"/booking/{uid}{part}", token=host_token(scene.host, other))
    assert page.status == 403
    assert "This link is not valid" in page.text
    assert "Bo Guest" not in page.response.text


async def test_a_link_that_was_altered_or_is_for_something_else_is_refused(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    good = token(uid)
    host = {"recipient": scene.host.email, "user_id": scene.host.id}
    wrong = [good[:-1], good + "A", "x", token(uid, purpose=Purpose.APPROVE, **host)]
    for text in wrong:
        assert (await scene.browser.opens(f"/booking/{uid}", token=text)).status == 403


async def test_a_link_ends_to_work_at_its_time(scene: Scene, clock: Clock) -> None:
    uid = (await scene.books())["uid"]
    link = {"token": token(uid, expires_at=clock.now)}
    page = await scene.browser.opens(f"/booking/{uid}", **link)
    assert page.status == 410
    assert "expired" in page.text


@pytest.mark.parametrize("who", [{"recipient": "eve@example.com"}, {"user_id": 987_654}])
async def test_a_link_of_somebody_who_is_no_part_of_the_booking_is_over(
    scene: Scene, who: dict[str, Any]
) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}", token=token(uid, **who))
    assert page.status == 410
    assert "You do not attend this booking any more" in page.text
    assert "Bo Guest" not in page.response.text


@pytest.mark.parametrize(
    "query", ["zone=Mars/Base", "token=%FF", "zone=%00", "token=%00", "&".join(f"a{n}=1" for n in range(40))]
)
async def test_an_address_that_cannot_be_read_is_a_400_page(scene: Scene, query: str) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}?{query}")
    assert page.status == 400
    assert "<html" in page.response.text


async def test_a_failure_is_told_in_the_browsers_language(browser: Browser, scene: Scene) -> None:
    response = await scene.client.get("/booking/none", headers={"accept-language": "de-AT,de;q=0.9,en;q=0.8"})
    assert response.status_code == 404
    assert '<html lang="de" dir="ltr">' in response.text
    assert "Diese Buchung gibt es nicht" in response.text
    response = await scene.client.get("/booking/none", headers={"accept-language": "*;q=x,,"})
    assert '<html lang="en"' in response.text


# --- Safety -------------------------------------------------------------------------------------------

EVIL = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"


async def test_whatever_people_write_stays_text(scene: Scene) -> None:
    await scene.set(booking_fields=json.dumps([{**FIELDS[0], "label": EVIL}]), title=EVIL)
    booking = await scene.books(
        name=EVIL,
        location=EVIL,
        attendee={"email": "bo@example.com"},
        bookingFieldsResponses={"plate": EVIL, "notes": EVIL},
    )
    uid = booking["uid"]
    for reader in (token(uid), host_token(scene.host, uid), ""):
        for part in ("", "/cancel", "/reschedule"):
            html = (await scene.browser.opens(f"/booking/{uid}{part}", token=reader)).response.text
            assert "&lt;script&gt;" in html
            assert "<script" not in html
            assert "<img" not in html


@pytest.mark.parametrize("part", ["", "/cancel", "/reschedule"])
async def test_pages_need_no_script_and_keep_to_the_content_policy(scene: Scene, part: str) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}{part}", token=token(uid))
    assert "default-src 'self'" in page.response.headers["content-security-policy"]
    assert page.response.headers["referrer-policy"] == "no-referrer"
    assert page.response.headers["x-robots-tag"] == "noindex, nofollow"
    html = re.sub(r'<a href="https://[^"]+" rel="noopener noreferrer">', "", page.response.text)
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|https?://", html)


async def test_the_style_is_served_for_good(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}")
    found = re.search(r'rel="stylesheet" href="([^"]+)"', page.response.text)
    assert found is not None
    style = await scene.client.get(found[1])
    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]


async def test_pages_are_no_part_of_the_api_description(scene: Scene) -> None:
    document = (await scene.client.get("/openapi.json")).json()
    assert not [path for path in document["paths"] if path.startswith("/booking")]
