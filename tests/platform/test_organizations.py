"""Organizations that a platform manages (organizations-teams.md 8.3)."""

from typing import Any

import pytest

from kalends.memberships.membership import Role
from tests.conftest import Clock
from tests.support.client import Host, broken_properties, client_with_key, data, refusal
from tests.support.organizations import People
from tests.support.platforms import Platform, Product, make_platform


def path_of(acme: Platform) -> str:
    return f"/v2/organizations/{acme.id}/organizations"


async def test_a_platform_makes_an_organization_with_a_key(acme: Platform) -> None:
    made = data(await acme.key.post(path_of(acme), json={"name": "North Branch", "metadata": {"a": 1}}), 201)
    key = client_with_key(acme.key, made.pop("apiKey"))
    assert made == {"id": made["id"], "name": "North Branch", "slug": "north-branch", "metadata": {"a": 1}}
    assert data(await acme.key.get(path_of(acme))) == [made]
    assert data(await acme.key.get(f"{path_of(acme)}/{made['id']}")) == made
    # The key acts there, as its OWNER, and may make OAuth clients.
    memberships = data(await key.get(f"/v2/organizations/{made['id']}/memberships"))
    assert [(one["userId"], one["role"], one["accepted"]) for one in memberships] == [
        (acme.owner.id, "OWNER", True)
    ]
    body = {"name": "App", "redirectUris": [], "permissions": ["*"]}
    client = data(await key.post("/v2/oauth-clients", json=body), 201)
    [listed] = data(await key.get("/v2/oauth-clients"))
    assert (listed["id"], listed["organizationId"]) == (client["clientId"], made["id"])
    assert data(await acme.key.get("/v2/oauth-clients")) == []
    assert data(await key.post("/v2/api-keys/refresh", json={}))["apiKey"].startswith("cal_")


async def test_metadata_is_absent_unless_it_was_set(acme: Platform) -> None:
    made = data(await acme.key.post(path_of(acme), json={"name": "Plain", "slug": "Own Slug"}), 201)
    assert made.keys() == {"id", "name", "slug", "apiKey"}
    assert made["slug"] == "Own Slug"


async def test_a_managed_organization_is_changed_and_deleted(acme: Platform) -> None:
    made = data(await acme.key.post(path_of(acme), json={"name": "North"}), 201)
    path = f"{path_of(acme)}/{made['id']}"
    changes = {"name": "South", "metadata": {"b": True}, "slug": "ignored"}
    changed = data(await acme.key.patch(path, json=changes))
    assert changed == {"id": made["id"], "name": "South", "slug": "north", "metadata": {"b": True}}
    assert data(await acme.key.patch(path, json={})) == changed
    assert data(await acme.key.get(path)) == changed
    assert data(await acme.key.delete(path)) == changed
    refusal(await acme.key.get(path), 403)
    refusal(await client_with_key(acme.key, made["apiKey"]).get("/v2/me"), 401)
    data(await acme.key.get("/v2/me"))
    actions = [one["action"] for one in data(await acme.key.get(f"/v2/organizations/{acme.id}/audit-log"))]
    assert "managed_organization.created" in actions


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": 5}, "name"),
        ({"name": "A", "slug": 5}, "slug"),
        ({"name": "A", "metadata": {"a": {}}}, "metadata"),
        ({"name": "A", "apiKeyDaysValid": 0}, "apiKeyDaysValid"),
        ({"name": "A", "apiKeyNeverExpires": "no"}, "apiKeyNeverExpires"),
    ],
)
async def test_an_organization_that_is_none_is_refused(
    acme: Platform, body: dict[str, Any], named: str
) -> None:
    assert broken_properties(refusal(await acme.key.post(path_of(acme), json=body), 400)) == {named}
    assert data(await acme.key.get(path_of(acme))) == []


