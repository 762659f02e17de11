"""Managed users: how a client makes, finds, changes and deletes them (platform.md 4)."""

import asyncio
from typing import Any

import pytest

from kalends.db.database import Database
from kalends.memberships.membership import Role
from tests.support.client import Client, broken_properties, data, refusal
from tests.support.organizations import People
from tests.support.platforms import Platform, Product, make_platform

ANN = {"email": "ann@acme.example.com", "name": "Ann"}
KEYS = {"accessToken", "refreshToken", "accessTokenExpiresAt", "refreshTokenExpiresAt"}


async def test_a_user_is_made_by_the_secret_alone(acme: Platform, product: Product) -> None:
    made = data(await product.secret_only.post(product.users, json={**ANN, "timeZone": "europe/rome"}), 201)
    assert set(made) == {*KEYS, "user"}
    user = made["user"]
    assert user.pop("createdDate").endswith("Z")
    assert isinstance(user.pop("id"), int)
    assert isinstance(user.pop("defaultScheduleId"), int)
    assert user == {
        "email": f"ann+{product.id}@acme.example.com",
        "username": f"ann-{product.id}-acme-example",
        "name": "Ann",
        "bio": None,
        "timeZone": "Europe/Rome",
        "weekStart": "Sunday",
        "timeFormat": 12,
        "locale": None,
        "avatarUrl": None,
    }


async def test_the_username_is_made_of_two_labels(product: Product) -> None:
    domains = {
        "bob@mail.example.co.uk": f"bob-{product.id}-mail-example",
        "bob@mail.example.org": f"bob-{product.id}-mail-example-1",
        "Jürgen.B@example.com": f"jurgen.b-{product.id}-example-com",
        "bob+x@example.com": f"bob-x-{product.id}-example-com",
    }
    for email, username in domains.items():
        made = data(await product.secret_only.post(product.users, json={"email": email, "name": "B"}), 201)
        assert made["user"]["username"] == username


async def test_the_user_belongs_to_the_platform(acme: Platform, product: Product) -> None:
    ann = await product.user("ann", timeZone="Europe/Rome")
    me = data(await ann.client.get("/v2/me"))
    assert (me["id"], me["email"], me["organizationId"]) == (ann.id, ann.email, acme.id)
    assert me["organization"] == {"isPlatform": True, "id": acme.id}
    memberships = data(await acme.key.get(f"/v2/organizations/{acme.id}/memberships"))
    [membership] = [one for one in memberships if one["userId"] == ann.id]
    assert (membership["role"], membership["accepted"]) == ("MEMBER", True)


async def test_hours_are_made_with_a_time_zone_only(product: Product) -> None:
    ann = await product.user("ann", timeZone="Europe/Rome")
    [schedule] = data(await ann.client.get("/v2/schedules"))
    assert schedule["name"] == "Default schedule"
    assert schedule["timeZone"] == "Europe/Rome"
    assert schedule["isDefault"]
    week = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    assert schedule["availability"] == [{"days": week, "startTime": "09:00", "endTime": "17:00"}]
    assert ann.output["defaultScheduleId"] == schedule["id"]
    bea = await product.user("bea")
    assert data(await bea.client.get("/v2/schedules")) == []
    assert (bea.output["timeZone"], bea.output["defaultScheduleId"]) == ("Europe/London", None)
    event_type = await bea.host.creates_event_type()
    query = f"eventTypeId={event_type['id']}&start=2050-09-02&end=2050-09-06&timeZone=Europe/London"
    slots = data(await bea.client.get(f"/v2/slots?{query}"))
    hours = [f"{hour:02}:00" for hour in range(9, 17)]
    assert {day: [slot["start"][11:16] for slot in found] for day, found in slots.items()} == {
        "2050-09-02": hours,  # a Friday
        "2050-09-05": hours,
        "2050-09-06": hours,
    }


