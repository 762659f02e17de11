"""How long a server does not answer `GET /health`, asked again and again by a process of its own."""

import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from bench.servers import Server, processor_microseconds

_ASK = b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"
_PATIENCE_SECONDS = 60.0
_BETWEEN_SECONDS = 0.002


@dataclass(slots=True)
class Stall:
    """The longest time without an answer, in ms, and how much of it the server itself was at work."""

    longest: float = 0.0
    worked: float = 0.0
    asked: int = 0

    def __str__(self) -> str:
        return f"{self.longest:.0f} ms, in which the server worked {self.worked:.0f} ms   (goal 100)"


@contextmanager
def watched(server: Server) -> Iterator[Stall]:
    """Watch a server until the block ends; only then is known what was seen."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe()
    watcher = context.Process(target=_watch, args=(server.port, server.process_id, its), daemon=True)
    watcher.start()
    mine.recv()
    stall = Stall()
    try:
        yield stall
    finally:
        mine.send(None)
        stall.longest, stall.worked, stall.asked = mine.recv()
        watcher.join()


def _watch(port: int, process_id: int, teller: Connection) -> None:
    longest = worked = 0.0
    asked = 0
    teller.send(None)
    connection: socket.socket | None = None
    while not teller.poll(_BETWEEN_SECONDS):
        began, before = time.perf_counter(), processor_microseconds(process_id)
        while True:
            with suppress(OSError):
                connection = connection or socket.create_connection(("127.0.0.1", port), _PATIENCE_SECONDS)
                connection.sendall(_ASK)
                if connection.recv(65_536):
                    break
            if connection is not None:
                connection.close()
                connection = None
            time.sleep(_BETWEEN_SECONDS)
        took = (time.perf_counter() - began) * 1_000
        asked += 1
        if took > longest:
            longest, worked = took, (processor_microseconds(process_id) - before) / 1_000
    teller.send((longest, worked, asked))
