"""Bookings that attendees share, each on a seat of their own (bookings.md 2.11, 6.4, 7)."""

from datetime import timedelta
from typing import Any

import pytest

from kalends.db.database import Database
from tests.conftest import Clock
from tests.support.bookings import (
    ELEVEN,
    SEATS,
    TEN,
    TWELVE,
    URL,
    attendee,
    facts,
    kinds_of_facts,
    statuses,
    timers,
)
from tests.support.client import Client, Guest, Host, booking_of, data, refusal


def blank(name: str) -> dict[str, Any]:
    """Return how somebody else is shown in a class."""
    return {
        "name": name,
        "email": "",
        "timeZone": "",
        "absent": False,
        "seatUid": "",
        "bookingFieldsResponses": {},
        "metadata": {},
    }


async def creates_class(host: Host, **properties: Any) -> dict[str, Any]:
    return await host.creates_event_type("class", seats=SEATS, **properties)


async def test_attendees_share_one_booking_each_with_a_seat(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(
        event_type, bookingFieldsResponses={"notes": "late", "diet": "none"}, metadata={"crm": "1"}
    )
    second = await guest.books(event_type, attendee=attendee("cy"))
    assert first["id"] == second["id"]
    assert first["seatUid"] != second["seatUid"]
    assert second["attendees"][0] == blank("Bo Guest")
    assert second["attendees"][1]["seatUid"] == second["seatUid"]
    bo = first["attendees"][0]
    assert bo["seatUid"] == first["seatUid"]
    assert bo["bookingFieldsResponses"] == {"name": "Bo Guest", "notes": "late", "diet": "none"}
    assert bo["metadata"] == {"crm": "1"}
    assert second["description"] is None
    assert not {"metadata", "bookingFieldsResponses", "guests"} & set(second)
    shown = data(await client.get(f"{URL}/{first['uid']}"))
    assert "seatUid" not in shown
    assert len(shown["attendees"]) == 2
    assert await kinds_of_facts(database) == ["booking.created", "seat.booked"]


async def test_nobody_has_two_seats_and_no_seat_is_given_twice(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await creates_class(ana)
    await guest.books(event_type)
    again = await client.post(URL, json=booking_of(event_type["id"], TEN))
    assert refusal(again, 409)["message"] == "already_signed_up_for_this_booking_error"
    await guest.books(event_type, attendee=attendee("cy"))
    full = await client.post(URL, json=booking_of(event_type["id"], TEN, attendee=attendee("di")))
    error = refusal(full, 409)
    assert error["code"] == "ConflictException"
    assert error["details"]["reasons"] == ["seats_full"]


async def test_guests_of_the_first_attend_without_a_seat(ana: Host, guest: Guest) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type, guests=["guest@example.com"])
    companion = first["attendees"][1]
    assert "seatUid" not in companion
    assert companion["bookingFieldsResponses"] == {"name": "unknown"}
    await guest.books(event_type, attendee=attendee("cy"))


async def test_a_seat_moves_into_an_empty_slot(ana: Host, guest: Guest, database: Database) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    second = await guest.books(event_type, attendee=attendee("cy"))
    moved = await guest.reschedules(first, TWELVE, seatUid=second["seatUid"])
    assert moved["uid"] != first["uid"]
    assert moved["seatUid"] != second["seatUid"]
    assert "rescheduledFromUid" not in moved
    assert [one["email"] for one in moved["attendees"]] == ["cy@example.com"]
    left = data(await ana.client.get(f"{URL}/{first['uid']}"))
    assert left["status"] == "accepted"
    assert [one["email"] for one in left["attendees"]] == ["bo@example.com"]
    fact = (await facts(database))[-1]
    assert fact.kind.value == "seat.rescheduled"
    assert fact.previous is not None
    assert fact.previous.uid == first["uid"]


async def test_the_last_seat_to_move_away_ends_the_booking(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    moved = await guest.reschedules(first, "2050-09-05T10:30:00Z", seatUid=first["seatUid"])
    assert data(await client.get(f"{URL}/{first['uid']}"))["status"] == "cancelled"
    assert {uid for uid, _ in await timers(database)} == {moved["uid"]}


async def test_a_seat_moves_into_a_booking_that_has_room(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    other = await guest.books(event_type, TWELVE, attendee=attendee("cy"))
    moved = await guest.reschedules(first, TWELVE, seatUid=first["seatUid"])
    assert moved["uid"] == other["uid"]
    assert moved["seatUid"] == first["seatUid"]
    seen = data(await ana.client.get(f"{URL}/{moved['uid']}"))
    assert [one["email"] for one in seen["attendees"]] == ["bo@example.com", "cy@example.com"]
    third = await guest.books(event_type, attendee=attendee("di"))
    full = await client.post(
        f"{URL}/{third['uid']}/reschedule", json={"start": TWELVE, "seatUid": third["seatUid"]}
    )
    assert refusal(full, 409)["details"]["reasons"] == ["seats_full"]
    assert data(await ana.client.get(f"{URL}/{third['uid']}"))["attendees"][0]["email"] == "di@example.com"


async def test_a_seat_does_not_move_to_where_its_attendee_sits(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    other = await guest.books(event_type, TWELVE)
    url = f"{URL}/{first['uid']}/reschedule"
    for start in (TEN, TWELVE):
        refused = await client.post(url, json={"start": start, "seatUid": first["seatUid"]})
        assert refusal(refused, 409)["message"] == "already_signed_up_for_this_booking_error"
    refused = await client.post(url, json={"start": ELEVEN, "seatUid": other["seatUid"]})
    assert "seatUid" in refusal(refused, 404)["message"]


async def test_a_host_moves_all_seats_and_the_booking_stays_itself(
    ana: Host, guest: Guest, database: Database
) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    await guest.books(event_type, attendee=attendee("cy"))
    moved = await ana.reschedules(first, TWELVE)
    assert (moved["uid"], moved["id"]) == (first["uid"], first["id"])
    assert moved["seatUid"] == ""
    assert moved["start"] == TWELVE
    assert len(moved["attendees"]) == 2
    await guest.books(event_type, attendee=attendee("di"))
    assert (await kinds_of_facts(database))[2] == "booking.rescheduled"


async def test_a_host_merges_two_bookings_if_there_are_seats(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    other = await guest.books(event_type, TWELVE, attendee=attendee("cy"))
    moved = await ana.reschedules(first, TWELVE)
    assert moved["uid"] == other["uid"]
    assert len(moved["attendees"]) == 2
    assert data(await client.get(f"{URL}/{first['uid']}"))["status"] == "cancelled"
    third = await guest.books(event_type, attendee=attendee("di"))
    refused = await ana.client.post(f"{URL}/{third['uid']}/reschedule", json={"start": TWELVE})
    error = refusal(refused, 409)
    assert error["message"] == "not_enough_available_seats_error"
    assert error["details"]["reasons"] == ["seats_full"]


async def test_who_sits_in_both_bookings_that_are_merged_keeps_one_seat(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    await guest.books(event_type, TWELVE)
    moved = await ana.reschedules(first, TWELVE)
    assert len(moved["attendees"]) == 1
    assert data(await client.get(f"{URL}/{first['uid']}"))["attendees"] == []


async def test_guests_of_the_last_seat_to_move_away_do_not_stay_behind(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type, guests=["di@example.com"])
    await guest.reschedules(first, TWELVE, seatUid=first["seatUid"])
    left = data(await client.get(f"{URL}/{first['uid']}"))
    assert (left["status"], left["attendees"]) == ("cancelled", [])


async def test_only_the_host_moves_or_cancels_all_seats(
    ana: Host, ben: Host, guest: Guest, client: Client
) -> None:
    event_type = await creates_class(ana)
    uid = (await guest.books(event_type))["uid"]
    for action, body in (("reschedule", {"start": TWELVE}), ("cancel", {"cancellationReason": "no"})):
        refusal(await client.post(f"{URL}/{uid}/{action}", json=body), 401)
        refusal(await ben.client.post(f"{URL}/{uid}/{action}", json=body), 403)


async def test_a_seat_is_given_up_and_the_others_stay(ana: Host, guest: Guest, database: Database) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    second = await guest.books(event_type, attendee=attendee("cy"))
    left = await guest.cancels(first, "ill", seatUid=first["seatUid"])
    assert left["status"] == "accepted"
    seen = data(await ana.client.get(f"{URL}/{first['uid']}"))
    assert [one["seatUid"] for one in seen["attendees"]] == [second["seatUid"]]
    fact = (await facts(database))[-1]
    assert fact.kind.value == "seat.cancelled"
    assert fact.attendee is not None
    assert (fact.attendee.email, fact.reason) == ("bo@example.com", "ill")
    await guest.books(event_type, attendee=attendee("di"))


async def test_a_host_frees_a_seat_without_saying_why(ana: Host, guest: Guest) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    await guest.books(event_type, attendee=attendee("cy"))
    assert len((await ana.cancels(first, seatUid=first["seatUid"]))["attendees"]) == 1


async def test_the_last_seat_given_up_ends_the_booking(ana: Host, guest: Guest, database: Database) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    ended = await guest.cancels(first, seatUid=first["seatUid"])
    assert (ended["status"], ended["attendees"]) == ("cancelled", [])
    assert await kinds_of_facts(database) == ["booking.created", "booking.cancelled"]
    assert (await guest.books(event_type))["uid"] != first["uid"]


async def test_a_host_cancels_everybody_and_says_why(ana: Host, guest: Guest, database: Database) -> None:
    event_type = await creates_class(ana)
    uid = (await guest.books(event_type))["uid"]
    await guest.books(event_type, attendee=attendee("cy"))
    refusal(await ana.client.post(f"{URL}/{uid}/cancel", json={}), 400)
    ended = await ana.cancels(uid, "ill")
    assert (ended["status"], ended["attendees"]) == ("cancelled", [])
    fact = (await facts(database))[-1]
    assert [one.email for one in fact.booking.attendees] == ["bo@example.com", "cy@example.com"]


async def test_a_seat_is_named_with_its_own_booking_only(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    other = await guest.books(event_type, TWELVE)
    for seat_uid in (other["seatUid"], "nothing", ""):
        refused = await client.post(f"{URL}/{first['uid']}/cancel", json={"seatUid": seat_uid})
        assert "seatUid" in refusal(refused, 400)["message"]


async def test_attendees_who_are_hidden_see_themselves_only(ana: Host, guest: Guest, client: Client) -> None:
    seats = {**SEATS, "showAttendeeInfo": False}
    event_type = await ana.creates_event_type("class", seats=seats)
    first = await guest.books(event_type)
    second = await guest.books(event_type, attendee=attendee("cy"))
    assert [one["seatUid"] for one in second["attendees"]] == [second["seatUid"]]
    assert data(await client.get(f"{URL}/{first['uid']}"))["attendees"] == []
    assert len(data(await ana.client.get(f"{URL}/{first['uid']}"))["attendees"]) == 2
    assert len(data(await ana.client.get(URL))[0]["attendees"]) == 2


@pytest.mark.parametrize("shows", [True, False])
async def test_who_knows_a_seat_sees_it_whole_and_the_others_by_name_at_most(
    ana: Host, guest: Guest, client: Client, *, shows: bool
) -> None:
    event_type = await ana.creates_event_type("class", seats={**SEATS, "showAttendeeInfo": shows})
    first = await guest.books(event_type, guests=["guest@example.com"])
    second = await guest.books(event_type, attendee=attendee("cy"))
    url = f"{URL}/{first['uid']}"
    mine = data(await client.get(url, params={"seatUid": first["seatUid"].upper()}))
    assert mine["attendees"] == [*first["attendees"], *([blank(second["attendees"][-1]["name"])] * shows)]
    assert "seatUid" not in mine
    theirs = data(await client.get(url, params={"seatUid": second["seatUid"]}))
    assert theirs == {name: value for name, value in second.items() if name != "seatUid"}
    assert theirs["attendees"][:-1] == [blank("Bo Guest"), blank("")] * shows


async def test_a_seat_of_another_booking_shows_nothing(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    other = await guest.books(event_type, TWELVE)
    plain = await guest.books(await ana.creates_event_type(), "2050-09-05T08:00:00Z")
    series = await guest.books(
        await ana.creates_event_type(
            "weekly", recurrence={"frequency": "weekly", "interval": 1, "occurrences": 2}
        ),
        "2050-09-05T13:00:00Z",
    )
    for uid in (first["uid"], plain["uid"], series[0]["uid"], series[0]["recurringBookingUid"]):
        for seat_uid in (other["seatUid"], "nothing", ""):
            refused = await client.get(f"{URL}/{uid}", params={"seatUid": seat_uid})
            assert "seatUid" in refusal(refused, 404)["message"]


async def test_a_move_shows_the_seat_that_moved_and_the_others_by_name(ana: Host, guest: Guest) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    await guest.books(event_type, TWELVE, attendee=attendee("cy"))
    moved = await guest.reschedules(first, TWELVE, seatUid=first["seatUid"])
    own = next(one for one in moved["attendees"] if one["name"] == "Bo Guest")
    assert (own["email"], own["seatUid"]) == ("bo@example.com", moved["seatUid"])
    assert [one["email"] for one in moved["attendees"] if one != own] == [""]


async def test_giving_a_seat_up_shows_the_others_by_name(ana: Host, guest: Guest) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    await guest.books(event_type, attendee=attendee("cy"))
    left = await guest.cancels(first, seatUid=first["seatUid"])
    assert [(one["email"], one["seatUid"]) for one in left["attendees"]] == [("", "")]


async def test_an_account_sees_its_own_seat_whole_and_the_others_by_name(
    ana: Host, ben: Host, guest: Guest
) -> None:
    event_type = await creates_class(ana)
    own = await guest.books(event_type, attendee={**attendee("ben"), "email": ben.email})
    await guest.books(event_type, attendee=attendee("cy"))
    shown = data(await ben.client.get(f"{URL}/{own['uid']}"))
    assert [one["seatUid"] for one in shown["attendees"]] == [own["seatUid"], ""]
    assert data(await ben.client.get(URL)) == [shown]


async def test_joining_a_seat_is_no_further_booking_for_a_limit(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await creates_class(ana, bookingLimitsCount={"day": 1})
    await guest.books(event_type)
    await guest.books(event_type, attendee=attendee("cy"))
    refused = await client.post(URL, json=booking_of(event_type["id"], TWELVE, attendee=attendee("di")))
    assert refusal(refused, 403)["message"] == "booking_limit_reached"


async def test_a_seated_booking_keeps_other_event_types_away(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await creates_class(ana)
    intro = await ana.creates_event_type()
    await guest.books(event_type)
    error = refusal(await client.post(URL, json=booking_of(intro["id"], TEN)), 400)
    assert error["details"]["reasons"] == ["booking"]


async def test_seats_are_listed_by_host_and_attendee(ana: Host, ben: Host, guest: Guest) -> None:
    event_type = await creates_class(ana)
    uid = (await guest.books(event_type, attendee=attendee("ben")))["uid"]
    assert [one["uid"] for one in data(await ben.client.get(URL))] == [uid]
    assert statuses(data(await ana.client.get(URL))) == ["accepted"]


async def test_a_seat_keeps_its_length_also_when_the_event_type_changes_it(ana: Host, guest: Guest) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    second = await guest.books(event_type, attendee=attendee("cy"))
    shorter = {"lengthInMinutes": 30}
    data(await ana.client.patch(f"/v2/event-types/{event_type['id']}", json=shorter))
    moved = await guest.reschedules(first, TWELVE, seatUid=second["seatUid"])
    assert moved["duration"] == 60
    assert (await ana.reschedules(first, "2050-09-05T13:00:00Z"))["duration"] == 60


async def test_a_host_merges_into_no_booking_that_has_begun(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    event_type = await creates_class(ana)
    early = await guest.books(event_type)
    late = await guest.books(event_type, TWELVE, attendee=attendee("cy"))
    clock.advance(timedelta(days=4, hours=4, minutes=30))
    url = f"{URL}/{late['uid']}/reschedule"
    error = refusal(await ana.client.post(url, json={"start": TEN}), 400)
    assert error["details"]["reasons"] == ["in_the_past"]
    assert len(data(await client.get(f"{URL}/{early['uid']}"))["attendees"]) == 1


async def test_attendees_stay_hidden_when_the_event_type_is_gone(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type("class", seats={**SEATS, "showAttendeeInfo": False})
    uid = (await guest.books(event_type))["uid"]
    data(await ana.client.delete(f"/v2/event-types/{event_type['id']}"))
    assert data(await client.get(f"{URL}/{uid}"))["attendees"] == []
    assert len(data(await ana.client.get(f"{URL}/{uid}"))["attendees"]) == 1
