"""Cutting free time into slots, and filing them under days (slots.md 4.11, 4.13).

Free time goes on over midnight, but its grid does not: pieces never share a start, and one that begins
before a midnight holds only the starts before it, however far into the next day the last of them reaches.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from kalends.scheduling.intervals import Interval
from kalends.scheduling.time.clocks import BEFORE_ALL, ClockPart
from kalends.scheduling.time.zones import DAY, date_of_day, offsets_between

# A free interval, the start at which its own grid would begin, and the midnight before which no other grid
# counts for it: (start, end, first start, since).
Piece = tuple[int, int, int, int]

_ALIGNMENTS = (60, 30, 20, 15, 10, 5)

_FINER = (900, 60)
"""Where else a grid may begin, in seconds, as every zone of today reads them."""


def alignment(interval: int) -> int:
    """Return the minutes to whose multiples a grid of `interval` minutes is aligned within the hour."""
    return next((minutes for minutes in _ALIGNMENTS if interval % minutes == 0), 1)


def split(free: Sequence[Interval], midnights: Sequence[int], length: int) -> list[Interval]:
    """Return sorted, disjoint `free` cut at the midnights inside it.

    What lies before a midnight reaches over it as far as a slot of `length` seconds that starts before it.
    """
    found: list[Interval] = []
    for start, end in free:
        begins = start
        for midnight in midnights[bisect_right(midnights, start) : bisect_left(midnights, end)]:
            found.append((begins, min(end, midnight - 1 + length)))
            begins = midnight
        found.append((begins, end))
    return found


def pieces_of(
    free: Sequence[Interval], clock: Sequence[ClockPart], unit: int, offset_start: int, length: int
) -> list[Piece]:
    """Return the intervals of `free` that have room for a slot, each with the first start of its own grid.

    `clock` is the host's, so that half-hour zones are aligned as their hosts read them. `unit`,
    `offset_start` and `length` are seconds.
    """
    found: list[Piece] = []
    position = 0
    for current, (_, offset, since) in enumerate(clock):
        has_next = current + 1 < len(clock)
        stop = bisect_left(free, (clock[current + 1][0],), position) if has_next else len(free)
        found += [
            (start, end, -(-(start + offset) // unit) * unit - offset + offset_start, since)
            for start, end in free[position:stop]
            if end - start >= length
        ]
        position = stop
    return found


def intersect(ones: Sequence[Piece], others: Sequence[Piece], length: int) -> list[Piece]:
    """Return the times that two sorted lists share, if they have room for `length` seconds.

    The grid begins as in the piece that starts later, on a tie as in that of `others`, and anew at the
    midnights of both.
    """
    shared: list[Piece] = []
    position = other_position = 0
    while position < len(ones) and other_position < len(others):
        start, end, first, since = ones[position]
        other_start, other_end, other_first, other_since = others[other_position]
        if end <= other_end:
            position += 1
        else:
            end = other_end
            other_position += 1
        if other_start >= start:
            start, first = other_start, other_first
        if end - start >= length:
            shared.append((start, end, first, max(other_since, since)))
    return shared


def without_loss(pieces: Sequence[Piece], step: int, length: int, offset_start: int) -> list[Piece]:
    """Return the pieces with grids that begin where each has room for the most slots.

    Of those that have, the grid begins as it would anyway, else at a quarter of an hour, else at the first
    minute. Seconds throughout.
    """
    found: list[Piece] = []
    for start, end, usual, since in pieces:
        firsts = [usual, *(-(-start // unit) * unit + offset_start for unit in _FINER)]
        steps = [(end - length - first) // step for first in firsts]
        found.append((start, end, firsts[steps.index(max(steps))], since))
    return found


def union(each: Sequence[Sequence[Piece]]) -> list[Piece]:
    """Return the pieces of several hosts, sorted, each once: many hosts have many in common.

    They are sorted a day at a time, because sorting does not let other threads in.
    """
    if len(each) == 1:
        return list(each[0])
    days: defaultdict[int, set[Piece]] = defaultdict(set)
    for pieces in each:
        for piece in pieces:
            days[piece[0] // DAY].add(piece)
    return [piece for day in sorted(days) for piece in sorted(days[day])]


def cut(pieces: Sequence[Piece], step: int, length: int) -> list[int]:
    """Return the slot starts that `pieces`, sorted by start and end, offer; sorted, each once.

    A piece goes on with the grid before it while that is nearer than one `step` and of the same day, so
    that hosts whose hours overlap offer one grid. Seconds throughout.
    """
    starts: list[int] = []
    # From head on there are only starts whole steps apart, up to tail: as long as the grids of the pieces
    # agree, each piece needs no more than these two.
    head = tail = BEFORE_ALL
    for _, end, first, since in pieces:
        latest = end - length
        if first < head or (first - step < since <= tail and _is_cut_off(first, since, tail, step)):
            _cut_among(starts, first, latest, step, since)
            tail = starts[-1]
            head = tail + 1
            continue
        at = tail + step if tail >= since else BEFORE_ALL
        if first > latest or at > latest:
            continue
        if first > at:
            at = head = first
        starts += range(at, latest + 1, step)
        tail = starts[-1]
    return starts


def _is_cut_off(first: int, since: int, tail: int, step: int) -> bool:
    """Say whether the grid that ends with `tail` has a start beyond `first`, and none from `since` to it."""
    return first < tail and (tail - first) % step > 0 and tail - ((tail - first) // step + 1) * step < since


def _cut_among(starts: list[int], first: int, latest: int, step: int, since: int) -> None:
    """Add the starts of one piece whose grid begins before the last grid does."""
    position = bisect_left(starts, first)
    at = first
    if position > 0 and starts[position - 1] >= since:
        at = max(first, starts[position - 1] + step)
    for value in range(at, latest + 1, step):
        position = bisect_left(starts, value)
        if position == len(starts) or starts[position] != value:
            starts.insert(position, value)


def by_day(starts: Sequence[int], zone: str) -> dict[date, list[int]]:
    """Return sorted `starts` under their calendar dates in `zone`, in order; no date is empty."""
    days: dict[int, list[int]] = {}
    for day, _, found in day_parts(starts, zone):
        days.setdefault(day, []).extend(found)
    return {date_of_day(day): found for day, found in days.items()}


def day_parts(starts: Sequence[int], zone: str) -> Iterator[tuple[int, int, Sequence[int]]]:
    """Yield sorted `starts` in parts of one local day and one offset of `zone`, with both; in order."""
    if not starts:
        return
    offsets = offsets_between(zone, starts[0], starts[-1])
    position = 0
    for current, (_, offset) in enumerate(offsets):
        has_next = current + 1 < len(offsets)
        stop = bisect_left(starts, offsets[current + 1][0]) if has_next else len(starts)
        while position < stop:
            day = (starts[position] + offset) // DAY
            end = bisect_left(starts, (day + 1) * DAY - offset, position, stop)
            yield day, offset, starts[position:end]
            position = end
