"""A receiver of webhooks on this machine, and what it got."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_LONGEST_WAIT_SECONDS = 120.0


@dataclass(slots=True)
class Inbox:
    """What a receiver got: when each booking's uid and each path came first, and how many requests came."""

    port: int = 0
    arrived: dict[str, float] = field(default_factory=dict)
    first_at: dict[str, float] = field(default_factory=dict)
    requests: int = 0
    is_keeping: bool = True

    def wait_for_path(self, path: str) -> float:
        """Return the moment when a path was first asked for."""
        deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
        while path not in self.first_at:
            if time.monotonic() > deadline:
                raise RuntimeError(f"nothing came to {path}")
            time.sleep(0.001)
        return self.first_at[path]

    def wait_for(self, requests: int) -> float:
        """Return the moment when there were so many requests."""
        deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
        while self.requests < requests:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.requests} of {requests} requests came")
            time.sleep(0.001)
        return time.monotonic()


@contextmanager
def receiver() -> Iterator[Inbox]:
    """Run a receiver on this machine; the paths below `/hang` get no answer."""
    inbox = Inbox()
    is_ready = threading.Event()
    loop = asyncio.new_event_loop()

    async def listen() -> None:
        server = await loop.create_server(lambda: _Reader(inbox), "127.0.0.1", 0)
        inbox.port = server.sockets[0].getsockname()[1]
        is_ready.set()

    def run() -> None:
        loop.run_until_complete(listen())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    is_ready.wait()
    yield inbox
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


class _Reader(asyncio.Protocol):
    """Answers 200 to one request."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
        if not found or len(body) < length:
            return
        self._inbox.requests += 1
        if self._received.startswith(b"POST /hang"):
            return
        if self._inbox.is_keeping:
            uid = json.loads(body)["payload"]["uid"]
            self._inbox.arrived.setdefault(uid, time.monotonic())
        path = self._received.split(b" ", 2)[1].decode()
        self._inbox.first_at.setdefault(path, time.monotonic())
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self._transport.close()
