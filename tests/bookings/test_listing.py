"""`GET /v2/bookings`: each filter, status and order against a list made by hand (bookings.md 5)."""

import random
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from kalends.db.database import Database
from tests.bookings.board import GUESTS, HOUR, NOW, PERIODS, SORTS, Row, expected
from tests.support.client import Client, Guest, Host, booking_of, data, make_host, refusal

URL = "/v2/bookings"
TEN = "2050-09-05T10:00:00Z"
STATUSES = ("upcoming", "recurring", "past", "cancelled", "unconfirmed")
DIRECTIONS = ("asc", "desc")
SEED = 20_250_429
DRAWN = 60


async def listed(host: Host, **query: Any) -> list[str]:
    """Return the uids that a list shows, in order."""
    return [booking["uid"] for booking in data(await host.client.get(URL, params=query))]


async def test_instants_of_an_answer_bound_what_they_were_read_from(
    ana: Host, guest: Guest, client: Client, database: Database, event_types: list[int]
) -> None:
    booking = await guest.books(event_types[0], TEN)
    async with database.transaction() as work:
        await work.connection.execute(
            """
            UPDATE bookings
               SET created_at = date_trunc('second', created_at) + interval '123999 microseconds',
                   updated_at = date_trunc('second', updated_at) + interval '456001 microseconds'
            """
        )
    shown = data(await client.get(f"{URL}/{booking['uid']}"))
    created, updated = shown["createdAt"], shown["updatedAt"]
    assert (created[19:], updated[19:]) == (".123Z", ".456Z")
    for query in (
        {"afterCreatedAt": created},
        {"beforeCreatedAt": created},
        {"afterCreatedAt": created, "beforeCreatedAt": created},
        {"afterUpdatedAt": updated, "beforeUpdatedAt": updated},
        {"afterStart": shown["start"], "beforeEnd": shown["end"]},
    ):
        assert await listed(ana, **query) == [booking["uid"]], query
    assert await listed(ana, beforeCreatedAt=created.replace(".123", ".122")) == []
    assert await listed(ana, afterCreatedAt=created.replace(".123", ".124")) == []


async def check(host: Host, board: list[Row], **query: str) -> None:
    """Compare a list with the one made by hand."""
    assert await listed(host, **query) == expected(board, query), query


@pytest.mark.parametrize("status", STATUSES)
async def test_each_status_has_its_members_in_its_own_order(ana: Host, board: list[Row], status: str) -> None:
    shown = await listed(ana, status=status)
    assert shown == expected(board, {"status": status})
    assert shown


@pytest.mark.parametrize(("status", "sort"), list(product((*STATUSES, None), SORTS)))
async def test_each_status_can_be_ordered_by_anything(
    ana: Host, board: list[Row], status: str | None, sort: str
) -> None:
    for direction in DIRECTIONS:
        narrowed = {} if status is None else {"status": status}
        await check(ana, board, **narrowed, **{sort: direction})


async def test_several_statuses_list_what_has_any_of_them_once(ana: Host, board: list[Row]) -> None:
    for statuses in (
        "upcoming,past",
        "upcoming,recurring,unconfirmed",
        "cancelled,upcoming",
        ",".join(STATUSES),
    ):
        await check(ana, board, status=statuses)
        await check(ana, board, status=statuses, sortStart="desc")


@pytest.mark.parametrize("bound", ["afterStart", "beforeEnd"])
async def test_bounds_of_the_period_include_their_instant(ana: Host, board: list[Row], bound: str) -> None:
    for start, end in PERIODS.values():
        instant = start if bound == "afterStart" else end
        for moment in (instant, instant + timedelta(milliseconds=1), instant - timedelta(milliseconds=1)):
            await check(ana, board, **{bound: moment.isoformat()})


@pytest.mark.parametrize("column", ["Created", "Updated"])
async def test_bounds_of_creation_and_change_include_their_instant(
    ana: Host, board: list[Row], column: str
) -> None:
    for hours in (0, 1, 2, 24, 25, 48):
        moment = (NOW - hours * HOUR).isoformat()
        await check(ana, board, **{f"after{column}At": moment})
        await check(ana, board, **{f"before{column}At": moment})
        await check(ana, board, **{f"after{column}At": moment, f"before{column}At": moment})


