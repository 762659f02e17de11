"""The worker's loops: they begin by themselves, outlive failures, and end when told to."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from kalends.db.database import Database, UnitOfWork
from kalends.outbox import worker
from kalends.outbox.fact import StoredFact
from kalends.outbox.worker import Duties, Worker
from kalends.settings import Settings
from tests.conftest import Clock
from tests.outbox.facts import fact, happen

pytestmark = pytest.mark.usefixtures("client")


class Everything:
    """Has every duty, and remembers what it was asked to do."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failures_left = 0
        self._changed = asyncio.Event()

    def _do(self, what: str) -> None:
        if self.failures_left:
            self.failures_left -= 1
            raise RuntimeError("not now")
        self.done.append(what)
        self._changed.set()

    async def until(self, is_true: Callable[[], bool]) -> None:
        """Wait until something is so, for at most half a minute."""
        async with asyncio.timeout(30):
            while not is_true():
                self._changed.clear()
                await self._changed.wait()

    async def consume(self, _work: UnitOfWork, facts: Sequence[StoredFact]) -> None:
        """Take facts."""
        for told in facts:
            self._do(told.kind)

    async def send_due(self, _database: Database, _settings: Settings, _now: datetime) -> int:
        """Send nothing."""
        self._do("sent")
        return 0

    async def forget(self, _database: Database, _now: datetime) -> None:
        """Forget nothing."""
        self._do("forgot")

    async def farewell(self) -> None:
        """Say so."""
        self._do("farewell")

    @property
    def duties(self) -> Duties:
        """All of it."""
        return Duties(
            consumers={"everything": self.consume},
            senders=[self.send_due],
            upkeep=[self.forget],
            farewells=[self.farewell],
        )


async def test_the_worker_does_its_duties_until_it_is_told_to_stop(
    database: Database, settings: Settings, clock: Clock
) -> None:
    everything = Everything()
    async with Worker(database, settings, everything.duties, clock):
        await everything.until(lambda: {"sent", "forgot"} <= set(everything.done))
        await happen(database, fact("a"), fact("b"))
        await everything.until(lambda: "b" in everything.done)
        # What was consumed is sent at once.
        sent = everything.done.count("sent")
        await everything.until(lambda: everything.done.count("sent") > sent)
    assert everything.done[-1] == "farewell"
    assert [done for done in everything.done if done in ("a", "b")] == ["a", "b"]
    await happen(database, fact("c"))
    assert "c" not in everything.done


async def test_the_worker_outlives_failures(
    database: Database, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_AFTER_A_FAILURE_SECONDS", 0.0)
    everything = Everything()
    everything.failures_left = 3
    async with Worker(database, settings, everything.duties, clock):
        await everything.until(lambda: "sent" in everything.done)
