"""The text of `/metrics`, as one process keeps it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

_SECONDS_KEPT = 1.0


@dataclass(slots=True)
class MetricsPage:
    """The text, which is made at most once a second however often it is asked for."""

    _text: bytes = b""
    _made_at: float = float("-inf")
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def text(self, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return the text, made anew if what is kept is too old."""
        seconds = asyncio.get_running_loop().time
        async with self._making:
            if seconds() - self._made_at > _SECONDS_KEPT:
                self._text = await make()
                self._made_at = seconds()
        return self._text

    def forget(self) -> None:
        """Drop the text, so that the next request gets a new one."""
        self._made_at = float("-inf")