@pytest.mark.parametrize("guest", GUESTS)
async def test_attendees_are_found_by_their_exact_name_and_address(
    ana: Host, board: list[Row], guest: str
) -> None:
    await check(ana, board, attendeeName=guest)
    await check(ana, board, attendeeEmail=f"{guest}@example.com")
    assert await listed(ana, attendeeName=f" {guest} ") == expected(board, {"attendeeName": guest})


async def test_filters_hold_together_whatever_they_are(
    ana: Host, board: list[Row], event_types: list[int]
) -> None:
    chance = random.Random(SEED)
    for _ in range(DRAWN):
        moments = [(NOW + chance.randrange(-30, 30) * HOUR).isoformat() for _ in range(6)]
        choices: dict[str, list[str]] = {
            "status": [*STATUSES, "past,upcoming"],
            "eventTypeIds": [str(event_types[0]), ",".join(map(str, event_types))],
            "attendeeName": list(GUESTS),
            "attendeeEmail": [f"{guest}@example.com" for guest in GUESTS],
            "afterStart": moments,
            "beforeEnd": moments,
            "afterCreatedAt": moments,
            "beforeUpdatedAt": moments,
            **{sort: list(DIRECTIONS) for sort in SORTS},
        }
        names = chance.sample(list(choices), chance.randint(2, 4))
        await check(ana, board, **{name: chance.choice(choices[name]) for name in names})


@pytest.mark.parametrize("sort", SORTS)
async def test_pages_follow_each_other_without_a_gap_or_an_overlap(
    ana: Host, board: list[Row], sort: str
) -> None:
    for direction in DIRECTIONS:
        whole = await listed(ana, **{sort: direction})
        pages = [
            await listed(ana, take=11, skip=skip, **{sort: direction}) for skip in range(0, len(whole), 11)
        ]
        assert [uid for page in pages for uid in page] == whole
        assert await listed(ana, skip=len(whole), **{sort: direction}) == []


async def test_event_types_are_named_one_by_one_or_in_a_list(
    ana: Host, board: list[Row], event_types: list[int]
) -> None:
    first, second = event_types
    of_first = expected(board, {"eventTypeIds": str(first)})
    assert await listed(ana, eventTypeId=first) == of_first
    assert await listed(ana, eventTypeIds=f"{first},999999") == of_first
    assert await listed(ana, eventTypeIds=[first, second]) == expected(board, {})
    # The list wins over the single one.
    assert await listed(ana, eventTypeIds=first, eventTypeId=second) == of_first


async def test_event_types_that_do_not_exist_are_refused(ana: Host, board: list[Row]) -> None:
    for query in ({"eventTypeId": 999_999}, {"eventTypeIds": "999998,999999"}):
        error = refusal(await ana.client.get(URL, params=query), 400)
        assert error["code"] == "TRPCError"
        assert error["message"].startswith("eventTypeIds")


async def test_teams_without_event_types_have_no_bookings(ana: Host, board: list[Row]) -> None:
    for query in ({"teamId": 1}, {"teamsIds": "1,2"}, {"teamsIds": [1, 2], "status": "upcoming"}):
        assert await listed(ana, **query) == []


