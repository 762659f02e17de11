"""Who did what in an organization: written with the change, read by its administrators."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kalends.audit import service as audit
from kalends.db.database import Database
from kalends.memberships.membership import Role
from tests.support.client import Host, broken_properties, data, refusal
from tests.support.organizations import People


@pytest.fixture
async def boss(people: People) -> Host:
    """Return the OWNER of an organization."""
    return await people.account("boss")


@pytest.fixture
async def acme(people: People, boss: Host) -> int:
    """Return the organization."""
    return await people.organization("acme", boss)


async def log_of(host: Host, organization_id: int, **query: Any) -> list[dict[str, Any]]:
    """Return the log of an organization, the newest first."""
    path = f"/v2/organizations/{organization_id}/audit-log"
    listed: list[dict[str, Any]] = data(await host.client.get(path, params=query))
    return listed


async def test_what_the_operator_did_has_no_actor(boss: Host, acme: int) -> None:
    membership, organization = await log_of(boss, acme)
    assert organization["action"] == "organization.created"
    assert organization["subject"] == {"type": "organization", "id": str(acme)}
    assert (organization["actor"], organization["before"]) == (None, None)
    assert membership["after"]["role"] == "OWNER"


async def test_who_did_what_to_whom_before_and_after(boss: Host, acme: int, people: People) -> None:
    bob = await people.member("bob", acme)
    path = f"/v2/organizations/{acme}/memberships"
    [_, membership] = data(await boss.client.get(path))
    answer = await boss.client.patch(f"{path}/{membership['id']}", json={"role": "ADMIN"})
    newest = (await log_of(boss, acme, take=1))[0]
    assert newest == {
        "id": newest["id"],
        "createdAt": newest["createdAt"],
        "actor": {"type": "api_key", "id": boss.id, "email": boss.email},
        "action": "membership.updated",
        "subject": {"type": "membership", "id": str(membership["id"])},
        "before": {"role": "MEMBER"},
        "after": {"role": "ADMIN"},
        "requestId": answer.headers["x-request-id"],
    }
    data(await bob.client.delete(f"{path}/{membership['id']}"))
    newest = (await log_of(boss, acme, take=1))[0]
    assert (newest["action"], newest["actor"]["id"], newest["after"]) == ("membership.deleted", bob.id, None)
    assert newest["before"]["role"] == "ADMIN"


async def test_every_command_states_what_it_did(boss: Host, acme: int, people: People) -> None:
    organization = f"/v2/organizations/{acme}"
    crew = data(await boss.client.post(f"{organization}/teams", json={"name": "Crew"}), 201)["id"]
    data(await boss.client.patch(f"{organization}/teams/{crew}", json={"name": "Crew A"}))
    bob = await people.member("bob", acme)
    joined = data(
        await boss.client.post(f"{organization}/teams/{crew}/memberships", json={"userId": bob.id}), 201
    )
    own = f"{organization}/teams/{crew}/memberships/{joined['id']}"
    data(await bob.client.patch(own, json={"accepted": True}))
    eve = data(await boss.client.post(f"{organization}/users", json={"email": "eve@acme.org"}), 201)["id"]
    data(await boss.client.patch(f"{organization}/users/{eve}", json={"bio": "Likes tea"}))
    data(await boss.client.delete(f"{organization}/users/{eve}"))
    data(await boss.client.delete(f"{organization}/teams/{crew}"))
    data(await boss.client.patch(f"/v2/teams/{acme}", json={"bio": "We make things"}))
    actions = [one["action"] for one in reversed(await log_of(boss, acme))]
    assert actions == [
        *("organization.created", "membership.created"),
        *("team.created", "membership.created", "team.updated"),
        "membership.created",
        *("membership.created", "membership.invited", "membership.accepted"),
        *("user.created", "membership.created", "membership.invited"),
        *("user.updated", "user.deleted", "team.deleted", "organization.updated"),
    ]


async def test_absences_are_told_with_what_differs(boss: Host, acme: int, people: People) -> None:
    bob = await people.member("bob", acme)
    path = f"/v2/organizations/{acme}/users/{bob.id}/ooo"
    body = {"start": "2051-05-01T00:00:00Z", "end": "2051-05-02T00:00:00Z", "toUserId": boss.id}
    entry = data(await boss.client.post(path, json=body), 201)
    data(await boss.client.patch(f"{path}/{entry['id']}", json={"reason": "sick", "toUserId": None}))
    data(await boss.client.patch(f"{path}/{entry['id']}", json={"reason": "sick"}))
    data(await boss.client.delete(f"{path}/{entry['id']}"))
    deleted, updated, created = await log_of(boss, acme, subjectType="out_of_office")
    whole = {name: value for name, value in entry.items() if name not in ("id", "uuid")}
    assert (created["action"], created["before"], created["after"]) == ("out_of_office.created", None, whole)
    assert updated["before"] == {"toUserId": boss.id, "reason": "unspecified"}
    assert updated["after"] == {"toUserId": None, "reason": "sick"}
    assert (deleted["action"], deleted["after"]) == ("out_of_office.deleted", None)
    assert deleted["before"] == {**whole, "toUserId": None, "reason": "sick"}
    assert {one["subject"]["id"] for one in (deleted, updated, created)} == {str(entry["id"])}


async def test_schedules_are_told_where_the_organization_keeps_them(
    boss: Host, acme: int, people: People
) -> None:
    bob = await people.member("bob", acme)
    path = f"/v2/organizations/{acme}/users/{bob.id}/schedules"
    made = data(
        await boss.client.post(path, json={"name": "Desk", "timeZone": "Europe/Rome", "isDefault": True}), 201
    )
    own = f"{path}/{made['id']}"
    overrides = [
        {"date": f"20{year}-05-{day:02}", "startTime": "10:00", "endTime": "11:00"}
        for year in range(51, 53)
        for day in range(1, 31)
    ]
    data(await boss.client.patch(own, json={"overrides": overrides}))
    data(await boss.client.patch(own, json={"overrides": overrides[:1], "name": "Lab"}))
    data(await boss.client.patch(own, json={"name": "Lab"}))
    # What people do with their own is not the organization's business.
    data(await bob.client.patch(f"/v2/schedules/{made['id']}", json={"name": "Mine"}))
    assert (await boss.client.delete(own)).is_success
    deleted, second, first, created = await log_of(boss, acme, subjectType="schedule")
    assert {one["subject"]["id"] for one in (deleted, second, first, created)} == {str(made["id"])}
    assert created["action"] == "schedule.created"
    assert created["after"] == {name: value for name, value in made.items() if name != "id"}
    assert (first["before"], first["after"]) == ({"overrides": []}, {"overrides": {"rows": 60}})
    assert second["before"] == {"name": "Desk", "overrides": {"rows": 60}}
    assert second["after"] == {"name": "Lab", "overrides": overrides[:1]}
    assert (deleted["action"], deleted["before"]["name"]) == ("schedule.deleted", "Mine")


async def test_webhooks_are_told_without_a_secret(boss: Host, acme: int) -> None:
    path = f"/v2/organizations/{acme}/webhooks"
    body = {
        "active": True,
        "subscriberUrl": "https://r.example.org/a?token=hidden-2#hidden-3",
        "triggers": ["OOO_CREATED"],
        "secret": "hidden-4",
        "payloadTemplate": '{"a":"hidden-5"}',
    }
    made = data(await boss.client.post(path, json=body), 201)
    own = f"{path}/{made['id']}"
    data(await boss.client.patch(own, json={"active": False, "secret": "hidden-4"}))
    data(await boss.client.patch(own, json={"secret": "hidden-6"}))
    data(await boss.client.patch(own, json={"payloadTemplate": "hidden-7", "secret": None}))
    data(await boss.client.patch(own, json={"subscriberUrl": "https://r.example.org/a?token=hidden-8"}))
    data(await boss.client.patch(own, json={}))
    data(await boss.client.delete(own))
    await boss.client.post("/v2/webhooks", json=body)
    log = await log_of(boss, acme, subjectType="webhook")
    assert "hidden" not in str(log)
    assert {one["subject"]["id"] for one in log} == {made["id"]}
    deleted, url, template, secret, off, created = log
    assert created["after"] == {
        "subscriberUrl": "https://r.example.org/a",
        "triggers": ["OOO_CREATED"],
        "active": True,
        "payloadTemplate": True,
        "secret": True,
    }
    assert (off["before"], off["after"]) == ({"active": True}, {"active": False})
    assert secret["after"] == {"replaced": ["secret"]}
    assert template["after"] == {"secret": False, "replaced": ["payloadTemplate"]}
    assert url["after"] == {"replaced": ["subscriberUrl"]}
    assert deleted["action"] == "webhook.deleted"


async def test_what_a_system_administrator_does_with_a_webhook_is_told_too(
    boss: Host, acme: int, people: People
) -> None:
    root = await people.account("root", is_system_admin=True)
    body = {"active": True, "subscriberUrl": "https://r.example.org/a", "triggers": []}
    made = data(await boss.client.post(f"/v2/organizations/{acme}/webhooks", json=body), 201)
    data(await root.client.patch(f"/v2/webhooks/{made['id']}", json={"active": False}))
    data(await root.client.delete(f"/v2/webhooks/{made['id']}"))
    deleted, updated, _ = await log_of(boss, acme, subjectType="webhook")
    assert [one["actor"]["id"] for one in (deleted, updated)] == [root.id, root.id]
    assert (deleted["action"], updated["after"]) == ("webhook.deleted", {"active": False})


async def test_who_leaves_an_organization_leaves_an_entry_for_each_team(
    boss: Host, acme: int, people: People
) -> None:
    bob = await people.member("bob", acme)
    crew = await people.team("crew", organization=acme)
    inside = await people.joins(bob, crew)
    path = f"/v2/organizations/{acme}/memberships"
    [_, membership] = data(await boss.client.get(path))
    data(await boss.client.delete(f"{path}/{membership['id']}"))
    deleted = await log_of(boss, acme, action="membership.deleted")
    assert [one["subject"]["id"] for one in deleted] == [str(inside), str(membership["id"])]
    assert deleted[0]["before"]["teamId"] == crew


async def test_what_changes_nothing_and_what_is_refused_is_not_told(
    boss: Host, acme: int, people: People
) -> None:
    crew = await people.team("crew", organization=acme)
    before = await log_of(boss, acme)
    path = f"/v2/organizations/{acme}/memberships"
    [own] = data(await boss.client.get(path))
    data(await boss.client.patch(f"{path}/{own['id']}", json={"role": "OWNER"}))
    data(await boss.client.patch(f"{path}/{own['id']}", json={}))
    data(await boss.client.patch(f"/v2/organizations/{acme}/teams/{crew}", json={}))
    refusal(await boss.client.delete(f"{path}/{own['id']}"), 409)
    assert await log_of(boss, acme) == before


async def test_the_log_is_found_by_what_happened(boss: Host, acme: int, people: People) -> None:
    crew = data(await boss.client.post(f"/v2/organizations/{acme}/teams", json={"name": "Crew"}), 201)["id"]
    everything = await log_of(boss, acme)
    assert [one["subject"]["id"] for one in await log_of(boss, acme, subjectType="team")] == [str(crew)]
    assert len(await log_of(boss, acme, subjectType="team", subjectId=str(crew))) == 1
    assert await log_of(boss, acme, subjectType="team", subjectId="x") == []
    assert len(await log_of(boss, acme, actorId=boss.id)) == 2
    assert await log_of(boss, acme, action="team.deleted") == []
    assert await log_of(boss, acme, skip=1, take=2) == everything[1:3]
    assert await log_of(boss, acme, afterCreatedAt="2999-01-01") == []
    assert await log_of(boss, acme, beforeCreatedAt="2999-01-01T00:00:00Z") == everything
    assert await log_of(boss, acme, beforeCreatedAt="2020-01-01") == []


@pytest.mark.parametrize("query", ["take=0", "take=251", "skip=-1", "actorId=x", "afterCreatedAt=soon"])
async def test_a_query_that_is_none_is_named(boss: Host, acme: int, query: str) -> None:
    answer = await boss.client.get(f"/v2/organizations/{acme}/audit-log?{query}")
    assert broken_properties(refusal(answer, 400)) == {query.partition("=")[0]}


async def test_only_administrators_read_it_and_of_their_own_organization(
    boss: Host, acme: int, people: People
) -> None:
    path = f"/v2/organizations/{acme}/audit-log"
    bob = await people.member("bob", acme)
    other = await people.account("other")
    await people.organization("other", other)
    for host in (bob, other):
        refusal(await host.client.get(path), 403)
    ada = await people.member("ada", acme, Role.ADMIN)
    assert await log_of(ada, acme)
    assert all(one["subject"]["id"] != str(other.id) for one in await log_of(ada, acme))


async def test_old_entries_are_forgotten(boss: Host, acme: int, database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(
            """
            UPDATE audit_entries SET created_at = now() - interval '91 days'
             WHERE action = 'organization.created'
            """
        )
    await audit.forget(database, datetime.now(UTC), days=90)
    assert [one["action"] for one in await log_of(boss, acme)] == ["membership.created"]
    await audit.forget(database, datetime.now(UTC) + timedelta(days=91), days=90)
    assert await log_of(boss, acme) == []
