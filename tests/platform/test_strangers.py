"""Who tries to act for a platform, its clients and their users without being allowed to, and gets nowhere."""

from datetime import timedelta

import pytest

from kalends.db.database import Database
from kalends.memberships.membership import Role
from tests.conftest import Clock
from tests.support.client import Client, Host, client_with_key, data, refusal
from tests.support.organizations import People
from tests.support.platforms import Platform, Product, make_platform, product_of, with_headers
from tests.support.receiver import Receiver


async def rows_of(database: Database) -> list[tuple[object, ...]]:
    async with database.connection() as connection:
        cursor = await connection.execute(
            """
            SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM oauth_clients),
                   (SELECT count(*) FROM webhooks), (SELECT count(*) FROM access_tokens),
                   (SELECT string_agg(name, ',' ORDER BY name) FROM oauth_clients)
            """
        )
        return await cursor.fetchall()


async def test_nobody_else_rules_a_client(
    people: People,
    acme: Platform,
    product: Product,
    ana: Host,
    client: Client,
    receiver: Receiver,
    database: Database,
) -> None:
    ann = await product.user("ann")
    hook = {"active": True, "subscriberUrl": receiver.url, "triggers": ["BOOKING_CREATED"]}
    made = data(await product.secret_only.post(f"{product.path}/webhooks", json=hook), 201)
    other = await acme.product("Other")
    abroad = await make_platform(people, "abroad")
    foreign = await abroad.product("Foreign")
    member = await people.member("member", acme.id)
    wrong = product_of(client, product.id, other.secret)
    strangers = {
        "nobody": client,
        "somebody": ana.client,
        "member": member.client,
        "managed user": ann.client,
        "another platform": abroad.key,
        "a client of another platform": foreign.client,
        "the secret of another client": wrong.client,
        "that secret alone": wrong.secret_only,
        "its id alone": with_headers(client, {"x-cal-client-id": product.id}),
    }
    before = await rows_of(database)
    user, hooks = f"{product.users}/{ann.id}", f"{product.path}/webhooks"
    of_credential = "/v2/platform/managed-users"
    tried = [
        ("POST", product.users, {"email": "eve@acme.example.com", "name": "Eve"}),
        ("PATCH", user, {"name": "Eve"}),
        ("DELETE", user, None),
        ("POST", f"{user}/force-refresh", {}),
        ("GET", product.users, None),
        ("PATCH", product.path, {"name": "Eve"}),
        ("DELETE", product.path, None),
        ("POST", hooks, {**hook, "subscriberUrl": f"{receiver.url}/eve"}),
        ("PATCH", f"{hooks}/{made['id']}", {"active": False}),
        ("DELETE", f"{hooks}/{made['id']}", None),
        ("DELETE", hooks, None),
        ("POST", f"/v2/oauth/{product.id}/refresh", {"refreshToken": ann.refresh_token}),
        ("POST", of_credential, {"email": "eve@acme.example.com", "name": "Eve"}),
        ("PATCH", f"{of_credential}/{ann.id}", {"name": "Eve"}),
        ("DELETE", f"/v2/platform/webhooks/{made['id']}", None),
    ]
    for who, stranger in strangers.items():
        for method, path, body in tried:
            if who == "a client of another platform" and (method, path) == ("POST", of_credential):
                continue  # its own users
            answer = await stranger.request(method, path, json=body)
            assert answer.status_code in (401, 403, 404), (who, method, path, answer.text)
            assert product.secret not in answer.text
            assert ann.refresh_token not in answer.text
    assert await rows_of(database) == before
    assert data(await ann.client.get("/v2/me"))["id"] == ann.id


async def test_a_client_of_the_same_platform_does_not_reach_anothers_users(
    acme: Platform, product: Product, database: Database
) -> None:
    ann = await product.user("ann")
    other = await acme.product("Other")
    assert (await other.secret_only.get(f"{other.users}/{ann.id}")).status_code == 404
    assert (await other.client.get(f"/v2/platform/managed-users/{ann.id}")).status_code == 404
    assert (await other.refreshes(ann.refresh_token)).status_code == 400
    refreshed = await other.client.post(
        f"/v2/platform/managed-users/{ann.id}/refresh-tokens", json={"refreshToken": ann.refresh_token}
    )
    assert refreshed.status_code == 404
    # A path's id goes before the header's: the secret has to be that client's.
    mixed = await other.client.get(f"{product.users}/{ann.id}")
    assert mixed.status_code == 401
    assert data(await product.refreshes(ann.refresh_token))


