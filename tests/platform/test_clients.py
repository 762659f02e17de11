"""OAuth clients: who makes, sees, changes and deletes them (platform.md 3)."""

import re
from typing import Any

import pytest

from kalends.db.database import Database
from kalends.memberships.membership import Role
from tests.support.client import Client, Host, broken_properties, data, refusal
from tests.support.organizations import People
from tests.support.platforms import Platform, Product, make_platform, with_headers

CLIENTS = "/v2/oauth-clients"
BODY = {"name": "Acme", "redirectUris": ["https://acme.example.com"], "permissions": ["*"]}
TEN = [
    "EVENT_TYPE_READ",
    "EVENT_TYPE_WRITE",
    "BOOKING_READ",
    "BOOKING_WRITE",
    "SCHEDULE_READ",
    "SCHEDULE_WRITE",
    "APPS_READ",
    "APPS_WRITE",
    "PROFILE_READ",
    "PROFILE_WRITE",
]


async def test_a_client_is_made_with_a_key_of_the_platform(acme: Platform) -> None:
    made = data(await acme.key.post(CLIENTS, json=BODY), 201)
    assert set(made) == {"clientId", "clientSecret"}
    assert re.fullmatch("c[a-z0-9]{24}", made["clientId"])
    assert len(made["clientSecret"]) >= 43  # 256 bits
    shown = data(await acme.key.get(f"{CLIENTS}/{made['clientId']}"))
    assert shown.pop("createdAt").endswith("Z")
    assert shown == {
        "id": made["clientId"],
        "name": "Acme",
        "secret": made["clientSecret"],
        "permissions": TEN,
        "logo": None,
        "redirectUris": ["https://acme.example.com"],
        "organizationId": acme.id,
        "areEmailsEnabled": False,
        "areDefaultEventTypesEnabled": False,
    }


async def test_what_is_stored_does_not_tell_the_secret(database: Database, product: Product) -> None:
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT c::text, convert_from(secret, 'UTF8') FROM oauth_clients c")
        [(row, secret)] = await cursor.fetchall()
    assert product.secret not in row
    assert product.secret not in secret


async def test_permissions_are_shown_in_the_order_of_their_bits(acme: Platform) -> None:
    product = await acme.product(permissions=["PROFILE_WRITE", "BOOKING_READ"])
    assert data(await acme.key.get(product.path))["permissions"] == ["BOOKING_READ", "PROFILE_WRITE"]
    assert data(await acme.key.get((await acme.product(permissions=[])).path))["permissions"] == []


async def test_a_personal_key_names_no_platform(acme: Platform, product: Product) -> None:
    owner = acme.owner.client
    assert refusal(await owner.post(CLIENTS, json=BODY), 401)["code"] == "UnauthorizedException"
    refusal(await owner.get(CLIENTS), 401)
    assert data(await owner.get(product.path))["secret"] == product.secret
    [listed] = data(await acme.key.get(CLIENTS))
    assert listed["id"] == product.id


async def test_a_member_sees_clients_without_their_secrets(
    people: People, acme: Platform, product: Product
) -> None:
    member = await people.member("member", acme.id)
    key = await people.key_of(member, acme.id)
    [listed] = data(await key.get(CLIENTS))
    assert listed["secret"] == ""
    assert data(await key.get(product.path))["secret"] == ""
    for body in (BODY, {"name": 5}):
        assert refusal(await key.post(CLIENTS, json=body), 403)["code"] == "ForbiddenException"
    refusal(await key.patch(product.path, json={"name": "Mine"}), 403)
    refusal(await key.delete(product.path), 403)


async def test_an_admin_rules_clients(people: People, acme: Platform) -> None:
    admin = await people.member("admin", acme.id, Role.ADMIN)
    key = await people.key_of(admin, acme.id)
    made = data(await key.post(CLIENTS, json=BODY), 201)
    path = f"{CLIENTS}/{made['clientId']}"
    assert data(await key.patch(path, json={"name": "Theirs"}))["secret"] == made["clientSecret"]
    assert data(await key.delete(path))["name"] == "Theirs"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"permissions": ["NOPE"]}, "permissions"),
        ({"permissions": None}, "permissions"),
        ({"permissions": "*"}, "permissions"),
        ({"name": None}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"redirectUris": "https://acme.example.com"}, "redirectUris"),
        ({"redirectUris": [5]}, "redirectUris"),
        ({"redirectUris": ["x"] * 101}, "redirectUris"),
        ({"areCalendarEventsEnabled": True}, "areCalendarEventsEnabled"),
        ({"logo": 5}, "logo"),
        ({"areEmailsEnabled": "yes"}, "areEmailsEnabled"),
        ({"bookingRedirectUri": "javascript:alert(1)"}, "bookingRedirectUri"),
        ({"bookingCancelRedirectUri": "/relative"}, "bookingCancelRedirectUri"),
    ],
)
async def test_a_client_that_is_none_is_refused(acme: Platform, changed: dict[str, Any], named: str) -> None:
    error = refusal(await acme.key.post(CLIENTS, json=BODY | changed), 400)
    assert named in {name.partition(".")[0] for name in broken_properties(error)}
    assert data(await acme.key.get(CLIENTS)) == []


