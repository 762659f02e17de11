"""Facts reach every consumer, in their order, whatever one of them does."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import pytest

from kalends.db.database import Database, UnitOfWork
from kalends.db.locks import try_lock_facts
from kalends.outbox import consumption
from kalends.outbox import service as outbox
from kalends.outbox.consumption import Consumers
from kalends.outbox.fact import StoredFact
from kalends.outbox.jobs.kind import MOST_LOSSES
from tests.conftest import Clock
from tests.outbox.facts import fact, handled, happen

pytestmark = pytest.mark.usefixtures("client")


class Diary:
    """A consumer that remembers, and that can be told to fail."""

    def __init__(self, failing: str = "") -> None:
        self.kinds: list[str] = []
        self.failing = failing

    async def __call__(self, work: UnitOfWork, facts: Sequence[StoredFact]) -> None:
        """Remember facts."""
        for told in facts:
            await work.connection.execute("SELECT 1")
            if told.kind == self.failing:
                raise RuntimeError("this consumer fails")
            self.kinds.append(told.kind)


async def test_every_consumer_gets_every_fact_in_order_and_once(database: Database, clock: Clock) -> None:
    first, second = Diary(), Diary()
    consumers = {"first": first, "second": second}
    await happen(database, fact("a"), fact("b"))
    await happen(database, fact("c"))
    assert await consumption.consume(database, consumers, now=clock()) == 3
    assert await consumption.consume(database, consumers, now=clock()) == 0
    assert first.kinds == second.kinds == ["a", "b", "c"]
    assert all(moment is not None for _, moment in await handled(database))


async def test_a_fact_that_was_rolled_back_reaches_nobody(database: Database, clock: Clock) -> None:
    diary = Diary()
    with pytest.raises(RuntimeError, match="changed my mind"):
        await _happen_and_fail(database)
    assert await consumption.consume(database, {"diary": diary}, now=clock()) == 0
    assert diary.kinds == []


async def test_a_failing_consumer_holds_up_neither_other_facts_nor_other_consumers(
    database: Database, clock: Clock
) -> None:
    failing, sound = Diary(failing="b"), Diary()
    consumers = {"failing": failing, "sound": sound}
    await happen(database, fact("a"), fact("b"), fact("c"))
    assert await consumption.consume(database, consumers, now=clock()) == 3
    # A batch that fails is undone and handed on again, one by one.
    assert failing.kinds[-2:] == ["a", "c"]
    assert sound.kinds[-3:] == ["a", "b", "c"]


async def test_what_a_consumer_failed_at_is_handed_to_it_again_later(
    database: Database, clock: Clock
) -> None:
    diary = Diary(failing="a")
    consumers = {"diary": diary}
    await happen(database, fact("a"))
    await consumption.consume(database, consumers, now=clock())
    assert not await consumption.retry_failure(database, consumers, now=clock())
    clock.advance(timedelta(minutes=1))
    assert await consumption.retry_failure(database, consumers, now=clock())
    assert diary.kinds == []
    clock.advance(timedelta(minutes=2))
    diary.failing = ""
    assert await consumption.retry_failure(database, consumers, now=clock())
    assert diary.kinds == ["a"]
    assert not await consumption.retry_failure(database, consumers, now=clock() + timedelta(days=1))


async def test_one_worker_at_a_time_hands_on_facts(database: Database, clock: Clock) -> None:
    diary = Diary()
    await happen(database, fact("a"))
    async with database.transaction() as work:
        assert await try_lock_facts(work)
        assert await consumption.consume(database, {"diary": diary}, now=clock()) == 0
    assert await consumption.consume(database, {"diary": diary}, now=clock()) == 1
    assert diary.kinds == ["a"]


async def test_many_workers_at_once_hand_each_fact_on_once(database: Database, clock: Clock) -> None:
    diary = Diary()
    kinds = [f"kind {number:03}" for number in range(250)]
    await happen(database, *map(fact, kinds))
    while any(moment is None for _, moment in await handled(database)):
        await asyncio.gather(
            *(consumption.consume(database, {"diary": diary}, now=clock()) for _ in range(5))
        )
    assert diary.kinds == kinds


class Deadly(Diary):
    """A consumer that ends its worker when it gets a fact of some kind."""

    async def __call__(self, work: UnitOfWork, facts: Sequence[StoredFact]) -> None:
        """Remember facts, up to one that ends the worker."""
        for told in facts:
            self.kinds.append(told.kind)
            if told.kind == self.failing:
                raise asyncio.CancelledError


async def _persistently(database: Database, consumers: Consumers, clock: Clock) -> int:
    """Start a worker again whenever one ends, until all is handed on; return how many ended."""
    ended = 0
    while any(moment is None for _, moment in await handled(database)):
        try:
            await consumption.consume(database, consumers, now=clock())
        except asyncio.CancelledError:
            ended += 1
    return ended


async def test_a_fact_that_ends_its_workers_is_set_aside_and_nothing_else_is(
    database: Database, clock: Clock
) -> None:
    deadly, sound = Deadly("b"), Diary()
    consumers = {"deadly": deadly, "sound": sound}
    await happen(database, fact("a"), fact("b"), fact("c"))
    # Once with the others, and twice alone.
    assert await _persistently(database, consumers, clock) == 3
    assert deadly.kinds == ["a", "b", "a", "b", "b", "c"]
    assert sound.kinds == ["a", "b", "c"]
    async with database.connection() as connection:
        [job] = await outbox.list_set_aside(connection, limit=10)
        cursor = await connection.execute("SELECT count(*) FROM outbox_trials")
        assert await cursor.fetchone() == (0,)
    assert (job.kind, job.lane) == ("failures", "deadly")
    assert not await consumption.retry_failure(database, consumers, now=clock() + timedelta(days=1))


async def test_a_fact_that_was_set_aside_is_handed_on_when_somebody_says_so(
    database: Database, clock: Clock
) -> None:
    deadly = Deadly("a")
    await happen(database, fact("a"))
    await _persistently(database, {"deadly": deadly}, clock)
    deadly.failing = ""
    deadly.kinds.clear()
    async with database.transaction() as work:
        assert len(await outbox.retry_set_aside(work, None, now=clock())) == 1
    assert await consumption.retry_failure(database, {"deadly": deadly}, now=clock())
    assert deadly.kinds == ["a"]


async def test_what_ends_its_worker_when_it_is_handed_on_again_is_set_aside(
    database: Database, clock: Clock
) -> None:
    consumer = Diary("a")
    await happen(database, fact("a"))
    await consumption.consume(database, {"consumer": consumer}, now=clock())
    deadly, tries = Deadly("a"), 0
    for _ in range(8):
        clock.advance(timedelta(hours=1))
        try:
            tries += await consumption.retry_failure(database, {"consumer": deadly}, now=clock())
        except asyncio.CancelledError:
            tries += 1
    assert tries == MOST_LOSSES
    async with database.connection() as connection:
        assert len(await outbox.list_set_aside(connection, limit=10)) == 1


async def test_workers_that_end_by_chance_leave_no_fact_aside(database: Database, clock: Clock) -> None:
    kinds = [f"kind {number}" for number in range(20)]
    await happen(database, *map(fact, kinds))
    diary = Diary()
    for kind in kinds[:10]:
        # Each worker ends at another fact.
        with suppress(asyncio.CancelledError):
            await consumption.consume(database, {"diary": Deadly(kind)}, now=clock())
    while await consumption.consume(database, {"diary": diary}, now=clock()):
        pass
    assert diary.kinds[-1] == kinds[-1]
    async with database.connection() as connection:
        assert await outbox.list_set_aside(connection, limit=10) == []


async def _happen_and_fail(database: Database) -> None:
    async with database.transaction() as work:
        await outbox.record(work, [fact("never")])
        raise RuntimeError("I changed my mind")
