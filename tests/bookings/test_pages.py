"""Pages of lists of bookings by `limit` and `cursor`, from version 2026-05-01 on (bookings.md 5.1)."""

import base64
import random
from datetime import timedelta
from typing import Any

import pytest

from kalends.db.database import Database
from tests.bookings.board import GUESTS, HOUR, NOW, SORTS, Row, expected
from tests.conftest import Clock
from tests.support.client import Client, Guest, Host, data, make_host, refusal
from tests.support.organizations import People
from tests.support.teams import Rows

URL = "/v2/bookings"
PAGED = "2026-05-01"
TEN = "2050-09-05T10:00:00Z"
STATUSES = ("upcoming", "recurring", "past", "cancelled", "unconfirmed", "past,upcoming")
SEED = 20_260_501
DRAWN = 40


async def page(host: Host, path: str = URL, *, version: str = PAGED, **query: Any) -> dict[str, Any]:
    """Return the body of an answer that shows a page."""
    answer = await host.client.request("GET", path, params=query, version=version)
    data(answer)
    body: dict[str, Any] = answer.json()
    return body


async def walked(host: Host, path: str = URL, **query: Any) -> list[str]:
    """Return the uids of all pages, after checking what each says of where it stands."""
    uids: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        shown = await page(host, path, **query, **cursor)
        here = [booking["uid"] for booking in shown["data"]]
        figures = shown["pagination"]
        total, per_page = figures["totalItems"], query["limit"]
        rest = total - len(uids) - len(here)
        assert figures == {
            "totalItems": total,
            "remainingItems": rest,
            "returnedItems": len(here),
            "itemsPerPage": per_page,
            "currentPage": len(uids) // per_page + 1,
            "totalPages": -(-total // per_page),
            "hasNextPage": rest > 0,
            "hasPreviousPage": len(uids) > 0,
            "hasMore": rest > 0,
            "nextCursor": figures["nextCursor"],
        }
        assert (figures["nextCursor"] is not None) == (rest > 0)
        uids += here
        if rest == 0:
            assert len(uids) == total
            return uids
        cursor = {"cursor": figures["nextCursor"]}


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("status", [None, *STATUSES])
async def test_pages_hold_everything_once_in_every_order_of_every_status(
    ana: Host, board: list[Row], sort: str, direction: str, status: str | None
) -> None:
    query = {sort: direction} | ({} if status is None else {"status": status})
    assert await walked(ana, limit=7, **query) == expected(board, query)


async def test_pages_go_with_every_filter(ana: Host, board: list[Row], event_types: list[int]) -> None:
    chance = random.Random(SEED)
    for _ in range(DRAWN):
        moments = [(NOW + chance.randrange(-30, 30) * HOUR).isoformat() for _ in range(4)]
        choices: dict[str, list[str]] = {
            "status": list(STATUSES),
            "eventTypeIds": [str(event_types[0]), ",".join(map(str, event_types))],
            "attendeeName": list(GUESTS),
            "attendeeEmail": [f"{guest}@example.com" for guest in GUESTS],
            "afterStart": moments,
            "beforeEnd": moments,
            "afterCreatedAt": moments,
            "afterUpdatedAt": moments,
            "beforeUpdatedAt": moments,
            **{sort: ["asc", "desc"] for sort in SORTS},
        }
        names = chance.sample(list(choices), chance.randint(1, 4))
        query = {name: chance.choice(choices[name]) for name in names}
        assert await walked(ana, limit=chance.randint(1, 9), **query) == expected(board, query), query


async def test_a_list_that_fits_has_one_page(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type()
    uid = (await guest.books(event_type, TEN))["uid"]
    shown = await page(ana, status="upcoming", limit=50, sortStart="asc")
    assert [booking["uid"] for booking in shown["data"]] == [uid]
    assert shown["pagination"] == {
        "totalItems": 1,
        "remainingItems": 0,
        "returnedItems": 1,
        "itemsPerPage": 50,
        "currentPage": 1,
        "totalPages": 1,
        "hasNextPage": False,
        "hasPreviousPage": False,
        "hasMore": False,
        "nextCursor": None,
    }


async def test_an_empty_list_has_figures_too(ana: Host) -> None:
    figures = (await page(ana))["pagination"]
    assert (figures["totalItems"], figures["totalPages"], figures["itemsPerPage"]) == (0, 0, 100)
    assert (figures["hasMore"], figures["nextCursor"]) == (False, None)


async def test_take_and_skip_go_on_working_with_figures(ana: Host, board: list[Row]) -> None:
    whole = expected(board, {})
    shown = await page(ana, take=10, skip=20)
    assert [booking["uid"] for booking in shown["data"]] == whole[20:30]
    figures = shown["pagination"]
    assert figures["currentPage"] == 3
    assert (figures["totalItems"], figures["remainingItems"]) == (len(whole), len(whole) - 30)
    assert (figures["hasPreviousPage"], figures["hasNextPage"]) == (True, True)
    # Who begins with numbers may go on with cursors.
    following = await page(ana, take=10, cursor=figures["nextCursor"])
    assert [booking["uid"] for booking in following["data"]] == whole[30:40]
    assert following["pagination"]["currentPage"] == 4
    beyond = await page(ana, take=10, skip=1_000)
    assert beyond["data"] == []
    assert (beyond["pagination"]["totalItems"], beyond["pagination"]["remainingItems"]) == (len(whole), 0)


async def test_what_comes_or_goes_before_a_page_does_not_move_it(
    ana: Host, guest: Guest, database: Database
) -> None:
    event_type = await ana.creates_event_type()
    uids = [
        (await guest.books(event_type, f"2050-09-05T{hour:02}:00:00Z"))["uid"] for hour in (9, 10, 11, 12)
    ]
    first = await page(ana, limit=2, sortStart="asc")
    assert [booking["uid"] for booking in first["data"]] == uids[:2]
    await guest.books(event_type, "2050-09-05T08:00:00Z")
    async with database.transaction() as work:
        await work.connection.execute("DELETE FROM bookings WHERE uid = %s", (uids[1],))
    second = await page(ana, limit=2, sortStart="asc", cursor=first["pagination"]["nextCursor"])
    assert [booking["uid"] for booking in second["data"]] == uids[2:]
    assert second["pagination"]["remainingItems"] == 0


async def test_what_changed_since_is_found_once_over_all_pages(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type()
    made = [await guest.books(event_type, f"2050-09-05T{hour:02}:00:00Z") for hour in (8, 9, 10)]
    since = made[0]["createdAt"]
    found = await walked(ana, limit=1, afterUpdatedAt=since, sortUpdatedAt="asc")
    assert found == [booking["uid"] for booking in made]


def altered(cursor: str) -> list[str]:
    """Return what a cursor may become that is none."""
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    changed = [
        b"\x00" + raw[1:],
        raw[:1] + b"\x09" + raw[2:],
        raw[:3] + b"\x7f" + raw[4:],
        raw[:3] + b"\x80" + b"\0" * 7 + raw[11:],
        raw + b"\0",
        raw[:-1],
    ]
    texts = ["", "x", "é", "=", cursor + "!", cursor[:-1] + "\0", "a" * 5_000, "null", "1"]
    return texts + [base64.urlsafe_b64encode(one).decode() for one in changed]


async def test_a_malformed_cursor_is_refused(ana: Host, board: list[Row]) -> None:
    cursor = (await page(ana, limit=2))["pagination"]["nextCursor"]
    for text in altered(cursor):
        answer = await ana.client.request("GET", URL, params={"cursor": text}, version=PAGED)
        error = refusal(answer, 400)
        assert [record["property"] for record in error["details"]["errors"]] == ["cursor"], text
    refusal(await ana.client.request("GET", f"{URL}?cursor={cursor}&cursor={cursor}", version=PAGED), 400)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"limit": 5, "take": 5}, "limit"),
        ({"limit": 5, "take": 100}, "limit"),
        ({"skip": 0}, "cursor"),
        ({"sortEnd": "asc"}, "cursor"),
        ({"sortStart": "desc"}, "cursor"),
        ({"status": "past"}, "cursor"),
    ],
)
async def test_what_does_not_go_together_is_refused_by_name(
    ana: Host, board: list[Row], query: dict[str, Any], named: str
) -> None:
    cursor = (await page(ana, limit=2))["pagination"]["nextCursor"]
    answer = await ana.client.request("GET", URL, params={"cursor": cursor, **query}, version=PAGED)
    assert refusal(answer, 400)["message"].startswith(f"{named}: ")


