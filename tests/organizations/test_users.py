"""`/v2/organizations/{orgId}/users`."""

from collections.abc import Callable
from typing import Any

import pytest

from kalends.db.database import Database
from tests.organizations.conftest import Company
from tests.support.client import Client, Host, broken_properties, data, refusal
from tests.support.organizations import People

EVE = "Eve.Li@Acme.org"


async def makes(company: Company, email: str = EVE, **properties: Any) -> dict[str, Any]:
    """Make a user, and return them."""
    body = {"email": email, **properties}
    made: dict[str, Any] = data(await company.ada.client.post(company.users, json=body), 201)
    return made


async def test_a_new_user_is_as_the_contract_says(company: Company) -> None:
    eve = await makes(company)
    assert eve == {
        "id": eve["id"],
        "username": "eve.li-acme",
        "name": None,
        "email": "eve.li@acme.org",
        "emailVerified": None,
        "bio": None,
        "avatarUrl": None,
        "timeZone": "Europe/London",
        "weekStart": "Sunday",
        "appTheme": None,
        "theme": None,
        "defaultScheduleId": eve["defaultScheduleId"],
        "locale": None,
        "timeFormat": 12,
        "hideBranding": False,
        "brandColor": None,
        "darkBrandColor": None,
        "allowDynamicBooking": True,
        "createdDate": eve["createdDate"],
        "verified": True,
        "invitedTo": company.id,
        "profile": {
            "id": eve["profile"]["id"],
            "organizationId": company.id,
            "userId": eve["id"],
            "username": "eve.li-acme",
        },
    }
    [schedule] = data(await company.ada.client.get(f"{company.users}/{eve['id']}/schedules"))
    assert (schedule["id"], schedule["name"]) == (eve["defaultScheduleId"], "Working Hours")
    error = refusal(await company.ada.client.post(company.users, json={"email": EVE}), 409)
    assert error["code"] == "ConflictException"


async def test_a_new_user_has_all_that_they_are_given(company: Company) -> None:
    given: dict[str, Any] = {
        "username": "evelyn",
        "brandColor": "#292929",
        "darkBrandColor": "fff",
        "bio": "Likes tea",
        "metadata": {"crm": "7"},
        "hideBranding": True,
        "timeZone": "Europe/Rome",
        "theme": "dark",
        "appTheme": "light",
        "timeFormat": 24,
        "locale": "pt-BR",
        "avatarUrl": "https://x.io/a.png",
    }
    eve = await makes(company, weekday="Monday", **given)
    assert {name: eve[name] for name in given} == given
    assert (eve["weekStart"], eve["profile"]["username"]) == ("Monday", "evelyn")
    assert (await makes(company, "al@acme.org", username="Al"))["username"] == "al"


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": None}, "email"),
        ({"username": 5}, "username"),
        ({"username": " "}, "username"),
        ({"username": "a/b"}, "username"),
        ({"weekday": "monday"}, "weekday"),
        ({"brandColor": "red"}, "brandColor"),
        ({"darkBrandColor": "#12345"}, "darkBrandColor"),
        ({"metadata": {"a": {}}}, "metadata"),
        ({"hideBranding": None}, "hideBranding"),
        ({"timeZone": "europe/rome"}, "timeZone"),
        ({"timeZone": None}, "timeZone"),
        ({"theme": "blue"}, "theme"),
        ({"timeFormat": 13}, "timeFormat"),
        ({"timeFormat": "12"}, "timeFormat"),
        ({"locale": "xx"}, "locale"),
        ({"avatarUrl": "nope"}, "avatarUrl"),
        ({"avatarUrl": "data:text/html;base64,AAAA"}, "avatarUrl"),
        ({"organizationRole": "BOSS"}, "organizationRole"),
        ({"organizationRole": None}, "organizationRole"),
        ({"autoAccept": None}, "autoAccept"),
        ({"defaultScheduleId": -1}, "defaultScheduleId"),
    ],
)
async def test_what_breaks_a_rule_is_named_and_nobody_is_made(
    company: Company, properties: dict[str, Any], named: str
) -> None:
    answer = await company.ada.client.post(company.users, json={"email": EVE, **properties})
    assert broken_properties(refusal(answer, 400)) == {named}
    assert len(data(await company.ada.client.get(company.users))) == 3


async def test_nobody_has_a_schedule_before_they_are_made(company: Company) -> None:
    answer = await company.ada.client.post(company.users, json={"email": EVE, "defaultScheduleId": 1})
    assert "defaultScheduleId" in refusal(answer, 400)["message"]
    data(await company.ada.client.post(company.users, json={"email": EVE, "defaultScheduleId": None}), 201)


async def test_a_derived_name_gets_an_addition_and_a_given_one_must_be_free(company: Company) -> None:
    await makes(company, "eve@acme.com")
    assert (await makes(company, "eve@acme.org"))["username"] == "eve-acme-1"
    body = {"email": "eve@other.org", "username": "Eve-Acme"}
    error = refusal(await company.ada.client.post(company.users, json=body), 409)
    assert error["code"] == "ConflictException"


