"""Counting the work that a request makes: calls, bytes and turns of the event loop, never seconds."""

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
def counted_calls() -> Iterator[Count]:
    """Count the calls of functions, those of Python and those of C, in this thread."""
    calls = Count()

    def note(_frame: FrameType, event: str, _argument: Any) -> None:
        if event in ("call", "c_call"):
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
