"""Turns: commands that would wait for each other's locks wait in memory, without a connection.

Commands of one process that lock the same hosts take turns before they ask the database for the lock, and no
more of them than half of the connections may be in theirs at a time, because the locks may be held by another
process. Who has to wait gives the connection back, waits, and begins anew. Those who wait are served in the
order in which they came, but for those whom nobody in front of them hinders.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

Key: TypeAlias = tuple[int, int]
"""A lock: what its second number is the id of, and the id."""

Answer = TypeVar("Answer")


class HaveToWait(Exception):
    """Another command of this process has a lock; rolls back the transaction that it is raised in."""


class TooManyWait(Exception):
    """So many commands wait already, or this one has waited for so long, that it is better to come later."""


@dataclass(slots=True, eq=False)
class Turn:
    """One command's: the locks that it has, or waits for."""

    turns: "Turns"
    keys: frozenset[Key] = frozenset()
    has_locks: bool = False

    def take(self, keys: Collection[Key]) -> None:
        """Take locks for as long as the transaction lasts, beside those that the turn has.

        Raises:
            HaveToWait: one is taken; the turn has none any more.
        """
        self.turns.take(self, frozenset(keys))

    def end(self) -> None:
        """Give the locks back."""
        self.turns.give_back(self)


@dataclass(slots=True, eq=False)
class Turns:
    """The turns of one process: `most` at a time; `most_waiting` may wait, for `patience` seconds each."""

    most: int = 5
    most_waiting: int = 100
    patience: float = 10.0
    _taken: dict[Key, Turn] = field(default_factory=dict)
    _running: set[Turn] = field(default_factory=set)
    _waiting: dict[Turn, asyncio.Future[None]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._waiting)

    async def run(self, command: Callable[[], Awaitable[Answer]]) -> Answer:
        """Run a command, anew after each wait.

        Raises:
            TooManyWait: it cannot have its turn now.
        """
        turn = Turn(self)
        token = _TURN.set(turn)
        ends = asyncio.get_running_loop().time() + self.patience
        try:
            while True:
                try:
                    return await command()
                except HaveToWait:
                    await self._wait(turn, ends)
        finally:
            _TURN.reset(token)
            self.give_back(turn)

    def take(self, turn: Turn, keys: frozenset[Key]) -> None:
        """Take locks for a turn; see `Turn.take`."""
        wanted = turn.keys | keys
        in_front = frozenset().union(*(other.keys for other in self._waiting))
        new = wanted if not turn.has_locks else keys - turn.keys
        is_hindered = any(self._taken.get(key, turn) is not turn for key in wanted) or bool(new & in_front)
        is_full = not turn.has_locks and len(self._running) >= self.most
        if is_hindered or is_full:
            self.give_back(turn)
            turn.keys = wanted
            raise HaveToWait
        self._grant(turn, wanted)

    def give_back(self, turn: Turn) -> None:
        """Take all locks from a turn, and give turns to those who wait for them."""
        if turn.has_locks:
            for key in turn.keys:
                del self._taken[key]
            self._running.discard(turn)
            turn.has_locks, turn.keys = False, frozenset()
            self._call_next()

    def _grant(self, turn: Turn, keys: frozenset[Key]) -> None:
        turn.keys, turn.has_locks = keys, True
        self._taken.update(dict.fromkeys(keys, turn))
        self._running.add(turn)

    async def _wait(self, turn: Turn, ends: float) -> None:
        if len(self._waiting) >= self.most_waiting:
            raise TooManyWait
        self._waiting[turn] = called = asyncio.get_running_loop().create_future()
        self._call_next()
        try:
            async with asyncio.timeout_at(ends):
                await called
        except TimeoutError as error:
            raise TooManyWait from error
        finally:
            if self._waiting.pop(turn, None) is not None:
                self._call_next()

    def _call_next(self) -> None:
        hindering: set[Key] = set()
        for turn, called in list(self._waiting.items()):
            if len(self._running) >= self.most:
                return
            if hindering.isdisjoint(turn.keys) and not any(key in self._taken for key in turn.keys):
                del self._waiting[turn]
                self._grant(turn, turn.keys)
                called.set_result(None)
            else:
                hindering |= turn.keys


_TURN: ContextVar[Turn | None] = ContextVar("turn", default=None)


def current_turn() -> Turn | None:
    """Return the turn of the running command; None: it has to wait for its locks in the database."""
    return _TURN.get()
