"""Looking up names: only so many at once, and of one owner only some.

A look-up runs in a thread and cannot be broken off: one that nobody waits for any more counts until the
system gives it up, and whoever asks for the same name meanwhile waits for its answer. So names that do not
answer keep only their owner waiting. The threads are daemons: the end of the process does not wait for them.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass

Resolve = Callable[[str], Sequence[str]]
"""Return the addresses of a name; OSError or UnicodeError: it has none."""


def system_addresses(host: str) -> Sequence[str]:
    """Ask the system for the addresses of a name."""
    found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(slots=True)
class _Share:
    """What one owner may do; `users` are those who wait and the threads that run."""

    turns: asyncio.Semaphore
    users: int = 0


class Lookups:
    """The look-ups of a process."""

    def __init__(self, resolve: Resolve, *, at_once: int, of_one_owner: int) -> None:
        self._resolve = resolve
        self._threads = asyncio.Semaphore(at_once)
        self._of_one_owner = of_one_owner
        self._shares: dict[Hashable, _Share] = {}
        self._running: dict[tuple[Hashable, str], asyncio.Future[Sequence[str]]] = {}

    @property
    def running(self) -> int:
        """How many threads are at work."""
        return len(self._running)

    async def addresses_of(self, host: str, owner: Hashable) -> Sequence[str]:
        """Return the addresses of a name, once it is the turn of its owner.

        Raises:
            OSError, UnicodeError: it has none.
        """
        share = self._shares.setdefault(owner, _Share(asyncio.Semaphore(self._of_one_owner)))
        share.users += 1
        try:
            answer = self._running.get((owner, host)) or await self._begin(share, host, owner)
            return await asyncio.shield(answer)
        finally:
            self._leave(owner, share)

    async def _begin(self, share: _Share, host: str, owner: Hashable) -> asyncio.Future[Sequence[str]]:
        await share.turns.acquire()
        try:
            await self._threads.acquire()
        except BaseException:
            share.turns.release()
            raise
        key = (owner, host)
        if running := self._running.get(key):  # begun by another who waited for a turn
            self._give_back(share)
            return running
        answer: asyncio.Future[Sequence[str]] = asyncio.get_running_loop().create_future()

        def end(ended: asyncio.Future[Sequence[str]]) -> None:
            ended.exception()  # it may be that nobody waits for it any more
            del self._running[key]
            self._give_back(share)
            self._leave(owner, share)

        answer.add_done_callback(end)
        self._running[key] = answer
        share.users += 1
        thread = threading.Thread(
            target=self._look_up, args=(host, answer), name=f"lookup {host}", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:  # the system has no thread left
            answer.set_exception(OSError(str(error)))
        return answer

    def _give_back(self, share: _Share) -> None:
        self._threads.release()
        share.turns.release()

    def _leave(self, owner: Hashable, share: _Share) -> None:
        share.users -= 1
        if not share.users:
            del self._shares[owner]

    def _look_up(self, host: str, answer: asyncio.Future[Sequence[str]]) -> None:
        """Resolve a name; runs in a thread of its own."""
        found: Sequence[str] = ()
        failure: Exception | None = None
        try:
            found = self._resolve(host)
        except Exception as error:  # noqa: BLE001 - raised where the answer is waited for
            failure = error

        def settle() -> None:
            if failure is None:
                answer.set_result(found)
            else:
                answer.set_exception(failure)

        with suppress(RuntimeError):  # the loop was closed while the name was looked up
            answer.get_loop().call_soon_threadsafe(settle)