async def test_optional_things_may_be_null(acme: Platform) -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ("logo", "bookingRedirectUri", "areEmailsEnabled", "areDefaultEventTypesEnabled"), None
    )
    product = await acme.product(**nothing)
    shown = data(await acme.key.get(product.path))
    assert shown["areEmailsEnabled"] is False
    assert "bookingRedirectUri" not in shown


async def test_a_patch_changes_what_it_says(acme: Platform, product: Product) -> None:
    changes: dict[str, Any] = {
        "name": "Acme 2",
        "logo": "https://acme.example.com/logo.png",
        "redirectUris": ["https://*.acme.example.com"],
        "bookingRedirectUri": "https://acme.example.com/booking",
        "areEmailsEnabled": True,
        "areDefaultEventTypesEnabled": True,
    }
    ignored = {"permissions": ["APPS_READ"], "secret": "mine", "organizationId": 5, "id": "c"}
    changed = data(await acme.key.patch(product.path, json=changes | ignored))
    assert changed == {**changed, **changes, "permissions": TEN, "secret": product.secret, "id": product.id}
    assert data(await acme.key.get(product.path)) == changed
    cleared = data(await acme.key.patch(product.path, json={"logo": None, "bookingRedirectUri": None}))
    assert cleared["logo"] is None
    assert "bookingRedirectUri" not in cleared
    assert data(await acme.key.patch(product.path, json={})) == cleared


@pytest.mark.parametrize("name", ["name", "redirectUris", "areEmailsEnabled", "areDefaultEventTypesEnabled"])
async def test_what_must_be_there_cannot_be_cleared(acme: Platform, product: Product, name: str) -> None:
    before = data(await acme.key.get(product.path))
    error = refusal(await acme.key.patch(product.path, json={"name": "Other"} | {name: None}), 400)
    assert broken_properties(error) == {name}
    assert data(await acme.key.get(product.path)) == before


async def test_a_client_that_is_unknown(acme: Platform, client: Client) -> None:
    unknown = f"{CLIENTS}/cxxxxxxxxxxxxxxxxxxxxxxxx"
    assert refusal(await acme.key.get(unknown), 404)["code"] == "NotFoundException"
    secret_only = with_headers(client, {"x-cal-secret-key": "secret"})
    refusal(await secret_only.get(unknown), 401)
    refusal(await acme.key.patch(unknown, json={}), 404)
    refusal(await acme.key.delete(unknown), 404)
    refusal(await acme.key.get(f"{CLIENTS}/%00"), 400)


async def test_clients_of_another_platform_are_none_of_ones_business(
    people: People, acme: Platform, product: Product
) -> None:
    other = await make_platform(people, "other")
    for answer in (
        await other.key.get(product.path),
        await other.key.patch(product.path, json={"name": "Mine"}),
        await other.key.delete(product.path),
    ):
        refusal(answer, 403)
    theirs = await other.product("Theirs")
    refusal(await theirs.client.get(product.path), 401)
    assert [one["name"] for one in data(await theirs.client.get(CLIENTS))] == ["Theirs"]


async def test_an_organization_that_is_no_platform_has_no_clients(people: People, ana: Host) -> None:
    organization_id = await people.organization("plain", ana)
    key = await people.key_of(ana, organization_id)
    for answer in (await key.get(CLIENTS), await key.post(CLIENTS, json=BODY)):
        assert "platform" in refusal(answer, 403)["message"]


async def test_a_client_acts_as_the_owner_of_its_platform(
    people: People, acme: Platform, product: Product
) -> None:
    assert data(await product.client.get("/v2/me"))["id"] == acme.owner.id
    # with the path's id the secret alone is enough, and another id in the header counts for nothing
    assert data(await product.secret_only.get(product.path))["id"] == product.id
    odd = with_headers(acme.key, {"x-cal-client-id": "nobody", "x-cal-secret-key": product.secret})
    assert data(await odd.get(product.path))["id"] == product.id
    assert data(await product.client.post(CLIENTS, json=BODY), 201)["clientId"] != product.id


