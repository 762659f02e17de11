"""The checks of platform.md 9 and decisions that no other test of platforms has."""

import asyncio
from typing import Any

import pytest

from kalends.db.database import Database
from kalends.memberships.membership import Role
from tests.platform.test_webhooks import TEN
from tests.support.client import Client, Guest, Host, client_with_key, data, refusal
from tests.support.organizations import People
from tests.support.platforms import Platform, Product, make_platform, with_headers

KEYS = {"accessToken", "refreshToken", "accessTokenExpiresAt", "refreshTokenExpiresAt"}


async def test_the_role_is_looked_at_before_the_body(people: People, acme: Platform) -> None:
    member = await people.member("member", acme.id)
    key = await people.key_of(member, acme.id)
    refusal(await key.post("/v2/oauth-clients", json={"permissions": "NOPE"}), 403)
    refused = refusal(
        await acme.key.post(
            "/v2/oauth-clients", json={"name": "A", "redirectUris": [], "permissions": ["NOPE"]}
        ),
        400,
    )
    assert refused["details"]["errors"][0]["property"] == "permissions"


async def test_another_platforms_admin_is_refused(people: People, acme: Platform, product: Product) -> None:
    abroad = await make_platform(people, "abroad")
    admin = await people.member("admin", abroad.id, Role.ADMIN)
    refusal(await (await people.key_of(admin, abroad.id)).get(product.path), 403)


async def test_a_conflict_names_who_is_there(product: Product) -> None:
    ann = await product.user("ann", timeZone="europe/rome")
    assert ann.output["timeZone"] == "Europe/Rome"
    assert ann.output["locale"] is None
    assert "metadata" not in ann.output
    assert (ann.output["weekStart"], ann.output["timeFormat"]) == ("Sunday", 12)
    body = {"email": "ANN@acme.example.com", "name": "Ann"}
    refused = refusal(await product.secret_only.post(product.users, json=body), 409)
    assert refused["code"] == "ConflictException"
    assert str(ann.id) in refused["message"]
    assert "already exists" in refused["message"]


async def test_a_user_without_a_time_zone_can_be_booked(client: Client, product: Product) -> None:
    ann = await product.user("ann")
    assert data(await ann.client.get("/v2/schedules")) == []
    made = await ann.host.creates_event_type()
    # A Monday in London's summer: nine is eight in UTC.
    query = {"eventTypeId": made["id"], "start": "2050-09-04", "end": "2050-09-05"}
    version = {"cal-api-version": "2024-09-04"}
    slots = data(await client.get("/v2/slots", params=query, headers=version))
    assert list(slots) == ["2050-09-05"]
    assert slots["2050-09-05"][0]["start"].startswith("2050-09-05T08:00")
    assert (await Guest(client).books(made, TEN))["status"] == "accepted"


async def test_the_personal_organization_of_a_token(acme: Platform, product: Product) -> None:
    ann = await product.user("ann")
    me = data(await ann.client.get("/v2/me"))
    assert me["organizationId"] == acme.id
    assert me["organization"] == {"isPlatform": True, "id": acme.id}


async def test_offsets_are_not_bounded(product: Product) -> None:
    await product.user("ann")
    assert data(await product.secret_only.get(f"{product.users}?offset=100000")) == []
    assert data(await product.secret_only.get(f"{product.path}/managed-users?offset=251")) == []
    refusal(await product.secret_only.get(f"{product.users}?offset=-1"), 400)


@pytest.mark.parametrize("path", ["refresh", "exchange"])
async def test_bodies_that_say_nothing_are_refused(client: Client, product: Product, path: str) -> None:
    asks = product.secret_only if path == "refresh" else client
    refused = refusal(await asks.post(f"/v2/oauth/{product.id}/{path}", json={}), 400)
    assert refused["details"]["errors"]