async def test_tokens_end_with_their_user_and_their_client(
    acme: Platform, product: Product, client: Client, database: Database
) -> None:
    ann, bob = await product.user("ann"), await product.user("bob")
    data(await product.secret_only.delete(f"{product.users}/{ann.id}"))
    refusal(await ann.client.get("/v2/me"), 401)
    refusal(await product.refreshes(ann.refresh_token), 400)
    # Whoever comes again is somebody else, for whom the tokens before do nothing.
    again = await product.user("ann")
    assert again.id != ann.id
    refusal(await ann.client.get("/v2/me"), 401)
    refusal(await product.refreshes(ann.refresh_token), 400)
    data(await acme.key.delete(product.path))
    refusal(await bob.client.get("/v2/me"), 401)
    refusal(await product.refreshes(bob.refresh_token), 401)
    for path in (product.path, product.users, f"{product.users}/{bob.id}"):
        refusal(await product.secret_only.get(path), 401)


async def test_a_refresh_token_is_no_access_token(product: Product, client: Client, clock: Clock) -> None:
    ann = await product.user("ann")
    refusal(await client_with_key(client, ann.refresh_token).get("/v2/me"), 401)
    access = ann.client.api_key
    assert access is not None
    refusal(await product.refreshes(access), 400)
    # What a token says does not admit it.
    head, claims, signature = access.split(".")
    for forged in (
        f"{head}.{claims}.",
        f"{head}.{claims}",
        f"{head}.{claims}.{signature[::-1]}",
        access[:-1],
    ):
        refusal(await client_with_key(client, forged).get("/v2/me"), 401)
    clock.advance(timedelta(days=366))
    refusal(await product.refreshes(ann.refresh_token), 400)


async def test_an_owner_who_is_demoted_lends_a_client_nothing(
    people: People, acme: Platform, product: Product, database: Database
) -> None:
    second = await people.member("second", acme.id, Role.OWNER)
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE memberships SET role = 'MEMBER' WHERE user_id = %s AND team_id = %s",
            (acme.owner.id, acme.id),
        )
    assert data(await product.client.get("/v2/me"))["id"] == second.id
    refusal(await acme.key.post("/v2/oauth-clients", json={}), 403)
    refusal(await acme.key.delete(product.path), 403)
    assert data(await acme.key.get(product.path))["secret"] == ""
    listed = data(await acme.key.get("/v2/oauth-clients"))
    assert {one["secret"] for one in listed} == {""}
    refusal(await acme.key.post("/v2/api-keys/refresh", json={}), 401)


async def test_a_managed_user_is_kept_out_as_an_owner_too(
    acme: Platform, product: Product, database: Database
) -> None:
    ann = await product.user("ann")
    async with database.connection() as connection:
        await connection.execute("UPDATE memberships SET role = 'OWNER' WHERE user_id = %s", (ann.id,))
    for method, path, body in (
        ("GET", "/v2/oauth-clients", None),
        ("POST", "/v2/oauth-clients", {"name": "A", "redirectUris": [], "permissions": ["*"]}),
        ("GET", product.path, None),
        ("GET", product.users, None),
        ("POST", product.users, {"email": "eve@acme.example.com", "name": "Eve"}),
        ("GET", f"{product.path}/managed-users", None),
        ("GET", f"{product.path}/webhooks", None),
        ("GET", "/v2/platform/webhooks", None),
        ("GET", "/v2/platform/managed-users", None),
    ):
        answer = await ann.client.request(method, path, json=body)
        assert answer.status_code in (401, 403), (method, path, answer.text)
        assert product.secret not in answer.text


async def test_secrets_are_in_no_log_and_no_audit(
    acme: Platform, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    product = await acme.product("Quiet")
    ann = await product.user("ann", timeZone="Europe/Rome")
    data(await acme.key.patch(product.path, json={"name": "Quieter"}))
    await product.refreshes(ann.refresh_token)
    await product.refreshes(ann.refresh_token)
    data(await product.secret_only.post(f"{product.users}/{ann.id}/force-refresh", json={}))
    told = str(data(await acme.key.get(f"/v2/organizations/{acme.id}/audit-log")))
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT json_agg(a)::text FROM audit_entries a")
        stored = str(await cursor.fetchall())
    written = capsys.readouterr()
    for secret in (product.secret, ann.refresh_token, str(ann.client.api_key)):
        for text in (told, stored, written.out, written.err):
            assert secret not in text
