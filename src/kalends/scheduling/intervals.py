"""Half-open intervals `[start, end)` of epoch seconds, and what can be done with sorted lists of them."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import itemgetter

Interval = tuple[int, int]

_BEFORE_ALL = -(1 << 62)

_by_start = itemgetter(0)


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the union of `intervals`, sorted and disjoint; empty ones vanish, touching ones become one."""
    merged: list[Interval] = []
    latest = _BEFORE_ALL
    for interval in sorted(intervals, key=_by_start):
        start, end = interval
        if start > latest:
            if start < end:
                merged.append(interval)
                latest = end
        elif end > latest:
            merged[-1] = (merged[-1][0], end)
            latest = end
    return merged


def subtract(free: Sequence[Interval], busy: Sequence[Interval]) -> list[Interval]:
    """Return the parts of `free` that `busy` leaves; both sorted and disjoint. O(len(free) + len(busy))."""
    if not busy:
        return list(free)
    left: list[Interval] = []
    position = 0
    count = len(busy)
    for interval in free:
        start, end = interval
        while position < count and busy[position][1] <= start:
            position += 1
        current = position
        while current < count:
            blocked_from, blocked_until = busy[current]
            if blocked_from >= end:
                break
            if blocked_from > start:
                left.append((start, blocked_from))
            start = blocked_until
            current += 1
            if start >= end:
                break
        if start < end:
            left.append((start, end))
    return left


def clip(intervals: Iterable[Interval], start: int, end: int) -> list[Interval]:
    """Return the parts of `intervals`, sorted and disjoint, inside `[start, end)`."""
    inside = [interval for interval in intervals if interval[1] > start and interval[0] < end]
    if inside and inside[0][0] < start:
        inside[0] = (start, inside[0][1])
    if inside and inside[-1][1] > end:
        inside[-1] = (inside[-1][0], end)
    return inside


def contains(free: Sequence[Interval], start: int, end: int) -> bool:
    """Tell whether one interval of `free`, sorted and disjoint, holds all of `[start, end)`."""
    position = bisect_left(free, (start + 1,)) - 1
    return position >= 0 and end <= free[position][1]


def overlaps(merged: Sequence[Interval], start: int, end: int) -> bool:
    """Tell whether an interval of `merged`, sorted and disjoint, shares time with `[start, end)`."""
    position = bisect_left(merged, (end,)) - 1
    return position >= 0 and merged[position][1] > start