async def test_keys_are_refreshed_by_keys_only(
    people: People, acme: Platform, product: Product, client: Client
) -> None:
    ann = await product.user("ann")
    for one in (ann.client, product.client):
        refusal(await one.post("/v2/api-keys/refresh", json={}), 401)
    both = with_headers(
        client, {**dict(product.client.headers), "authorization": f"Bearer {acme.key.api_key}"}
    )
    refusal(await both.post("/v2/api-keys/refresh", json={}), 401)
    member = await people.member("member", acme.id)
    key = await people.key_of(member, acme.id)
    refusal(await key.post("/v2/api-keys/refresh", json={}), 401)
    assert data(await key.get("/v2/me"))["id"] == member.id
    refreshed = data(await acme.key.post("/v2/api-keys/refresh", json={}))
    assert data(await client_with_key(client, refreshed["apiKey"]).get("/v2/oauth-clients"))


async def test_force_refreshes_of_one_second_differ(product: Product) -> None:
    ann = await product.user("ann")
    path = f"{product.users}/{ann.id}/force-refresh"
    answers = await asyncio.gather(*(product.secret_only.post(path) for _ in range(2)))
    keys = [data(answer) for answer in answers]
    assert [set(one) for one in keys] == [KEYS] * 2
    assert keys[0]["accessToken"] != keys[1]["accessToken"]
    tokens = [client_with_key(ann.client, one["accessToken"]) for one in keys]
    assert sorted([(await one.get("/v2/me")).status_code for one in tokens]) == [200, 401]


async def test_the_provider_asks_for_a_good_credential(client: Client, product: Product) -> None:
    ann = await product.user("ann")
    path = f"/v2/provider/{product.id}"
    assert (await client.get(path)).status_code == 200
    refusal(await client.get(f"{path}/access-token"), 401)
    assert (await product.secret_only.get(f"{path}/access-token")).status_code == 200
    assert (await ann.client.get(f"{path}/access-token")).status_code == 200
    assert (await client.get("/v2/provider/cunknown")).status_code in (401, 404)


async def test_a_secret_alone_is_nobody_elsewhere(client: Client, product: Product) -> None:
    ann = await product.user("ann", timeZone="Europe/Rome")
    made = await ann.host.creates_event_type()
    body = {"eventTypeId": made["id"], "slotStart": TEN}
    version = {"cal-api-version": "2024-09-04"}
    refusal(await product.secret_only.get("/v2/me"), 401)
    refusal(await product.secret_only.get("/v2/platform/managed-users"), 401)
    refusal(await product.secret_only.post("/v2/slots/reservations", json=body, headers=version), 401)


async def test_somebody_who_leaves_has_no_key(people: People, acme: Platform, database: Database) -> None:
    admin = await people.member("admin", acme.id, Role.ADMIN)
    key = await people.key_of(admin, acme.id)
    data(await key.get("/v2/oauth-clients"))
    async with database.connection() as connection:
        await connection.execute("DELETE FROM memberships WHERE user_id = %s", (admin.id,))
    for path in ("/v2/oauth-clients", "/v2/me", "/v2/event-types"):
        refusal(await key.get(path), 401)


async def test_the_clients_pages_of_a_default_schedule(product: Product, ana: Host) -> None:
    ann = await product.user("ann", timeZone="Europe/Rome")
    path = f"{product.users}/{ann.id}"
    foreign: dict[str, Any] = data(await ana.client.get("/v2/schedules/default"))
    refusal(await product.secret_only.patch(path, json={"defaultScheduleId": foreign["id"]}), 403)
    refusal(await product.secret_only.patch(path, json={"defaultScheduleId": 99_999}), 404)
    data(await product.secret_only.patch(path, json={"timeZone": "Asia/Tokyo"}))
    assert data(await ann.client.get("/v2/schedules/default"))["timeZone"] == "Europe/Rome"
    data(await ann.client.patch("/v2/me", json={"timeZone": "America/New_York"}))
    assert data(await ann.client.get("/v2/schedules/default"))["timeZone"] == "America/New_York"