@pytest.mark.parametrize("limit", ["0", "251", "-1", "abc", ""])
async def test_a_page_has_1_to_250_bookings(ana: Host, limit: str) -> None:
    error = refusal(await ana.client.request("GET", URL, params={"limit": limit}, version=PAGED), 400)
    assert [record["property"] for record in error["details"]["errors"]] == ["limit"]


@pytest.mark.parametrize("version", ["2026-05-01", "2026-06-12", "2030-01-01"])
async def test_versions_from_2026_05_01_on_have_pages(ana: Host, board: list[Row], version: str) -> None:
    shown = await page(ana, version=version, limit=2)
    assert len(shown["data"]) == 2
    assert shown["pagination"]["hasMore"] is True


@pytest.mark.parametrize("version", ["2024-08-13", "2026-04-30", "2024-04-15"])
async def test_versions_before_have_none_and_say_that_they_ignore_how_to_page(
    ana: Host, board: list[Row], version: str
) -> None:
    answer = await ana.client.request("GET", URL, params={"limit": 2, "cursor": "x"}, version=version)
    assert len(data(answer)) == len(expected(board, {}))
    assert set(answer.json()) == {"status", "data"}
    assert answer.headers["X-Kalends-Ignored"] == "limit, cursor"


@pytest.mark.parametrize("version", ["2024-08-13", PAGED])
async def test_one_booking_is_listed_by_its_uid(
    ana: Host, ben: Host, board: list[Row], client: Client, version: str
) -> None:
    uid = board[3].uid
    for query, found in (
        ({"bookingUid": uid}, [uid]),
        ({"bookingUid": f" {uid} "}, [uid]),
        ({"bookingUid": "nobody"}, []),
        ({"bookingUid": "stranger"}, []),
        ({"bookingUid": uid, "afterStart": "2080-01-01"}, []),
    ):
        answer = await ana.client.request("GET", URL, params=query, version=version)
        assert [booking["uid"] for booking in data(answer)] == found
        assert "X-Kalends-Ignored" not in answer.headers


