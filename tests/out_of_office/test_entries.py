"""When an organization's users are out of office, as its ADMINs write it down (schedules.md 6)."""

from datetime import date
from typing import Any

import pytest

from kalends.db.database import Database
from kalends.settings import Settings
from tests.out_of_office.conftest import Office
from tests.support.client import Client, broken_properties, data, refusal
from tests.support.organizations import People
from tests.support.teams import Rows

FAR = "2051-05-01", "2051-05-03"


async def test_an_absence_is_whole_dates_whatever_the_times(office: Office) -> None:
    body = {"start": "2051-05-01T09:30:00.000Z", "end": "2051-05-03T07:00:00Z"}
    made = data(await office.ada.client.post(office.of(office.bob), json=body), 201)
    assert made == {
        "id": made["id"],
        "uuid": made["uuid"],
        "userId": office.bob.id,
        "toUserId": None,
        "start": "2051-05-01T00:00:00.000Z",
        "end": "2051-05-03T23:59:59.999Z",
        "notes": None,
        "reason": "unspecified",
    }
    assert len(made["uuid"]) == 36
    assert data(await office.ada.client.get(office.of(office.bob))) == [made]
    assert data(await office.boss.client.get(office.path)) == [made]


async def test_times_of_one_date_may_be_reversed(office: Office) -> None:
    body = {"start": "2051-05-01T18:00:00Z", "end": "2051-05-01T08:00:00Z"}
    data(await office.ada.client.post(office.of(office.bob), json=body), 201)


async def test_all_that_may_be_said_is_kept(office: Office) -> None:
    said: dict[str, Any] = {"notes": "Hawaii", "reason": "vacation", "toUserId": office.cy.id}
    made = await office.is_away(office.bob, *FAR, **said)
    assert {name: made[name] for name in said} == said
    for reason in ("unspecified", "travel", "sick", "public_holiday"):
        changed = await office.ada.client.patch(
            f"{office.of(office.bob)}/{made['id']}", json={"reason": reason}
        )
        assert data(changed) == {**made, "reason": reason}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"start": "2051-05-01"}, {"start"}),
        ({"start": "2051-05-01T00:00:00"}, {"start"}),
        ({"start": "2051-05-01T00:00Z"}, {"start"}),
        ({"start": "2051-05-01T00:00:00+00:00"}, {"start"}),
        ({"start": "2051-05-01T00:00:00.0Z"}, {"start"}),
        ({"start": "2051-02-30T00:00:00Z"}, {"start"}),
        ({"start": "2051-13-01T00:00:00Z"}, {"start"}),
        ({"start": "2051-05-01T25:00:00Z"}, {"start"}),
        ({"start": "0000-05-01T00:00:00Z"}, {"start"}),
        ({"end": "9999-12-31T00:00:00Z"}, {"end"}),
        ({"start": None, "end": 7}, {"start", "end"}),
        ({"notes": 5}, {"notes"}),
        ({"notes": "x" * 5_001}, {"notes"}),
        ({"toUserId": "7"}, {"toUserId"}),
        ({"toUserId": 2**40}, {"toUserId"}),
        ({"reason": "lazy"}, {"reason"}),
    ],
)
async def test_what_is_no_absence_is_named(office: Office, body: dict[str, Any], named: set[str]) -> None:
    whole = {"start": "2051-05-01T00:00:00Z", "end": "2051-05-03T00:00:00Z", **body}
    path = office.of(office.bob)
    assert broken_properties(refusal(await office.ada.client.post(path, json=whole), 400)) == named
    assert data(await office.ada.client.get(path)) == []
    entry = await office.is_away(office.bob, *FAR)
    changed = await office.ada.client.patch(f"{path}/{entry['id']}", json=whole)
    assert broken_properties(refusal(changed, 400)) == named
    assert data(await office.ada.client.get(path)) == [entry]


async def test_start_and_end_are_needed(office: Office) -> None:
    error = refusal(await office.ada.client.post(office.of(office.bob), json={}), 400)
    assert broken_properties(error) == {"start", "end"}


async def test_an_end_before_the_start_is_refused(office: Office) -> None:
    refusal(await office.asks(office.bob, "2051-05-03", "2051-05-01"), 400)
    entry = await office.is_away(office.bob, *FAR)
    swapped = {"start": "2051-05-03T00:00:00Z", "end": "2051-05-01T00:00:00Z"}
    refusal(await office.ada.client.patch(f"{office.of(office.bob)}/{entry['id']}", json=swapped), 400)


async def test_the_same_dates_are_taken_once_and_others_may_overlap(office: Office) -> None:
    await office.is_away(office.bob, *FAR)
    assert refusal(await office.asks(office.bob, *FAR), 409)["code"] == "ConflictException"
    await office.is_away(office.bob, "2051-05-02", "2051-05-03")
    await office.is_away(office.cy, *FAR)


