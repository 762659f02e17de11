"""Counting the work that a request makes: calls, bytes and turns of the event loop, never seconds."""

import asyncio
import gc
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any


@dataclass(slots=True)
class Count:
    """How often something happened while this was open."""

    count: int = 0


@contextmanager
def counted_calls(file: str = "") -> Iterator[Count]:
    """Count the calls of functions, those of Python and those of C, in this thread.

    With the end of a path only those of Python that are defined in that file.
    """
    calls = Count()
    counted = ("call",) if file else ("call", "c_call")

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event in counted and frame.f_code.co_filename.endswith(file):
            calls.count += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(before)


@contextmanager
def kept_bytes(*, least: int) -> Iterator[Count]:
    """Count the bytes that were taken while this was open and are still held when it closes.

    Only pieces of at least `least` bytes count, which sets what a test sends apart from what else happens;
    what the server loads when it needs it first must have been loaded.
    """
    kept = Count()
    tracemalloc.start()
    try:
        yield kept
        gc.collect()
        sizes = [trace.size for trace in tracemalloc.take_snapshot().traces]
        kept.count = sum(size for size in sizes if size >= least)
    finally:
        tracemalloc.stop()


@contextmanager
def busiest_turn() -> Iterator[Count]:
    """Count the calls in that turn of the event loop which made most: while it lasts, nobody is answered."""
    busiest = Count()
    loop = asyncio.get_running_loop()
    is_open = True
    before = 0
    with counted_calls() as calls:

        def look() -> None:
            nonlocal before
            busiest.count = max(busiest.count, calls.count - before)
            before = calls.count
            if is_open:
                loop.call_soon(look)

        loop.call_soon(look)
        try:
            yield busiest
        finally:
            is_open = False
            busiest.count = max(busiest.count, calls.count - before)