async def test_event_types_are_made_if_the_client_says_so(acme: Platform, product: Product) -> None:
    ann = await product.user("ann")
    assert data(await ann.client.get(f"/v2/event-types?username={ann.username}")) == []
    await acme.key.patch(product.path, json={"areDefaultEventTypesEnabled": True})
    bea = await product.user("bea")
    listed = data(await bea.client.get("/v2/event-types"))
    assert [one["slug"] for one in listed] == [
        "thirty-minutes",
        "sixty-minutes",
        "thirty-minutes-video",
        "sixty-minutes-video",
    ]


@pytest.mark.parametrize("email", [ANN["email"], "Ann@ACME.example.com"])
async def test_a_user_exists_once(product: Product, email: str) -> None:
    ann = await product.user("ann")
    error = refusal(await product.secret_only.post(product.users, json={**ANN, "email": email}), 409)
    assert error["code"] == "ConflictException"
    assert str(ann.id) in error["message"]
    assert "already exists" in error["message"]
    assert len(data(await product.secret_only.get(product.users))) == 1


async def test_the_same_person_under_two_clients_is_two_users(acme: Platform, product: Product) -> None:
    other = await acme.product("Other")
    ann, same = await product.user("ann"), await other.user("ann")
    assert ann.id != same.id
    assert ann.username != same.username


async def test_two_creates_of_one_address_make_one_user(product: Product) -> None:
    answers = await asyncio.gather(
        *(product.secret_only.post(product.users, json={**ANN, "timeZone": "Europe/Rome"}) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len(data(await product.secret_only.get(product.users))) == 1


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"email": None}, "email"),
        ({"email": 5}, "email"),
        ({"name": None}, "name"),
        ({"name": 5}, "name"),
        ({"timeFormat": 13}, "timeFormat"),
        ({"timeFormat": "12"}, "timeFormat"),
        ({"weekStart": "Someday"}, "weekStart"),
        ({"weekStart": None}, "weekStart"),
        ({"timeZone": "Moon/Base"}, "timeZone"),
        ({"timeZone": None}, "timeZone"),
        ({"locale": "xx"}, "locale"),
        ({"avatarUrl": "not a url"}, "avatarUrl"),
        ({"bio": 5}, "bio"),
        ({"metadata": {"k": {"x": 1}}}, "metadata"),
        ({"metadata": None}, "metadata"),
    ],
)
async def test_a_user_that_is_none_is_refused(
    product: Product, database: Database, changed: dict[str, Any], named: str
) -> None:
    error = refusal(await product.secret_only.post(product.users, json={**ANN, **changed}), 400)
    assert error["code"] == "BadRequestException"
    assert broken_properties(error) == {named}
    assert data(await product.secret_only.get(product.users)) == []


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@", "@acme.example.com", "ann@acme", "a b@acme.example.com", "a@b@c.d"]
)
async def test_an_address_that_is_none_is_refused(product: Product, email: str) -> None:
    error = refusal(await product.secret_only.post(product.users, json={**ANN, "email": email}), 400)
    assert error["code"] == "TRPCError"
    assert "email" in error["message"]
    assert data(await product.secret_only.get(product.users)) == []


async def test_what_may_be_given_is_kept(product: Product) -> None:
    given = {
        "timeFormat": 24,
        "weekStart": "monday",
        "timeZone": "america/port-au-prince",
        "locale": "pt-BR",
        "avatarUrl": "https://acme.example.com/ann.png",
        "bio": "Hello",
        "metadata": {"plan": "pro"},
    }
    ann = await product.user("ann", **given)
    kept = {**given, "weekStart": "Monday", "timeZone": "America/Port-au-Prince"}
    assert {name: ann.output[name] for name in kept} == kept
    nothing = dict.fromkeys(("timeFormat", "locale", "avatarUrl", "bio"), None)
    assert (await product.user("bea", **nothing)).output["timeFormat"] == 12


