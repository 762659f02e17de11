"""`GET` and `PATCH /v2/me`: what users see and change of themselves."""

import asyncio
from typing import Any

import pytest

from kalends.db.database import Database
from tests.support.client import Client, Host, broken_properties, data, make_host, refusal

PATH = "/v2/me"


async def me(host: Host) -> dict[str, Any]:
    shown: dict[str, Any] = data(await host.client.get(PATH))
    return shown


async def change(host: Host, **properties: Any) -> dict[str, Any]:
    """Change the account and return what the answer shows."""
    shown: dict[str, Any] = data(await host.client.patch(PATH, json=properties))
    return shown


async def stored(database: Database, host: Host, column: str) -> Any:
    """Return a column of the account."""
    async with database.connection() as connection:
        cursor = await connection.execute(f"SELECT {column} FROM users WHERE id = %s", (host.id,))
        row = await cursor.fetchone()
    assert row is not None
    return row[0]


async def default_zone(host: Host) -> Any:
    return data(await host.client.get("/v2/schedules/default"))["timeZone"]


async def test_users_see_themselves_and_nothing_else_is_shown(ana: Host) -> None:
    schedule = data(await ana.client.get("/v2/schedules/default"))
    assert await me(ana) == {
        "id": ana.id,
        "email": "ana@example.com",
        "timeFormat": 12,
        "defaultScheduleId": schedule["id"],
        "weekStart": "Sunday",
        "timeZone": "Europe/Rome",
        "username": "ana",
        "organizationId": None,
        "name": "Ana",
        "bio": None,
        "avatarUrl": None,
        "locale": None,
        "metadata": {},
    }


async def test_the_default_schedule_may_be_null(client: Client, database: Database) -> None:
    bare = await make_host(client, database, "eve", time_zone="Europe/Rome", is_bare=True)
    assert (await me(bare))["defaultScheduleId"] is None


async def test_a_change_shows_and_keeps_what_was_sent(ana: Host) -> None:
    schedule = await ana.creates_schedule()
    changes = {
        "email": "Ana.Neu@example.com",
        "timeFormat": 24,
        "defaultScheduleId": schedule["id"],
        "weekStart": "Monday",
        "timeZone": "Asia/Tokyo",
        "name": "Ana N.",
        "bio": "Hi",
        "locale": "pt-BR",
        "avatarUrl": "https://acme.test/a.png",
        "metadata": {"a": 1, "b": True, "c": "x", "d": 1.5},
    }
    shown = await change(ana, **changes)
    assert shown == {"id": ana.id, "username": "ana", "organizationId": None, **changes}
    assert await me(ana) == shown


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("name", "name", "Ana Núñez"),
        ("bio", "bio", "line\nline"),
        ("bio", "bio", ""),
        ("locale", "locale", "es-419"),
        ("avatarUrl", "avatar_url", "acme.test/ana.png"),
        ("metadata", "metadata", {"a": 1, "b": "x" * 500, "c": True, "d": 1.5}),
        ("metadata", "metadata", {}),
        ("metadata", "metadata", {f"key {number}": number for number in range(50)}),
    ],
)
async def test_what_is_sent_is_stored(
    ana: Host, database: Database, name: str, column: str, value: object
) -> None:
    await change(ana, **{name: value})
    assert await stored(database, ana, column) == value


async def test_only_what_is_sent_changes(ana: Host, database: Database) -> None:
    before = await change(ana, timeFormat=24, bio="Hi")
    assert await change(ana, weekStart="Friday") == {**before, "weekStart": "Friday"}
    assert await stored(database, ana, "bio") == "Hi"


@pytest.mark.parametrize("body", [{}, {"foo": 1}, {"username": "eve"}, {"organizationId": 7}])
async def test_nothing_known_is_nothing_changed(ana: Host, body: dict[str, Any]) -> None:
    before = await me(ana)
    assert await change(ana, **body) == before
    assert await me(ana) == before


async def test_new_metadata_takes_the_place_of_the_old(ana: Host, database: Database) -> None:
    await change(ana, metadata={"a": 1})
    await change(ana, metadata={"b": True})
    assert await stored(database, ana, "metadata") == {"b": True}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", None),
        ("email", ""),
        ("email", "ana"),
        ("email", "ana@acme"),
        ("email", "a b@acme.test"),
        ("email", "ana@acme.test\n"),
        ("email", "x" * 320 + "@acme.test"),
        ("timeFormat", 13),
        ("timeFormat", "24"),
        ("weekStart", "monday"),
        ("weekStart", None),
        ("timeZone", "Moon/Base"),
        ("timeZone", None),
        ("locale", "xx"),
        ("locale", "EN"),
        ("avatarUrl", "not a url"),
        ("avatarUrl", "http://localhost/a.png"),
        ("avatarUrl", "javascript:alert(1)"),
        ("name", 5),
        ("name", "a\0b"),
        ("bio", {}),
        ("metadata", None),
        ("metadata", []),
        ("metadata", "x"),
        ("metadata", {"k": {"x": 1}}),
        ("metadata", {"k": [1]}),
        ("metadata", {"k": None}),
        ("metadata", {"k": 2**53}),
        ("metadata", {"k": -1e300}),
        ("metadata", {"k": "x" * 501}),
        ("metadata", {"k" * 41: 1}),
        ("metadata", {"k": "a\0b"}),
        ("metadata", {f"k{number}": 1 for number in range(51)}),
        ("defaultScheduleId", "1"),
        ("defaultScheduleId", 1.5),
        ("defaultScheduleId", 2**31),
    ],
)
async def test_a_wrong_value_is_refused_by_name_and_nothing_is_stored(
    ana: Host, name: str, value: object
) -> None:
    before = await me(ana)
    answer = await ana.client.patch(PATH, json={"timeFormat": 24, name: value})
    assert broken_properties(refusal(answer, 400)) == {name}
    assert await me(ana) == before


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("name", "name", "Ana"),
        ("bio", "bio", "Hi"),
        ("avatarUrl", "avatar_url", "https://acme.test/a.png"),
        ("locale", "locale", "de"),
    ],
)
async def test_null_clears_what_may_be_empty(
    ana: Host, database: Database, name: str, column: str, value: str
) -> None:
    await change(ana, **{name: value})
    await change(ana, **{name: None})
    assert await stored(database, ana, column) is None


