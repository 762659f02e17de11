"""`Idempotency-Key`: the same request twice does its work once (docs/idempotency.md)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, LiteralString

import httpx
import pytest
from fastapi import FastAPI

from kalends.api.http.dispatcher import Dispatcher
from kalends.api.http.operation import Router
from kalends.api.idempotency import KEPT_FOR
from kalends.db.database import Database
from kalends.settings import Settings
from tests.conftest import Clock
from tests.support.client import Client, Host, booking_of, data, refusal
from tests.support.mounted import mounted
from tests.support.refusals import WatchedEdge

SLOT = "2050-09-05T08:00:00Z"
LATER = "2050-09-05T10:00:00Z"
KEY = "8a6e0804-2bd0-4672-b79d-d97027f9071a"
REPLAYED = "idempotency-replayed"


def keyed(key: str = KEY) -> dict[str, str]:
    return {"Idempotency-Key": key}


async def book(
    client: Client, event_type: dict[str, Any], start: str = SLOT, key: str = KEY, **options: Any
) -> httpx.Response:
    """Book a time with a key."""
    body = booking_of(event_type["id"], start)
    headers = {**keyed(key), **options.pop("headers", {})}
    return await client.post("/v2/bookings", json=body, headers=headers, **options)


async def count(database: Database, table: LiteralString) -> int:
    """Return how many rows a table has."""
    async with database.connection() as connection:
        row = await (await connection.execute(f"SELECT count(*) FROM {table}")).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
async def intro(ana: Host) -> dict[str, Any]:
    """Return an event type of an hour."""
    return await ana.creates_event_type()


async def test_the_same_request_with_the_same_key_is_answered_as_the_first_time(
    client: Client, intro: dict[str, Any], database: Database
) -> None:
    first = await book(client, intro)
    second = await book(client, intro)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers["content-type"] == first.headers["content-type"]
    assert (first.headers.get(REPLAYED), second.headers[REPLAYED]) == (None, "true")
    assert await count(database, "bookings") == 1


async def test_a_replay_has_the_status_of_the_first_answer(client: Client, intro: dict[str, Any]) -> None:
    uid = data(await book(client, intro), 201)["uid"]
    path = f"/v2/bookings/{uid}/cancel"
    answers = [await client.post(path, json={}, headers=keyed("cancel")) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].headers[REPLAYED] == "true"


async def test_the_order_of_properties_does_not_make_another_request(
    client: Client, intro: dict[str, Any]
) -> None:
    await book(client, intro)
    body = dict(reversed(booking_of(intro["id"], SLOT).items()))
    again = await client.post("/v2/bookings", json=body, headers=keyed())
    assert again.headers[REPLAYED] == "true"


async def test_another_body_with_the_same_key_is_refused(
    client: Client, intro: dict[str, Any], database: Database
) -> None:
    await book(client, intro)
    error = refusal(await book(client, intro, LATER), 422)
    assert error["code"] == "UnprocessableEntityException"
    assert error["message"].startswith("Idempotency-Key")
    assert await count(database, "bookings") == 1


async def test_another_path_with_the_same_key_is_refused(client: Client, intro: dict[str, Any]) -> None:
    uid = data(await book(client, intro), 201)["uid"]
    refusal(await client.post(f"/v2/bookings/{uid}/cancel", json={}, headers=keyed()), 422)
    assert data(await client.get(f"/v2/bookings/{uid}"))["status"] == "accepted"


async def test_another_key_is_another_request(client: Client, intro: dict[str, Any]) -> None:
    await book(client, intro)
    assert refusal(await book(client, intro, key="other"), 400)["details"]["reasons"] == ["booking"]


async def test_a_key_belongs_to_the_credential_that_sends_it(
    client: Client, ana: Host, ben: Host, database: Database
) -> None:
    made = [
        await host.client.post(
            "/v2/schedules",
            json={"name": "Desk", "timeZone": "Europe/Rome", "isDefault": False},
            headers=keyed(),
        )
        for host in (ana, ben)
    ]
    ids = [data(answer, 201)["id"] for answer in made]
    assert len(set(ids)) == 2
    assert not any(REPLAYED in answer.headers for answer in made)


async def test_a_key_of_anonymous_callers_belongs_to_their_address(
    api: FastAPI, client: Client, intro: dict[str, Any]
) -> None:
    await book(client, intro)
    elsewhere = httpx.ASGITransport(app=WatchedEdge(api), client=("192.0.2.7", 1234))
    async with Client(transport=elsewhere, base_url="http://kalends.test") as stranger:
        refusal(await book(stranger, intro), 400)
        assert REPLAYED not in (await book(stranger, intro, LATER)).headers


async def test_a_key_counts_only_with_a_credential_that_is_still_good(
    client: Client, ana: Host, database: Database
) -> None:
    body = {"name": "Desk", "timeZone": "Europe/Rome", "isDefault": False}
    data(await ana.client.post("/v2/schedules", json=body, headers=keyed()), 201)
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET is_locked = true WHERE id = %s", (ana.id,))
    refusal(await ana.client.post("/v2/schedules", json=body, headers=keyed()), 401)


async def test_a_refusal_is_not_kept_so_the_request_may_be_tried_again(
    client: Client, intro: dict[str, Any], database: Database
) -> None:
    taken = data(await book(client, intro, key="first"), 201)["uid"]
    refusal(await book(client, intro), 400)
    assert await count(database, "idempotency_keys") == 1
    data(await client.post(f"/v2/bookings/{taken}/cancel", json={}))
    again = await book(client, intro)
    assert again.status_code == 201
    assert REPLAYED not in again.headers


async def test_an_answer_is_kept_for_a_day(client: Client, intro: dict[str, Any], clock: Clock) -> None:
    await book(client, intro)
    clock.advance(KEPT_FOR - timedelta(seconds=1))
    assert REPLAYED in (await book(client, intro)).headers
    clock.advance(timedelta(seconds=1))
    refusal(await book(client, intro), 400)
    new = await book(client, intro, LATER)
    assert new.status_code == 201
    assert REPLAYED not in new.headers
    assert REPLAYED in (await book(client, intro, LATER)).headers


async def test_what_has_expired_is_deleted_as_new_answers_come(
    client: Client, intro: dict[str, Any], database: Database, clock: Clock
) -> None:
    for hour in range(3):
        data(await book(client, intro, f"2050-09-05T{hour + 7:02}:00:00Z", key=str(hour)), 201)
    clock.advance(KEPT_FOR)
    data(await book(client, intro, "2050-09-06T08:00:00Z"), 201)
    assert await count(database, "idempotency_keys") == 1


@pytest.mark.parametrize("key", ["", "a" * 256, "caf\xe9", "tab\there"])
async def test_a_key_is_1_to_255_printable_characters(
    client: Client, intro: dict[str, Any], key: str
) -> None:
    body = booking_of(intro["id"], SLOT)
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]
    error = refusal(await client.post("/v2/bookings", json=body, headers=dict(headers)), 400)
    assert "1 to 255 printable characters" in error["message"]


@pytest.mark.parametrize("key", [" ~", "a" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"'])
async def test_every_other_key_is_taken(client: Client, intro: dict[str, Any], key: str) -> None:
    assert [(await book(client, intro, key=key)).status_code for _ in range(2)] == [201, 201]


async def test_two_keys_on_one_request_are_refused(client: Client, intro: dict[str, Any]) -> None:
    headers = httpx.Headers([("Idempotency-Key", "one"), ("Idempotency-Key", "two")])
    headers["cal-api-version"] = "2024-08-13"
    answer = await httpx.AsyncClient.request(
        client, "POST", "/v2/bookings", json=booking_of(intro["id"], SLOT), headers=headers
    )
    refusal(answer, 400)


async def test_credential_and_body_are_checked_before_anything_is_replayed(
    client: Client, ana: Host, intro: dict[str, Any]
) -> None:
    refusal(await client.post("/v2/schedules", json={}, headers=keyed()), 401)
    await book(client, intro)
    refusal(await client.post("/v2/bookings", json={"eventTypeId": intro["id"]}, headers=keyed()), 400)


async def test_a_request_whose_twin_is_still_running_is_refused(
    client: Client, intro: dict[str, Any], database: Database
) -> None:
    await book(client, intro)
    async with database.connection() as connection:
        row = await (await connection.execute("SELECT digest FROM idempotency_keys")).fetchone()
    assert row is not None
    number = int.from_bytes(row[0][:8], signed=True)
    async with database.transaction() as other:
        await other.connection.execute("SELECT pg_advisory_xact_lock(%s)", (number,))
        error = refusal(await book(client, intro), 409)
        assert "still running" in error["message"]
    assert (await book(client, intro)).headers[REPLAYED] == "true"


async def test_what_is_kept_shows_neither_the_key_nor_the_answer(ana: Host, database: Database) -> None:
    new_key = data(await ana.client.post("/v2/api-keys/refresh", headers=keyed()))["apiKey"]
    async with database.connection() as connection:
        statement = "SELECT digest || fingerprint || answer FROM idempotency_keys"
        row = await (await connection.execute(statement)).fetchone()
    assert row is not None
    for secret in (KEY, new_key, "success"):
        assert secret.encode() not in row[0]


async def test_a_repeated_refresh_finds_its_key_replaced(ana: Host, database: Database) -> None:
    data(await ana.client.post("/v2/api-keys/refresh", headers=keyed()))
    refusal(await ana.client.post("/v2/api-keys/refresh", headers=keyed()), 401)
    assert await count(database, "api_keys") == 1


async def test_a_key_takes_four_statements(
    client: Client, intro: dict[str, Any], count_statements: Any
) -> None:
    with count_statements() as plain:
        await client.post("/v2/bookings", json=booking_of(intro["id"], SLOT))
    with count_statements() as keyed_once:
        await book(client, intro, LATER)
    with count_statements() as replayed:
        await book(client, intro, LATER)
    assert keyed_once.count == plain.count + 4
    assert replayed.count < plain.count


async def test_every_post_of_the_document_takes_a_key(api: FastAPI) -> None:
    for path, operations in api.openapi()["paths"].items():
        for method, operation in operations.items():
            names = [parameter["name"] for parameter in operation.get("parameters", ())]
            assert ("Idempotency-Key" in names) == (method == "post"), path


async def test_operations_take_keys_and_pages_do_not(api: FastAPI) -> None:
    assert isinstance(api.router, Dispatcher)
    posts = [operation for operation in api.router.operations if operation.method == "POST"]
    assert {operation.plan.takes_key == (operation.show_failure is None) for operation in posts} == {True}
    assert any(operation.show_failure is not None for operation in posts)


async def test_pages_of_other_origins_may_send_a_key_and_see_a_replay(client: Client) -> None:
    answer = await client.options("/v2/bookings")
    assert "Idempotency-Key" in answer.headers["access-control-allow-headers"]
    answer = await client.get("/health")
    assert "Idempotency-Replayed" in answer.headers["access-control-expose-headers"]


@pytest.fixture
async def counting(settings: Settings, clock: Clock, client: Client) -> AsyncIterator[Client]:
    """Return a client of operations that count how often they ran, without any transaction."""
    router = Router("/v2/counted", "Test")
    ran = 0

    @router.post("")
    async def run() -> int:
        """Count."""
        nonlocal ran
        ran += 1
        return ran

    async with mounted(settings, clock, router) as counted:
        yield counted


async def test_an_operation_without_a_transaction_is_answered_once_too(counting: Client) -> None:
    assert [data(await counting.post("/v2/counted", headers=keyed(str(n))), 201) for n in (1, 1, 2)] == [
        1,
        1,
        2,
    ]
    assert data(await counting.post("/v2/counted"), 201) == 3


async def test_operations_that_take_keys_are_described_by_the_name_and_words_of_their_handler() -> None:
    router = Router("/v2/acts", "Test")

    @router.post("")
    async def act() -> None:
        """Act."""

    [operation] = router.operations
    assert operation.plan.takes_key
    assert (operation.name, operation.description) == ("act", "Act.")
