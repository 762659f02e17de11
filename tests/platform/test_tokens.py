"""Access and refresh tokens: what they say, whom they admit, how they are renewed (platform.md 1.3, 5)."""

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from kalends.db.database import Database
from kalends.platform.tokens import service as tokens
from tests.conftest import Clock
from tests.support.client import Client, broken_properties, client_with_key, data, refusal
from tests.support.platforms import Managed, Platform, Product, with_headers

ISSUED = 2_545_624_800  # 2050-09-01 06:00
HOUR_MS, DAY = 3_600_000, timedelta(days=1)


def claims_of(token: str) -> dict[str, Any]:
    header, payload, signature = token.split(".")
    assert json.loads(_decoded(header)) == {"alg": "HS256", "typ": "JWT"}
    assert len(_decoded(signature)) == 32
    claims: dict[str, Any] = json.loads(_decoded(payload))
    return claims


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.fixture
async def ann(product: Product) -> Managed:
    return await product.user("ann")


async def test_tokens_tell_whose_they_are(clock: Clock, product: Product) -> None:
    clock.advance(timedelta(seconds=42))
    body = {"email": "ann@acme.example.com", "name": "Ann"}
    made = data(await product.secret_only.post(product.users, json=body), 201)
    access, refresh = claims_of(made["accessToken"]), claims_of(made["refreshToken"])
    assert len(access.pop("jti")) == len(refresh.pop("jti")) == 32
    shared = {"clientId": product.id, "ownerId": made["user"]["id"], "iat": ISSUED + 42}
    expires_at = ISSUED * 1_000 + HOUR_MS  # cut to the minute
    assert access == {"type": "access_token", "expiresAt": expires_at, **shared}
    assert made["accessTokenExpiresAt"] == expires_at
    in_a_year = 2_577_139_200_000  # 2051-09-01 00:00
    assert refresh == {"type": "refresh_token", "expiresAt": in_a_year, **shared}
    assert made["refreshTokenExpiresAt"] == in_a_year


async def test_what_is_stored_does_not_tell_tokens(database: Database, product: Product) -> None:
    ann = await product.user("ann")
    async with database.connection() as connection:
        for table in ("access_tokens", "refresh_tokens"):
            [(row,)] = await (await connection.execute(f"SELECT t::text FROM {table} t")).fetchall()
            assert ann.refresh_token not in row
            assert str(ann.client.api_key) not in row


async def test_an_expired_token_is_to_be_refreshed(clock: Clock, product: Product, ann: Managed) -> None:
    clock.advance(timedelta(hours=1))
    data(await ann.client.get("/v2/me"))
    clock.advance(timedelta(seconds=1))
    error = refusal(await ann.client.get("/v2/me"), 498)
    assert error == {
        "code": "TokenExpiredException",
        "message": "ACCESS_TOKEN_IS_EXPIRED",
        "details": "ACCESS_TOKEN_IS_EXPIRED",
    }
    # It stays so once it is refreshed, and is unknown once all tokens were replaced.
    data(await product.refreshes(ann.refresh_token))
    refusal(await ann.client.get("/v2/me"), 498)
    data(await product.secret_only.post(f"{product.users}/{ann.id}/force-refresh"))
    refusal(await ann.client.get("/v2/me"), 401)


async def test_a_public_operation_does_not_care_for_an_expired_token(clock: Clock, ann: Managed) -> None:
    await ann.host.creates_event_type()
    clock.advance(timedelta(days=2))
    assert len(data(await ann.client.get(f"/v2/event-types?username={ann.username}"))) == 1


async def test_a_refresh_replaces_its_token(product: Product, ann: Managed) -> None:
    keys = data(await product.refreshes(ann.refresh_token))
    assert set(keys) == {"accessToken", "refreshToken", "accessTokenExpiresAt", "refreshTokenExpiresAt"}
    for kind in ("accessToken", "refreshToken"):
        claims = claims_of(keys[kind])
        assert claims["userId"] == claims["ownerId"] == ann.id
    data(await ann.client.get("/v2/me"))
    data(await client_with_key(ann.client, keys["accessToken"]).get("/v2/me"))
    assert refusal(await product.refreshes(ann.refresh_token), 400)["code"] == "BadRequestException"
    data(await product.refreshes(keys["refreshToken"]))