async def test_nothing_half_is_made(acme: Platform) -> None:
    both = {"name": "North", "apiKeyDaysValid": 5, "apiKeyNeverExpires": True}
    assert "errors" not in refusal(await acme.key.post(path_of(acme), json=both), 400)["details"]
    refusal(await acme.key.post(path_of(acme), json={"name": "A", "slug": "a/b"}), 400)
    assert refusal(await acme.key.post(path_of(acme), json={"name": "Acme"}), 409)["code"] == "CONFLICT"
    assert data(await acme.key.get(path_of(acme))) == []
    data(await acme.key.post(path_of(acme), json={**both, "apiKeyNeverExpires": False}), 201)


async def test_null_cannot_clear(acme: Platform) -> None:
    made = data(await acme.key.post(path_of(acme), json={"name": "North"}), 201)
    path = f"{path_of(acme)}/{made['id']}"
    for name in ("name", "metadata"):
        assert broken_properties(refusal(await acme.key.patch(path, json={name: None}), 400)) == {name}
    refusal(await acme.key.patch(path, json={"name": ""}), 400)


async def test_only_platforms_manage_organizations(people: People, ana: Host) -> None:
    organization_id = await people.organization("plain", ana)
    path = f"/v2/organizations/{organization_id}/organizations"
    for body in ({"name": "A"}, {"name": "A", "apiKeyDaysValid": 5, "apiKeyNeverExpires": True}):
        assert "platform" in refusal(await ana.client.post(path, json=body), 403)["message"]
    assert data(await ana.client.get(path)) == []


async def test_one_platform_does_not_rule_what_another_manages(people: People, acme: Platform) -> None:
    other = await make_platform(people, "other")
    theirs = data(await other.key.post(path_of(other), json={"name": "Theirs"}), 201)
    for path in (f"{path_of(acme)}/{theirs['id']}", f"{path_of(acme)}/{acme.id}", f"{path_of(acme)}/424242"):
        refusal(await acme.key.get(path), 403)
        refusal(await acme.key.patch(path, json={"name": "Mine"}), 403)
        refusal(await acme.key.delete(path), 403)
    refusal(await acme.key.get(f"{path_of(acme)}/x"), 400)
    member = await people.member("member", acme.id)
    refusal(await member.client.get(path_of(acme)), 403)
    refusal(await member.client.post(path_of(acme), json={"name": "A"}), 403)


async def test_the_key_lives_as_long_as_was_asked(acme: Platform, clock: Clock) -> None:
    def body(**properties: Any) -> dict[str, Any]:
        return {"name": str(properties), "slug": f"o{len(str(properties))}", **properties}

    usual = data(await acme.key.post(path_of(acme), json=body()), 201)
    ever = data(await acme.key.post(path_of(acme), json=body(apiKeyNeverExpires=True)), 201)
    clock.now = clock.now.replace(year=2060)
    refusal(await client_with_key(acme.key, usual["apiKey"]).get("/v2/me"), 401)
    data(await client_with_key(acme.key, ever["apiKey"]).get("/v2/me"))


async def test_the_provider_tells_who_a_client_is(acme: Platform, product: Product, people: People) -> None:
    anybody = people.client
    shown = data(await anybody.get(f"/v2/provider/{product.id}"))
    assert shown == {"clientId": product.id, "organizationId": acme.id, "name": "Acme"}
    assert refusal(await anybody.get("/v2/provider/unknown"), 401)["code"] == "UnauthorizedException"
    path = f"/v2/provider/{product.id}/access-token"
    ann = await product.user("ann")
    admin = await people.member("admin", acme.id, Role.ADMIN)
    for client in (ann.client, product.secret_only, product.client, admin.client):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "success"})
    refusal(await anybody.get(path), 401)
    refusal(await client_with_key(anybody, "made-up").get(path), 401)
    refusal(await (await acme.product("Other")).secret_only.get(path), 401)


async def test_an_expired_token_is_told_so(product: Product, clock: Clock) -> None:
    ann = await product.user("ann")
    clock.now = clock.now.replace(hour=12)
    refusal(await ann.client.get(f"/v2/provider/{product.id}/access-token"), 498)
