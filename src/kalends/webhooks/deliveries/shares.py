"""Threads for what templates of users cost, so that the event loop goes on meanwhile.

What a thread is given is bounded by the budget of a body; here it is only kept off the loop, and the owners
of templates take turns.
"""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar
from weakref import WeakValueDictionary

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Share:
    """One thread, which does a piece of work after another, at most one of each owner in its queue."""

    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "templates"))
    _turns: WeakValueDictionary[Hashable, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def make(self, owner: Hashable, function: Callable[[], Made]) -> Made:
        """Return what a function returns, or raise what it raises, once it is the turn of its owner."""
        turn = self._turns.setdefault(owner, asyncio.Lock())
        async with turn:
            return await asyncio.get_running_loop().run_in_executor(self._thread, function)


REQUESTS = Share()
"""For what a client waits for: pings, replays, retries."""

WORKER = Share()
"""For what follows from facts, which no number of requests keeps waiting."""
