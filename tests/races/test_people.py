"""Many change who belongs to a team at once: nobody is added twice, and somebody always rules."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from kalends.accounts import service as accounts
from kalends.accounts.service import CreateUser
from kalends.auth import service as auth
from kalends.db.database import Database
from kalends.memberships import service as memberships
from kalends.memberships.membership import Role
from kalends.organizations import service as organizations
from kalends.organizations.service import CreateOrganization
from tests.races.scene import Scene, at_once, data_of, only_winner
from tests.support.connection import Connection, request_bytes

RACERS = 8
ROUNDS = 10


@pytest.fixture
async def database(scene: Scene) -> AsyncIterator[Database]:
    """Return connections of the test's own."""
    async with Database(scene.url, size=4) as database:
        yield database


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a key."""

    id: int
    key: str


async def person(database: Database, name: str) -> Person:
    """Make an account."""
    async with database.transaction() as work:
        command = CreateUser(f"{name}@example.com", name, None, "UTC", is_bare=True, has_verified_email=True)
        user = await accounts.create_user(work, command)
        key = await auth.create_api_key(work, user_id=user.id, note=None, expires_at=None, prefix="cal_")
    return Person(user.id, key.api_key)


async def company(database: Database, slug: str, *owners: Person) -> tuple[int, list[int]]:
    """Make an organization of several OWNERs; return its id and their memberships."""
    async with database.transaction() as work:
        first = await accounts.find_user_by_email(work.connection, f"{slug}-0@example.com")
        made = await organizations.create_organization(work, first, CreateOrganization(slug, slug))
        for number in range(1, len(owners)):
            user = await accounts.find_user_by_email(work.connection, f"{slug}-{number}@example.com")
            await organizations.add_member(work, made.id, user, role=Role.OWNER)
        found = await memberships.list_members(work.connection, made.id, take=250, skip=0)
    return made.id, [one.id for one in found]


async def owners_of(database: Database, slug: str, count: int) -> tuple[list[Person], int, list[int]]:
    """Make an organization of so many OWNERs."""
    people = [await person(database, f"{slug}-{number}") for number in range(count)]
    organization_id, found = await company(database, slug, *people)
    return people, organization_id, found


async def test_of_many_adds_of_one_person_one_makes_a_membership(
    database: Database, connections: list[Connection]
) -> None:
    [boss], acme, _ = await owners_of(database, "adds", 1)
    carl = await person(database, "adds-carl")
    made = request_bytes("POST", "/v2/teams", {"name": "Adds Team"}, api_key=boss.key)
    [answer] = await at_once(connections[:1], [made])
    path = f"/v2/teams/{data_of(answer, 201)['id']}/memberships"
    request = request_bytes("POST", path, {"userId": carl.id}, api_key=boss.key)
    only_winner(await at_once(connections[:RACERS], [request] * RACERS), losers=409)
    upsert = request_bytes(
        "POST", f"/v2/organizations/{acme}/memberships", {"userId": carl.id}, api_key=boss.key
    )
    answers = await at_once(connections[:RACERS], [upsert] * RACERS)
    assert {one.status for one in answers} == {201}
    assert len({data_of(one, 201)["id"] for one in answers}) == 1


@pytest.mark.parametrize("way", ["demote", "remove"])
async def test_the_last_two_owners_cannot_both_be_taken_away(
    database: Database, connections: list[Connection], way: str
) -> None:
    for number in range(ROUNDS):
        people, acme, found = await owners_of(database, f"{way}-{number}", 2)
        requests = [
            request_bytes(
                "DELETE" if way == "remove" else "PATCH",
                f"/v2/organizations/{acme}/memberships/{found[1 - index]}",
                None if way == "remove" else {"role": "MEMBER"},
                api_key=people[index].key,
            )
            for index in range(2)
        ]
        statuses = sorted(one.status for one in await at_once(connections[:2], requests))
        assert statuses[0] == 200
        assert statuses[1] in (403, 404, 409)
        assert await count_rulers(database, acme) == 1


async def test_who_is_removed_has_no_last_word(database: Database, connections: list[Connection]) -> None:
    for number in range(ROUNDS):
        people, acme, found = await owners_of(database, f"word-{number}", 2)
        boss, rebel = people
        path = f"/v2/organizations/{acme}/memberships"
        again = {"userId": rebel.id, "accepted": True, "role": "OWNER"}
        requests = [
            request_bytes("DELETE", f"{path}/{found[1]}", None, api_key=boss.key),
            *[request_bytes("POST", path, again, api_key=rebel.key)] * (RACERS - 1),
        ]
        answers = await at_once(connections[:RACERS], requests)
        assert answers[0].status == 200
        assert {one.status for one in answers[1:]} <= {201, 403}
        assert await count_rulers(database, acme) == 1


async def test_a_team_that_is_deleted_takes_nobody_in(
    database: Database, connections: list[Connection]
) -> None:
    carl = await person(database, "deleted-carl")
    boss = await person(database, "deleted-boss")
    for number in range(ROUNDS):
        made = request_bytes("POST", "/v2/teams", {"name": f"Gone {number}"}, api_key=boss.key)
        [answer] = await at_once(connections[:1], [made])
        team = data_of(answer, 201)["id"]
        requests = [
            request_bytes("DELETE", f"/v2/teams/{team}", None, api_key=boss.key),
            request_bytes("POST", f"/v2/teams/{team}/memberships", {"userId": carl.id}, api_key=boss.key),
            request_bytes("PATCH", f"/v2/teams/{team}", {"name": f"Gone {number}!"}, api_key=boss.key),
        ]
        deleted, added, changed = await at_once(connections[:3], requests)
        assert deleted.status == 200
        assert added.status in (201, 400, 403)
        assert changed.status in (200, 403, 404)
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM memberships WHERE user_id = %s", (carl.id,))
        row: Any = await cursor.fetchone()
    assert row[0] == 0


async def test_of_many_users_with_one_address_one_is_made(
    database: Database, connections: list[Connection]
) -> None:
    [boss], acme, _ = await owners_of(database, "users", 1)
    request = request_bytes(
        "POST", f"/v2/organizations/{acme}/users", {"email": "eve@users.org"}, api_key=boss.key
    )
    only_winner(await at_once(connections[:RACERS], [request] * RACERS), losers=409)
    different = [
        request_bytes(
            "POST", f"/v2/organizations/{acme}/users", {"email": f"al@users.{end}"}, api_key=boss.key
        )
        for end in ("com", "org", "net", "info")
    ]
    answers = await at_once(connections[:4], different)
    assert sorted(data_of(one, 201)["username"] for one in answers) == [
        "al-users",
        "al-users-1",
        "al-users-2",
        "al-users-3",
    ]


async def count_rulers(database: Database, team_id: int) -> int:
    """Count who rules a team."""
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM memberships WHERE team_id = %s AND accepted AND role <> 'MEMBER'",
            (team_id,),
        )
        row: Any = await cursor.fetchone()
    return int(row[0])


async def test_two_who_invite_each_other_are_both_told(
    database: Database, connections: list[Connection]
) -> None:
    one, other = await person(database, "mutual-one"), await person(database, "mutual-other")
    teams = []
    for host in (one, other):
        made = request_bytes("POST", "/v2/teams", {"name": f"Mutual {host.id}"}, api_key=host.key)
        [answer] = await at_once(connections[:1], [made])
        teams.append(data_of(answer, 201)["id"])
    requests = [
        request_bytes("POST", f"/v2/teams/{teams[0]}/memberships", {"userId": other.id}, api_key=one.key),
        request_bytes("POST", f"/v2/teams/{teams[1]}/memberships", {"userId": one.id}, api_key=other.key),
    ]
    answers = await asyncio.wait_for(at_once(connections[:2], requests), 30)
    assert [answer.status for answer in answers] == [201, 201]


async def test_who_is_invited_by_many_at_once_is_mailed_three_times(
    database: Database, connections: list[Connection]
) -> None:
    carl = await person(database, "mailed-carl")
    requests = []
    for number in range(RACERS):
        host = await person(database, f"mailed-{number}")
        made = request_bytes("POST", "/v2/teams", {"name": f"Mailed {number}"}, api_key=host.key)
        [answer] = await at_once(connections[:1], [made])
        path = f"/v2/teams/{data_of(answer, 201)['id']}/memberships"
        requests.append(request_bytes("POST", path, {"userId": carl.id}, api_key=host.key))
    answers = await at_once(connections[:RACERS], requests)
    assert {answer.status for answer in answers} == {201}
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM mails WHERE recipient = 'mailed-carl@example.com'"
        )
        row: Any = await cursor.fetchone()
    assert row[0] == 3


AWAY = {"start": "2051-05-01T00:00:00Z", "end": "2051-05-02T00:00:00Z"}


async def test_who_is_demoted_changes_nothing_of_the_organization_afterwards(
    database: Database, connections: list[Connection]
) -> None:
    for number in range(ROUNDS):
        people, acme, found = await owners_of(database, f"demoted-{number}", 2)
        boss, rebel = people
        place = f"/v2/organizations/{acme}"
        schedule = {"name": "Desk", "timeZone": "UTC", "isDefault": False}
        webhook = {"active": True, "subscriberUrl": "https://r.example.org/a", "triggers": []}
        bodies: dict[str, dict[str, Any]] = {
            f"{place}/users/{boss.id}/ooo": AWAY,
            f"{place}/users/{boss.id}/schedules": schedule,
            f"{place}/webhooks": webhook,
            f"{place}/teams": {"name": "Sales"},
            f"{place}/users": {"email": f"eve@demoted{number}.org"},
        }
        requests = [
            request_bytes("PATCH", f"{place}/memberships/{found[1]}", {"role": "MEMBER"}, api_key=boss.key),
            *(request_bytes("POST", path, body, api_key=rebel.key) for path, body in bodies.items()),
        ]
        answers = await at_once(connections[: len(requests)], requests)
        assert answers[0].status == 200
        assert {one.status for one in answers[1:]} <= {201, 403}
        async with database.connection() as connection:
            cursor = await connection.execute(
                """
                SELECT count(*) FILTER (WHERE e.actor_id = %(rebel)s), count(*)
                  FROM audit_entries e
                 WHERE e.place_id = %(acme)s AND e.id > (
                       SELECT id FROM audit_entries
                        WHERE place_id = %(acme)s AND action = 'membership.updated')
                """,
                {"acme": acme, "rebel": rebel.id},
            )
            row: Any = await cursor.fetchone()
        assert row[0] == 0


async def test_an_account_that_ends_gets_nothing_any_more(
    database: Database, connections: list[Connection]
) -> None:
    [boss], acme, _ = await owners_of(database, "ended", 1)
    place = f"/v2/organizations/{acme}"
    for number in range(ROUNDS):
        made = request_bytes("POST", f"{place}/users", {"email": f"eve{number}@ended.org"}, api_key=boss.key)
        [answer] = await at_once(connections[:1], [made])
        user_id = data_of(answer, 201)["id"]
        own = f"{place}/users/{user_id}"
        stood_in = {**AWAY, "start": f"2051-04-{number + 1:02}T00:00:00Z", "toUserId": user_id}
        schedule = {"name": "Desk", "timeZone": "UTC", "isDefault": True}
        requests = [
            request_bytes("DELETE", own, None, api_key=boss.key),
            request_bytes("POST", f"{own}/ooo", AWAY, api_key=boss.key),
            request_bytes("POST", f"{own}/schedules", schedule, api_key=boss.key),
            request_bytes("PATCH", own, {"bio": "Gone"}, api_key=boss.key),
            request_bytes("POST", f"{place}/users/{boss.id}/ooo", stood_in, api_key=boss.key),
        ]
        answers = await at_once(connections[: len(requests)], requests)
        assert answers[0].status == 200
        assert {one.status for one in answers[1:]} <= {200, 201, 400, 403, 404}
        async with database.connection() as connection:
            cursor = await connection.execute(
                """
                SELECT (SELECT count(*) FROM users WHERE id = %(user)s)
                     + (SELECT count(*) FROM schedules WHERE user_id = %(user)s)
                     + (SELECT count(*) FROM out_of_office_entries
                         WHERE %(user)s IN (user_id, to_user_id))
                """,
                {"user": user_id},
            )
            row: Any = await cursor.fetchone()
        assert row[0] == 0


async def test_an_organization_that_ends_takes_all_along(
    database: Database, connections: list[Connection]
) -> None:
    for number in range(ROUNDS):
        people, acme, _ = await owners_of(database, f"closed-{number}", 2)
        boss, other = people
        place = f"/v2/organizations/{acme}"
        webhook = {"active": True, "subscriberUrl": "https://r.example.org/a", "triggers": ["OOO_CREATED"]}
        requests = [
            request_bytes("DELETE", f"/v2/teams/{acme}", None, api_key=boss.key),
            request_bytes("POST", f"{place}/webhooks", webhook, api_key=other.key),
            request_bytes("POST", f"{place}/teams", {"name": "Sales"}, api_key=other.key),
            request_bytes("POST", f"{place}/users/{boss.id}/ooo", AWAY, api_key=other.key),
            request_bytes("POST", f"{place}/users", {"email": f"eve@closed{number}.org"}, api_key=other.key),
        ]
        answers = await at_once(connections[: len(requests)], requests)
        assert answers[0].status == 200
        assert {one.status for one in answers[1:]} <= {201, 400, 403, 404}
        async with database.connection() as connection:
            cursor = await connection.execute(
                """
                SELECT (SELECT count(*) FROM teams WHERE %(acme)s IN (id, parent_id))
                     + (SELECT count(*) FROM webhooks WHERE team_id = %(acme)s)
                     + (SELECT count(*) FROM profiles WHERE organization_id = %(acme)s)
                """,
                {"acme": acme},
            )
            row: Any = await cursor.fetchone()
        assert row[0] == 0


async def test_two_organizations_write_the_same_absence_down_once(
    database: Database, connections: list[Connection]
) -> None:
    [boss], acme, _ = await owners_of(database, "once", 1)
    [chief], umbrella, _ = await owners_of(database, "twice", 1)
    async with database.transaction() as work:
        user = await accounts.find_user_by_email(work.connection, "once-0@example.com")
        await organizations.add_member(work, umbrella, user)
    requests = [
        request_bytes("POST", f"/v2/organizations/{place}/users/{boss.id}/ooo", AWAY, api_key=key)
        for place, key in ((acme, boss.key), (umbrella, chief.key))
    ]
    only_winner(await at_once(connections[:RACERS], requests * (RACERS // 2)), losers=409)
