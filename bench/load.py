"""A load generator: keep-alive connections that send one request after another, as fast as answers come."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of requests gave: answers a second, their statuses, and their latencies in ms, sorted."""

    rate: float
    statuses: Counter[int]
    latencies: Sequence[float]

    def percentile(self, share: float) -> float:
        """Return the latency below which this share of the answers lies."""
        return self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)]

    def expect(self, status: int) -> None:
        """Check that every answer had this status.

        Raises:
            RuntimeError: one had another.
        """
        if set(self.statuses) != {status}:
            raise RuntimeError(f"expected answers {status}, got {self.statuses}")


def spread(values: Sequence[float]) -> str:
    """Return the median, and the range."""
    return f"{statistics.median(values):6.0f} ({min(values):.0f} to {max(values):.0f})"


def request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """Return the bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "host: localhost", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def run(port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Load:
    """Send requests for a while, from the first again when they are used up."""
    return asyncio.run(_run(port, cycle(requests), connections, seconds))


def run_all(port: int, requests: Sequence[bytes], *, connections: int) -> Load:
    """Send each request once."""
    return asyncio.run(_run(port, iter(requests), connections, float("inf")))


async def _run(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Load:
    statuses: Counter[int] = Counter()
    latencies: list[float] = []
    begin = time.perf_counter()

    async def send_one_after_another() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for data in requests:
            sent = time.perf_counter()
            if sent - begin > seconds:
                break
            writer.write(data)
            status, _ = await read_answer(reader)
            latencies.append((time.perf_counter() - sent) * 1000)
            statuses[status] += 1
        writer.close()

    await asyncio.gather(*(send_one_after_another() for _ in range(connections)))
    elapsed = time.perf_counter() - begin
    return Load(len(latencies) / elapsed, statuses, sorted(latencies))


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Return status and body of one answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    return int(head[9:12]), await reader.readexactly(length)


def ask(port: int, data: bytes) -> tuple[int, bytes]:
    """Send one request and return status and body of its answer."""

    async def send() -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        answer = await read_answer(reader)
        writer.close()
        return answer

    return asyncio.run(send())