async def test_users_are_listed_by_page_and_by_address(product: Product) -> None:
    ann, bea = await product.user("ann"), await product.user("bea")

    async def listed(query: str = "") -> list[int]:
        found = data(await product.secret_only.get(f"{product.users}{query}"))
        return [one["id"] for one in found]

    assert await listed() == [ann.id, bea.id]
    assert await listed("?limit=1") == [ann.id]
    assert await listed("?limit=1&offset=1") == [bea.id]
    assert await listed("?offset=251") == []
    assert await listed("?emails=ann@acme.example.com") == [ann.id]
    assert await listed("?emails=ANN@acme.example.com") == [ann.id]
    assert await listed(f"?emails=ann%2B{product.id}@acme.example.com") == [ann.id]
    assert await listed("?emails=ann@acme.example.com,%20bea@acme.example.com") == [ann.id, bea.id]
    assert await listed("?emails=bea@acme.example.com&emails=nobody") == [bea.id]
    older = data(await product.secret_only.get(f"{product.path}/managed-users?limit=1&emails=x"))
    assert [one["id"] for one in older] == [ann.id]


@pytest.mark.parametrize("query", ["limit=0", "limit=251", "limit=x", "offset=-1", "emails[a]=b"])
async def test_a_page_that_is_none_is_refused(product: Product, query: str) -> None:
    error = refusal(await product.secret_only.get(f"{product.users}?{query}"), 400)
    assert broken_properties(error) == {query.partition("=")[0].partition("[")[0]}


@pytest.mark.parametrize(
    ("value", "named"), [("oops", "oops"), ("", ""), ("ann@acme.example.com,oops", "oops")]
)
async def test_a_filter_with_no_address_is_refused_in_words(product: Product, value: str, named: str) -> None:
    error = refusal(await product.secret_only.get(f"{product.users}?emails={value}"), 400)
    assert repr(named) in error["message"]
    assert "errors" not in error["details"]


async def test_a_patch_changes_what_it_says(product: Product) -> None:
    ann = await product.user("ann", timeZone="Europe/Rome")
    path = f"{product.users}/{ann.id}"
    assert data(await product.secret_only.get(path)) == ann.output
    changed = data(
        await product.secret_only.patch(path, json={"email": "anna@acme.example.com", "locale": "pt-BR"})
    )
    assert changed["email"] == f"anna+{product.id}@acme.example.com"
    assert changed["username"] == f"anna-{product.id}-acme-example"
    assert (changed["locale"], changed["name"]) == ("pt-BR", "Ann")
    # An address that has the client's id gets it once.
    again = await product.secret_only.patch(path, json={"email": changed["email"]})
    assert data(again) == changed
    assert data(await product.secret_only.get(path)) == changed
    assert data(await product.secret_only.patch(path, json={})) == changed
    me = data(await ann.client.get("/v2/me"))
    assert (me["email"], me["username"]) == (changed["email"], changed["username"])


async def test_a_user_who_changes_their_address_keeps_the_id_in_it(product: Product) -> None:
    ann, bea = await product.user("ann"), await product.user("bea")
    changed = data(await ann.client.patch("/v2/me", json={"email": "anna@acme.example.com"}))
    assert changed["email"] == f"anna+{product.id}@acme.example.com"
    assert changed["username"] == f"anna-{product.id}-acme-example"
    shown = data(await product.secret_only.get(f"{product.users}?emails=anna@acme.example.com"))
    assert [one["id"] for one in shown] == [ann.id]
    assert shown[0]["username"] == changed["username"]
    taken = {"email": "bea@acme.example.com"}
    assert refusal(await ann.client.patch("/v2/me", json=taken), 409)["code"] == "CONFLICT"
    assert data(await product.secret_only.get(f"{product.users}/{bea.id}")) == bea.output


async def test_metadata_is_replaced(product: Product) -> None:
    ann = await product.user("ann")
    path = f"{product.users}/{ann.id}"
    await product.secret_only.patch(path, json={"metadata": {"a": 1}})
    assert data(await product.secret_only.patch(path, json={"metadata": {"b": True}}))["metadata"] == {
        "b": True
    }
    assert data(await product.secret_only.patch(path, json={"metadata": {}}))["metadata"] == {}


