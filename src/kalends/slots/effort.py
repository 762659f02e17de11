"""Where questions to the engine are answered: at once, or beside the event loop if others had to wait."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kalends.scheduling.time.zones import DAY
from kalends.slots.situation import Question, Situation, range_of

MOST_AT_ONCE = 1_000
"""Most effort that is made on the event loop: a few milliseconds."""

_BUSY_TIMES = 100
"""Busy times that take as long as a day of a host."""

Answer = TypeVar("Answer")

# One thread: two would not be faster, and take more turns from the loop.
_thread = ThreadPoolExecutor(1, "engine")


async def answer(
    question: Question, situation: Situation, function: Callable[[], Answer], *, times: int = 1
) -> Answer:
    """Return what a function returns that puts a question to the engine so many times.

    The engine is pure, so a thread may ask it; the loop then takes turns with that.
    """
    if times * _effort_of(question, situation) <= MOST_AT_ONCE:
        return function()
    return await asyncio.get_running_loop().run_in_executor(_thread, function)


def _effort_of(question: Question, situation: Situation) -> int:
    """Return how much work a question is, about in days of a host."""
    asked = range_of(question)
    days = (asked.end - asked.start) // DAY
    starts_an_hour = 60 // question.rules.interval
    taken = situation.taken
    busy = sum([len(host.busy) + len(host.blocked) for host in situation.hosts])
    # Each of these may make a start one that all hosts are asked about.
    busy += (len(taken.counted) + len(taken.seated) + len(taken.reservations)) * (len(situation.hosts) + 1)
    return days * (len(situation.hosts) + starts_an_hour) + busy // _BUSY_TIMES