async def test_a_stand_in_is_somebody_else_of_ones_own_teams(office: Office, people: People) -> None:
    stranger = await people.account("stranger")
    elsewhere = await people.account("elsewhere")
    other = await people.organization("other", elsewhere)
    await people.enters(office.bob, other, accepted=False)
    for nobody in (office.bob.id, stranger.id, elsewhere.id, 999_999, -1):
        refusal(await office.asks(office.bob, *FAR, toUserId=nobody), 400)
    invited = await people.member("di", office.id, accepted=False)
    await office.is_away(office.bob, *FAR, toUserId=invited.id)
    lab = await people.team("lab")
    await people.joins(office.bob, lab)
    await people.joins(stranger, lab)
    await office.is_away(office.bob, "2051-06-01", "2051-06-01", toUserId=stranger.id)


async def test_a_change_leaves_what_is_not_sent(office: Office) -> None:
    made = await office.is_away(office.bob, *FAR, notes="Hawaii", toUserId=office.cy.id, reason="travel")
    path = f"{office.of(office.bob)}/{made['id']}"
    client = office.ada.client
    assert data(await client.patch(path, json={})) == made
    assert data(await client.patch(path, json={"reason": None, "unknown": 1})) == made
    moved = {"start": "2051-05-02T12:00:00Z", "end": "2051-05-05T12:00:00Z"}
    expected = {**made, "start": "2051-05-02T00:00:00.000Z", "end": "2051-05-05T23:59:59.999Z"}
    assert data(await client.patch(path, json=moved)) == expected
    cleared = data(await client.patch(path, json={"toUserId": None, "notes": None}))
    assert cleared == {**expected, "toUserId": None, "notes": None}
    assert data(await client.get(office.of(office.bob))) == [cleared]


async def test_one_date_only_and_null_for_both_are_refused(office: Office) -> None:
    entry = await office.is_away(office.bob, *FAR)
    path = f"{office.of(office.bob)}/{entry['id']}"
    for body in (
        {"start": "2051-05-02T00:00:00Z"},
        {"end": "2051-05-02T00:00:00Z"},
        {"start": None, "end": None},
        {"start": "2051-05-02T00:00:00Z", "end": None},
    ):
        refusal(await office.ada.client.patch(path, json=body), 400)
    assert data(await office.ada.client.get(office.of(office.bob))) == [entry]


async def test_dates_that_are_taken_are_409_its_own_too(office: Office) -> None:
    await office.is_away(office.bob, "2051-06-01", "2051-06-01")
    entry = await office.is_away(office.bob, *FAR)
    path = f"{office.of(office.bob)}/{entry['id']}"
    for day in ("2051-06-01", None):
        start, end = (day, day) if day else FAR
        body = {"start": f"{start}T00:00:00Z", "end": f"{end}T00:00:00Z"}
        refusal(await office.ada.client.patch(path, json=body), 409)


async def test_a_deleted_absence_is_shown_once_more(office: Office) -> None:
    entry = await office.is_away(office.bob, *FAR)
    other = await office.is_away(office.bob, "2051-06-01", "2051-06-01")
    path = f"{office.of(office.bob)}/{entry['id']}"
    assert data(await office.ada.client.delete(path)) == entry
    assert data(await office.ada.client.get(office.of(office.bob))) == [other]
    refusal(await office.ada.client.delete(path), 403)


async def test_absences_of_others_are_403_whether_they_exist_or_not(office: Office, people: People) -> None:
    entry = await office.is_away(office.cy, *FAR)
    for entry_id in (entry["id"], 999_999, -1, 99_999_999_999):
        path = f"{office.of(office.bob)}/{entry_id}"
        refusal(await office.ada.client.patch(path, json={"reason": 1}), 403)
        refusal(await office.ada.client.delete(path), 403)
    refusal(await office.ada.client.delete(f"{office.of(office.bob)}/first"), 400)
    stranger = await people.account("stranger")
    for user_id in (stranger.id, 999_999):
        refusal(await office.ada.client.get(f"/v2/organizations/{office.id}/users/{user_id}/ooo"), 403)
    assert data(await office.ada.client.get(office.of(office.cy))) == [entry]


async def test_only_administrators_manage_them(office: Office, people: People, client: Client) -> None:
    entry = await office.is_away(office.bob, *FAR)
    other = await people.account("other")
    await people.organization("other", other)
    for caller, status in ((office.bob.client, 403), (other.client, 403), (client, 401)):
        refusal(await caller.get(office.path), status)
        refusal(await caller.get(office.of(office.bob)), status)
        refusal(await caller.post(office.of(office.bob), json={}), status)
        refusal(await caller.patch(f"{office.of(office.bob)}/{entry['id']}", json={}), status)
        refusal(await caller.delete(f"{office.of(office.bob)}/{entry['id']}"), status)


