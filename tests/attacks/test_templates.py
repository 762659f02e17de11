"""Work and memory that the templates of webhooks take (findings 3 and 13)."""

import asyncio
import json
import tracemalloc
from contextlib import suppress
from typing import Any

from kalends.db.database import Database, UnitOfWork
from kalends.handlebars.errors import TemplateError
from kalends.outbox import consumption
from kalends.webhooks.deliveries import templates
from tests.attacks.counting import busiest_turn, counted_calls
from tests.attacks.harm import no_harm
from tests.attacks.rows import multiply
from tests.support.client import Guest, Host, data
from tests.support.receiver import Receiver
from tests.webhooks.conftest import Post, deliveries, subscribe

MOST_CALLS = 300_000
"""Calls of functions that a body may take: some for each of the hundred thousand steps of its budget."""

LARGEST_BODY = 1_048_576
PATH = ".".join(["a"] * 250)
LONG_PATHS = "x" + "{{#each @root}}" * 4 + "{{" + PATH + "}}" + "{{/each}}" * 4
KEYS: dict[str, Any] = {f"key{number}": {} for number in range(5)}


def calls_for(template: str, context: dict[str, Any]) -> int:
    """Return how many calls it takes to fill a template in, or to refuse to."""
    with counted_calls() as calls, suppress(TemplateError):
        templates.filled(template, context)
    return calls.count


def test_long_paths_count_as_work() -> None:
    calls = calls_for(LONG_PATHS, KEYS)
    assert calls < MOST_CALLS


def test_keys_that_are_long_lists_count_as_work() -> None:
    people: list[Any] = [{"name": "Bo"}] * 20
    template = "x{{#each all}}{{#each @root.all}}{{lookup . @root.big}}{{/each}}{{/each}}"
    calls = calls_for(template, {"all": people, "big": ["a"] * 400})
    assert calls < MOST_CALLS


def test_the_texts_of_a_json_template_share_a_budget() -> None:
    template = json.dumps(
        ["{{#each @root}}{{#each @root}}{{#each @root}}{{a}}{{/each}}{{/each}}{{/each}}"] * 30
    )
    calls = calls_for(template, {f"key{number}": {} for number in range(12)})
    assert calls < MOST_CALLS


def test_a_body_has_a_bound_in_bytes() -> None:
    template = json.dumps(["{{#each @root}}{{#each @root}}" + "Z" * 1_000 + "{{/each}}{{/each}}"] * 12)
    size = 0
    with suppress(TemplateError):
        size = len(templates.filled(template, {f"key{number}": {} for number in range(12)}).content)
    assert size <= LARGEST_BODY


async def test_a_ping_keeps_nobody_waiting_for_its_template(ana: Host, receiver: Receiver) -> None:
    template = LONG_PATHS.replace(PATH, ".".join(["a"] * 40))
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", payloadTemplate=template)
    with busiest_turn() as busiest:
        answer = await ana.client.post(f"/v2/webhooks/{webhook['id']}/ping")
    assert answer.status_code in (200, 400)
    assert busiest.count < MOST_CALLS


async def test_a_replay_keeps_nobody_waiting(
    ana: Host, guest: Guest, database: Database, receiver: Receiver, post: Post
) -> None:
    template = "x" + "{{#each @root}}{{uid}}{{/each}}" * 50
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", payloadTemplate=template)
    await guest.books(await ana.creates_event_type())
    await multiply(database, "outbox_events", 20, uid="gen_random_uuid()")
    await post.hands_on()
    with busiest_turn() as busiest:
        body = {"from": "2020-01-01T00:00:00Z"}
        answer = await ana.client.post(f"/v2/webhooks/{webhook['id']}/replay", json=body)
    assert data(answer)["queued"] == 21
    assert busiest.count < MOST_CALLS


async def test_deliveries_are_written_down_a_few_at_a_time(
    ana: Host, guest: Guest, database: Database, receiver: Receiver, post: Post
) -> None:
    template = "x{{#each @root}}" + "Z" * 5_000 + "{{/each}}"
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", payloadTemplate=template)
    await guest.books(await ana.creates_event_type())
    await multiply(database, "outbox_events", 30, uid="gen_random_uuid()")
    tracemalloc.start()
    await post.hands_on()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    [largest] = await sizes(database)
    assert len(await deliveries(ana, webhook)) == 31
    assert largest > 100_000
    assert peak < 12 * largest


async def sizes(database: Database) -> list[int]:
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT max(octet_length(body)) FROM webhook_deliveries")
        return [row[0] for row in await cursor.fetchall()]


async def test_a_user_has_a_bounded_number_of_webhooks(ana: Host) -> None:
    made = []
    for number in range(101):
        body = {
            "active": True,
            "subscriberUrl": f"https://example.com/{number}",
            "triggers": ["BOOKING_CREATED"],
        }
        made.append((await ana.client.post("/v2/webhooks", json=body)).status_code)
    assert made[:100] == [201] * 100
    assert made[100] == 400


async def test_a_fact_that_kills_its_worker_is_set_aside(
    ana: Host, guest: Guest, database: Database, post: Post
) -> None:
    await guest.books(await ana.creates_event_type())
    tries = 0

    async def dies(_work: UnitOfWork, _facts: object) -> None:
        nonlocal tries
        tries += 1
        raise asyncio.CancelledError

    for _ in range(8):
        with suppress(asyncio.CancelledError):
            await consumption.consume(database, {"webhooks": dies}, now=post.clock())
    with no_harm():
        assert tries < 8
