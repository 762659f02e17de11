"""Handing facts to those who act on them.

A consumer writes down what follows from a fact (deliveries, mails) in the transaction that marks the fact as
handled; nothing is sent here. So what follows is neither lost nor written twice, whenever a worker dies.

What is about to be handed on is noted before, in a transaction of its own. If the note is still there for the
next worker, the one before has ended meanwhile: then facts are handed on one by one, and a fact that ends two
workers more while one consumer has it is set aside for that consumer.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import uuid4

import psycopg
import structlog

from kalends.db.database import Database, UnitOfWork
from kalends.db.locks import try_lock_facts
from kalends.outbox import failures, queries
from kalends.outbox.fact import StoredFact
from kalends.outbox.failures import FAILURES, LeasedFailure
from kalends.outbox.jobs.job import Report, ReportedState
from kalends.outbox.jobs.queue import Queue
from kalends.outbox.jobs.turns import Room, Turns

Consume: TypeAlias = Callable[[UnitOfWork, Sequence[StoredFact]], Awaitable[None]]
"""Write down what follows from facts, in their order. After it has raised, it is called again for each."""

Consumers: TypeAlias = Mapping[str, Consume]
"""Consumers by their names, which are stored with what they could not follow up."""

_BATCH = 100
_MOST_TRIALS = 2
"""How many workers may end while a consumer has one fact, before it is set aside."""

_WHOLE_BATCH = ""
_ONE_AT_A_TIME = Room(at_once=1, of_lane=1)
_LONGEST_ERROR = 1_000
_SET_ASIDE_BECAUSE = f"{_MOST_TRIALS} workers in a row ended while this consumer had the fact alone"

_log = structlog.get_logger(__name__)


async def consume(database: Database, consumers: Consumers, *, now: datetime) -> int:
    """Hand the oldest facts that wait to every consumer; return how many there were.

    A consumer that raises is given the fact again later, and keeps neither other consumers nor other facts
    waiting.
    """
    async with database.connection() as connection:
        is_waiting, is_on_trial = await queries.find_what_waits(connection)
    if not is_waiting:
        return 0
    if is_on_trial:
        return await _consume_one(database, consumers, now=now)
    try:
        return await _consume_batch(database, consumers, now=now, is_guarded=False)
    except Exception:  # noqa: BLE001 - whatever a consumer raises, the others go on
        # Guarding each call by a savepoint costs as much as the calls; few batches need it.
        _log.debug("a batch of facts is handed on again, one by one", exc_info=True)
    return await _consume_batch(database, consumers, now=now, is_guarded=True)


async def retry_failure(database: Database, consumers: Consumers, *, now: datetime) -> bool:
    """Hand on again one fact that a consumer failed at; False: none is due."""
    async with database.transaction() as work:
        chosen, _ = await Queue(FAILURES).choose(work, Turns(_ONE_AT_A_TIME), now=now)
        leased = await failures.lease(work, chosen, uuid4(), now)
    for failure in leased:
        await _retry(database, consumers.get(failure.consumer), failure, now=now)
    return bool(chosen)


async def _retry(
    database: Database, consumer: Consume | None, failure: LeasedFailure, *, now: datetime
) -> None:
    async with database.transaction() as work:
        if not await failures.lock(work, failure):
            return
        error = None if consumer is None else await _error_of(work, failure.consumer, consumer, failure.fact)
        if error is None:
            await failures.delete(work, failure)
            return
        job = failure.job
        due_at = FAILURES.next_due(job.tries, job.began_at, now, timedelta())
        state: ReportedState = "failed" if due_at is None else "waiting"
        await failures.report(work, Report(job, state, due_at or now, error), now)
        await queries.count(work, {f"failures:{failure.consumer}": 1})


async def _consume_batch(database: Database, consumers: Consumers, *, now: datetime, is_guarded: bool) -> int:
    # What is caught shows where it happens only if each statement is waited for.
    transaction = database.transaction() if is_guarded else database.pipelined_transaction()
    last = None
    try:
        async with transaction as work:
            if not await try_lock_facts(work):
                return 0
            facts = await queries.list_unhandled(work, _BATCH)
            if facts:
                last = facts[-1].id
                await _note_trial(database, last, _WHOLE_BATCH)
            for name, consumer in consumers.items():
                if not is_guarded:
                    await consumer(work, facts)
                    continue
                for fact in facts:
                    await _follow_up(work, name, consumer, fact, now=now)
            await _end(work, facts)
    except Exception:
        await _forget_trial(database, last, _WHOLE_BATCH)
        raise
    return len(facts)


async def _consume_one(database: Database, consumers: Consumers, *, now: datetime) -> int:
    """Hand on the oldest fact alone, after a worker has ended with this one or one of those behind it."""
    trying: tuple[int, str] | None = None
    try:
        async with database.transaction() as work:
            if not await try_lock_facts(work):
                return 0
            facts = await queries.list_unhandled(work, 1)
            for fact in facts:
                trials = await queries.count_trials(work, fact.id)
                for name, consumer in consumers.items():
                    if trials.get(name, 0) >= _MOST_TRIALS:
                        await _set_aside(work, name, fact, now=now)
                        continue
                    trying = (fact.id, name)
                    await _note_trial(database, *trying)
                    await _follow_up(work, name, consumer, fact, now=now)
            await _end(work, facts)
    except Exception:
        if trying is not None:
            await _forget_trial(database, *trying)
        raise
    return len(facts)


async def _end(work: UnitOfWork, facts: Sequence[StoredFact]) -> None:
    await queries.mark_handled(work, [fact.id for fact in facts])
    if facts:
        await queries.end_trials(work, facts[-1].id)
    await queries.count(work, {"facts": len(facts)})


async def _note_trial(database: Database, event_id: int, consumer: str) -> None:
    # On a connection of its own: it must stay when this worker ends.
    async with database.connection() as connection:
        await queries.note_trial(connection, event_id, consumer)


async def _forget_trial(database: Database, event_id: int | None, consumer: str) -> None:
    """Take back a note after a failure that this worker has outlived."""
    if event_id is None:
        return
    with suppress(psycopg.Error):
        async with database.connection() as connection:
            await queries.forget_trial(connection, event_id, consumer)


async def _follow_up(
    work: UnitOfWork, name: str, consumer: Consume, fact: StoredFact, *, now: datetime
) -> None:
    """Call a consumer; if it raises, undo what it did and note when to call it again."""
    error = await _error_of(work, name, consumer, fact)
    if error is not None:
        due_at = FAILURES.next_due(1, now, now, timedelta()) or now
        await failures.insert(work, fact, name, error, due_at=due_at)
        await queries.count(work, {f"failures:{name}": 1})


async def _set_aside(work: UnitOfWork, name: str, fact: StoredFact, *, now: datetime) -> None:
    _log.error(
        "a fact was set aside: its workers ended; see `kalends jobs list`", fact=str(fact.uid), consumer=name
    )
    await failures.insert(work, fact, name, _SET_ASIDE_BECAUSE, due_at=now, is_set_aside=True)
    await queries.count(work, {f"jobs_set_aside:{FAILURES.name}": 1})


async def _error_of(work: UnitOfWork, name: str, consumer: Consume, fact: StoredFact) -> str | None:
    """Call a consumer for one fact; if it raises, undo what it did and return what it raised."""
    try:
        async with work.connection.transaction():
            await consumer(work, [fact])
    except Exception as error:  # noqa: BLE001 - whatever a consumer raises, the others go on
        _log.exception("a fact was not followed up", consumer=name, fact=str(fact.uid), kind=fact.kind)
        return repr(error)[:_LONGEST_ERROR]
    return None
