"""Facts for tests that need any."""

from datetime import datetime

from kalends.db.database import Database
from kalends.outbox import service as outbox
from kalends.outbox.fact import Fact


def fact(kind: str = "test.happened", *, key: str = "key", payload: bytes = b"{}") -> Fact:
    """Return a fact about nothing."""
    return Fact(kind, None, None, None, key, payload)


async def happen(database: Database, *facts: Fact) -> None:
    """Record facts in a transaction of their own."""
    async with database.transaction() as work:
        await outbox.record(work, facts)


async def handled(database: Database) -> list[tuple[str, datetime | None]]:
    """Return kind and time of handling of all facts, in their order."""
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT kind, handled_at FROM outbox_events ORDER BY id")
        return [(kind, moment) for kind, moment in await cursor.fetchall()]