async def test_a_page_takes_as_many_statements_as_a_list(
    ana: Host, board: list[Row], count_statements: Any
) -> None:
    cursor = (await page(ana, limit=2))["pagination"]["nextCursor"]
    with count_statements() as for_list:
        data(await ana.client.get(URL))
    with count_statements() as for_page:
        await page(ana, limit=2, cursor=cursor)
    assert for_page.count == for_list.count


async def test_pages_of_organizations_users_and_teams(
    ana: Host, people: People, client: Client, database: Database
) -> None:
    acme = await people.organization("acme", ana)
    bo = await people.member("bo", acme)
    team = await people.team("support", organization=acme)
    rows = Rows(people.database)
    event_type = await rows.event_type(team, bo)
    uids = [
        await rows.is_booked(bo, event_type, NOW + number * HOUR, NOW + (number + 1) * HOUR)
        for number in range(5)
    ]
    for path in (
        f"/v2/organizations/{acme}/bookings",
        f"/v2/organizations/{acme}/users/{bo.id}/bookings",
        f"/v2/organizations/{acme}/teams/{team}/bookings",
    ):
        assert await walked(ana, path, limit=2, sortStart="asc") == uids
        assert await walked(ana, path, limit=2, sortStart="desc") == uids[::-1]
        assert [one["uid"] for one in (await page(ana, path, bookingUid=uids[2]))["data"]] == [uids[2]]
        plain = await ana.client.get(path)
        assert set(plain.json()) == {"status", "data"}
        assert len(data(plain)) == 5


async def test_one_booking_is_listed_by_its_uid_however_old_it_is(
    ana: Host, people: People, clock: Clock
) -> None:
    acme = await people.organization("acme", ana)
    rows = Rows(people.database)
    event_type = await rows.event_type(await people.team("support", organization=acme), ana)
    uid = await rows.is_booked(ana, event_type, NOW, NOW + HOUR)
    clock.now = NOW + timedelta(days=100)
    for path in (URL, f"/v2/organizations/{acme}/bookings"):
        assert (await page(ana, path))["data"] == []
        assert [one["uid"] for one in (await page(ana, path, bookingUid=uid))["data"]] == [uid]


async def test_an_attendee_has_pages_too(ana: Host, guest: Guest, client: Client, database: Database) -> None:
    bo = await make_host(client, database, "bo", time_zone="UTC")
    event_type = await ana.creates_event_type()
    uids = [
        (await guest.books(event_type, (NOW + number * timedelta(days=7)).isoformat()))["uid"]
        for number in range(3)
    ]
    assert await walked(bo, limit=1) == uids