async def test_a_time_zone_leaves_schedules_alone(product: Product) -> None:
    ann = await product.user("ann", timeZone="Europe/Rome")
    path = f"{product.users}/{ann.id}"
    changed = data(await product.secret_only.patch(path, json={"timeZone": "asia/tokyo"}))
    assert changed["timeZone"] == "Asia/Tokyo"
    assert data(await ann.client.get("/v2/schedules/default"))["timeZone"] == "Europe/Rome"
    data(await ann.client.patch("/v2/me", json={"timeZone": "america/new_york"}))
    assert data(await ann.client.get("/v2/schedules/default"))["timeZone"] == "America/New_York"


async def test_null_clears_what_may_be_empty(product: Product) -> None:
    ann = await product.user("ann", timeZone="Europe/Rome", bio="Hello", locale="de", timeFormat=24)
    nothing = dict.fromkeys(("name", "bio", "avatarUrl", "locale", "defaultScheduleId", "timeFormat"), None)
    changed = data(await product.secret_only.patch(f"{product.users}/{ann.id}", json=nothing))
    assert {name: changed[name] for name in nothing} == {**nothing, "timeFormat": 12}
    assert data(await ann.client.get("/v2/me"))["timeFormat"] == 12


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"timeFormat": 13}, "timeFormat"),
        ({"email": None}, "email"),
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"weekStart": "monday"}, "weekStart"),
        ({"weekStart": None}, "weekStart"),
        ({"timeZone": "Moon/Base"}, "timeZone"),
        ({"timeZone": None}, "timeZone"),
        ({"locale": "xx"}, "locale"),
        ({"avatarUrl": "not a url"}, "avatarUrl"),
        ({"metadata": {"k": {"x": 1}}}, "metadata"),
        ({"metadata": None}, "metadata"),
        ({"defaultScheduleId": "12"}, "defaultScheduleId"),
    ],
)
async def test_a_change_that_is_none_is_refused(
    product: Product, changes: dict[str, Any], named: str
) -> None:
    ann = await product.user("ann")
    path = f"{product.users}/{ann.id}"
    error = refusal(await product.secret_only.patch(path, json={"bio": "Other"} | changes), 400)
    assert broken_properties(error) == {named}
    assert data(await product.secret_only.get(path)) == ann.output


async def test_the_default_schedule_is_one_of_theirs(product: Product) -> None:
    ann = await product.user("ann", timeZone="Europe/Rome")
    bea = await product.user("bea", timeZone="Europe/Rome")
    path = f"{product.users}/{ann.id}"
    foreign = {"defaultScheduleId": bea.output["defaultScheduleId"], "bio": "Other"}
    refusal(await product.secret_only.patch(path, json=foreign), 403)
    refusal(await product.secret_only.patch(path, json={"defaultScheduleId": 424242, "bio": "Other"}), 404)
    assert data(await product.secret_only.get(path)) == ann.output
    own = (await ann.host.creates_schedule())["id"]
    changed = data(await product.secret_only.patch(path, json={"defaultScheduleId": own}))
    assert changed["defaultScheduleId"] == own


async def test_an_address_that_is_taken_stays_taken(product: Product) -> None:
    ann, bea = await product.user("ann"), await product.user("bea")
    error = refusal(
        await product.secret_only.patch(f"{product.users}/{bea.id}", json={"email": "Ann@acme.example.com"}),
        409,
    )
    assert error["code"] == "CONFLICT"
    assert ann.id != bea.id
    assert data(await product.secret_only.get(f"{product.users}/{bea.id}")) == bea.output


async def test_what_is_no_user_of_the_client_is_unknown(acme: Platform, product: Product) -> None:
    other = await acme.product("Other")
    theirs = await other.user("ann")
    for user_id in (acme.owner.id, theirs.id, 424242, 2**40, -1):
        path = f"{product.users}/{user_id}"
        for answer in (
            await product.secret_only.get(path),
            await product.secret_only.patch(path, json={}),
            await product.secret_only.delete(path),
            await product.secret_only.post(f"{path}/force-refresh"),
        ):
            assert refusal(answer, 404)["code"] == "NotFoundException"
    refusal(await product.secret_only.get(f"{product.users}/abc"), 400)
    refusal(await other.secret_only.get(f"{product.users}/{theirs.id}"), 401)