async def test_a_time_format_of_null_is_twelve(ana: Host) -> None:
    await change(ana, timeFormat=24)
    assert (await change(ana, timeFormat=None))["timeFormat"] == 12


async def test_null_unsets_the_default_schedule(ana: Host) -> None:
    assert (await change(ana, defaultScheduleId=None))["defaultScheduleId"] is None
    assert data(await ana.client.get("/v2/schedules/default")) is None


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        ("america/new_york", "America/New_York"),
        ("EUROPE/ROME", "Europe/Rome"),
        ("america/port-au-prince", "America/Port-au-Prince"),
        ("Africa/Dar_Es_Salaam", "Africa/Dar_es_Salaam"),
        ("pst8pdt", "PST8PDT"),
        ("utc", "UTC"),
        ("etc/gmt+5", "Etc/GMT+5"),
    ],
)
async def test_a_time_zone_is_stored_in_its_canonical_spelling(ana: Host, sent: str, canonical: str) -> None:
    assert (await change(ana, timeZone=sent))["timeZone"] == canonical


async def test_a_new_time_zone_moves_the_default_schedule_along_and_keeps_its_hours(ana: Host) -> None:
    other = await ana.creates_schedule()
    before = data(await ana.client.get("/v2/schedules/default"))
    await change(ana, timeZone="america/new_york")
    after = data(await ana.client.get("/v2/schedules/default"))
    assert after == {**before, "timeZone": "America/New_York"}
    assert data(await ana.client.get(f"/v2/schedules/{other['id']}")) == other


async def test_the_schedule_that_was_the_default_before_moves_to_the_new_zone(ana: Host) -> None:
    old = (await me(ana))["defaultScheduleId"]
    new = await ana.creates_schedule()
    await change(ana, timeZone="Asia/Tokyo", defaultScheduleId=new["id"])
    assert data(await ana.client.get(f"/v2/schedules/{old}"))["timeZone"] == "Asia/Tokyo"
    assert await default_zone(ana) == "Europe/Rome"


async def test_a_new_time_zone_does_without_a_default_schedule(client: Client, database: Database) -> None:
    bare = await make_host(client, database, "eve", time_zone="Europe/Rome", is_bare=True)
    assert (await change(bare, timeZone="Asia/Tokyo"))["timeZone"] == "Asia/Tokyo"


async def test_a_default_schedule_must_be_there(ana: Host) -> None:
    before = await me(ana)
    error = refusal(await ana.client.patch(PATH, json={"defaultScheduleId": 999, "timeFormat": 24}), 404)
    assert error["code"] == "NotFoundException"
    assert await me(ana) == before


async def test_a_default_schedule_must_be_ones_own(ana: Host, ben: Host) -> None:
    foreign = await ben.creates_schedule()
    body = {"defaultScheduleId": foreign["id"], "timeZone": "Asia/Tokyo"}
    assert refusal(await ana.client.patch(PATH, json=body), 403)["code"] == "ForbiddenException"
    assert (await me(ana))["timeZone"] == "Europe/Rome"
    assert await default_zone(ana) == "Europe/Rome"


@pytest.mark.parametrize("email", ["ben@example.com", "BEN@Example.com"])
async def test_an_email_of_another_account_is_a_conflict_and_nothing_is_stored(
    ana: Host, ben: Host, email: str
) -> None:
    before = await me(ana)
    body = {"email": email, "timeZone": "Asia/Tokyo", "timeFormat": 24}
    assert refusal(await ana.client.patch(PATH, json=body), 409)["code"] == "CONFLICT"
    assert await me(ana) == before
    assert await default_zone(ana) == "Europe/Rome"


async def test_the_own_email_may_change_its_capitals(ana: Host) -> None:
    assert (await change(ana, email="ANA@example.com"))["email"] == "ANA@example.com"


async def test_two_may_wait_for_one_email(ana: Host, ben: Host) -> None:
    wanted = {"email": "new@example.com"}
    answers = await asyncio.gather(*(host.client.patch(PATH, json=wanted) for host in (ana, ben)))
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_changes_of_account_and_default_schedule_at_once_all_succeed(ana: Host) -> None:
    schedule_id = (await me(ana))["defaultScheduleId"]
    answers = await asyncio.gather(
        *(
            request
            for zone in ("Asia/Tokyo", "Asia/Seoul", "Asia/Dubai")
            for request in (
                ana.client.patch(PATH, json={"timeZone": zone}),
                ana.client.patch(f"/v2/schedules/{schedule_id}", json={"timeZone": zone, "isDefault": True}),
            )
        )
    )
    assert {answer.status_code for answer in answers} == {200}


async def test_accounts_change_nobody_but_themselves(ana: Host, ben: Host) -> None:
    before = await me(ben)
    await change(ana, timeZone="Asia/Tokyo", weekStart="Monday", email="other@example.com")
    assert await me(ben) == before