async def test_lists_are_sorted_as_is_asked_for(office: Office) -> None:
    long = await office.is_away(office.bob, "2051-05-01", "2051-05-09")
    short = await office.is_away(office.cy, "2051-05-02", "2051-05-03")
    early = await office.is_away(office.bob, "2051-04-01", "2051-05-03")
    last = await office.is_away(office.bob, "2051-05-01", "2051-05-03")
    expected = {
        "": [long, short, early, last],
        "sortStart=asc": [early, long, last, short],
        "sortStart=desc": [short, long, last, early],
        "sortEnd=asc": [short, early, last, long],
        "sortEnd=desc": [long, short, early, last],
        "sortEnd=asc&sortStart=desc": [short, last, early, long],
        "skip=1&take=2": [short, early],
        "sortEnd=desc&take=1": [long],
    }
    for query, found in expected.items():
        assert data(await office.ada.client.get(f"{office.path}?{query}")) == found, query
        own = [one for one in found if one["userId"] == office.bob.id]
        if "take" not in query:
            assert data(await office.ada.client.get(f"{office.of(office.bob)}?{query}")) == own, query


async def test_a_list_may_be_of_one_address(office: Office, people: People) -> None:
    own = await office.is_away(office.bob, *FAR)
    await office.is_away(office.cy, *FAR)
    assert data(await office.ada.client.get(office.path, params={"email": "BOB@example.com"})) == [own]
    assert data(await office.ada.client.get(office.path, params={"email": "nobody@example.com"})) == []
    stranger = await people.account("stranger")
    await Rows(people.database).is_away(stranger, date(2051, 5, 1), date(2051, 5, 3))
    assert data(await office.ada.client.get(office.path, params={"email": stranger.email})) == []
    assert len(data(await office.ada.client.get(office.path))) == 2


@pytest.mark.parametrize(
    "query", ["take=0", "take=251", "skip=-1", "take=", "sortStart=up", "sortEnd=ASC", "sortEnd="]
)
async def test_a_query_that_is_none_is_named(office: Office, query: str) -> None:
    for path in (office.path, office.of(office.bob)):
        error = refusal(await office.ada.client.get(f"{path}?{query}"), 400)
        assert broken_properties(error) == {query.partition("=")[0]}


async def test_a_user_is_away_so_many_times(office: Office, settings: Settings, database: Database) -> None:
    most = settings.out_of_office_entries_most
    async with database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO out_of_office_entries (user_id, start_date, end_date)
            SELECT %s, date '2060-01-01' + n, date '2060-01-01' + n FROM generate_series(2, %s) n
            """,
            (office.bob.id, most),
        )
    await office.is_away(office.bob, *FAR)
    error = refusal(await office.asks(office.bob, "2051-05-03", "2051-05-03"), 400)
    assert f"at most {most}" in error["message"]
    assert len(data(await office.ada.client.get(office.of(office.bob), params={"skip": most - 1}))) == 1
    await office.is_away(office.cy, *FAR)


async def test_a_large_organization_is_listed_in_the_same_orders(
    office: Office, people: People, database: Database
) -> None:
    stranger = await people.account("stranger")
    async with database.connection() as connection:
        await connection.execute(
            """
            WITH people AS (
                INSERT INTO users (email, username)
                SELECT 'm' || n || '@example.com', 'm' || n FROM generate_series(1, 2100) n
                RETURNING id, username
            ), known AS (
                INSERT INTO profiles (user_id, organization_id, username)
                SELECT id, %s, username FROM people
            )
            INSERT INTO out_of_office_entries (user_id, start_date, end_date)
            SELECT id, date '2051-01-01' + id %% 97, date '2051-06-01' + id %% 89 FROM people
             UNION ALL
            SELECT %s, date '2051-01-01' + n, date '2051-07-01' + n FROM generate_series(0, 99) n
            """,
            (office.id, stranger.id),
        )
    found: list[dict[str, Any]] = []
    for skip in range(0, 2100, 250):
        found += data(await office.ada.client.get(office.path, params={"skip": skip}))
    assert [one["id"] for one in found] == sorted({one["id"] for one in found})
    assert len(found) == 2100
    for query, sign in (("asc", 1), ("desc", -1)):
        for name in ("start", "end"):
            ordered = sorted(found, key=lambda one: (sign * _day(one[name]), one["id"]))
            asked: dict[str, str | int] = {f"sort{name.capitalize()}": query, "skip": 3, "take": 100}
            assert data(await office.ada.client.get(office.path, params=asked)) == ordered[3:103]
            asked |= {"skip": 2050}
            assert data(await office.ada.client.get(office.path, params=asked)) == ordered[2050:]


def _day(text: str) -> int:
    return date.fromisoformat(text[:10]).toordinal()