async def test_the_owner_is_the_earliest_who_is_one(
    people: People, acme: Platform, product: Product, database: Database
) -> None:
    second = await people.member("second", acme.id, Role.OWNER)
    await people.member("third", acme.id, Role.OWNER, accepted=False)
    assert data(await product.client.get("/v2/me"))["id"] == acme.owner.id
    await _demote(database, acme.owner, acme.id)
    assert data(await product.client.get("/v2/me"))["id"] == second.id
    await _demote(database, second, acme.id)
    refusal(await product.client.get("/v2/me"), 401)


async def _demote(database: Database, host: Host, organization_id: int) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE memberships SET role = 'MEMBER' WHERE user_id = %s AND team_id = %s",
            (host.id, organization_id),
        )


async def test_half_of_a_client_or_a_wrong_secret_is_nobody(client: Client, product: Product) -> None:
    for headers in (
        {"x-cal-client-id": product.id},
        {"x-cal-secret-key": product.secret},
        {"x-cal-client-id": product.id, "x-cal-secret-key": "wrong"},
        {"x-cal-client-id": product.id + "x", "x-cal-secret-key": product.secret},
    ):
        refusal(await with_headers(client, headers).get("/v2/me"), 401)
    reserved = {"eventTypeId": 1, "slotStart": "2050-09-05T10:00:00Z"}
    for name, value in (("x-cal-client-id", product.id), ("x-cal-secret-key", product.secret)):
        answer = await with_headers(client, {name: value}).post("/v2/slots/reservations", json=reserved)
        refusal(answer, 401)


async def test_permission_bits_of_a_client(acme: Platform) -> None:
    nothing = await acme.product(permissions=[])
    assert refusal(await nothing.client.get("/v2/me"), 403)["code"] == "ForbiddenException"
    reading = await acme.product(permissions=["PROFILE_READ"])
    assert data(await reading.client.get("/v2/me"))["id"] == acme.owner.id
    refusal(await reading.client.patch("/v2/me", json={}), 403)
    refusal(await reading.client.get("/v2/schedules"), 403)


async def test_a_locked_owner_acts_no_more(database: Database, acme: Platform, product: Product) -> None:
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET is_locked = true WHERE id = %s", (acme.owner.id,))
    refusal(await product.client.get("/v2/me"), 401)


async def test_a_deleted_client_is_gone_with_its_teams(
    people: People, acme: Platform, product: Product
) -> None:
    teams = f"/v2/organizations/{acme.id}/teams"
    made = data(await product.client.post(teams, json={"name": "Made by a client"}), 201)
    kept = data(await acme.key.post(teams, json={"name": "Made by a person"}), 201)
    assert data(await acme.key.delete(product.path))["id"] == product.id
    refusal(await acme.key.get(product.path), 404)
    refusal(await product.client.get("/v2/me"), 401)
    assert [one["id"] for one in data(await acme.key.get(teams))] == [kept["id"]] != [made["id"]]


async def test_only_a_client_of_the_organization_makes_teams_in_it(people: People, acme: Platform) -> None:
    other = await (await make_platform(people, "other")).product()
    key = acme.owner.client
    path = f"/v2/organizations/{acme.id}/teams"
    for client_id in (other.id, "nobody"):
        answer = await key.post(path, json={"name": "Team"}, headers={"x-cal-client-id": client_id})
        refusal(answer, 400)


async def test_there_is_a_bound_of_clients(acme: Platform, database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO oauth_clients (
                   id, organization_id, name, secret_hash, secret, permissions, redirect_uris)
            SELECT 'c' || number, %s, 'Many', '', '', 0, '{}' FROM generate_series(1, 100) number
            """,
            (acme.id,),
        )
    assert "100" in refusal(await acme.key.post(CLIENTS, json=BODY), 400)["message"]


async def test_the_audit_log_tells_of_clients(acme: Platform, product: Product) -> None:
    await acme.key.patch(product.path, json={"name": "Other"})
    await acme.key.delete(product.path)
    log = f"/v2/organizations/{acme.id}/audit-log?subjectType=oauth_client"
    told = data(await acme.key.get(log))
    assert [one["action"] for one in told] == [
        "oauth_client.deleted",
        "oauth_client.updated",
        "oauth_client.created",
    ]
    assert told[1]["after"] == {"name": "Other"}
    assert product.secret not in str(told)