async def test_refreshes_need_the_secret_of_the_client(
    client: Client, acme: Platform, product: Product, ann: Managed
) -> None:
    path, body = f"/v2/oauth/{product.id}/refresh", {"refreshToken": ann.refresh_token}
    other = await acme.product("Other")
    for nobody in (
        client,
        ann.client,
        acme.key,
        other.secret_only,
        other.client,
        with_headers(client, {"x-cal-secret-key": "wrong"}),
    ):
        for sent in (body, {}):
            refusal(await nobody.post(path, json=sent), 401)
    refusal(await product.secret_only.post(f"/v2/oauth/{product.id}x/refresh", json=body), 401)
    assert broken_properties(refusal(await product.secret_only.post(path, json={}), 400)) == {"refreshToken"}
    refusal(await product.secret_only.post(path, json={"refreshToken": 5}), 400)
    refusal(await product.secret_only.post(path, json={"refreshToken": "made-up"}), 400)
    refusal(await other.refreshes(ann.refresh_token), 400)
    # An access token refreshes nothing, and a refresh token admits nobody.
    refusal(await product.refreshes(str(ann.client.api_key)), 400)
    refusal(await client_with_key(client, ann.refresh_token).get("/v2/me"), 401)
    for alias in (f"/api{path}", f"/v2/ee/oauth/{product.id}/refresh"):
        body = {"refreshToken": data(await product.secret_only.post(alias, json=body))["refreshToken"]}


async def test_a_refresh_token_expires(clock: Clock, product: Product, ann: Managed) -> None:
    clock.advance(timedelta(days=364, hours=17))
    keys = data(await product.refreshes(ann.refresh_token))
    clock.advance(timedelta(days=366))
    refusal(await product.refreshes(keys["refreshToken"]), 400)
    again = data(await product.secret_only.post(f"{product.users}/{ann.id}/force-refresh"))
    data(await product.refreshes(again["refreshToken"]))


async def test_a_force_refresh_leaves_its_own_pair(product: Product, ann: Managed) -> None:
    other = await product.user("bea")
    path = f"{product.users}/{ann.id}/force-refresh"
    one, two = data(await product.secret_only.post(path)), data(await product.secret_only.post(path))
    assert one["accessToken"] != two["accessToken"]
    refusal(await ann.client.get("/v2/me"), 401)
    refusal(await client_with_key(ann.client, one["accessToken"]).get("/v2/me"), 401)
    assert data(await client_with_key(ann.client, two["accessToken"]).get("/v2/me"))["id"] == ann.id
    refusal(await product.refreshes(ann.refresh_token), 400)
    refusal(await product.refreshes(one["refreshToken"]), 400)
    data(await product.refreshes(two["refreshToken"]))
    data(await other.client.get("/v2/me"))