async def test_who_rules_managed_users(people: People, acme: Platform, product: Product) -> None:
    ann = await product.user("ann")
    member = await people.member("member", acme.id)
    admin = await people.member("admin", acme.id, Role.ADMIN)
    other = await make_platform(people, "other")
    for client, status in (
        (await people.key_of(member, acme.id), 403),
        (ann.client, 403),
        (other.key, 403),
        (admin.client, 200),
        (await people.key_of(admin, acme.id), 200),
    ):
        for path in (product.users, f"{product.users}/{ann.id}"):
            assert (await client.get(path)).status_code == status
    key = await people.key_of(member, acme.id)
    assert len(data(await key.get(f"{product.path}/managed-users"))) == 1


async def test_a_managed_user_is_kept_out_whatever_their_role(
    acme: Platform, product: Product, database: Database
) -> None:
    ann = await product.user("ann")
    async with database.connection() as connection:
        await connection.execute("UPDATE memberships SET role = 'OWNER' WHERE user_id = %s", (ann.id,))
    for path in ("/v2/oauth-clients", product.path, product.users, f"{product.path}/managed-users"):
        assert refusal(await ann.client.get(path), 403)["code"] == "ForbiddenException"
    refusal(await ann.client.post("/v2/oauth-clients", json={}), 403)


async def test_a_deleted_user_is_gone(product: Product) -> None:
    ann = await product.user("ann", timeZone="Europe/Rome")
    path = f"{product.users}/{ann.id}"
    assert data(await product.secret_only.delete(path)) == ann.output
    refusal(await product.secret_only.get(path), 404)
    refusal(await ann.client.get("/v2/me"), 401)
    assert refusal(await product.refreshes(ann.refresh_token), 400)
    assert (await product.user("ann")).id != ann.id


async def test_users_stay_when_their_client_is_deleted(acme: Platform, product: Product) -> None:
    ann = await product.user("ann")
    await acme.key.delete(product.path)
    refusal(await ann.client.get("/v2/me"), 401)
    memberships = data(await acme.key.get(f"/v2/organizations/{acme.id}/memberships"))
    assert ann.id in [one["userId"] for one in memberships]


async def test_users_are_found_by_the_client_of_the_credential(client: Client, product: Product) -> None:
    path = "/v2/platform/managed-users"
    made = data(await product.client.post(path, json=ANN), 201)
    user_id = made["user"]["id"]
    assert [one["id"] for one in data(await product.client.get(path))] == [user_id]
    assert data(await product.client.get(f"{path}/{user_id}")) == made["user"]
    assert data(await product.client.patch(f"{path}/{user_id}", json={"bio": "Hi"}))["bio"] == "Hi"
    keys = data(await product.client.post(f"{path}/{user_id}/force-refresh-tokens"))
    assert set(keys) == KEYS
    refresh = f"{path}/{user_id}/refresh-tokens"
    again = data(await product.client.post(refresh, json={"refreshToken": keys["refreshToken"]}))
    bea = await product.user("bea")
    theirs = {"refreshToken": bea.refresh_token}
    assert "user" in refusal(await product.client.post(refresh, json=theirs), 400)["message"]
    assert data(await product.refreshes(bea.refresh_token))
    assert again["refreshToken"] != keys["refreshToken"]
    for nobody in (client, product.secret_only, bea.client):
        refusal(await nobody.get(path), 401)
        refusal(await nobody.post(refresh, json={"refreshToken": "x"}), 401)
    data(await product.client.delete(f"{path}/{user_id}"))
    refusal(await product.client.get(f"{path}/{user_id}"), 404)


async def test_the_audit_log_tells_of_managed_users(acme: Platform, product: Product) -> None:
    ann = await product.user("ann")
    path = f"{product.users}/{ann.id}"
    await product.secret_only.patch(path, json={"name": "Anna"})
    await product.secret_only.delete(path)
    told = data(await acme.key.get(f"/v2/organizations/{acme.id}/audit-log?subjectType=user"))
    assert [one["action"] for one in told] == ["user.deleted", "user.updated", "user.created"]
    assert told[1]["after"] == {"name": "Anna"}
