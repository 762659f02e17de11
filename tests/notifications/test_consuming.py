"""Facts become mails in batches: one statement for many, and one bad fact spoils no other."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from kalends.db.database import Database, UnitOfWork
from kalends.notifications import service as notifications
from kalends.outbox import consumption
from kalends.outbox.fact import Fact, StoredFact
from kalends.settings import Settings
from kalends.webhooks.deliveries.health import DISABLED, WebhookDisabled
from tests.conftest import Clock
from tests.notifications.conftest import Office
from tests.outbox.facts import fact, happen
from tests.support.client import Guest, Host

MORNING = [f"2050-09-05T{hour:02}:00:00Z" for hour in range(7, 15)]


async def test_mails_of_many_facts_take_as_many_statements_as_those_of_one(
    ana: Host, guest: Guest, office: Office, count_statements: Any
) -> None:
    event_type = await ana.creates_event_type()
    for start in MORNING:
        await guest.books(event_type, start)
    facts = await _stored(office.database)
    consume = notifications.consumer(office.settings)
    counts = []
    for some in (facts[:1], facts[1:]):
        with count_statements() as statements:
            async with office.database.transaction() as work:
                await consume(work, some)
        counts.append(statements.count)
    assert counts[0] == counts[1]
    assert len(await office.log()) == 2 * len(MORNING)


async def test_owners_of_many_webhooks_are_looked_up_together(
    ana: Host, office: Office, count_statements: Any
) -> None:
    await happen(office.database, *(_switched_off(ana.id, number) for number in range(3)))
    await happen(office.database, _switched_off(ana.id + 1_000, 3))
    consume = notifications.consumer(office.settings)
    facts = await _stored(office.database)
    with count_statements() as statements:
        async with office.database.transaction() as work:
            await consume(work, facts)
    assert statements.count == 2
    assert [mail.recipient for mail in await office.log()] == ["ana@example.com"] * 3


async def test_mails_are_written_down_in_the_order_of_their_facts(
    ana: Host, guest: Guest, office: Office
) -> None:
    event_type = await ana.creates_event_type()
    booked = [await guest.books(event_type, start) for start in reversed(MORNING)]
    await office.notes()
    told = [mail.booking_uid for mail in await office.log()]
    assert told == [booking["uid"] for booking in booked for _ in ("host", "attendee")]


async def test_a_fact_that_cannot_be_read_keeps_no_mail_of_its_batch(
    ana: Host, guest: Guest, database: Database, settings: Settings, office: Office, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()
    await guest.books(event_type, MORNING[0])
    await happen(database, fact("booking.created", payload=b'{"kind": "no such thing"}'))
    await guest.books(event_type, MORNING[1])
    consumers = {"mails": notifications.consumer(settings)}
    assert await consumption.consume(database, consumers, now=clock()) == 3
    assert len(await office.log()) == 4
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT consumer, attempts, last_error FROM outbox_failures JOIN jobs ON id = job_id"
        )
        [(consumer, attempts, error)] = await cursor.fetchall()
    assert (consumer, attempts) == ("mails", 1)
    assert "ValidationError" in error


async def test_a_batch_that_another_consumer_fails_at_leaves_each_mail_once(
    ana: Host, guest: Guest, database: Database, settings: Settings, office: Office, clock: Clock
) -> None:
    await guest.books(await ana.creates_event_type(), MORNING[0])

    async def fail(_work: UnitOfWork, _facts: Sequence[StoredFact]) -> None:
        raise OSError("the disk is full")

    consumers = {"mails": notifications.consumer(settings), "failing": fail}
    assert await consumption.consume(database, consumers, now=clock()) == 1
    assert len(await office.log()) == 2
    assert await consumption.consume(database, consumers, now=clock()) == 0
    assert len(await office.log()) == 2


async def _stored(database: Database) -> list[StoredFact]:
    async with database.connection() as connection:
        cursor = await connection.execute(
            """
            SELECT id, uid, kind, payload, ordering_key, created_at, event_type_id, user_id
              FROM outbox_events ORDER BY id
            """
        )
        return [StoredFact(*row) for row in await cursor.fetchall()]


def _switched_off(user_id: int, number: int) -> Fact:
    moment = datetime(2050, 9, 5, 10, tzinfo=UTC)
    disabled = WebhookDisabled(
        webhook_id=f"webhook {number}",
        subscriber_url=f"https://example.com/{number}",
        failing_since=moment - timedelta(days=5),
        disabled_at=moment,
        reason="it failed",
    )
    return Fact(DISABLED, None, None, user_id, f"webhook {number}", msgspec.json.encode(disabled))
