"""Handing facts to those who act on them.

A consumer writes down what follows from a fact (deliveries, mails) in the transaction that marks the fact as
handled; nothing is sent here. So what follows is neither lost nor written twice, whenever a worker dies.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog

from kalends.db.database import Database, UnitOfWork
from kalends.db.locks import try_lock_facts
from kalends.outbox import queries
from kalends.outbox.fact import StoredFact

Consume: TypeAlias = Callable[[UnitOfWork, Sequence[StoredFact]], Awaitable[None]]
"""Write down what follows from facts, in their order. After it has raised, it is called again for each."""

Consumers: TypeAlias = Mapping[str, Consume]
"""Consumers by their names, which are stored with what they could not follow up."""

_BATCH = 100
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=1)

_log = structlog.get_logger(__name__)


async def consume(database: Database, consumers: Consumers, *, now: datetime) -> int:
    """Hand the oldest facts that wait to every consumer; return how many there were.

    A consumer that raises is given the fact again later, and keeps neither other consumers nor other facts
    waiting.
    """
    async with database.connection() as connection:
        if not await queries.is_anything_unhandled(connection):
            return 0
    try:
        return await _consume_batch(database, consumers, now=now, is_guarded=False)
    except Exception:  # noqa: BLE001 - whatever a consumer raises, the others go on
        # Guarding each call by a savepoint costs as much as the calls; few batches need it.
        _log.debug("a batch of facts is handed on again, one by one", exc_info=True)
    return await _consume_batch(database, consumers, now=now, is_guarded=True)


async def retry_failure(database: Database, consumers: Consumers, *, now: datetime) -> bool:
    """Hand on again one fact that a consumer failed at; False: none is due."""
    async with database.transaction() as work:
        due = await queries.take_due_failure(work, now)
        if due is None:
            return False
        fact, name, attempts = due
        consumer = consumers.get(name)
        if consumer is None or await _succeeds(work, name, consumer, fact, now=now, attempts=attempts):
            await queries.delete_failure(work, fact.id, name)
        return True


async def _consume_batch(database: Database, consumers: Consumers, *, now: datetime, is_guarded: bool) -> int:
    # What is caught shows where it happens only if each statement is waited for.
    transaction = database.transaction() if is_guarded else database.pipelined_transaction()
    async with transaction as work:
        if not await try_lock_facts(work):
            return 0
        facts = await queries.list_unhandled(work, _BATCH)
        for name, consumer in consumers.items():
            if not is_guarded:
                await consumer(work, facts)
                continue
            for fact in facts:
                await _succeeds(work, name, consumer, fact, now=now, attempts=0)
        await queries.mark_handled(work, _ids(facts))
        await queries.count(work, {"facts": len(facts)})
    return len(facts)


async def _succeeds(
    work: UnitOfWork, name: str, consumer: Consume, fact: StoredFact, *, now: datetime, attempts: int
) -> bool:
    """Call a consumer; if it raises, undo what it did and note when to call it again."""
    try:
        async with work.connection.transaction():
            await consumer(work, [fact])
    except Exception as error:  # noqa: BLE001 - whatever a consumer raises, the others go on
        _log.exception("a fact was not followed up", consumer=name, fact=str(fact.uid), kind=fact.kind)
        wait = min(_FIRST_RETRY * 2 ** min(attempts, 10), _LONGEST_RETRY)
        await queries.insert_failure(work, fact.id, name, repr(error)[:1_000], retry_at=now + wait)
        await queries.count(work, {f"failures:{name}": 1})
        return False
    return True


def _ids(facts: Sequence[StoredFact]) -> list[int]:
    return [fact.id for fact in facts]