async def test_a_booking_is_listed_for_its_host_and_whoever_attends_whatever_the_case(
    ana: Host, ben: Host, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    body = booking_of(event_type["id"], TEN, guests=["Ben@Example.com"])
    uid = data(await client.post(URL, json=body), 201)["uid"]
    assert await listed(ana) == await listed(ben) == [uid]
    assert await listed(ben, attendeeEmail="ben@example.com") == []
    assert await listed(ben, attendeeEmail="Ben@Example.com") == [uid]


async def test_a_booking_of_oneself_is_listed_once(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    body = booking_of(event_type["id"], TEN, guests=[ana.email, "other@example.com"])
    uid = data(await client.post(URL, json=body), 201)["uid"]
    assert await listed(ana) == await listed(ana, status="upcoming") == [uid]


async def test_a_stranger_sees_nothing(
    ana: Host, board: list[Row], client: Client, database: Database
) -> None:
    eve = await make_host(client, database, "eve", time_zone="UTC")
    assert await listed(eve) == []
    assert await listed(eve, attendeeEmail="bo@example.com") == []


async def test_a_list_needs_a_credential(client: Client) -> None:
    refusal(await client.get(URL), 401)
    refusal(await client.get(URL, headers={"Authorization": "Bearer cal_unknown"}), 401)


async def test_a_blank_in_an_address_stands_for_a_plus(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    body = booking_of(event_type["id"], TEN)
    body["attendee"]["email"] = "a+b@example.com"
    uid = data(await client.post(URL, json=body), 201)["uid"]
    for text in ("a b@example.com", " a+b@example.com "):
        assert await listed(ana, attendeeEmail=text) == [uid]
    # As httpx would not send it: a plus that the query string means as a blank.
    found = data(await ana.client.request("GET", f"{URL}?attendeeEmail=a+b@example.com"))
    assert [booking["uid"] for booking in found] == [uid]


async def test_names_and_addresses_may_be_long(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    letters = "".join(random.Random(SEED).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=4_000))
    body = booking_of(event_type["id"], TEN)
    body["attendee"] |= {"name": letters, "email": f"{letters}@example.com"}
    uid = data(await client.post(URL, json=body), 201)["uid"]
    assert await listed(ana, attendeeName=letters, attendeeEmail=f"{letters}@example.com") == [uid]


@pytest.mark.parametrize(
    "query",
    [
        {"take": "0"},
        {"take": "251"},
        {"take": "abc"},
        {"take": ""},
        {"skip": "-1"},
        {"status": "foo"},
        {"status": "upcoming,foo"},
        {"status": ""},
        {"afterStart": "xyz"},
        {"beforeUpdatedAt": "2050-13-01"},
        {"sortStart": "up"},
        {"eventTypeIds": "1,x"},
        {"eventTypeIds": "0"},
        {"teamsIds": "0"},
    ],
)
async def test_a_bad_query_is_refused_by_name(ana: Host, query: dict[str, str]) -> None:
    error = refusal(await ana.client.get(URL, params=query), 400)
    assert [record["property"] for record in error["details"]["errors"]] == list(query)


async def test_a_parameter_in_another_spelling_is_an_unknown_one(ana: Host, board: list[Row]) -> None:
    assert await listed(ana, event_type_id="99999", after_start="soon") == await listed(ana)


async def test_unknown_parameters_are_ignored(ana: Host, board: list[Row]) -> None:
    assert await listed(ana, sortUpdated="desc", teamIds=7) == expected(board, {})


async def test_a_list_takes_as_many_statements_for_many_as_for_few(
    ana: Host, board: list[Row], client: Client, database: Database, count_statements: Any
) -> None:
    eve = await make_host(client, database, "eve", time_zone="UTC")
    with count_statements() as for_none:
        assert await listed(eve) == []
    with count_statements() as for_many:
        assert len(await listed(ana, status="upcoming,cancelled", sortEnd="desc")) > 10
    assert for_many.count == for_none.count


async def test_a_new_booking_counts_as_changed_when_it_was_made(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type()
    made = await guest.books(intro, TEN)
    assert made["updatedAt"] == made["createdAt"]
    assert await listed(ana, afterUpdatedAt=made["createdAt"]) == [made["uid"]]


async def test_bounds_may_lie_as_far_out_as_a_date_can(ana: Host, board: list[Row]) -> None:
    everything = await listed(ana, afterStart="1000-01-01", take="250")
    assert everything
    assert await listed(ana, afterStart="0001-01-01", beforeEnd="9999-12-31", take="250") == everything
    assert await listed(ana, beforeEnd="0001-01-01") == []
    assert await listed(ana, afterStart="9999-12-31T23:59:59Z") == []


async def test_a_status_that_is_named_twice_is_one(ana: Host, board: list[Row]) -> None:
    assert await listed(ana, status="past,past") == await listed(ana, status="past")
