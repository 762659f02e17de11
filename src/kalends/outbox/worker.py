"""The worker: loops that hand on facts, let timers take effect and send what is due, until told to stop.

Any number of workers can run, in server processes or alone: what one takes is locked or leased, so no other
does it too.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from kalends.db.database import Database
from kalends.outbox import consumption, timers
from kalends.outbox.consumption import Consumers
from kalends.outbox.timers import SubjectKind
from kalends.settings import Settings

_FACTS_SECONDS = 0.1
"""How often facts are looked for: half of it is what a webhook waits on average before it leaves."""

_TIMERS_SECONDS = 1.0
_SENDING_SECONDS = 1.0
_UPKEEP_SECONDS = 3600.0
_AFTER_A_FAILURE_SECONDS = 2.0

_log = structlog.get_logger(__name__)


SendDue = Callable[[Database, Settings, datetime], Awaitable[int]]
"""Send what consumers wrote down and is due; return how much was begun, 0: nothing more for now."""

Upkeep = Callable[[Database, datetime], Awaitable[None]]
"""Done once an hour: forgetting what is old."""


@dataclass(frozen=True, slots=True)
class Duties:
    """All that a worker does; `kalends.worker` puts them together.

    `subjects` are the kinds of things that have timers. `farewells` end what senders began, or give it back.
    """

    consumers: Consumers
    subjects: Sequence[SubjectKind] = ()
    senders: Sequence[SendDue] = ()
    upkeep: Sequence[Upkeep] = ()
    farewells: Sequence[Callable[[], Awaitable[None]]] = ()


@dataclass(slots=True)
class Worker:
    """One worker, `async with` which its duties are done in the background."""

    database: Database
    settings: Settings
    duties: Duties
    clock: Callable[[], datetime]
    _wake: list[asyncio.Event] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _is_stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> "Worker":
        loops = [
            self._loop(self.hand_on_facts, _FACTS_SECONDS),
            self._loop(self.fire_timers, _TIMERS_SECONDS),
            self._loop(self.keep_up, _UPKEEP_SECONDS),
        ]
        for sender in self.duties.senders:
            wake = asyncio.Event()
            self._wake.append(wake)
            loops.append(self._loop(self._sending(sender), _SENDING_SECONDS, wake))
        self._tasks = [asyncio.create_task(loop) for loop in loops]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_stopping.set()
        for wake in self._wake:
            wake.set()
        await asyncio.gather(*self._tasks)
        await asyncio.gather(*(farewell() for farewell in self.duties.farewells))

    async def hand_on_facts(self) -> None:
        """Hand all facts that wait to their consumers, and those again that failed and are due."""
        while await consumption.consume(self.database, self.duties.consumers, now=self.clock()):
            for wake in self._wake:
                wake.set()
            if self._is_stopping.is_set():
                return

    async def fire_timers(self) -> None:
        """Let all due timers take effect, and hand on again what consumers failed at."""
        await timers.set_again(self.database, now=self.clock())
        for subjects in self.duties.subjects:
            while not self._is_stopping.is_set() and await timers.fire_due(
                self.database, subjects, now=self.clock()
            ):
                pass
        while not self._is_stopping.is_set() and await consumption.retry_failure(
            self.database, self.duties.consumers, now=self.clock()
        ):
            pass

    async def keep_up(self) -> None:
        """Forget what is old."""
        for upkeep in self.duties.upkeep:
            await upkeep(self.database, self.clock())

    def _sending(self, send_due: SendDue) -> Callable[[], Awaitable[None]]:
        async def send() -> None:
            while not self._is_stopping.is_set() and await send_due(
                self.database, self.settings, self.clock()
            ):
                pass

        return send

    async def _loop(
        self, do: Callable[[], Awaitable[None]], seconds: float, wake: asyncio.Event | None = None
    ) -> None:
        """Do something again and again; a failure, such as a database that is away, is outlived."""
        while not self._is_stopping.is_set():
            wait = seconds
            if wake is not None:
                wake.clear()
            try:
                await do()
            except Exception as error:  # noqa: BLE001 - a worker goes on whatever happens
                _log.warning("the worker was held up", duty=do.__name__, error=repr(error))
                wait = _AFTER_A_FAILURE_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for((wake or self._is_stopping).wait(), wait)