async def test_names_are_those_of_one_organization(company: Company, people: People, client: Client) -> None:
    boss = await people.account("other-boss")
    other = await people.organization("other", boss)
    ours = await makes(company, username="eve")
    body = {"email": "eve@other.org", "username": "eve"}
    theirs = data(await boss.client.post(f"/v2/organizations/{other}/users", json=body), 201)
    outside = await people.account("eve")
    assert len({ours["id"], theirs["id"], outside.id}) == 3
    await outside.creates_event_type()
    for query, found in (
        ({"username": "eve"}, 1),
        ({"username": "eve", "orgSlug": "acme"}, 0),
        ({"username": "eve.li-acme"}, 0),
    ):
        assert len(data(await client.get("/v2/event-types", params=query))) == found, query


async def test_an_address_of_another_account_is_refused_and_that_account_left_alone(
    company: Company, people: People
) -> None:
    carl = await people.account("carl")
    error = refusal(await company.ada.client.post(company.users, json={"email": "CARL@example.com"}), 409)
    assert error["code"] == "CONFLICT"
    assert data(await carl.client.get("/v2/teams")) == []


async def test_somebody_of_the_organization_is_not_made_twice(company: Company) -> None:
    error = refusal(await company.ada.client.post(company.users, json={"email": company.bob.email}), 409)
    assert error["code"] == "ConflictException"


async def test_a_role_and_acceptance_are_those_asked_for(company: Company) -> None:
    eve = await makes(company, organizationRole="ADMIN", autoAccept=False)
    memberships = data(await company.ada.client.get(f"/v2/organizations/{company.id}/memberships"))
    [own] = [one for one in memberships if one["userId"] == eve["id"]]
    assert (own["role"], own["accepted"]) == ("ADMIN", False)


async def test_the_list_has_who_is_known_in_pages(
    company: Company, count_statements: Callable[[], Any]
) -> None:
    for number in range(3):
        await makes(company, f"u{number}@acme.org")
    await company.people.account("stranger")
    everybody = data(await company.ada.client.get(company.users))
    ids = [one["id"] for one in everybody]
    assert len(ids) == 6
    assert ids == sorted(ids)
    assert data(await company.ada.client.get(company.users, params={"skip": 2, "take": 3})) == everybody[2:5]
    assert len(data(await company.ada.client.get(company.users, params={"take": "1000"}))) == 6
    counts = []
    for take in (1, 1_000):
        with count_statements() as statements:
            data(await company.ada.client.get(company.users, params={"take": take}))
        counts.append(statements.count)
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("emails=ada@example.com", ["ada"]),
        ("emails=ada@example.com&emails=bob@example.com", ["ada", "bob"]),
        ("emails[]=ada@example.com&emails[]=x@example.com", ["ada"]),
        ("emails=Ada@example.com", []),
        ("emails=stranger@example.com", []),
        ("teamIds={crew}", ["bob"]),
        ("teamIds={crew},{other}", ["bob"]),
        ("teamIds={crew}&teamIds={acme}", ["boss", "ada", "bob"]),
        ("teamIds={other}", []),
        ("teamIds={crew}&emails=ada@example.com", []),
        ("teamIds={crew}&emails=bob@example.com", ["bob"]),
        ("attributeQueryOperator=OR", ["boss", "ada", "bob"]),
    ],
)
async def test_users_are_found_by_address_and_team(
    company: Company, people: People, query: str, found: list[str]
) -> None:
    stranger = await people.account("stranger")
    crew = await people.team("crew", organization=company.id)
    other = await people.team("other", organization=await people.organization("other", stranger))
    for host, team in ((company.bob, crew), (company.ada, other)):
        await people.joins(host, team)
    path = f"{company.users}?{query.format(crew=crew, other=other, acme=company.id)}"
    assert [one["username"] for one in data(await company.ada.client.get(path))] == found


@pytest.mark.parametrize(
    "query",
    [
        "emails=bad",
        "emails=a@x.io,b@x.io",
        "teamIds=x",
        "teamIds=",
        "take=0",
        "take=1001",
        "skip=-1",
        "attributeQueryOperator=XOR",
        "assignedOptionIds=a",
        "assignedOptionIds=a&assignedOptionIds=b",
    ],
)
async def test_a_query_that_is_none_is_named(company: Company, query: str) -> None:
    error = refusal(await company.ada.client.get(f"{company.users}?{query}"), 400)
    assert broken_properties(error) == {query.partition("=")[0]}


async def test_a_change_keeps_what_it_does_not_name(company: Company) -> None:
    eve = await makes(company, bio="Likes tea", metadata={"a": 1})
    path = f"{company.users}/{eve['id']}"
    assert data(await company.ada.client.patch(path, json={})) == eve
    changed = data(await company.ada.client.patch(path, json={"theme": "light", "weekday": "Friday"}))
    assert changed == {**eve, "theme": "light", "weekStart": "Friday"}
    nothing = {"metadata": None, "email": None, "username": None}
    assert data(await company.ada.client.patch(path, json=nothing)) == changed
    cleared = data(
        await company.ada.client.patch(path, json={"bio": None, "theme": None, "metadata": {"b": 2}})
    )
    assert (cleared["bio"], cleared["theme"], cleared["metadata"]) == (None, None, {"b": 2})
    for name in ("timeZone", "hideBranding", "weekday"):
        assert broken_properties(refusal(await company.ada.client.patch(path, json={name: None}), 400)) == {
            name
        }