async def test_of_many_refreshes_at_once_one_wins(product: Product, ann: Managed) -> None:
    answers = await asyncio.gather(*(product.refreshes(ann.refresh_token) for _ in range(16)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 15


async def test_a_force_refresh_wins_over_refreshes(
    database: Database, product: Product, ann: Managed
) -> None:
    force = f"{product.users}/{ann.id}/force-refresh"
    for _ in range(5):
        token = data(await product.secret_only.post(force))["refreshToken"]
        refreshed, forced = await asyncio.gather(product.refreshes(token), product.secret_only.post(force))
        keys = data(forced)
        async with database.connection() as connection:
            cursor = await connection.execute("SELECT count(*) FROM refresh_tokens")
            [(count,)] = await cursor.fetchall()
        if refreshed.status_code == 400:
            assert count == 1
        else:
            # The refresh came first, and the force-refresh has removed what it left.
            assert count == 1
            refusal(await product.refreshes(data(refreshed)["refreshToken"]), 400)
        data(await product.refreshes(keys["refreshToken"]))


async def test_use_and_deletion_at_once_are_no_failure(product: Product) -> None:
    for number in range(4):
        user = await product.user(f"user{number}", timeZone="Europe/Rome")
        path = f"{product.users}/{user.id}"
        answers = await asyncio.gather(
            product.secret_only.delete(path),
            user.client.get("/v2/me"),
            user.host.client.patch("/v2/me", json={"bio": "Hi"}),
            product.refreshes(user.refresh_token),
            product.secret_only.post(f"{path}/force-refresh"),
            product.secret_only.patch(path, json={"bio": "Ho"}),
        )
        assert answers[0].status_code == 200
        assert all(answer.status_code < 500 for answer in answers), [one.text for one in answers]


async def test_permission_bits_of_a_token(acme: Platform) -> None:
    product = await acme.product(permissions=["PROFILE_READ"])
    ann = await product.user("ann")
    data(await ann.client.get("/v2/me"))
    for answer in (
        await ann.client.patch("/v2/me", json={}),
        await ann.client.get("/v2/schedules"),
        await ann.client.post("/v2/schedules", json={}),
        await ann.client.post("/v2/event-types", json={}),
        await ann.client.get("/v2/bookings"),
        await ann.client.post("/v2/bookings/some/confirm"),
    ):
        assert refusal(answer, 403)["code"] == "ForbiddenException"
    refusal(await ann.client.post("/v2/api-keys/refresh", json={}), 401)


@pytest.mark.parametrize(
    ("redirect_uri", "origin", "is_allowed"),
    [
        ("https://app.acme.test", "https://app.acme.test", True),
        ("https://app.acme.test", "https://App.acme.test", False),
        ("https://app.acme.test/callback", "https://app.acme.test", False),
        ("https://*.acme.test", "https://a.b.acme.test", True),
        ("https://*.acme.test", "https://acme.test", False),
        ("https://*.acme.test", "https://evil.test/.acme.test", True),
        ("https://app.acme.test*", "https://app.acme.test", True),
        ("https://app.acme.test*", "https://app.acme.test:8443", True),
        ("*", "null", True),
        ("a*b*a", "aba", True),
        ("a*b*a", "aa", False),
        ("aa*aa", "aaa", False),
        ("https://app.acme.test", "https://evil.test", False),
    ],
)
async def test_the_origin_of_a_token_is_one_of_its_clients(
    acme: Platform, redirect_uri: str, origin: str, is_allowed: bool
) -> None:
    product = await acme.product(redirectUris=["https://other.test", redirect_uri])
    ann = await product.user("ann")
    answer = await ann.client.get("/v2/me", headers={"Origin": origin})
    if is_allowed:
        data(answer)
    else:
        refusal(answer, 401)
    assert answer.headers["access-control-allow-origin"] == "*"
    data(await ann.client.get("/v2/me"))
    data(await product.client.get("/v2/me", headers={"Origin": origin}))


async def test_a_pattern_of_stars_is_matched_at_once(acme: Platform) -> None:
    product = await acme.product(redirectUris=["a*" * 2_000 + "b"])
    ann = await product.user("ann")
    refusal(await ann.client.get("/v2/me", headers={"Origin": "a" * 4_000}), 401)


async def test_a_locked_user_has_no_tokens(database: Database, ann: Managed) -> None:
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET is_locked = true WHERE id = %s", (ann.id,))
    refusal(await ann.client.get("/v2/me"), 401)


async def test_what_has_expired_is_forgotten_in_the_background(
    clock: Clock, database: Database, product: Product, ann: Managed
) -> None:
    clock.advance(30 * DAY)
    await tokens.forget(database, clock.now, days=30)
    refusal(await ann.client.get("/v2/me"), 498)
    clock.advance(DAY)
    await tokens.forget(database, clock.now, days=30)
    refusal(await ann.client.get("/v2/me"), 401)
    keys = data(await product.refreshes(ann.refresh_token))
    clock.advance(366 * DAY)
    await tokens.forget(database, clock.now, days=30)
    refusal(await product.refreshes(keys["refreshToken"]), 400)
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT (SELECT count(*) FROM access_tokens) + (SELECT count(*) FROM refresh_tokens)"
        )
        assert await cursor.fetchall() == [(0,)]


async def test_codes_that_are_none_get_no_tokens(client: Client, product: Product) -> None:
    path = f"/v2/oauth/{product.id}/exchange"
    secret = {"clientSecret": product.secret}
    assert broken_properties(refusal(await client.post(path, json={}), 400)) == {"clientSecret"}
    refusal(await client.post(path, json=secret), 400)
    for header in ("", "Bearer ", "Bearer made-up"):
        refusal(await client.post(path, json=secret, headers={"Authorization": header}), 400)