async def test_a_new_zone_moves_the_default_schedule_along(company: Company) -> None:
    eve = await makes(company)
    path = f"{company.users}/{eve['id']}"
    data(await company.ada.client.patch(path, json={"timeZone": "Asia/Tokyo"}))
    [schedule] = data(await company.ada.client.get(f"{path}/schedules"))
    assert schedule["timeZone"] == "Asia/Tokyo"


async def test_a_new_name_is_the_accounts_and_not_that_of_the_profile(company: Company) -> None:
    eve = await makes(company)
    path = f"{company.users}/{eve['id']}"
    changed = data(await company.ada.client.patch(path, json={"username": "Evelyn"}))
    assert (changed["username"], changed["profile"]["username"]) == ("evelyn", "eve.li-acme")
    for taken in ("eve.li-acme", "ada"):
        error = refusal(await company.ada.client.patch(path, json={"username": taken}), 409)
        assert error["code"] == "ConflictException"
    other = await makes(company, "al@acme.org")
    error = refusal(
        await company.ada.client.patch(f"{company.users}/{other['id']}", json={"username": "evelyn"}), 409
    )
    assert error["code"] == "CONFLICT"


async def test_a_new_address_is_not_proven(company: Company, database: Database) -> None:
    eve = await makes(company)
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET email_verified_at = now() WHERE id = %s", (eve["id"],))
    path = f"{company.users}/{eve['id']}"
    same = data(await company.ada.client.patch(path, json={"email": "EVE.LI@acme.org"}))
    assert same["emailVerified"] is not None
    changed = data(await company.ada.client.patch(path, json={"email": "eve@acme.org"}))
    assert (changed["email"], changed["emailVerified"]) == ("eve@acme.org", None)
    error = refusal(await company.ada.client.patch(path, json={"email": company.bob.email}), 409)
    assert error["code"] == "CONFLICT"


async def test_a_default_schedule_must_be_the_users_own(company: Company, ana: Host) -> None:
    eve = await makes(company)
    path = f"{company.users}/{eve['id']}"
    theirs = (await ana.creates_schedule())["id"]
    for schedule_id in (theirs, 999_999):
        answer = await company.ada.client.patch(path, json={"defaultScheduleId": schedule_id})
        assert "defaultScheduleId" in refusal(answer, 400)["message"]
    cleared = data(await company.ada.client.patch(path, json={"defaultScheduleId": None}))
    assert cleared["defaultScheduleId"] is None


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_an_account_that_is_not_the_organizations_is_left_alone(
    company: Company, people: People, method: str
) -> None:
    async def asks(user_id: int) -> Any:
        return await company.ada.client.request(method, f"{company.users}/{user_id}", json={"bio": "x"})

    assert refusal(await asks(company.bob.id), 404)["code"] == "NOT_FOUND"
    stranger = await people.account("stranger")
    for unknown in (stranger.id, 999_999, 2**40):
        refusal(await asks(unknown), 403)
    data(await company.bob.client.get("/v2/me"))


async def test_a_deleted_user_is_shown_once_more_and_gone(company: Company) -> None:
    eve = await makes(company)
    path = f"{company.users}/{eve['id']}"
    assert data(await company.ada.client.delete(path)) == eve
    refusal(await company.ada.client.delete(path), 403)
    assert len(data(await company.ada.client.get(company.users))) == 3
    await makes(company)


async def test_the_last_administrator_is_not_deleted(company: Company, database: Database) -> None:
    eve = await makes(company, organizationRole="OWNER")
    memberships = f"/v2/organizations/{company.id}/memberships"
    root = await company.people.account("root", is_system_admin=True)
    for one in data(await root.client.get(memberships)):
        if one["userId"] != eve["id"]:
            data(await root.client.patch(f"{memberships}/{one['id']}", json={"role": "MEMBER"}))
    refusal(await root.client.delete(f"{company.users}/{eve['id']}"), 409)


async def test_who_leaves_takes_their_account_along(company: Company, people: People) -> None:
    eve = await makes(company, username="eve")
    outside = await people.account("eve")
    memberships = f"/v2/organizations/{company.id}/memberships"
    [own] = [one for one in data(await company.ada.client.get(memberships)) if one["userId"] == eve["id"]]
    data(await company.ada.client.delete(f"{memberships}/{own['id']}"))
    refusal(await company.ada.client.patch(f"{company.users}/{eve['id']}", json={}), 403)
    assert data(await outside.client.get("/v2/me"))["username"] == "eve"


async def test_members_only_do_not_reach_users(company: Company, client: Client) -> None:
    for method, path in (("GET", company.users), ("POST", company.users)):
        refusal(await client.request(method, path, json={}), 401)
        refusal(await company.bob.client.request(method, path, json={}), 403)
